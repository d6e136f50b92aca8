//! The problems of a description: code, place, message and help, rendered as rustc does.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::cell::{Cell, RefCell};
use std::iter;

/// A range of bytes in one of the texts that make up a description.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text, by position: the files of the description, then the overlay.
    pub source: u32,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// A value and its span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a span.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl Span {
    /// True for places of one text that are shown together.
    fn is_near(&self, other: &Self) -> bool {
        self.source == other.source && self.start.abs_diff(other.start) < 1 << 16
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// The rule that is broken.
    pub code: Code,
    /// The place.
    pub span: Span,
    /// The problem in one sentence, without a full stop.
    pub message: String,
    /// The text beside the mark.
    pub label: String,
    /// The other place, when two conflict, and the text beside its mark.
    pub context: Option<(Span, String)>,
    /// The help: how to write it instead.
    pub help: String,
    /// The target of an overlay that removes it.
    pub target: Option<String>,
}

impl Code {
    /// True for what a description without the place would not have.
    pub fn is_removable(self) -> bool {
        use Code::{BadValue, Cycle, DanglingReference, Enumeration, Extension, NameClash};
        use Code::{RequiredProperty, UnknownKey, Unsupported};
        matches!(
            self,
            Unsupported | DanglingReference | Cycle | NameClash | UnknownKey
        ) || matches!(self, BadValue | Enumeration | Extension | RequiredProperty)
    }
}

impl Diagnostic {
    /// A problem at a place. [`Diagnostic::help`] adds how to mend it.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            span,
            message: message.into(),
            label: String::new(),
            context: None,
            help: String::new(),
            target: None,
        }
    }

    /// Sets the text beside the mark.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds the second place of a conflict.
    pub fn context(mut self, span: Span, label: impl Into<String>) -> Self {
        self.context = Some((span, label.into()));
        self
    }

    /// Sets how to write it instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// Collects the problems of all stages.
#[derive(Debug, Default)]
pub struct Problems {
    found: RefCell<Vec<Diagnostic>>,
    /// The number of words that were compared for suggestions.
    comparisons: Cell<usize>,
}

/// The most words that are compared: a long list of mistakes in a long description must not
/// take long.
const COMPARISONS: usize = 100_000;

/// The number of problems that a report shows in full. The rest is counted.
const SHOWN: usize = 200;

/// A text that a description was read from, and the name to show for it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The path as the user gave it.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
}

impl Problems {
    /// Adds a problem.
    pub fn report(&self, problem: Diagnostic) {
        self.found.borrow_mut().push(problem);
    }

    /// Adds a problem of one place, and how to write it instead.
    pub fn error(&self, code: Code, span: Span, text: impl Into<String>, help: impl Into<String>) {
        self.report(Diagnostic::new(code, span, text).help(help));
    }

    /// True while no problem was found.
    pub fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// The problems so far, by position, each once.
    pub fn sorted(&self) -> Vec<Diagnostic> {
        let mut found = self.found.take();
        found.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.span, d.code as u16);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        found.dedup();
        found
    }

    /// The known word that was probably meant.
    pub fn nearest<'a>(
        &self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let left = COMPARISONS - self.comparisons.get();
        let count = || self.comparisons.set(self.comparisons.get() + 1);
        nearest(word, known.into_iter().take(left).inspect(|_| count()))
    }

    /// The help for an unknown word: the known word that was probably meant, or else `otherwise`.
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

/// The known word that is nearest, when one is near enough to be meant.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A very long word is not a misspelling, and comparing it would take long.
    if word.len() > 64 {
        return None;
    }
    // The letters to add, remove, change or swap with their neighbour; case does not count.
    let distance = |a: &str| strsim::osa_distance(&word.to_lowercase(), &a.to_lowercase());
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let short = known.into_iter().filter(|candidate| candidate.len() <= 64);
    let near = short.map(|candidate| (distance(candidate), candidate));
    let near = near.filter(|(distance, _)| *distance <= allowed);
    Some(near.min_by_key(|(distance, _)| *distance)?.1)
}

/// The most words that a help lists.
pub const LISTED: usize = 12;

/// Words as a list for a message: `a`, `b`, `c`.
pub fn listed<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let words = words.into_iter().map(|word| format!("`{}`", word.as_ref()));
    words.collect::<Vec<_>>().join(", ")
}

