//! Finds known private texts in texts from outside, in any encoding.

use super::plain::{self, Escapes, Unit};
use std::collections::HashSet;
use std::ops::Range;

/// Private texts to find.
///
/// A text is found whole, by a beginning of [`BEGINNING`] characters or more, and by any [`MIDDLE`]
/// characters in a row. Each of these takes one lookup per character of the searched text, so the
/// time is linear in the length of the known texts and of the searched ones.
#[derive(Default)]
pub(crate) struct Known {
    /// The length and the hash of each run of characters to find. A hash collision only hides more
    /// than necessary.
    runs: HashSet<(usize, u64)>,
    /// The same for texts that are found only as whole words.
    words: HashSet<(usize, u64)>,
    /// `true` if a run or a word is shorter than [`BEGINNING`].
    has_short: bool,
}

/// The length of a text's beginning that is hidden.
const BEGINNING: usize = 6;

/// The length of any part of a text that is hidden.
const MIDDLE: usize = 16;

impl Known {
    /// Adds the plain forms of a text, except ASCII of one or two characters, which is in too many
    /// other texts.
    pub(crate) fn add(&mut self, text: &str) {
        for form in Escapes::of(text.as_bytes()) {
            let plain = plain::characters(text.as_bytes(), *form);
            if plain.len() > 2 || plain.iter().any(|it| !it.is_ascii()) {
                self.add_plain(&plain);
            }
        }
    }

    /// Adds a text that, if it is short, is found only as a whole word.
    pub(crate) fn add_word(&mut self, text: &str) {
        for form in Escapes::of(text.as_bytes()) {
            let plain = plain::characters(text.as_bytes(), *form);
            if plain.len() >= BEGINNING {
                self.add_plain(&plain);
                continue;
            }
            let hash = plain.iter().fold(0, |hash, it| hashed(hash, *it));
            self.words.insert((plain.len(), hash));
            self.has_short = true;
        }
    }

    fn add_plain(&mut self, text: &[char]) {
        self.has_short |= text.len() < BEGINNING;
        let mut hash = 0;
        for (at, character) in text.iter().enumerate() {
            if let Some(left) = at.checked_sub(MIDDLE) {
                hash = without_first(hash, text[left]);
            }
            hash = hashed(hash, *character);
            let length = (at + 1).min(MIDDLE);
            if length >= BEGINNING || length == text.len() {
                self.runs.insert((length, hash));
            }
        }
    }

    /// The ranges of known texts, in order.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        if self.runs.is_empty() && self.words.is_empty() {
            return Vec::new();
        }
        let forms = Escapes::of(text).iter();
        let mut found: Vec<_> = forms.flat_map(|form| self.find_in(text, *form)).collect();
        found.sort_unstable_by_key(|range| range.start);
        found.dedup_by(|next, before| {
            let is_one = next.start <= before.end;
            if is_one {
                before.end = before.end.max(next.end);
            }
            is_one
        });
        found
    }

    /// The ranges of known texts in one form of the text.
    fn find_in(&self, text: &[u8], form: Escapes) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        // The number of further units to hide.
        let mut hidden = 0_usize;
        let mut is_in_word = false;
        plain::read(text, form, |units, is_end| {
            // A run and the unit after it must be read before a position is checked.
            let open = if is_end { 0 } else { MIDDLE + 1 };
            let ready = units.len().saturating_sub(open);
            for (at, unit) in units[..ready].iter().enumerate() {
                let is_continued = hidden > 0;
                hidden = hidden.max(self.longest_at_start(&units[at..], is_in_word));
                is_in_word = unit.character.is_alphanumeric();
                if hidden == 0 {
                    continue;
                }
                hidden -= 1;
                let range = unit.range();
                match found.last_mut() {
                    Some(last) if is_continued => last.end = range.end,
                    _ => found.push(range),
                }
            }
            units.drain(..ready);
        });
        found
    }

    /// The length of the longest known run at the start of the units.
    fn longest_at_start(&self, units: &[Unit], is_in_word: bool) -> usize {
        let (mut hash, mut longest) = (0, 0);
        for (length, unit) in (1..=MIDDLE).zip(units) {
            hash = hashed(hash, unit.character);
            let is_possible = match length {
                BEGINNING | MIDDLE => true,
                ..BEGINNING => self.has_short,
                // A longer beginning includes a shorter one.
                _ => longest == length - 1,
            };
            let is_whole_word = || {
                let next = units.get(length);
                let is_end = next.is_none_or(|next| !next.character.is_alphanumeric());
                !is_in_word && is_end && self.words.contains(&(length, hash))
            };
            if is_possible && (self.runs.contains(&(length, hash)) || is_whole_word()) {
                longest = length;
            }
        }
        longest
    }
}

const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of a run with one more character: a polynomial, so that the first one can be removed.
fn hashed(hash: u64, character: char) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(character))
}

/// The hash of a run of [`MIDDLE`] characters without its first one.
fn without_first(hash: u64, first: char) -> u64 {
    const HIGHEST: u64 = BASE.wrapping_pow(MIDDLE as u32 - 1);
    hash.wrapping_sub(HIGHEST.wrapping_mul(u64::from(first)))
}
