//! Failures, by what a person or a script does about them: the exit status.

use crate::output::Output;
use msgraph_presence::{BoxError, Error, ErrorKind, HoldError, sign_in};
use serde_json::json;
use std::process::ExitCode;
use std::{fmt, io, path::Path};

/// The kinds of failure; the number is the exit status.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The reader of the output has closed it.
    Closed = 0,
    Other = 1,
    Usage = 2,
    SignInRequired = 3,
    Refused = 4,
    NotFound = 5,
    Unavailable = 6,
    Local = 7,
}

/// A failure that no library tells, or one with words before it.
#[derive(Debug)]
pub struct Failure(pub Kind, pub String);

/// A failure of a file.
pub fn of_file(path: &Path, error: impl fmt::Display) -> Failure {
    Failure(Kind::Local, format!("{}: {error}", path.display()))
}

/// The kind of any error that a command gives.
pub fn kind(error: &(dyn std::error::Error + 'static)) -> Kind {
    if let Some(Failure(kind, _)) = error.downcast_ref() {
        *kind
    } else if let Some(error) = sign_in::Error::find(error) {
        of_sign_in(error.kind())
    } else if let Some(error) = error.downcast_ref::<HoldError>() {
        of_call(error.error())
    } else if let Some(error) = error.downcast_ref::<io::Error>() {
        let is_closed = error.kind() == io::ErrorKind::BrokenPipe;
        if is_closed { Kind::Closed } else { Kind::Local }
    } else {
        error.downcast_ref().map_or(Kind::Other, of_call)
    }
}

fn of_call(error: &Error) -> Kind {
    match error.kind() {
        _ if error.is_unauthorized() || error.is_forbidden() => Kind::Refused,
        _ if error.is_not_found() => Kind::NotFound,
        _ if error.is_retryable() => Kind::Unavailable,
        ErrorKind::Configuration | ErrorKind::Request => Kind::Usage,
        _ => Kind::Other,
    }
}

fn of_sign_in(kind: sign_in::ErrorKind) -> Kind {
    use sign_in::ErrorKind::*;
    match kind {
        Configuration => Kind::Usage,
        SignInRequired | Expired => Kind::SignInRequired,
        Declined | Refused => Kind::Refused,
        Unavailable => Kind::Unavailable,
        Store | Browser => Kind::Local,
        _ => Kind::Other,
    }
}

/// Tells it on standard error.
pub fn report(error: &(dyn std::error::Error + 'static), output: Output) -> ExitCode {
    let kind = kind(error);
    match kind {
        Kind::Closed => {}
        _ if output.json => {
            let (name, text) = (format!("{kind:?}"), error.to_string());
            let object =
                json!({ "event": "error", "kind": name, "exit": kind as u8, "error": text });
            eprintln!("{object}");
        }
        Kind::SignInRequired => eprintln!("presence: {error}; run: presence login"),
        _ => eprintln!("presence: {error}"),
    }
    ExitCode::from(kind as u8)
}

/// The same error with words before it.
pub fn with(words: &str, error: impl Into<BoxError>) -> Failure {
    let error = error.into();
    Failure(kind(&*error), format!("{words}: {error}"))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}

impl std::error::Error for Failure {}
