//! Items of the same shape for every type: parsed and printed once, then filled in as text.
//!
//! To parse and to print an `impl` for each of a thousand types takes most of the time, and gives
//! the same lines but for the names. A shell is made of tokens like everything else; where a name
//! or a list of lines goes, it has a hole.

use crate::print;
use proc_macro2::TokenStream;

/// Where the name of the type goes.
const NAME: &str = "__Name";

/// A printed item with holes.
#[derive(Debug)]
pub struct Shell {
    text: String,
}

impl Shell {
    /// The shell of these tokens. A hole for lines is anything that prints on a line of its own
    /// and begins with two underscores.
    pub fn new(tokens: TokenStream) -> Result<Self, String> {
        Ok(Self {
            text: print::pretty(tokens)?,
        })
    }

    /// The item for a type, with the lines for each hole.
    pub fn fill(&self, name: &str, holes: &mut [(&str, Vec<String>)]) -> String {
        let mut text = String::with_capacity(self.text.len() * 2);
        for line in self.text.lines() {
            let content = line.trim_start();
            let indent = &line[..line.len() - content.len()];
            match holes.iter_mut().find(|(hole, _)| content.starts_with(hole)) {
                Some((_, lines)) => {
                    for filled in lines.drain(..) {
                        push(&mut text, &[indent, &filled]);
                    }
                }
                None => match line.split_once(NAME) {
                    // No line has the name more than twice.
                    Some((before, after)) => match after.split_once(NAME) {
                        Some((between, after)) => {
                            push(&mut text, &[before, name, between, name, after]);
                        }
                        None => push(&mut text, &[before, name, after]),
                    },
                    None => push(&mut text, &[line]),
                },
            }
        }
        text
    }
}

fn push(text: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| text.push_str(part));
    text.push('\n');
}
