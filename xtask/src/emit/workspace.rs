//! The files around the modules: the table of operations, and the manifests and roots of crates;
//! our own crates have hand-written ones.

use super::{Content, Context, File};
use crate::ir::layout::Runtime;
use crate::ir::{Api, Operation};
use std::fmt::Write as _;

/// This file.
const EMITTER: &str = "emit/workspace.rs";

/// The note on a description without servers, in the table and in the report of the command.
pub const NO_SERVERS: &str = "The description names no server: the client calls \
    `https://graph.microsoft.com/v1.0` unless its builder is given another cloud or base URL.";

/// The files around the generated code, by path. `{name}` and the like are replaced in each
/// workspace.
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

/// The files around the generated code.
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
        // The last, as it may have any text in it.
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

/// The source of a crate, in a manifest.
fn source(runtime: &Runtime, name: &str) -> String {
    let (key, value) = match runtime {
        Runtime::Path(path) => ("path", format!("{path}/{name}").replace('\\', "/")),
        Runtime::Version(version) => ("version", version.clone()),
    };
    format!("{key} = \"{}\"", value.replace('"', ""))
}

/// `operations.md`, which the client's documentation includes.
pub fn table(context: Context<'_>) -> File {
    let api = context.api;
    let mut text =
        "| operation, method | delegated | application | limit |\n|---|---|---|---|\n".to_owned();
    for operation in &api.operations {
        text.push_str(&row(api, operation));
    }
    text.push_str(
        "\nAny one of the permissions is enough; the least privileged is first. \
         The limit is\nthat of requests per application and tenant.\n",
    );
    if api.servers.is_empty() {
        let _ = writeln!(text, "\n{NO_SERVERS}");
    } else {
        text.push_str("\n| cloud that has them | base URL |\n|---|---|\n");
    }
    for (url, name) in &api.servers {
        let _ = writeln!(text, "| {name} | `{url}` |");
    }
    file(format!("{}/operations.md", context.layout.client), text)
}

fn row(api: &Api, operation: &Operation) -> String {
    let request = format!("{} `{}`", operation.method.as_str(), operation.path);
    let request = match &operation.docs_url {
        Some(url) => format!("[{request}]({url})"),
        None => request,
    };
    let (handle, name) = (&api.handles[operation.handle].name, &operation.name);
    // The client itself is the first handle, and not in the module of the others.
    let module = if operation.handle == 0 {
        ""
    } else {
        "handles::"
    };
    let method = format!("[`{handle}::{name}`]({module}{handle}::{name})");
    let limit = match operation.rate_limit {
        Some((requests, seconds)) => format!("{requests} / {seconds} s"),
        None => "not documented".to_owned(),
    };
    let is_described = !operation.delegated.is_empty() || !operation.application.is_empty();
    let permissions = |names: &[String]| match names {
        [] if is_described => "not possible".to_owned(),
        [] => "not described".to_owned(),
        names => format!("`{}`", names.join("`<br>`")),
    };
    format!(
        "| {request}<br>{method} | {} | {} | {limit} |\n",
        permissions(&operation.delegated),
        permissions(&operation.application)
    )
}
