//! The program around the emulator: it starts, prints a line per request, and stops on a signal.

mod input;
mod users;

use crate::{Emulator, ReceivedRequest, SignIns};
use input::{Arguments, Command};
use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File};
use std::future::Future;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use users::UsersFile;

/// Runs the command line, and returns the exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match input::read(arguments) {
        Ok(Command::Help) => print(&input::help()),
        Ok(Command::Version) => print(input::VERSION),
        Ok(Command::Run(arguments)) => match run(&arguments) {
            Ok(()) => {}
            Err(error) => return print_error(&error.to_string(), 1),
        },
        Err(problem) => {
            let hint = "see --help";
            return print_error(&format!("{problem}; {hint}"), 2);
        }
    }
    ExitCode::SUCCESS
}

/// Runs the emulator until a signal stops it.
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
        emulator.service().start_with(users.with_sessions());
        let certificate = write_certificate(&emulator, arguments.certificate.as_deref())?;
        let stopped = stop_signal()?;
        print(&start_text(&emulator, certificate.as_deref()));
        stopped.await;
        print("\nstopped");
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

/// Handles Ctrl-C and SIGTERM from now on; the future completes at either.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
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

/// Handles Ctrl-C; the future completes then.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
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
        builder = builder
            .on_request(|request| print(&request_line(request)))
            .on_problem(|problem| print(&one_line(&format!("          {problem}"))));
    }
    builder.start().await.map_err(|error| {
        if error.kind() == io::ErrorKind::InvalidInput {
            return error.into();
        }
        let (address, port) = (arguments.address, arguments.port);
        let help = "choose another port with --port, or any free one with --port 0";
        format!("cannot listen on {address} port {port}: {error}; {help}").into()
    })
}

/// Writes the certificate, if there is one, and returns the path of its file.
///
/// Without a path it goes to the directory for temporary files, where other users may write: an
/// existing file is replaced by a new one, which belongs to this process.
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
    // The printed commands may be run in another directory.
    let shown = std::path::absolute(&target).map_or(shown, |path| path.display().to_string());
    Ok(Some(shown))
}

/// Writes a new file, in place of one with the same name.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    File::create_new(path)?.write_all(text.as_bytes())
}

/// Prints a line. A closed standard output is not an error.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints an error, and returns the exit code.
fn print_error(problem: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {problem}");
    ExitCode::from(code)
}

/// The number of users at the start for whom lines are printed.
const MOST_USERS: usize = 20;

/// The text at the start: the address, the users, and commands to copy and try.
fn start_text(emulator: &Emulator, certificate: Option<&str>) -> String {
    let (root, origin) = (emulator.base_url(), emulator.origin());
    let reach = if emulator.address().ip().is_loopback() {
        "only this machine can reach it"
    } else {
        "every machine that can reach this address can do everything with it"
    };
    let file = certificate.map(quoted);
    let file = file.as_deref();
    let trust = file.map(trust_lines).unwrap_or_default();
    let cacert = file.map_or(String::new(), |file| format!("--cacert {file} "));
    let roots = file.map_or(String::new(), |file| format!("SSL_CERT_FILE={file} "));
    let users = user_lines(emulator, &cacert);
    format!(
        "Graph presence, emulated: {root}
({reach})

  page    {origin}/
  sign-in {} (the authority, for programs that sign in users)
  more    curl {cacert}{origin}/_emulator
{trust}{users}
{}
Ctrl-C stops it.
",
        emulator.authority(),
        client_lines(emulator, &roots)
    )
}

