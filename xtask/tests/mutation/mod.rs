//! Changes of a description, as they happen by accident.

use proptest::prelude::*;

/// What one could do to a description by accident.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// Remove some lines.
    Remove(prop::sample::Index, u8),
    /// Write a line elsewhere.
    Copy(prop::sample::Index, prop::sample::Index),
    /// Indent a line otherwise.
    Indent(prop::sample::Index, u8),
    /// Put another word in the place of one.
    Word(prop::sample::Index, prop::sample::Index, &'static str),
    /// Write a character.
    Insert(prop::sample::Index, char),
}

/// Words that mean something somewhere, or nothing.
pub const WORDS: &[&str] = &[
    "null",
    "true",
    "~",
    "''",
    "0",
    "-1",
    "1e999",
    "[]",
    "{}",
    "[[]]",
    "$ref",
    "type",
    "object",
    "array",
    "string",
    "enum",
    "allOf",
    "anyOf",
    "properties",
    "required",
    "items",
    "self",
    "'#/components/schemas/presence'",
    "'#/components/schemas/activity'",
    "'#/'",
    "*a",
    "&a",
    "'/{id}/{id}'",
    "x-rust-name",
    "x-rust-type",
    "format",
    "uuid",
    "duration",
    "default",
    "P1D",
    "'\\u0000'",
    "\"\\u202e\"",
    "状態",
    "|",
    ">-",
    "!!set",
    "<<",
    "?",
    "- - -",
    "2XX",
    "text/plain",
    "'/me/set'",
    "'/servers'",
    "'/2fa/{id}'",
    "'/resource'",
    "'/presence/{id}'",
    "'/a/b/c'",
    "'/abc'",
    "Writer",
    "asRef",
    "Future",
    "'/microsoft.graph.get()'",
    "'a => b, ]; and more text than one line has room for'",
    "'12'",
    "presence",
    "activity",
    "id",
    "value",
    "timeout",
    "resource",
    "operation",
    "request",
    "Duration",
    "String",
    "deprecated",
    "readOnly",
    "x-rust-private",
    "x-rust-clear",
    "header",
    "query",
];

/// Another word in the place of one.
pub fn word() -> impl Strategy<Value = Mutation> {
    let index = any::<prop::sample::Index>;
    (index(), index(), prop::sample::select(WORDS))
        .prop_map(|(line, at, word)| Mutation::Word(line, at, word))
}

/// Characters that have a meaning in YAML, and those that only look as if they had.
const MISTAKEN: &[char] = &[
    '\t', '\r', '"', '\'', '[', '}', ':', '#', '&', '\u{a0}', '\u{feff}', '“', '’', '–', '：', 'а',
];

/// Several changes of any kind.
pub fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let index = any::<prop::sample::Index>;
    let one = prop_oneof![
        word(),
        (index(), 1_u8..6).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (index(), index()).prop_map(|(from, to)| Mutation::Copy(from, to)),
        (index(), 0_u8..12).prop_map(|(at, blanks)| Mutation::Indent(at, blanks)),
        (index(), any::<char>()).prop_map(|(at, c)| Mutation::Insert(at, c)),
        (index(), prop::sample::select(MISTAKEN)).prop_map(|(at, c)| Mutation::Insert(at, c)),
    ];
    prop::collection::vec(one, 1..8)
}

/// The text with all these changes.
pub fn mutated(text: &str, mutations: &[Mutation]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for mutation in mutations {
        if lines.is_empty() {
            break;
        }
        match mutation {
            Mutation::Remove(at, count) => {
                let at = at.index(lines.len());
                lines.drain(at..(at + usize::from(*count)).min(lines.len()));
            }
            Mutation::Copy(from, to) => {
                let line = lines[from.index(lines.len())].clone();
                lines.insert(to.index(lines.len()), line);
            }
            Mutation::Indent(at, blanks) => {
                let at = at.index(lines.len());
                let line = &mut lines[at];
                *line = format!("{}{}", " ".repeat(usize::from(*blanks)), line.trim_start());
            }
            Mutation::Word(line, at, word) => {
                let line = line.index(lines.len());
                let between = |c: char| c.is_whitespace() || "{}[],:".contains(c);
                let words = lines[line].split(between).filter(|word| !word.is_empty());
                let words: Vec<&str> = words.collect();
                if !words.is_empty() {
                    let old = words[at.index(words.len())];
                    lines[line] = lines[line].replacen(old, word, 1);
                }
            }
            Mutation::Insert(at, c) => {
                let line = at.index(lines.len());
                let middle = lines[line].chars().count() / 2;
                let byte = lines[line]
                    .char_indices()
                    .nth(middle)
                    .map_or(0, |(at, _)| at);
                lines[line].insert(byte, *c);
            }
        }
    }
    lines.join("\n")
}
