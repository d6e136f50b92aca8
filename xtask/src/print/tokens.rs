//! A list of tokens with their kinds, and their text on one line.

use proc_macro2::{Delimiter, Ident, Punct, Spacing, TokenStream, TokenTree};
use std::fmt::{Display, Write as _};
use std::ops::Range;
use syn::LitStr;

/// The kind of a token, by which spaces and line breaks are decided.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word,
    /// A word that is apart from brackets: a keyword before an expression, a literal, a lifetime.
    Apart,
    /// An attribute, or lines of documentation.
    Attribute {
        inner: bool,
    },
    Open(Delimiter, Block),
    Close,
    Comma,
    Semicolon,
    Colon,
    /// `.` or `::`
    Dot,
    Question,
    Hash,
    Bang,
    Less,
    Greater,
    /// The bar before the parameters of a closure.
    BarOpen,
    /// The bar after the parameters of a closure.
    BarClose,
    /// `&` or `*`, without a space after it.
    Prefix,
    /// `..` or `..=`
    Range,
    /// `=` or `=>`
    Assign,
    /// Any other operator.
    Operator,
}

/// The content of a pair of brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// The items of a file, an `impl` or a macro.
    Items,
    /// Fields or variants.
    Fields,
    /// Statements.
    Code,
    /// The arms of a `match`.
    Arms,
    /// The names of an import.
    Names,
    /// Arguments, or the elements of a value.
    List,
}

pub struct Atom {
    /// The first byte in the text, including the space before the token.
    pub start: usize,
    pub spaced: bool,
    pub kind: Kind,
    /// The position of the closing bracket of an opening one.
    pub close: usize,
    /// True for an opening bracket when the group needs several lines.
    pub tall: bool,
}

/// Tokens, and their text on one line.
#[derive(Default)]
pub struct Source {
    pub text: String,
    pub atoms: Vec<Atom>,
    /// The message of a `compile_error!`.
    pub error: Option<String>,
    /// The characters of an incomplete operator.
    operator: String,
}

impl Source {
    pub fn new(tokens: TokenStream) -> Self {
        let mut source = Self::default();
        source.tokens(tokens);
        source
    }