/// The users with their ids, each with a command to try.
fn user_lines(emulator: &Emulator, cacert: &str) -> String {
    let (root, origin) = (emulator.base_url(), emulator.origin());
    let service = emulator.service();
    if service.accounts().next().is_none() {
        let user = r#"-H "Content-Type: application/json" -d '{"name":"Ada","signedIn":true}'"#;
        return format!(
            "\nThere are no users. To add one:\n  curl {cacert}{user} {origin}/_emulator/users\n"
        );
    }
    let mut text =
        "\nUsers, each with a line to try (a name is a token, and so is an id):\n".to_owned();
    for account in service.accounts().take(MOST_USERS) {
        let (name, id) = (one_line(&account.name), account.id);
        let token = service.shell_token(account);
        text += &format!("  {name}  {id}  {}\n", one_line(&account.principal_name));
        text +=
            &format!("    curl {cacert}-H \"Authorization: Bearer {token}\" {root}/me/presence\n");
    }
    if let Some(more @ 1..) = service.accounts().count().checked_sub(MOST_USERS) {
        text += &format!("  and {more} more: curl {cacert}{origin}/_emulator/state\n");
    }
    text
}

/// Lines for the Rust client and for an SDK, with the first user.
fn client_lines(emulator: &Emulator, roots: &str) -> String {
    let root = emulator.base_url();
    let service = emulator.service();
    let Some(user) = service.accounts().next() else {
        return String::new();
    };
    let token = user.id;
    let rust = if roots.is_empty() {
        ""
    } else {
        ", and SSL_CERT_FILE as above"
    };
    format!(
        r#"With the Rust client{rust}:
  Client::builder().base_url("{root}").token("{token}").build()?.me().presence().get().await?
With Microsoft's SDK for Python (pip install msgraph-sdk):
  {roots}python3 -c 'import asyncio, types, azure.core.credentials as c, msgraph; g = msgraph.GraphServiceClient(types.SimpleNamespace(get_token=lambda *s, **k: c.AccessToken("{token}", 9**10)), ["x"]); g.request_adapter.base_url = "{root}"; print(asyncio.run(g.me.presence.get()))'
"#
    )
}

/// The commands that make programs trust the certificate in a file, one for each language.
fn trust_lines(file: &str) -> String {
    format!(
        "
https, with a certificate that was created at this start, in
  {file}
Its private key is in memory only. Each of these lines makes programs trust it, most of them instead
of all other certificates:
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

/// Quotes a text for a shell, where it is needed.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@\\".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A request in one line: time, status, method, path, caller, and the reason for an error.
fn request_line(request: &ReceivedRequest) -> String {
    let time = request.at.strftime("%H:%M:%S");
    let ReceivedRequest {
        method,
        status,
        path,
        query,
        ..
    } = request;
    let mut line = format!("{time}  {status}  {method} {path}");
    if !query.is_empty() {
        line += &format!("?{query}");
    }
    if request.part.is_some() {
        line += "  in a batch";
    }
    if let Some(caller) = &request.caller {
        line += &format!("  by {caller}");
    }
    if let Some(code) = &request.code {
        let reason = request.reason.as_deref().unwrap_or("no reason is given");
        line += &format!("  {code}: {reason}");
    }
    for (label, text) in [("fault", &request.fault), ("warning", &request.warning)] {
        if let Some(text) = text {
            line += &format!("  {label}: {text}");
        }
    }
    one_line(&line)
}

/// Escapes the characters of a text that would break or hide a line of a terminal.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '\'' | '\\' => line.push(letter),
            _ => line.extend(letter.escape_debug()),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_and_shows_what_it_is() {
        let cases = [
            ("GET /v1.0/me — \"Ada\"", "GET /v1.0/me — \"Ada\""),
            ("a\nb\u{1b}[31m", "a\\nb\\u{1b}[31m"),
            ("\u{202e}gnp", "\\u{202e}gnp"),
        ];
        for (text, shown) in cases {
            assert_eq!(one_line(text), shown);
        }
    }

    #[test]
    fn a_word_of_a_shell_is_quoted_where_it_has_to_be() {
        let cases = [
            ("/tmp/a-b.pem", "/tmp/a-b.pem"),
            ("/tmp/a b", "'/tmp/a b'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
        ];
        for (text, word) in cases {
            assert_eq!(quoted(text), word);
        }
    }
}
