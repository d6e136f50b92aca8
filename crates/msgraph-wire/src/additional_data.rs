//! The members of an object that its type does not know.

use serde_json::{Map, Value};
use std::fmt;

/// The members of a JSON object that its type does not know, kept as they came.
///
/// It is one pointer wide, and costs nothing while there are none. `Debug` shows the
/// names alone.
///
/// ```
/// use msgraph_wire::AdditionalData;
///
/// let mut data = AdditionalData::default();
/// data.insert("@odata.etag", "W/\"1\"".into());
/// assert_eq!(data.get("@odata.etag").and_then(|value| value.as_str()), Some("W/\"1\""));
/// assert_eq!(data.iter().count(), data.len());
/// assert_eq!(format!("{data:?}"), r#"{"@odata.etag"}"#);
///
/// data.remove("@odata.etag");
/// assert!(data.is_empty());
/// ```
#[derive(Clone, Default)]
pub struct AdditionalData(Option<Box<Map<String, Value>>>);

impl AdditionalData {
    /// The value of the member `name`, or `None` when there is no such member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// Adds a member, or replaces its value.
    ///
    /// It is written after the members that the type knows. Their names do not belong
    /// here: such a member would be written twice.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        self.0.get_or_insert_default().insert(name.into(), value);
    }

    /// Removes a member and gives back its value, or `None` when there is no such member.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.as_mut()?.remove(name)
    }

    /// The members, each with its value, sorted by name unless `serde_json` is told to
    /// `preserve_order`.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0
            .iter()
            .flat_map(|members| members.iter())
            .map(|(name, value)| (name.as_str(), value))
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |members| members.len())
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|members| members.is_empty())
    }
}

impl PartialEq for AdditionalData {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.is_empty() && other.is_empty(),
        }
    }
}

impl fmt::Debug for AdditionalData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}
