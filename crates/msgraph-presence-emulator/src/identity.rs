//! The identity platform: users sign in by browser or device code, and programs get tokens.
//!
//! All paths begin with a tenant, as in the service, except the page for device codes,
//! `/devicelogin`.

mod consent;
mod pages;
mod sign_in;
pub(crate) mod state;
mod tokens;

use crate::encoding::{Form, JSON, json_object, kept_parameters};
use crate::error::{GraphError, aadsts, malformed};
use crate::fault::Fault;
use crate::record::ReceivedRequest;
use crate::response::{OutgoingResponse, ResponseContext};
use crate::service::Service;
use bytes::Bytes;
use consent::Tenant;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, PRAGMA, REFERER,
};
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use pages::Reply;

/// The largest form that is read, in bytes. Its parameters may be stored a thousand times.
const FORM_LIMIT: usize = 64 * 1024;

/// Responds to a request of the identity platform, and records it without its secrets.
pub(crate) fn respond(
    service: &mut Service,
    request: Request<Bytes>,
    endpoint: Endpoint,
) -> OutgoingResponse {
    let now = service.clock.now();
    let operation = endpoint.operation();
    // A fault without an operation applies to Graph only.
    let fault = service.faults.choose(Some(operation), true);
    let context = ResponseContext {
        identity: true,
        ..service.response_context(request.headers(), now)
    };
    let result = if fault.as_ref().is_some_and(Fault::replaces) {
        Ok(Reply::from(Response::new(Bytes::new())))
    } else {
        handle(service, &request, endpoint, &context)
    };
    let Reply {
        response,
        user,
        error,
    } = result.unwrap_or_else(|error| Reply {
        error: Some(error.clone()),
        ..refusal(&error, endpoint, &context).into()
    });
    let mut outgoing = match &fault {
        Some(fault) => fault.apply(response, &context),
        None => OutgoingResponse::of(response),
    };
    context.identify(outgoing.response.headers_mut());
    let caller = user.and_then(|user| service.account(user));
    let caller = caller.map(|account| account.name.clone());
    service.record.add(ReceivedRequest {
        caller,
        operation: Some(operation),
        status: outgoing.response.status().as_u16(),
        reason: error.as_ref().and_then(GraphError::reason),
        code: error.map(|error| error.code.into_owned()),
        fault: fault.map(|fault| fault.to_string()),
        ..without_secrets(request, now)
    });
    outgoing
}

fn handle(
    service: &mut Service,
    request: &Request<Bytes>,
    endpoint: Endpoint,
    context: &ResponseContext,
) -> Result<Reply, GraphError> {
    let tenant = Endpoint::of(request.uri().path()).map_or("", |(_, tenant)| tenant);
    let tenant = Tenant::find(tenant, service.accounts())?;
    let origin = origin(service, request.headers());
    let form = parameters(request, endpoint)?;
    let body = match endpoint {
        Endpoint::Authorize => return sign_in::authorize(service, tenant, &form, context),
        Endpoint::Login => return sign_in::choose(service, &form, context),
        Endpoint::DeviceLogin => {
            return Ok(sign_in::device_login(service, &form, context.now).into());
        }
        // There are no cookies to delete.
        Endpoint::Logout => return Ok(pages::after_log_out(&form)?.into()),
        Endpoint::Token => {
            let (body, user) = tokens::token(service, &tenant, &form, request.headers(), &origin)?;
            return Ok(Reply {
                user,
                ..ok(body).into()
            });
        }
        Endpoint::DeviceCode => sign_in::device_code(service, tenant, &form, &origin, context.now)?,
        Endpoint::Configuration => configuration(&tenant, &origin),
        Endpoint::Keys => keys(),
        Endpoint::Instance => instance(&origin),
        Endpoint::Unknown => return Err(unknown_path()),
    };
    Ok(ok(body).into())
}

