//! Undocumented behaviour of the service: ambiguities of the documentation, each as a switch.

use msgraph_presence_models::InvalidValue;
use std::fmt;
use std::str::FromStr;

/// Declares the enum, the list of its values and their texts from one table.
macro_rules! undocumented {
    (
        $(#[$enum_doc:meta])*
        pub enum $Enum:ident { $($(#[$doc:meta])* $Name:ident = $text:literal,)* }
    ) => {
        $(#[$enum_doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Enum { $($(#[$doc])* $Name,)* }

        impl $Enum {
            /// Every undocumented behaviour.
            pub const ALL: &'static [Self] = &[$(Self::$Name,)*];

            /// The text that the program and the administration API take, such as `noContent`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Name => $text,)*
                }
            }
        }
    };
}

undocumented! {
    /// An ambiguity in the documentation. When it is assumed, the emulator takes the other reading.
    ///
    /// Its text is the name in camelCase, such as `noContent`.
    ///
    /// A program is ready for the real service when it works under each of them:
    ///
    /// ```
    /// use msgraph_presence_emulator::{Emulator, Undocumented};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// for &behaviour in Undocumented::ALL {
    ///     let builder = Emulator::builder().user("Ada").assume(behaviour);
    ///     let emulator = builder.start().await?;
    ///     let url = format!("{}/me/presence", emulator.base_url());
    ///     let call = reqwest::Client::new().get(url).bearer_auth("Ada");
    ///     let body = call.send().await?.text().await?.to_lowercase();
    ///     assert!(body.contains(r#""availability":"offline""#), "{behaviour:?}: {body}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub enum Undocumented {
        /// `/communications/presences/{id}` returns `{"value":[…]}`, as its page shows.
        ///
        /// Otherwise one bare presence, as the metadata and every SDK have it.
        Envelope = "envelope",

        /// The writes return 204, as the metadata says. Otherwise 200, as the text of their pages
        /// says.
        NoContent = "noContent",

        /// Availabilities and activities come in camelCase, as the resource's page lists them.
        ///
        /// Otherwise in PascalCase, as every example shows them.
        CamelCase = "camelCase",

        /// Absent properties of a presence are `null`. Otherwise they are left out.
        Nulls = "nulls",

        /// There is no `@odata.context`, as in the pages' examples.
        ///
        /// Otherwise it is there, as in every body that was observed.
        NoContext = "noContext",

        /// Reading another user takes Presence.Read.All, as the page's examples say.
        ///
        /// Otherwise Presence.Read is enough, as the page's table says.
        ReadAllForOthers = "readAllForOthers",

        /// A missing permission is always answered with 401.
        ///
        /// Otherwise, as was observed, a read with 401 and a write with 403 and an empty message.
        Missing401 = "missing401",

        /// A missing permission is always answered with 403 and an empty message.
        Missing403 = "missing403",

        /// An error's inner part is spelled `innererror`. Otherwise `innerError`.
        LowerCaseInnerError = "lowerCaseInnerError",

        /// `Retry-After` has a fraction, as an older sample shows. Otherwise whole seconds.
        FractionalRetryAfter = "fractionalRetryAfter",

        /// 10,000 requests in 30 seconds, as the throttling page says.
        ///
        /// Otherwise 1,500, as the operation's page says.
        TenThousand = "tenThousand",

        /// The expiry of a status message is read in the zone in which it was set. Otherwise in
        /// UTC.
        KeptTimeZone = "keptTimeZone",

        /// The text of a status message comes back with `&`, `<` and `>` escaped.
        ///
        /// A draft of the page said that the text is sanitized; the page does not say so any more.
        Sanitized = "sanitized",

        /// `$select` is refused, as one user reported. Otherwise it works, as the metadata says.
        SelectRefused = "selectRefused",

        /// getPresencesByUserId returns PresenceUnknown for an unknown id.
        ///
        /// Otherwise its presence is missing from the response.
        UnknownIdsShown = "unknownIdsShown",

        /// getPresencesByUserId is refused with 404 when an id is unknown.
        ///
        /// Otherwise its presence is missing from the response.
        UnknownIdsRefused = "unknownIdsRefused",

        /// getPresencesByUserId with more than 650 ids returns the first 650 presences.
        ///
        /// Otherwise it is refused with 400, as was observed.
        First650Ids = "first650Ids",

        /// setPresence takes only the id of the calling application as `sessionId`.
        ///
        /// Otherwise any text, although its page says to give the application's id.
        OwnSessionId = "ownSessionId",

        /// The responses in a batch come in reverse order. Otherwise in the order of the requests.
        ///
        /// The documentation says that they may come in any order.
        BatchReversed = "batchReversed",
    }
}

impl Undocumented {
    /// The texts of all behaviours, separated by commas.
    pub(crate) fn names() -> String {
        let names: Vec<_> = Self::ALL
            .iter()
            .map(|behaviour| behaviour.as_str())
            .collect();
        names.join(", ")
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl FromStr for Undocumented {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mut behaviours = Self::ALL.iter().copied();
        behaviours
            .find(|behaviour| behaviour.as_str() == text)
            .ok_or_else(|| {
                let help = format!("write one of {}", Self::names());
                InvalidValue::new("undocumented behaviour", "the name is unknown", help)
            })
    }
}

impl fmt::Display for Undocumented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The undocumented behaviours that are assumed.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct UndocumentedSet(u32);

impl UndocumentedSet {
    pub(crate) fn has(self, behaviour: Undocumented) -> bool {
        self.0 & behaviour.bit() != 0
    }

    pub(crate) fn set(&mut self, behaviour: Undocumented, assumed: bool) {
        if assumed {
            self.0 |= behaviour.bit();
        } else {
            self.0 &= !behaviour.bit();
        }
    }
}

impl fmt::Debug for UndocumentedSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let assumed = Undocumented::ALL
            .iter()
            .filter(|behaviour| self.has(**behaviour));
        f.debug_set().entries(assumed).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_behaviour_is_a_switch_of_its_own() {
        for &behaviour in Undocumented::ALL {
            assert_eq!(behaviour.to_string().parse(), Ok(behaviour));
            let mut set = UndocumentedSet::default();
            set.set(behaviour, true);
            let assumed: Vec<_> = Undocumented::ALL
                .iter()
                .copied()
                .filter(|d| set.has(*d))
                .collect();
            assert_eq!(assumed, [behaviour]);
            set.set(behaviour, false);
            assert_eq!(set, UndocumentedSet::default());
        }
        let error = "nothing".parse::<Undocumented>().unwrap_err();
        assert!(error.help().contains("envelope, noContent"), "{error}");
    }
}
