//! Reads the keys of a mapping, and reports every one that does not belong there.

use super::node::{Key, Kind, Node, Span};
use super::suggest::nearest;
use crate::diagnostics::{Code, Diagnostic, Problems};

/// What OpenAPI has and the dialect has not: keys by the mapping that they belong to. Those of
/// schemas are in `read`, each with what to write instead.
const UNSUPPORTED: [(&str, &[&str]); 7] = [
    ("`components`", &["headers", "links", "callbacks"]),
    ("a server", &["variables"]),
    ("a path", &["$ref", "servers", "head", "options", "trace"]),
    ("an operation", &["servers", "callbacks"]),
    (
        "a parameter",
        &["content", "allowReserved", "allowEmptyValue"],
    ),
    ("a response", &["headers", "links"]),
    ("a media type", &["encoding"]),
];

/// How strictly a description is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Our own: also linted, and no extension is passed over.
    #[default]
    Own,
    /// Somebody else's: extensions other than ours are passed over, nothing is linted.
    Foreign,
}

/// A value and its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// The place.
    pub span: Span,
}

/// Text and its place.
pub type Text<'n> = At<&'n str>;

impl<'n> From<&'n Key<'_>> for Text<'n> {
    fn from(key: &'n Key<'_>) -> Self {
        Self {
            value: &key.text,
            span: key.span,
        }
    }
}

/// What reading needs: how strict to be, and where problems go.
#[derive(Debug)]
pub struct Reader {
    /// How strictly to read.
    pub level: Level,
    /// What was wrong so far.
    pub problems: Problems,
    /// How many comparisons are left for suggestions, so that a long list of mistakes in a
    /// long description takes no long time.
    comparisons: usize,
}

/// The keys of one mapping.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'n, 's> {
    entries: &'n [(Key<'s>, Node<'s>)],
    what: &'static str,
    /// Where the mapping belongs: the place of its key.
    pub span: Span,
}

impl Reader {
    /// A fresh one.
    pub fn new(level: Level) -> Self {
        Self {
            level,
            problems: Problems::default(),
            comparisons: 100_000,
        }
    }

    /// The known word that was meant, when one is near.
    pub fn nearest<'a>(
        &mut self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let comparisons = &mut self.comparisons;
        let left = *comparisons;
        let within_budget = known.into_iter().take(left).inspect(|_| *comparisons -= 1);
        nearest(word, within_budget)
    }

    /// The cure for a word that is none of the known ones: the one that was meant, when one is
    /// near.
    pub fn suggest<'a>(
        &mut self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
        otherwise: impl Into<String>,
    ) -> String {
        match self.nearest(word, known) {
            Some(near) => format!("write `{near}`"),
            None => otherwise.into(),
        }
    }

    /// Reports a problem of one place, and what to write instead.
    pub fn error(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic::new(code, span, message).help(help));
    }

    /// Reports a problem, such as one of two places.
    pub fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// The keys of a mapping. Reports a node that is none, and keys that are not `known`.
    pub fn fields<'n, 's>(
        &mut self,
        node: &'n Node<'s>,
        span: Span,
        what: &'static str,
        known: &'static [&'static str],
    ) -> Option<Fields<'n, 's>> {
        let fields = self.mapping(node, span, what)?;
        for (key, _) in fields.entries {
            if !known.contains(&&*key.text) {
                self.unknown_key(key, what, known);
            }
        }
        Some(fields)
    }

    /// The entries of a mapping whose keys are free.
    pub fn mapping<'n, 's>(
        &mut self,
        node: &'n Node<'s>,
        span: Span,
        what: &'static str,
    ) -> Option<Fields<'n, 's>> {
        match &node.kind {
            Kind::Mapping(entries) => Some(Fields {
                entries,
                what,
                span,
            }),
            _ => {
                self.wrong_kind(node, span, what, "a mapping, `key: value`");
                None
            }
        }
    }

    /// The items of a list.
    pub fn list<'n, 's>(
        &mut self,
        node: &'n Node<'s>,
        span: Span,
        what: &str,
    ) -> &'n [Node<'s>] {
        match &node.kind {
            Kind::Sequence(items) => items,
            _ => {
                self.wrong_kind(node, span, what, "a list, `- item` or `[item]`");
                &[]
            }
        }
    }

    /// A node that must be text.
    pub fn text<'n>(
        &mut self,
        node: &'n Node<'_>,
        span: Span,
        what: &str,
    ) -> Option<Text<'n>> {
        match &node.kind {
            Kind::String(text) => Some(At {
                value: text.as_ref(),
                span: node.span,
            }),
            Kind::Number(text) => self.unquoted(node, what, text),
            Kind::Bool(value) => self.unquoted(node, what, &value.to_string()),
            _ => {
                self.wrong_kind(node, span, what, "text");
                None
            }
        }
    }

    fn unquoted<'n>(
        &mut self,
        node: &Node<'_>,
        what: &str,
        text: &str,
    ) -> Option<Text<'n>> {
        let message = format!("{what} is text, and this is {}", node.kind_name());
        let help = format!("put it in quotes: '{text}'");
        self.error(Code::WrongKind, node.span, message, help);
        None
    }

    /// A node that must be a number that fits into 32 bits.
    pub fn number(&mut self, node: &Node<'_>, span: Span, what: &str) -> Option<u32> {
        if let Kind::Number(text) = node.kind
            && let Ok(number) = text.parse()
        {
            return Some(number);
        }
        self.wrong_kind(node, span, what, "a whole number, not negative");
        None
    }

    fn wrong_kind(&mut self, node: &Node<'_>, span: Span, what: &str, wanted: &str) {
        let message = format!("{what} is {}", node.kind_name());
        let help = format!("write {wanted}");
        self.error(Code::WrongKind, node.place(span), message, help);
    }

    /// Reports a key that does not belong where it stands.
    pub fn unknown_key(&mut self, key: &Key<'_>, what: &str, known: &[&'static str]) {
        let text = key.text.as_ref();
        let foreign = text.starts_with("x-") && !text.starts_with("x-rust-");
        if foreign && self.level == Level::Foreign {
            return;
        }
        let is_openapi =
            |(place, keys): &&(&str, &[&str])| *place == what && keys.contains(&text);
        if UNSUPPORTED.iter().any(|row| is_openapi(&row)) {
            let message = format!("`{text}` of {what} is not supported");
            let help =
                "remove it; where the description is somebody else's, by an overlay";
            self.error(Code::Unsupported, key.span, message, help);
            return;
        }
        let message = format!("{what} has no key `{text}`");
        let otherwise = match foreign {
            true => {
                "remove it; our own description keeps no extension that nothing reads"
                    .to_owned()
            }
            false => format!("possible here: {}", listed(known)),
        };
        let help = self.suggest(text, known.iter().copied(), otherwise);
        self.error(Code::UnknownKey, key.span, message, help);
    }
}

