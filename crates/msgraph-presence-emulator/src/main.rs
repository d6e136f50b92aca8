//! The emulator as a program, for programs in any language.

use msgraph_presence_emulator::program;
use std::process::ExitCode;

fn main() -> ExitCode {
    program::main(std::env::args_os().skip(1))
}
