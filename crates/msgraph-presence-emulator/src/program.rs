//! The program around the emulator: it starts, prints a line per request, and stops on a signal.

mod input;

use crate::user::UserEntry;
use crate::{Emulator, ReceivedRequest, SignIns};
use input::{Arguments, Command, UsersFile};
use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::future::Future;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// Runs the command line, and returns the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match input::read(arguments) {
        Ok(Command::Help) => say(&input::help()),
        Ok(Command::Version) => say(input::VERSION),
        Ok(Command::Run(arguments)) => match run(&arguments) {
            Ok(()) => {}
            Err(error) => return complain(&error.to_string(), 1),
        },
        Err(problem) => {
            let hint = "see --help";
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
        users.add_to(&mut emulator.service())?;
        sign_in_as(&emulator, arguments.sign_in_as.as_deref())?;
        let certificate = write_certificate(&emulator, arguments.certificate.as_deref())?;
        let stopped = told_to_stop()?;
        say(&started(&emulator, &users.users, certificate.as_deref()));
        stopped.await;
        say(&stopped_text(emulator.requests_received()));
        Ok(())
    })
}

/// Lets a user sign in without a page.
fn sign_in_as(emulator: &Emulator, name: Option<&str>) -> Result<(), String> {
    let Some(name) = name else { return Ok(()) };
    let user = emulator.service().find(name).map(|account| account.id);
    let user = user.ok_or_else(|| format!("--sign-in-as {name}: there is no such user"))?;
    emulator.set_sign_ins(SignIns::by(user));
    Ok(())
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
        // Without a signal handler the program runs until it is killed.
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
    for host in &arguments.allowed_hosts {
        builder = builder.allow_host(host);
    }
    if arguments.tls {
        builder = builder.tls();
    }
    if arguments.unthrottled {
        builder = builder.unthrottled();
    }
    for &behaviour in &arguments.assumed {
        builder = builder.assume(behaviour);
    }
    if !arguments.quiet {
        builder = builder.on_request(|request| say(&line(request)));
    }
    builder.start().await.map_err(|error| {
        if error.kind() == io::ErrorKind::InvalidInput {
            return error.into();
        }
        let (address, port) = (arguments.address, arguments.port);
        let help = "choose another one with --port, or any free one with --port 0";
        format!("cannot listen on {address} port {port}: {error}; {help}").into()
    })
}

/// Writes the certificate, if there is one, and returns the path of its file.
///
/// Without a path of the user's it goes to the directory for temporary files, where others may write:
/// the file is made anew, so that it is the emulator's own.
fn write_certificate(emulator: &Emulator, path: Option<&Path>) -> io::Result<Option<String>> {
    let Some(certificate) = emulator.certificate() else {
        return Ok(None);
    };
    let port = emulator.address().port();
    let own = || env::temp_dir().join(format!("msgraph-presence-emulator-{port}.pem"));
    let target = path.map_or_else(own, Path::to_owned);
    let written = match path {
        Some(_) => fs::write(&target, certificate),
        None => replace(&target, certificate),
    };
    let shown = target.display().to_string();
    written.map_err(|error| {
        let problem = format!("cannot write the certificate to {shown}: {error}");
        io::Error::new(
            error.kind(),
            format!("{problem}; choose a file with --certificate"),
        )
    })?;
    // Commands that are copied may run in another directory.
    let shown = std::path::absolute(&target).map_or(shown, |path| path.display().to_string());
    Ok(Some(shown))
}

/// Writes a file that nobody else has made before.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    File::create_new(path)?.write_all(text.as_bytes())
}

/// Prints a line. A closed standard output is not an error.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints an error, and returns the exit code.
fn complain(problem: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {problem}");
    ExitCode::from(code)
}

