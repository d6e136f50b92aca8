//! The examples of the documentation as a reader copies them: the lines that rustdoc shows, in a new
//! crate for the crate that they belong to, which has the dependencies that its pages name.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// In the example that shows the function around all others of its crate, the place of the others.
const PLACE: &str = "    // an example\n";

/// The published crates.
const OURS: [&str; 6] = [
    "msgraph-wire",
    "msgraph-presence-models",
    "msgraph-runtime",
    "msgraph-sign-in",
    "msgraph-presence-emulator",
    "msgraph-presence",
];

/// Writes a crate with the examples of each published crate, and gives their names.
pub fn write(root: &Path) -> [String; 6] {
    OURS.map(|of| {
        let name = format!("examples-of-{of}");
        package(&name, &root.join("crates").join(of), &root.join(&name));
        name
    })
}

/// Writes the crate with the examples of the crate in a folder.
fn package(package: &str, of: &Path, to: &Path) {
    let mut sources = vec![of.join("README.md")];
    find(&of.join("src"), &mut sources);
    let mut examples = BTreeMap::new();
    let mut dependencies = BTreeMap::new();
    let mut around = PLACE.to_owned();
    for path in sources {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(of).unwrap().to_str().unwrap();
        for block in blocks(&text, name.ends_with(".rs")) {
            let languages: Vec<_> = block.language.split(',').collect();
            match *languages {
                ["toml"] => depend(&block.text, &mut dependencies),
                ["" | "rust" | "no_run"] => {
                    if block.text.contains(PLACE) {
                        around.clone_from(&block.text);
                    }
                    let name = name.to_lowercase();
                    let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
                    examples.insert(format!("{name}_{}", block.line), block.text);
                }
                ["compile_fail", _] | ["console" | "js" | "python" | "text" | "yaml"] => {}
                _ => panic!("{name}:{}: the language {languages:?}", block.line),
            }
        }
    }
    assert!(!examples.is_empty(), "no example in {}", of.display());
    let source = to.join("src");
    fs::create_dir_all(&source).unwrap();
    let mut root = "//! Examples.\n#![allow(unused)]\n".to_owned();
    for (name, text) in examples {
        root += &format!("#[rustfmt::skip]\nmod {name};\n");
        let text = if text.contains("fn main(") {
            text
        } else {
            around.replace(PLACE, &text)
        };
        fs::write(source.join(name + ".rs"), text).unwrap();
    }
    fs::write(source.join("lib.rs"), root).unwrap();
    let mut manifest = format!(
        "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n"
    );
    for (name, features) in dependencies {
        let from = if name.starts_with("msgraph-") {
            format!("path = \"../crates/{name}\"")
        } else {
            "workspace = true".to_owned()
        };
        manifest += &format!("{name} = {{ {from}, features = {features:?} }}\n");
    }
    fs::write(to.join("Cargo.toml"), manifest).unwrap();
}

/// The files with text that becomes documentation.
fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs" | "md") => found.push(path),
            _ if path.is_dir() => find(&path, found),
            _ => {}
        }
    }
}

/// A code block, without the lines that rustdoc hides.
struct Block {
    line: usize,
    language: String,
    text: String,
}

fn blocks(text: &str, is_rust: bool) -> Vec<Block> {
    let (mut found, mut open) = (Vec::new(), None::<Block>);
    for (line, text) in text.lines().enumerate() {
        let comment = text.trim_start();
        let comment = comment.strip_prefix("///").or(comment.strip_prefix("//!"));
        let comment = comment.map(|text| text.strip_prefix(' ').unwrap_or(text));
        let Some(text) = (if is_rust { comment } else { Some(text) }) else {
            continue;
        };
        let trimmed = text.trim_start();
        if let Some(language) = trimmed.strip_prefix("```") {
            match open.take() {
                Some(block) => found.push(block),
                None => {
                    open = Some(Block {
                        line: line + 1,
                        language: language.to_owned(),
                        text: String::new(),
                    });
                }
            }
        } else if let Some(block) = &mut open
            && trimmed != "#"
            && !trimmed.starts_with("# ")
        {
            block.text += &format!("{text}\n");
        }
    }
    found
}

/// Takes the names and features of the dependencies in a manifest.
fn depend(manifest: &str, all: &mut BTreeMap<String, Vec<String>>) {
    for line in manifest.lines() {
        if let Some((name, value)) = line.split_once(" = ") {
            let quoted = value.split('"').skip(1).step_by(2).map(str::to_owned);
            let features = all.entry(name.to_owned()).or_default();
            features.extend(quoted.skip(1)); // behind the version
        }
    }
}
