//! The texts of a sent body that may be private, found again in whatever form they come back.

use serde_json::Value;
use std::collections::HashSet;
use std::ops::Range;

/// The texts of a sent body that an error must not show.
pub(crate) struct Private(Vec<Vec<char>>);

/// How much of the service's message is looked at, in characters: what is shown is shorter.
const LOOKED_AT: usize = 4096;

/// How much of a text gives it away, where only a part of it comes back, in characters.
const TELLING: usize = 16;

impl Private {
    /// Those that no name of the interface looks like.
    pub(crate) fn of(body: &[u8]) -> Self {
        let json = serde_json::from_slice(body).unwrap_or_default();
        let mut found = Vec::new();
        collect(&json, &mut found);
        let mut texts: Vec<_> = found
            .into_iter()
            .map(|text| characters(&plain(text.trim())))
            .collect();
        texts.retain(|text| text.len() >= 3 || text.iter().any(|c| !c.is_ascii()));
        Self(texts)
    }

    /// The beginning of the text, with `…` in the place of every private one.
    ///
    /// Letter case, spacing and the escapes of XML and JSON make no difference.
    pub(crate) fn hide_in(&self, text: &str) -> String {
        let end = text.char_indices().nth(LOOKED_AT);
        let text = &text[..end.map_or(text.len(), |(at, _)| at)];
        if self.0.is_empty() {
            return text.to_owned();
        }
        let units = plain(text);
        let is_hidden = self.found_in(&characters(&units));
        let mut shown = String::new();
        let mut end = 0;
        for (index, Unit { from, .. }) in units.iter().enumerate() {
            if !is_hidden[index] {
                // A letter may be two in lower case.
                shown.push_str(&text[from.start.max(end)..from.end.max(end)]);
            } else if index == 0 || !is_hidden[index - 1] {
                shown.push('…');
            }
            end = end.max(from.end);
        }
        shown
    }

    /// For each character, whether it is one of a private text.
    fn found_in(&self, characters: &[char]) -> Vec<bool> {
        let mut is_hidden = vec![false; characters.len()];
        for private in &self.0 {
            let length = private.len().min(TELLING);
            let telling: HashSet<_> = private.windows(length).collect();
            for (start, run) in characters.windows(length).enumerate() {
                if telling.contains(run) {
                    is_hidden[start..start + length].fill(true);
                }
            }
        }
        is_hidden
    }
}

/// A character without letter case, and where it stands in the text, perhaps escaped.
struct Unit {
    character: char,
    from: Range<usize>,
}

fn characters(units: &[Unit]) -> Vec<char> {
    units.iter().map(|unit| unit.character).collect()
}

/// A text as it is compared: without escapes, without letter case, each run of spaces as one.
fn plain(text: &str) -> Vec<Unit> {
    let mut units: Vec<_> = text
        .char_indices()
        .map(|(at, character)| Unit {
            character,
            from: at..at + character.len_utf8(),
        })
        .collect();
    // What is escaped twice is longer before each time.
    loop {
        let length = units.len();
        units = unescaped(&units);
        if units.len() == length {
            break;
        }
    }
    let mut plain: Vec<Unit> = Vec::with_capacity(units.len());
    for Unit { character, from } in units {
        if character.is_whitespace() || character.is_control() {
            match plain.last_mut() {
                Some(last) if last.character == ' ' => last.from.end = from.end,
                _ => plain.push(Unit {
                    character: ' ',
                    from,
                }),
            }
            continue;
        }
        let folded = character.to_uppercase().flat_map(char::to_lowercase);
        plain.extend(folded.map(|character| Unit {
            character,
            from: from.clone(),
        }));
    }
    plain
}

/// The same without one layer of escapes.
fn unescaped(units: &[Unit]) -> Vec<Unit> {
    let mut plain = Vec::with_capacity(units.len());
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        let (character, length) = escape(&units[at..]).unwrap_or((unit.character, 1));
        let end = units[at + length - 1].from.end;
        plain.push(Unit {
            character,
            from: unit.from.start..end,
        });
        at += length;
    }
    plain
}

/// The character that an escape at the beginning stands for, and the length of the escape.
fn escape(units: &[Unit]) -> Option<(char, usize)> {
    let first = units.first()?.character;
    if !matches!(first, '&' | '\\') {
        return None;
    }
    let text: String = units.iter().take(12).map(|unit| unit.character).collect();
    match first {
        '&' => {
            let (name, _) = text[1..].split_once(';')?;
            Some((entity(name)?, name.chars().count() + 2))
        }
        '\\' => match text[1..].chars().next()? {
            'u' => unicode(&text),
            'b' | 'f' | 'n' | 'r' | 't' => Some((' ', 2)),
            character @ ('"' | '\'' | '\\' | '/') => Some((character, 2)),
            _ => None,
        },
        _ => None,
    }
}

