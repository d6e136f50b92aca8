//! An emulator, a person who has signed in, a folder for the command, and the command as a process.

use msgraph_presence::{Availability, UserId};
use msgraph_presence_emulator::{Emulator, SignIns};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;
use tokio::runtime::Runtime;

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
        let mut child = self.command(arguments).spawn().unwrap();
        Running {
            lines: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
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

pub fn run(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        status: output.status.code(),
        output: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

pub struct Running {
    pub child: Child,
    pub lines: BufReader<ChildStdout>,
}

impl Running {
    /// The next line that is printed.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut errors = String::new();
            let from = self.child.stderr.take();
            from.map(|mut it| it.read_to_string(&mut errors).unwrap());
            panic!("it has ended: {errors}");
        }
        line.trim_end().to_owned()
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal, and gives the rest of what is printed.
    #[cfg(unix)]
    pub fn signal(mut self, name: &str) -> Ran {
        let kill = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success());
        self.wait()
    }

    /// Waits for the end, and gives the rest of what is printed.
    pub fn wait(&mut self) -> Ran {
        let (mut output, mut errors) = (String::new(), String::new());
        self.lines.read_to_string(&mut output).unwrap();
        let from = self.child.stderr.take();
        from.map(|mut it| it.read_to_string(&mut errors).unwrap());
        Ran {
            status: self.child.wait().unwrap().code(),
            output,
            errors,
        }
    }
}
