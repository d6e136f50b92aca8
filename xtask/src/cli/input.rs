//! A file to read, and the report when it cannot be read.

use crate::diagnostics::Code;
use std::fmt::Display;
use std::path::PathBuf;

/// A file to read.
pub struct Input {
    /// Its name in reports.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Input {
    /// A file that is named by its path.
    pub fn new(path: &str) -> Self {
        Self {
            name: path.to_owned(),
            path: PathBuf::from(path),
        }
    }

    /// Its text, or the report of why there is none.
    pub fn read(&self) -> Result<String, String> {
        let bytes = std::fs::read(&self.path).map_err(|error| {
            let message = format!("this file cannot be read: {error}");
            report(message, &self.name, "give the path of a file that is there")
        })?;
        String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            report(
                "this file is not UTF-8",
                format!("{}:{line}:{column}", self.name),
                "save it as UTF-8; the byte here belongs to another encoding",
            )
        })
    }
}

/// What [`crate::diagnostics::render`] would say, had the file a text to show.
fn report(message: impl Display, place: impl Display, help: &str) -> String {
    let code = Code::Encoding.as_str();
    format!("error[{code}]: {message}\n --> {place}\n  = help: {help}\n")
}
