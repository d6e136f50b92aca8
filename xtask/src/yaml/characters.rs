//! Characters that look like ASCII: letters of other alphabets, typographic quotes, special spaces.

use std::ops::Range;

/// Letters, each followed by the ASCII letter that it looks like.
const CYRILLIC: &str = "аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwӏlкkмmнhтtвbАAВBЕEКKМMНHОOРPСCТTУYХXЅSІIЈJ";
const GREEK: &str = "αaνvοoρpιiκkυuχxΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX";
const OTHERS: &str = "ıiɩiɑaɡgօoսuհhոnℓl";

/// A mistake: its byte range, the message and the help.
pub type Found = (Range<usize>, String, String);

/// A character that looks like another one.
pub struct Character {
    place: Range<usize>,
    name: String,
    looks_like: char,
}

/// The name of a character, and the ASCII character that it looks like.
fn look_alike(c: char) -> Option<(&'static str, char)> {
    for (name, letters) in [
        ("a Cyrillic letter", CYRILLIC),
        ("a Greek letter", GREEK),
        ("a letter of another alphabet", OTHERS),
    ] {
        if let Some((_, after)) = letters.split_once(c) {
            return Some((name, after.chars().next()?));
        }
    }
    let narrow = char::from_u32(u32::from(c).wrapping_sub(0xfee0));
    Some(match c {
        '\u{a0}' | '\u{202f}' | '\u{2007}' => ("a no-break space", ' '),
        '\u{2000}'..='\u{200a}' | '\u{3000}' => ("a wide space", ' '),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}' => ("an invisible character", '\0'),
        '\u{feff}' => ("a byte order mark", '\0'),
        '“' | '”' | '„' | '‟' | '«' | '»' => ("a typographic quote", '"'),
        '‘' | '’' | '‚' | '‛' => ("a typographic quote", '\''),
        '‐'..='―' | '−' => ("a dash", '-'),
        '！'..='～' => ("a full-width character", narrow?),
        _ => return None,
    })
}

impl Character {
    fn new(at: usize, c: char) -> Option<Self> {
        let (name, looks_like) = look_alike(c)?;
        let name = format!("{name} (U+{:04X})", u32::from(c));
        let place = at..at + c.len_utf8();
        Some(Self {
            place,
            name,
            looks_like,
        })
    }

    /// Finds a look-alike in the position of a character with a meaning in YAML.
    pub fn structural(line: &str) -> Option<Self> {
        let mut before = ' ';
        for (at, c) in line.char_indices() {
            let leads = line[..at].trim_start_matches(['-', ' ']).is_empty();
            match Self::new(at, c).filter(|_| !c.is_ascii()) {
                None if c == '#' && line[..at].ends_with([' ', '\n']) => break,
                None if c != ' ' => before = c,
                None => {}
                Some(found) => {
                    let is_structural = match found.looks_like {
                        ' ' | '\0' => leads || ":-,[]{}\"'".contains(before),
                        '"' | '\'' => !before.is_alphanumeric() && !"\"'".contains(before),
                        '-' => leads,
                        c => !c.is_ascii_alphanumeric(),
                    };
                    if is_structural {
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// Finds a look-alike in a key, or in a value of one word.
    pub fn in_word(written: &str, is_key: bool) -> Option<Self> {
        if written.is_ascii() {
            return None;
        }
        let is_one = is_key || !written.contains(|c: char| c.is_ascii_whitespace());
        // A text in another language also has characters that look like none of ASCII.
        let others = written.char_indices().filter(|(_, c)| !c.is_ascii());
        let mut all = others.map(|(at, c)| Self::new(at, c));
        let found = all.next()??;
        let before = &written[..found.place.start];
        let is_plain = !written.starts_with(['"', '\'']);
        let is_wrong = match found.looks_like {
            ' ' | '\0' if is_one && (is_key || before.is_empty()) => is_plain,
            ' ' | '\0' => {
                is_plain && (before.ends_with(':') || is_one && found.place.end == written.len())
            }
            '"' | '\'' => is_one && before.is_empty(),
            '-' => is_key && before.is_empty(),
            c if c.is_ascii_alphanumeric() => {
                is_one && written.contains(|c: char| c.is_ascii_alphabetic())
            }
            _ => is_key && is_plain,
        };
        (is_wrong && all.all(|other| other.is_some())).then_some(found)
    }

    /// The mistake, in a text that begins at byte `start`.
    pub fn found(self, start: usize) -> Found {
        let help = match self.looks_like {
            ' ' => "write a plain space, or nothing".to_owned(),
            '\0' => "remove it".to_owned(),
            c => format!("write `{c}`"),
        };
        let place = start + self.place.start..start + self.place.end;
        (place, format!("{} is not allowed here", self.name), help)
    }
}
