//! The files of our own description.

use std::fs;
use std::path::Path;
use xtask::diagnostics::Source;

/// Names and texts; `spec/presence.yaml` is the first.
pub struct Own(pub Vec<(String, String)>);

impl Own {
    /// As they are.
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let entries = fs::read_dir(root.join("spec")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names = names.map(|name| format!("spec/{name}"));
        let mut names: Vec<_> = names.filter(|name| name.ends_with(".yaml")).collect();
        names.sort_by_key(|name| (name != "spec/presence.yaml", name.clone()));
        let read = |name: String| {
            let text = fs::read_to_string(root.join(&name)).unwrap();
            (name, text)
        };
        Self(names.into_iter().map(read).collect())
    }

    /// For the generator.
    pub fn sources(&self) -> Vec<Source<'_>> {
        let files = self.0.iter();
        files.map(|(name, text)| Source { name, text }).collect()
    }
}
