//! Operations: requests, responses, permissions and documentation.

use super::content::{body, response_body};
use super::docs;
use super::names::Scope;
use super::objects::Models;
use super::parameters::parameters;
use super::tree::Call;
use super::{Context, base_url};
use crate::diagnostics::{Code, Spanned, listed};
use crate::ir::{self, Docs, grouped};
use crate::openapi::{Operation, Server};
use crate::values::Method;

pub fn operation<'d>(cx: &Context<'d>, call: Call<'d>, models: &mut Models) -> ir::Operation {
    let (path, written, mut lowered) = call;
    response_body(cx, written, &mut lowered, models);
    body(cx, written, &mut lowered, models);
    let mut names = Scope::default();
    for field in lowered.arguments.iter().chain(&lowered.options) {
        let text = match &*field.wire {
            "" => "the request body".to_owned(),
            wire => format!("{wire} of the request body"),
        };
        let text = Spanned::new(&*text, written.method.span);
        names.claim(cx.problems, &field.name, text, "property");
    }
    let segments = lowered.segments.iter_mut();
    for field in segments.flat_map(|segment| &mut segment.parameters) {
        let text = format!("{{{}}}", field.name);
        let text = Spanned::new(&*text, path.path.span);
        field.name = names.take(cx, field.name.clone(), text, "parameter", false);
    }
    let (required, optional) = parameters(cx, written, &mut names);
    lowered.arguments.extend(required);
    lowered.options.splice(0..0, optional);
    let (delegated, application) = permissions(cx, written);
    let method = written.method.value;
    let mut operation = ir::Operation {
        id: written.id.map_or("", |id| id.value).to_owned(),
        method,
        path: path.path.value.to_owned(),
        example: example(cx, written),
        docs_url: written.docs_url.map(|url| docs::address(url.value)),
        // All other methods are safe to retry.
        repeatable: written.repeatable || !matches!(method, Method::Post | Method::Patch),
        deprecated: written.deprecated,
        delegated,
        application,
        servers: servers(cx, written),
        rate_limit: written.rate_limit,
        hints: hints(cx, written),
        ..*lowered
    };
    operation.docs = operation_docs(cx, written, &operation);
    operation
}

/// The path of the example, relative to the generated files. Only our own crates can have an
/// example.
fn example(cx: &Context<'_>, written: &Operation<'_>) -> Option<String> {
    let file = written.example?;
    if !cx.is_strict() {
        let message = "an example is not supported in a generated workspace";
        let help = "remove `x-rust-example`";
        cx.error(Code::Extension, file.span, message, help);
    } else if is_markdown_below(file.value) {
        return Some(format!("../{}", file.value));
    } else {
        let message = "this is not the path of a Markdown file, relative to the client's `src`";
        let help = "write `folder/name.md`, in small letters";
        cx.error(Code::BadValue, file.span, message, help);
    }
    None
}

/// True for the relative path of a Markdown file, without `..`.
fn is_markdown_below(path: &str) -> bool {
    let is_name = |name: &str| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        !name.is_empty() && name.chars().all(letters)
    };
    path.strip_suffix(".md")
        .is_some_and(|stem| stem.split('/').all(is_name))
}

/// The positions of the hints.
fn hints(cx: &Context<'_>, written: &Operation<'_>) -> Vec<usize> {
    let known = &cx.document.components.hints;
    let mut found = Vec::new();
    for name in &written.hints {
        if let Some(at) = known.get_index_of(name.value) {
            found.push(at);
            continue;
        }
        let message = format!("there is no hint `{}`", name.value);
        let (known, otherwise) = (known.keys(), "describe it under `components.x-rust-hints`");
        cx.unknown(Code::Extension, *name, message, known.copied(), otherwise);
    }
    found
}

/// The servers, each of which must be a server of the document.
fn servers(cx: &Context<'_>, written: &Operation<'_>) -> Vec<String> {
    let known: Vec<_> = cx.document.servers.iter().map(base_url).collect();
    for server in &written.servers {
        if !known.contains(&base_url(server)) {
            let message = "this server is not listed in the document's `servers`";
            let help = "add it to `servers` at the top of the document, or remove it here";
            cx.error(Code::Unsupported, server.url.span, message, help);
        }
    }
    let servers = written.servers.iter();
    servers.map(|server| base_url(server).to_owned()).collect()
}

