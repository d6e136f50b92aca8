//! The program from the outside: what it prints, how it answers, how it ends.

#![cfg(test)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_msgraph-presence-emulator");

/// A running program, which is killed when a test fails before it has ended it.
struct Running {
    child: Child,
    lines: Vec<String>,
    output: BufReader<std::process::ChildStdout>,
}

impl Running {
    /// Starts the program, and reads what it prints up to the hint on how to stop it.
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self {
            child,
            lines: Vec::new(),
            output,
        };
        while running.read_line() != "Ctrl-C stops it." {}
        running.read_line();
        running
    }

    fn read_line(&mut self) -> &str {
        let mut line = String::new();
        let count = self.output.read_line(&mut line).unwrap();
        assert!(count > 0, "the program ended after {:?}", self.lines);
        self.lines.push(line.trim_end().to_owned());
        &self.lines[self.lines.len() - 1]
    }

    /// Asks as the printed curl line does, and gives the answer.
    fn ask(&self) -> String {
        let curl = self.lines.iter().find(|line| line.contains("curl -H"));
        let url = curl.unwrap().rsplit_once(' ').unwrap().1;
        let (host, path) = url["http://".len()..].split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let head = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n");
        let rest = "Authorization: Bearer Ada\r\nConnection: close\r\n\r\n";
        stream.write_all((head + rest).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_says_where_it_listens_and_answers_there() {
    let mut running = Running::start(&["--clock", "2026-11-21T09:00:00Z"]);
    let first = &running.lines[0];
    assert!(first.starts_with("Graph presence, emulated: http://127.0.0.1:"));
    assert_eq!(running.lines[1], "(this machine alone can reach it)");
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
fn it_stops_cleanly_on_ctrl_c() {
    let mut running = Running::start(&["--quiet"]);
    running.ask();
    let id = running.child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let status = running.child.wait().unwrap();
    assert!(status.success(), "{status}");
    running.read_line();
    assert_eq!(running.read_line(), "stopped after 1 requests");
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

#[test]
fn a_thousand_connections_at_once_are_answered() {
    let running = Running::start(&["--quiet"]);
    let address = running.lines[0].split("http://").nth(1).unwrap();
    let address = address.split('/').next().unwrap();
    let request =
        "GET /v1.0/me/presence HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer Ada";
    let request = format!("{request}\r\nConnection: close\r\n\r\n");
    let connect = |_| TcpStream::connect(address).unwrap();
    let mut connections: Vec<_> = (0..1000).map(connect).collect();
    for connection in &mut connections {
        connection.write_all(request.as_bytes()).unwrap();
    }
    for connection in &mut connections {
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
}
