//! The one function that everything else serves: texts in, files or problems out.

use crate::diagnostics::{Code, Diagnostic, Problems, Span};
use crate::emit::{Content, File};
use crate::files::{MARK, OutputFile};
use crate::ir::Api;
use crate::ir::layout::Layout;
use crate::openapi::reader::Reader;
use crate::openapi::{self, Strictness};
use crate::{emit, lower, print, yaml};

/// What to generate from, besides the text.
#[derive(Clone, Debug)]
pub struct Options {
    /// How strictly to read.
    pub strictness: Strictness,
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
            strictness: Strictness::Strict,
            spec: "spec/presence.yaml".to_owned(),
            overlay: None,
            layout: Layout::own(),
        }
    }
}

/// Generates the files for a description, or says everything that is wrong with it.
///
/// It reads nothing but its arguments and touches nothing. Any text whatever gives one or the
/// other.
pub fn generate(text: &str, options: &Options) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
    let api = api(text, options)?;
    let mut files = Vec::new();
    let emitted = emit::files(&api, &options.layout, |file| {
        let mut text = header(&file, &options.spec);
        match file.content {
            Content::Tokens(tokens) => text.push_str(&print::file(tokens)?),
            Content::Text(content) => text.push_str(&content),
        }
        let path = file.path;
        files.push(OutputFile { path, text });
        Ok(())
    });
    emitted.map_err(|message: String| vec![bug(message)])?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The first lines of a file, as comments of its language.
fn header(file: &File, spec: &str) -> String {
    let (begin, end) = match file.path.rsplit_once('.') {
        Some((_, "rs")) => ("//", ""),
        Some((_, "md")) => ("<!--", " -->"),
        _ => ("#", ""),
    };
    let emitter = file.emitter;
    format!(
        "{begin} {MARK} from {spec}. Do not edit.{end}\n\
         {begin} Emitter: xtask/src/{emitter}{end}\n\n"
    )
}

/// The public signatures of the crates for a description, a line each: what a reviewer reads first.
pub fn signatures(text: &str, options: &Options) -> Result<String, Vec<Diagnostic>> {
    let api = api(text, options)?;
    Ok(emit::signatures::signatures(&api, print::line))
}

/// The IR of a description.
fn api(text: &str, options: &Options) -> Result<Api, Vec<Diagnostic>> {
    let problems = Problems::default();
    let parsed = yaml::parse(text, 0, &problems);
    // After a syntax error of the document the overlay is not read.
    let overlay = parsed.as_ref().and(options.overlay.as_ref());
    let overlay = overlay.map(|overlay| yaml::parse(overlay, 1, &problems));
    let (Some(mut root), None | Some(Some(_))) = (parsed, &overlay) else {
        return Err(problems.sorted());
    };
    if let Some(Some(overlay)) = &overlay {
        openapi::overlay::apply(options.strictness, &problems, &mut root, overlay);
    }
    let reader = Reader::new(options.strictness, &problems);
    let document = openapi::document(&reader, &root);
    let api = lower::lower(&document, options.strictness, &problems);
    if problems.is_empty() {
        Ok(api)
    } else {
        Err(problems.sorted())
    }
}

/// A mistake of the generator, not of the description.
fn bug(message: String) -> Diagnostic {
    Diagnostic::new(Code::Bug, Span::default(), message)
        .help("this is a mistake of the generator; please report it with the document")
}
