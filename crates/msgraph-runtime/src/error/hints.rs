//! The hints of an error, chosen by the operation, the response and the token.

use super::redact::Redactor;
use super::service::ServiceError;
use super::signs;
use crate::operation::{Caller, Hint, Operation, RateLimit};
use crate::token::AccessToken;
use crate::token::claims::Claims;
use http::{HeaderMap, StatusCode};
use std::borrow::Cow;
use std::time::SystemTime;

/// The hints, the most specific first.
#[derive(Default)]
pub(crate) struct Hints {
    pub(crate) all: Vec<Cow<'static, str>>,
    /// `true` if the first hint certainly applies.
    is_certain: bool,
}

impl Hints {
    /// One hint that certainly applies.
    pub(crate) fn certain(text: &'static str) -> Self {
        Self {
            all: vec![text.into()],
            is_certain: true,
        }
    }

    /// Redacts composed hints, which may have texts from outside.
    pub(crate) fn redact(&mut self, redactor: &Redactor) {
        for hint in &mut self.all {
            if let Cow::Owned(text) = hint {
                *text = redactor.text(text);
            }
        }
    }

    /// The hints in the printed line: one if it is certain, otherwise two.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &str> {
        let count = if self.is_certain { 1 } else { 2 };
        self.all.iter().take(count).map(|hint| &**hint)
    }
}

/// The hints for a failure: one that is certain, or all that may apply.
pub(crate) fn of(
    operation: &Operation,
    status: StatusCode,
    headers: &HeaderMap,
    error: &ServiceError,
    token: Option<&AccessToken>,
) -> Hints {
    // Hints of the response itself come first: no guess may contradict them.
    if let Some(sign) = signs::of(operation, status, headers, error) {
        return Hints::certain(sign);
    }
    let claims = token.map(Claims::of).unwrap_or_default();
    if let Some(hint) = refused_token(status, error, token, &claims) {
        return Hints::certain(hint);
    }
    // The message names the refused kind of token, so other hints do not apply.
    if let refused @ Some(_) = signs::refused_caller(error) {
        let mut hints = fitting(operation, status, error);
        let hint = hints.find(|hint| hint.caller == refused);
        return hint
            .map(|hint| Hints::certain(hint.text))
            .unwrap_or_default();
    }
    possible(operation, status, error, &claims)
}

/// The hint for a token that the service does not accept.
fn refused_token(
    status: StatusCode,
    error: &ServiceError,
    token: Option<&AccessToken>,
    claims: &Claims,
) -> Option<&'static str> {
    // The clock of this machine may be wrong, so the expiry explains only a refusal of the token.
    let is_token = error.code.as_deref().is_none_or(signs::is_token_code);
    if status != StatusCode::UNAUTHORIZED || !is_token {
        return None;
    }
    let expiry = claims
        .expires_at
        .or_else(|| token.and_then(AccessToken::expiry));
    if expiry.is_some_and(|expiry| expiry <= SystemTime::now()) {
        return Some(signs::EXPIRED);
    }
    error.code.as_ref().map(|_| signs::NOT_ACCEPTED)
}

/// All hints that may apply, the most specific first.
fn possible(
    operation: &Operation,
    status: StatusCode,
    error: &ServiceError,
    claims: &Claims,
) -> Hints {
    let fitting = || fitting(operation, status, error);
    let mut hints = Vec::new();
    if status == StatusCode::TOO_MANY_REQUESTS {
        hints.extend(operation.rate_limit.map(limit));
    }
    if status == StatusCode::NOT_FOUND && error.code.is_none() && error.message.is_some() {
        hints.push(signs::NOT_GRAPH.into());
    }
    let is_refusal = matches!(status.as_u16(), 401 | 403);
    let permission = is_refusal.then(|| permission(operation, claims)).flatten();
    // With a known kind of token the missing permission is certain. Otherwise it is a guess, and
    // comes after the hints for this failure.
    if claims.caller.is_some() {
        hints.extend(permission.clone());
    }
    let known = |hint: &&Hint| hint.caller.is_some() && hint.caller == claims.caller;
    hints.extend(fitting().filter(known).map(|hint| hint.text.into()));
    // Hints chosen by the token's claims are certain for 401 and 403; a 400 has many causes.
    let is_certain = !hints.is_empty() && is_refusal;
    let general = |hint: &&Hint| hint.caller.is_none();
    hints.extend(fitting().filter(general).map(|hint| hint.text.into()));
    if claims.caller.is_none() {
        hints.extend(permission);
        hints.extend(fitting().filter_map(guess));
    }
    Hints {
        all: hints,
        is_certain,
    }
}

