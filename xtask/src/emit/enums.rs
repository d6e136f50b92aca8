//! Open enumerations: the variants, the text of each, and one for values that are not known.

use super::shell::Shell;
use super::{Piece, Uses, doc_text, docs, literal};
use crate::ir::{Docs, Enum, Variant};
use quote::quote;

/// The parts of an enumeration that are the same for all but for names and values.
pub fn shell() -> Result<Shell, String> {
    let unknown = docs(&["A value that this version does not know, as it came."]);
    let as_str = docs(&["The value as it is written on the wire."]);
    let enumeration = quote! {
        #[__about]
        #[derive(__Derives)]
        #[non_exhaustive]
        pub enum __Name {
            __variants,
            #unknown
            UnknownValue(String),
        }
        impl __Name {
            #as_str
            pub fn as_str(&self) -> &str {
                match self {
                    __texts => {}
                    Self::UnknownValue(text) => text,
                }
            }
        }
        impl OpenEnum for __Name {
            fn find(text: &str, same: impl Fn(&str, &str) -> bool) -> Option<Self> {
                match text {
                    __finds => {}
                    _ => None,
                }
            }
            fn unknown(text: String) -> Self {
                Self::UnknownValue(text)
            }
        }
        open_enum!(__Name);
    };
    Shell::new(enumeration)
}

/// An enumeration and what belongs to it.
pub fn piece(shell: &Shell, enumeration: &Enum, uses: &mut Uses) -> Piece {
    uses.add("msgraph_wire", "OpenEnum");
    uses.add("msgraph_wire", "open_enum");
    let derives = match enumeration.default {
        Some(_) => "#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]",
        None => "#[derive(Clone, Debug, PartialEq, Eq, Hash)]",
    };
    let all = &enumeration.variants;
    let variants = all.iter().enumerate().flat_map(|(at, variant)| {
        let default = (enumeration.default == Some(at)).then(|| "#[default]".to_owned());
        let name = format!("{},", variant.name);
        doc_text(&variant.docs)
            .into_iter()
            .chain(default)
            .chain([name])
    });
    let text = |variant: &Variant| {
        format!("Self::{} => {},", variant.name, literal(&variant.wire))
    };
    let find = |variant: &Variant| {
        let wire = literal(&variant.wire);
        format!(
            "text if same(text, {wire}) => Some(Self::{}),",
            variant.name
        )
    };
    let mut holes = [
        (
            "#[__about]",
            doc_text(&open(&enumeration.docs)).into_iter().collect(),
        ),
        ("#[derive(__", vec![derives.to_owned()]),
        ("__variants", variants.collect()),
        ("__texts", all.iter().map(text).collect()),
        ("__finds", all.iter().map(find).collect()),
    ];
    Piece::Text(shell.fill(&enumeration.name, &mut holes))
}

fn open(lines: &Docs) -> Docs {
    let mut lines = lines.clone();
    lines.extend([
        String::new(),
        "The list is open: a value that this version does not know is kept as"
            .to_owned(),
        "[`UnknownValue`](Self::UnknownValue).".to_owned(),
    ]);
    lines
}
