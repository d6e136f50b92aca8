//! Repairs of a body that could not be read.

use std::borrow::Cow;
use std::ops::RangeInclusive;

/// The byte order mark.
pub(super) const MARK: char = '\u{feff}';

const HIGH: RangeInclusive<u16> = 0xD800..=0xDBFF;
const LOW: RangeInclusive<u16> = 0xDC00..=0xDFFF;

/// The text without byte order marks before it, and with U+FFFD in place of each half of a
/// surrogate pair; `None` if there is nothing to repair.
pub(super) fn repaired(text: &str) -> Option<Cow<'_, str>> {
    let json = text.trim_start_matches(MARK);
    let without_halves = without_halves(json).map(Cow::Owned);
    without_halves.or_else(|| (json.len() < text.len()).then_some(json.into()))
}

/// The JSON text with the escape of U+FFFD in place of each half without the other; `None` if
/// there is none. Both escapes have six characters, so that positions in the text stay the same.
fn without_halves(json: &str) -> Option<String> {
    let mut text = json.as_bytes().to_vec();
    let (mut at, mut found) = (0, false);
    while let Some(next) = json.get(at..).and_then(|rest| rest.find('\\')) {
        at += next;
        match (unit(json, at), unit(json, at + 6)) {
            (Some(high), Some(low)) if HIGH.contains(&high) && LOW.contains(&low) => {
                at += 12;
            }
            (Some(half), _) if HIGH.contains(&half) || LOW.contains(&half) => {
                text[at..at + 6].copy_from_slice(br"\ufffd");
                found = true;
                at += 6;
            }
            _ => at += 2,
        }
    }
    found.then(|| String::from_utf8(text).ok())?
}

/// The UTF-16 code unit that is escaped here.
fn unit(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}
