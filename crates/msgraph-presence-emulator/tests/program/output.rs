//! The output, the responses and the exit code of the program.

use crate::running::{Running, output};
use std::process::{self, Command};
use std::{env, fs};

#[test]
fn it_says_where_it_listens_and_answers_there() {
    let mut running = Running::start(&["--clock", "2026-11-21T09:00:00Z"]);
    let first = &running.lines[0];
    assert!(first.starts_with("Graph presence, emulated: http://127.0.0.1:"));
    assert_eq!(running.lines[1], "(only this machine can reach it)");
    let printed = running.lines.join("\n");
    for part in ["Client::builder()", "GraphServiceClient", "/_emulator"] {
        assert!(printed.contains(part), "{part} in {printed}");
    }
    assert!(running.ask().starts_with("HTTP/1.1 200 OK"));
    let told = "09:00:00  200  GET /v1.0/me/presence  by Ada";
    assert_eq!(running.read_line(), told);
    // As `nc -N` does, this closes its side after the request.
    let request = "GET /v1.0/me/presence HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer Ada\r\n\r\n";
    running.send_raw(request);
    assert_eq!(running.read_line(), told);
    let path = "/v1.0/users/66825e03-7ef5-42da-9069-724602c31f6b/presence?$select=id";
    running.get(path, "Ada");
    let refused = format!(
        "09:00:00  404  GET {path}  by Ada  NotFound: The requested user was not found. No user has \
         this id."
    );
    assert_eq!(running.read_line(), refused);
}

#[test]
fn what_is_refused_before_it_is_a_request_is_told_too() {
    let mut running = Running::start(&[]);
    let raw = |running: &mut Running, text: &str, told: &str| {
        running.send_raw(text);
        let line = running.read_line();
        assert!(line.contains(told), "{line}");
    };
    raw(
        &mut running,
        "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
        "start with --tls",
    );
    raw(&mut running, "GET / HTTP/1.1\r\n\r\n", "exactly one Host");
    raw(
        &mut running,
        "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "403  /: the host 'evil.example' is not allowed",
    );
    let mut encrypted = Running::start(&["--tls"]);
    raw(
        &mut encrypted,
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "https://",
    );
    raw(
        &mut encrypted,
        "\u{16}\u{3}\u{1}\u{0}\u{2}\u{1}\u{0}",
        "may not trust the certificate",
    );
}

