//! The program around the emulator: its arguments, its users, what it prints.

mod arguments;
mod report;
mod users_file;

use crate::Emulator;
use arguments::{Arguments, Wanted};
use std::error::Error;
use std::ffi::OsString;
use std::future::Future;
use std::io::{self, Write};
use std::process::ExitCode;
use users_file::UsersFile;

/// Does what the arguments ask for, and tells how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match arguments::read(arguments) {
        Ok(Wanted::Help) => say(arguments::HELP),
        Ok(Wanted::Version) => say(arguments::VERSION),
        Ok(Wanted::Run(arguments)) => match run(&arguments) {
            Ok(()) => {}
            Err(error) => return complain(&error.to_string(), 1),
        },
        Err(problem) => {
            let hint = "--help tells what is possible";
            return complain(&format!("{problem}; {hint}"), 2);
        }
    }
    ExitCode::SUCCESS
}

/// Runs the emulator until it is told to stop.
fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let users = match &arguments.users {
        Some(path) => UsersFile::read(path)?,
        None => UsersFile::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let emulator = start(arguments).await?;
        users.add_to(&mut emulator.core())?;
        let stopped = told_to_stop()?;
        say(&report::started(&emulator, &users.users));
        stopped.await;
        say(&report::stopped(emulator.requests_received()));
        Ok(())
    })
}

/// Completes on Ctrl-C or on the signal to terminate, either from now on.
#[cfg(unix)]
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes on Ctrl-C.
#[cfg(not(unix))]
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a way to be told, the program runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

async fn start(arguments: &Arguments) -> Result<Emulator, Box<dyn Error>> {
    let mut builder = Emulator::builder()
        .listen((arguments.address, arguments.port).into())
        .cloud(arguments.cloud);
    if let Some(time) = arguments.clock {
        builder = builder.clock(time);
    }
    if arguments.unthrottled {
        builder = builder.unthrottled();
    }
    for &doubt in &arguments.doubts {
        builder = builder.assume(doubt);
    }
    if !arguments.quiet {
        builder = builder.on_request(|request| say(&report::line(request)));
    }
    builder.start().await.map_err(|error| {
        let (address, port) = (arguments.address, arguments.port);
        let cure = "choose another one with --port, or any free one with --port 0";
        format!("cannot listen on {address} port {port}: {error}; {cure}").into()
    })
}

/// Prints a text and the end of its line. Nobody may be listening.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints what is wrong, and gives the exit code for it.
fn complain(problem: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {problem}");
    ExitCode::from(code)
}