/// The form of a POST, or the query of a GET, as the endpoint takes it.
fn parameters(request: &Request<Bytes>, endpoint: Endpoint) -> Result<Form, GraphError> {
    let posted = matches!(
        endpoint,
        Endpoint::Token | Endpoint::DeviceCode | Endpoint::Login
    );
    if request.body().len() > FORM_LIMIT {
        return Err(malformed("the body is larger than 64 KiB"));
    }
    match (request.method(), posted) {
        (&Method::POST, true) => Ok(Form::read(&String::from_utf8_lossy(request.body()))),
        (&Method::GET, false) => Ok(Form::read(request.uri().query().unwrap_or_default())),
        (method, true) => {
            let text =
                format!("The endpoint only accepts POST requests. Received a {method} request.");
            Err(aadsts("invalid_request", 900561, text))
        }
        (method, false) => Err(malformed(&format!("{method} is not GET"))),
    }
}

/// The URL of the emulator, as the client has it.
fn origin(service: &Service, headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    format!("{}://{}", service.scheme, host.unwrap_or("localhost"))
}

fn ok(body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// An error as a page, or as JSON when a program sends the request.
fn refusal(error: &GraphError, endpoint: Endpoint, context: &ResponseContext) -> Response<Bytes> {
    if !endpoint.is_page() {
        return context.error(error);
    }
    let text = context.error_description(error);
    pages::notice(error.status, "The sign-in failed", &text)
}

/// The request as the record stores it.
fn without_secrets(request: Request<Bytes>, now: Timestamp) -> ReceivedRequest {
    let (mut parts, body) = request.into_parts();
    for name in [REFERER, HeaderName::from_static("x-client-last-telemetry")] {
        parts.headers.remove(name);
    }
    let body = kept(&String::from_utf8_lossy(&body));
    let request = Request::from_parts(parts, Bytes::from(body));
    let mut received = ReceivedRequest::new(request, now);
    received.query = kept(&received.query);
    received
}

/// The parameters that the record stores: the others are secrets, name a user, or are unknown.
const KEPT: &str = "claims client_id client_info code_challenge_method domain_hint grant_type mkt \
    prompt redirect_uri response_mode response_type scope tenant";

/// A query or a form without the parameters that are not stored.
fn kept(parameters: &str) -> String {
    kept_parameters(parameters, |name| KEPT.split(' ').any(|kept| kept == name))
}

/// An endpoint of the identity platform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Endpoint {
    Authorize,
    DeviceCode,
    Token,
    Logout,
    Login,
    DeviceLogin,
    Configuration,
    Keys,
    Instance,
    /// A misspelled path, or an endpoint of version 1.
    Unknown,
}

/// The paths of the endpoints.
const PATHS: [(&str, Endpoint); 9] = [
    ("/{tenant}/oauth2/v2.0/authorize", Endpoint::Authorize),
    ("/{tenant}/oauth2/v2.0/devicecode", Endpoint::DeviceCode),
    ("/{tenant}/oauth2/v2.0/token", Endpoint::Token),
    ("/{tenant}/oauth2/v2.0/logout", Endpoint::Logout),
    ("/{tenant}/login", Endpoint::Login),
    (
        "/{tenant}/v2.0/.well-known/openid-configuration",
        Endpoint::Configuration,
    ),
    ("/{tenant}/discovery/v2.0/keys", Endpoint::Keys),
    ("/common/discovery/instance", Endpoint::Instance),
    ("/devicelogin", Endpoint::DeviceLogin),
];

impl Endpoint {
    /// The endpoint of a path, and the tenant in it.
    pub(crate) fn of(path: &str) -> Option<(Self, &str)> {
        let (tenant, rest) = path.strip_prefix('/')?.split_once('/').unwrap_or_default();
        let graph = ["v1.0", "beta", "_emulator"].contains(&tenant);
        let found =
            PATHS
                .iter()
                .find_map(|(known, endpoint)| match known.strip_prefix("/{tenant}/") {
                    Some(below) => {
                        (below == rest && !tenant.is_empty()).then_some((*endpoint, tenant))
                    }
                    None => (*known == path).then_some((*endpoint, "organizations")),
                });
        let near = tenant == "oauth2" || !tenant.is_empty() && rest.starts_with("oauth2/");
        let unknown = near.then_some((Self::Unknown, "organizations"));
        found.or(unknown).filter(|_| !graph)
    }

