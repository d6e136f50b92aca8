//! The printer, shape by shape.

#![cfg(test)]

use proc_macro2::TokenStream;
use quote::quote;
use xtask::print::{file, line};

/// Prints, and shows that the text is Rust with the same tokens.
fn printed(tokens: TokenStream) -> String {
    let text = file(tokens.clone()).unwrap();
    // Spaces, and the comma at the end of a list, are the printer's.
    let flat = |tokens: TokenStream| {
        let text = tokens.to_string().replace(char::is_whitespace, "");
        let text = text.replace("\"]#[doc=\"", "\\n");
        text.replace(",}", "}")
            .replace(",)", ")")
            .replace(",]", "]")
            .replace("r\"", "\"")
    };
    let parsed = syn::parse_file(&text).map_err(|error| format!("{error}\n{text}"));
    assert_eq!(parsed.err(), None);
    let read: TokenStream = text.parse().unwrap();
    assert_eq!(flat(read), flat(tokens), "{text}");
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
    text
}

#[track_caller]
fn check(tokens: TokenStream, expected: &str) {
    assert_eq!(printed(tokens), expected.trim_start_matches('\n'));
}

#[test]
fn items() {
    let tokens = quote! {
        #![doc = " About."]
        #![doc = include_str!("a.md")]
        #![allow(dead_code, reason = "it is")]
        use a::{B, c};
        use std::fmt;
        mod one;
        pub mod two;
        pub mod three;
        pub use two::*;
        #[rustfmt::skip]
        mod four;
        #[doc = " A \"type\"\\.\n\n Öl."]
        #[derive(Clone, Debug)]
        pub struct A<'a>(pub(super) Resource<'a>);
        impl<'a> From<B<'a>> for A<'a> {
            pub const ALL: &'static [Self] = &[Self::X];
            const NONE: u8 = 0;
            fn from(b: B<'a>) -> Self { Self(b) }
            fn empty(&mut self) {}
        }
        request! { pub struct X(Request<Y>); pub fn x(self) -> Self { self } }
        object!(A);
    };
    let expected = r#"
//! About.
#![doc = include_str!("a.md")]

#![allow(dead_code, reason = "it is")]

use a::{B, c};
use std::fmt;

mod one;

pub mod two;
pub mod three;

pub use two::*;

#[rustfmt::skip]
mod four;

/// A "type"\.
///
/// Öl.
#[derive(Clone, Debug)]
pub struct A<'a>(pub(super) Resource<'a>);

impl<'a> From<B<'a>> for A<'a> {
    pub const ALL: &'static [Self] = &[Self::X];

    const NONE: u8 = 0;

    fn from(b: B<'a>) -> Self {
        Self(b)
    }

    fn empty(&mut self) {}
}

request! {
    pub struct X(Request<Y>);

    pub fn x(self) -> Self {
        self
    }
}

object!(A);
"#;
    check(tokens, expected);
}

#[test]
fn fields_and_variants() {
    let tokens = quote! {
        struct Plain { a: Vec<(u8, u8)>, b: HashMap<String, Vec<u8>> }
        pub enum Described {
            /// The first.
            #[default]
            First,
            /// The second.
            Second(String),
        }
        struct Empty {}
    };
    let expected = "
struct Plain {
    a: Vec<(u8, u8)>,
    b: HashMap<String, Vec<u8>>,
}

pub enum Described {
    /// The first.
    #[default]
    First,

    /// The second.
    Second(String),
}

struct Empty {}
";
    check(tokens, expected);
}

/// A name that makes lines long.
const LONG: &str = "a_name_that_is_as_long_as_a_name_may_be";

#[test]
fn long_lines() {
    let long = quote::format_ident!("{LONG}");
    let tokens = quote! {
        use super::{#long, B, C, #long, D, #long};
        pub const ALL: &[&str] = &[#LONG, "short", #LONG, #LONG];
        const ONE: &'static str = "a text that cannot be broken, and that fits into a line by itself but not behind a name";
        static OPERATION: Operation = Operation { id: #LONG, list: &[1, 2], other: None, ..Operation::EMPTY };
        fn arguments(&self, #long: impl Into<Result<String, u8>>, b: &mut [u8]) -> Result<(), #long> {
            let #long = #long.second(#long)?;
            let body = first.#long(|a, b| &mut a.b).second(#long)?.third();
            let rate = Some(Ok(Rate { requests: #long, seconds: #long, ..Rate::EMPTY }));
            self.write(#long, Ok(body), #long, b"").into()
        }
        fn arms(&self) -> &str {
            match self {
                text if same(text, #LONG) => Some(Self::Unknown(#long)),
                Self::Value(text) => text,
                _ => None,
            }
        }
    };
    let expected = r#"
use super::{
    LONG, B, C, LONG, D,
    LONG,
};

pub const ALL: &[&str] = &[
    "LONG",
    "short",
    "LONG",
    "LONG",
];

const ONE: &'static str =
    "a text that cannot be broken, and that fits into a line by itself but not behind a name";

static OPERATION: Operation = Operation {
    id: "LONG",
    list: &[1, 2],
    other: None,
    ..Operation::EMPTY
};

fn arguments(
    &self,
    LONG: impl Into<Result<String, u8>>,
    b: &mut [u8],
) -> Result<(), LONG> {
    let LONG =
        LONG.second(LONG)?;
    let body = first.LONG(|a, b| &mut a.b)
        .second(LONG)?
        .third();
    let rate = Some(Ok(Rate {
        requests: LONG,
        seconds: LONG,
        ..Rate::EMPTY
    }));
    self.write(
        LONG,
        Ok(body),
        LONG,
        b"",
    ).into()
}

fn arms(&self) -> &str {
    match self {
        text if same(text, "LONG") =>
            Some(Self::Unknown(LONG)),
        Self::Value(text) => text,
        _ => None,
    }
}
"#;
    check(tokens, &expected.replace("LONG", LONG));
}

#[test]
fn only_the_base_of_a_struct_has_no_comma() {
    let long = "x".repeat(90);
    let call = printed(quote!(
        fn f() {
            within(#long, ..=3, "")
        }
    ));
    assert!(call.contains("..=3,\n"), "{call}");
    let base = printed(quote!(
        fn f() -> Self {
            Self { a: #long, ..Self::default() }
        }
    ));
    assert!(base.contains("..Self::default()\n"), "{base}");
}

#[test]
fn types_on_one_line() {
    let ty = quote!(impl TryInto<Vec<Option<String>>, Error: Into<InvalidValue>>);
    let expected = "impl TryInto<Vec<Option<String>>, Error: Into<InvalidValue>>";
    assert_eq!(line(ty), expected);
    assert_eq!(
        line(quote!(Request<'a, (), &'static [Self]>)),
        "Request<'a, (), &'static [Self]>"
    );
}

#[test]
fn any_character_of_documentation() {
    let characters = "\u{200b}\u{301}\t\0\\n\u{7f}'\"\u{1f600}";
    let text = file(quote!(#[doc = #characters] mod a;)).unwrap();
    let text = text
        .strip_prefix("///")
        .unwrap()
        .strip_suffix("\nmod a;\n")
        .unwrap();
    assert_eq!(text, characters);
}

#[test]
fn an_error_of_an_emitter_is_reported() {
    let error = file(quote!(
        struct A {
            b: compile_error!("no name"),
        }
    ));
    assert_eq!(error, Err("(\"no name\")".to_owned()));
}
