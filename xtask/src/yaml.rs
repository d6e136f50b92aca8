//! The first stage: YAML text to a [`Node`] tree. The only module that knows the YAML library.

pub mod node;

use crate::diagnostics::{Code, Diagnostic, Problems, Span};
use node::{Key, Kind, Node};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{Error, Location, Spanned, UserMessageFormatter};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// How deep a document may nest. OpenAPI needs about twenty levels, and the library takes up to
/// 40 KiB of the stack for each.
const MAX_DEPTH: usize = 40;

/// Parses one text. Its syntax errors go to `problems`.
pub fn parse<'s>(text: &'s str, source: u32, problems: &Problems) -> Option<Node<'s>> {
    let whole = Span {
        source,
        ..Span::default()
    };
    if u32::try_from(text.len()).is_err() {
        let help = "split it; a document may have up to 4 GiB";
        problems.error(Code::Limit, whole, "the file is too large", help);
        return None;
    }
    match serde_saphyr::from_str_with_options::<Node<'s>>(text, options(text.len())) {
        Ok(mut root) => {
            let finish = Finish {
                text,
                source,
                problems,
            };
            finish.node(&mut root);
            Some(root)
        }
        Err(error) => {
            problems.report(syntax_problem(&error, text, source));
            None
        }
    }
}

/// The limits of the YAML library. Depth and expansion have hard bounds because a YAML bomb needs
/// them; the number of nodes may grow with the text, so a large file is never refused for its size.
fn options(bytes: usize) -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_merge_keys: 0,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: bytes + 64,
            max_events: bytes * 4 + 64,
            max_total_scalar_bytes: bytes * 4 + 64,
        },
        // The tree keeps both entries of a duplicate key, so that both can be shown.
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        reject_tagged_field_names: true,
        with_snippet: false,
    }
}

/// The error of the YAML library as a diagnostic.
fn syntax_problem(error: &serde_saphyr::Error, text: &str, source: u32) -> Diagnostic {
    let error = error.without_snippet();
    let location = error.location();
    let at = location.map_or(0, |location| offset(text, &location));
    let place = Span {
        source,
        start: at,
        end: at,
    };
    let limit = |message: &str, help: &str| Diagnostic::new(Code::Limit, place, message).help(help);
    let Error::Budget { breach, .. } = error else {
        let message = error.render_with_formatter(&UserMessageFormatter);
        let message = bare(&message);
        if message.starts_with("recursion limit") {
            return limit(TOO_DEEP, FLATTEN);
        }
        return match error {
            Error::MultipleDocuments { .. } => limit("a second document begins here", ONE),
            _ => Diagnostic::new(Code::Syntax, place, message)
                .help("correct the YAML here; nothing behind this place was read"),
        };
    };
    match breach {
        BudgetBreach::Anchors { .. } | BudgetBreach::Aliases { .. } => limit(
            "anchors and aliases are not supported",
            "write it out, or refer to one of the `components` with `$ref`",
        ),
        BudgetBreach::MergeKeys { .. } => limit(
            "merge keys are not supported",
            "write the keys out, or use `allOf`",
        ),
        BudgetBreach::Depth { .. } => limit(TOO_DEEP, FLATTEN),
        BudgetBreach::Documents { .. } => limit("a second document begins here", ONE),
        _ => limit(
            "the YAML takes too much memory to read",
            "write it more plainly",
        ),
    }
}

const TOO_DEEP: &str = "the YAML nests too deeply";
const FLATTEN: &str = "at most 40 levels are read; move inner schemas to `components` and refer \
    to them with `$ref`";
const ONE: &str = "keep one document in a file";

/// The library's message without its first word and its position, which is shown anyway.
fn bare(message: &str) -> &str {
    let message = message.lines().next().unwrap_or("the YAML cannot be read");
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let message = match message.split_once(": ") {
        Some((place, rest)) if place.starts_with("line ") => rest,
        _ => message,
    };
    match message.rsplit_once(" at line ") {
        Some((rest, place)) if place.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => message,
    }
}

