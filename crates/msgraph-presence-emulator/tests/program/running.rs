//! The program, started by a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// The program's file.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_msgraph-presence-emulator");

/// A running program, which is killed when a test fails before it has ended it.
pub struct Running {
    pub child: Child,
    pub lines: Vec<String>,
    output: BufReader<std::process::ChildStdout>,
}

impl Running {
    /// Starts the program, and reads what it prints up to the hint on how to stop it.
    pub fn start(arguments: &[&str]) -> Self {
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

    pub fn read_line(&mut self) -> &str {
        let mut line = String::new();
        let count = self.output.read_line(&mut line).unwrap();
        assert!(count > 0, "the program ended after {:?}", self.lines);
        self.lines.push(line.trim_end().to_owned());
        &self.lines[self.lines.len() - 1]
    }

    /// Asks as the printed curl line does, and gives the response.
    pub fn ask(&self) -> String {
        let curl = self.lines.iter().find(|line| line.contains("curl -H"));
        let url = curl.unwrap().rsplit_once(' ').unwrap().1;
        let (host, path) = url["http://".len()..].split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let head = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n");
        let rest = "Authorization: Bearer Ada\r\nConnection: close\r\n\r\n";
        stream.write_all((head + rest).as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