/// The text at the start: the address, and three commands to copy and try.
fn started(emulator: &Emulator, users: &[UserEntry], certificate: Option<&str>) -> String {
    let root = emulator.base_url();
    let origin = emulator.origin();
    let authority = emulator.authority();
    let reach = if emulator.address().ip().is_loopback() {
        "only this machine can reach it"
    } else {
        "every machine that can reach this address can do everything with it"
    };
    let names = users.iter().map(|user| &*user.name);
    let token = names.clone().next().unwrap_or("application");
    let users = names.collect::<Vec<_>>().join(", ");
    let file = certificate.map(quoted);
    let trust = file.as_deref().map(trust).unwrap_or_default();
    let file = file.as_deref();
    let cacert = file
        .map(|file| format!("--cacert {file} "))
        .unwrap_or_default();
    let roots = file
        .map(|file| format!("SSL_CERT_FILE={file} "))
        .unwrap_or_default();
    format!(
        r#"Graph presence, emulated: {root}
({reach})

  page    {origin}/
  users   {users} (a name is a token)
  sign-in {authority} (the authority, for programs that sign in users)
  more    GET {origin}/_emulator
{trust}
With curl:
  curl {cacert}-H "Authorization: Bearer {token}" {root}/me/presence
With the Rust client:
  Client::builder().base_url("{root}").token("{token}").build()?.me().presence().get().await?
With Microsoft's SDK for Python (pip install msgraph-sdk):
  {roots}python3 -c 'import asyncio, types, azure.core.credentials as c, msgraph; g = msgraph.GraphServiceClient(types.SimpleNamespace(get_token=lambda *s, **k: c.AccessToken("{token}", 9**10)), ["x"]); g.request_adapter.base_url = "{root}"; print(asyncio.run(g.me.presence.get()))'

Ctrl-C stops it.
"#
    )
}

/// How programs are told to trust the certificate in a file, a line for each kind.
fn trust(file: &str) -> String {
    format!(
        "
https with a certificate of this start, in
  {file}
Its private key is in no file. Each of these lines makes programs trust it, in most cases instead of
all others:
  curl                     curl --cacert {file}
  Python                   export SSL_CERT_FILE={file} REQUESTS_CA_BUNDLE={file}
  Node.js                  export NODE_EXTRA_CA_CERTS={file}
  OpenSSL, Ruby, Rust; Go and .NET on Linux
                           export SSL_CERT_FILE={file}
  PHP                      php -d openssl.cafile={file} -d curl.cainfo={file}
  Java                     keytool -importcert -noprompt -storepass changeit -alias emulator -file {file} -keystore emulator.p12
                           java -Djavax.net.ssl.trustStore=emulator.p12 -Djavax.net.ssl.trustStorePassword=changeit
  Windows, for a user      certutil -user -addstore Root {file}
  macOS, for a user        security add-trusted-cert -k ~/Library/Keychains/login.keychain-db {file}
"
    )
}

/// A text as a word of a shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@\\".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The text at the end.
fn stopped_text(requests: u64) -> String {
    let noun = if requests == 1 { "request" } else { "requests" };
    format!("\nstopped after {requests} {noun}")
}

/// A request in one line. It shows no id and no content.
fn line(request: &ReceivedRequest) -> String {
    let time = request.at.strftime("%H:%M:%S");
    let ReceivedRequest { method, status, .. } = request;
    let path = readable(&request.path);
    let mut line = format!("{time}  {status}  {method} {path}");
    if request.part.is_some() {
        line += "  in a batch";
    }
    let parts = [
        ("by", &request.caller),
        ("fault:", &request.fault),
        ("warning:", &request.warning),
    ];
    for (label, text) in parts {
        if let Some(text) = text {
            // Writing to a string cannot fail.
            let _ = write!(line, "  {label} {text}");
        }
    }
    line
}

/// Segments that are no words and no ids.
const KNOWN: [&str; 6] = [
    "v1.0",
    "v2.0",
    "oauth2",
    ".well-known",
    "openid-configuration",
    "$batch",
];

/// A path in which segments that could be an id are replaced.
fn readable(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let word = segment.chars().all(|c| c.is_ascii_alphabetic());
        if word || KNOWN.contains(&segment) {
            segment
        } else {
            "…"
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_shows_no_id() {
        let cases = [
            ("/v1.0/me/presence", "/v1.0/me/presence"),
            (
                "/v1.0/users/fa8bf3dc-eca7-46b7-bad1-db199b62afc3/presence",
                "/v1.0/users/…/presence",
            ),
            (
                "/v1.0/users/ada@contoso.com/presence",
                "/v1.0/users/…/presence",
            ),
            ("/v1.0/me/presents", "/v1.0/me/presents"),
            ("/v1.0/$batch", "/v1.0/$batch"),
            ("/ada.example/oauth2/v2.0/token", "/…/oauth2/v2.0/token"),
        ];
        for (path, shown) in cases {
            assert_eq!(readable(path), shown);
        }
    }
}
