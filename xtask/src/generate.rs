//! [`generate`]: from the texts of a description to the generated files, or to its problems.

use crate::diagnostics::{Code, Diagnostic, Problems, Source, Span};
pub use crate::emit::NO_SERVERS;
use crate::emit::{Content, File};
use crate::files::{MARK, OutputFile};
use crate::ir::Api;
use crate::ir::layout::Layout;
use crate::openapi::reader::Reader;
use crate::openapi::{self, Files, Selection, Strictness};
use crate::yaml::{Node, Unescaped};
use crate::{emit, lower, print, yaml};

/// The options of the generator.
#[derive(Clone, Debug)]
pub struct Options {
    /// The checks beyond OpenAPI.
    pub strictness: Strictness,
    /// The name of the description in the headers of generated files.
    pub spec: String,
    /// The text of an overlay.
    pub overlay: Option<String>,
    /// Patterns of the paths to generate, such as `/me/messages/**`; empty for all paths.
    pub paths: Vec<String>,
    /// The folders of the generated files.
    pub layout: Layout,
}

impl Options {
    /// The options for our own description.
    pub fn own() -> Self {
        Self {
            strictness: Strictness::Strict,
            // All generated files have this header, so that a new file in `spec` changes none of them.
            spec: "spec/*.yaml".to_owned(),
            overlay: None,
            paths: Vec::new(),
            layout: Layout::own(),
        }
    }
}

/// Generates the files for a description, which may be in several files that refer to each other by
/// name.
///
/// The function is pure: it reads only its arguments and writes nothing.
///
/// # Errors
///
/// All problems of the description.
pub fn generate(
    files: &[Source<'_>],
    options: &Options,
) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
    let api = api(files, options)?;
    let mut generated = Vec::new();
    let emitted = emit::files(&api, &options.layout, |file| {
        let mut text = header(&file, &options.spec);
        match file.content {
            Content::Tokens(tokens) => text.push_str(&print::file(tokens)?),
            Content::Text(content) => text.push_str(&content),
        }
        let path = file.path;
        generated.push(OutputFile { path, text });
        Ok(())
    });
    emitted.map_err(|message: String| vec![bug(message)])?;
    generated.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(generated)
}

/// The header of a file, as a comment in its language.
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

/// Reads and lowers a description.
pub fn api(files: &[Source<'_>], options: &Options) -> Result<Api, Vec<Diagnostic>> {
    let (problems, unescaped) = (Problems::default(), Unescaped::new());
    // The trees are dropped before lowering: they take as much memory as the document.
    let document = trees(files, options, &unescaped, &problems).and_then(|roots| {
        let mut reader = Reader::new(options.strictness, &problems, Files::new(files, &roots));
        let selection = Selection::new(&options.paths);
        reader.selects = !selection.is_all();
        openapi::document(&reader, &roots, &selection)
    });
    let api = document.map(|document| lower::lower(&document, options.strictness, &problems));
    api.filter(|_| problems.is_empty()).ok_or_else(|| {
        let mut problems = problems.sorted();
        if options.strictness == Strictness::Lenient {
            name_targets(&mut problems, files, options);
        }
        problems
    })
}

/// Parses the files and applies the overlay. After a syntax error nothing else is read.
fn trees<'s>(
    files: &[Source<'s>],
    options: &'s Options,
    unescaped: &'s Unescaped,
    problems: &Problems,
) -> Option<Vec<Node<'s>>> {
    let texts = files.iter().map(|file| file.text);
    let texts = (0..).zip(texts.chain(options.overlay.as_deref()));
    let parsed = texts.map(|(at, text)| yaml::parse(text, at, unescaped, problems));
    let parsed: Vec<_> = parsed.collect();
    let mut roots = parsed.into_iter().collect::<Option<Vec<_>>>()?;
    for overlay in roots.split_off(files.len()) {
        openapi::overlay::apply(options.strictness, problems, &mut roots, &overlay);
    }
    Some(roots)
}

/// Adds the target of an overlay to each problem that an overlay can remove.
fn name_targets(problems: &mut [Diagnostic], files: &[Source<'_>], options: &Options) {
    let (unescaped, mut roots) = (Unescaped::new(), None);
    let read = || trees(files, options, &unescaped, &Problems::default()).unwrap_or_default();
    let removable = problems.iter_mut().filter(|one| one.code.is_removable());
    for problem in removable {
        let roots = roots.get_or_insert_with(read);
        if let Some(root) = roots.get(problem.span.source as usize) {
            problem.target = openapi::overlay::target(root, problem.span);
        }
    }
}

fn bug(message: String) -> Diagnostic {
    let help = "this is a mistake of the generator; please report it with the document";
    Diagnostic::new(Code::Bug, Span::default(), message, help)
}
