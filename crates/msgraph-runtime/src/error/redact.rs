//! What the service says, made fit for one line that anybody may read.

/// The longest message that a line shows, in characters.
const LONGEST: usize = 300;

/// A message on one line, without ids, addresses and URLs.
pub(crate) fn message(text: &str) -> String {
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
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(message(text), expected, "{text:?}");
        }
        assert_eq!(message(&"é ".repeat(1000)).chars().count(), LONGEST + 1);
    }
}
