//! Objects: the struct, its `new`, the tables of its properties, and a `Debug` that hides private
//! values.

use super::types::{duration, ident, number, rust_type};
use super::{Imports, docs};
use crate::ir::{Field, Limits, Struct, Type};
use proc_macro2::TokenStream;
use quote::quote;
pub fn object(object: &Struct, imports: &mut Imports) -> TokenStream {
    for name in ["AdditionalData", "Object", "Value", "Writer", "object"] {
        imports.add("msgraph_wire", name);
    }
    imports.add("serde::de", "MapAccess");
    imports.add("serde::ser", "SerializeMap");
    let (name, about) = (ident(&object.name), docs(&object.docs));
    let is_private = object.fields.iter().any(|field| field.private);
    let debug = (!is_private).then(|| quote!(Debug,));
    let fields = object.fields.iter();
    let fields = fields.map(|field| self::field(field, imports));
    let fields: Vec<_> = fields.collect();
    let inherent = inherent(object, imports);
    let tables = tables(object);
    let private = is_private.then(|| self::debug(object, imports));
    quote! {
        #about
        #[derive(Clone, #debug Default, PartialEq)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields,)*
            /// Properties that this version does not know.
            pub additional_data: AdditionalData,
        }

        #inherent
        #tables
        #private

        object!(#name);
    }
}

