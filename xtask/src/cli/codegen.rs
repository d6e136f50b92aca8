//! `codegen`: reads, generates, and writes or compares.

use super::Session;
use super::arguments::Task;
use crate::diagnostics::{Source, render};
use crate::files::{self, Comparison};
use crate::generate::{Options, OutputFile, generate};
use std::io;

/// Runs a task. The answer is the exit code.
pub fn run(task: &Task, session: &mut Session<'_>) -> io::Result<u8> {
    let generated = match generated(task, session.colour) {
        Ok(generated) => generated,
        Err(report) => {
            session.err.write_all(report.as_bytes())?;
            return Ok(1);
        }
    };
    let comparison = files::compare(&task.root, task.layout.folders(), &generated)?;
    match task.check {
        true => report(task, &comparison, session),
        false => write(task, &comparison, session),
    }
}

/// The files for the description, or the report of what is wrong with it.
fn generated(task: &Task, colour: bool) -> Result<Vec<OutputFile>, String> {
    let text = task.spec.read()?;
    let overlay = task.overlay.as_ref().map(|overlay| overlay.read());
    let options = Options {
        strictness: task.strictness,
        spec: task.header.clone(),
        overlay: overlay.transpose()?,
        layout: task.layout.clone(),
    };
    generate(&text, &options).map_err(|problems| {
        let spec = Source {
            name: &task.spec.name,
            text: &text,
        };
        let overlay = task.overlay.iter().zip(&options.overlay);
        let overlay = overlay.map(|(overlay, text)| Source {
            name: &overlay.name,
            text,
        });
        let sources: Vec<_> = std::iter::once(spec).chain(overlay).collect();
        render(&problems, &sources, colour)
    })
}

/// Writes what differs, and says what was written.
fn write(
    task: &Task,
    comparison: &Comparison,
    session: &mut Session<'_>,
) -> io::Result<u8> {
    files::apply(&task.root, &comparison.changes)?;
    for change in &comparison.changes {
        let what = match change.wanted {
            Some(_) => "wrote",
            None => "removed",
        };
        writeln!(session.out, "{what} {}", change.path)?;
    }
    let same = comparison.same;
    let noun = if same == 1 { "file" } else { "files" };
    writeln!(session.out, "left {same} {noun} as they were")?;
    Ok(0)
}

/// Says how the files differ; the exit code says whether they do.
fn report(
    task: &Task,
    comparison: &Comparison,
    session: &mut Session<'_>,
) -> io::Result<u8> {
    if comparison.changes.is_empty() {
        writeln!(
            session.out,
            "all {} generated files are up to date",
            comparison.same
        )?;
        return Ok(0);
    }
    for change in &comparison.changes {
        session.out.write_all(change.diff().as_bytes())?;
    }
    for change in &comparison.changes {
        writeln!(session.err, "{}", change.summary())?;
    }
    writeln!(
        session.err,
        "the generated files are not up to date; run: {}",
        task.command
    )?;
    Ok(1)
}
