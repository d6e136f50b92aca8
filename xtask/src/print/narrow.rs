//! Where rustfmt breaks a line and prettyplease does not: lists of arguments and arrays wider than
//! 60 columns, match arms beyond the margin, and values of structs.

use crate::WIDTH;
use std::fmt::Write as _;

/// The widest item of which several stand on one line.
const SHORT: usize = 10;
/// The widest list between brackets on one line.
const LIST: usize = 60;

/// The lines for one that rustfmt would break; `None` for one that it leaves alone.
pub fn broken(indent: usize, content: &str) -> Option<String> {
    if let Some(lines) = fields(indent, content) {
        return Some(lines);
    }
    if content.len() + indent.min(30) <= LIST || content.starts_with('#') {
        return None;
    }
    array(indent, content)
        .or_else(|| list(indent, content))
        .or_else(|| arm(indent, content))
        .or_else(|| binding(indent, content))
}

/// A value of a struct, of whose fields several stand on one line only if all are very short.
fn fields(indent: usize, content: &str) -> Option<String> {
    let fields = content.strip_prefix("Self { ")?.strip_suffix(" }")?;
    let inner = indent + 4;
    let mut text = String::new();
    let _ = writeln!(text, "{:indent$}Self {{", "");
    for field in items(fields) {
        let comma = if field.starts_with("..") { "" } else { "," };
        let _ = writeln!(text, "{:inner$}{field}{comma}", "");
    }
    let _ = writeln!(text, "{:indent$}}}", "");
    Some(text)
}

/// A binding beyond the margin: its value on the next line.
fn binding(indent: usize, content: &str) -> Option<String> {
    let (name, value) = content.strip_prefix("let ")?.split_once(" = ")?;
    if indent + content.len() <= WIDTH || value.contains(['(', '[', '{']) {
        return None;
    }
    let inner = indent + 4;
    let mut text = String::new();
    let _ = writeln!(text, "{:indent$}let {name} =", "");
    let _ = writeln!(text, "{:inner$}{value}", "");
    Some(text)
}

/// An array that is the value of a constant: on the next line, or filling the lines when all its
/// items are short.
fn array(indent: usize, content: &str) -> Option<String> {
    let (head, rest) = content.split_once(" = &[")?;
    let inner = rest.strip_suffix("];")?;
    let next = indent + 4;
    let mut text = String::new();
    if inner.len() <= LIST {
        if indent + content.len() <= WIDTH {
            return None;
        }
        let _ = writeln!(text, "{:indent$}{head} =", "");
        let _ = writeln!(text, "{:next$}&[{inner}];", "");
        return Some(text);
    }
    let items = items(inner);
    if items
        .iter()
        .any(|item| item.len() > SHORT || item.contains("::"))
    {
        return None;
    }
    let _ = write!(text, "{:indent$}{head} = &[", "");
    let mut width = WIDTH;
    for item in items {
        if width + item.len() + 2 > WIDTH {
            let _ = write!(text, "\n{:next$}{item},", "");
            width = next + item.len() + 1;
        } else {
            let _ = write!(text, " {item},");
            width += item.len() + 2;
        }
    }
    let _ = writeln!(text, "\n{:indent$}];", "");
    Some(text)
}

/// A call or an array with a list that is too wide: each item on a line of its own.
fn list(indent: usize, content: &str) -> Option<String> {
    if content.starts_with("pub fn")
        || content.starts_with("fn ")
        || content.ends_with('{')
    {
        return None;
    }
    let (start, end) = wide_group(content)?;
    let is_macro = content[..start].ends_with('!');
    let items = items(&content[start + 1..end]);
    // A closure at the end would be laid out in yet another way.
    if items.iter().any(|item| item.starts_with('|')) {
        return None;
    }
    let mut text = String::new();
    let _ = writeln!(text, "{:indent$}{}", "", &content[..=start]);
    let inner = indent + 4;
    for (at, item) in items.iter().enumerate() {
        let comma = if is_macro && at + 1 == items.len() {
            ""
        } else {
            ","
        };
        let _ = writeln!(text, "{:inner$}{item}{comma}", "");
    }
    let _ = writeln!(text, "{:indent$}{}", "", &content[end..]);
    Some(text)
}

/// The first outermost pair of brackets with too wide a list between them.
fn wide_group(content: &str) -> Option<(usize, usize)> {
    let mut open = Vec::new();
    for (at, byte) in outside_of_text(content) {
        match byte {
            b'(' | b'[' => open.push(at),
            b')' | b']' => {
                let start = open.pop()?;
                if open.is_empty() && at - start - 1 > LIST {
                    return Some((start, at));
                }
            }
            _ => {}
        }
    }
    None
}

/// The parts of a list, without the blanks and commas between them.
fn items(list: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, byte) in outside_of_text(list) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                items.push(list[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(list[start..].trim());
    items.retain(|item| !item.is_empty());
    items
}

/// The bytes outside of text.
fn outside_of_text(content: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut in_text = false;
    let mut escaped = false;
    content.bytes().enumerate().filter(move |(_, byte)| {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            _ => {}
        }
        !in_text
    })
}

/// A match arm beyond the margin: its value in braces.
fn arm(indent: usize, content: &str) -> Option<String> {
    if indent + content.len() <= WIDTH || !content.ends_with(',') {
        return None;
    }
    let is_arrow = |at: &usize| content.as_bytes()[*at..].starts_with(b" => ");
    let arrow = outside_of_text(content).map(|(at, _)| at).find(is_arrow)?;
    let (pattern, value) = (&content[..arrow], &content[arrow + 4..content.len() - 1]);
    let inner = indent + 4;
    let mut text = String::new();
    let _ = writeln!(text, "{:indent$}{pattern} => {{", "");
    let _ = writeln!(text, "{:inner$}{value}", "");
    let _ = writeln!(text, "{:indent$}}}", "");
    Some(text)
}
