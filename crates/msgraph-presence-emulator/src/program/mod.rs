//! The program around the emulator: its arguments, its users, what it prints.

pub(crate) mod arguments;
mod report;
mod users_file;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use arguments::Arguments;
use msgraph_presence_emulator::Emulator;
use users_file::UsersFile;

/// Runs the emulator until it is told to stop.
pub(crate) fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let users = match &arguments.users {
        Some(path) => UsersFile::read(path)?,
        None => UsersFile::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let emulator = start(&arguments).await?;
        users.add_to(&emulator)?;
        say(&report::started(&emulator, &users));
        until_stopped().await?;
        let requests = emulator.requests_received();
        say(&format!("\nstopped after {requests} requests"));
        Ok(())
    })
}

/// Waits for Ctrl-C or, where there is such a thing, for the signal to terminate.
async fn until_stopped() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            stopped = tokio::signal::ctrl_c() => stopped,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
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
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints what is wrong, and gives the exit code for it.
pub(crate) fn complain(problem: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "error: {problem}");
    ExitCode::from(code)
}
