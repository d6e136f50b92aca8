//! What was wrong with a body, and where.

use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use std::fmt;
use std::str::Utf8Error;

/// Why a body could not be read.
///
/// It names the place: the JSON path, the line and the column. It never quotes what
/// stands there, for that may be private. Of a member's name at most 60 characters are
/// shown.
///
/// ```
/// use msgraph_wire::decode::{self, Members};
///
/// let error = decode::number(b"\"many\"", Members::All).unwrap_err();
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
    /// the whole body.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What was expected there, and what kind of value was found.
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
        let path = path.iter().fold("$".to_owned(), with_segment);
        Self::new(path, problem(error), error.line(), error.column())
    }

    pub(super) fn at_root(error: &serde_json::Error) -> Self {
        Self::new("$".to_owned(), problem(error), error.line(), error.column())
    }

    pub(super) fn not_text(body: &[u8], error: &Utf8Error) -> Self {
        let before = body.get(..error.valid_up_to()).unwrap_or_default();
        let mut lines = before.split(|byte| *byte == b'\n');
        let line = lines.clone().count();
        let column = lines.next_back().map_or(0, <[u8]>::len) + 1;
        Self::new("$".to_owned(), "it is not UTF-8".to_owned(), line, column)
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

/// The same line, for what `main` and `unwrap` print.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for DecodeError {}

/// The most of a member's name that is shown.
const LONGEST_NAME: usize = 60;

fn with_segment(path: String, segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("{path}[{index}]"),
        Segment::Map { key } if key.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            format!("{path}.{key:.LONGEST_NAME$}")
        }
        Segment::Map { key } => {
            let name: String = key.chars().take(LONGEST_NAME).collect();
            format!("{path}[{name:?}]")
        }
        Segment::Enum { .. } | Segment::Unknown => path,
    }
}

/// The message of the parser without what it quotes.
fn problem(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    match error.classify() {
        Category::Data => unfit(message),
        Category::Eof => "it is empty, or ends too early".to_owned(),
        Category::Syntax | Category::Io => format!("it is not JSON: {message}"),
    }
}

/// What is said of a value of the wrong kind.
///
/// `invalid type: string "…", expected a boolean` quotes the value, between the kind and
/// the last `, expected `. What is expected is our own text, and so is the name of a
/// missing member.
fn unfit(message: &str) -> String {
    if let Some(name) = message.strip_prefix("missing field ") {
        return format!("the member {name} is missing");
    }
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return "the value does not fit".to_owned();
    };
    let found = found.split(['"', '`']).next().unwrap_or_default();
    let kinds = ["invalid type: ", "invalid value: ", "invalid "];
    let kind = kinds.iter().find_map(|prefix| found.strip_prefix(prefix));
    format!(
        "expected {expected}, found {}",
        kind.unwrap_or("another").trim_end()
    )
}
