//! What is wrong with a description: code, place, message and cure, rendered as rustc does.

use crate::spec::node::Span;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt::Write as _;

pub use crate::codes::Code;

/// One problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Which rule it breaks.
    pub code: Code,
    /// Where.
    pub span: Span,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What stands beside the mark.
    pub label: String,
    /// The other place, when two conflict, and what stands beside its mark.
    pub context: Option<(Span, String)>,
    /// What to write instead.
    pub help: String,
}

impl Diagnostic {
    /// A problem at a place. Give it a cure with [`Diagnostic::help`].
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            span,
            message: message.into(),
            label: String::new(),
            context: None,
            help: String::new(),
        }
    }

    /// What stands beside the mark.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// A second place that belongs to the problem.
    pub fn context(mut self, span: Span, label: impl Into<String>) -> Self {
        self.context = Some((span, label.into()));
        self
    }

    /// What to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// All problems found so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problems(Vec<Diagnostic>);

/// How many problems a report shows in full. The rest is counted.
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
    /// Adds one.
    pub fn push(&mut self, problem: Diagnostic) {
        self.0.push(problem);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems, by position, each once.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.span, d.code as u16);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        self.0.dedup();
        self.0
    }
}

/// The problems as text, in colour when a person looks at a terminal.
pub fn render(problems: &[Diagnostic], sources: &[Source<'_>], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for problem in problems.iter().take(SHOWN) {
        text.push_str(&render_one(problem, sources, &renderer));
        text.push_str("\n\n");
    }
    let count = problems.len();
    let files = sources
        .first()
        .map_or("the description", |source| source.name);
    let noun = if count == 1 { "problem" } else { "problems" };
    let shown = if count > SHOWN {
        format!(" ({SHOWN} shown)")
    } else {
        String::new()
    };
    let _ = writeln!(
        text,
        "{count} {noun} in {files}{shown}; no file was written"
    );
    text
}

fn render_one(
    problem: &Diagnostic,
    sources: &[Source<'_>],
    renderer: &Renderer,
) -> String {
    let title = Level::ERROR
        .primary_title(problem.message.as_str())
        .id(problem.code.as_str());
    let Some(source) = sources.get(problem.span.source as usize) else {
        return renderer.render(&[annotate_snippets::Group::with_title(title)]);
    };
    let mark = AnnotationKind::Primary
        .span(range(problem.span, source.text))
        .label(problem.label.as_str());
    let mut snippet = Snippet::source(source.text)
        .path(source.name)
        .annotation(mark);
    let mut group = None;
    if let Some((span, label)) = &problem.context {
        if span.source == problem.span.source {
            let place = range(*span, source.text);
            snippet = snippet
                .annotation(AnnotationKind::Context.span(place).label(label.as_str()));
        } else if let Some(other) = sources.get(span.source as usize) {
            let place = range(*span, other.text);
            let mark = AnnotationKind::Context.span(place).label(label.as_str());
            group = Some(
                Snippet::source(other.text)
                    .path(other.name)
                    .annotation(mark),
            );
        }
    }
    let mut report = title.element(snippet);
    if let Some(other) = group {
        report = report.element(other);
    }
    if !problem.help.is_empty() {
        report = report.element(Level::HELP.message(problem.help.as_str()));
    }
    renderer.render(&[report])
}

fn range(span: Span, text: &str) -> std::ops::Range<usize> {
    let start = (span.start as usize).min(text.len());
    start..(span.end as usize).clamp(start, text.len())
}
