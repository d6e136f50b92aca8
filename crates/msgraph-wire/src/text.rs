//! Visitors for values that are JSON strings.

use serde::de::{Error, Unexpected, Visitor};
use std::fmt;

/// Reads a string with a function that cannot fail.
pub(crate) struct Text<F>(pub(crate) F);

impl<T, F: FnOnce(&str) -> T> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok((self.0)(text))
    }
}

/// Reads a string with a function that returns `None` for an invalid one; the first field names
/// what is expected.
pub(crate) struct CheckedText<F>(pub(crate) &'static str, pub(crate) F);

impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for CheckedText<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let Self(expected, read) = self;
        let invalid = || E::invalid_value(Unexpected::Other("another string"), &expected);
        read(text).ok_or_else(invalid)
    }
}
