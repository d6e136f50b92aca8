//! The endpoint `token` with its four grants: programs get access tokens and refresh tokens.

use super::consent::{Scopes, Tenant};
use super::pages::is_loopback;
use super::sign_in::poll;
use super::state::Grant;
use crate::clock::later;
use crate::encoding::{Form, Object, json_object};
use crate::error::{GraphError, aadsts, invalid, malformed};
use crate::service::Service;
use crate::token::{Token, unsigned};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use jiff::{SignedDuration, Timestamp};
use msgraph_presence_models::UserId;
use serde_json::{Value, json};
use std::time::Duration;

/// The lifetime of a refresh token from its last use.
const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The lifetime of an access token, and of one that can be revoked at once.
const LIFETIMES: [Duration; 2] = [Duration::from_secs(3600), Duration::from_secs(86_400)];

/// The lifetime of an access token from which on a response has `refresh_in`.
const LONG: Duration = Duration::from_secs(7200);

/// The grant type of a device code; MSAL for JavaScript sends only its last word.
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The body of a response, and its user.
type Issued = (Vec<u8>, Option<UserId>);

/// `POST /{tenant}/oauth2/v2.0/token`
pub(super) fn token(
    service: &mut Service,
    tenant: &Tenant,
    form: &Form,
    headers: &HeaderMap,
    origin: &str,
) -> Result<Issued, GraphError> {
    let now = service.clock.now();
    let (client, secret) = client(form, headers)?;
    let (grant, asked) = match form.required("grant_type")? {
        "authorization_code" => (redeem(service, tenant, form, &client, secret, now)?, None),
        DEVICE_GRANT | "device_code" => (poll(service, tenant, form, &client, now)?, None),
        "refresh_token" => refresh(service, tenant, form, &client, now)?,
        "client_credentials" => {
            return Ok((application(service, tenant, form, client, secret)?, None));
        }
        other => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            return Err(aadsts("unsupported_grant_type", 70003, text));
        }
    };
    let asked = asked.unwrap_or_else(|| grant.consent.scopes.clone());
    let user = grant.user;
    let body = issue(service, grant, &asked, form, origin, now)?;
    Ok((body, Some(user)))
}

/// The client's id, and true when it sends a secret or an assertion, of any value.
fn client(form: &Form, headers: &HeaderMap) -> Result<(String, bool), GraphError> {
    let basic = headers.get(AUTHORIZATION).and_then(|header| {
        let encoded = header.to_str().ok()?.strip_prefix("Basic ")?;
        String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
    });
    if let Some((id, secret)) = basic.as_deref().and_then(|text| text.split_once(':')) {
        return Ok((id.to_owned(), !secret.is_empty()));
    }
    let proofs = ["client_secret", "client_assertion"];
    let proved = proofs.iter().any(|name| form.get(name).is_some());
    Ok((form.required("client_id")?.to_owned(), proved))
}

/// Exchanges an authorization code.
fn redeem(
    service: &mut Service,
    tenant: &Tenant,
    form: &Form,
    client: &str,
    secret: bool,
    now: Timestamp,
) -> Result<Grant, GraphError> {
    let text = form.required("code")?;
    let redirect_uri = form.required("redirect_uri")?;
    let code = service.identity.codes.get_mut(text);
    let code = code.ok_or_else(|| invalid("code"))?;
    code.grant.consent.check_tenant(tenant)?;
    if code.grant.consent.client != client {
        return Err(invalid("code"));
    }
    if code.used {
        let text = "OAuth2 Authorization code was already redeemed, please retry with a new \
            valid code or use an existing refresh token.";
        return Err(aadsts("invalid_grant", 54005, text));
    }
    if code.expires <= now {
        let text = "The provided authorization code or refresh token has expired due to \
            inactivity. Send a new interactive authorization request for this user and resource.";
        return Err(aadsts("invalid_grant", 70008, text));
    }
    if code.redirect_uri != redirect_uri {
        let text = "The reply address does not match the reply address provided when requesting \
            Authorization code.";
        return Err(aadsts("invalid_grant", 500112, text));
    }
    let verifier = form.get("code_verifier");
    let verified = match (&code.challenge, verifier) {
        (Some(challenge), Some(verifier)) => challenge.fits(verifier),
        (challenge, verifier) => challenge.is_none() && verifier.is_none(),
    };
    if !verified {
        let text = "The Code_Verifier does not match the code_challenge supplied in the \
            authorization request.";
        return Err(aadsts("invalid_grant", 501481, text));
    }
    if !secret && !is_loopback(redirect_uri) {
        return Err(missing_credentials());
    }
    code.used = true;
    Ok(code.grant.clone())
}

/// Exchanges a refresh token, which stays valid; the response has a new one.
fn refresh(
    service: &mut Service,
    tenant: &Tenant,
    form: &Form,
    client: &str,
    now: Timestamp,
) -> Result<(Grant, Option<Scopes>), GraphError> {
    let text = form.required("refresh_token")?;
    let scopes = form.get("scope");
    let scopes = scopes.map(|scope| Scopes::read(scope, service.cloud));
    let scopes = scopes.transpose()?;
    let token = service.identity.refresh_tokens.get_mut(text);
    let token = token.filter(|token| token.grant.consent.client == client);
    let token = token.ok_or_else(|| invalid("refresh_token"))?;
    if token.expires <= now {
        let text = "The refresh token has expired due to inactivity. The token was inactive for \
            90.00:00:00.";
        return Err(aadsts("invalid_grant", 700082, text));
    }
    token.expires = later(now, REFRESH_LIFETIME);
    let grant = token.grant.clone();
    let admitted = tenant.check(service.account(grant.user));
    admitted.map_err(|error| GraphError {
        code: "invalid_grant".into(),
        ..error
    })?;
    let covered = |asked: &Scopes| grant.consent.scopes.cover(asked);
    if !scopes.as_ref().is_none_or(covered) {
        let text = "The user or administrator has not consented to use the application. Send an \
            interactive authorization request for this user and resource.";
        return Err(aadsts("invalid_grant", 65001, text));
    }
    Ok((grant, scopes))
}

