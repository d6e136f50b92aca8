//! The plain form, in which texts are compared: without escapes, backslashes, letter case and
//! invisible characters.
//!
//! Escapes of HTML, JSON, URLs and of Rust's and Python's debug output are decoded, however often
//! they were applied. An escape is decoded at its last byte, and its character may complete another
//! escape: so nested escapes take one pass, in time linear in the length.

use std::ops::Range;

/// A character of the plain form, and the bytes of the text that it was read from.
#[derive(Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) character: char,
    start: u32,
    end: u32,
}

impl Unit {
    /// The bytes of the text that it was read from.
    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The number of bytes held at a time, and the number of bytes at the end that a later byte may turn
/// into an escape.
const HELD: usize = 4096;
const OPEN: usize = 64;

/// The treatment of escapes. Both forms are compared, because a text may only look like an escape:
/// in `C:\new` the `n` is a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    Decoded,
    Kept,
}

impl Escapes {
    /// The forms of a text: only one if it has no character that begins an escape.
    pub(crate) fn of(text: &[u8]) -> &'static [Self] {
        if text.iter().any(|byte| b"&%\\".contains(byte)) {
            &[Self::Decoded, Self::Kept]
        } else {
            &[Self::Kept]
        }
    }
}

/// Reads a plain form of a text part by part: in lower case, without backslashes, each run of
/// blanks and `+` as one space.
///
/// `take` removes the units that it has read. It must keep the last one, which may still grow,
/// unless its second argument is `true`: that is the end of the text.
pub(crate) fn read(text: &[u8], escapes: Escapes, mut take: impl FnMut(&mut Vec<Unit>, bool)) {
    let mut decoded = Decoded::default();
    let mut units = Vec::new();
    for (at, byte) in (0_u32..).zip(text) {
        decoded.bytes.push(*byte);
        decoded.spans.push((at, at + 1));
        while escapes == Escapes::Decoded && decoded.decode_last() {}
        if decoded.bytes.len() >= HELD {
            decoded.fold_into(&mut units, OPEN);
            take(&mut units, false);
        }
    }
    decoded.fold_into(&mut units, 0);
    take(&mut units, true);
}

/// The characters of a plain form, without spaces at its ends.
pub(crate) fn characters(text: &[u8], escapes: Escapes) -> Vec<char> {
    let mut plain = String::new();
    read(text, escapes, |units, is_end| {
        let ready = units.len() - usize::from(!is_end && !units.is_empty());
        plain.extend(units.drain(..ready).map(|unit| unit.character));
    });
    plain.trim().chars().collect()
}

/// Returns `true` for characters without a glyph: bidirectional controls, joiners, variation
/// selectors, tags and fillers. They can hide a text from a comparison or reorder a line.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(
        u32::from(character),
        0xAD | 0x034F
            | 0x061C
            | 0x115F..=0x1160
            | 0x17B4..=0x17B5
            | 0x180B..=0x180F
            | 0x200B..=0x200F
            | 0x202A..=0x202E
            | 0x2060..=0x206F
            | 0x3164
            | 0xFE00..=0xFE0F
            | 0xFEFF
            | 0xFFA0
            | 0xFFF9..=0xFFFB
            | 0xE0000..=0xE0FFF
    )
}

fn push_folded(units: &mut Vec<Unit>, unit: Unit) {
    let character = unit.character;
    // A backslash may be an escape, as in `\"`.
    if character == '\\' || is_invisible(character) {
        return;
    }
    if character.is_ascii_graphic() && character != '+' {
        return units.push(Unit {
            character: character.to_ascii_lowercase(),
            ..unit
        });
    }
    if character.is_whitespace() || character.is_control() || character == '+' {
        match units.last_mut() {
            Some(last) if last.character == ' ' => last.end = unit.end,
            _ => units.push(Unit {
                character: ' ',
                ..unit
            }),
        }
        return;
    }
    let folded = character.to_uppercase().flat_map(char::to_lowercase);
    units.extend(folded.map(|character| Unit { character, ..unit }));
}

/// The bytes of a text without escapes, and the range that each was read from.
#[derive(Default)]
struct Decoded {
    bytes: Vec<u8>,
    spans: Vec<(u32, u32)>,
}

impl Decoded {
    /// Removes all bytes except the last `open` ones, and adds their characters to `units`.
    fn fold_into(&mut self, units: &mut Vec<Unit>, open: usize) {
        let mut ready = self.bytes.len().saturating_sub(open);
        // A character has at most three continuation bytes, and is not split.
        for _ in 0..3 {
            let is_within = self
                .bytes
                .get(ready)
                .is_some_and(|byte| byte & 0xC0 == 0x80);
            ready -= usize::from(is_within && ready > 0);
        }
        let mut at = 0;
        let mut push = |character: char, length: usize| {
            let (start, end) = (self.spans[at].0, self.spans[at + length - 1].1);
            at += length;
            let unit = Unit {
                character,
                start,
                end,
            };
            push_folded(units, unit);
        };
        for chunk in self.bytes[..ready].utf8_chunks() {
            for character in chunk.valid().chars() {
                push(character, character.len_utf8());
            }
            // Bytes that are not UTF-8 are read as Latin-1, which is what `%EB` once meant.
            for byte in chunk.invalid() {
                push(char::from(*byte), 1);
            }
        }
        self.bytes.drain(..ready);
        self.spans.drain(..ready);
    }

