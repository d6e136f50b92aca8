//! The command `presence`: Microsoft Teams presence from a terminal.

mod arguments;
mod commands;
mod connection;
mod output;
mod watch;

use clap::Parser;
use msgraph_presence::FailureKind;
use serde_json::json;
use std::process::ExitCode;
use std::{error::Error, fmt, io};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let json = arguments.options.json;
    let result = commands::run(arguments).await;
    result.map_or_else(|error| report(&*error, json), |()| ExitCode::SUCCESS)
}

/// A failure that no library tells, or one with words before it.
#[derive(Debug)]
struct Failure(FailureKind, String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}

impl Error for Failure {}

/// Tells it on standard error. That nobody reads the output any more is no failure.
fn report(error: &(dyn Error + 'static), json: bool) -> ExitCode {
    let io_kind = error.downcast_ref().map(io::Error::kind);
    if io_kind == Some(io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    let kind = match error.downcast_ref() {
        Some(Failure(kind, _)) => *kind,
        None => FailureKind::of(error),
    };
    let (name, exit, text) = (format!("{kind:?}"), kind as u8, error.to_string());
    let object = json!({ "event": "error", "kind": name, "exit": exit, "error": text });
    match kind {
        _ if json => eprintln!("{object}"),
        FailureKind::SignInRequired => eprintln!("presence: {text}; run: presence login"),
        _ => eprintln!("presence: {text}"),
    }
    ExitCode::from(exit)
}
