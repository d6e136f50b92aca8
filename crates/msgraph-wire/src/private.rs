//! The `Debug` form of a private value.

use std::fmt;

/// Hides a private value in `Debug`: `_` replaces it.
///
/// Implements `Debug` around a `String`, a `bool`, a number, and an `Option` or `Vec` of anything.
///
/// ```
/// use msgraph_wire::Private;
///
/// let message = Some("At the dentist".to_owned());
/// assert_eq!(format!("{:?}", Private(&message)), "Some(_)");
/// assert_eq!(format!("{:?}", Private(&String::new())), "\"\"");
/// assert_eq!(format!("{:?} {:?}", Private(&42_i64), Private(&vec![7])), "_ [_]");
/// ```
pub struct Private<'a, T>(pub &'a T);

impl<T> fmt::Debug for Private<'_, Option<T>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Some(_)" } else { "None" })
    }
}

impl<T> fmt::Debug for Private<'_, Vec<T>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "[]" } else { "[_]" })
    }
}

/// The `Debug` form of types that always have a value.
macro_rules! placeholder {
    ($($type:ty),*) => {$(
        impl fmt::Debug for Private<'_, $type> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("_")
            }
        }
    )*};
}

placeholder!(bool, i32, i64, f64);

impl fmt::Debug for Private<'_, String> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { "\"_\"" })
    }
}
