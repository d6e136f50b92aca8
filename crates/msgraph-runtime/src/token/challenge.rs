//! The claims challenge in the header `WWW-Authenticate`.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_PAD_INDIFFERENT, URL_SAFE_PAD_INDIFFERENT};
use http::{HeaderMap, header};

/// The claims of the first Bearer challenge that has any, in base64, unchanged.
pub(crate) fn claims(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::WWW_AUTHENTICATE).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .find_map(claims_in)
}

/// Finds the claims in one header value. Commas separate challenges, and the parameters in them.
///
/// A scheme starts a challenge and is followed by a space and either a token68 or
/// `name=value` pairs; a pair belongs to the scheme before it. A malformed challenge is skipped up
/// to the next comma, and is never an error.
fn claims_in(value: &str) -> Option<String> {
    let mut rest = value;
    let mut is_bearer = false;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return None;
        }
        let (name, after) = token(rest);
        let spaced = after.trim_start_matches([' ', '\t']);
        if let Some(argument) = spaced.strip_prefix('=').filter(|_| !name.is_empty()) {
            let (argument, after) = argument_of(argument.trim_start_matches([' ', '\t']));
            let found = is_bearer && name.eq_ignore_ascii_case("claims");
            if found && !argument.is_empty() {
                return Some(argument);
            }
            rest = skip_to_comma(after);
        } else if !name.is_empty() && (spaced.len() < after.len() || after.is_empty()) {
            is_bearer = name.eq_ignore_ascii_case("Bearer");
            rest = spaced;
        } else {
            is_bearer &= after.starts_with(',');
            rest = skip_to_comma(after);
        }
    }
}

/// The token of RFC 9110 at the beginning of a text, and the rest.
fn token(text: &str) -> (&str, &str) {
    let is_delimiter = |c: char| !c.is_ascii_graphic() || "\"(),/:;<=>?@[\\]{}".contains(c);
    text.split_at(text.find(is_delimiter).unwrap_or(text.len()))
}

/// The value of a parameter, quoted or not, and the rest of the text.
fn argument_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        // Base64 without quotes may end in `=`, which is not allowed in a token.
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => value.push(character),
        }
    }
    // The closing quote is missing: the value is ignored.
    (String::new(), "")
}

/// The text after the next comma that is not within quotes.
fn skip_to_comma(text: &str) -> &str {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => return &text[at..],
            _ => {}
        }
    }
    ""
}

/// Decodes base64 in either alphabet, with or without padding.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let decoded = URL_SAFE_PAD_INDIFFERENT.decode(text);
    let decoded = decoded.or_else(|_| STANDARD_PAD_INDIFFERENT.decode(text));
    decoded.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_found_in_any_position() {
        let cases = [
            (r#"Bearer claims="abc""#, Some("abc")),
            (r#"bearer Claims="abc""#, Some("abc")),
            (r#"Bearer realm="", claims="abc""#, Some("abc")),
            (
                r#"Bearer realm="a, claims=\"no\"", claims="abc""#,
                Some("abc"),
            ),
            (r#"Basic realm="x", Bearer claims="abc""#, Some("abc")),
            (
                r#"Negotiate, Bearer error="insufficient_claims", claims="abc""#,
                Some("abc"),
            ),
            (r#"Negotiate YII=, Bearer claims="abc""#, Some("abc")),
            (
                r#"NTLM YII==,Bearer authorization_uri="https://a/b",claims="abc==""#,
                Some("abc=="),
            ),
            (r#"Bearer claims=abc=="#, Some("abc==")),
            (r#"Bearer claims = "abc""#, Some("abc")),
            (r#"Bearer a="1" , claims="abc" , b="2""#, Some("abc")),
            (r#"Bearer, Bearer claims="abc""#, Some("abc")),
            (r#"Bearer claims="", Bearer claims="abc""#, Some("abc")),
            (r#"PoP claims="no", Bearer realm="x""#, None),
            (r#"PoP claims="no""#, None),
            (r#"Bearer realm="claims=\"no\"""#, None),
            (r#"Bearer claims="open"#, None),
            (r#"claims="no""#, None),
            ("Bearer", None),
            ("", None),
            (",,, ,", None),
            ("= = ,\"", None),
        ];
        for (value, expected) in cases {
            assert_eq!(claims_in(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn every_header_line_is_read() {
        let mut headers = HeaderMap::new();
        headers.append("www-authenticate", "Basic realm=\"x\"".parse().unwrap());
        headers.append("www-authenticate", "Bearer claims=\"abc\"".parse().unwrap());
        assert_eq!(claims(&headers).as_deref(), Some("abc"));
    }

    #[test]
    fn base64_is_read_in_both_alphabets_with_and_without_padding() {
        let cases: [(&str, Option<&[u8]>); 7] = [
            ("", Some(b"")),
            ("Zg==", Some(b"f")),
            ("Zm8", Some(b"fo")),
            ("Zm9v", Some(b"foo")),
            ("-_-_", Some(b"\xfb\xff\xbf")),
            ("+/+/", Some(b"\xfb\xff\xbf")),
            ("Zm9vY", None),
        ];
        for (text, expected) in cases {
            assert_eq!(decode_base64(text).as_deref(), expected, "{text}");
        }
    }
}
