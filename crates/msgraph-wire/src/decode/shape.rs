//! The two forms of a response: an object, or an array that holds it.

use crate::object::{Fill, Missing, Object, Value, Writer, complete};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use std::fmt;

/// The properties that a response must have.
///
/// ```
/// use msgraph_wire::decode::{self, Properties};
/// # use serde::{de::MapAccess, ser::SerializeMap};
/// # use msgraph_wire::{Object, Value, Writer};
/// # #[derive(Debug, Default)]
/// # struct Room { seats: Option<u32> }
/// # impl Object for Room {
/// #     const REQUIRED: &'static [&'static str] = &["seats"];
/// #     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
/// #     where A: MapAccess<'de> { value.optional(&mut self.seats) }
/// #     fn write<S: SerializeMap>(&self, _: &mut Writer<S>) -> Result<(), S::Error> { Ok(()) }
/// # }
/// // `seats` is required; `$select` did not ask for it.
/// assert!(decode::object::<Room>(b"{}", Properties::Selected).is_ok());
///
/// let error = decode::object::<Room>(b"{}", Properties::All).unwrap_err();
/// assert_eq!(error.problem(), "the property `seats` is missing");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Properties {
    /// All required properties.
    #[default]
    All,
    /// The properties that `$select` names: the object itself may lack required properties, the
    /// objects within it may not.
    Selected,
}

/// The kinds of value that a body can be read into.
pub(super) trait Shape: Default {
    fn fill<'de, D>(&mut self, from: D, properties: Properties) -> Result<(), D::Error>
    where
        D: Deserializer<'de>;
}

/// Turns a missing property into an error, unless the caller chose the properties.
fn expect<E: Error>(properties: Properties, missing: Missing) -> Result<(), E> {
    match properties {
        Properties::All => complete(missing),
        Properties::Selected => Ok(()),
    }
}

/// An object.
#[derive(Default)]
pub(super) struct Bare<T>(pub(super) T);

impl<T: Object> Shape for Bare<T> {
    #[inline]
    fn fill<'de, D>(&mut self, from: D, properties: Properties) -> Result<(), D::Error>
    where
        D: Deserializer<'de>,
    {
        expect(properties, Fill(&mut self.0).deserialize(from)?)
    }
}

/// An object, or an array `value` that holds it.
#[derive(Default)]
pub(super) struct Envelope<T> {
    properties: Properties,
    pub(super) bare: T,
    pub(super) element: Option<T>,
}

impl<T: Object> Shape for Envelope<T> {
    #[inline]
    fn fill<'de, D>(&mut self, from: D, properties: Properties) -> Result<(), D::Error>
    where
        D: Deserializer<'de>,
    {
        self.properties = properties;
        let missing = Fill(&mut *self).deserialize(from)?;
        match self.element {
            Some(_) => Ok(()),
            None => expect(properties, missing),
        }
    }
}

/// Reads the property `value`, and the properties of the bare object.
impl<T: Object> Object for Envelope<T> {
    const REQUIRED: &'static [&'static str] = T::REQUIRED;

    #[inline]
    fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
    {
        match name {
            "value" => value.seed(Only(self)),
            _ => self.bare.read(name, value),
        }
    }

    fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
        self.element.as_ref().unwrap_or(&self.bare).write(to)
    }
}

const ONE_ELEMENT: &str = "an array with one element";

/// Reads an array with exactly one element.
struct Only<'a, T>(&'a mut Envelope<T>);

impl<'de, T: Object> DeserializeSeed<'de> for Only<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, T: Object> Visitor<'de> for Only<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ONE_ELEMENT)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let Self(envelope) = self;
        let element = Element(envelope.element.insert(T::default()), envelope.properties);
        let mut length = usize::from(array.next_element_seed(element)?.is_some());
        while array.next_element::<IgnoredAny>()?.is_some() {
            length += 1;
        }
        match length {
            1 => Ok(()),
            _ => Err(A::Error::invalid_length(length, &ONE_ELEMENT)),
        }
    }
}

/// Reads the element of the array.
struct Element<'a, T>(&'a mut T, Properties);

impl<'de, T: Object> DeserializeSeed<'de> for Element<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        expect(self.1, Fill(self.0).deserialize(from)?)
    }
}
