//! The problems of a description: code, span, message and help, rendered as rustc does.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use std::cell::{Cell, RefCell};
use std::iter;

/// A range of bytes in one of the source texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The position of the text: the files of the description come first, then the overlay.
    pub source: u32,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// A value and its span.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A problem of a description.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The place of the problem.
    pub span: Span,
    /// The broken rule.
    pub code: Code,
    /// One sentence without a full stop.
    pub message: String,
    /// The text beside the mark of the span.
    pub label: String,
    /// The other span of a conflict, and the text beside its mark.
    pub context: Option<(Span, String)>,
    /// The correction to make.
    pub help: String,
    /// The target of an overlay action that removes the problem.
    pub target: Option<String>,
}

impl Diagnostic {
    /// A problem of one span.
    pub fn new(
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            span,
            message: message.into(),
            label: String::new(),
            context: None,
            help: help.into(),
            target: None,
        }
    }
}

/// Collects the problems of all stages.
#[derive(Debug, Default)]
pub struct Problems {
    found: RefCell<Vec<Diagnostic>>,
    /// The number of words compared for suggestions so far.
    comparisons: Cell<usize>,
}

/// The most words to compare for suggestions: the time for a file of many mistakes is limited.
const COMPARISONS: usize = 100_000;

/// The most problems that a report shows; the others are only counted.
const SHOWN: usize = 200;

/// A source text and its name in reports.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The path as the user gave it.
    pub name: &'a str,
    /// The whole text.
    pub text: &'a str,
}

impl Problems {
    /// Adds a problem.
    pub fn report(&self, problem: Diagnostic) {
        self.found.borrow_mut().push(problem);
    }

    /// Adds a problem of one span.
    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.report(Diagnostic::new(code, span, text, help));
    }

    /// Adds a problem of two spans, each with the text beside its mark.
    pub fn clash(
        &self,
        code: Code,
        [(span, label), (other, other_label)]: [(Span, &str); 2],
        text: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic {
            label: label.to_owned(),
            context: Some((other, other_label.to_owned())),
            ..Diagnostic::new(code, span, text, help)
        });
    }

    /// True while no problem was reported.
    pub fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// Takes all problems, in the order of their spans, without repeats.
    pub fn sorted(&self) -> Vec<Diagnostic> {
        let mut found = self.found.take();
        found.sort();
        found.dedup();
        found
    }

    /// The known word that is probably meant by a misspelled one.
    pub fn nearest<'a>(
        &self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        // A comparison of long words takes long, and they are rarely misspelled words.
        let left = COMPARISONS - self.comparisons.get();
        let left = if word.len() > 64 { 0 } else { left };
        let count = |_: &&str| self.comparisons.set(self.comparisons.get() + 1);
        let known = known.into_iter().take(left).inspect(count);
        // The number of letters to add, remove, change or swap, without regard to case.
        let distance = |a: &str| strsim::osa_distance(&word.to_lowercase(), &a.to_lowercase());
        let allowed = (word.chars().count() / 3).clamp(1, 3);
        let short = known.filter(|candidate| candidate.len() <= 64);
        let near = short.map(|candidate| (distance(candidate), candidate));
        let near = near.filter(|(distance, _)| *distance <= allowed);
        Some(near.min_by_key(|(distance, _)| *distance)?.1)
    }

    /// The help for an unknown word: the known word that is probably meant, or `otherwise`.
    pub fn suggest<'a>(
        &self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
        otherwise: impl Into<String>,
    ) -> String {
        match self.nearest(word, known) {
            Some(near) => format!("write `{near}`"),
            None => otherwise.into(),
        }
    }
}

/// The most words that a help text lists.
pub const LISTED: usize = 12;

/// Words as a list in a message: `a`, `b`, `c`.
pub fn listed<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let words = words.into_iter().map(|word| format!("`{}`", word.as_ref()));
    words.collect::<Vec<_>>().join(", ")
}

/// The report of problems, in colour for a terminal.
pub fn render(problems: &[Diagnostic], sources: &[Source<'_>], colour: bool) -> String {
    let renderer = [Renderer::plain, Renderer::styled][usize::from(colour)]();
    let sources = sources.iter().map(|source| (source, lines(source.text)));
    let sources: Vec<_> = sources.collect();
    let mut text = String::new();
    for problem in problems.iter().take(SHOWN) {
        text += &renderer.render(&[report(problem, &sources)]);
        text += "\n\n";
    }
    let is_of = |at| problems.iter().any(|one| one.span.source as usize == at);
    let files = sources.iter().enumerate().filter(|(at, _)| is_of(*at));
    let files: Vec<_> = files.map(|(_, (source, _))| source.name).collect();
    let (count, files) = (problems.len(), files.join(", "));
    let noun = if count == 1 { "problem" } else { "problems" };
    let shown = (count > SHOWN).then(|| format!(" ({SHOWN} shown)"));
    let shown = shown.unwrap_or_default();
    text + &format!("{count} {noun} in {files}{shown}; no file was written\n")
}

/// The position of the first byte of every line.
fn lines(text: &str) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    iter::once(0).chain(ends).collect()
}

