//! A folder to run the commands in.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use xtask::cli::{Session, run};

/// A copy of what codegen reads and writes, in a folder of its own.
pub struct Copy {
    pub root: PathBuf,
}

/// What a command did.
pub struct Outcome {
    pub code: u8,
    pub out: String,
    pub err: String,
}

const GENERATED: [&str; 3] = [
    "crates/msgraph-presence/src/generated",
    "crates/msgraph-presence-emulator/src/generated",
    "crates/msgraph-presence-models/src/generated",
];

impl Copy {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = root.join(format!("commands-{}-{count}", std::process::id()));
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for folder in GENERATED.into_iter().chain(["spec"]) {
            fs::create_dir_all(root.join(folder)).unwrap();
            for entry in fs::read_dir(from.join(folder)).unwrap() {
                let entry = entry.unwrap();
                fs::copy(entry.path(), root.join(folder).join(entry.file_name())).unwrap();
            }
        }
        Self { root }
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let root = self.root.clone();
        let mut session = Session {
            root,
            out: &mut out,
            err: &mut err,
            colour: false,
        };
        let code = run(&arguments, &mut session);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome {
            code,
            out: text(out),
            err: text(err),
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

impl Outcome {
    /// Asserts the exit code, and that each part is somewhere in what was printed.
    #[track_caller]
    pub fn is(&self, code: u8, parts: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{all}");
        for part in parts {
            assert!(all.contains(part), "`{part}` is not in:\n{all}");
        }
    }
}
