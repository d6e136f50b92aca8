//! The identity platform: users sign in by browser or device code, and programs get tokens.
//!
//! All paths begin with a tenant, as in the service, except the page for device codes, `/devicelogin`.

mod authorize;
mod bounded_map;
mod device;
mod discovery;
mod endpoint;
pub(crate) mod error;
mod form;

mod pages;
mod redirect;
mod scopes;
mod sign_ins;
mod tenant;
mod tokens;

use crate::clock::SplitMix;
use crate::fault::Fault;
use crate::json::JSON;
use crate::record::ReceivedRequest;
use crate::response::{GraphError, OutgoingResponse, ResponseContext};
use crate::service::Service;
use authorize::{AuthorizationCode, PendingPage};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bounded_map::BoundedMap;
use bytes::Bytes;
use device::DeviceCode;
use form::Form;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, PRAGMA, REFERER,
};
use http::{Method, Request, Response};
use jiff::Timestamp;

use msgraph_presence_models::UserId;
use scopes::Scopes;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use tenant::Tenant;
use tokens::RefreshToken;

pub(crate) use endpoint::Endpoint;
pub use sign_ins::SignIns;

/// The largest form that is read. Its parameters may be stored a thousand times.
const FORM_LIMIT: usize = 64 * 1024;

/// The state of the identity platform.
pub(crate) struct Identity {
    pub(crate) sign_ins: SignIns,
    /// Codes, tokens and page ids, from a seed of the system.
    random: SplitMix,
    /// User codes, the same at every run.
    user_codes: SplitMix,
    /// The pages on which a user has yet to be picked, by an id that only the page has.
    open: BoundedMap<PendingPage>,
    codes: BoundedMap<AuthorizationCode>,
    devices: BoundedMap<DeviceCode>,
    refresh_tokens: BoundedMap<RefreshToken>,
    /// The number of sign-ins so far.
    signed_in: u64,
    /// The last revoked sign-in of each user.
    revoked: HashMap<UserId, u64>,
}

/// The access that a program asks for.
#[derive(Clone)]
struct Consent {
    /// The tenant in the path of the request.
    tenant: Tenant,
    client: String,
    scopes: Scopes,
    /// The claim of the same name in the id token.
    nonce: Option<String>,
}

/// The access that a user has granted.
#[derive(Clone)]
struct Grant {
    user: UserId,
    consent: Consent,
    /// The number of the sign-in.
    number: u64,
}

impl Default for Identity {
    fn default() -> Self {
        // The standard library takes the key of a hash from the system's random numbers.
        let seed = RandomState::new().hash_one("identity");
        Self {
            sign_ins: SignIns::default(),
            random: SplitMix(seed),
            user_codes: SplitMix(0),
            open: BoundedMap::default(),
            codes: BoundedMap::default(),
            devices: BoundedMap::default(),
            refresh_tokens: BoundedMap::default(),
            signed_in: 0,
            revoked: HashMap::new(),
        }
    }
}

/// Shows no code and no token.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("sign_ins", &self.sign_ins)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// Forgets pages, codes and tokens; the setting stays.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            sign_ins: self.sign_ins.clone(),
            signed_in: self.signed_in,
            ..Self::default()
        };
    }

    /// Revokes all sign-ins of a user so far.
    pub(crate) fn revoke(&mut self, user: UserId) {
        self.revoked.insert(user, self.signed_in);
    }

    /// Returns whether a sign-in of a user was revoked.
    pub(crate) fn is_revoked(&self, user: UserId, number: u64) -> bool {
        self.revoked.get(&user).is_some_and(|last| number <= *last)
    }

    /// A new text of this number of random bytes.
    fn secret(&mut self, bytes: usize) -> String {
        let words = std::iter::repeat_with(|| self.random.next().to_be_bytes());
        let bytes: Vec<u8> = words.flatten().take(bytes).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

impl Service {
    /// Signs a user in, who has to be in the tenant.
    fn grant(&mut self, consent: Consent, user: UserId) -> Result<Grant, GraphError> {
        let account = self.account(user);
        if !account.is_some_and(|account| consent.tenant.admits(account)) {
            return Err(authorize::not_in_tenant(&consent.tenant));
        }
        self.identity.signed_in += 1;
        Ok(Grant {
            user,
            consent,
            number: self.identity.signed_in,
        })
    }
}

/// A response, with what the record shows of it.
struct Reply {
    response: Response<Bytes>,
    /// The user who has signed in.
    user: Option<UserId>,
    /// The reason why the user has not.
    error: Option<GraphError>,
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        Self {
            response,
            user: None,
            error: None,
        }
    }
}

/// Responds to a request of the identity platform, and records it without its secrets.
pub(crate) fn respond(
    service: &mut Service,
    request: Request<Bytes>,
    endpoint: Endpoint,
) -> OutgoingResponse {
    let now = service.clock.now();
    let operation = endpoint.operation();
    // A fault that names no operation is meant for Graph.
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
    let tenant = Tenant::find(tenant, service)?;
    let origin = origin(service, request.headers());
    let form = parameters(request, endpoint)?;
    let body = match endpoint {
        Endpoint::Authorize => return authorize::authorize(service, tenant, &form, context),
        Endpoint::Login => return authorize::choose(service, &form, context),
        Endpoint::DeviceLogin => {
            return Ok(authorize::device_login(service, &form, context.now).into());
        }
        // There are no cookies to delete.
        Endpoint::Logout => return Ok(redirect::after_log_out(&form)?.into()),
        Endpoint::Token => {
            let (body, user) = tokens::token(service, &tenant, &form, request.headers(), &origin)?;
            return Ok(Reply {
                user,
                ..ok(body).into()
            });
        }
        Endpoint::DeviceCode => device::device_code(service, tenant, &form, &origin, context.now)?,
        Endpoint::Configuration => discovery::configuration(&tenant, &origin),
        Endpoint::Keys => discovery::keys(),
        Endpoint::Instance => discovery::instance(&origin),
        Endpoint::Unknown => return Err(endpoint::unknown_path()),
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
        return Err(error::malformed("the body is larger than 64 KiB"));
    }
    match (request.method(), posted) {
        (&Method::POST, true) => Ok(Form::read(&String::from_utf8_lossy(request.body()))),
        (&Method::GET, false) => Ok(Form::read(request.uri().query().unwrap_or_default())),
        (method, true) => {
            let text =
                format!("The endpoint only accepts POST requests. Received a {method} request.");
            Err(error::aadsts("invalid_request", 900561, text))
        }
        (method, false) => Err(error::malformed(&format!("{method} is not GET"))),
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

/// An error as a page for a person, or as JSON for a program.
fn refusal(error: &GraphError, endpoint: Endpoint, context: &ResponseContext) -> Response<Bytes> {
    if !endpoint.is_page() {
        return context.error(error);
    }
    let text = error::description(error, context);
    pages::notice(error.status, "The sign-in did not work", &text)
}

/// The request as it is recorded.
fn without_secrets(request: Request<Bytes>, now: Timestamp) -> ReceivedRequest {
    let (mut parts, body) = request.into_parts();
    for name in [REFERER, HeaderName::from_static("x-client-last-telemetry")] {
        parts.headers.remove(name);
    }
    let body = form::kept(&String::from_utf8_lossy(&body));
    let request = Request::from_parts(parts, Bytes::from(body));
    let mut received = ReceivedRequest::new(request, now);
    received.query = form::kept(&received.query);
    received
}