fn field(field: &Field, imports: &mut Imports) -> TokenStream {
    let (name, about) = (ident(&field.name), docs(&field.docs));
    let mut ty = rust_type(&field.ty, imports);
    if !field.is_bare() {
        ty = quote!(Option<#ty>);
    }
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    quote!(#about #deprecated pub #name: #ty)
}

/// The attribute for code that uses these fields, if one is deprecated.
pub fn expect_deprecated<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Option<TokenStream> {
    let is_deprecated = fields.into_iter().any(|field| field.deprecated);
    let reason = "a deprecated property is still read and written";
    is_deprecated.then(|| quote!(#[expect(deprecated, reason = #reason)]))
}

/// The `impl Object`, which reads and writes the properties.
fn tables(object: &Struct) -> TokenStream {
    let name = ident(&object.name);
    let expect = expect_deprecated(&object.fields);
    let is_needed = |field: &&Field| field.is_bare() && !matches!(field.ty, Type::List(_));
    let required = object.fields.iter().filter(is_needed);
    let required: Vec<_> = required.map(|field| &field.wire).collect();
    let required = (!required.is_empty())
        .then(|| quote!(const REQUIRED: &'static [&'static str] = &[#(#required),*];));
    let (mut reads, mut writes) = (TokenStream::new(), TokenStream::new());
    for field in &object.fields {
        let (wire, name) = (&field.wire, ident(&field.name));
        let (read, write) = match &field.ty {
            ty if ty.is_double() => ("double", "double"),
            _ if field.is_bare() => ("required", "required"),
            Type::Object(_) => ("object", "optional"),
            _ => ("optional", "optional"),
        };
        let (read, write) = (ident(read), ident(write));
        reads.extend(quote!(#wire => value.#read(&mut self.#name),));
        writes.extend(quote!(to.#write(#wire, &self.#name)?;));
    }
    let mut read = quote!(value.keep(name, &mut self.additional_data));
    if !object.fields.is_empty() {
        read = quote!(match name { #reads _ => #read, });
    }
    quote! {
        #expect
        impl Object for #name {
            #required

            fn read<'de, A: MapAccess<'de>>(
                &mut self,
                name: &str,
                value: Value<'_, A>,
            ) -> Result<(), A::Error> {
                #read
            }

            fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
                #writes
                to.rest(&self.additional_data)
            }
        }
    }
}

/// A `Debug` that hides the values of private properties.
fn debug(object: &Struct, imports: &mut Imports) -> TokenStream {
    imports.add("msgraph_wire", "Private");
    imports.add("std", "fmt");
    let (name, text) = (ident(&object.name), &object.name);
    let expect = expect_deprecated(&object.fields);
    let fields = object.fields.iter().map(|field| {
        let (name, text) = (ident(&field.name), &field.name);
        let value = if field.private {
            quote!(&Private(&self.#name))
        } else {
            quote!(&self.#name)
        };
        quote!(debug.field(#text, #value);)
    });
    quote! {
        #expect
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

/// The inherent `impl` of a request: constants, `new` and `check`.
fn inherent(object: &Struct, imports: &mut Imports) -> Option<TokenStream> {
    let clears: Vec<_> = object.fields.iter().filter_map(clear).collect();
    let new = (!object.arguments.is_empty()).then(|| new(object, imports));
    let check = check(object, imports);
    let name = ident(&object.name);
    let is_needed = !clears.is_empty() || new.is_some() || check.is_some();
    is_needed.then(|| quote!(impl #name { #(#clears)* #new #check }))
}

/// The method that checks the limits of the properties.
fn check(object: &Struct, imports: &mut Imports) -> Option<TokenStream> {
    let limited = object.fields.iter().filter(|field| field.limits.is_some());
    let limited: Vec<_> = limited.collect();
    if limited.is_empty() {
        return None;
    }
    let expect = expect_deprecated(limited.iter().copied());
    let (error, within) = (imports.wire("InvalidValue"), imports.wire("within"));
    let checks = limited.iter().filter_map(|field| {
        let Limits { sizes, help } = field.limits.as_ref()?;
        let [least, most] = sizes.map(|size| match field.ty {
            Type::Duration => Some(duration(size?, imports)),
            _ => number(size?),
        });
        let (wire, name) = (&field.wire, ident(&field.name));
        let most = most.map_or_else(|| quote!(..), |most| quote!(..=#most));
        Some(quote!(#within(#wire, &self.#name, #least #most, #help)))
    });
    let checks: Vec<_> = checks.collect();
    Some(quote! {
        /// Checks the limits of its properties, as the client does before it sends it.
        ///
        /// # Errors
        /// For the first property that is outside of its limits.
        #expect
        pub fn check(&self) -> Result<(), #error> {
            #(#checks?;)*
            Ok(())
        }
    })
}

/// The constant of the text that clears a property.
fn clear(field: &Field) -> Option<TokenStream> {
    let clear = field.clear.as_ref()?;
    let about = docs(&[format!(
        "The text that clears the property `{}`.",
        field.wire
    )]);
    let (name, text) = (ident(&clear.constant), &clear.text);
    Some(quote!(#about pub const #name: &'static str = #text;))
}

fn new(object: &Struct, imports: &mut Imports) -> TokenStream {
    let arguments = object.arguments.iter().map(|Field { name, ty, .. }| {
        let (name, ty) = (ident(name), rust_type(ty, imports));
        quote!(#name: #ty)
    });
    let arguments: Vec<_> = arguments.collect();
    let is_combination = |field: &&Field| matches!(field.ty, Type::Combination(_));
    let combination = object.arguments.iter().find(is_combination);
    let combination = combination.map(|field| ident(&field.name));
    let is_argument = |field: &&Field| object.arguments.iter().any(|a| a.name == field.name);
    let combined = object.fields.iter().filter(|field| field.combined);
    let given = object.fields.iter().filter(is_argument);
    let all: Vec<_> = combined.chain(given).collect();
    let expect = expect_deprecated(all.iter().copied());
    let values = all.iter().map(|field| set(field, &combination));
    quote! {
        /// The body with its required properties.
        #expect
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values,)* ..Self::default() }
        }
    }
}

/// A field in the struct literal of `new`: a value of the combination, or an argument.
fn set(field: &Field, combination: &Option<TokenStream>) -> TokenStream {
    let name = ident(&field.name);
    let value = match (field.combined, &field.ty) {
        (false, _) if field.is_bare() => return name,
        (false, _) => name.clone(),
        (true, Type::String) => quote!(#combination.#name().to_owned()),
        (true, _) => quote!(#combination.#name()),
    };
    if field.is_bare() {
        quote!(#name: #value)
    } else {
        quote!(#name: Some(#value))
    }
}