/// The delegated and the application permissions, in the order of the description.
fn permissions(cx: &Context<'_>, written: &Operation<'_>) -> (Vec<String>, Vec<String>) {
    let schemes = &cx.document.components.security_schemes;
    let (mut delegated, mut application) = (Vec::new(), Vec::new());
    for requirement in written.security.iter().flatten() {
        let (name, scopes) = (requirement.scheme, &requirement.scopes);
        let Some(scheme) = schemes.get(name.value) else {
            let message = format!("there is no security scheme `{}`", name.value);
            let otherwise = "describe it under `components.securitySchemes`";
            let known = schemes.keys().copied();
            cx.unknown(Code::DanglingReference, name, message, known, otherwise);
            continue;
        };
        let Some(scheme) = &scheme.value else {
            continue;
        };
        let list = if scheme.application {
            &mut application
        } else {
            &mut delegated
        };
        let all: Vec<_> = scopes.iter().map(|scope| scope.value).collect();
        if !all.is_empty() {
            list.push(all.join(" "));
        }
        let known = || scheme.scopes.iter().map(|known| known.value);
        for scope in scopes {
            if !known().any(|known| known == scope.value) {
                let message = format!("the security scheme has no scope `{}`", scope.value);
                let otherwise = "add it to the `scopes` of its security scheme";
                cx.unknown(Code::DanglingReference, *scope, message, known(), otherwise);
            }
        }
    }
    (delegated, application)
}

fn operation_docs(cx: &Context<'_>, written: &Operation<'_>, operation: &ir::Operation) -> Docs {
    let otherwise = format!("Calls `{}`.", operation.id.replace('`', "'"));
    let first = written.summary.or(written.description);
    let mut all = docs::lines(cx.strictness, first, &otherwise);
    if written.summary.is_some() && written.description.is_some() {
        let more = docs::lines(cx.strictness, written.description, "");
        docs::paragraph(&mut all, more);
    }
    let taken = ir::Segment::all_parameters(&operation.segments);
    docs::arguments(&mut all, taken.chain(&operation.arguments));
    let call = format!("`{} {}`", operation.method.as_str(), operation.path);
    docs::paragraph(&mut all, [docs::one_line(&call)]);
    docs::paragraph(&mut all, permission_table(operation));
    docs::paragraph(&mut all, docs::wrapped(&sentences(cx, operation)));
    let page = operation.docs_url.as_ref();
    docs::paragraph(&mut all, page.map(|url| format!("{}.", docs::link(url))));
    if operation.example.is_some() {
        // The example is included as the next paragraph.
        docs::paragraph(&mut all, ["# Example".to_owned(), String::new()]);
    }
    all
}

/// The sentences about the rate limit, the safety of a retry, and the clouds.
fn sentences(cx: &Context<'_>, operation: &ir::Operation) -> String {
    let mut text = String::new();
    if let Some((requests, seconds)) = operation.rate_limit {
        let requests = grouped(requests, ',');
        text =
            format!("Limit: {requests} requests in {seconds} seconds per application and tenant. ");
    }
    text.push_str(if operation.repeatable {
        "Safe to retry: it is sent again when the connection breaks before the response."
    } else {
        "Not safe to retry: it is not sent again when the connection breaks before the response."
    });
    let has = |server: &&Server<'_>| {
        let mut own = operation.servers.iter();
        operation.servers.is_empty() || own.any(|url| url == base_url(server))
    };
    let servers = cx.document.servers.iter().filter(has);
    let clouds = servers.filter_map(|server| Some(docs::plain_line(server.description?.value)));
    let clouds: Vec<_> = clouds.collect();
    if clouds.len() > 1 || !operation.servers.is_empty() {
        text.push_str(&format!(" Clouds: {}.", clouds.join("; ")));
    }
    text
}

fn permission_table(operation: &ir::Operation) -> Vec<String> {
    if operation.delegated.is_empty() && operation.application.is_empty() {
        return Vec::new();
    }
    let row = |token: &str, permissions: &[String]| match permissions {
        [] => format!("| {token} | not possible |"),
        some => format!("| {token} | {} |", listed(some)),
    };
    vec![
        "| token | permission, any one of |".to_owned(),
        "|---|---|".to_owned(),
        row("delegated", &operation.delegated),
        row("application", &operation.application),
    ]
}
