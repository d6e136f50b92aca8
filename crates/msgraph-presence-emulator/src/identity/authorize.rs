//! The part of a sign-in that happens in a browser: `authorize`, `devicelogin`, and the page of both.

use super::error::{aadsts, malformed};
use super::form::Form;
use super::pages;
use super::redirect::Redirect;
use super::scopes::Scopes;
use super::sign_ins::Interaction;
use super::tenant::Tenant;
use super::{Consent, Grant, Reply};
use crate::clock::later;
use crate::response::{GraphError, ResponseContext};
use crate::service::Service;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::UserId;
use sha2::{Digest, Sha256};

/// The lifetime of an authorization code.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A request of a program to sign a user in.
#[derive(Clone)]
pub(super) struct AuthorizeRequest {
    consent: Consent,
    back: Redirect,
    challenge: Option<Challenge>,
}

/// An authorization code, which `token` exchanges for tokens.
pub(super) struct AuthorizationCode {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
    pub(super) expires: Timestamp,
    pub(super) used: bool,
}

/// The request that a page is shown for.
#[derive(Clone)]
pub(super) enum PendingPage {
    Authorize(Box<AuthorizeRequest>),
    /// The device code.
    Device(String),
}

/// `GET /{tenant}/oauth2/v2.0/authorize`.
///
/// An error before the address to return to is known is for the person, every other one for the
/// program.
pub(super) fn authorize(
    service: &mut Service,
    tenant: Tenant,
    form: &Form,
    context: &ResponseContext,
) -> Result<Reply, GraphError> {
    let client = form.required("client_id")?.to_owned();
    let back = Redirect::read(form)?;
    let decided = read(service, tenant, client, form, &back)
        .and_then(|request| decide(service, request, form, context.now));
    Ok(decided.unwrap_or_else(|error| back.refuse(error, context)))
}

fn read(
    service: &Service,
    tenant: Tenant,
    client: String,
    form: &Form,
    back: &Redirect,
) -> Result<AuthorizeRequest, GraphError> {
    if !form.is("response_type", "code") {
        let text = "The response_type must be 'code'; the emulator knows no other.";
        return Err(aadsts("unsupported_response_type", 70005, text));
    }
    let scopes = Scopes::read(form.required("scope")?, service.cloud)?;
    let nonce = form.get("nonce").map(str::to_owned);
    Ok(AuthorizeRequest {
        consent: Consent {
            tenant,
            client,
            scopes,
            nonce,
        },
        back: back.clone(),
        challenge: Challenge::read(form)?,
    })
}

/// Signs in without a page, or shows it.
fn decide(
    service: &mut Service,
    request: AuthorizeRequest,
    form: &Form,
    now: Timestamp,
) -> Result<Reply, GraphError> {
    match service.identity.sign_ins.interaction {
        Interaction::Page if form.is("prompt", "none") => {
            let text = "Session information is not sufficient for single-sign-on.";
            Err(aadsts("login_required", 50058, text))
        }
        Interaction::Page => {
            let asked = PendingPage::Authorize(Box::new(request.clone()));
            let scope = form.get("scope").unwrap_or_default();
            Ok(show_picker(service, &request.consent, scope, asked).into())
        }
        Interaction::Decline => Err(declined()),
        Interaction::User(user) => {
            let hinted = form.get("login_hint").and_then(|hint| service.find(hint));
            let user = hinted.map_or(user, |account| account.id);
            sign_in(service, request, user, now)
        }
    }
}

/// The page on which a person picks a user, under a number that only this page knows.
fn show_picker(
    service: &mut Service,
    consent: &Consent,
    scope: &str,
    asked: PendingPage,
) -> Response<Bytes> {
    let number = service.identity.secret(16);
    service.identity.open.add(number.clone(), asked);
    let users = service.accounts();
    let users = users.filter(|account| consent.tenant.admits(account));
    pages::picker(&consent.client, scope, &number, users)
}

