//! The public signatures of generated files as a list: what a reviewer reads first.

use quote::{ToTokens, quote};
use syn::{Expr, Fields, File, FnArg, ImplItem, Item, Signature, Visibility};
use xtask::OutputFile;
use xtask::print::line;

/// A line for everything that a program can name in the models and the client.
pub fn signatures(files: &[OutputFile]) -> String {
    let mut list = String::new();
    for folder in ["msgraph-presence-models/", "msgraph-presence/"] {
        list.push_str(&format!("# {}\n", folder.trim_end_matches('/')));
        let is_listed = |file: &&OutputFile| {
            file.path.ends_with(".rs") && file.path.starts_with(&format!("crates/{folder}"))
        };
        for file in files.iter().filter(is_listed) {
            let parsed = syn::parse_file(&file.text).unwrap();
            let lines = parsed.items.iter().map(|item| of_item(item, &parsed));
            list.extend(lines);
        }
        list.push('\n');
    }
    list
}

fn of_item(item: &Item, file: &File) -> String {
    match item {
        Item::Struct(item) => {
            let mut text = format!("\nstruct {}", item.ident);
            for field in &item.fields {
                let (name, ty) = (&field.ident, text_of(&field.ty));
                match (&field.vis, name) {
                    (_, Some(name)) if name == "additional_data" => {}
                    (Visibility::Public(_), Some(name)) => {
                        text.push_str(&format!("\n  {name}: {ty}"));
                    }
                    _ => text.push_str(&format!("({ty})")),
                }
            }
            text + "\n"
        }
        Item::Enum(item) => {
            let mut text = format!("\nenum {}\n", item.ident);
            for variant in &item.variants {
                let is_default = variant.attrs.iter().any(|a| a.path().is_ident("default"));
                let default = if is_default { " (default)" } else { "" };
                let name = variant.ident.to_string();
                let value = match &variant.fields {
                    Fields::Unit => wire(file, &name).map(|text| format!(" = {text}")),
                    fields => Some(text_of(fields)),
                };
                let value = value.unwrap_or_default();
                text.push_str(&format!("  {name}{value}{default}\n"));
            }
            text
        }
        Item::Impl(item) if item.trait_.is_none() => item.items.iter().map(of_impl).collect(),
        Item::Static(item) => {
            let Expr::Struct(operation) = &*item.expr else {
                return String::new();
            };
            let value = |name: &str| {
                let mut fields = operation.fields.iter();
                let field = fields.find(|field| text_of(&field.member) == name).unwrap();
                text_of(&field.expr)
            };
            let (method, path) = (value("method"), value("path"));
            format!("\nstatic {}: {method} {path}\n", item.ident)
        }
        Item::Macro(item) if item.mac.path.is_ident("request") => {
            let parsed: File = syn::parse2(item.mac.tokens.clone()).unwrap();
            parsed
                .items
                .iter()
                .map(|item| of_item(item, &parsed))
                .collect()
        }
        Item::Fn(item) if matches!(item.vis, Visibility::Public(_)) => function(&item.sig),
        _ => String::new(),
    }
}

fn of_impl(item: &ImplItem) -> String {
    match item {
        ImplItem::Const(item) if item.ident != "ALL" => {
            let (ty, value) = (text_of(&item.ty), text_of(&item.expr));
            format!("  const {}: {ty} = {value}\n", item.ident)
        }
        ImplItem::Fn(item) if item.sig.ident == "as_str" => String::new(),
        ImplItem::Fn(item) if matches!(item.vis, Visibility::Public(_)) => function(&item.sig),
        _ => String::new(),
    }
}

fn function(signature: &Signature) -> String {
    let Signature {
        ident,
        inputs,
        output,
        ..
    } = signature;
    // The one argument of an option has no name that says more than the option's.
    let inputs = inputs.iter().map(|input| match input {
        FnArg::Typed(input) if text_of(&input.pat) == "value" => input.ty.to_token_stream(),
        input => input.to_token_stream(),
    });
    format!("  {}\n", line(quote!(fn #ident(#(#inputs),*) #output)))
}

/// The text of a value of an open enumeration, as `as_str` of this file gives it.
fn wire(file: &File, variant: &str) -> Option<String> {
    let text = file.items.iter().map(text_of);
    let text = text
        .filter(|text| text.contains("fn as_str"))
        .collect::<String>();
    let rest = text.split_once(&format!("Self::{variant} => "))?.1;
    Some(rest.split_once(", ")?.0.to_owned())
}

fn text_of(tokens: &impl ToTokens) -> String {
    line(tokens.to_token_stream())
}