impl<'n, 's> Fields<'n, 's> {
    /// All entries, in the order of the file.
    pub fn entries(&self) -> &'n [(Key<'s>, Node<'s>)] {
        self.entries
    }

    /// The value of a key and the place of the key. A key without a value counts as there.
    pub fn get(&self, key: &str) -> Option<(&'n Node<'s>, Span)> {
        let (key, value) = self.entries.iter().find(|(k, _)| k.text == key)?;
        Some((value, key.span))
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Text, when the key is there.
    pub fn text(&self, reader: &mut Reader, key: &str) -> Option<Text<'n>> {
        let (node, span) = self.get(key)?;
        reader.text(node, span, &format!("`{key}`"))
    }

    /// Text; reports when the key is missing.
    pub fn required_text(&self, reader: &mut Reader, key: &str) -> Option<Text<'n>> {
        let (node, span) = self.required(reader, key)?;
        reader.text(node, span, &format!("`{key}`"))
    }

    /// A value; reports when the key is missing.
    pub fn required(
        &self,
        reader: &mut Reader,
        key: &str,
    ) -> Option<(&'n Node<'s>, Span)> {
        let found = self.get(key);
        if found.is_none() {
            let message = format!("{} lacks the key `{key}`", self.what);
            let help = format!("add `{key}: …`");
            reader.error(Code::MissingKey, self.span, message, help);
        }
        found
    }

    /// `true` or `false`; false when the key is missing.
    pub fn flag(&self, reader: &mut Reader, key: &str) -> bool {
        match self.get(key) {
            None => false,
            Some((
                Node {
                    kind: Kind::Bool(value),
                    ..
                },
                _,
            )) => *value,
            Some((node, span)) => {
                reader.wrong_kind(node, span, &format!("`{key}`"), "`true` or `false`");
                false
            }
        }
    }

    /// A list of texts; empty when the key is missing.
    pub fn texts(&self, reader: &mut Reader, key: &str) -> Vec<Text<'n>> {
        let Some((node, span)) = self.get(key) else {
            return Vec::new();
        };
        let what = format!("`{key}`");
        let items = reader.list(node, span, &what);
        let what = format!("an item of {what}");
        items
            .iter()
            .filter_map(|item| reader.text(item, span, &what))
            .collect()
    }
}

/// `a`, `b`, `c`
pub fn listed<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let words = words.into_iter().map(|word| format!("`{}`", word.as_ref()));
    words.collect::<Vec<_>>().join(", ")
}