/// The problems as text, in colour when a person looks at a terminal.
pub fn render(problems: &[Diagnostic], sources: &[Source<'_>], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    let sources: Vec<_> = sources
        .iter()
        .map(|source| (source, lines(source)))
        .collect();
    for problem in problems.iter().take(SHOWN) {
        text.push_str(&render_one(problem, &sources, &renderer));
        text.push_str("\n\n");
    }
    let count = problems.len();
    let is_about = |at: &usize| {
        problems
            .iter()
            .any(|problem| problem.span.source as usize == *at)
    };
    let files = (0..sources.len())
        .filter(is_about)
        .map(|at| sources[at].0.name);
    let files = files.collect::<Vec<_>>().join(", ");
    let noun = if count == 1 { "problem" } else { "problems" };
    let shown = if count > SHOWN {
        format!(" ({SHOWN} shown)")
    } else {
        String::new()
    };
    text + &format!("{count} {noun} in {files}{shown}; no file was written\n")
}

/// The first byte of every line of a text.
fn lines(source: &Source<'_>) -> Vec<usize> {
    let ends = source.text.match_indices('\n').map(|(at, _)| at + 1);
    iter::once(0).chain(ends).collect()
}

fn render_one(
    problem: &Diagnostic,
    sources: &[(&Source<'_>, Vec<usize>)],
    renderer: &Renderer,
) -> String {
    let title = Level::ERROR
        .primary_title(problem.message.as_str())
        .id(problem.code.as_str());
    let mut marks = vec![(AnnotationKind::Primary, problem.span, &problem.label)];
    let other = problem.context.as_ref();
    marks.extend(other.map(|(span, label)| (AnnotationKind::Context, *span, label)));
    let mut report = Group::with_title(title);
    let mut shown = Vec::new();
    for (_, at, _) in &marks {
        let source = sources.get(at.source as usize);
        let Some((source, lines)) = source.filter(|_| !shown.contains(at)) else {
            continue;
        };
        let here = marks.iter().filter(|(_, span, _)| span.is_near(at));
        shown.extend(here.clone().map(|(_, span, _)| *span));
        let here = here.map(|(kind, span, label)| (kind, range(*span, source.text), label));
        let here: Vec<_> = here.collect();
        // Only the lines from the first mark to the last: a text may have a million of them.
        let start = here.iter().map(|(_, range, _)| range.start).min();
        let end = here.iter().map(|(_, range, _)| range.end).max();
        let first = lines.partition_point(|line| Some(*line) <= start).max(1);
        let last = lines.partition_point(|line| Some(*line) <= end);
        let start = lines[first - 1];
        let end = lines.get(last).copied().unwrap_or(source.text.len());
        let snippet = Snippet::source(&source.text[start..end])
            .path(source.name)
            .line_start(first);
        report = report.element(snippet.annotations(here.into_iter().map(
            |(kind, range, label)| {
                kind.span(range.start - start..range.end - start)
                    .label(label.as_str())
            },
        )));
    }
    if !problem.help.is_empty() && !shown.is_empty() {
        report = report.element(Level::HELP.message(problem.help.as_str()));
    }
    if let Some(target) = &problem.target {
        let target = target.replace('\\', "\\\\").replace('"', "\\\"");
        let action = format!("- {{target: \"{target}\", remove: true}}");
        report = report.element(Level::HELP.message(format!("or in an overlay: {action}")));
    }
    renderer.render(&[report])
}

fn range(span: Span, text: &str) -> std::ops::Range<usize> {
    let start = (span.start as usize).min(text.len());
    start..(span.end as usize).clamp(start, text.len())
}

/// Numbers the rules, so that a rule is added in one place.
macro_rules! codes {
    ($($(#[doc = $text:literal])+ $name:ident = $number:literal,)+) => {
        /// Which rule a description breaks. spec/README.md has a row for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $text])+ $name,)+
        }

        impl Code {
            /// All rules, by number.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The number, as it is shown.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $number,)+
                }
            }
        }
    };
}

codes! {
    /// The file cannot be read, or is not UTF-8.
    Encoding = "S001",
    /// The text is not YAML.
    Syntax = "S002",
    /// Nested too deeply, anchors or aliases, several documents, too large.
    Limit = "S003",
    /// A key appears twice in a mapping.
    DuplicateKey = "S004",
    /// A value is of the wrong kind: text where a list belongs.
    WrongKind = "S005",
    /// A key that the dialect does not have here.
    UnknownKey = "S006",
    /// A key that must be there is missing.
    MissingKey = "S007",
    /// A value that is not one of the possible ones.
    BadValue = "S008",
    /// OpenAPI allows it, the generator does not know what to make of it.
    Unsupported = "S009",
    /// A reference to nothing.
    DanglingReference = "S010",
    /// References in a cycle that cannot be a Rust type.
    Cycle = "S011",
    /// An operationId appears twice.
    DuplicateOperation = "S012",
    /// The parameters of a path and those declared differ.
    PathParameter = "S013",
    /// Two things become the same Rust name.
    NameClash = "S014",
    /// A name that cannot be a Rust name, or would hide one that everybody uses.
    BadName = "S015",
    /// An enumeration without values, with one twice, or with a default that is not one of them.
    Enumeration = "S016",
    /// A combination that does not fit the properties that it sets.
    Combination = "S017",
    /// An extension that names something that is not there, or has no meaning at its position.
    Extension = "S018",
    /// `required` names a property that is not there.
    RequiredProperty = "S019",
    /// Our own description only: something has no description.
    Undescribed = "S020",
    /// Our own description only: a line of a description is too long for rustdoc.
    LongLine = "S021",
    /// Our own description only: a component that nothing uses.
    Unused = "S022",
    /// An overlay names a place that the description does not have.
    Overlay = "S023",
    /// Two files of a description contradict each other.
    Files = "S024",
    /// A pattern of paths matches none.
    Selection = "S025",
    /// A mistake of the generator itself.
    Bug = "S099",
}
