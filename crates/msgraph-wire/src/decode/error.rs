//! An error in a body, with its position.

use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use std::fmt;
use std::str::Utf8Error;

/// The reason why a body could not be decoded.
///
/// The error names the position: the JSON path, the line and the column. It never quotes the
/// value, which may be private. It also leaves out names that are data, such as the keys of a map.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
///
/// let error = decode::number(b"\"many\"", Properties::All).unwrap_err();
/// assert_eq!(error.path(), "$");
/// assert_eq!(error.problem(), "expected i64, found string");
/// assert_eq!((error.line(), error.column()), (1, 6));
/// assert_eq!(error.to_string(), "$: expected i64, found string (line 1 column 6)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    path: String,
    problem: String,
    line: usize,
    column: usize,
}

impl DecodeError {
    /// The path of the value that did not fit, such as `$.statusMessage.message`; `$` is
    /// the whole body. `…` replaces a name that is left out, and everything deeper than
    /// eight steps.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The expected kind of value, and the kind that was found.
    pub fn problem(&self) -> &str {
        &self.0.problem
    }

    /// The line, from 1; 0 when it is not known.
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The column in bytes, from 1; 0 at the beginning of a line or when it is not
    /// known.
    pub fn column(&self) -> usize {
        self.0.column
    }

    pub(super) fn at(path: &Path, error: &serde_json::Error) -> Self {
        Self::new(shown(path), problem(error), error.line(), error.column())
    }

    pub(super) fn at_root(error: &serde_json::Error) -> Self {
        Self::new("$".to_owned(), problem(error), error.line(), error.column())
    }

    pub(super) fn not_text(body: &[u8], error: &Utf8Error) -> Self {
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let mut lines = before.split(|byte| *byte == b'\n');
        let line = lines.clone().count();
        let column = lines.next_back().map_or(0, <[u8]>::len) + 1;
        Self::new("$".to_owned(), "not UTF-8".to_owned(), line, column)
    }

    fn new(path: String, problem: String, line: usize, column: usize) -> Self {
        Self(Box::new(Inner {
            path,
            problem,
            line,
            column,
        }))
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            path,
            problem,
            line,
            column,
        } = &*self.0;
        write!(f, "{path}: {problem}")?;
        match line {
            0 => Ok(()),
            line => write!(f, " (line {line} column {column})"),
        }
    }
}

/// The line of `Display`, because `main` and `unwrap` print this form.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for DecodeError {}

/// The number of steps of a path that are shown.
const LONGEST_PATH: usize = 8;

/// The longest name of a property, in bytes.
const LONGEST_NAME: usize = 60;

fn shown(path: &Path) -> String {
    let mut steps = path.iter();
    let shown = steps.by_ref().take(LONGEST_PATH);
    let mut shown = shown.fold("$".to_owned(), with_segment);
    if steps.next().is_some() {
        shown.push('…');
    }
    shown
}

fn with_segment(path: String, segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("{path}[{index}]"),
        Segment::Map { key } if !is_name(key) => format!("{path}[…]"),
        Segment::Map { key } if key.contains('@') => format!("{path}[{key:?}]"),
        Segment::Map { key } => format!("{path}.{key}"),
        Segment::Enum { .. } | Segment::Unknown => path,
    }
}

/// Returns `true` if a key looks like a property's name, such as `statusMessage` or
/// `value@odata.type`, and not like an address, an id or a text.
fn is_name(key: &str) -> bool {
    let (name, annotation) = key.split_once('@').unwrap_or((key, "odata."));
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_annotation = ["odata.", "microsoft.graph."]
        .iter()
        .any(|start| annotation.starts_with(start));
    let mut hex = key.split(|c: char| !c.is_ascii_hexdigit());
    (1..=LONGEST_NAME).contains(&key.len())
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(is_part)
        && is_annotation
        && annotation.chars().all(|c| is_part(c) || c == '.')
        && hex.all(|digits| digits.len() < 32)
}

/// The message of the parser without quoted values.
fn problem(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    match error.classify() {
        Category::Data => wrong_type(message),
        Category::Eof => "empty, or ends too early".to_owned(),
        Category::Syntax | Category::Io => format!("not JSON: {message}"),
    }
}

/// The message about a value of the wrong type, without the value.
///
/// `invalid type: string "…", expected a boolean` quotes the value between the kind and the last
/// `, expected `. The expected type is our own text, and so is the name of a missing property.
fn wrong_type(message: &str) -> String {
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("the property {name} is missing");
    }
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return "the value has the wrong type".to_owned();
    };
    let found = found.split(['"', '`']).next().unwrap_or_default();
    let kinds = ["invalid type: ", "invalid value: ", "invalid "];
    let kind = kinds.iter().find_map(|prefix| found.strip_prefix(prefix));
    format!(
        "expected {expected}, found {}",
        kind.unwrap_or("another").trim_end()
    )
}
