//! An emulator, a person who has signed in, a folder for the command, and the command as a process.

use msgraph_presence::{Availability, UserId};
use msgraph_presence_emulator::{Emulator, SignIns};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// The longest time that a test waits for a line or for the end, on a machine under load.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct World {
    pub graph: Emulator,
    pub ada: UserId,
    pub folder: PathBuf,
    _runtime: Runtime,
}

/// The output of a run of the command, and its exit status.
#[derive(Debug)]
pub struct Ran {
    pub status: Option<i32>,
    pub output: String,
    pub errors: String,
}

impl World {
    /// Nobody has signed in to the command yet.
    pub fn new(test: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let graph = runtime.block_on(Emulator::start()).unwrap();
        let ada = graph.add_user("Ada");
        graph.sign_in(ada);
        graph.set_sign_ins(SignIns::by(ada).interval(Duration::from_secs(1)));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self {
            graph,
            ada,
            folder,
            _runtime: runtime,
        }
    }

    pub fn signed_in(test: &str) -> Self {
        let world = Self::new(test);
        assert_eq!(world.run(&["login", "--device"]).status, Some(0));
        world
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.env("PRESENCE_EMULATOR", self.graph.origin());
        command.env("PRESENCE_HOME", &self.folder);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        run(self.command(arguments))
    }

    /// Starts the command, to be read line by line.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// The availability and the message of Ada.
    pub fn shown(&self) -> (Availability, String) {
        let shown = self.graph.presence(self.ada).unwrap();
        let message = shown.status_message.unwrap_or_default();
        let text = message.text().unwrap_or_default().to_owned();
        (shown.availability.unwrap_or_default(), text)
    }

    /// A text without what differs from run to run.
    pub fn steady(&self, text: &str) -> String {
        let text = text.replace(&self.graph.origin(), "ORIGIN");
        let port = format!("_{}", self.graph.address().port());
        let text = text.replace(&port, "_PORT");
        let folder = self.folder.display().to_string();
        let text = text.replace(&folder, "FOLDER");
        // Within JSON, of Windows.
        let text = text.replace(&folder.replace('\\', "\\\\"), "FOLDER");
        text.replace("FOLDER\\\\", "FOLDER/")
            .replace("FOLDER\\", "FOLDER/")
    }
}

/// The command in an environment with nothing of this machine's user.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_presence"));
    let ours = ["CLIENT_ID", "TENANT", "CLOUD", "EMULATOR", "HOME"];
    for name in ours {
        command.env_remove(format!("PRESENCE_{name}"));
    }
    command.args(arguments).env("TZ", "UTC");
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub fn run(command: Command) -> Ran {
    Running::start(command).wait()
}

/// The command while it runs; it is killed when a test fails before its end.
pub struct Running {
    child: Child,
    /// The output, line by line, with the line breaks.
    output: Receiver<String>,
    seen: String,
    errors: Option<JoinHandle<String>>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut line = String::new();
            while stdout.read_line(&mut line).unwrap() > 0 {
                if sender.send(std::mem::take(&mut line)).is_err() {
                    break;
                }
            }
        });
        let errors = thread::spawn(move || {
            let mut errors = String::new();
            stderr.read_to_string(&mut errors).unwrap();
            errors
        });
        Self {
            child,
            output,
            seen: String::new(),
            errors: Some(errors),
        }
    }

    /// The next line that is printed.
    pub fn line(&mut self) -> String {
        match self.next() {
            Some(line) => line.trim_end().to_owned(),
            None => self.fail("the command has ended"),
        }
    }

    /// The next line with its line break; nothing at the end of the output.
    fn next(&mut self) -> Option<String> {
        match self.output.recv_timeout(PATIENCE) {
            Ok(line) => {
                self.seen += &line;
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => self.fail("no line in a minute"),
        }
    }

    fn fail(&mut self, what: &str) -> ! {
        let _ = self.child.kill();
        let errors = self.errors.take().map(|errors| errors.join().unwrap());
        panic!("{what} after {:?}: {errors:?}", self.seen);
    }

    /// Takes the reader of the output away, as a pipe to `head` does, and gives the exit status.
    /// The pipe is closed when one more line has come; `print` lets the command print lines.
    pub fn without_reader(mut self, mut print: impl FnMut()) -> Option<i32> {
        self.output = channel().1;
        self.end(&mut print).status
    }

    pub fn kill(self) {
        drop(self);
    }

    /// Sends a signal, and gives the rest of what is printed.
    #[cfg(unix)]
    pub fn signal(mut self, name: &str) -> Ran {
        send(name, self.child.id());
        self.wait()
    }

    /// Sends a signal again and again, until the end.
    #[cfg(unix)]
    pub fn signals(mut self, name: &str) -> Ran {
        let id = self.child.id();
        self.end(&mut || send(name, id))
    }

    /// Waits for the end, and gives the rest of what is printed.
    pub fn wait(&mut self) -> Ran {
        let mut output = String::new();
        while let Some(line) = self.next() {
            output += &line;
        }
        let ran = self.end(&mut || ());
        Ran { output, ..ran }
    }

    /// Waits for the end, without the output; calls the function from time to time.
    fn end(&mut self, meanwhile: &mut dyn FnMut()) -> Ran {
        let begun = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status.code(),
                None if begun.elapsed() > PATIENCE => self.fail("no end in a minute"),
                None => meanwhile(),
            }
            thread::sleep(Duration::from_millis(5));
        };
        let errors = self.errors.take().map(|errors| errors.join().unwrap());
        Ran {
            status,
            output: String::new(),
            errors: errors.unwrap_or_default(),
        }
    }
}

#[cfg(unix)]
fn send(signal: &str, process: u32) {
    let kill = format!("kill -{signal} {process}");
    let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert!(sent.success());
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
