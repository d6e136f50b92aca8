//! The output, the responses and the exit code of the program.

use crate::running::{PROGRAM, Running};
use std::process::Command;

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
    let line = running.read_line();
    assert_eq!(line, "09:00:00  200  GET /v1.0/me/presence  by Ada");
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
        let status = running.child.wait().unwrap();
        assert!(status.success(), "{signal}: {status}");
        running.read_line();
        assert_eq!(running.read_line(), "stopped after 1 request");
    }
}

#[test]
fn what_cannot_be_done_is_said_on_one_line() {
    let cases: [(&[&str], i32, &str); 3] = [
        (&["--prot", "1"], 2, "--prot"),
        (&["--users", "no-such-file.yaml"], 1, "no-such-file.yaml"),
        (&["--address", "192.0.2.1"], 1, "192.0.2.1"),
    ];
    for (arguments, code, named) in cases {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
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
    let output = Command::new(PROGRAM).arg("--help").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for option in ["--port", "--users", "--assume", "--clock", "--address"] {
        assert!(text.contains(option), "{option}");
    }
}
