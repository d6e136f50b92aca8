//! How strictly a fixture is read.

use xtask::Strictness;

/// A fixture is somebody else's description unless it says otherwise in its first line.
pub fn strictness(text: &str) -> Strictness {
    match text.starts_with("# level: own") {
        true => Strictness::Strict,
        false => Strictness::Lenient,
    }
}
