//! The command `presence`: Microsoft Teams presence from a terminal.

mod arguments;
mod commands;
mod connection;
mod output;
mod watch;

use clap::Parser;
use msgraph_presence::FailureKind;
use serde_json::json;
use std::{error::Error, io, process::ExitCode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let json = arguments.options.json;
    let result = commands::run(arguments).await;
    result.map_or_else(|error| report(&*error, json), |()| ExitCode::SUCCESS)
}

/// Tells it on standard error. That nobody reads the output any more is no failure.
fn report(error: &(dyn Error + 'static), json: bool) -> ExitCode {
    if error.downcast_ref().map(io::Error::kind) == Some(io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    let kind = FailureKind::of(error);
    let (name, exit, text) = (format!("{kind:?}"), kind as u8, error.to_string());
    let object = json!({ "event": "error", "kind": name, "exit": exit, "error": text });
    match kind {
        _ if json => eprintln!("{object}"),
        FailureKind::SignInRequired => eprintln!("presence: {text}; run: presence login"),
        _ => eprintln!("presence: {text}"),
    }
    ExitCode::from(exit)
}