/// A token of the application itself.
fn application(
    service: &mut Service,
    tenant: &Tenant,
    form: &Form,
    client: String,
    secret: bool,
) -> Result<Vec<u8>, GraphError> {
    let Some(id) = &tenant.id else {
        let text = "No tenant-identifying information found in either the request or implied by \
            any provided credentials.";
        return Err(aadsts("invalid_request", 50059, text));
    };
    if !secret {
        return Err(missing_credentials());
    }
    let scope = form.required("scope")?;
    if !Scopes::read(scope, service.cloud)?.has_default() {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have \
             a scope value with /.default suffixed to the resource identifier (application ID \
             URI)."
        );
        return Err(aadsts("invalid_scope", 1002012, text));
    }
    let lifetime = service.identity.sign_ins.lifetime.unwrap_or(LIFETIMES[0]);
    let token = Token::application().tenant(id).client(client);
    let token = token.id(service.identity.secret(16));
    let token = token.cloud(service.cloud).expires_in(lifetime);
    let text = service.write_token(&token);
    Ok(json_object(|o| {
        write_access_token(o, &text, lifetime, None)
    }))
}

/// Writes an access token; that of a user has a scope.
fn write_access_token(o: &mut Object<'_>, text: &str, lifetime: Duration, scope: Option<&str>) {
    let seconds = lifetime.as_secs();
    o.property("token_type", "Bearer");
    if let Some(scope) = scope {
        o.property("scope", scope);
    }
    o.property("expires_in", &seconds);
    o.property("ext_expires_in", &seconds);
    if scope.is_some() && lifetime >= LONG {
        o.property("refresh_in", &(seconds / 2));
    }
    o.property("access_token", text);
}

/// The tokens of a user.
fn issue(
    service: &mut Service,
    grant: Grant,
    asked: &Scopes,
    form: &Form,
    origin: &str,
    now: Timestamp,
) -> Result<Vec<u8>, GraphError> {
    if service.identity.is_revoked(grant.user, grant.number) {
        let text = "The provided grant has expired due to it being revoked, a fresh auth token is \
            needed. The user might have changed or reset their password.";
        return Err(aadsts("invalid_grant", 50173, text));
    }
    let account = service.account(grant.user);
    let account = account.ok_or_else(|| invalid("user"))?;
    let (name, principal_name) = (account.name.clone(), account.principal_name.clone());
    let tenant = account.tenant.clone();
    let revocable = declares_cp1(form)?;
    let id = service.identity.secret(16);
    let settings = &service.identity.sign_ins;
    let lifetime = settings
        .lifetime
        .unwrap_or(LIFETIMES[usize::from(revocable)]);
    let consented = &grant.consent.scopes;
    let granted = asked.granted(consented, settings.granted.as_deref());
    let access_token = Token::delegated(grant.user)
        .permissions(granted.permissions)
        .tenant(&tenant)
        .client(&grant.consent.client)
        .cloud(service.cloud)
        .expires_in(lifetime)
        .revocable(revocable.then_some(grant.number))
        .id(id);
    let access_token = service.write_token(&access_token);
    let id_token = asked.has("openid").then(|| {
        let mut claims = json!({
            "ver": "2.0",
            "iss": format!("{origin}/{tenant}/v2.0"),
            "aud": grant.consent.client,
            "sub": format!("{}.{}", grant.user, grant.consent.client),
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": now.as_second().saturating_add(3600),
            "oid": grant.user.to_string(),
            "tid": tenant,
        });
        if asked.has("profile") {
            claims["name"] = name.into();
            claims["preferred_username"] = principal_name.into();
        }
        if let Some(nonce) = &grant.consent.nonce {
            claims["nonce"] = nonce.as_str().into();
        }
        unsigned(&claims)
    });
    let client_info = form.is("client_info", "1").then(|| {
        let info = json!({ "uid": grant.user.to_string(), "utid": tenant });
        URL_SAFE_NO_PAD.encode(info.to_string())
    });
    let refresh_token = consented.offline_access.then(|| {
        let expires = later(now, REFRESH_LIFETIME);
        service.identity.refresh_token(grant, expires)
    });
    Ok(json_object(|o| {
        let scope = granted.scope.join(" ");
        write_access_token(o, &access_token, lifetime, Some(&scope));
        for (name, text) in [
            ("refresh_token", refresh_token),
            ("id_token", id_token),
            ("client_info", client_info),
        ] {
            if let Some(text) = text {
                o.property(name, &text);
            }
        }
    }))
}

/// Returns whether the program declares in `claims` that it handles claims challenges.
fn declares_cp1(form: &Form) -> Result<bool, GraphError> {
    let Some(text) = form.get("claims") else {
        return Ok(false);
    };
    let claims: Value =
        serde_json::from_str(text).map_err(|_| malformed("the claims are not JSON"))?;
    let values = claims.pointer("/access_token/xms_cc/values");
    let values = values.and_then(Value::as_array).into_iter().flatten();
    let mut values = values.filter_map(Value::as_str);
    Ok(values.any(|value| value.eq_ignore_ascii_case("cp1")))
}

fn missing_credentials() -> GraphError {
    let text = "The request body must contain the following parameter: 'client_assertion' or \
        'client_secret'.";
    aadsts("invalid_client", 7000218, text)
}
