//! The one function that everything else serves: texts in, files or problems out.

use crate::diagnostics::{Code, Diagnostic};
use crate::ir::Api;
use crate::layout::Layout;
use crate::spec::fields::{Level, Reader};
use crate::spec::node::Span;
use crate::{emit, lower, print, spec};

/// What to generate from, besides the text.
#[derive(Clone, Debug)]
pub struct Options {
    /// How strictly to read.
    pub level: Level,
    /// The name of the description for the headers of the files.
    pub spec: String,
    /// The text of an overlay.
    pub overlay: Option<String>,
    /// Where the files go.
    pub layout: Layout,
}

impl Options {
    /// Those of our own description.
    pub fn own() -> Self {
        Self {
            level: Level::Own,
            spec: "spec/presence.yaml".to_owned(),
            overlay: None,
            layout: Layout::own(),
        }
    }
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Where it belongs, with slashes, from the root of the output.
    pub path: String,
    /// All of its text.
    pub text: String,
}

/// Generates the files for a description, or says everything that is wrong with it.
///
/// It reads nothing but its arguments and touches nothing. Any text whatever gives one or the
/// other.
pub fn generate(
    text: &str,
    options: &Options,
) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
    let api = api(text, options)?;
    let mut files = Vec::new();
    let emitted = emit::files(&api, &options.layout, |file| {
        let path = file.path.clone();
        let text = print::print(file, &options.spec)?;
        files.push(OutputFile { path, text });
        Ok(())
    });
    emitted.map_err(|message: String| vec![bug(message)])?;
    files.push(emit::table::file(&api, &options.layout, &options.spec));
    if let Some(workspace) = &options.layout.workspace {
        files.extend(emit::workspace::files(&api, workspace, &options.spec));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The public signatures of the crates for a description, a line each: what a reviewer reads first.
pub fn signatures(text: &str, options: &Options) -> Result<String, Vec<Diagnostic>> {
    let api = api(text, options)?;
    Ok(emit::signatures::signatures(&api))
}

/// The IR of a description.
fn api(text: &str, options: &Options) -> Result<Api, Vec<Diagnostic>> {
    let mut reader = Reader::new(options.level);
    let Some(mut root) = spec::yaml::parse(text, 0, &mut reader.problems) else {
        return Err(reader.problems.sorted());
    };
    if let Some(overlay) = &options.overlay {
        match spec::yaml::parse(overlay, 1, &mut reader.problems) {
            Some(overlay) => spec::overlay::apply(&mut reader, &mut root, &overlay),
            None => return Err(reader.problems.sorted()),
        }
    }
    let document = spec::read::document(&mut reader, &root);
    let api = lower::lower(&document, &mut reader);
    match reader.problems.is_empty() {
        true => Ok(api),
        false => Err(reader.problems.sorted()),
    }
}

/// A mistake of the generator, not of the description.
fn bug(message: String) -> Diagnostic {
    Diagnostic::new(Code::Bug, Span::default(), message).help(
        "this is a mistake of the generator; please report it with the description",
    )
}
