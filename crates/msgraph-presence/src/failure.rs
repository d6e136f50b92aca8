//! The kinds of failure of a call, a hold, a sign-in or a file, by what helps.

use crate::{BoxError, Error, ErrorKind, HoldError, InvalidValue};
use std::error::Error as StdError;
use std::{fmt, io};

/// The kinds of failure of a program, by what a person or a script can do about them.
///
/// The number of a kind can be the exit status of the program.
///
/// ```
/// use msgraph_presence::{Client, FailureKind, UserId};
/// use std::process::ExitCode;
///
/// async fn show(client: &Client, id: UserId) -> ExitCode {
///     match client.users(id).presence().get().await {
///         Ok(presence) => println!("{:?}", presence.availability),
///         Err(error) => {
///             let kind = FailureKind::of(&error);
///             eprintln!("{kind:?}: {error}");
///             return ExitCode::from(kind as u8);
///         }
///     }
///     ExitCode::SUCCESS
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = msgraph_presence_emulator::Emulator::start().await?;
/// # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
/// # let nobody = "00000000-0000-4000-8000-000000000000".parse()?;
/// # assert_eq!(show(&client, nobody).await, ExitCode::from(5));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// Any other failure, such as a file that another program has locked.
    Other = 1,

    /// A setting or a value is wrong; nothing was sent.
    Usage = 2,

    /// A person has to sign in.
    SignInRequired = 3,

    /// The token or its permissions do not suffice, or the sign-in was declined or blocked.
    Refused = 4,

    /// The service knows no such user.
    NotFound = 5,

    /// The service cannot be reached or is busy: try again later.
    Unavailable = 6,

    /// A file, the store of the tokens or the browser of this machine fails.
    Local = 7,
}

impl FailureKind {
    /// Returns the kind of an error, or of the first of its sources that has one.
    ///
    /// [`Error`], [`HoldError`], [`InvalidValue`], [`io::Error`], `sign_in::Error` and the errors of
    /// [`error`](Self::error) have a kind. An error of `sign_in` among the sources takes precedence
    /// over the call that failed because of it.
    pub fn of(error: &(dyn StdError + 'static)) -> Self {
        #[cfg(feature = "sign-in")]
        if let Some(error) = crate::sign_in::Error::find(error) {
            return Self::of_sign_in(error.kind());
        }
        let mut next = Some(error);
        while let Some(error) = next {
            let hold = error.downcast_ref().map(HoldError::error);
            if let Some(error) = hold.or_else(|| error.downcast_ref()) {
                return Self::of_call(error);
            } else if let Some(OwnError(kind, _)) = error.downcast_ref() {
                return *kind;
            } else if error.is::<InvalidValue>() {
                return Self::Usage;
            } else if let Some(error) = error.downcast_ref::<io::Error>() {
                let is_busy = error.kind() == io::ErrorKind::ResourceBusy;
                return if is_busy { Self::Other } else { Self::Local };
            }
            next = error.source();
        }
        Self::Other
    }

    /// Returns an error of the program itself with this kind: [`of`](Self::of) gives it back.
    ///
    /// `Display` is the text.
    ///
    /// ```
    /// use msgraph_presence::FailureKind;
    ///
    /// let error = FailureKind::Usage.error("the team file names no user");
    /// assert_eq!(error.to_string(), "the team file names no user");
    /// assert_eq!(FailureKind::of(&*error) as u8, 2);
    /// ```
    pub fn error(self, text: impl Into<String>) -> BoxError {
        OwnError(self, text.into()).into()
    }

    fn of_call(error: &Error) -> Self {
        match error.kind() {
            _ if error.is_unauthorized() || error.is_forbidden() => Self::Refused,
            _ if error.is_not_found() => Self::NotFound,
            _ if error.is_retryable() => Self::Unavailable,
            ErrorKind::Configuration | ErrorKind::Request => Self::Usage,
            _ => Self::Other,
        }
    }

    #[cfg(feature = "sign-in")]
    fn of_sign_in(kind: crate::sign_in::ErrorKind) -> Self {
        use crate::sign_in::ErrorKind::*;
        match kind {
            Configuration => Self::Usage,
            SignInRequired | Expired => Self::SignInRequired,
            Declined | Refused => Self::Refused,
            Unavailable => Self::Unavailable,
            Store | Browser => Self::Local,
            _ => Self::Other,
        }
    }
}

/// The error of [`FailureKind::error`].
#[derive(Debug)]
struct OwnError(FailureKind, String);

impl fmt::Display for OwnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}

impl StdError for OwnError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Client, RetryPolicy};
    use msgraph_presence_emulator::{Emulator, Fault};

    #[tokio::test]
    async fn each_failure_has_its_kind() {
        let graph = Emulator::start().await.unwrap();
        let ada = graph.add_user("Ada");
        let client = Client::builder().base_url(graph.base_url());
        let client = client
            .token(graph.token_for(ada))
            .retry(RetryPolicy::none());
        let client = client.build().unwrap();
        for (status, kind) in [
            (400, FailureKind::Other),
            (401, FailureKind::Refused),
            (403, FailureKind::Refused),
            (404, FailureKind::NotFound),
            (429, FailureKind::Unavailable),
            (503, FailureKind::Unavailable),
        ] {
            graph.inject(Fault::status(status).always());
            let error = client.me().presence().get().await.unwrap_err();
            assert_eq!(FailureKind::of(&error), kind, "{error}");
            // Within another error, and of a hold.
            assert_eq!(FailureKind::of(&HoldError::from(error)), kind);
            graph.clear_faults();
        }
        let error = Client::builder().base_url("http://example.com").token("x");
        let error = error.build().unwrap_err();
        assert_eq!(FailureKind::of(&error), FailureKind::Usage);
        let error = "Ada".parse::<crate::UserId>().unwrap_err();
        assert_eq!(FailureKind::of(&error), FailureKind::Usage);
        let error = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(FailureKind::of(&error), FailureKind::Local);
        assert_eq!(FailureKind::of(&std::fmt::Error), FailureKind::Other);
    }

    #[cfg(feature = "sign-in")]
    #[tokio::test]
    async fn the_sign_in_decides() {
        use crate::sign_in::{SignIn, Store};
        let error = SignIn::new("").silent().await.unwrap_err();
        assert_eq!(FailureKind::of(&error), FailureKind::Usage);
        let sign_in = SignIn::new("app").store(Store::memory());
        let error = sign_in.silent().await.unwrap_err();
        assert_eq!(FailureKind::of(&error), FailureKind::SignInRequired);
        let outer = io::Error::other(error);
        assert_eq!(FailureKind::of(&outer), FailureKind::SignInRequired);
    }
}
