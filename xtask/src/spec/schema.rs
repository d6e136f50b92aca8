//! Schemas as they are written, with places.

use super::fields::{At, Text};
use super::node::{Node, Span};

/// What `type` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// `object`
    Object,
    /// `array`
    Array,
    /// `string`
    String,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
}

/// One schema, where it stands.
#[derive(Clone, Debug, Default)]
pub struct Schema<'n> {
    /// The place of its key, or of its beginning in a list.
    pub span: Span,
    /// Whether something about its type was reported already.
    pub broken: bool,
    /// `$ref`: then everything else is empty.
    pub reference: Option<Text<'n>>,
    /// `type`
    pub primitive: Option<At<Primitive>>,
    /// `format`
    pub format: Option<Text<'n>>,
    /// `description`
    pub description: Option<Text<'n>>,
    /// `externalDocs.url`
    pub docs_url: Option<Text<'n>>,
    /// `properties`, in the order of the file.
    pub properties: Vec<Property<'n>>,
    /// `required`
    pub required: Vec<Text<'n>>,
    /// `items`
    pub items: Option<Box<Schema<'n>>>,
    /// `allOf`
    pub all_of: Vec<Schema<'n>>,
    /// `anyOf`
    pub any_of: Option<At<Vec<Schema<'n>>>>,
    /// `enum`
    pub values: Option<At<Vec<Text<'n>>>>,
    /// `default`
    pub default: Option<At<&'n Node<'n>>>,
    /// `nullable`
    pub nullable: bool,
    /// `readOnly`
    pub read_only: bool,
    /// `deprecated`
    pub deprecated: bool,
    /// `discriminator.mapping`: what the base may turn out to be.
    pub mapping: Vec<(Text<'n>, Text<'n>)>,
    /// `x-ms-enum.values`: what is known of the values of an open enumeration.
    pub ms_enum: Vec<MsEnumValue<'n>>,
    /// `x-rust-private`
    pub private: bool,
    /// `x-rust-name`
    pub rust_name: Option<Text<'n>>,
    /// `x-rust-type`
    pub rust_type: Option<Text<'n>>,
    /// `x-rust-clear`
    pub clear: Option<Text<'n>>,
    /// `x-rust-cure`
    pub cure: Option<Text<'n>>,
    /// `x-rust-combinations`
    pub combinations: Option<Box<Combinations<'n>>>,
}

/// One property.
#[derive(Clone, Debug)]
pub struct Property<'n> {
    /// The name on the wire.
    pub name: Text<'n>,
    /// What it holds.
    pub schema: Schema<'n>,
}

/// One value of `x-ms-enum`.
#[derive(Clone, Copy, Debug)]
pub struct MsEnumValue<'n> {
    /// The text on the wire.
    pub value: Text<'n>,
    /// The name of the variant, when the text makes none.
    pub name: Option<Text<'n>>,
    /// What it means.
    pub description: Option<Text<'n>>,
}

/// `x-rust-combinations`: the sets of values that some properties may have together.
#[derive(Clone, Debug)]
pub struct Combinations<'n> {
    /// The place of the key.
    pub span: Span,
    /// The name of the Rust type.
    pub name: Text<'n>,
    /// What the type is.
    pub description: Option<Text<'n>>,
    /// The properties that it stands for.
    pub properties: Vec<Text<'n>>,
    /// The combinations.
    pub values: Vec<Combination<'n>>,
}

/// One allowed combination.
#[derive(Clone, Debug)]
pub struct Combination<'n> {
    /// The name of the Rust variant.
    pub name: Text<'n>,
    /// What it means.
    pub description: Option<Text<'n>>,
    /// Property and value.
    pub set: Vec<(Text<'n>, Text<'n>)>,
    /// What other properties are when they are left out.
    pub default: Vec<(Text<'n>, Text<'n>)>,
}
