//! The imports of a file, gathered while it is made.

use crate::WIDTH;
use crate::layout::Layout;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The imports: names by path.
#[derive(Debug, Default)]
pub struct Uses {
    paths: BTreeMap<String, Vec<String>>,
    /// Where the file finds the generated types.
    models: String,
    /// Where it finds what they stand on.
    wire: String,
}

impl Uses {
    /// Of a file of the models: the other types are beside it.
    pub fn of_models() -> Self {
        Self {
            models: "super".to_owned(),
            wire: "msgraph_wire".to_owned(),
            ..Self::default()
        }
    }

    /// Of a file of the client, which knows the wire crate only by what the models hand on.
    pub fn of_client(layout: &Layout) -> Self {
        Self {
            models: layout.models_crate.clone(),
            wire: layout.models_crate.clone(),
            ..Self::default()
        }
    }

    /// Imports a generated type, and gives its name back.
    pub fn add_model<'n>(&mut self, name: &'n str) -> &'n str {
        add(&mut self.paths, &self.models, name);
        name
    }

    /// Imports a name of the wire crate, and gives it back.
    pub fn add_wire<'n>(&mut self, name: &'n str) -> &'n str {
        add(&mut self.paths, &self.wire, name);
        name
    }

    /// Imports `path::name`; with an empty name, the path itself.
    pub fn add(&mut self, path: &str, name: &str) {
        add(&mut self.paths, path, name);
    }

    /// Takes an import back, of a name that the file defines itself.
    pub fn forget(&mut self, path: &str, name: &str) {
        if let Some(names) = self.paths.get_mut(path) {
            names.retain(|known| known != name);
            if names.is_empty() {
                self.paths.remove(path);
            }
        }
    }

    /// The `use` items, as rustfmt would order and break them; each begins with `word`.
    pub fn text(&self, word: &str) -> String {
        let mut paths: Vec<_> = self.paths.iter().collect();
        paths.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| order(a, b)));
        let mut text = String::new();
        for (path, names) in paths {
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            names.sort_by(|a, b| order(a, b));
            item(&mut text, word, path, &names);
        }
        text
    }
}

fn add(paths: &mut BTreeMap<String, Vec<String>>, path: &str, name: &str) {
    let names = paths.entry(path.to_owned()).or_default();
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

fn item(text: &mut String, word: &str, path: &str, names: &[&str]) {
    if let [name] = names {
        let line = if name.is_empty() {
            path.to_owned()
        } else {
            format!("{path}::{name}")
        };
        let _ = writeln!(text, "{word} {line};");
        return;
    }
    let line = format!("{word} {path}::{{{}}};", names.join(", "));
    // rustfmt leaves two columns free behind a list.
    if line.len() <= WIDTH - 2 {
        text.push_str(&line);
        text.push('\n');
        return;
    }
    let _ = writeln!(text, "{word} {path}::{{");
    let mut line = String::new();
    for name in names {
        // Four for the indent, two for the blank and the comma.
        if !line.is_empty() && 4 + line.len() + 2 + name.len() > WIDTH {
            let _ = writeln!(text, "    {line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(name);
        line.push(',');
    }
    let _ = writeln!(text, "    {line}\n}};");
}

fn rank(path: &str) -> usize {
    usize::from(!path.starts_with("super"))
}

/// The order of rustfmt: underscores before letters, capitals before small letters, numbers by
/// value.
fn order(a: &str, b: &str) -> Ordering {
    let class = |text: &str| {
        let first = text.bytes().next().unwrap_or(0);
        let shouting = text.len() > 1 && !text.bytes().any(|b| b.is_ascii_lowercase());
        match first {
            b'A'..=b'Z' if shouting => 2,
            b'A'..=b'Z' => 1,
            _ => 3,
        }
    };
    if !a.contains("::") && !b.contains("::") && class(a) != class(b) {
        return class(a).cmp(&class(b));
    }
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let number =
                |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
            let (na, nb) = (number(a), number(b));
            let trim = |text: &[u8]| -> Vec<u8> {
                text.iter().copied().skip_while(|b| *b == b'0').collect()
            };
            let (da, db) = (trim(&a[..na]), trim(&b[..nb]));
            let by_value = da.len().cmp(&db.len()).then_with(|| da.cmp(&db));
            if by_value != Ordering::Equal {
                return by_value;
            }
            (a, b) = (&a[na..], &b[nb..]);
            continue;
        }
        if x != y {
            // An underscore counts as a blank.
            let key = |byte: &u8| if *byte == b'_' { b' ' } else { *byte };
            return key(x).cmp(&key(y));
        }
        (a, b) = (rest_a, rest_b);
    }
    a.len().cmp(&b.len())
}
