//! The end of a call over the wire, in short.

use msgraph_runtime::{Error, ErrorKind};

/// A success, or the kind of the error with the status that it kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Success,
    Failure(ErrorKind, Option<u16>),
}

pub use End::{Failure, Success};

/// The end of a call, whose error says no address and stays on one line.
pub fn end<T>(result: Result<T, Error>) -> End {
    match result {
        Ok(_) => Success,
        Err(error) => {
            let line = error.to_string();
            let is_short = !line.contains("127.0.0.1") && !line.contains('\n');
            assert!(is_short, "{line}");
            assert!(!format!("{error:?}").contains("/things/"), "{error:?}");
            Failure(error.kind(), error.status().map(|status| status.as_u16()))
        }
    }
}