/// Sends the browser back with a code.
fn sign_in(
    service: &mut Service,
    request: AuthorizeRequest,
    user: UserId,
    now: Timestamp,
) -> Result<Reply, GraphError> {
    let AuthorizeRequest {
        consent,
        back,
        challenge,
    } = request;
    let grant = service.grant(consent, user)?;
    let code = service.identity.secret(64);
    let kept = AuthorizationCode {
        grant,
        redirect_uri: back.redirect_uri.clone(),
        challenge,
        expires: later(now, CODE_LIFETIME),
        used: false,
    };
    service.identity.codes.add(code.clone(), kept);
    Ok(Reply {
        user: Some(user),
        ..back.respond(&[("code", &code)]).into()
    })
}

/// `POST /organizations/login`: the choice of a person on a page.
pub(super) fn choose(
    service: &mut Service,
    form: &Form,
    context: &ResponseContext,
) -> Result<Reply, GraphError> {
    let asked = form.get("request");
    let asked = asked.and_then(|number| service.identity.open.take(number));
    let asked = asked.ok_or_else(|| malformed("this page was used before, or is too old"))?;
    let user = match form.get("user") {
        None => None,
        Some(name) => {
            let account = service.find(name).map(|account| account.id);
            Some(account.ok_or_else(|| malformed("there is no such user"))?)
        }
    };
    match asked {
        PendingPage::Authorize(request) => {
            let back = request.back.clone();
            let signed_in = user.ok_or_else(declined);
            let signed_in =
                signed_in.and_then(|user| sign_in(service, *request, user, context.now));
            Ok(signed_in.unwrap_or_else(|error| back.refuse(error, context)))
        }
        PendingPage::Device(code) => {
            service.decide_device(&code, user)?;
            let text = "You may close this page, and go back to the program.";
            let title = user.map_or("Cancelled", |_| "Signed in");
            Ok(Reply {
                user,
                ..pages::notice(StatusCode::OK, title, text).into()
            })
        }
    }
}

/// `GET /devicelogin`: a person enters the code of a device.
pub(super) fn device_login(service: &mut Service, form: &Form, now: Timestamp) -> Response<Bytes> {
    let Some(entered) = form.get("otc") else {
        return pages::enter_code("");
    };
    let Some((code, device)) = service.identity.waiting_device(entered, now) else {
        return pages::enter_code("That code did not work: check it, or start the sign-in again.");
    };
    let (consent, scope) = (device.consent.clone(), device.scope.clone());
    show_picker(service, &consent, &scope, PendingPage::Device(code))
}

/// The person declined.
pub(super) fn declined() -> GraphError {
    let text = "User declined to consent to access the app.";
    aadsts("access_denied", 65004, text)
}

/// The error for a user who is not in the tenant.
pub(super) fn not_in_tenant(tenant: &Tenant) -> GraphError {
    let text = format!(
        "User account from identity provider does not exist in tenant '{}' and cannot access the \
         application.",
        tenant.name
    );
    aadsts("access_denied", 50020, text)
}

/// The challenge of PKCE.
#[derive(Clone, PartialEq)]
pub(super) enum Challenge {
    Plain(String),
    Sha256(String),
}

impl Challenge {
    fn read(form: &Form) -> Result<Option<Self>, GraphError> {
        let Some(text) = form.get("code_challenge") else {
            return Ok(None);
        };
        if !(43..=128).contains(&text.len()) {
            let text = "Invalid size of Code_Challenge parameter.";
            return Err(aadsts("invalid_request", 501491, text));
        }
        let text = text.to_owned();
        match form.get("code_challenge_method") {
            None | Some("plain") => Ok(Some(Self::Plain(text))),
            Some("S256") => Ok(Some(Self::Sha256(text))),
            Some(_) => Err(malformed("code_challenge_method is neither S256 nor plain")),
        }
    }

    pub(super) fn fits(&self, verifier: &str) -> bool {
        match self {
            Self::Plain(text) => text == verifier,
            Self::Sha256(text) => *text == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
        }
    }
}
