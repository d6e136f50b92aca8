//! Extensions that are objects: `x-ms-enum`, `x-rust-combinations`, `x-rust-hints`.

use super::reader::{Keys, Text, object};
use crate::diagnostics::{Code, Span};

object! { |keys|
    /// A value of `x-ms-enum`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct MsEnumValue<'n> {
        value: Text<'n> = keys.needed_text("value"),
        description: Option<Text<'n>> = keys.text("description"),
        /// The name of the Rust variant.
        name: Option<Text<'n>> = keys.text("name"),
    }
}

object! { |keys|
    /// `x-rust-combinations`: the values that some properties may have together.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Combinations<'n> {
        span: Span = keys.value.span,
        name: Text<'n> = keys.needed_text("name"),
        description: Option<Text<'n>> = keys.text("description"),
        /// The properties that the combination replaces.
        properties: Vec<Text<'n>> = keys.texts("properties"),
        values: Vec<Combination<'n>> = {
            keys.require("values");
            keys.items("values", |item| item.object("a combination", Combination::read))
        },
    }
}

object! { |keys|
    /// One allowed combination.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Combination<'n> {
        name: Text<'n> = keys.needed_text("name"),
        description: Option<Text<'n>> = keys.text("description"),
        /// Pairs of property and value.
        set: Vec<(Text<'n>, Text<'n>)> = keys.pairs("set"),
        /// Pairs of property and value: the default of a property outside of the combination.
        default: Vec<(Text<'n>, Text<'n>)> = keys.pairs("default"),
    }
}

object! { |keys|
    /// A hint of `x-rust-hints`: a text that the runtime adds to errors.
    #[derive(Clone, Debug)]
    pub struct Hint<'n> {
        /// The HTTP statuses with this hint.
        status: Vec<u32> = statuses(keys),
        code: Option<Text<'n>> = keys.text("code"),
        /// The kind of token with this hint: `delegated` or `application`.
        caller: Option<Text<'n>> = caller(keys),
        text: Text<'n> = keys.required_text("text").unwrap_or_default(),
        source: Text<'n> = keys.required_text("source").unwrap_or_default(),
    }
}

pub fn ms_enum<'n>(keys: &mut Keys<'n, '_>) -> Vec<MsEnumValue<'n>> {
    let values = keys.object("x-ms-enum", |keys| {
        keys.text("name");
        // Generated enumerations are always open, and our own description must say so.
        if !keys.flag("modelAsString") && keys.value.reader.is_strict() {
            let span = keys.span_of("modelAsString").unwrap_or(keys.value.span);
            let message = "a closed enumeration is not supported";
            let help = "write `modelAsString: true`; the service adds values without notice";
            keys.error(Code::Unsupported, span, message, help);
        }
        keys.items("values", |item| item.object("a value", MsEnumValue::read))
    });
    values.unwrap_or_default()
}

fn statuses(keys: &mut Keys<'_, '_>) -> Vec<u32> {
    keys.require("status");
    keys.items("status", |item| {
        let status = item.number("a status");
        if status.is_some_and(|status| !(400..600).contains(&status)) {
            let message = "the status of a hint must be from 400 to 599";
            let help = "write the status of an error, such as 403";
            let reader = item.reader;
            reader.error(Code::BadValue, item.node.span, message, help);
        }
        status
    })
}

fn caller<'n>(keys: &mut Keys<'n, '_>) -> Option<Text<'n>> {
    let caller = keys.text("caller")?;
    if !matches!(caller.value, "delegated" | "application") {
        let message = format!("there is no caller `{}`", caller.value);
        let help = "write `delegated` or `application`";
        keys.error(Code::BadValue, caller.span, message, help);
    }
    Some(caller)
}
