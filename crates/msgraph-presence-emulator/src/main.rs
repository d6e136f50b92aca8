//! The emulator as a program, for programs in any language.

mod program;

use program::arguments::{self, Wanted};
use std::process::ExitCode;

fn main() -> ExitCode {
    match arguments::read(std::env::args_os().skip(1)) {
        Ok(Wanted::Help) => program::say(arguments::HELP),
        Ok(Wanted::Version) => program::say(arguments::VERSION),
        Ok(Wanted::Run(arguments)) => match program::run(*arguments) {
            Ok(()) => {}
            Err(error) => return program::complain(&error.to_string(), 1),
        },
        Err(problem) => {
            let hint = "--help tells what is possible";
            return program::complain(&format!("{problem}; {hint}"), 2);
        }
    }
    ExitCode::SUCCESS
}
