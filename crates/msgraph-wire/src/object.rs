//! JSON objects that keep unknown properties.

mod seeds;

pub(crate) use seeds::{Fill, Missing, complete};

use crate::AdditionalData;
use crate::json_text::JsonText;
use crate::number::{Double, Doubles};
use serde::de::{DeserializeSeed, MapAccess};
use serde::ser::SerializeMap;
use serde::{Deserializer, Serialize, Serializer};

/// A JSON object with known properties, which keeps all others.
///
/// An implementation has one line for each property in `read` and in `write`;
/// [`object!`](crate::object!) adds `Serialize` and `Deserialize`. Properties may come in any
/// order. If a property comes twice, the last value counts.
///
/// ```
/// use msgraph_wire::{AdditionalData, Object, Value, Writer, object};
/// use serde::de::MapAccess;
/// use serde::ser::SerializeMap;
///
/// #[derive(Default)]
/// struct Place {
///     name: Option<String>,
///     additional_data: AdditionalData,
/// }
///
/// impl Object for Place {
///     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
///     where
///         A: MapAccess<'de>,
///     {
///         match name {
///             "name" => value.optional(&mut self.name),
///             _ => value.keep(name, &mut self.additional_data),
///         }
///     }
///
///     fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
///         to.optional("name", &self.name)?;
///         to.rest(&self.additional_data)
///     }
/// }
///
/// object!(Place);
///
/// let json = r#"{"name":"Marienbad","stars":5}"#;
/// let place: Place = serde_json::from_str(json)?;
/// assert_eq!(place.name.as_deref(), Some("Marienbad"));
/// assert_eq!(serde_json::to_string(&place)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Object: Default {
    /// The JSON names of the required properties; none by default. Only the first 64 are checked.
    const REQUIRED: &'static [&'static str] = &[];

    /// Reads the value of the property `name` into its field.
    ///
    /// # Errors
    /// When the value is not of the field's type.
    fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
    where
        A: MapAccess<'de>;

    /// Writes the properties that have a value.
    ///
    /// # Errors
    /// Those of the serializer.
    fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error>;
}

/// The unread value of a property, with a method for each kind of field.
///
/// ```
/// use msgraph_wire::{AdditionalData, Object, Value, Writer, object};
/// use serde::{de::MapAccess, ser::SerializeMap};
///
/// # #[derive(Default)]
/// # struct Room { seats: Option<u32> }
/// # impl Object for Room {
/// #     fn read<'de, A>(&mut self, _: &str, value: Value<'_, A>) -> Result<(), A::Error>
/// #     where A: MapAccess<'de> { value.optional(&mut self.seats) }
/// #     fn write<S: SerializeMap>(&self, _: &mut Writer<S>) -> Result<(), S::Error> { Ok(()) }
/// # }
/// #[derive(Default)]
/// struct Place {
///     id: String,
///     stars: Option<u8>,
///     hall: Option<Room>,
///     additional_data: AdditionalData,
/// }
///
/// impl Object for Place {
///     const REQUIRED: &'static [&'static str] = &["id"];
///
///     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
///     where
///         A: MapAccess<'de>,
///     {
///         match name {
///             "id" => value.required(&mut self.id),
///             "stars" => value.optional(&mut self.stars),
///             "hall" => value.object(&mut self.hall),
///             _ => value.keep(name, &mut self.additional_data),
///         }
///     }
///
///     fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
///         to.required("id", &self.id)
///     }
/// }
///
/// object!(Place);
///
/// let json = r#"{"id":"m","stars":null,"hall":{"seats":40},"rooms":[]}"#;
/// let place: Place = serde_json::from_str(json)?;
/// assert_eq!((place.id.as_str(), place.stars), ("m", None));
/// assert_eq!(place.hall.unwrap_or_default().seats, Some(40));
/// assert!(place.additional_data.get("rooms").is_some());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct Value<'a, A>(&'a mut A);

/// The JSON object that is being written.
///
/// ```
/// use msgraph_wire::{AdditionalData, Object, Value, Writer, object};
/// use serde::{de::MapAccess, ser::SerializeMap};
///
/// #[derive(Default)]
/// struct Place {
///     id: String,
///     open: bool,
///     stars: Option<u8>,
///     additional_data: AdditionalData,
/// }
///
/// impl Object for Place {
///     fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
///     where
///         A: MapAccess<'de>,
///     {
///         value.keep(name, &mut self.additional_data)
///     }
///
///     fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
///         to.required("id", &self.id)?;
///         to.required("open", &self.open)?;
///         to.optional("stars", &self.stars)?;
///         to.rest(&self.additional_data)
///     }
/// }
///
/// object!(Place);
///
/// let mut place = Place::default();
/// assert_eq!(serde_json::to_string(&place)?, r#"{"id":"","open":false}"#);
///
/// place.additional_data.insert("rooms", 12.into());
/// assert_eq!(serde_json::to_string(&place)?, r#"{"id":"","open":false,"rooms":12}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct Writer<S>(S);

impl<S: SerializeMap> Writer<S> {
    /// Writes a required property, even an empty string: the service may send one.
    ///
    /// # Errors
    /// Those of the serializer.
    #[inline]
    pub fn required<T>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error>
    where
        T: Serialize + ?Sized,
    {
        self.0.serialize_entry(name, value)
    }

    /// Writes an optional property; `None` writes nothing.
    ///
    /// # Errors
    /// Those of the serializer.
    #[inline]
    pub fn optional<T>(&mut self, name: &'static str, value: &Option<T>) -> Result<(), S::Error>
    where
        T: Serialize,
    {
        match value {
            Some(value) => self.0.serialize_entry(name, value),
            None => Ok(()),
        }
    }

    /// Writes a number, or an option, a list or a map of numbers, in OData's `Edm.Double` format;
    /// `None` writes nothing.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn double<T: Double>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error> {
        if value.is_none() {
            Ok(())
        } else {
            self.0.serialize_entry(name, &Doubles(value))
        }
    }

    /// Writes the unknown properties: unchanged to JSON, as values to other formats.
    ///
    /// # Errors
    /// Those of the serializer.
    #[inline]
    pub fn rest(&mut self, data: &AdditionalData) -> Result<(), S::Error> {
        if data.is_empty() {
            Ok(())
        } else {
            self.write_kept(data)
        }
    }

    #[cold]
    fn write_kept(&mut self, data: &AdditionalData) -> Result<(), S::Error> {
        data.iter()
            .try_for_each(|(name, json)| self.0.serialize_entry(&name, &JsonText(json)))
    }
}

/// Implements `Serialize` and `Deserialize` for an [`Object`](crate::Object), whose documentation
/// has an example.
#[macro_export]
macro_rules! object {
    ($type:ty $(,)?) => {
        impl $crate::serde::Serialize for $type {
            #[inline]
            fn serialize<S>(&self, serializer: S) -> Result<S::Ok, S::Error>
            where
                S: $crate::serde::Serializer,
            {
                $crate::support::write(self, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D>(deserializer: D) -> Result<Self, D::Error>
            where
                D: $crate::serde::Deserializer<'de>,
            {
                $crate::support::read(deserializer)
            }
        }
    };
}

/// Reads an object and checks its required properties.
///
/// # Errors
/// When a value is not of its field's type, or a required property is missing.
pub fn read<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut object = T::default();
    complete(Fill(&mut object).deserialize(deserializer)?)?;
    Ok(object)
}

/// Writes an object.
///
/// # Errors
/// Those of the serializer.
#[inline]
pub fn write<T: Object, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut writer = Writer(serializer.serialize_map(None)?);
    object.write(&mut writer)?;
    writer.0.end()
}
