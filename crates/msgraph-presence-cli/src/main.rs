//! The command `presence`: Microsoft Teams presence from a terminal.

mod arguments;
mod commands;
mod connection;
mod demo;
mod failure;
mod hold;
mod output;
mod sign_in;
mod values;
mod watch;

use arguments::Arguments;
use clap::Parser;
use output::Output;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.options.json);
    match commands::run(arguments, output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&*error, output),
    }
}
