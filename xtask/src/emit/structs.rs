//! Objects: the struct, its `new`, the two tables of its members, and a `Debug` that keeps secrets.

use super::shell::Shell;
use super::types::{ident, rust_type, tokens, type_text};
use super::{Piece, Uses, doc_text, docs, literal, literals};
use crate::ir::{Argument, Field, Struct, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// What stands before code of ours that uses a deprecated member.
pub const EXPECT_DEPRECATED: &str =
    "#[expect(deprecated, reason = \"a deprecated member is still read and written\")]";

/// The parts of a struct that are the same for all but for names and members.
pub struct Shells {
    object: Shell,
    members: Shell,
    debug: Shell,
    end: Shell,
}

impl Shells {
    /// All of them.
    pub fn new() -> Result<Self, String> {
        let about =
            docs(&["Members that this version does not know, kept as they came."]);
        let object = quote! {
            #[__about]
            #[derive(__Derives)]
            #[non_exhaustive]
            pub struct __Name {
                __fields: (),
                #about
                pub additional_data: AdditionalData,
            }
        };
        let members = quote! {
            #[__expect]
            impl Object for __Name {
                const __required: () = ();
                fn read<'de, A>(
                    &mut self,
                    name: &str,
                    value: Value<'_, A>
                ) -> Result<(), A::Error>
                where
                    A: MapAccess<'de>,
                {
                    match name {
                        __reads => {}
                        _ => value.keep(name, &mut self.additional_data),
                    }
                }
                fn write<S: SerializeMap>(
                    &self,
                    to: &mut Writer<S>
                ) -> Result<(), S::Error> {
                    __writes;
                    to.rest(&self.additional_data)
                }
            }
        };
        let debug = quote! {
            #[__expect]
            impl fmt::Debug for __Name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    let mut debug = f.debug_struct("__Name");
                    __fields;
                    debug.field("additional_data", &self.additional_data);
                    debug.finish()
                }
            }
        };
        Ok(Self {
            object: Shell::new(object)?,
            members: Shell::new(members)?,
            debug: Shell::new(debug)?,
            end: Shell::new(quote!(object!(__Name);))?,
        })
    }

    /// A struct and what belongs to it.
    pub fn pieces(&self, object: &Struct, uses: &mut Uses) -> Vec<Piece> {
        for name in ["AdditionalData", "Object", "Value", "Writer", "object"] {
            uses.add("msgraph_wire", name);
        }
        uses.add("serde::de", "MapAccess");
        uses.add("serde::ser", "SerializeMap");
        let name = object.name.as_str();
        let private = object.fields.iter().any(|field| field.private);
        let derives = match private {
            true => "#[derive(Clone, Default, PartialEq)]",
            false => "#[derive(Clone, Debug, Default, PartialEq)]",
        };
        let fields = object
            .fields
            .iter()
            .flat_map(|field| self::field(field, uses));
        let mut holes = [
            ("#[__about]", doc_text(&object.docs).into_iter().collect()),
            ("#[derive(__", vec![derives.to_owned()]),
            ("__fields", fields.collect()),
        ];
        let mut pieces = vec![Piece::Text(self.object.fill(name, &mut holes))];
        pieces.extend(inherent(object, uses).map(Piece::Tokens));
        pieces.push(Piece::Text(self.members(object)));
        if private {
            uses.add("msgraph_wire", "Private");
            uses.add("std::fmt", "");
            let mut holes = [
                ("#[__expect]", expected(&object.fields)),
                ("__fields", object.fields.iter().map(debug).collect()),
            ];
            pieces.push(Piece::Text(self.debug.fill(name, &mut holes)));
        }
        pieces.push(Piece::Text(self.end.fill(name, &mut [])));
        pieces
    }

    /// The two tables of the members.
    fn members(&self, object: &Struct) -> String {
        let needed =
            |field: &&Field| is_bare(field) && !matches!(field.ty, Type::List(_));
        let required = object
            .fields
            .iter()
            .filter(needed)
            .map(|field| field.wire.clone());
        let required: Vec<_> = required.collect();
        let required = (!required.is_empty()).then(|| {
            let required = literals(&required);
            format!("const REQUIRED: &'static [&'static str] = {required};")
        });
        let mut holes = [
            ("#[__expect]", expected(&object.fields)),
            ("const __required", required.into_iter().collect()),
            ("__reads", object.fields.iter().map(read).collect()),
            ("__writes", object.fields.iter().map(write).collect()),
        ];
        self.members.fill(&object.name, &mut holes)
    }
}

/// The attribute of code that uses all of these fields, where one is deprecated.
fn expected<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Vec<String> {
    let is_deprecated = fields.into_iter().any(|field| field.deprecated);
    let attribute = is_deprecated.then(|| EXPECT_DEPRECATED.to_owned());
    attribute.into_iter().collect()
}