/// The character that `&name;` stands for in XML and HTML.
fn entity(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16),
        Some(decimal) => decimal.parse(),
        None => {
            let known = ["amp", "lt", "gt", "quot", "apos", "nbsp"];
            let is_name = |known: &&str| known.eq_ignore_ascii_case(name);
            let at = known.iter().position(is_name)?;
            return "&<>\"' ".chars().nth(at);
        }
    };
    char::from_u32(number.ok()?)
}

/// The character that `\uXXXX` stands for, or two of them.
fn unicode(text: &str) -> Option<(char, usize)> {
    let half = |at: usize| {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let halves = [half(0)?].into_iter().chain(half(6));
    let character = char::decode_utf16(halves).next()?.ok()?;
    Some((character, 6 * character.len_utf16()))
}

fn collect<'j>(json: &'j Value, found: &mut Vec<&'j str>) {
    match json {
        Value::String(text) if is_private(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    // Graph's `itemBody`: somebody's words, also when they are but one.
                    ("content", Value::String(text)) if text.len() >= 3 => {
                        found.push(text);
                    }
                    // Graph's `dateTimeTimeZone`: without them a refusal says nothing.
                    ("dateTime" | "timeZone", Value::String(_)) => {}
                    _ => collect(member, found),
                }
            }
        }
        _ => {}
    }
}

/// Names of the interface, such as `DoNotDisturb`, `text` or `UTC`, help to understand a
/// refusal. Whatever has another character may be somebody's words.
fn is_private(text: &str) -> bool {
    let is_name = text.chars().all(|c| c.is_ascii_alphanumeric());
    !text.is_ascii() || text.len() >= 3 && (!is_name || text.len() > 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown of a text, after this was sent.
    #[track_caller]
    fn check(sent: &str, text: &str, expected: &str) {
        let body = serde_json::json!({ "content": sent }).to_string();
        let shown = Private::of(body.as_bytes()).hide_in(text);
        assert_eq!(shown, expected, "{sent:?} in {text:?}");
    }

    #[test]
    fn whatever_form_a_private_text_comes_back_in() {
        let note = "R&D offsite: \"salary talks\"\nwith Zoë's 🎻/Bob";
        let json = serde_json::to_string(note).unwrap();
        let dotnet = r#"R\u0026D offsite: \u0022salary talks\u0022\nwith Zo\u00EB\u0027s \uD83C\uDFBB\/Bob"#;
        let xml = "R&amp;D offsite: &quot;salary talks&quot;\nwith Zoë&apos;s 🎻/Bob";
        let html =
            "R&#38;D offsite: &#34;salary talks&#34; with Zo&#xEB;&#39;s &#127931;/Bob";
        let forms = [
            note.to_owned(),
            note.to_uppercase(),
            note.replace('\n', " \r\n"),
            json.trim_matches('"').to_owned(),
            dotnet.to_owned(),
            dotnet.replace('\\', "\\\\"),
            xml.to_owned(),
            xml.replace('&', "&amp;"),
            html.to_owned(),
        ];
        for form in forms {
            check(
                note,
                &format!("The text '{form}' is bad."),
                "The text '…' is bad.",
            );
        }
        for part in ["R&amp;D offsite: &quot;sal", "salary talks&quot; with Z"] {
            let text = format!("The text '{part}' is bad.");
            check(note, &text, "The text '…' is bad.");
        }
    }

    #[test]
    fn the_rest_stays_as_it_is() {
        let cases = [
            (
                "Lunch",
                "No lunch &amp; no\\n  LUNCHES.",
                "No … &amp; no\\n  …ES.",
            ),
            ("Straße", "STRASSE straße Strasse Gasse", "… … … Gasse"),
            ("İzmir", "the İ of i̇zmir", "the İ of …"),
            (" a ", "a b a", "a b a"),
            ("   ", "a b", "a b"),
            ("&&&", "a && b", "a && b"),
            ("ok", "it is ok", "it is ok"),
            ("é", "café", "caf…"),
            ("one two", "one two one two", "… …"),
            ("back\\slash", r"back\slash back\\slash", "… …"),
        ];
        for (sent, text, expected) in cases {
            check(sent, text, expected);
        }
    }

    #[test]
    fn private_texts_are_those_that_are_no_names() {
        let body = br#"{
            "a": {"content": "At the dentist", "contentType": "text"},
            "b": ["PT8H", "ok!"],
            "c": {"dateTime": "2026-11-21T17:30:00", "timeZone": "Moon/Base"}
        }"#;
        let text = "At the dentist text PT8H ok! 2026-11-21T17:30:00 Moon/Base";
        let shown = "… text PT8H … 2026-11-21T17:30:00 Moon/Base";
        assert_eq!(Private::of(body).hide_in(text), shown);
        assert_eq!(Private::of(b"").hide_in(text), text);
    }

    /// A service that sends a megabyte back costs no more than one that sends a line.
    #[test]
    fn a_long_message_is_looked_at_in_part() {
        let sent = format!("{}b", "a".repeat(10_000));
        let body = serde_json::json!([sent]).to_string();
        let shown = Private::of(body.as_bytes()).hide_in(&"a".repeat(1_000_000));
        assert_eq!(shown, "…");
    }
}
