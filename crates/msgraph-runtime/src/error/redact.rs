//! Redacts every text from outside before it is shown.

use super::known::Known;
use super::plain::is_invisible;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::borrow::Cow;
use std::error::Error as StdError;
use std::{fmt, iter};

/// Removes the tokens of a call, and the texts that it has sent, from texts of the service, of
/// gateways, of a token provider and of a transport.
///
/// [`text`](Self::text), [`message`](Self::message) and [`id`](Self::id) make texts to print.
/// [`without_token`](Self::without_token) and [`source`](Self::source) make those that the
/// accessors of an error return, and remove only tokens.
#[derive(Default)]
pub(crate) struct Redactor {
    tokens: Known,
    /// The tokens and the sent texts.
    all: Known,
}

/// The longest message in a line, in characters.
const LONGEST: usize = 300;

/// The length of a message's beginning that is read, in bytes: hidden texts make it shorter.
const READ: usize = 8192;

/// The longest chain of sources that is exposed.
const DEPTH: usize = 32;

/// The shortest part of a token that is hidden without the rest of it, in characters.
const PART: usize = 4;

impl Redactor {
    /// A redactor that knows these tokens and these sent texts, in any encoding.
    pub(crate) fn new<'t>(
        tokens: impl IntoIterator<Item = &'t str>,
        sent: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        let mut redactor = Self::default();
        for token in tokens {
            let parts = token.split('.').filter(|part| part.len() >= PART);
            for part in iter::once(token).chain(parts) {
                redactor.tokens.add_word(part);
                redactor.all.add_word(part);
            }
        }
        for text in sent {
            redactor.all.add(text.as_ref());
        }
        redactor
    }

    /// A text on one line, without tokens, sent texts, other ids, addresses and URLs.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut line = String::new();
        for word in words(&hide(&self.all, text)) {
            if !line.is_empty() {
                line.push(' ');
            }
            push_word(&mut line, &word);
        }
        line
    }

    /// The same for a text of any length, shortened to 300 characters.
    pub(crate) fn message(&self, text: &str) -> String {
        let mut end = text.len().min(READ);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut line = self.text(&text[..end]);
        if let Some((end, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(end);
            line.push('…');
        }
        line
    }

    /// A short text without spaces, such as an id, reduced to letters, digits and `-_.:/…`.
    pub(crate) fn id(&self, text: &str) -> String {
        let hidden = hide(&self.all, text);
        let is_part = |c: &char| c.is_ascii_alphanumeric() || "-_.:/…".contains(*c);
        if hidden.contains("eyJ") {
            return "…".to_owned();
        }
        hidden.chars().filter(is_part).take(80).collect()
    }

    /// The same as [`id`](Self::id) for a code, which some services write as words.
    pub(crate) fn code(&self, text: &str) -> String {
        let is_part = |c: &char| c.is_ascii_alphanumeric() || "-_.:/ ".contains(*c);
        let code: String = self
            .message(text)
            .chars()
            .filter(is_part)
            .take(80)
            .collect();
        code.trim().to_owned()
    }

    /// A text with only the tokens redacted.
    pub(crate) fn without_token<'t>(&self, text: &'t str) -> Cow<'t, str> {
        hide(&self.tokens, text)
    }

    /// Bytes with only the tokens redacted.
    pub(crate) fn bytes_without_token<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        replaced(&self.tokens, bytes, "…")
    }

    /// Headers with only the tokens redacted.
    pub(crate) fn headers(&self, mut headers: HeaderMap) -> HeaderMap {
        for value in headers.values_mut() {
            // ASCII keeps the value readable as text.
            if let Cow::Owned(bytes) = replaced(&self.tokens, value.as_bytes(), "...") {
                *value = HeaderValue::from_bytes(&bytes).unwrap_or(HeaderValue::from_static("..."));
            }
        }
        let has_token = |name: &HeaderName| !self.tokens.find(name.as_str().as_bytes()).is_empty();
        let named: Vec<_> = headers
            .keys()
            .filter(|name| has_token(name))
            .cloned()
            .collect();
        for name in named {
            headers.remove(name);
        }
        headers
    }

    /// The source itself, if no text of its chain has a token; otherwise an error with its redacted
    /// texts.
    pub(crate) fn source(&self, source: BoxError) -> BoxError {
        let has_token = |error: &(dyn StdError + 'static)| {
            [error.to_string(), format!("{error:?}")]
                .iter()
                .any(|text| !self.tokens.find(text.as_bytes()).is_empty())
        };
        let is_short = chain(&*source).nth(DEPTH).is_none();
        if is_short && !chain(&*source).any(has_token) {
            return source;
        }
        let texts: Vec<_> = chain(&*source)
            .take(DEPTH)
            .map(|error| self.text(&error.to_string()))
            .collect();
        let redacted = texts.into_iter().rev().fold(None, |source, text| {
            Some(Box::new(Redacted { text, source }))
        });
        redacted.map_or(source, BoxError::from)
    }
}

