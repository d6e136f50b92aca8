//! How strictly a fixture is read.

use xtask::Strictness;

/// A fixture is somebody else's description unless it says otherwise in its first line.
pub fn strictness(text: &str) -> Strictness {
    if text.starts_with("# level: own") {
        Strictness::Strict
    } else {
        Strictness::Lenient
    }
}
