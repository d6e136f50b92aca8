//! Operations as data: a constant each, and what they share.

use super::types::ident;
use super::{Context, File, Piece, Uses, docs, literal, literals};
use crate::WIDTH;
use crate::ir::{Hint, Operation};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The constant of an operation.
pub fn piece(context: Context<'_>, operation: &Operation, uses: &mut Uses) -> Piece {
    uses.add("msgraph_runtime", "Method");
    uses.add("msgraph_runtime", "Operation");
    uses.add("super::shared", "SERVERS");
    let documentation = match &operation.docs_url {
        Some(url) => format!("Some({})", literal(url)),
        None => "None".to_owned(),
    };
    let mut hints = Vec::with_capacity(operation.hints.len());
    for at in &operation.hints {
        let name = context.api.hints[*at].name.as_str();
        uses.add("super::shared", name);
        hints.push(name);
    }
    let method = operation.method.as_str();
    let mut lines = vec![
        format!("/// `{method} {}`", operation.path),
        format!(
            "pub static {}: Operation = Operation {{",
            operation.constant
        ),
        format!("    id: {},", literal(&operation.id)),
        format!("    method: Method::{method},"),
        format!("    path: {},", literal(&operation.path)),
        format!("    repeatable: {},", operation.repeatable),
        format!("    delegated: {},", literals(&operation.delegated)),
        format!("    application: {},", literals(&operation.application)),
        "    servers: SERVERS,".to_owned(),
    ];
    lines.extend(rate_limit(operation, uses));
    lines.push(format!("    documentation: {documentation},"));
    lines.push(format!("    hints: &[{}],", hints.join(", ")));
    lines.push("    ..Operation::EMPTY".to_owned());
    lines.push("};".to_owned());
    // The value goes to the next line where rustfmt would put it: it leaves two columns free.
    if lines[1].len() > WIDTH - 2 {
        lines
            .iter_mut()
            .skip(2)
            .for_each(|line| line.insert_str(0, "    "));
        lines[1] = format!("pub static {}: Operation =", operation.constant);
        lines.insert(2, "    Operation {".to_owned());
    }
    lines.push(String::new());
    Piece::Text(lines.join("\n"))
}

fn rate_limit(operation: &Operation, uses: &mut Uses) -> Vec<String> {
    match operation.rate_limit {
        Some((requests, seconds)) => {
            uses.add("msgraph_runtime", "RateLimit");
            vec![
                "    rate_limit: Some(RateLimit {".to_owned(),
                format!("        requests: {requests},"),
                format!("        seconds: {seconds},"),
                "        ..RateLimit::EMPTY".to_owned(),
                "    }),".to_owned(),
            ]
        }
        None => vec!["    rate_limit: None,".to_owned()],
    }
}

/// `shared.rs`: what operations have in common.
pub fn shared(context: Context<'_>) -> File {
    let mut uses = Uses::default();
    let servers = context.api.servers.iter().map(|(url, _)| url);
    let mut used: Vec<bool> = vec![false; context.api.hints.len()];
    for at in context
        .api
        .operations
        .iter()
        .flat_map(|operation| &operation.hints)
    {
        used[*at] = true;
    }
    let hints = context.api.hints.iter().zip(used).filter(|(_, used)| *used);
    let hints: Vec<_> = hints.map(|(hint, _)| self::hint(hint, &mut uses)).collect();
    let about = docs(&["The base addresses of the clouds."]);
    let items = quote! {
        #about
        pub(super) const SERVERS: &[&str] = &[#(#servers),*];
        #(#hints)*
    };
    File {
        path: format!("{}/shared.rs", context.layout.client),
        emitter: "operations.rs",
        docs: "What the operations share: the clouds, and hints for when they fail."
            .to_owned(),
        uses,
        items: vec![Piece::Tokens(items)],
        ..File::default()
    }
}

fn hint(hint: &Hint, uses: &mut Uses) -> TokenStream {
    uses.add("msgraph_runtime", "Hint");
    let name = ident(&hint.name);
    let status = hint
        .status
        .iter()
        .map(|status| Literal::u32_unsuffixed(*status));
    let code = match &hint.code {
        Some(code) => quote!(Some(#code)),
        None => quote!(None),
    };
    let caller = match hint.delegated {
        None => quote!(None),
        Some(delegated) => {
            uses.add("msgraph_runtime", "Caller");
            match delegated {
                true => quote!(Some(Caller::Delegated)),
                false => quote!(Some(Caller::Application)),
            }
        }
    };
    let (text, source) = (&hint.text, &hint.source);
    quote! {
        pub(super) const #name: Hint = Hint {
            status: &[#(#status),*],
            code: #code,
            caller: #caller,
            text: #text,
            source: #source,
            ..Hint::EMPTY
        };
    }
}