fn read(field: &Field) -> String {
    let read = match field.ty {
        _ if is_bare(field) => "required",
        Type::Object(_) => "object",
        _ => "optional",
    };
    format!(
        "{} => value.{read}(&mut self.{}),",
        literal(&field.wire),
        field.name
    )
}

fn write(field: &Field) -> String {
    let write = match field.ty {
        Type::String if is_bare(field) && field.read_only => "unless_empty",
        _ if is_bare(field) => "required",
        _ => "optional",
    };
    format!(
        "to.{write}({}, &self.{})?;",
        literal(&field.wire),
        field.name
    )
}

/// Of a private member only that it is there.
fn debug(field: &Field) -> String {
    let name = &field.name;
    match field.private {
        true => format!("debug.field(\"{name}\", &Private(&self.{name}));"),
        false => format!("debug.field(\"{name}\", &self.{name});"),
    }
}

/// The lines of a field.
fn field(field: &Field, uses: &mut Uses) -> impl Iterator<Item = String> + use<> {
    let line = format!("pub {}: {},", field.name, field_type(field, uses));
    let deprecated = field.deprecated.then(|| "#[deprecated]".to_owned());
    doc_text(&field.docs)
        .into_iter()
        .chain(deprecated)
        .chain([line])
}

/// The type of a field.
pub fn field_type(field: &Field, uses: &mut Uses) -> String {
    let ty = type_text(&field.ty, uses);
    if is_bare(field) {
        ty
    } else {
        format!("Option<{ty}>")
    }
}

/// Whether the field is no `Option`: it is required, and has an empty value. Of what only the
/// service sets, a text alone can be empty and stay out of what is sent.
fn is_bare(field: &Field) -> bool {
    let has_empty = match field.ty {
        Type::String => true,
        Type::Bool | Type::I32 | Type::I64 | Type::F64 | Type::List(_) => {
            !field.read_only
        }
        Type::Duration | Type::DateTime | Type::Object(_) | Type::Boxed(_) => false,
        Type::Enum(_) | Type::Id(_) | Type::Combination(_) | Type::Option(_) => false,
    };
    field.required && has_empty
}

/// What belongs to a request: the texts that clear its members, and its `new`.
fn inherent(object: &Struct, uses: &mut Uses) -> Option<TokenStream> {
    let constants: Vec<_> = object.fields.iter().filter_map(clear).collect();
    let new = new(object, uses);
    if constants.is_empty() && new.is_none() {
        return None;
    }
    let name = ident(&object.name);
    Some(quote!(impl #name { #(#constants)* #new }))
}

/// The text that clears a member.
fn clear(field: &Field) -> Option<TokenStream> {
    let clear = field.clear.as_ref()?;
    let about = format!("The text that clears the member `{}`.", field.wire);
    let (about, name, text) = (docs(&[about]), ident(&clear.constant), &clear.text);
    Some(quote!(#about pub const #name: &'static str = #text;))
}

/// The `new` of a request.
fn new(object: &Struct, uses: &mut Uses) -> Option<TokenStream> {
    if object.arguments.is_empty() {
        return None;
    }
    let arguments = object.arguments.iter().map(|Argument { name, ty, .. }| {
        let (name, ty) = (ident(name), rust_type(ty, uses));
        quote!(#name: #ty)
    });
    let arguments: Vec<_> = arguments.collect();
    let combined = object.combinations.iter().flat_map(|combined| {
        let argument = ident(&combined.argument);
        let fields = object.fields.iter();
        let fields = fields.filter(|field| combined.fields.contains(&field.name));
        fields.map(move |field| (field, Some(argument.clone())))
    });
    let given = object.fields.iter().filter(|field| {
        let mut arguments = object.arguments.iter();
        arguments.any(|argument| argument.name == field.name)
    });
    let all: Vec<_> = combined.chain(given.map(|field| (field, None))).collect();
    let expect = expected(all.iter().map(|(field, _)| *field));
    let expect = expect.iter().map(|attribute| tokens(attribute));
    let values = all.iter().map(|(field, given)| set(field, given.as_ref()));
    let about = docs(&["The body, with what has to be in it."]);
    Some(quote! {
        #about
        #(#expect)*
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values,)* ..Self::default() }
        }
    })
}

/// The field of a new object, from the combination or from the argument of its name.
fn set(field: &Field, combination: Option<&TokenStream>) -> TokenStream {
    let name = ident(&field.name);
    let value = match (combination, &field.ty) {
        (None, _) if is_bare(field) => return quote!(#name),
        (None, _) => quote!(#name),
        (Some(given), Type::String) => quote!(#given.#name().to_owned()),
        (Some(given), _) => quote!(#given.#name()),
    };
    match is_bare(field) {
        true => quote!(#name: #value),
        false => quote!(#name: Some(#value)),
    }
}