    /// Decodes the escape at the end of the bytes; returns `false` if there is none.
    fn decode_last(&mut self) -> bool {
        let Some(Escape { length, mut code }) = escape_at_end(&self.bytes) else {
            return false;
        };
        let end = self.spans[self.spans.len() - 1].1;
        let mut at = self.bytes.len() - length;
        if let Code::Unicode(low) = code
            && let Some((joined, length)) = joined(&self.bytes[..at], low)
        {
            code = Code::Unicode(joined);
            at -= length;
        }
        let start = self.spans[at].0;
        self.bytes.truncate(at);
        self.spans.truncate(at);
        self.push(code);
        self.spans.resize(self.bytes.len(), (start, end));
        true
    }

    fn push(&mut self, code: Code) {
        let code = match code {
            Code::Byte(byte) => return self.bytes.push(byte),
            Code::Unicode(code) => code,
        };
        let low_bits = |shift: u32| 0x80 | (code >> shift & 0x3F) as u8;
        match char::from_u32(code) {
            Some(character) => {
                let mut buffer = [0; 4];
                let encoded = character.encode_utf8(&mut buffer);
                self.bytes.extend_from_slice(encoded.as_bytes());
            }
            // One half of a surrogate pair is kept until the other half comes.
            None => {
                let surrogate = [0xE0 | (code >> 12) as u8, low_bits(6), low_bits(0)];
                self.bytes.extend(surrogate);
            }
        }
    }
}

/// The character of a low surrogate and the high one at the end of the bytes before it, and the
/// length of that end.
fn joined(before: &[u8], low: u32) -> Option<(u32, usize)> {
    // After repeated escaping, there are backslashes between the halves.
    let backslashes = before
        .iter()
        .rev()
        .take(LONGEST)
        .take_while(|it| **it == b'\\');
    let trimmed = &before[..before.len() - backslashes.count()];
    match trimmed {
        [.., 0xED, middle @ 0xA0..=0xAF, last] if (0xDC00..0xE000).contains(&low) => {
            let high = u32::from(middle & 0x0F) << 6 | u32::from(last & 0x3F);
            let length = before.len() - trimmed.len() + 3;
            Some((0x10000 + (high << 10) + (low - 0xDC00), length))
        }
        _ => None,
    }
}

/// An escape at the end of the bytes.
struct Escape {
    length: usize,
    code: Code,
}

enum Code {
    Byte(u8),
    Unicode(u32),
}

/// The longest escape between braces or before a semicolon.
const LONGEST: usize = 12;

fn escape_at_end(bytes: &[u8]) -> Option<Escape> {
    #[cfg(test)]
    tests::STEPS.set(tests::STEPS.get() + 1);
    let escape = |length, code| Some(Escape { length, code });
    match *bytes {
        [.., b'&' | b'#', b';'] => None,
        [.., b';'] => {
            let name = after_last(bytes, b"&")?;
            escape(name.len() + 2, Code::Unicode(entity(name)?))
        }
        [.., b'}'] => {
            let digits = after_last(bytes, b"\\u{")?;
            escape(digits.len() + 4, Code::Unicode(number(digits, 16)?))
        }
        [.., b'\\', b'b' | b'f' | b'n' | b'r' | b't'] => escape(2, Code::Byte(b' ')),
        [.., digit] if digit.is_ascii_hexdigit() => escape_of_digits(bytes),
        _ => None,
    }
}

/// An escape that ends in a hexadecimal digit.
fn escape_of_digits(bytes: &[u8]) -> Option<Escape> {
    let escape = |start: &[u8], digits: usize| {
        let length = start.len() + digits;
        let at = bytes.len().checked_sub(length)?;
        let digits = bytes[at..].strip_prefix(start)?;
        Some((length, number(digits, 16)?))
    };
    if let Some((length, code)) = escape(b"%", 2).or_else(|| escape(b"\\x", 2)) {
        let code = Code::Byte(u8::try_from(code).ok()?);
        return Some(Escape { length, code });
    }
    let (length, code) = escape(b"\\u", 4)?;
    let code = Code::Unicode(code);
    Some(Escape { length, code })
}

/// The bytes between the last `start` and the last byte; `None` if they are more than [`LONGEST`].
fn after_last<'b>(bytes: &'b [u8], start: &[u8]) -> Option<&'b [u8]> {
    let (_, bytes) = bytes.split_last()?;
    let near = &bytes[bytes.len().saturating_sub(LONGEST)..];
    let at = near
        .windows(start.len())
        .rposition(|window| window == start)?;
    Some(&near[at + start.len()..])
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let is_digit = |digit: &u8| char::from(*digit).is_digit(radix);
    let digits = digits.iter().all(is_digit).then_some(digits)?;
    let number = u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok();
    number.filter(|number| *number <= u32::from(char::MAX))
}

