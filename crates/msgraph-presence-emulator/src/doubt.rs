//! The places where the documentation contradicts itself or is silent, each as a switch.

use msgraph_presence_models::InvalidValue;
use std::fmt;
use std::str::FromStr;

/// A doubt about the service. Assumed, it makes the emulator behave in the other way.
///
/// As a text it is its name in camelCase, such as `noContent`.
///
/// A program is ready for the real service when it works under each of them:
///
/// ```
/// use msgraph_presence_emulator::{Doubt, Emulator};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// for &doubt in Doubt::ALL {
///     let builder = Emulator::builder().user("Ada").assume(doubt);
///     let emulator = builder.start().await?;
///     let url = format!("{}/me/presence", emulator.base_url());
///     let call = reqwest::Client::new().get(url).bearer_auth("Ada");
///     let body = call.send().await?.text().await?.to_lowercase();
///     assert!(body.contains(r#""availability":"offline""#), "{doubt:?}: {body}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Doubt {
    /// `/communications/presences/{id}` answers `{"value":[…]}`, as its page shows.
    ///
    /// Otherwise one bare presence, as the metadata and every SDK have it.
    Envelope,

    /// The POSTs answer 204, as the metadata says. Otherwise 200, as their pages say.
    NoContent,

    /// Availabilities and activities come in camelCase, as the resource's page lists them.
    ///
    /// Otherwise in PascalCase, as every example shows them.
    CamelCase,

    /// What a presence does not have is there as `null`. Otherwise it is left out.
    Nulls,

    /// There is no `@odata.context`, as in the pages' examples.
    ///
    /// Otherwise it is there, as in every body that was observed.
    NoContext,

    /// Reading another user takes Presence.Read.All, as the page's examples say.
    ///
    /// Otherwise Presence.Read is enough, as the page's table says.
    ReadAllForOthers,

    /// A missing permission is always answered with 401.
    ///
    /// Otherwise, as was observed, a read with 401 and a write with 403 and an empty message.
    Missing401,

    /// A missing permission is always answered with 403 and an empty message.
    Missing403,

    /// An error's inner part is spelled `innererror`. Otherwise `innerError`.
    LowerCaseInnerError,

    /// `Retry-After` has a fraction, as an older sample shows. Otherwise whole seconds.
    FractionalRetryAfter,

    /// 10,000 requests in 30 seconds, as the throttling page says.
    ///
    /// Otherwise 1,500, as the operation's page says.
    TenThousand,

    /// The expiry of a status message is read in the zone in which it was set. Otherwise in UTC.
    KeptTimeZone,

    /// The text of a status message comes back with `&`, `<` and `>` escaped.
    ///
    /// A draft of the page said that the text is sanitized; the page does not say so any more.
    Sanitized,

    /// `$select` is refused, as one user reported. Otherwise it works, as the metadata says.
    SelectRefused,
}

impl Doubt {
    /// Every doubt.
    pub const ALL: &'static [Self] = &[
        Self::Envelope,
        Self::NoContent,
        Self::CamelCase,
        Self::Nulls,
        Self::NoContext,
        Self::ReadAllForOthers,
        Self::Missing401,
        Self::Missing403,
        Self::LowerCaseInnerError,
        Self::FractionalRetryAfter,
        Self::TenThousand,
        Self::KeptTimeZone,
        Self::Sanitized,
        Self::SelectRefused,
    ];

    /// The doubt as a text, as the program and the administration API take it, such as `noContent`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Envelope => "envelope",
            Self::NoContent => "noContent",
            Self::CamelCase => "camelCase",
            Self::Nulls => "nulls",
            Self::NoContext => "noContext",
            Self::ReadAllForOthers => "readAllForOthers",
            Self::Missing401 => "missing401",
            Self::Missing403 => "missing403",
            Self::LowerCaseInnerError => "lowerCaseInnerError",
            Self::FractionalRetryAfter => "fractionalRetryAfter",
            Self::TenThousand => "tenThousand",
            Self::KeptTimeZone => "keptTimeZone",
            Self::Sanitized => "sanitized",
            Self::SelectRefused => "selectRefused",
        }
    }

    /// The names of all doubts, as a list in a sentence.
    pub(crate) fn names() -> String {
        let names: Vec<_> = Self::ALL.iter().map(|doubt| doubt.as_str()).collect();
        names.join(", ")
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl FromStr for Doubt {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mut doubts = Self::ALL.iter().copied();
        doubts.find(|doubt| doubt.as_str() == text).ok_or_else(|| {
            let cure = format!("write one of {}", Self::names());
            InvalidValue::new("doubt", "there is none of that name", cure)
        })
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The doubts that are assumed.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Doubts(u32);

impl Doubts {
    pub(crate) fn has(self, doubt: Doubt) -> bool {
        self.0 & doubt.bit() != 0
    }

    pub(crate) fn set(&mut self, doubt: Doubt, assumed: bool) {
        if assumed {
            self.0 |= doubt.bit();
        } else {
            self.0 &= !doubt.bit();
        }
    }
}

impl fmt::Debug for Doubts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let assumed = Doubt::ALL.iter().filter(|doubt| self.has(**doubt));
        f.debug_set().entries(assumed).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_doubt_is_a_switch_of_its_own() {
        for &doubt in Doubt::ALL {
            assert_eq!(doubt.to_string().parse(), Ok(doubt));
            let mut doubts = Doubts::default();
            doubts.set(doubt, true);
            let assumed: Vec<_> = Doubt::ALL
                .iter()
                .copied()
                .filter(|d| doubts.has(*d))
                .collect();
            assert_eq!(assumed, [doubt]);
            doubts.set(doubt, false);
            assert_eq!(doubts, Doubts::default());
        }
        let error = "nothing".parse::<Doubt>().unwrap_err();
        assert!(error.cure().contains("envelope, noContent"), "{error}");
    }
}
