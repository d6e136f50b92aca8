//! Extensions of more than one value: `x-ms-enum`, `x-rust-combinations`, `x-rust-hints`.

use super::reader::{Keys, Value};
use crate::diagnostics::{Code, Span, Spanned};

/// One value of `x-ms-enum`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MsEnumValue<'n> {
    /// The value on the wire.
    pub value: Spanned<&'n str>,
    /// The name of the variant, for a value that cannot be one.
    pub name: Option<Spanned<&'n str>>,
    pub description: Option<Spanned<&'n str>>,
}

/// `x-rust-combinations`: the sets of values that some properties may have together.
#[derive(Clone, Debug, PartialEq)]
pub struct Combinations<'n> {
    pub span: Span,
    /// The name of the Rust type.
    pub name: Spanned<&'n str>,
    pub description: Option<Spanned<&'n str>>,
    /// The properties that it replaces.
    pub properties: Vec<Spanned<&'n str>>,
    pub values: Vec<Combination<'n>>,
}

/// One allowed combination.
#[derive(Clone, Debug, PartialEq)]
pub struct Combination<'n> {
    /// The name of the Rust variant.
    pub name: Spanned<&'n str>,
    pub description: Option<Spanned<&'n str>>,
    /// Property and value.
    pub set: Vec<(Spanned<&'n str>, Spanned<&'n str>)>,
    /// The values of other properties when they are left out.
    pub default: Vec<(Spanned<&'n str>, Spanned<&'n str>)>,
}

/// One of `x-rust-hints`: a text that the runtime adds to an error.
#[derive(Clone, Debug)]
pub struct Hint<'n> {
    /// The statuses that it fits.
    pub status: Vec<u32>,
    /// The error code that it fits.
    pub code: Option<Spanned<&'n str>>,
    /// The kind of token that it fits: `delegated` or `application`.
    pub caller: Option<Spanned<&'n str>>,
    pub text: Spanned<&'n str>,
    pub source: Spanned<&'n str>,
}

/// Reads the values of `x-ms-enum`.
pub fn ms_enum<'n>(keys: &mut Keys<'n, '_>) -> Vec<MsEnumValue<'n>> {
    let values = keys.object("x-ms-enum", "`x-ms-enum`", |keys| {
        keys.text("name");
        // Every enumeration is open; our own description says so.
        if !keys.flag("modelAsString") && keys.value.reader.is_strict() {
            let span = keys.span_of("modelAsString").unwrap_or(keys.value.span);
            let message = "a closed enumeration is not supported";
            let help = "write `modelAsString: true`; the service adds values without notice";
            keys.error(Code::Unsupported, span, message, help);
        }
        Some(keys.objects("values", "a value", |keys| {
            let value = keys.required_text("value");
            let (description, name) = (keys.text("description"), keys.text("name"));
            Some(MsEnumValue {
                value: value?,
                name,
                description,
            })
        }))
    });
    values.unwrap_or_default()
}

impl<'n> Combinations<'n> {
    /// Reads `x-rust-combinations`.
    pub fn read(keys: &mut Keys<'n, '_>) -> Option<Self> {
        keys.object("x-rust-combinations", "`x-rust-combinations`", |keys| {
            let (name, description) = (keys.required_text("name"), keys.text("description"));
            let properties = keys.texts("properties");
            keys.require("values");
            let values = keys.objects("values", "a combination", |keys| {
                let (name, description) = (keys.required_text("name"), keys.text("description"));
                let (set, default) = (keys.pairs("set"), keys.pairs("default"));
                Some(Combination {
                    name: name?,
                    description,
                    set,
                    default,
                })
            });
            Some(Self {
                span: keys.value.span,
                name: name?,
                description,
                properties,
                values,
            })
        })
    }
}

impl<'n> Hint<'n> {
    /// Reads one of `x-rust-hints`.
    pub fn read(value: Value<'n, '_>) -> Option<Self> {
        value.object("a hint", |keys| {
            let status = statuses(keys);
            let (code, caller) = (keys.text("code"), keys.text("caller"));
            let is_known = |c: &Spanned<&str>| matches!(c.value, "delegated" | "application");
            if let Some(caller) = caller.filter(|caller| !is_known(caller)) {
                let message = format!("there is no caller `{}`", caller.value);
                let help = "write `delegated` or `application`";
                keys.error(Code::BadValue, caller.span, message, help);
            }
            let (text, source) = (keys.required_text("text"), keys.required_text("source"));
            let missing = Spanned::new("", keys.value.span);
            Some(Self {
                status,
                code,
                caller,
                text: text.unwrap_or(missing),
                source: source.unwrap_or(missing),
            })
        })
    }
}

fn statuses(keys: &mut Keys<'_, '_>) -> Vec<u32> {
    let mut statuses = Vec::new();
    let value = keys.required("status").into_iter();
    for item in value.flat_map(|value| value.plain_items(&"`status`")) {
        let status = item.number("a status");
        if status.is_some_and(|status| !(400..600).contains(&status)) {
            let message = "a hint belongs to a status from 400 to 599";
            let help = "write the status of an error, such as 403";
            keys.error(Code::BadValue, item.node.span, message, help);
        }
        statuses.extend(status);
    }
    statuses
}
