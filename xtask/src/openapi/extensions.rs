//! Extensions of more than one value: `x-ms-enum`, `x-rust-combinations`, `x-rust-hints`.

use super::reader::{Keys, Reader, Spanned};
use crate::diagnostics::{Code, Span};
use crate::yaml::node::Node;

/// One value of `x-ms-enum`.
#[derive(Clone, Copy, Debug)]
pub struct MsEnumValue<'n> {
    /// The value on the wire.
    pub value: Spanned<&'n str>,
    /// The name of the variant, for a value that cannot be one.
    pub name: Option<Spanned<&'n str>>,
    /// `description`
    pub description: Option<Spanned<&'n str>>,
}

/// `x-rust-combinations`: the sets of values that some properties may have together.
#[derive(Clone, Debug)]
pub struct Combinations<'n> {
    /// The span of the key.
    pub span: Span,
    /// The name of the Rust type.
    pub name: Spanned<&'n str>,
    /// The description of the type.
    pub description: Option<Spanned<&'n str>>,
    /// The properties that it replaces.
    pub properties: Vec<Spanned<&'n str>>,
    /// The combinations.
    pub values: Vec<Combination<'n>>,
}

/// One allowed combination.
#[derive(Clone, Debug)]
pub struct Combination<'n> {
    /// The name of the Rust variant.
    pub name: Spanned<&'n str>,
    /// `description`
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
    /// The text.
    pub text: Spanned<&'n str>,
    /// Its source.
    pub source: Spanned<&'n str>,
}

/// Reads the values of `x-ms-enum`.
pub fn ms_enum<'n>(keys: &mut Keys<'n, '_>) -> Vec<MsEnumValue<'n>> {
    let values = keys.object("x-ms-enum", "`x-ms-enum`", |keys| {
        keys.text("name");
        if !keys.flag("modelAsString") {
            let span = keys.span_of("modelAsString").unwrap_or(keys.span);
            let message = "a closed enumeration is not supported";
            let help =
                "write `modelAsString: true`; the service adds values without notice";
            keys.reader.error(Code::Unsupported, span, message, help);
        }
        let value = |keys: &mut Keys<'n, '_>| {
            let value = keys.required_text("value");
            let (description, name) = (keys.text("description"), keys.text("name"));
            Some(MsEnumValue {
                value: value?,
                name,
                description,
            })
        };
        let reader = keys.reader;
        let items = keys.list("values").iter();
        let values =
            items.filter_map(|item| reader.object(item, item.span, "a value", value));
        values.flatten().collect()
    });
    values.unwrap_or_default()
}

impl<'n> Combinations<'n> {
    /// Reads `x-rust-combinations`.
    pub fn read(keys: &mut Keys<'n, '_>) -> Option<Self> {
        let combinations =
            keys.object("x-rust-combinations", "`x-rust-combinations`", |keys| {
                let name = keys.required_text("name");
                let description = keys.text("description");
                let properties = keys.texts("properties");
                let mut values = Vec::new();
                if let Some((node, span)) = keys.required("values") {
                    for item in keys.reader.list(node, span, "`values`") {
                        let read = |keys: &mut Keys<'n, '_>| Combination::read(keys);
                        let value =
                            keys.reader.object(item, item.span, "a combination", read);
                        values.extend(value.flatten());
                    }
                }
                Some(Self {
                    span: keys.span,
                    name: name?,
                    description,
                    properties,
                    values,
                })
            });
        combinations.flatten()
    }
}

impl<'n> Combination<'n> {
    fn read(keys: &mut Keys<'n, '_>) -> Option<Self> {
        let (name, description) = (keys.required_text("name"), keys.text("description"));
        let (set, default) = (keys.pairs("set"), keys.pairs("default"));
        Some(Self {
            name: name?,
            description,
            set,
            default,
        })
    }
}

impl<'n> Hint<'n> {
    /// Reads one of `x-rust-hints`.
    pub fn read(reader: &Reader<'n>, node: &'n Node<'n>, span: Span) -> Option<Self> {
        let hint = reader.object(node, span, "a hint", |keys| {
            let status = keys
                .required("status")
                .map(|(node, span)| statuses(reader, node, span));
            let code = keys.text("code");
            let caller = keys.text("caller");
            let is_known =
                |c: &Spanned<&str>| matches!(c.value, "delegated" | "application");
            if let Some(caller) = caller.filter(|caller| !is_known(caller)) {
                let message = format!("there is no caller `{}`", caller.value);
                let help = "write `delegated` or `application`";
                reader.error(Code::BadValue, caller.span, message, help);
            }
            let (text, source) =
                (keys.required_text("text"), keys.required_text("source"));
            let status = status.unwrap_or_default();
            Some(Self {
                status,
                code,
                caller,
                text: text?,
                source: source?,
            })
        });
        hint.flatten()
    }
}

fn statuses<'n>(reader: &Reader<'n>, node: &'n Node<'n>, span: Span) -> Vec<u32> {
    let mut statuses = Vec::new();
    for item in reader.list(node, span, "`status`") {
        let status = reader.number(item, span, "a status");
        if status.is_some_and(|status| !(400..600).contains(&status)) {
            let message = "a hint belongs to a status from 400 to 599";
            let help = "write a status of a failure, such as 403";
            reader.error(Code::BadValue, item.span, message, help);
        }
        statuses.extend(status);
    }
    statuses
}
