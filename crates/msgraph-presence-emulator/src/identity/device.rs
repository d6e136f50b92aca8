//! Sign-in by device code: the program gets a code, a person enters it, the program polls.

use super::authorize::declined;
use super::error::{aadsts, malformed};
use super::form::Form;
use super::scopes::Scopes;
use super::sign_ins::Interaction;
use super::tenant::Tenant;
use super::tokens::{invalid, other_tenant};
use super::{Consent, Grant, Identity};
use crate::clock::later;
use crate::json;
use crate::response::GraphError;
use crate::service::Service;
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::UserId;
use std::time::Duration;

/// The lifetime of a device code.
const DEVICE_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// The pause between two polls.
const INTERVAL: Duration = Duration::from_secs(5);

/// A device code.
pub(super) struct DeviceCode {
    pub(super) user_code: String,
    pub(super) consent: Consent,
    /// The scopes, as they were written.
    pub(super) scope: String,
    pub(super) expires: Timestamp,
    pub(super) state: DeviceState,
}

/// The state of a device code.
pub(super) enum DeviceState {
    Waiting,
    Approved(Grant),
    Declined,
    Used,
}

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
    Ok(json::object(|o| {
        o.property("user_code", &user_code);
        o.property("device_code", &code);
        o.property("verification_uri", &uri);
        o.property("expires_in", &DEVICE_LIFETIME.as_secs());
        o.property("interval", &interval);
        o.property("message", &message);
    }))
}

/// Exchanges a device code, when the person has decided.
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
    if device.consent.tenant.name != tenant.name {
        return Err(other_tenant());
    }
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

impl Identity {
    /// A new code for a person to type: nine letters and digits, the same at every run.
    fn user_code(&mut self) -> String {
        const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ23456789";
        let next = || {
            let index = self.user_codes.next() % LETTERS.len() as u64;
            LETTERS.get(index as usize).map_or('B', |&c| char::from(c))
        };
        std::iter::repeat_with(next).take(9).collect()
    }

    /// The device code that waits for a person with this user code, in any letter case.
    pub(super) fn waiting_device(
        &self,
        entered: &str,
        now: Timestamp,
    ) -> Option<(String, &DeviceCode)> {
        let entered = entered.trim();
        let (code, device) = self.devices.iter().find(|(_, device)| {
            device.user_code.eq_ignore_ascii_case(entered)
                && matches!(device.state, DeviceState::Waiting)
                && device.expires > now
        })?;
        Some((code.to_owned(), device))
    }
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

    /// Approves the device code that waits with this user code, or declines it. False without one, or
    /// when the user is not in its tenant.
    pub(crate) fn decide_user_code(&mut self, entered: &str, user: Option<UserId>) -> bool {
        let now = self.clock.now();
        let waiting = self.identity.waiting_device(entered, now);
        let code = waiting.map(|(code, _)| code);
        code.is_some_and(|code| self.decide_device(&code, user).is_ok())
    }
}
