//! The files around the modules: the table of operations, and the manifests and roots of crates;
//! our own crates have hand-written ones.

use super::types::ident;
use super::{Content, Context, File, file_docs, rust};
use crate::ir::layout::{Runtime, Workspace};
use crate::ir::{Api, Operation};
use proc_macro2::TokenStream;
use quote::quote;
use std::fmt::Write as _;

/// This file.
const EMITTER: &str = "emit/workspace.rs";

/// What the table, and the command, say of a description without servers.
pub const NO_SERVERS: &str = "The description names no server: the client calls \
    `https://graph.microsoft.com/v1.0` unless its builder is given another cloud or base URL.";

/// The files around the generated code.
pub fn files(api: &Api, workspace: &Workspace) -> [File; 5] {
    let name = &workspace.name;
    let manifest = |path: &str, text| File {
        path: path.to_owned(),
        emitter: EMITTER,
        content: Content::Text(text),
    };
    let library = |path: String, items| rust(path, EMITTER, [items]);
    [
        manifest("Cargo.toml", root(name)),
        manifest(
            &format!("{name}-models/Cargo.toml"),
            models_manifest(workspace),
        ),
        library(format!("{name}-models/src/lib.rs"), models(api)),
        manifest(&format!("{name}/Cargo.toml"), client_manifest(workspace)),
        library(format!("{name}/src/lib.rs"), client(api, name)),
    ]
}

fn root(name: &str) -> String {
    format!(
        r#"[workspace]
resolver = "3"
members = ["{name}", "{name}-models"]

[profile.dev.package."*"]
debug = false
"#
    )
}

fn models_manifest(workspace: &Workspace) -> String {
    let name = format!("{}-models", workspace.name);
    let package = package(&name, "The types of an API.");
    let wire = dependency(workspace, "msgraph-wire", "");
    format!("{package}\n[dependencies]\n{wire}serde = \"1\"\n")
}

fn client_manifest(workspace: &Workspace) -> String {
    let name = &workspace.name;
    let package = package(name, "A client of an API.");
    let runtime = dependency(workspace, "msgraph-runtime", ", default-features = false");
    format!(
        r#"{package}
[features]
default = ["rustls"]
azure = ["msgraph-runtime/azure"]
blocking = ["msgraph-runtime/blocking"]
http2 = ["msgraph-runtime/http2"]
native-tls = ["msgraph-runtime/native-tls"]
rustls = ["msgraph-runtime/rustls"]
tracing = ["msgraph-runtime/tracing"]

[dependencies]
{runtime}{name}-models = {{ path = "../{name}-models" }}
"#
    )
}

fn package(name: &str, description: &str) -> String {
    format!(
        r#"[package]
name = "{name}"
description = "{description}"
version = "0.1.0"
edition = "2024"
rust-version = "1.89"
publish = false
"#
    )
}

fn dependency(workspace: &Workspace, name: &str, more: &str) -> String {
    let (key, value) = match &workspace.runtime {
        Runtime::Path(path) => ("path", format!("{path}/{name}").replace('\\', "/")),
        Runtime::Version(version) => ("version", version.clone()),
    };
    let value = value.replace('"', "");
    format!("{name} = {{ {key} = \"{value}\"{more} }}\n")
}

/// `lib.rs` of the models.
fn models(api: &Api) -> TokenStream {
    let about = file_docs(&format!("The types of {}.", api.title));
    let types = (!api.modules.is_empty()).then(|| quote! { pub use generated::*; });
    quote! {
        #about

        #[rustfmt::skip]
        mod generated;

        #types
        pub use msgraph_wire::{
            AdditionalData, DateTimeOffset, Decimal, Guid, InvalidValue, IsoDuration, Json,
        };
    }
}

/// `lib.rs` of the client.
fn client(api: &Api, name: &str) -> TokenStream {
    let about = file_docs(&format!("A client of {}.", api.title));
    let models = ident(&format!("{}_models", name.replace('-', "_")));
    quote! {
        #about
        #![doc = include_str!("generated/operations.md")]

        #[rustfmt::skip]
        mod generated;

        pub use generated::*;
        pub use msgraph_runtime as runtime;
        pub use msgraph_runtime::{
            AccessToken, Cloud, Error, ErrorKind, HeaderMap, Request, Response, RetryPolicy,
            StatusCode, TokenCache, TokenProvider, TokenRequest,
        };

        /// The types of the API.
        pub use #models as models;

        use msgraph_runtime::IntoTokenProvider;

        /// Builds a [`Client`]: cloud, base URL, tokens, limits of time, retries.
        pub type ClientBuilder = msgraph_runtime::ClientBuilder<Client>;

        impl Client {
            /// A client of the global cloud, with every default.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Configuration`] when the machine has no roots of trust.
            pub fn new(token: impl IntoTokenProvider) -> Result<Self, Error> {
                Self::builder().token(token).build()
            }

            /// Returns a builder to configure the client.
            pub fn builder() -> ClientBuilder {
                ClientBuilder::new()
            }
        }
    }
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
    File {
        path: format!("{}/operations.md", context.layout.client),
        emitter: EMITTER,
        content: Content::Text(text),
    }
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
