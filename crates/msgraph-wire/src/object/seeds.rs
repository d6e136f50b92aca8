//! Reads objects: the methods of [`Value`], the loop over properties, and the fields they go into.

use super::{Object, Value};
use crate::AdditionalData;
use crate::number::{Double, Doubles};
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

impl<'de, A: MapAccess<'de>> Value<'_, A> {
    /// Reads a value that is not an object; null clears the field.
    ///
    /// # Errors
    /// When the value is neither of the field's type nor null.
    #[inline]
    pub fn optional<T: Deserialize<'de>>(self, field: &mut Option<T>) -> Result<(), A::Error> {
        self.0.next_value_seed(OrNull(field, Whole))
    }

    /// Reads a required value that is not an object.
    ///
    /// # Errors
    /// When the value is not of the field's type.
    #[inline]
    pub fn required<T: Deserialize<'de>>(self, field: &mut T) -> Result<(), A::Error> {
        *field = self.0.next_value()?;
        Ok(())
    }

    /// Reads a number, or an option, a list or a map of numbers, in OData's `Edm.Double` format.
    ///
    /// # Errors
    /// When the value is not of the field's type.
    pub fn double<T: Double>(self, field: &mut T) -> Result<(), A::Error> {
        let Doubles(value) = self.0.next_value()?;
        *field = value;
        Ok(())
    }

    /// Reads an object in place; null clears the field.
    ///
    /// # Errors
    /// When the value is neither an object nor null, or lacks a required property.
    #[inline]
    pub fn object<T: Object>(self, field: &mut Option<T>) -> Result<(), A::Error> {
        self.0.next_value_seed(OrNull(field, InPlace))
    }

    /// Reads a value with a seed of this crate.
    #[inline]
    pub(crate) fn seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(seed)
    }

    /// Keeps the value of an unknown property, which may be any JSON.
    ///
    /// # Errors
    /// When the value is not JSON.
    #[cold]
    pub fn keep(self, name: &str, data: &mut AdditionalData) -> Result<(), A::Error> {
        data.keep(name, self.0)
    }
}

/// The name of a required property that the JSON lacks; `None` if it has all of them.
pub(crate) type Missing = Option<&'static str>;

/// Turns a missing property into an error.
pub(crate) fn complete<E: Error>(missing: Missing) -> Result<(), E> {
    match missing {
        Some(name) => Err(E::missing_field(name)),
        None => Ok(()),
    }
}

/// Reads the properties of a JSON object into a value.
pub(crate) struct Fill<'a, T>(pub(crate) &'a mut T);

impl<'de, T: Object> DeserializeSeed<'de> for Fill<'_, T> {
    type Value = Missing;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Missing, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, T: Object> Visitor<'de> for Fill<'_, T> {
    type Value = Missing;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Missing, A::Error> {
        let mut seen = Seen::default();
        let mut copy = String::new();
        while let Some(name) = map.next_key_seed(NameSeed(&mut copy))? {
            let name = name.unwrap_or(&copy);
            seen.note(T::REQUIRED, name);
            self.0.read(name, Value(&mut map))?;
        }
        Ok(seen.missing(T::REQUIRED))
    }
}

/// The required properties read so far, one bit for each of the first 64.
#[derive(Default)]
struct Seen(u64);

impl Seen {
    #[inline]
    fn note(&mut self, required: &[&str], name: &str) {
        for (place, candidate) in (0..64).zip(required) {
            if *candidate == name {
                self.0 |= 1 << place;
            }
        }
    }

    #[inline]
    fn missing(&self, required: &[&'static str]) -> Missing {
        let mut names = (0..64).zip(required);
        let absent = names.find(|(place, _)| self.0 & (1 << place) == 0);
        absent.map(|(_, name)| *name)
    }
}

/// A field that null clears, and the way to read any other value into it.
pub(super) struct OrNull<'a, T, R>(pub(super) &'a mut Option<T>, pub(super) R);

impl<'de, T, R: ReadInto<'de, T>> DeserializeSeed<'de> for OrNull<'_, T, R> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de, T, R: ReadInto<'de, T>> Visitor<'de> for OrNull<'_, T, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.visit_none()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.1.read_into(self.0, from)
    }
}

/// A way to read a value into its field.
pub(super) trait ReadInto<'de, T> {
    fn read_into<D>(self, field: &mut Option<T>, from: D) -> Result<(), D::Error>
    where
        D: Deserializer<'de>;
}

/// Reads the whole value, then assigns it.
pub(super) struct Whole;

impl<'de, T: Deserialize<'de>> ReadInto<'de, T> for Whole {
    #[inline]
    fn read_into<D>(self, field: &mut Option<T>, from: D) -> Result<(), D::Error>
    where
        D: Deserializer<'de>,
    {
        *field = Some(T::deserialize(from)?);
        Ok(())
    }
}

/// Reads an object in place.
pub(super) struct InPlace;

impl<'de, T: Object> ReadInto<'de, T> for InPlace {
    #[inline]
    fn read_into<D>(self, field: &mut Option<T>, from: D) -> Result<(), D::Error>
    where
        D: Deserializer<'de>,
    {
        complete(Fill(field.insert(T::default())).deserialize(from)?)
    }
}

/// Reads the name of a property. A name with escapes is copied, and the value is `None`.
struct NameSeed<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for NameSeed<'_> {
    type Value = Option<&'de str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameSeed<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Some(name))
    }

    #[cold]
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        name.clone_into(self.0);
        Ok(None)
    }
}