type BoxError = Box<dyn StdError + Send + Sync>;

/// An error and its sources, the outermost first.
pub(crate) fn chain<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| error.source())
}

/// The error that replaces a source with a token in its texts.
struct Redacted {
    text: String,
    source: Option<Box<Redacted>>,
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Redacted {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The text with `…` in place of each known text.
fn hide<'t>(known: &Known, text: &'t str) -> Cow<'t, str> {
    match replaced(known, text.as_bytes(), "…") {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

fn replaced<'t>(known: &Known, text: &'t [u8], in_place: &str) -> Cow<'t, [u8]> {
    let found = known.find(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shown = Vec::with_capacity(text.len());
    let mut end = 0;
    for range in found {
        shown.extend_from_slice(&text[end..range.start]);
        shown.extend_from_slice(in_place.as_bytes());
        end = range.end;
    }
    shown.extend_from_slice(&text[end..]);
    Cow::Owned(shown)
}

/// The words of a text, without invisible characters.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let visible = words.map(|word| word.chars().filter(|c| !is_invisible(*c)).collect());
    visible.filter(|word: &String| !word.is_empty())
}

/// Adds a word; `…` replaces addresses, URLs, GUIDs and words that look like a token.
fn push_word(line: &mut String, word: &str) {
    if word.contains('@') || word.contains("%40") || word.contains("://") || looks_like_token(word)
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

/// Returns `true` for a GUID without hyphens and for a part of a token.
fn looks_like_token(word: &str) -> bool {
    let is_hex = |c: char| c.is_ascii_hexdigit();
    let longest_hex = word.split(|c| !is_hex(c)).map(str::len).max();
    longest_hex >= Some(32) || word.contains("eyJ") || word.len() > 120
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::sent;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.cGF5bG9hZCBvZiBhIHRva2Vu.c2lnbmF0dXJl";

    /// Checks the redacted form of a text, after `sent` was sent.
    #[track_caller]
    fn check(sent: &str, text: &str, expected: &str) {
        let shown = Redactor::new([], [sent]).message(text);
        assert_eq!(shown, expected, "{sent:?} in {text:?}");
    }

    #[test]
    fn messages_name_nobody_and_are_one_line() {
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
            ("a\u{202e}b\u{200b}c \u{2066}d\u{feff}", "abc d"),
            ("ada\u{200b}@contoso.com", "…"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(Redactor::default().message(text), expected, "{text:?}");
        }
        let long = Redactor::default().message(&"é ".repeat(1000));
        assert_eq!(long.chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_sent_text_is_hidden_in_whatever_form_it_comes_back() {
        let note = "R&D offsite: \"salary talks\"\nwith Zoë's 🎻/Bob";
        let json = serde_json::to_string(note).unwrap();
        let dotnet =
            r#"R\u0026D offsite: \u0022salary talks\u0022\nwith Zo\u00EB\u0027s \uD83C\uDFBB\/Bob"#;
        let xml = "R&amp;D offsite: &quot;salary talks&quot;\nwith Zoë&apos;s 🎻/Bob";
        let html = "R&#38;D offsite: &#34;salary talks&#34; with Zo&#xEB;&#39;s &#127931;/Bob";
        let named = "R&amp;D offsite: &quot;salary talks&quot; with Zo&euml;&#39;s 🎻/Bob";
        let url: String = note.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let form = "R%26D+offsite%3A+%22salary+talks%22%0Awith+Zo%C3%AB%27s+%F0%9F%8E%BB%2FBob";
        let forms = [
            note.to_owned(),
            note.to_uppercase(),
            note.replace('\n', " \r\n"),
            note.replace('s', "s\u{200d}"),
            json.trim_matches('"').to_owned(),
            format!("{note:?}").trim_matches('"').to_owned(),
            dotnet.to_owned(),
            dotnet.replace('\\', "\\\\"),
            xml.to_owned(),
            xml.replace('&', &format!("&{}", "amp;".repeat(50))),
            html.to_owned(),
            named.to_owned(),
            url.replace('%', "%25"),
            url,
            form.to_owned(),
        ];
        for form in &forms {
            let text = format!("The text '{form}' is bad.");
            check(note, &text, "The text '…' is bad.");
        }
        for part in [
            "R&amp;D offsite: &quot;sal",
            "salary talks&quot; with Z",
            "R&amp;D off",
        ] {
            let text = format!("The text '{part}' is bad.");
            check(note, &text, "The text '…' is bad.");
        }
    }

    #[test]
    fn the_rest_of_a_message_is_not_changed() {
        let cases = [
            (
                "Lunch",
                "No lunch &amp; no\\n  LUNCHES.",
                "No … &amp; no\\n …ES.",
            ),
            ("Straße", "STRASSE straße Strasse Gasse", "… … … Gasse"),
            ("İzmir", "the İ of i̇zmir", "the İ of …"),
            (" a ", "a b a", "a b a"),
            ("   ", "a b", "a b"),
            ("&&&", "a && b", "a && b"),
            ("ok", "it is ok", "it is ok"),
            ("&amp;", "a & b &amp; c", "a & b … c"),
            ("é", "café", "caf…"),
            ("🎻 at two", "[\\uD83C\\uDFBB at two]", "[…]"),
            ("one two", "one two one two", "… …"),
            ("back\\slash", r"back\slash back\\slash", "… …"),
            (
                r"C:\new\%20x",
                r"at C:\new\%20x, C:\\new\\%2520x",
                r"at …, …",
            ),
            (
                "new-note",
                r"at C:\new-note, 5%new-note &new-note;",
                r"at C:\…, 5%… &…;",
            ),
            ("Back at nine", "Back later", "Back later"),
            ("Back at nine", "'Back at…' is bad", "'……' is bad"),
        ];
        for (sent, text, expected) in cases {
            check(sent, text, expected);
        }
    }

    #[test]
    fn a_token_is_hidden_whole_in_parts_and_in_every_form() {
        let redactor = Redactor::new([TOKEN], [""; 0]);
        let url: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let parts = TOKEN.split('.').map(str::to_owned);
        let whole = [
            TOKEN.to_owned(),
            TOKEN.to_uppercase(),
            url,
            TOKEN.replace('.', "&#46;"),
        ];
        for form in whole
            .into_iter()
            .chain(parts)
            .chain([TOKEN[20..40].to_owned()])
        {
            assert_eq!(redactor.text(&format!("a '{form}' b")), "a '…' b");
            assert_eq!(redactor.without_token(&format!("a\n'{form}'")), "a\n'…'");
            assert_eq!(redactor.id(&form), "…");
        }
        for token in ["x", "s3c", "opaque-token", "a b%41&amp;+\\c"] {
            let redactor = Redactor::new([token], [""; 0]);
            let text = format!("({token})");
            assert_eq!(redactor.text(&text), "(…)");
            assert_eq!(redactor.without_token(&text), "(…)");
        }
        let short = Redactor::new(["ada"], [""; 0]);
        assert_eq!(short.text("ada, Ada=ADA in Canada"), "…, …=… in Canada");
        assert_eq!(
            redactor.without_token("nothing of it\u{200b}"),
            "nothing of it\u{200b}"
        );
    }

    /// An error with the texts of `Display` and of `Debug`, and its source.
    struct Told(&'static str, String, Option<Box<Told>>);

    impl fmt::Display for Told {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl fmt::Debug for Told {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.1)
        }
    }

    impl StdError for Told {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            self.2.as_deref().map(|source| source as _)
        }
    }

    #[test]
    fn a_source_is_replaced_only_if_it_tells_a_token() {
        let redactor = Redactor::new([TOKEN], ["a sent text"]);
        let told = |text, debug: &str, within| Told(text, debug.to_owned(), within);
        let harmless = told("no a sent text", "harmless", None);
        let source = redactor.source(Box::new(told("outer", "outer", Some(Box::new(harmless)))));
        assert!(source.is::<Told>() && source.source().unwrap().is::<Told>());
        let within = told("inner a sent text", &format!("Inner({TOKEN})"), None);
        let source = redactor.source(Box::new(told("outer", "outer", Some(Box::new(within)))));
        let texts: Vec<_> = chain(&*source)
            .map(|error| format!("{error} {error:?}"))
            .collect();
        assert_eq!(texts, ["outer outer", "inner … inner …"]);
        let deep = (0..100).fold(told("end", "end", None), |within, _| {
            told("more", "more", Some(Box::new(within)))
        });
        assert_eq!(chain(&*redactor.source(Box::new(deep))).count(), DEPTH);
    }

    /// The time is linear in the sent and the received text: the plain form of each is made in one
    /// pass, and only the plain forms are compared.
    #[test]
    fn nested_escapes_of_any_length_are_one_character() {
        let note = format!("&{} lunch", "amp;".repeat(50_000));
        let body = serde_json::json!({ "content": note }).to_string();
        let redactor = Redactor::new([TOKEN], sent::in_body(body.as_bytes()));
        assert_eq!(
            redactor.text(&format!("'{note}' is too long")),
            "'…' is too long"
        );
    }
}
