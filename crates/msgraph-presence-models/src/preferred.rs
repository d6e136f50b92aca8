//! Parses a preferred presence.

use crate::{InvalidValue, PreferredPresence};
use std::str::FromStr;

/// Parses the name of the availability in any letter case, or the abbreviation `dnd` or `brb`.
///
/// ```
/// # use msgraph_presence_models as msgraph_presence;
/// use msgraph_presence::PreferredPresence;
///
/// assert_eq!("DoNotDisturb".parse(), Ok(PreferredPresence::DoNotDisturb));
/// assert_eq!("dnd".parse(), Ok(PreferredPresence::DoNotDisturb));
/// assert_eq!("brb".parse(), Ok(PreferredPresence::BeRightBack));
/// assert_eq!("offline".parse(), Ok(PreferredPresence::Offline));
/// assert_eq!(
///     "Presenting".parse::<PreferredPresence>().unwrap_err().to_string(),
///     "invalid preferred presence: not one of the six that exist; write one of Available, Busy, \
///      DoNotDisturb, BeRightBack, Away, Offline",
/// );
/// ```
impl FromStr for PreferredPresence {
    type Err = InvalidValue;

    /// # Errors
    /// When the text is not one of these names.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let name = match text.to_ascii_lowercase().as_str() {
            "dnd" => "DoNotDisturb",
            "brb" => "BeRightBack",
            _ => text,
        };
        let mut all = Self::ALL.iter().copied();
        let is_named = |it: &Self| it.availability().as_str().eq_ignore_ascii_case(name);
        all.find(is_named).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|it| it.availability()).collect();
            let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
            let help = format!("write one of {}", names.join(", "));
            InvalidValue::new("preferred presence", "not one of the six that exist", help)
        })
    }
}
