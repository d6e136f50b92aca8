//! The state of an account and its decisions, without IO.

use crate::tokens::{AHEAD, Access, Tokens};
use crate::{Error, ErrorKind, Party};
use msgraph_runtime::{AccessToken, TokenRequest};
use std::time::Duration;
use tokio::time::Instant;
use zeroize::Zeroizing;

/// The state of an account.
pub(super) struct State {
    /// `None` after a sign-out.
    tokens: Option<Tokens>,
    /// The error of the store while the tokens are not stored.
    unsaved: Option<Error>,
    /// The claims challenge that the access token has met.
    challenge: Option<Challenge>,
    /// The pause after the last refusal.
    pause: Option<Pause>,
    /// The claims that need a person.
    demanded: Option<String>,
}

/// A claims challenge, and the token that was obtained for it.
struct Challenge {
    claims: String,
    token: AccessToken,
    by_person: bool,
}

/// A refresh token that is not sent again for a while, with the last error: the platform has refused
/// it, or has sent a `Retry-After`.
struct Pause {
    refresh: Zeroizing<String>,
    claims: Option<String>,
    error: Error,
    count: u32,
    until: Instant,
}

/// The demand of a caller for a token: the claims to have, and the token that was refused.
pub(super) struct Demand {
    claims: Option<String>,
    refused: Option<AccessToken>,
}

/// The pause after the first refusal. It doubles, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

impl Demand {
    pub(super) fn of(request: &TokenRequest) -> Self {
        Self {
            claims: request.claims_json(),
            refused: request.refused().cloned(),
        }
    }

    pub(super) fn claims(&self) -> Option<&str> {
        self.claims.as_deref()
    }
}

impl State {
    /// Creates the state with these tokens.
    pub(super) fn new(tokens: Tokens) -> Self {
        Self {
            tokens: Some(tokens),
            unsaved: None,
            challenge: None,
            pause: None,
            demanded: None,
        }
    }

    /// Notes whether the tokens were stored.
    pub(super) fn stored(&mut self, saved: Result<(), Error>) {
        self.unsaved = saved.err();
    }

    /// Returns the token in memory, if it meets the demand.
    ///
    /// # Errors
    ///
    /// Graph repeats a challenge for the very token that was obtained for it. After a silent refresh
    /// a person has to sign in; after a sign-in of the person nothing can meet the challenge.
    pub(super) fn usable(&mut self, demand: &Demand) -> Result<Option<AccessToken>, Error> {
        let Some(access) = self.access() else {
            return Ok(None);
        };
        let Some(claims) = demand.claims() else {
            let is_refused = demand.refused.as_ref() == Some(&access.token);
            let is_good = !is_refused && access.lasts(AHEAD);
            return Ok(is_good.then(|| access.token.clone()));
        };
        let Some(challenge) = self.challenge.as_ref().filter(|it| it.claims == claims) else {
            return Ok(None);
        };
        if demand.refused.as_ref() == Some(&challenge.token) {
            let error = challenge.repeated();
            self.demanded = error.claims().map(str::to_owned);
            return Err(error);
        }
        let is_good = challenge.token == access.token && access.lasts(AHEAD);
        Ok(is_good.then(|| access.token.clone()))
    }

    /// Takes over the tokens in the store, unless those in memory could not be stored.
    ///
    /// # Errors
    ///
    /// The account was signed out, or another person has signed in.
    pub(super) fn take_over(&mut self, stored: Option<Tokens>) -> Result<(), Error> {
        if self.unsaved.is_some() {
            return Ok(());
        }
        let tokens = self.tokens.as_ref().ok_or_else(signed_out)?;
        let stored = stored.ok_or_else(signed_out)?;
        if !tokens.is_same_person(&stored) {
            return Err(another_person());
        }
        let own = tokens.access.as_ref();
        let access = match (own, &stored.access) {
            // The one in memory knows its end by the monotonic clock.
            (Some(own), Some(access)) if own.is_same(access) => Some(own.clone()),
            (own, None) => own.cloned(),
            (_, access) => access.clone(),
        };
        let stored = stored.with_identity_of(tokens);
        self.tokens = Some(Tokens { access, ..stored });
        Ok(())
    }

    /// Returns the refresh token to send.
    ///
    /// # Errors
    ///
    /// The account is signed out, or the token is not to be sent yet.
    pub(super) fn refresh_token(&self, demand: &Demand) -> Result<Zeroizing<String>, Error> {
        let tokens = self.tokens.as_ref().ok_or_else(signed_out)?;
        let pause = self.pause.as_ref();
        match pause.filter(|pause| pause.is_for(&tokens.refresh, demand)) {
            Some(pause) if Instant::now() < pause.until => Err(pause.error.clone()),
            _ => Ok(tokens.refresh.clone()),
        }
    }

    /// Completes new tokens with the identity and the name of the person.
    ///
    /// # Errors
    ///
    /// The tokens are another person's.
    pub(super) fn completed(&self, tokens: &Tokens) -> Result<Tokens, Error> {
        let older = self.tokens.as_ref();
        match older {
            Some(older) if !older.is_same_person(tokens) => Err(another_person()),
            Some(older) => Ok(tokens.clone().with_identity_of(older)),
            None => Ok(tokens.clone()),
        }
    }

