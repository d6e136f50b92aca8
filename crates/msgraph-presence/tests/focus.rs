//! The example `focus` as a process: ended by Ctrl-C, and killed and started again.

#![cfg(test)]
#![cfg(unix)]

#[path = "../examples/focus.rs"]
mod focus;

use msgraph_presence::{Availability, Client, StatusMessage, UserId};
use msgraph_presence_emulator::Emulator;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};
use tokio::runtime::Runtime;

/// Set for the process that is the example.
const IS_EXAMPLE: &str = "FOCUS_IS_EXAMPLE";

/// A service, a person with a message of her own, and the folder of the program.
struct World {
    graph: Emulator,
    ada: UserId,
    folder: PathBuf,
    test: &'static str,
    _runtime: Runtime,
}

impl World {
    fn new(test: &'static str) -> Self {
        let runtime = Runtime::new().unwrap();
        let graph = runtime.block_on(Emulator::start()).unwrap();
        let ada = graph.add_user("Ada");
        graph.sign_in(ada);
        let builder = Client::builder().base_url(graph.base_url());
        let client = builder.token(graph.token_for(ada)).build().unwrap();
        let message = client
            .me()
            .presence()
            .set_status_message(StatusMessage::text("In Rome"));
        runtime.block_on(message.send()).unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self {
            graph,
            ada,
            folder,
            test,
            _runtime: runtime,
        }
    }

    /// Starts this test as a process that is the example, and waits until it holds.
    fn start(&self) -> Example {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([self.test, "--exact", "--nocapture"])
            .env(IS_EXAMPLE, "yes")
            .env("GRAPH_TOKEN", self.graph.token_for(self.ada))
            .env("GRAPH_BASE_URL", self.graph.base_url())
            .current_dir(&self.folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut example = Example {
            lines: BufReader::new(child.stdout.take().unwrap()),
            child,
        };
        let text = example.read_until("Ctrl-C ends it");
        assert!(
            text.contains("DoNotDisturb, DoNotDisturb shows, as it was set"),
            "{text}"
        );
        assert_eq!(
            self.shown(),
            (Some(Availability::DoNotDisturb), "Focusing".to_owned())
        );
        example
    }

    fn shown(&self) -> (Option<Availability>, String) {
        let shown = self.graph.presence(self.ada).unwrap();
        let message = shown.status_message.unwrap_or_default();
        (
            shown.availability,
            message.text().unwrap_or_default().to_owned(),
        )
    }

    fn is_as_before(&self) {
        assert_eq!(
            self.shown(),
            (Some(Availability::Available), "In Rome".to_owned())
        );
        assert!(!self.folder.join("focus.json").exists());
    }
}

struct Example {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Example {
    /// The output up to a line with these words.
    fn read_until(&mut self, words: &str) -> String {
        let mut text = String::new();
        while !text.contains(words) {
            let read = self.lines.read_line(&mut text).unwrap();
            assert!(read > 0, "{words} does not come: {text}");
        }
        text
    }

    fn press_ctrl_c(mut self) -> ExitStatus {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it does not end");
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        // The process may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn ctrl_c_releases() {
    if env::var_os(IS_EXAMPLE).is_some() {
        return focus::main().unwrap();
    }
    let world = World::new("ctrl_c_releases");
    assert!(world.start().press_ctrl_c().success());
    world.is_as_before();
}

#[test]
fn the_next_start_releases_after_a_kill() {
    if env::var_os(IS_EXAMPLE).is_some() {
        return focus::main().unwrap();
    }
    let world = World::new("the_next_start_releases_after_a_kill");
    drop(world.start());
    assert_eq!(
        world.shown(),
        (Some(Availability::DoNotDisturb), "Focusing".to_owned())
    );
    assert!(world.folder.join("focus.json").exists());

    // The second start takes back the hold of the first: the message from before both comes back.
    assert!(world.start().press_ctrl_c().success());
    world.is_as_before();
}
