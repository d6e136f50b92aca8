//! A value that is refused before anything is sent.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;

/// A value that is refused before anything is sent.
///
/// The error names the kind of value, the rule that it breaks, and a suggested fix. It never
/// repeats the value, except the name of a time zone.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::IsoDuration;
/// use std::time::Duration;
///
/// let error = IsoDuration::try_from(Duration::ZERO).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid duration: must be longer than zero; give at least a second",
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidValue {
    what: &'static str,
    rule: Cow<'static, str>,
    help: Cow<'static, str>,
}

impl InvalidValue {
    /// Makes an error of the kind of value (`duration`), the rule (`must be …`) and the help
    /// (`give …`).
    ///
    /// ```
    /// # use msgraph_wire as msgraph_presence;
    /// use msgraph_presence::InvalidValue;
    ///
    /// let error = InvalidValue::new("room", "must have a door", "build one");
    /// assert_eq!(error.what(), "room");
    /// assert_eq!(error.rule(), "must have a door");
    /// assert_eq!(error.help(), "build one");
    /// ```
    pub fn new(
        what: &'static str,
        rule: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            what,
            rule: rule.into(),
            help: help.into(),
        }
    }

    /// The kind of value, such as `duration`.
    pub fn what(&self) -> &str {
        self.what
    }

    /// The rule that it breaks.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// A suggested fix.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid {}: {}; {}", self.what, self.rule, self.help)
    }
}

/// The line of `Display`, because `main` and `unwrap` print this form.
impl fmt::Debug for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for InvalidValue {}

/// A conversion that cannot fail.
impl From<Infallible> for InvalidValue {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
