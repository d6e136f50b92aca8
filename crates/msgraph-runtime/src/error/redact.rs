//! What the service says, made fit for one line that anybody may read.

/// The longest message that a line shows, in characters.
const LONGEST: usize = 300;

/// A message on one line, without ids, addresses, URLs and what `sent` holds.
pub(crate) fn message(text: &str, sent: &[String]) -> String {
    let mut text = text.to_owned();
    for private in sent {
        text = text.replace(private.as_str(), "…");
    }
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        push_word(&mut line, word);
        if line.chars().count() > LONGEST {
            line = line.chars().take(LONGEST).collect();
            line.push('…');
            break;
        }
    }
    line
}

/// A short text without spaces, such as a code or an id, with nothing but harmless characters.
pub(crate) fn id(text: &str) -> String {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || "-_.:/".contains(*c);
    text.chars().filter(is_part).take(80).collect()
}

/// Adds a word, or what is left of it when it names somebody or something.
fn push_word(line: &mut String, word: &str) {
    if word.contains('@')
        || word.contains("%40")
        || word.contains("://")
        || looks_like_token(word)
    {
        line.push('…');
        return;
    }
    let mut rest = word;
    while let Some(start) = find_guid(rest) {
        line.push_str(&rest[..start]);
        line.push('…');
        rest = &rest[start + GUID..];
    }
    line.push_str(rest);
}

/// The length of a GUID with hyphens.
const GUID: usize = 36;

fn find_guid(text: &str) -> Option<usize> {
    text.as_bytes().windows(GUID).position(|window| {
        window.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    })
}

/// A GUID without hyphens, or a part of a token.
fn looks_like_token(word: &str) -> bool {
    let is_hex = |c: char| c.is_ascii_hexdigit();
    let longest_hex = word.split(|c| !is_hex(c)).map(str::len).max();
    longest_hex >= Some(32) || word.contains("eyJ") || word.len() > 120
}

/// The texts in a sent body that may be private: all that no identifier looks like.
pub(crate) fn private_texts(body: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(json) = serde_json::from_slice(body) {
        collect(&json, &mut found);
    }
    // The longest first, so that no part of one is left by another.
    found.sort_by_key(|text| std::cmp::Reverse(text.len()));
    found
}

fn collect(json: &serde_json::Value, found: &mut Vec<String>) {
    match json {
        serde_json::Value::String(text) if is_private(text) => found.push(text.clone()),
        serde_json::Value::Array(items) => {
            items.iter().for_each(|item| collect(item, found))
        }
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                match member {
                    // Graph's `itemBody`: somebody's words, also when they are but one.
                    serde_json::Value::String(text)
                        if name == "content" && text.len() >= 3 =>
                    {
                        found.push(text.clone());
                    }
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

    #[test]
    fn messages_name_nobody_and_stay_on_one_line() {
        let cases = [
            ("Insufficient privileges.", "Insufficient privileges."),
            ("a\r\n b\tc\u{0}d\u{1b}[31m", "a b c d [31m"),
            ("User 'ada@contoso.com' is unknown", "User … is unknown"),
            (
                "Resource 'fa8bf3dc-eca7-46b7-bad1-db199b62afc3' does",
                "Resource '…' does",
            ),
            ("id=FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3;x", "id=…;x"),
            ("id fa8bf3dceca746b7bad1db199b62afc3 x", "id … x"),
            (
                "see https://graph.microsoft.com/v1.0/users/1 now",
                "see … now",
            ),
            ("token eyJ0eXAi.eyJhdWQi.x was", "token … was"),
            (
                "The provided [ExpirationDuration] is out of range.",
                "The provided [ExpirationDuration] is out of range.",
            ),
            ("the text 'Lunch with Bob' is bad", "the text '…' is bad"),
            ("", ""),
        ];
        let sent = ["Lunch with Bob".to_owned()];
        for (text, expected) in cases {
            assert_eq!(message(text, &sent), expected, "{text:?}");
        }
        assert_eq!(
            message(&"é ".repeat(1000), &[]).chars().count(),
            LONGEST + 1
        );
    }

    #[test]
    fn private_texts_are_those_that_are_no_names() {
        let body = br#"{"a":{"content":"At the dentist","contentType":"text"},"b":["PT8H","ok!"]}"#;
        assert_eq!(private_texts(body), ["At the dentist", "ok!"]);
        assert!(private_texts(b"").is_empty());
    }
}
