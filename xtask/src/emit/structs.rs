//! Objects: the struct, its `new`, the two tables of its members, and a `Debug` that keeps secrets.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Uses, docs};
use crate::ir::{Argument, Field, Struct, Type};

/// A name that the IR vouches for.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A struct and what belongs to it.
pub fn tokens(object: &Struct, uses: &mut Uses) -> TokenStream {
    for name in ["AdditionalData", "Object", "Value", "Writer", "object"] {
        uses.add("msgraph_wire", name);
    }
    uses.add("serde::de", "MapAccess");
    uses.add("serde::ser", "SerializeMap");
    let name = ident(&object.name);
    let about = docs(&object.docs);
    let private = object.fields.iter().any(|field| field.private);
    let derives = match private {
        true => quote!(Clone, Default, PartialEq),
        false => quote!(Clone, Debug, Default, PartialEq),
    };
    let fields = object.fields.iter().map(|field| self::field(field, uses));
    let fields: Vec<_> = fields.collect();
    let additional =
        "  Members that this version does not know, kept as they came.".trim_start();
    let additional = docs(&vec![additional.to_owned()]);
    let new = new(object, uses);
    let members = members(object);
    let debug = private.then(|| debug(object, uses));
    quote! {
        #about
        #[derive(#derives)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
            #additional
            pub additional_data: AdditionalData,
        }
        #new
        #members
        #debug
        object!(#name);
    }
}

fn field(field: &Field, uses: &mut Uses) -> TokenStream {
    let (name, about) = (ident(&field.name), docs(&field.docs));
    let ty = field_type(field, uses);
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    quote!(#about #deprecated pub #name: #ty,)
}

/// The type of a field.
pub fn field_type(field: &Field, uses: &mut Uses) -> TokenStream {
    let ty = rust_type(&field.ty, uses, "super");
    if is_bare(field) {
        ty
    } else {
        quote!(Option<#ty>)
    }
}

/// Whether the field is no `Option`: it is required, and has an empty value.
fn is_bare(field: &Field) -> bool {
    let has_empty = match field.ty {
        Type::String
        | Type::Bool
        | Type::I32
        | Type::I64
        | Type::F64
        | Type::List(_) => true,
        Type::Duration | Type::DateTime | Type::Object(_) | Type::Boxed(_) => false,
        Type::Enum(_) | Type::Id(_) | Type::Combination(_) => false,
    };
    field.required && has_empty
}

/// The Rust type; `models` is where generated ones are imported from.
pub fn rust_type(ty: &Type, uses: &mut Uses, models: &str) -> TokenStream {
    if let Some(name) = ty.name() {
        uses.add(models, name);
    }
    let wire = if models == "super" {
        "msgraph_wire"
    } else {
        models
    };
    match ty {
        Type::String => quote!(String),
        Type::Bool => quote!(bool),
        Type::I32 => quote!(i32),
        Type::I64 => quote!(i64),
        Type::F64 => quote!(f64),
        Type::Duration => {
            uses.add(wire, "IsoDuration");
            quote!(IsoDuration)
        }
        Type::DateTime => {
            uses.add(wire, "DateTimeOffset");
            quote!(DateTimeOffset)
        }
        Type::Object(name)
        | Type::Enum(name)
        | Type::Id(name)
        | Type::Combination(name) => {
            let name = ident(name);
            quote!(#name)
        }
        Type::Boxed(name) => {
            let name = ident(name);
            quote!(Box<#name>)
        }
        Type::List(item) => {
            let item = rust_type(item, uses, models);
            quote!(Vec<#item>)
        }
    }
}

fn new(object: &Struct, uses: &mut Uses) -> TokenStream {
    if object.arguments.is_empty() {
        return TokenStream::new();
    }
    let name = ident(&object.name);
    let arguments = object.arguments.iter().map(|Argument { name, ty, .. }| {
        let (name, ty) = (ident(name), rust_type(ty, uses, "super"));
        quote!(#name: #ty)
    });
    let arguments: Vec<_> = arguments.collect();
    let mut values = Vec::new();
    if let Some(combined) = &object.combinations {
        let argument = ident(&combined.argument);
        let is_combined = |field: &&Field| combined.fields.contains(&field.name);
        for field in object.fields.iter().filter(is_combined) {
            let name = ident(&field.name);
            let value = match field.ty {
                Type::String => quote!(#argument.#name().to_owned()),
                _ => quote!(#argument.#name()),
            };
            values.push(match is_bare(field) {
                true => quote!(#name: #value),
                false => quote!(#name: Some(#value)),
            });
        }
    }
    for field in &object.fields {
        if object
            .arguments
            .iter()
            .any(|argument| argument.name == field.name)
        {
            let name = ident(&field.name);
            values.push(match is_bare(field) {
                true => quote!(#name),
                false => quote!(#name: Some(#name)),
            });
        }
    }
    let about = docs(&vec!["The body, with what has to be in it.".to_owned()]);
    quote! {
        impl #name {
            #about
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values,)* ..Self::default() }
            }
        }
    }
}

fn members(object: &Struct) -> TokenStream {
    let name = ident(&object.name);
    let required: Vec<_> = object
        .fields
        .iter()
        .filter(|field| is_bare(field) && !matches!(field.ty, Type::List(_)))
        .map(|field| &field.wire)
        .collect();
    let required = (!required.is_empty())
        .then(|| quote!(const REQUIRED: &'static [&'static str] = &[#(#required),*];));
    let reads = object.fields.iter().map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        let read = match field.ty {
            _ if is_bare(field) => quote!(required),
            Type::Object(_) => quote!(object),
            _ => quote!(optional),
        };
        quote!(#wire => value.#read(&mut self.#name),)
    });
    let writes = object.fields.iter().map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        let write = match field.ty {
            Type::String if is_bare(field) && field.read_only => quote!(unless_empty),
            _ if is_bare(field) => quote!(required),
            _ => quote!(optional),
        };
        quote!(to.#write(#wire, &self.#name)?;)
    });
    let deprecated = object.fields.iter().any(|field| field.deprecated);
    let expect = deprecated.then(|| {
        quote!(#[expect(deprecated, reason = "a deprecated member is still read and written")])
    });
    quote! {
        #expect
        impl Object for #name {
            #required
            fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
            where
                A: MapAccess<'de>,
            {
                match name {
                    #(#reads)*
                    _ => value.keep(name, &mut self.additional_data),
                }
            }
            fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
                #(#writes)*
                to.rest(&self.additional_data)
            }
        }
    }
}

/// `Debug` that shows of private members only that they are there.
fn debug(object: &Struct, uses: &mut Uses) -> TokenStream {
    uses.add("msgraph_wire", "Private");
    uses.add("std::fmt", "");
    let (name, text) = (ident(&object.name), &object.name);
    let fields = object.fields.iter().map(|field| {
        let (name, text) = (ident(&field.name), &field.name);
        match field.private {
            true => quote!(debug.field(#text, &Private(&self.#name));),
            false => quote!(debug.field(#text, &self.#name);),
        }
    });
    quote! {
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut debug = f.debug_struct(#text);
                #(#fields)*
                debug.field("additional_data", &self.additional_data);
                debug.finish()
            }
        }
    }
}
