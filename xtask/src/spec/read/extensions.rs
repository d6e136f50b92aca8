//! Reads the extensions of a schema that are more than one value.

use super::super::fields::{Fields, Reader};
use super::super::node::Node;
use super::super::schema::{Combination, Combinations, MsEnumValue};
use super::schema::pairs;
use crate::diagnostics::Code;

/// `x-ms-enum`: what is known of the values of an enumeration.
pub fn ms_enum<'n>(
    reader: &mut Reader,
    fields: &Fields<'n, '_>,
) -> Option<Vec<MsEnumValue<'n>>> {
    let (node, span) = fields.get("x-ms-enum")?;
    let known = &["name", "modelAsString", "values"];
    let fields = reader.fields(node, span, "`x-ms-enum`", known)?;
    fields.text(reader, "name");
    if !fields.flag(reader, "modelAsString") {
        let place = fields.get("modelAsString").map_or(span, |(_, span)| span);
        let message = "a closed enumeration is not supported";
        let help = "write `modelAsString: true`; the service adds values without notice";
        reader.error(Code::Unsupported, place, message, help);
    }
    let mut values = Vec::new();
    if let Some((node, span)) = fields.get("values") {
        for item in reader.list(node, span, "`values`") {
            let known = &["value", "description", "name"];
            let Some(fields) = reader.fields(item, item.span, "a value", known) else {
                continue;
            };
            let value = fields.required_text(reader, "value");
            let name = fields.text(reader, "name");
            let description = fields.text(reader, "description");
            values.extend(value.map(|value| MsEnumValue {
                value,
                name,
                description,
            }));
        }
    }
    Some(values)
}

/// `x-rust-combinations`
pub fn combinations<'n>(
    reader: &mut Reader,
    fields: &Fields<'n, '_>,
) -> Option<Combinations<'n>> {
    let (node, span) = fields.get("x-rust-combinations")?;
    let known = &["name", "description", "properties", "values"];
    let fields = reader.fields(node, span, "`x-rust-combinations`", known)?;
    let name = fields.required_text(reader, "name");
    let description = fields.text(reader, "description");
    let properties = fields.texts(reader, "properties");
    let mut values = Vec::new();
    if let Some((node, span)) = fields.required(reader, "values") {
        for item in reader.list(node, span, "`values`") {
            values.extend(combination(reader, item));
        }
    }
    Some(Combinations {
        span,
        name: name?,
        description,
        properties,
        values,
    })
}

fn combination<'n>(reader: &mut Reader, node: &'n Node<'_>) -> Option<Combination<'n>> {
    let known = &["name", "description", "set", "default"];
    let fields = reader.fields(node, node.span, "a combination", known)?;
    Some(Combination {
        name: fields.required_text(reader, "name")?,
        description: fields.text(reader, "description"),
        set: pairs(reader, &fields, "set"),
        default: pairs(reader, &fields, "default"),
    })
}