    /// Returns whether the endpoint is a page, for a person in a browser.
    pub(crate) fn is_page(self) -> bool {
        use Endpoint::{Authorize, DeviceLogin, Login, Logout};
        matches!(self, Authorize | DeviceLogin | Login | Logout)
    }

    /// The name for faults and the record: the last word of the path.
    fn operation(self) -> &'static str {
        let path = PATHS.iter().find(|(_, endpoint)| *endpoint == self);
        path.map_or("unknown", |(path, _)| last_word(path))
    }
}

/// The names of all endpoints, for faults.
pub(crate) fn operation_ids() -> impl Iterator<Item = &'static str> {
    PATHS
        .iter()
        .map(|(path, _)| last_word(path))
        .chain(["unknown"])
}

fn last_word(path: &'static str) -> &'static str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The error for a path that only resembles one of the identity platform.
fn unknown_path() -> GraphError {
    let paths = PATHS.map(|(path, _)| path).join(", ");
    let mut error = malformed(&format!("there is no such path; the emulator has {paths}"));
    error.status = StatusCode::NOT_FOUND;
    error
}

/// `/{tenant}/v2.0/.well-known/openid-configuration`
fn configuration(tenant: &Tenant, origin: &str) -> Vec<u8> {
    let endpoint = |path: &str| format!("{origin}/{}{path}", tenant.name);
    // The service writes this placeholder, too, for `organizations` and `common`.
    let issuer = tenant.id.as_deref().unwrap_or("{tenantid}");
    json_object(|o| {
        o.property("issuer", &format!("{origin}/{issuer}/v2.0"));
        for (name, path) in [
            ("authorization_endpoint", "/oauth2/v2.0/authorize"),
            ("token_endpoint", "/oauth2/v2.0/token"),
            ("device_authorization_endpoint", "/oauth2/v2.0/devicecode"),
            ("end_session_endpoint", "/oauth2/v2.0/logout"),
            ("jwks_uri", "/discovery/v2.0/keys"),
        ] {
            o.property(name, &endpoint(path));
        }
        for (name, values) in [
            ("response_types_supported", &["code"][..]),
            (
                "response_modes_supported",
                &["query", "fragment", "form_post"],
            ),
            ("code_challenge_methods_supported", &["plain", "S256"]),
            (
                "token_endpoint_auth_methods_supported",
                &[
                    "client_secret_post",
                    "client_secret_basic",
                    "private_key_jwt",
                ],
            ),
            (
                "scopes_supported",
                &["openid", "profile", "email", "offline_access"],
            ),
            ("subject_types_supported", &["pairwise"]),
            ("id_token_signing_alg_values_supported", &["none"]),
        ] {
            o.property(name, values);
        }
    })
}

/// `/{tenant}/discovery/v2.0/keys`: tokens are not signed.
fn keys() -> Vec<u8> {
    br#"{"keys":[]}"#.to_vec()
}

/// `/common/discovery/instance`: the emulator is its own cloud.
fn instance(origin: &str) -> Vec<u8> {
    let host = origin.rsplit('/').next().unwrap_or_default();
    json_object(|o| {
        let endpoint = format!("{origin}/common/v2.0/.well-known/openid-configuration");
        o.property("tenant_discovery_endpoint", &endpoint);
        o.property("api-version", "1.1");
        o.objects("metadata", [host], |o, host| {
            o.property("preferred_network", host);
            o.property("preferred_cache", host);
            o.property("aliases", &[host]);
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_keeps_what_is_known_to_be_harmless() {
        let form = "grant_type=refresh_token&refresh%5Ftoken=s3cret&s3cret&x=s3cret&scope=a+b";
        assert_eq!(kept(form), "grant_type=refresh_token&scope=a+b");
    }
}