    /// Takes the tokens of a refresh, and returns the access token.
    pub(super) fn renewed(
        &mut self,
        tokens: Tokens,
        saved: Result<(), Error>,
        demand: &Demand,
    ) -> Result<AccessToken, Error> {
        if self.tokens.is_none() {
            return Err(signed_out());
        }
        self.replace(tokens, saved, demand.claims.clone(), false)?;
        let access = self.access().ok_or_else(signed_out)?;
        Ok(access.token.clone())
    }

    /// Takes the tokens of another sign-in, which has requested these claims.
    pub(super) fn signed_in_again(
        &mut self,
        tokens: Tokens,
        saved: Result<(), Error>,
        claims: Option<String>,
    ) -> Result<(), Error> {
        self.replace(tokens, saved, claims, true)
    }

    fn replace(
        &mut self,
        tokens: Tokens,
        saved: Result<(), Error>,
        claims: Option<String>,
        by_person: bool,
    ) -> Result<(), Error> {
        let tokens = self.completed(&tokens)?;
        let token = tokens.access.as_ref().map(|access| access.token.clone());
        self.challenge = claims.zip(token).map(|(claims, token)| Challenge {
            claims,
            token,
            by_person,
        });
        self.tokens = Some(tokens);
        self.unsaved = saved.err();
        self.pause = None;
        self.demanded = None;
        Ok(())
    }

    /// Takes the error of a refresh, and returns it with the claims to demand. The refresh token
    /// stays.
    pub(super) fn refused(&mut self, error: Error, refresh: &str, demand: &Demand) -> Error {
        let kind = error.kind();
        let is_refusal = matches!(kind, ErrorKind::SignInRequired | ErrorKind::Refused);
        if !is_refusal && error.retry_after().is_none() {
            return error;
        }
        let error = if kind == ErrorKind::SignInRequired {
            let own = error.claims().map(str::to_owned);
            self.demanded = own.or_else(|| demand.claims.clone());
            error.with_claims(self.demanded.clone())
        } else {
            error
        };
        let before = self.pause.as_ref();
        let before = before.filter(|pause| pause.is_for(refresh, demand));
        let count = before.map_or(0, |pause| pause.count.saturating_add(1));
        let wait = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(count));
        let wait = error.retry_after().unwrap_or(wait);
        self.pause = Some(Pause {
            refresh: Zeroizing::new(refresh.to_owned()),
            claims: demand.claims.clone(),
            error: error.clone(),
            count,
            until: Instant::now() + wait.min(LONGEST_PAUSE),
        });
        error
    }

    pub(super) fn sign_out(&mut self) {
        self.tokens = None;
        self.unsaved = None;
        self.challenge = None;
        self.pause = None;
    }

    pub(super) fn granted(&self) -> &[String] {
        self.access().map_or(&[], |access| &access.scopes)
    }

    pub(super) fn user_name(&self) -> Option<&str> {
        self.tokens.as_ref()?.user_name.as_deref()
    }

    pub(super) fn store_error(&self) -> Option<Error> {
        self.unsaved.clone()
    }

    pub(super) fn demanded(&self) -> Option<&str> {
        self.demanded.as_deref()
    }

    /// After a sign-out no cached token may be used.
    pub(super) fn check_signed_in(&self) -> Result<(), Error> {
        self.tokens.is_some().then_some(()).ok_or_else(signed_out)
    }

    /// Returns `true` for the newest token until its end by the monotonic clock.
    pub(super) fn is_current(&self, token: &AccessToken) -> bool {
        let is_current =
            |access: &Access| access.token == *token && Instant::now() < access.lasts_until;
        self.access().is_some_and(is_current)
    }

    fn access(&self) -> Option<&Access> {
        self.tokens.as_ref()?.access.as_ref()
    }
}

impl Challenge {
    fn repeated(&self) -> Error {
        if self.by_person {
            return Error::new(
                ErrorKind::Refused,
                "Microsoft Graph demands the same claims again, right after a sign-in for them",
                "ask an administrator which Conditional Access policy is not met",
            )
            .with_party(Party::Administrator);
        }
        let message = "Microsoft Graph demands claims that a silent refresh cannot provide";
        Error::new(
            ErrorKind::SignInRequired,
            message,
            "sign in again to provide them",
        )
        .with_claims(Some(self.claims.clone()))
    }
}

impl Pause {
    fn is_for(&self, refresh: &str, demand: &Demand) -> bool {
        self.refresh.as_str() == refresh && self.claims == demand.claims
    }
}

fn signed_out() -> Error {
    let message = "the account has signed out, here or in another process";
    Error::new(ErrorKind::SignInRequired, message, "sign in again")
}

fn another_person() -> Error {
    let message = "another person signed in than before";
    Error::new(
        ErrorKind::SignInRequired,
        message,
        "sign in as the same person, or create a new account",
    )
}