/// Names that are no tokens, or no words of a shell, and the state that a reset goes back to.
#[test]
fn every_user_has_a_line_that_works_as_it_is_printed() {
    let file = env::temp_dir().join(format!("emulator-users-{}.yaml", process::id()));
    let users = r#"users:
  - { name: Ada Lovelace, signedIn: true }
  - { name: "O'Neil \"$HOME\"" }
  - { name: bob@contoso.com, outOfOffice: Away }
  - { name: Zoë }
"#;
    fs::write(&file, users).unwrap();
    let mut running = Running::start(&["--users", file.to_str().unwrap()]);
    fs::remove_file(&file).unwrap();
    let commands = running.commands();
    assert_eq!(commands.len(), 4, "{commands:#?}");
    for (command, caller) in commands.iter().zip(["Ada", "O'Neil", "bob@", "Zoë"]) {
        assert!(
            running.run(command).starts_with("HTTP/1.1 200 OK"),
            "{command}"
        );
        let line = running.read_line();
        assert!(line.contains(&format!("  by {caller}")), "{line}");
    }
    let listed = |line: &&String| line.starts_with("  ") && line.ends_with("@contoso.com");
    assert_eq!(running.lines.iter().filter(listed).count(), 4);

    let state = |running: &Running| {
        let state = running.get("/_emulator/state", "");
        state.split_once(r#""users":"#).unwrap().1.to_owned()
    };
    running.post("/_emulator/reset", "{}");
    let start = state(&running);
    assert!(start.contains(r#""message":"Away""#), "{start}");
    running.post(
        "/_emulator/users/bob@contoso.com/outOfOffice",
        r#"{"message":null}"#,
    );
    running.post("/_emulator/users", r#"{"name":"Eve"}"#);
    running.post("/_emulator/undocumented", r#"{"nulls":true}"#);
    assert_ne!(state(&running), start);
    running.post("/_emulator/reset", "{}");
    let without_times = |text: &str| {
        text.split('"')
            .filter(|word| !word.ends_with('Z'))
            .collect::<String>()
    };
    assert_eq!(without_times(&state(&running)), without_times(&start));
}

#[test]
fn the_lines_of_the_readme_work_as_they_are_copied() {
    const README: &str = include_str!("../../README.md");
    let folder = env::temp_dir().join(format!("emulator-readme-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (_, users) = README.split_once("```yaml\n").unwrap();
    fs::write(
        folder.join("users.yaml"),
        users.split("```").next().unwrap(),
    )
    .unwrap();
    let lines = README.lines();
    let lines = lines.filter_map(|line| line.strip_prefix("$ msgraph-presence-emulator"));
    let mut seen = 0;
    for line in lines {
        // The port of the README may be another program's here.
        let line = line.replace("--port 8080", "");
        let arguments: Vec<_> = line.split_whitespace().collect();
        let running = Running::start_in(&folder, &arguments);
        assert!(running.ask().starts_with("HTTP/1.1 200 OK"), "{line}");
        seen += 1;
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(seen >= 2, "{seen}");
}

#[test]
fn without_a_user_a_line_adds_one() {
    let file = env::temp_dir().join(format!("emulator-nobody-{}.yaml", process::id()));
    fs::write(&file, "users: []\n").unwrap();
    let running = Running::start(&["--users", file.to_str().unwrap(), "--quiet"]);
    fs::remove_file(&file).unwrap();
    let printed = running.lines.join("\n");
    assert!(
        printed.contains("/_emulator/users") && !printed.contains("me/presence"),
        "{printed}"
    );
}

#[test]
fn the_certificate_is_in_the_file_that_is_printed_and_its_key_is_not() {
    let file = env::temp_dir().join(format!("emulator of {}.pem", process::id()));
    let file = file.to_str().unwrap();
    let chosen = Running::start(&["--certificate", file, "--quiet"]);
    assert!(chosen.lines[0].contains(" https://127.0.0.1:"));
    let of_its_own = Running::start(&["--tls", "--quiet"]);
    let printed = |running: &Running| {
        let line = running
            .lines
            .iter()
            .find(|line| line.ends_with(".pem") || line.ends_with(".pem'"));
        line.unwrap().trim().to_owned()
    };
    // As a word of a shell, for it has blanks.
    assert_eq!(printed(&chosen), format!("'{file}'"));
    for path in [file, &printed(&of_its_own)] {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.starts_with("-----BEGIN CERTIFICATE-----\n"), "{text}");
        assert_eq!(text.matches("BEGIN").count(), 1, "{text}");
        fs::remove_file(path).unwrap();
    }
    let printed = chosen.lines.join("\n");
    for client in [
        "--cacert",
        "NODE_EXTRA_CA_CERTS",
        "REQUESTS_CA_BUNDLE",
        "keytool",
    ] {
        let line = printed.lines().find(|line| line.contains(client));
        assert!(line.unwrap().contains(&format!("'{file}'")), "{printed}");
    }
}

#[cfg(unix)]
#[test]
fn it_stops_cleanly_on_ctrl_c_and_when_terminated() {
    for signal in ["-INT", "-TERM"] {
        let mut running = Running::start(&["--quiet"]);
        running.ask();
        let id = running.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
        let status = running.wait();
        assert!(status.success(), "{signal}: {status}");
        running.read_line();
        assert_eq!(running.read_line(), "stopped");
    }
}

#[test]
fn a_user_signs_in_without_a_page() {
    let mut running = Running::start(&["--sign-in-as", "Bob", "--clock", "2026-11-21T09:00:00Z"]);
    let path = "/contoso.com/oauth2/v2.0/authorize?client_id=x&scope=User.Read&response_type=code\
        &redirect_uri=http://localhost/";
    let response = running.get(path, "");
    assert!(response.starts_with("HTTP/1.1 302 "), "{response}");
    assert!(
        response.contains("location: http://localhost/?code="),
        "{response}"
    );
    assert_eq!(
        running.read_line(),
        format!("09:00:00  302  GET {path}  by Bob")
    );
}

#[test]
fn what_cannot_be_done_is_said_on_one_line() {
    let cases: [(&[&str], i32, &str); 5] = [
        (
            &["--port", "0", "--sign-in-as", "Nobody"],
            1,
            "no such user",
        ),
        (&["--prot", "1"], 2, "--prot"),
        (&["--users", "no-such-file.yaml"], 1, "no-such-file.yaml"),
        (&["--address", "192.0.2.1"], 1, "192.0.2.1"),
        (
            &["--port", "0", "--certificate", "/no/such/folder.pem"],
            1,
            "--certificate",
        ),
    ];
    for (arguments, code, named) in cases {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.starts_with("error: ") && text.contains(named),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

#[test]
fn help_tells_all() {
    let output = output(&["--help"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for option in ["--port", "--users", "--assume", "--clock", "--address"] {
        assert!(text.contains(option), "{option}");
    }
}
