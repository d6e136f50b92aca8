//! The files around the modules: the table of operations, and the manifests and roots of an `--out`
//! workspace.

use super::{Content, Context, File};
use crate::ir::layout::Runtime;
use crate::ir::{Api, Operation};

const EMITTER: &str = "emit/workspace.rs";

/// The note for a description without servers, in the table and in the report of the command.
pub const NO_SERVERS: &str = "The description names no server: the client calls \
    `https://graph.microsoft.com/v1.0` unless its builder is given another cloud or base URL.";

/// The templates of a workspace, by path, with placeholders such as `{name}`.
const TEMPLATES: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("../../templates/Cargo.toml.txt")),
    ("{name}-models/Cargo.toml", MODELS_MANIFEST),
    ("{name}-models/src/lib.rs", MODELS_ROOT),
    ("{name}/Cargo.toml", CLIENT_MANIFEST),
    ("{name}/src/lib.rs", CLIENT_ROOT),
];

const MODELS_MANIFEST: &str = include_str!("../../templates/models.toml.txt");
const MODELS_ROOT: &str = include_str!("../../templates/models.rs.txt");
const CLIENT_MANIFEST: &str = include_str!("../../templates/client.toml.txt");
const CLIENT_ROOT: &str = include_str!("../../templates/client.rs.txt");
pub fn files(context: Context<'_>, name: &str, runtime: &Runtime) -> [File; 5] {
    let Context { api, layout } = context;
    let types = match api.modules[..] {
        [] => "",
        _ => "pub use generated::*;\n",
    };
    let source = |name| source(runtime, name);
    let values = [
        ("{name}", name.to_owned()),
        ("{models crate}", layout.models_crate.clone()),
        ("{source of msgraph-wire}", source("msgraph-wire")),
        ("{source of msgraph-runtime}", source("msgraph-runtime")),
        ("{types}", types.to_owned()),
        // Titles are replaced last, as they may contain the text of a placeholder.
        ("{title without quotes}", api.title.replace(['\\', '"'], "")),
        ("{title}", api.title.clone()),
    ];
    let filled = |template: &str| {
        let values = values.iter();
        values.fold(template.to_owned(), |text, (key, value)| {
            text.replace(key, value)
        })
    };
    TEMPLATES.map(|(path, text)| file(filled(path), filled(text)))
}

fn file(path: String, text: String) -> File {
    File {
        path,
        emitter: EMITTER,
        content: Content::Text(text),
    }
}

/// The source of a crate in a manifest.
fn source(runtime: &Runtime, name: &str) -> String {
    let (key, value) = match runtime {
        Runtime::Path(path) => ("path", format!("{path}/{name}").replace('\\', "/")),
        Runtime::Version(version) => ("version", version.clone()),
    };
    format!("{key} = \"{}\"", value.replace('"', ""))
}

/// `operations.md`, which the documentation of the client includes.
pub fn table(context: Context<'_>) -> File {
    let Context { api, layout } = context;
    let mut text = "| request | method |\n|---|---|\n".to_owned();
    for operation in &api.operations {
        text += &row(api, operation);
    }
    text += "\nThe documentation of each method lists its permissions and rate limit, if they are known.\n";
    if api.servers.is_empty() {
        text += &format!("\n{NO_SERVERS}\n");
    } else {
        text += "\n| cloud | base URL |\n|---|---|\n";
    }
    for (url, name) in &api.servers {
        text += &format!("| {name} | {} |\n", code(url));
    }
    file(format!("{}/operations.md", layout.client), text)
}

fn row(api: &Api, operation: &Operation) -> String {
    let request = format!("{} {}", operation.method.as_str(), code(&operation.path));
    let request = match &operation.docs_url {
        Some(url) => format!("[{request}]({url})"),
        None => request,
    };
    let (handle, name) = (&api.handles[operation.handle].name, &operation.name);
    // The first handle is the client itself, which is not in the module `handles`.
    let module = ["handles::", ""][usize::from(operation.handle == 0)];
    let words = code(name);
    format!("| {request} | [{words}]({module}{handle}::{name}) |\n")
}

/// A path, a URL or a name as code, which a narrow page can break before a slash or between words.
fn code(text: &str) -> String {
    let mut code = "<code>".to_owned();
    let mut before = '/';
    for c in text.chars() {
        let is_new = match before {
            '/' | ':' => false,
            '_' => true,
            '.' => c.is_ascii_alphabetic(),
            before => c == '/' || c.is_ascii_uppercase() && before.is_ascii_lowercase(),
        };
        code.push_str(if is_new { "<wbr>" } else { "" });
        // The colon would begin a URL that is not a link.
        if ":*_[]&~!'-".contains(c) {
            code.push('\\');
        }
        code.push(c);
        before = c;
    }
    code + "</code>"
}