/// The names of HTML for the characters from U+00A0 to U+00FF. Letter case is not compared.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy \
    reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 \
    frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml \
    Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
    Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
    egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml \
    divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/// Other names that escaping functions write.
const NAMES: [(&str, char); 15] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("plus", '+'),
    ("equals", '='),
    ("period", '.'),
    ("commat", '@'),
    ("sol", '/'),
    ("bsol", '\\'),
    ("lowbar", '_'),
    ("percnt", '%'),
    ("colon", ':'),
    ("num", '#'),
];

/// The character that `&name;` stands for in HTML and XML.
fn entity(name: &[u8]) -> Option<u32> {
    match name {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16),
        [b'#', digits @ ..] => number(digits, 10),
        _ => {
            let is_name = |known: &str| known.as_bytes().eq_ignore_ascii_case(name);
            let known = NAMES.iter().find(|(known, _)| is_name(known));
            let latin_1 = || (0xA0..).zip(LATIN_1.split(' ')).find(|(_, it)| is_name(it));
            match known {
                Some((_, character)) => Some(u32::from(*character)),
                None => latin_1().map(|(code, _)| code),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        /// The number of searches for an escape, each in a few bytes.
        pub(super) static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    fn plain(text: &str) -> String {
        let characters = characters(text.as_bytes(), Escapes::Decoded);
        characters.into_iter().collect()
    }

    #[test]
    fn every_escape_is_decoded_however_often_it_was_applied() {
        let cases = [
            ("R&amp;D", "r&d"),
            ("R&amp;amp;amp;amp;amp;amp;amp;amp;D", "r&d"),
            ("R&#38;#x26;AMP;D", "r&d"),
            (
                "Zo&euml;&nbsp;Zo&#xEB; Zo\\u00EB zo%C3%ab ZO%EB zo\\xeb",
                "zoë zoë zoë zoë zoë zoë",
            ),
            ("%2525252541", "a"),
            (
                "\\uD83C\\uDFBB \\\\ud83c\\\\udfbb &#127931; \\u{1f3bb}",
                "🎻 🎻 🎻 🎻",
            ),
            ("a+b%2Bc  d\\n\\t e", "a b c d e"),
            ("\\\\\\\"x\\\\\\\"", "\"x\""),
            ("%26amp%3Blt\\u003b", "<"),
            ("a\u{200b}b\u{202e}c\u{feff}", "abc"),
            (
                "AT&T; 100% \\q \\u12 &; &#; &#x; %zz }",
                "at&t; 100% q u12 &; &#; &#x; %zz }",
            ),
            ("\\ud83c alone \\udfbb", "í ¼ alone í¾»"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    /// A text and its escaped forms are equal, also when the text looks like an escape itself.
    #[test]
    fn escaping_a_text_does_not_change_its_plain_form() {
        let texts = [
            "&lt;",
            "&&amp;;",
            "\\n",
            "C:\\new\\\\",
            "%41%",
            "a+b",
            "\"'/",
            "\\u0041",
            "ß&é",
        ];
        for text in texts {
            let html = text
                .replace('&', "&amp;")
                .replace('"', "&quot;")
                .replace('<', "&lt;");
            let json = serde_json::to_string(text).unwrap();
            let json = json[1..json.len() - 1].to_owned();
            let url: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            for escaped in [
                &html,
                &json,
                &url,
                &url.replace('%', "%25"),
                &json.replace('\\', "\\\\"),
            ] {
                assert_eq!(plain(escaped), plain(text), "{text:?} as {escaped:?}");
            }
        }
    }

    /// The input is the most expensive escapes, and texts that look like them.
    #[test]
    fn the_work_is_linear_in_the_length() {
        let worst = [
            "&amp;",
            "amp;",
            "&",
            "%25",
            "%",
            "\\",
            "\\u005c",
            "&#38;#38;",
            "\\u{",
            ";",
            "a",
        ];
        for piece in worst {
            for count in [1_000, 10_000, 100_000] {
                let text = piece.repeat(count);
                STEPS.set(0);
                read(text.as_bytes(), Escapes::Decoded, |units, is_end| {
                    assert!(units.len() <= HELD + 1, "{piece}");
                    let ready = units.len().saturating_sub(usize::from(!is_end));
                    units.drain(..ready);
                });
                assert!(STEPS.get() <= 2 * text.len(), "{piece}: {}", STEPS.get());
            }
        }
    }

    /// The plain form does not depend on where the parts of the text end.
    #[test]
    fn parts_do_not_change_the_plain_form() {
        let text = "&amp;lt; \\ud83c\\udfbb é%C3%ab  +\u{200b} x";
        let expected = plain(text);
        for before in HELD - OPEN - 80..HELD + 10 {
            let found = plain(&format!("{}{text}", "y".repeat(before)));
            assert_eq!(found[before..], expected, "after {before}");
        }
    }
}