/// The hint with the documented rate limit.
fn limit(limit: RateLimit) -> Cow<'static, str> {
    let (requests, seconds) = (limit.requests, limit.seconds);
    let text = format!(
        "the documented limit is {requests} requests in {seconds} s for an application and \
        a tenant; spread the calls over time, or poll less often"
    );
    text.into()
}

/// The operation's hints for a status and a code.
fn fitting(
    operation: &Operation,
    status: StatusCode,
    error: &ServiceError,
) -> impl Iterator<Item = &'static Hint> {
    let code = error.code.as_deref();
    operation.hints.iter().filter(move |hint| {
        let has_code = |wanted: &str| code.is_some_and(|code| code.eq_ignore_ascii_case(wanted));
        hint.status.contains(&status.as_u16()) && hint.code.is_none_or(has_code)
    })
}

/// A hint for one kind of token, if the kind of the token is unknown.
fn guess(hint: &Hint) -> Option<Cow<'static, str>> {
    let kind = match hint.caller? {
        Caller::Delegated => "a delegated",
        Caller::Application => "an application",
    };
    Some(format!("with {kind} token: {}", hint.text).into())
}

/// The hint with the permissions that the token lacks; `None` if it has one of them.
fn permission(operation: &Operation, claims: &Claims) -> Option<Cow<'static, str>> {
    let (delegated, application) = (operation.delegated, operation.application);
    let text = match claims.caller {
        Some(Caller::Delegated) if delegated.is_empty() => format!(
            "not possible with a delegated token; use an application token with {}",
            one_of(application)?
        ),
        Some(Caller::Application) if application.is_empty() => format!(
            "not possible with an application token; use a delegated token with {}",
            one_of(delegated)?
        ),
        Some(Caller::Delegated) => missing("delegated", delegated, claims)?,
        Some(Caller::Application) => missing("application", application, claims)?,
        None => match (one_of(delegated), one_of(application)) {
            (Some(delegated), Some(application)) => format!(
                "the operation needs the delegated permission {delegated}, or the application \
                permission {application}"
            ),
            (Some(delegated), None) => format!(
                "the operation needs the delegated permission {delegated}; application tokens are \
                not accepted"
            ),
            (None, Some(application)) => format!(
                "the operation needs the application permission {application}; delegated tokens are \
                not accepted"
            ),
            (None, None) => return None,
        },
    };
    Some(text.into())
}

/// Names the permissions that are required and those that the token has, when no required one is
/// among them.
fn missing(kind: &str, wanted: &[&str], claims: &Claims) -> Option<String> {
    let is_wanted = |held: &String| wanted.iter().any(|name| name.eq_ignore_ascii_case(held));
    if claims.permissions.iter().any(is_wanted) {
        return None;
    }
    let wanted = one_of(wanted)?;
    let held = match claims.permissions.as_slice() {
        [] => "none".to_owned(),
        held => held
            .iter()
            .take(8)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    };
    Some(format!(
        "the token lacks the {kind} permission {wanted}; it has {held}"
    ))
}

fn one_of(permissions: &[&str]) -> Option<String> {
    (!permissions.is_empty()).then(|| permissions.join(" or "))
}
