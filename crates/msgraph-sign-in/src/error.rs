//! The errors of a sign-in: what happened, who can fix it, and how.

mod json;
mod platform;

pub(crate) use json::Refusal;
pub use platform::PlatformError;

use msgraph_runtime::BoxError;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The error of a sign-in, or of the renewal of a token.
///
/// `Display` is one line: what happened, who can fix it and how, then the code, the number and the
/// ids of the identity platform, and a link. Neither `Display` nor `Debug` has a token, a code or
/// the name of a user. Clones share one error.
///
/// A call of a client that fails because of it has it as a source: [`Error::find`] finds it.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    party: Party,
    message: Cow<'static, str>,
    help: Cow<'static, str>,
    platform: Option<PlatformError>,
    retry_after: Option<Duration>,
    claims: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The kinds of error, by what a program can do about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The settings are wrong; nothing was sent.
    Configuration,

    /// A person has to sign in: for the first time, or because the platform asks for it again.
    SignInRequired,

    /// The person has declined the sign-in.
    Declined,

    /// The time for the sign-in is over, or its code has expired.
    Expired,

    /// The platform refuses the application or the account; another sign-in does not help.
    Refused,

    /// The platform cannot be reached, is busy or has a temporary fault: try again later.
    Unavailable,

    /// The response is not that of an identity platform.
    Response,

    /// The store of the tokens fails.
    Store,

    /// The browser cannot be opened, or no port for its callback.
    Browser,
}

/// The party who can fix an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Party {
    /// The person who signs in.
    Person,

    /// An administrator of the organization, or of the machine.
    Administrator,

    /// The author of the program, or the person who registered it.
    Author,

    /// The error is temporary, and nobody needs to act.
    None,
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        message: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Arc::new(Inner {
            kind,
            party: kind.party(),
            message: message.into(),
            help: help.into(),
            platform: None,
            retry_after: None,
            claims: None,
            source: None,
        }))
    }

    /// The error of a response that an identity platform of Microsoft would not send.
    pub(crate) fn response(message: Cow<'static, str>) -> Self {
        let help = "check the authority: it must be an identity platform of Microsoft";
        Self::new(ErrorKind::Response, message, help)
    }

    /// Changes an error that is not shared yet.
    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            change(inner);
        }
        self
    }

    pub(crate) fn with_party(self, party: Party) -> Self {
        self.with(|inner| inner.party = party)
    }

    pub(crate) fn with_source(self, source: impl Into<BoxError>) -> Self {
        self.with(|inner| inner.source = Some(Arc::from(source.into())))
    }

    pub(crate) fn with_retry_after(self, wait: Option<Duration>) -> Self {
        self.with(|inner| inner.retry_after = wait)
    }

    fn with_platform(self, platform: PlatformError) -> Self {
        self.with(|inner| inner.platform = Some(platform))
    }

    /// Returns the same error with the claims that the next sign-in must request.
    pub(crate) fn with_claims(&self, claims: Option<String>) -> Self {
        let Inner {
            kind,
            party,
            message,
            help,
            platform,
            retry_after,
            source,
            ..
        } = &*self.0;
        Self(Arc::new(Inner {
            kind: *kind,
            party: *party,
            message: message.clone(),
            help: help.clone(),
            platform: platform.clone(),
            retry_after: *retry_after,
            claims,
            source: source.clone(),
        }))
    }

    /// Returns the kind, by what a program can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the party who can fix the error.
    pub fn party(&self) -> Party {
        self.0.party
    }

    /// Returns the fix, a phrase without a full stop such as `sign in again`.
    pub fn help(&self) -> &str {
        &self.0.help
    }

    /// Returns the refusal of the identity platform, if there is one.
    pub fn platform_error(&self) -> Option<&PlatformError> {
        self.0.platform.as_ref()
    }

    /// Returns the wait before the next attempt, if the platform asks for one.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the claims that the next sign-in must request, as JSON text.
    ///
    /// [`Account::sign_in_again`](crate::Account::sign_in_again) requests them by itself. Pass them to
    /// [`SignIn::claims`](crate::SignIn::claims) for any other sign-in.
    pub fn claims(&self) -> Option<&str> {
        self.0.claims.as_deref()
    }

    /// Returns `true` when a person has to sign in.
    pub fn is_sign_in_required(&self) -> bool {
        self.kind() == ErrorKind::SignInRequired
    }

    /// Returns `true` when the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        self.kind() == ErrorKind::Unavailable
    }

    /// Finds the error of this crate: the error itself, or one of its sources.
    ///
    /// ```
    /// use msgraph_sign_in::{Error, SignIn};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let failure = SignIn::new("").silent().await.unwrap_err();
    /// let outer = std::io::Error::other(failure);
    /// assert!(Error::find(&outer).is_some());
    /// # }
    /// ```
    pub fn find<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(found);
            }
            next = within(error).or_else(|| error.source());
        }
        None
    }
}

/// The error that is wrapped in another one without being its source.
fn within<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    // The callers of a token cache share one error in this form.
    if let Some(shared) = error.downcast_ref::<Arc<dyn StdError + Send + Sync>>() {
        return Some(&**shared);
    }
    let io = error.downcast_ref::<std::io::Error>()?;
    let within: &(dyn StdError + 'static) = io.get_ref()?;
    Some(within)
}

impl ErrorKind {
    /// The party who can usually fix an error of this kind.
    fn party(self) -> Party {
        match self {
            Self::Configuration | Self::Refused => Party::Author,
            Self::SignInRequired | Self::Declined | Self::Expired | Self::Browser => Party::Person,
            Self::Unavailable => Party::None,
            Self::Response | Self::Store => Party::Administrator,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Person => "the person who signs in",
            Self::Administrator => "an administrator",
            Self::Author => "the author of the program",
            Self::None => "no one",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match self.0.party {
            // The settings may be those of the program, or of the person who uses it.
            _ if self.kind() == ErrorKind::Configuration && self.0.platform.is_none() => {
                write!(f, "; fix this in the settings: {}", self.0.help)?;
            }
            Party::None => write!(f, "; this is temporary: {}", self.0.help)?,
            // The kind says who acts, and the message says that a sign-in is missing.
            Party::Person if self.is_sign_in_required() => {
                if !["sign in", "sign in again"].contains(&&*self.0.help) {
                    write!(f, "; {}", self.0.help)?;
                }
            }
            party => write!(f, "; {party} can fix this: {}", self.0.help)?,
        }
        if let Some(platform) = &self.0.platform {
            write!(f, "; {platform}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("platform", &self.0.platform)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = self.0.source.as_deref()?;
        Some(source)
    }
}
