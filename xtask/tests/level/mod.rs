//! The level of a fixture.

use xtask::spec::fields::Level;

/// A fixture is somebody else's description unless it says otherwise in its first line.
pub fn level(text: &str) -> Level {
    match text.starts_with("# level: own") {
        true => Level::Own,
        false => Level::Foreign,
    }
}