/// A source, and the positions of its lines.
type Lines<'a> = (&'a Source<'a>, Vec<usize>);

/// A marked span, and the text beside its mark.
type Mark<'a> = (AnnotationKind, Span, &'a str);

fn report<'a>(problem: &'a Diagnostic, sources: &[Lines<'a>]) -> Group<'a> {
    let title = Level::ERROR.primary_title(&problem.message);
    let mut report = Group::with_title(title.id(problem.code.as_str()));
    let first = (AnnotationKind::Primary, problem.span, &*problem.label);
    let mut parts = vec![vec![first]];
    if let Some((span, label)) = &problem.context {
        let (mark, first) = ((AnnotationKind::Context, *span, &**label), problem.span);
        // Spans of one text that are near each other share a snippet.
        if span.source == first.source && span.start.abs_diff(first.start) < 1 << 16 {
            parts[0].push(mark);
        } else {
            parts.push(vec![mark]);
        }
    }
    let snippets = parts.iter().filter_map(|marks| snippet(marks, sources));
    let snippets: Vec<_> = snippets.collect();
    let help = Some(&problem.help).filter(|help| !help.is_empty() && !snippets.is_empty());
    report = report.elements(snippets);
    report = report.elements(help.map(|help| Level::HELP.message(help)));
    if let Some(target) = &problem.target {
        let target = target.replace('\\', "\\\\").replace('"', "\\\"");
        let action = format!("- {{target: \"{target}\", remove: true}}");
        report = report.element(Level::HELP.message(format!("or in an overlay: {action}")));
    }
    report
}

/// The lines from the first mark to the last. Other lines are left out: a text may have a million.
fn snippet<'a>(marks: &[Mark<'a>], sources: &[Lines<'a>]) -> Option<Snippet<'a, Annotation<'a>>> {
    let (source, lines) = sources.get(marks.first()?.1.source as usize)?;
    let start = marks.iter().map(|(_, span, _)| span.start).min()?;
    let end = marks.iter().map(|(_, span, _)| span.end).max()?;
    let lines_to = |at: u32| lines.partition_point(|line| *line <= at as usize);
    let (first, last) = (lines_to(start), lines_to(end));
    let start = lines[first - 1];
    let text = &source.text[start..lines.get(last).copied().unwrap_or(source.text.len())];
    let at = |byte: u32| (byte as usize - start).min(text.len());
    let marks = marks.iter();
    let marks = marks.map(|(kind, span, label)| (kind.span(at(span.start)..at(span.end)), *label));
    let snippet = Snippet::source(text).path(source.name).line_start(first);
    Some(snippet.annotations(marks.map(|(mark, label)| mark.label(label))))
}

/// Declares all codes in one table.
macro_rules! codes {
    ($($number:ident $name:ident: $docs:literal,)+) => {
        /// The rule that a description breaks. spec/README.md has a row for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $docs] $name,)+
        }

        impl Code {
            /// All codes, by number.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code as reports show it: `S001`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($number),)+
                }
            }
        }
    };
}

codes! {
    S001 Encoding: "The file cannot be read, or is not UTF-8.",
    S002 Syntax: "The text is not YAML.",
    S003 Limit: "Nested too deeply, anchors or aliases, several documents, too large.",
    S004 DuplicateKey: "A key appears twice in a mapping.",
    S005 WrongKind: "A value is of the wrong kind: text where a list belongs.",
    S006 UnknownKey: "A key that the dialect does not have in this object.",
    S007 MissingKey: "A required key is missing.",
    S008 BadValue: "A value that is not allowed for its key.",
    S009 Unsupported: "OpenAPI allows it, but the generator does not support it.",
    S010 DanglingReference: "A reference to a component that does not exist.",
    S011 Cycle: "References in a cycle that cannot be a Rust type.",
    S012 DuplicateOperation: "An operationId appears twice.",
    S013 PathParameter: "The parameters in a path differ from the declared ones.",
    S014 NameClash: "Two names become the same Rust name.",
    S015 BadName: "A name that cannot be a Rust name, or would hide one of the prelude.",
    S016 Enumeration: "An enumeration without values, with one twice, or with an unknown default.",
    S017 Combination: "A combination that does not fit the properties that it sets.",
    S018 Extension: "An extension that names an unknown item, or has no meaning in its object.",
    S019 RequiredProperty: "`required` names an unknown property.",
    S020 Undescribed: "Our own description only: a missing description.",
    S021 LongLine: "Our own description only: a line of a description is too long for rustdoc.",
    S022 Unused: "Our own description only: a component without a reference to it.",
    S023 Overlay: "An overlay names a place that the description does not have.",
    S024 Files: "Two files of a description contradict each other.",
    S025 Selection: "A pattern that matches no path.",
    S099 Bug: "A mistake of the generator itself.",
}

impl Code {
    /// True for a problem that is gone when an overlay removes the marked object.
    pub fn is_removable(self) -> bool {
        use Code::*;
        let is_of_key = matches!(self, UnknownKey | BadValue | Unsupported | Extension);
        let is_of_schema = matches!(self, Enumeration | RequiredProperty | Cycle | NameClash);
        is_of_key || is_of_schema || self == DanglingReference
    }
}
