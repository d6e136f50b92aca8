//! The program, started by a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The longest time that a test waits for a line or a response, on a machine under load.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The program's file.
const PROGRAM: &str = env!("CARGO_BIN_EXE_msgraph-presence-emulator");

/// A running program, which is killed when a test fails before it has ended it.
pub struct Running {
    pub child: Child,
    pub lines: Vec<String>,
    output: Receiver<String>,
}

impl Running {
    /// Starts the program, and reads what it prints up to the hint on how to stop it.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_in(Path::new("."), arguments)
    }

    /// The same in a folder.
    pub fn start_in(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .current_dir(folder)
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, output) = channel();
        thread::spawn(move || {
            for line in stdout.lines() {
                if sender.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
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
        match self.output.recv_timeout(PATIENCE) {
            Ok(line) => self.lines.push(line.trim_end().to_owned()),
            Err(RecvTimeoutError::Timeout) => panic!("no line in a minute after {:?}", self.lines),
            Err(_) => panic!("the program ended after {:?}", self.lines),
        }
        &self.lines[self.lines.len() - 1]
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }

    /// Asks as the first printed command for a user does, and gives the response.
    pub fn ask(&self) -> String {
        self.run(&self.commands()[0])
    }

    /// The printed commands with a token.
    pub fn commands(&self) -> Vec<String> {
        let lines = self.lines.iter().map(|line| line.trim());
        let commands = lines.filter(|line| line.starts_with("curl -H \"Authorization"));
        commands.map(str::to_owned).collect()
    }

    /// Sends what a printed command says, and gives the response.
    pub fn run(&self, command: &str) -> String {
        let words: Vec<_> = command.split('"').collect();
        let [_, header, url] = words[..] else {
            panic!("another command: {command}")
        };
        let url = url.trim().strip_prefix("http://").unwrap();
        let (host, path) = url.split_once('/').unwrap();
        self.send(host, &format!("GET /{path}"), header, "")
    }

    /// Reads a path, with a token or none.
    pub fn get(&self, path: &str, token: &str) -> String {
        let header = format!("Authorization: Bearer {token}");
        self.send(&self.host(), &format!("GET {path}"), &header, "")
    }

    /// Sends an administration request.
    pub fn post(&self, path: &str, body: &str) -> String {
        let kind = "Content-Type: application/json";
        self.send(&self.host(), &format!("POST {path}"), kind, body)
    }

    /// Sends bytes as they are, and waits for the end of the connection.
    pub fn send_raw(&self, text: &str) {
        let mut stream = connect(&self.host());
        stream.write_all(text.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        // By an end or by a reset.
        let _ = stream.read_to_end(&mut Vec::new());
    }

    fn host(&self) -> String {
        let url = self.lines[0].split("://").nth(1).unwrap();
        url.split('/').next().unwrap().to_owned()
    }

    fn send(&self, host: &str, line: &str, header: &str, body: &str) -> String {
        let mut stream = connect(host);
        let length = body.len();
        let head = format!("{line} HTTP/1.1\r\nHost: {host}\r\n{header}\r\n");
        let rest = format!("Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        stream.write_all((head + &rest).as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }
}

/// Runs the program, which is to end by itself.
pub fn output(arguments: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    wait(&mut child);
    child.wait_with_output().unwrap()
}

fn wait(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("the program has not ended in a minute");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn connect(host: &str) -> TcpStream {
    let stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
