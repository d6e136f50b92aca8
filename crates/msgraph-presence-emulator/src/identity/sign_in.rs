//! A person signs in: in a browser (`authorize`), or with the code of a device (`devicecode`).

use super::consent::{Consent, Scopes, Tenant};
use super::pages::{self, Redirect, Reply};
use super::state::{
    AuthorizationCode, AuthorizeRequest, Challenge, DeviceCode, DeviceState, Grant, Interaction,
    PendingPage,
};
use crate::clock::later;
use crate::encoding::{Form, json_object};
use crate::error::{GraphError, aadsts, invalid, malformed};
use crate::response::ResponseContext;
use crate::service::Service;
use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::UserId;
use std::time::Duration;

/// The lifetime of an authorization code.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// `GET /{tenant}/oauth2/v2.0/authorize`.
///
/// An error before the redirect URI is known is a page; every other error goes to the program.
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

/// Signs a user in, or shows the page, as the setting of sign-ins says.
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

/// The page on which a person picks a user, with an id that only this page has.
fn show_picker(
    service: &mut Service,
    consent: &Consent,
    scope: &str,
    asked: PendingPage,
) -> Response<Bytes> {
    let id = service.identity.secret(16);
    service.identity.open.add(id.clone(), asked);
    let users = service.accounts();
    let users = users.filter(|account| consent.tenant.admits(account));
    pages::picker(&consent.client, scope, &id, users)
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
    let entry = AuthorizationCode {
        grant,
        redirect_uri: back.redirect_uri.clone(),
        challenge,
        expires: later(now, CODE_LIFETIME),
        used: false,
    };
    service.identity.codes.add(code.clone(), entry);
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

/// The error when the person has declined.
pub(super) fn declined() -> GraphError {
    let text = "User declined to consent to access the app.";
    aadsts("access_denied", 65004, text)
}

/// The lifetime of a device code.
const DEVICE_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// The pause between two polls.
const INTERVAL: Duration = Duration::from_secs(5);

/// `POST /{tenant}/oauth2/v2.0/devicecode`
pub(super) fn device_code(
    service: &mut Service,
    tenant: Tenant,
    form: &Form,
    origin: &str,
    now: Timestamp,
) -> Result<Vec<u8>, GraphError> {
    let client = form.required("client_id")?.to_owned();
    let scope = form.required("scope")?.to_owned();
    let scopes = Scopes::read(&scope, service.cloud)?;
    let identity = &mut service.identity;
    let user_code = identity.user_code();
    let code = identity.secret(96);
    let interval = identity.sign_ins.interval.unwrap_or(INTERVAL).as_secs();
    let uri = format!("{origin}/devicelogin");
    let device = DeviceCode {
        user_code: user_code.clone(),
        consent: Consent {
            tenant,
            client,
            scopes,
            nonce: None,
        },
        scope,
        expires: later(now, DEVICE_LIFETIME),
        state: DeviceState::Waiting,
    };
    identity.devices.add(code.clone(), device);
    let message = format!(
        "To sign in, use a web browser to open the page {uri} and enter the code {user_code} to \
         authenticate."
    );
    Ok(json_object(|o| {
        o.property("user_code", &user_code);
        o.property("device_code", &code);
        o.property("verification_uri", &uri);
        o.property("expires_in", &DEVICE_LIFETIME.as_secs());
        o.property("interval", &interval);
        o.property("message", &message);
    }))
}

/// Exchanges a device code that was approved.
pub(super) fn poll(
    service: &mut Service,
    tenant: &Tenant,
    form: &Form,
    client: &str,
    now: Timestamp,
) -> Result<Grant, GraphError> {
    let code = form.required("device_code")?;
    let device = service.identity.devices.get_mut(code);
    let Some(device) = device.filter(|device| device.consent.client == client) else {
        let text = "The provided value for the input parameter 'device_code' is not valid.";
        return Err(aadsts("bad_verification_code", 70018, text));
    };
    device.consent.check_tenant(tenant)?;
    if device.expires <= now {
        let text = "The provided value for the input parameter 'device_code' is not valid. This \
            device code has expired.";
        return Err(aadsts("expired_token", 70020, text));
    }
    if matches!(device.state, DeviceState::Waiting) {
        match service.identity.sign_ins.interaction {
            Interaction::Page => {
                let text = "OAuth 2.0 device flow error. Authorization is pending. Continue \
                    polling.";
                return Err(aadsts("authorization_pending", 70016, text));
            }
            Interaction::Decline => service.decide_device(code, None)?,
            Interaction::User(user) => service.decide_device(code, Some(user))?,
        }
    }
    let device = service.identity.devices.get_mut(code);
    let device = device.ok_or_else(|| invalid("device_code"))?;
    let decided = match &device.state {
        DeviceState::Approved(grant) => grant.clone(),
        DeviceState::Waiting | DeviceState::Used => {
            let text = "The device code was already redeemed.";
            return Err(aadsts("invalid_grant", 54005, text));
        }
        DeviceState::Declined => {
            let error = declined();
            return Err(GraphError {
                code: "authorization_declined".into(),
                ..error
            });
        }
    };
    device.state = DeviceState::Used;
    Ok(decided)
}

impl Service {
    /// Approves a device code as a user, or declines it.
    pub(super) fn decide_device(
        &mut self,
        code: &str,
        user: Option<UserId>,
    ) -> Result<(), GraphError> {
        let device = self.identity.devices.get_mut(code);
        let consent = device.map(|device| device.consent.clone());
        let gone = || malformed("the code has expired");
        let consent = consent.ok_or_else(gone)?;
        let state = match user {
            Some(user) => DeviceState::Approved(self.grant(consent, user)?),
            None => DeviceState::Declined,
        };
        let device = self.identity.devices.get_mut(code).ok_or_else(gone)?;
        device.state = state;
        Ok(())
    }

    /// Approves the pending device code with this user code, or declines it. Returns false when
    /// there is none, or the user is not in its tenant.
    pub(crate) fn decide_user_code(&mut self, entered: &str, user: Option<UserId>) -> bool {
        let now = self.clock.now();
        let waiting = self.identity.waiting_device(entered, now);
        let code = waiting.map(|(code, _)| code);
        code.is_some_and(|code| self.decide_device(&code, user).is_ok())
    }

    /// Signs a user in, who has to be in the tenant.
    pub(super) fn grant(&mut self, consent: Consent, user: UserId) -> Result<Grant, GraphError> {
        consent.tenant.check(self.account(user))?;
        self.identity.signed_in += 1;
        Ok(Grant {
            user,
            consent,
            number: self.identity.signed_in,
        })
    }
}
