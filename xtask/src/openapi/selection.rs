//! The selection of paths by patterns: `/me/messages/**`, `!/me/messages/*/attachments/**`.

use crate::diagnostics::{Code, LISTED, Problems, Span, listed};
use std::cell::Cell;
use std::collections::BTreeSet;

/// Patterns of paths. An empty list selects all paths.
#[derive(Debug, Default)]
pub struct Selection<'p>(Vec<Pattern<'p>>);

#[derive(Debug)]
struct Pattern<'p> {
    text: &'p str,
    /// True for a pattern with `!`, which excludes paths.
    excludes: bool,
    segments: Vec<&'p str>,
    is_used: Cell<bool>,
}

impl<'p> Selection<'p> {
    pub fn new(patterns: &'p [String]) -> Self {
        let pattern = |text: &'p String| {
            let path = text.strip_prefix('!');
            Pattern {
                text,
                excludes: path.is_some(),
                segments: segments(path.unwrap_or(text)),
                is_used: Cell::new(false),
            }
        };
        Self(patterns.iter().map(pattern).collect())
    }

    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// True when a path is selected.
    pub fn has(&self, path: &str) -> bool {
        let path = segments(path);
        let mut is_included = self.0.iter().all(|pattern| pattern.excludes);
        let mut is_excluded = false;
        for pattern in self.0.iter().filter(|p| matches(&p.segments, &path)) {
            pattern.is_used.set(true);
            is_included |= !pattern.excludes;
            is_excluded |= pattern.excludes;
        }
        is_included && !is_excluded
    }

    /// Reports patterns that match no path, and patterns that together select no path.
    pub fn unused(&self, problems: &Problems, paths: &BTreeSet<&str>, span: Span) {
        for pattern in self.0.iter().filter(|pattern| !pattern.is_used.get()) {
            let message = format!("no path matches `{}`", pattern.text);
            let help = pattern.help(problems, paths);
            problems.error(Code::Selection, span, message, help);
        }
        if problems.is_empty() && !paths.iter().any(|path| self.has(path)) {
            let message = "the patterns select no path";
            let help = "add a pattern without `!`, or remove one that begins with `!`";
            problems.error(Code::Selection, span, message, help);
        }
    }
}

impl Pattern<'_> {
    /// The help: the pattern that is probably meant, or the possible next segments.
    fn help(&self, problems: &Problems, paths: &BTreeSet<&str>) -> String {
        let paths: Vec<_> = paths.iter().map(|path| segments(path)).collect();
        let is_alike = |(wanted, part): &(&&str, &&str)| segment(wanted, part);
        let alike = |path: &[&str]| self.segments.iter().zip(path).take_while(is_alike).count();
        let most = paths.iter().map(|path| alike(path)).max().unwrap_or(0);
        let before = self.segments[..most].join("/");
        let next = paths.iter().filter(|path| alike(path) == most);
        let next: BTreeSet<_> = next.filter_map(|path| path.get(most).copied()).collect();
        match self.segments.get(most) {
            _ if next.is_empty() => "the pattern has too many segments".to_owned(),
            None => format!("write `/{before}/**`"),
            Some(wanted) => {
                if let Some(near) = problems.nearest(wanted, next.iter().copied()) {
                    let mut segments = self.segments.clone();
                    segments[most] = near;
                    return format!("write `/{}`", segments.join("/"));
                }
                let next = listed(next.into_iter().take(LISTED));
                format!("the next segments after `/{before}` are {next}")
            }
        }
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.trim_start_matches('/').split('/').collect()
}

/// Matches segments; `**` is any number of them.
fn matches(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], path) => path.is_empty(),
        (["**", rest @ ..], _) => (0..=path.len()).any(|at| matches(rest, &path[at..])),
        ([first, rest @ ..], [part, after @ ..]) => segment(first, part) && matches(rest, after),
        _ => false,
    }
}

/// Matches a segment; `*` is any text in it.
fn segment(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == text;
    };
    text.strip_prefix(before).is_some_and(|rest| {
        let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        ends.any(|at| segment(after, &rest[at..]))
    })
}