/// The byte of a location. The library does not always know it, but it always knows the line.
fn offset(text: &str, location: &Location) -> u32 {
    let byte = location.span().byte_offset();
    let byte = byte.and_then(|byte| usize::try_from(byte).ok());
    let at = byte.filter(|byte| *byte > 0).unwrap_or_else(|| {
        let before = |count| usize::try_from(count).unwrap_or(0).saturating_sub(1);
        let (line, column) = (before(location.line()), before(location.column()));
        let lines = text.split_inclusive('\n');
        let start: usize = lines.take(line).map(str::len).sum();
        let rest = &text[start.min(text.len())..];
        start + rest.chars().take(column).map(char::len_utf8).sum::<usize>()
    });
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    u32::try_from(at).unwrap_or(0)
}

fn span(location: &Location) -> Option<Span> {
    let start = u32::try_from(location.span().byte_offset()?).ok()?;
    let length = u32::try_from(location.span().byte_len().unwrap_or(0)).ok()?;
    Some(Span {
        source: 0,
        start,
        end: start.saturating_add(length),
    })
}

impl<'de: 's, 's> Deserialize<'de> for Node<'s> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind<'s>>::deserialize(deserializer)?;
        let span = span(&spanned.defined).unwrap_or_default();
        Ok(Self {
            kind: spanned.value,
            span,
        })
    }
}

impl<'de: 's, 's> Deserialize<'de> for Kind<'s> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

/// Any number becomes a [`Kind::Number`].
macro_rules! numbers {
    ($($visit:ident: $number:ty),+) => {$(
        fn $visit<E>(self, _: $number) -> Result<Self::Value, E> {
            Ok(Kind::Number(""))
        }
    )+};
}

/// Accepts any value. The text of a number is filled in by [`Finish`].
struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Kind::Bool(value))
    }

    numbers! { visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64 }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Kind::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Kind::String(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Kind::String(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element()? {
            nodes.push(node);
        }
        nodes.shrink_to_fit();
        Ok(Kind::Sequence(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(Node { kind, mut span }) = map.next_key()? {
            let text = match kind {
                Kind::String(text) => text,
                // The span of a list or a mapping is empty, so `Finish` finds no text for it.
                Kind::Sequence(_) | Kind::Mapping(_) => {
                    span.end = span.start;
                    Cow::Borrowed("")
                }
                Kind::Null | Kind::Bool(_) | Kind::Number(_) => Cow::Borrowed(""),
            };
            entries.push((Key { text, span }, map.next_value()?));
        }
        entries.shrink_to_fit();
        Ok(Kind::Mapping(entries))
    }
}

/// Completes a fresh tree with what the library does not report: the text of numbers, the index
/// of the source, and duplicate keys.
struct Finish<'s, 'p> {
    text: &'s str,
    source: u32,
    problems: &'p Problems,
}

impl<'s> Finish<'s, '_> {
    fn node(&self, node: &mut Node<'s>) {
        node.span.source = self.source;
        let written = self.written(node.span);
        match &mut node.kind {
            Kind::Number(text) => *text = written.trim(),
            Kind::Sequence(nodes) => nodes.iter_mut().for_each(|node| self.node(node)),
            Kind::Mapping(entries) => self.entries(entries),
            Kind::Null | Kind::Bool(_) | Kind::String(_) => {}
        }
    }

    fn entries(&self, entries: &mut Vec<(Key<'s>, Node<'s>)>) {
        for (key, value) in &mut *entries {
            key.span.source = self.source;
            if key.text.is_empty() {
                key.text = Cow::Borrowed(self.written(key.span).trim());
            }
            if key.text.is_empty() {
                let message = "a key that is not text";
                let help = "write text as the key";
                self.problems
                    .error(Code::WrongKind, key.span, message, help);
            }
            self.node(value);
        }
        entries.retain(|(key, _)| !key.text.is_empty());
        // A hash table only where comparing each with each would be slow.
        let mut first: HashMap<&str, Span> = HashMap::new();
        let small = entries.len() < 12;
        for (at, (key, _)) in entries.iter().enumerate() {
            let before = if small {
                let mut earlier = entries[..at].iter();
                let same = earlier.find(|(other, _)| other.text == key.text);
                same.map(|(other, _)| other.span)
            } else {
                first.insert(&key.text, key.span)
            };
            if let Some(before) = before {
                let message = format!("the key `{}` appears twice", key.text);
                self.problems.report(
                    Diagnostic::new(Code::DuplicateKey, key.span, message)
                        .label("again here")
                        .context(before, "first used here")
                        .help("remove one of the two, or rename it"),
                );
            }
        }
    }

    fn written(&self, span: Span) -> &'s str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }
}