    /// Adds tokens. Returns true when one of them needs several lines.
    fn tokens(&mut self, tokens: TokenStream) -> bool {
        let (mut head, mut is_tall, mut in_bars) = (Block::List, false, false);
        let mut tokens = tokens.into_iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(word) if word == "compile_error" => {
                    self.error = tokens.nth(1).map(|message| message.to_string());
                }
                TokenTree::Ident(word) => {
                    let block = self.word(&word);
                    if head == Block::List {
                        head = block;
                    }
                }
                TokenTree::Literal(literal) => self.write(Kind::Apart, &literal),
                TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                    if let Some(name) = tokens.next() {
                        self.write(Kind::Apart, &format_args!("'{name}"));
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == '|' => {
                    let kinds = [Kind::BarOpen, Kind::BarClose];
                    self.push(kinds[usize::from(in_bars)]).push('|');
                    in_bars = !in_bars;
                }
                TokenTree::Punct(punct) => {
                    self.operator(&punct);
                    if punct.as_char() == ';' {
                        head = Block::List;
                    }
                }
                TokenTree::Group(group) => {
                    let (delimiter, inner) = (group.delimiter(), group.stream());
                    // Reading the tokens would copy them while the group still holds them.
                    drop(group);
                    is_tall |= self.group(delimiter, inner, &mut head);
                }
            }
        }
        is_tall
    }

    /// Adds a word. Returns the content of braces that follow it.
    fn word(&mut self, word: &Ident) -> Block {
        self.write(Kind::Word, word);
        let last = self.atoms.len() - 1;
        let (kind, block) = match &self.text[self.range(&(last..last + 1))] {
            "struct" | "enum" => (Kind::Word, Block::Fields),
            "impl" | "mod" => (Kind::Word, Block::Items),
            "fn" => (Kind::Word, Block::Code),
            "match" => (Kind::Apart, Block::Arms),
            "if" | "in" | "let" | "mut" | "return" => (Kind::Apart, Block::List),
            _ => (Kind::Word, Block::List),
        };
        self.atoms[last].kind = kind;
        block
    }

    /// Adds an operator when its last character is read.
    fn operator(&mut self, punct: &Punct) {
        self.operator.push(punct.as_char());
        // `>>` is two closing brackets.
        if punct.spacing() == Spacing::Joint && self.operator != ">" {
            return;
        }
        let mut operator = std::mem::take(&mut self.operator);
        let kind = match &*operator {
            "," => Kind::Comma,
            ";" => Kind::Semicolon,
            ":" => Kind::Colon,
            "." | "::" => Kind::Dot,
            "?" => Kind::Question,
            "#" => Kind::Hash,
            "!" => Kind::Bang,
            "<" => Kind::Less,
            ">" => Kind::Greater,
            "&" | "*" => Kind::Prefix,
            ".." | "..=" => Kind::Range,
            "=" | "=>" => Kind::Assign,
            _ => Kind::Operator,
        };
        self.push(kind).push_str(&operator);
        operator.clear();
        self.operator = operator;
    }

    /// Adds a group; `head` is the content of braces after the words so far.
    fn group(&mut self, delimiter: Delimiter, inner: TokenStream, head: &mut Block) -> bool {
        let (open, close) = match delimiter {
            Delimiter::Parenthesis => ('(', ')'),
            Delimiter::Bracket => ('[', ']'),
            Delimiter::Brace => ('{', '}'),
            Delimiter::None => return self.tokens(inner),
        };
        let block = match (delimiter, self.last()) {
            (Delimiter::Brace, Some(Kind::Dot)) => Block::Names,
            (Delimiter::Brace, Some(Kind::Bang)) => Block::Items,
            (Delimiter::Brace, Some(Kind::BarClose)) => Block::Code,
            (Delimiter::Brace, _) => std::mem::replace(head, Block::List),
            _ => Block::List,
        };
        let at = self.atoms.len();
        self.push(Kind::Open(delimiter, block)).push(open);
        let mut is_tall = self.tokens(inner);
        // A comma after the last element is added again when each element has its own line.
        if self.last() == Some(Kind::Comma) {
            self.atoms.pop();
            self.text.pop();
        }
        let is_filled = self.atoms.len() > at + 1;
        is_tall |= is_filled && !matches!(block, Block::List | Block::Names);
        let spaced = is_filled && delimiter == Delimiter::Brace && block != Block::Names;
        self.push_spaced(spaced, Kind::Close).push(close);
        let close = self.atoms.len() - 1;
        self.atoms[at].close = close;
        self.atoms[at].tall = is_tall;
        match &self.atoms[..at] {
            [.., hash, bang] if (hash.kind, bang.kind) == (Kind::Hash, Kind::Bang) => {
                self.attribute(at - 2);
            }
            [.., hash] if hash.kind == Kind::Hash => self.attribute(at - 1),
            _ => {}
        }
        is_tall
    }

    /// Joins the tokens of an attribute; `#[doc = "…"]` becomes lines of documentation.
    fn attribute(&mut self, hash: usize) {
        let start = self.range(&(hash..hash + 1)).start;
        let text = self.text[start..].strip_suffix(']').unwrap_or_default();
        let inner = text.starts_with("#!");
        let docs = text.trim_start_matches(['#', '!']).strip_prefix("[doc = ");
        if let Some(docs) = docs.and_then(unescaped) {
            let slashes = if inner { "//!" } else { "///" };
            self.text.truncate(start);
            for (at, line) in docs.split('\n').enumerate() {
                self.text.push_str(if at == 0 { "" } else { "\n" });
                self.text.push_str(slashes);
                self.text.push_str(line);
            }
        }
        self.atoms.truncate(hash + 1);
        self.atoms[hash].kind = Kind::Attribute { inner };
    }

    fn write(&mut self, kind: Kind, text: &dyn Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.push(kind), "{text}");
    }

    /// Adds a token without its text. Returns the text to append to.
    fn push(&mut self, kind: Kind) -> &mut String {
        let spaced = self.last().is_some_and(|last| is_apart(last, kind));
        self.push_spaced(spaced, kind)
    }

    fn push_spaced(&mut self, spaced: bool, kind: Kind) -> &mut String {
        self.atoms.push(Atom {
            start: self.text.len(),
            spaced,
            kind,
            close: 0,
            tall: false,
        });
        self.text.push_str(if spaced { " " } else { "" });
        &mut self.text
    }

    fn last(&self) -> Option<Kind> {
        self.atoms.last().map(|atom| atom.kind)
    }

    /// The byte range of some tokens, without the space before them.
    pub fn range(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize, spaced| match self.atoms.get(at) {
            Some(atom) => atom.start + usize::from(spaced && atom.spaced),
            None => self.text.len(),
        };
        place(range.start, true)..place(range.end, false)
    }

    /// The tokens outside of brackets; a group is represented by its opening bracket.
    pub fn top(&self, range: Range<usize>) -> impl Iterator<Item = (usize, Kind)> {
        let (mut at, mut depth) = (range.start, 0_usize);
        std::iter::from_fn(move || {
            while at < range.end {
                let (here, kind) = (at, self.atoms[at].kind);
                at = match kind {
                    Kind::Open(..) => self.atoms[at].close + 1,
                    _ => at + 1,
                };
                match kind {
                    Kind::Less | Kind::BarOpen => depth += 1,
                    Kind::Greater | Kind::BarClose => depth = depth.saturating_sub(1),
                    _ if depth == 0 => return Some((here, kind)),
                    _ => {}
                }
            }
            None
        })
    }
}

/// True when there is a space between two tokens.
fn is_apart(last: Kind, next: Kind) -> bool {
    use Kind::*;
    match (last, next) {
        (Open(Delimiter::Brace, block), _) => block != Block::Names,
        (Open(..) | Prefix | Range | Dot | Less | BarOpen | Hash, _) => false,
        (_, Dot | Range) => last == Comma,
        (_, Comma | Semicolon | Colon | Question | Bang | Less | Greater | BarClose | Close) => {
            false
        }
        (_, Open(Delimiter::Brace, _)) => true,
        (Word | Greater | Close | Question | Bang, Open(..)) => false,
        _ => true,
    }
}

/// The content of a string literal; `None` for any other expression.
fn unescaped(literal: &str) -> Option<String> {
    let quoted = literal
        .strip_prefix('r')
        .unwrap_or(literal)
        .trim_matches('#');
    let text = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if literal.starts_with('r') || !text.contains('\\') {
        return Some(text.to_owned());
    }
    Some(syn::parse_str::<LitStr>(literal).ok()?.value())
}
