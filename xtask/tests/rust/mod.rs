//! Whether a generated file is Rust, as far as one sees without compiling it: it can be parsed, and
//! no name stands twice where one must be unique.

use proc_macro2::TokenStream;
use std::collections::HashSet;
use syn::{Fields, ImplItem, Item, UseTree};

/// What a name can be at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Space {
    Type,
    Value,
}

/// What is wrong with a file, if anything. Whether it compiles is shown by `compiled.rs`.
pub fn check(path: &str, text: &str) -> Result<(), String> {
    let parsed = syn::parse_file(text).map_err(|error| error.to_string())?;
    let mut names = Names {
        are_values: path.ends_with("/operations.rs"),
        ..Names::default()
    };
    parsed.items.iter().for_each(|item| names.item(item));
    match (&names.twice[..], &names.broken[..]) {
        ([], []) => Ok(()),
        (twice, []) => Err(format!("twice in one place: {}", twice.join(", "))),
        (_, broken) => Err(format!("no Rust: {}", broken.join(", "))),
    }
}

#[derive(Default)]
struct Names {
    known: HashSet<(Space, String)>,
    methods: HashSet<String>,
    twice: Vec<String>,
    broken: Vec<String>,
    /// Whether what is imported is constants.
    are_values: bool,
}

impl Names {
    fn item(&mut self, item: &Item) {
        match item {
            Item::Use(item) => self.imports(&item.tree, self.are_values),
            Item::Enum(item) => self.name(Space::Type, &item.ident),
            Item::Mod(item) => self.name(Space::Type, &item.ident),
            Item::Const(item) => self.name(Space::Value, &item.ident),
            Item::Static(item) => self.name(Space::Value, &item.ident),
            Item::Struct(item) => {
                self.name(Space::Type, &item.ident);
                if matches!(item.fields, Fields::Unnamed(_)) {
                    self.name(Space::Value, &item.ident);
                }
            }
            Item::Impl(item) if item.trait_.is_none() => {
                let ty = &item.self_ty;
                let ty = quote::quote!(#ty).to_string();
                for inner in &item.items {
                    if let ImplItem::Fn(inner) = inner {
                        self.method(format!("{ty}::{}", inner.sig.ident));
                    }
                }
            }
            Item::Macro(item) if item.mac.path.is_ident("request") => {
                self.request(item.mac.tokens.clone());
            }
            _ => {}
        }
    }

    fn imports(&mut self, tree: &UseTree, are_values: bool) {
        match tree {
            UseTree::Path(path) => self.imports(&path.tree, are_values || path.ident == "shared"),
            UseTree::Group(group) => {
                let all = group.items.iter();
                all.for_each(|tree| self.imports(tree, are_values));
            }
            UseTree::Name(name) if are_values => self.name(Space::Value, &name.ident),
            UseTree::Name(name) => self.name(Space::Type, &name.ident),
            UseTree::Rename(_) | UseTree::Glob(_) => {}
        }
    }

    /// The type that `request!` declares, and its methods.
    fn request(&mut self, tokens: TokenStream) {
        let Ok(items) = syn::parse2::<syn::File>(tokens) else {
            self.broken.push("the body of `request!`".to_owned());
            return;
        };
        let mut of = String::new();
        for item in &items.items {
            self.item(item);
            match item {
                Item::Struct(item) => of = item.ident.to_string(),
                Item::Fn(item) => self.method(format!("{of}::{}", item.sig.ident)),
                _ => {}
            }
        }
        for method in ["header", "timeout", "retry", "send", "send_blocking"] {
            self.method(format!("{of}::{method}"));
        }
    }

    fn name(&mut self, space: Space, name: &proc_macro2::Ident) {
        if !self.known.insert((space, name.to_string())) {
            self.twice.push(name.to_string());
        }
    }

    fn method(&mut self, name: String) {
        if !self.methods.insert(name.clone()) {
            self.twice.push(name);
        }
    }
}
