//! Comparison of status messages that the service may have changed: markup, entities, white space.

/// Returns `true` if two texts are equal without markup, entities and white space. The service may
/// escape a text, remove its markup, or add some, such as `<pinnednote></pinnednote>`.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        let text = without_tags(&unescaped(text), "");
        text.split_whitespace().collect::<String>()
    };
    a == b || letters(a) == letters(b)
}

/// Converts HTML to plain text, in one line.
pub(super) fn of_html(html: &str) -> String {
    let text = unescaped(&without_tags(html, " "));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Decodes the entities of a text. An ampersand that begins no known entity stays.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after
            .bytes()
            .take(LONGEST_ENTITY)
            .position(|byte| byte == b';');
        let entity = end.and_then(|end| Some((character(after.get(..end)?)?, end + 1)));
        let (character, length) = entity.unwrap_or(('&', 0));
        plain.push(character);
        rest = &after[length..];
    }
    plain + rest
}

/// The number of bytes in `#x10FFFF;`.
const LONGEST_ENTITY: usize = 9;

/// The character of an entity, such as `amp` or `#38`.
fn character(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => match name {
            "amp" => return Some('&'),
            "lt" => return Some('<'),
            "gt" => return Some('>'),
            "quot" => return Some('"'),
            "apos" => return Some('\''),
            "nbsp" => return Some('\u{a0}'),
            _ => return None,
        },
    };
    char::from_u32(number)
}

/// Replaces each tag of a text. A `<` that begins no tag stays.
fn without_tags(text: &str, instead: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let is_tag = after.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/');
        if !is_tag {
            plain.push('<');
            rest = after;
            continue;
        }
        let Some((_, after)) = after.split_once('>') else {
            return plain + "<" + after;
        };
        plain.push_str(instead);
        rest = after;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_again_in_the_forms_of_the_service() {
        let cases = [
            ("Focusing", "Focusing", true),
            ("Focusing", "Focusing<pinnednote></pinnednote>", true),
            ("Focusing", "<p>Focusing</p>\r\n", true),
            ("In Rome", " In\u{a0} Rome", true),
            ("In Rome", "In&nbsp;Rome", true),
            ("R&D, 1 < 2", "R&amp;D, 1 &lt; 2", true),
            ("R&D, 1 < 2", "R&#38;D, 1 &#x3C; 2", true),
            ("<b>Out</b>", "Out", true),
            ("<b>Out</b>", "&lt;b&gt;Out&lt;/b&gt;", true),
            ("🍅", "🍅", true),
            ("🍅", "🍎", false),
            ("Focusing", "focusing", false),
            ("Focusing", "Not focusing", false),
            ("a & b", "a b", false),
            ("1 < 2", "1 > 2", false),
            ("&", "&;", false),
            ("&#xFFFFFFFF;&bogus;<", "&#xFFFFFFFF;&bogus;<", true),
        ];
        for (a, b, same) in cases {
            assert_eq!(is_same(a, b), same, "{a:?} {b:?}");
            assert_eq!(is_same(b, a), same, "{b:?} {a:?}");
        }
    }

    #[test]
    fn html_becomes_one_line_of_plain_text() {
        let html = "<div>In <b>Rome</b><br>until&nbsp;Friday &amp; later</div>";
        assert_eq!(of_html(html), "In Rome until Friday & later");
        assert_eq!(of_html("1 < 2"), "1 < 2");
    }
}
