//! Limits of a schema: the number of items, the number of characters, a duration.

use crate::{InvalidValue, IsoDuration};
use std::ops::{Bound, RangeBounds};
use std::time::Duration;

/// A value whose size a schema can limit.
pub trait Limited {
    /// The size that is compared with the limits.
    type Size: Copy + PartialOrd;

    /// The counted noun in the singular; empty for a duration.
    const UNIT: &'static str;

    /// The suggested fixes for a value that is too small and for one that is too large.
    const HELP: (&'static str, &'static str) = ("give a longer one", "give a shorter one");

    /// The size; `None` if there is no value, or if it has no size, so that no limit applies.
    fn size(&self) -> Option<Self::Size>;

    /// The size as it is written in an error.
    fn number(size: Self::Size) -> String;
}

/// Checks the size of the property `name` before it is sent.
///
/// With an empty `help`, the error suggests a larger or a smaller value.
///
/// ```
/// use msgraph_wire::within;
///
/// assert_eq!(within("ids", &vec!["a"], 1..=650, ""), Ok(()));
/// let error = within("ids", &Vec::<String>::new(), 1..=650, "").unwrap_err();
/// assert_eq!(error.to_string(), "invalid ids: must be 1 to 650 items; give more");
/// ```
///
/// # Errors
/// When the size is not within the limits.
pub fn within<T: Limited>(
    name: &'static str,
    value: &T,
    limits: impl RangeBounds<T::Size>,
    help: &'static str,
) -> Result<(), InvalidValue> {
    let Some(size) = value.size().filter(|size| !limits.contains(size)) else {
        return Ok(());
    };
    let bound = |bound: Bound<&T::Size>| match bound {
        Bound::Included(size) | Bound::Excluded(size) => Some(*size),
        Bound::Unbounded => None,
    };
    let (least, most) = (bound(limits.start_bound()), bound(limits.end_bound()));
    let range = match (least.map(T::number), most.map(T::number)) {
        (Some(least), Some(most)) if least == most => counted::<T>(&most),
        (Some(least), Some(most)) => format!("{least} to {}", counted::<T>(&most)),
        (Some(least), None) => format!("at least {}", counted::<T>(&least)),
        (None, most) => format!("at most {}", counted::<T>(&most.unwrap_or_default())),
    };
    let (longer, shorter) = T::HELP;
    let help = match help {
        "" if least.is_some_and(|least| size < least) => longer,
        "" => shorter,
        help => help,
    };
    Err(InvalidValue::new(name, format!("must be {range}"), help))
}

/// A number with its unit.
fn counted<T: Limited>(number: &str) -> String {
    match (T::UNIT, number) {
        ("", number) => number.to_owned(),
        (unit, "1") => format!("1 {unit}"),
        (unit, number) => format!("{number} {unit}s"),
    }
}

impl<T> Limited for Vec<T> {
    type Size = usize;
    const UNIT: &'static str = "item";
    const HELP: (&'static str, &'static str) = ("give more", "give fewer");

    fn size(&self) -> Option<usize> {
        Some(self.len())
    }

    fn number(size: usize) -> String {
        size.to_string()
    }
}

impl Limited for String {
    type Size = usize;
    const UNIT: &'static str = "character";

    fn size(&self) -> Option<usize> {
        Some(self.chars().count())
    }

    fn number(size: usize) -> String {
        size.to_string()
    }
}

/// A text that is not a duration has no size: it can only come from a response.
impl Limited for IsoDuration {
    type Size = Duration;
    const UNIT: &'static str = "";

    fn size(&self) -> Option<Duration> {
        self.to_duration().ok()
    }

    fn number(size: Duration) -> String {
        Self::try_from(size).map_or_else(|_| "PT0S".to_owned(), |text| text.to_string())
    }
}

impl<T: Limited> Limited for Option<T> {
    type Size = T::Size;
    const UNIT: &'static str = T::UNIT;
    const HELP: (&'static str, &'static str) = T::HELP;

    fn size(&self) -> Option<T::Size> {
        self.as_ref().and_then(T::size)
    }

    fn number(size: T::Size) -> String {
        T::number(size)
    }
}
