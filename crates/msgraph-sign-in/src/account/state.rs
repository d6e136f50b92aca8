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
    /// Why the tokens are not stored.
    unsaved: Option<Error>,
    /// The claims challenge that the tokens answer.
    answered: Option<Answered>,
    /// The refresh token that the platform refused last.
    refusal: Option<Refusal>,
    /// The claims that only a person can satisfy.
    demanded: Option<String>,
}

/// A claims challenge, and the token that was obtained for it.
struct Answered {
    claims: String,
    token: AccessToken,
    by_person: bool,
}

/// A refusal that a repeat would only repeat, or a platform that has said when to come back.
struct Refusal {
    refresh: Zeroizing<String>,
    claims: Option<String>,
    error: Error,
    count: u32,
    until: Instant,
}

/// The conditions of a caller for a token.
pub(super) struct Demand {
    claims: Option<String>,
    refused: Option<AccessToken>,
}

/// The time in which a refused refresh token is not sent again: at first, and at most.
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
    /// The state with stored tokens.
    pub(super) fn new(tokens: Tokens) -> Self {
        Self {
            tokens: Some(tokens),
            unsaved: None,
            answered: None,
            refusal: None,
            demanded: None,
        }
    }

    /// Says whether the tokens were stored.
    pub(super) fn stored(&mut self, saved: Result<(), Error>) {
        self.unsaved = saved.err();
    }

    /// The token in memory, if it is good for the demand.
    ///
    /// # Errors
    ///
    /// A challenge that was answered is posed again for the very token that was obtained for it:
    /// after a silent answer the person is needed, after the person's own there is nothing left.
    pub(super) fn at_hand(&mut self, demand: &Demand) -> Result<Option<AccessToken>, Error> {
        let Some(access) = self.access() else {
            return Ok(None);
        };
        let Some(claims) = demand.claims() else {
            let is_refused = demand.refused.as_ref() == Some(&access.token);
            let is_good = !is_refused && access.lasts(AHEAD);
            return Ok(is_good.then(|| access.token.clone()));
        };
        let Some(answered) = self.answered.as_ref().filter(|a| a.claims == claims) else {
            return Ok(None);
        };
        if demand.refused.as_ref() == Some(&answered.token) {
            let error = answered.posed_again();
            self.demanded = error.claims().map(str::to_owned);
            return Err(error);
        }
        let is_good = answered.token == access.token && access.lasts(AHEAD);
        Ok(is_good.then(|| access.token.clone()))
    }

    /// Takes over what the store has, unless memory is ahead of it.
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
            // The monotonic clock of the one in memory runs since it came.
            (Some(own), Some(access)) if own.is_same(access) => Some(own.clone()),
            (own, None) => own.cloned(),
            (_, access) => access.clone(),
        };
        let stored = stored.succeeding(tokens);
        self.tokens = Some(Tokens { access, ..stored });
        Ok(())
    }

    /// The refresh token to ask with.
    ///
    /// # Errors
    ///
    /// There is none, or the platform has just refused it.
    pub(super) fn refresh_token(&self, demand: &Demand) -> Result<Zeroizing<String>, Error> {
        let tokens = self.tokens.as_ref().ok_or_else(signed_out)?;
        let mut refusals = self.refusal.iter();
        match refusals.find(|refusal| refusal.is_for(&tokens.refresh, demand)) {
            Some(refusal) if Instant::now() < refusal.until => Err(refusal.error.clone()),
            _ => Ok(tokens.refresh.clone()),
        }
    }

    /// New tokens, with what is known of the person.
    ///
    /// # Errors
    ///
    /// They are another person's, or the account was signed out before the response.
    pub(super) fn succeeding(&self, tokens: &Tokens) -> Result<Tokens, Error> {
        let older = self.tokens.as_ref();
        match older {
            Some(older) if !older.is_same_person(tokens) => Err(another_person()),
            Some(older) => Ok(tokens.clone().succeeding(older)),
            None => Ok(tokens.clone()),
        }
    }

    /// Takes the outcome of a refresh, and gives its access token.
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

    /// Takes the tokens of another sign-in, which had to have these claims.
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
        let tokens = self.succeeding(&tokens)?;
        let token = tokens.access.as_ref().map(|access| access.token.clone());
        self.answered = claims.zip(token).map(|(claims, token)| Answered {
            claims,
            token,
            by_person,
        });
        self.tokens = Some(tokens);
        self.unsaved = saved.err();
        self.refusal = None;
        self.demanded = None;
        Ok(())
    }

    /// Takes the failure of a refresh. The refresh token stays.
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
        let before = self
            .refusal
            .as_ref()
            .filter(|old| old.is_for(refresh, demand));
        let count = before.map_or(0, |old| old.count.saturating_add(1));
        let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(count));
        let pause = error.retry_after().unwrap_or(pause);
        self.refusal = Some(Refusal {
            refresh: Zeroizing::new(refresh.to_owned()),
            claims: demand.claims.clone(),
            error: error.clone(),
            count,
            until: Instant::now() + pause.min(LONGEST_PAUSE),
        });
        error
    }

    pub(super) fn sign_out(&mut self) {
        self.tokens = None;
        self.unsaved = None;
        self.answered = None;
        self.refusal = None;
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

    /// After a sign-out no cached token is good.
    pub(super) fn check_signed_in(&self) -> Result<(), Error> {
        self.tokens.is_some().then_some(()).ok_or_else(signed_out)
    }

    pub(super) fn is_current(&self, token: &AccessToken) -> bool {
        let is_current =
            |access: &Access| access.token == *token && Instant::now() < access.lasts_until;
        self.access().is_some_and(is_current)
    }

    fn access(&self) -> Option<&Access> {
        self.tokens.as_ref()?.access.as_ref()
    }
}

impl Answered {
    fn posed_again(&self) -> Error {
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

impl Refusal {
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
