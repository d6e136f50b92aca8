//! A call of an operation: its caller with permissions and limit, its user, body and query, and its
//! result.

use super::routing::user_id;
use crate::encoding::{is_json, percent_decoded};
use crate::error::GraphError;
use crate::generated::routes::Route;
use crate::response::WireFault;
use crate::service::Service;
use crate::service::account::Account;
use crate::service::throttle::WINDOW;
use crate::token::{Caller, CallerKind, EXPIRED, GRAPH, INVALID_AUDIENCE, PERSONAL_TENANT};
use crate::undocumented::Undocumented;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::UserId;
use serde_json::Value;
use std::cell::RefCell;
use std::time::Duration;

/// The result of an operation that succeeds.
#[derive(Debug, PartialEq)]
pub(super) struct Success {
    pub(super) status: StatusCode,
    pub(super) body: Option<Vec<u8>>,
    /// The fault of a part of a batch that applies to the bytes of the whole response.
    pub(super) wire: Option<WireFault>,
    pub(super) delay: Option<Duration>,
}

impl Success {
    /// A response without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: None,
            wire: None,
            delay: None,
        }
    }

    /// 200 with a body.
    pub(super) fn json(body: Vec<u8>) -> Self {
        Self {
            body: Some(body),
            ..Self::empty(StatusCode::OK)
        }
    }
}

/// A call of an operation by a known caller.
pub(super) struct Call<'a> {
    pub(super) caller: &'a Caller,
    /// The id in the path, as it was sent; `None` under `/me`.
    pub(super) id: Option<&'a str>,
    pub(super) request: &'a Request<Bytes>,
    pub(super) now: Timestamp,
    /// Remarks on what the documentation does not say, and the service ignores.
    pub(super) remarks: &'a RefCell<Vec<String>>,
}

impl Call<'_> {
    /// Adds a remark on the request.
    pub(super) fn remark(&self, remark: String) {
        self.remarks.borrow_mut().push(remark);
    }

    /// The properties that `$select` names, or `None` for all of them, as for `*`; `check` refuses
    /// an unknown name.
    pub(super) fn select(
        &self,
        check: fn(&str) -> Result<(), GraphError>,
    ) -> Result<Option<Vec<String>>, GraphError> {
        let query = self.request.uri().query().unwrap_or_default();
        let mut select = None;
        let mut seen = false;
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let name = percent_decoded(name);
            match &*name {
                "$select" if seen => {
                    let message = "Query option '$select' was specified more than once, but it \
                        must be specified at most once.";
                    return Err(GraphError::bad_request(message));
                }
                "$select" => {
                    seen = true;
                    let list = percent_decoded(value);
                    let names: Vec<&str> = list.split(',').map(str::trim).collect();
                    let mut named = names.iter().filter(|name| **name != "*");
                    named.try_for_each(|name| check(name))?;
                    if !names.contains(&"*") {
                        select = Some(names.into_iter().map(str::to_owned).collect());
                    }
                }
                _ if name.starts_with('$') => {
                    let message = format!("The query option '{name}' is not allowed here.");
                    return Err(GraphError::bad_request(message));
                }
                _ => {}
            }
        }
        Ok(select)
    }

    /// The body, which has to be JSON and to have its content type.
    pub(super) fn json(&self) -> Result<Value, GraphError> {
        let (headers, body) = (self.request.headers(), self.request.body());
        if !headers.contains_key(CONTENT_TYPE) {
            return Err(GraphError::bad_request(
                "Write requests (excluding DELETE) must contain the Content-Type header \
                 declaration.",
            ));
        }
        if !is_json(headers) {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let message = "The Content-Type must be application/json.";
            let error = GraphError::new(status, "UnsupportedMediaType", message);
            let sent = headers
                .get(CONTENT_TYPE)
                .and_then(|kind| kind.to_str().ok());
            return Err(error.because(format!("{message} It is {}.", sent.unwrap_or("no text"))));
        }
        if body.is_empty() {
            return Err(GraphError::bad_request(
                "Empty Payload. JSON content expected.",
            ));
        }
        serde_json::from_slice(body).map_err(unreadable)
    }
}

/// Returns whether the query selects a property.
pub(super) fn is_selected(select: Option<&[String]>, property: &str) -> bool {
    select.is_none_or(|names| names.iter().any(|name| name == property))
}

pub(super) fn unreadable(error: serde_json::Error) -> GraphError {
    GraphError::bad_request(
        "Unable to read JSON request payload. Please ensure Content-Type header is set \
         and payload is of valid JSON format.",
    )
    .because(format!("Unable to read JSON request payload: {error}"))
}

/// The error for a property that a type does not have; the hint may be empty.
pub(super) fn unknown_property(name: &str, kind: &str, hint: &str) -> GraphError {
    GraphError::bad_request(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type \
         'microsoft.graph.{kind}'.{hint}"
    ))
}

/// The message for a request without the header.
const NO_HEADER: &str = "Access token is empty. The request has no Authorization header. \
    Microsoft's JavaScript client sends none over http: start the emulator with --tls, and name its \
    host in customHosts.";

/// The message for a token that is neither a JSON Web Token nor the name of a user.
const NO_SUCH_NAME: &str = "IDX14100: JWT is not well formed, there are no dots (.). The emulator \
    takes the name of a user as a token, too, but no user has this one: GET /_emulator/state lists \
    the users.";

/// The permission to read others.
const READ_ALL: &[&str] = &["Presence.Read.All"];

impl Service {
    /// Reads the caller from the `Authorization` header.
    ///
    /// Not in the documentation of Graph: a token may also be a user's name or id, or
    /// `application`, with every permission of its kind.
    pub(super) fn caller(&self, headers: &HeaderMap, now: Timestamp) -> Result<Caller, GraphError> {
        let header = headers.get(AUTHORIZATION);
        let header = header.ok_or_else(|| GraphError::invalid_token(NO_HEADER))?;
        let header = header.to_str().ok().and_then(|text| text.split_once(' '));
        let token = match header {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
            _ => return Err(GraphError::invalid_token("Access token is empty.")),
        };
        if token == "application" {
            return Ok(Caller::application());
        }
        if !token.contains('.') {
            let user = self.find(token);
            let user = user.ok_or_else(|| GraphError::invalid_token(NO_SUCH_NAME))?;
            return Ok(Caller::user(user.id, &user.tenant));
        }
        let caller = Caller::read(token, self.cloud, now).map_err(|message| {
            let more = match message {
                EXPIRED => format!("The emulator's clock shows {now}."),
                INVALID_AUDIENCE => format!("It takes {} or {GRAPH}.", self.cloud.root()),
                _ => return GraphError::invalid_token(message),
            };
            GraphError::invalid_token(message).because(format!("{message} {more}"))
        })?;
        if let (CallerKind::Delegated(user), Some(sign_in)) = (caller.kind, caller.revocable)
            && self.identity.is_revoked(user, sign_in)
        {
            return Err(GraphError::claims_challenge(now));
        }
        Ok(caller)
    }

    /// The caller as the record shows it: `application` or a user's name.
    pub(super) fn caller_name(&self, caller: &Caller) -> Option<String> {
        match caller.kind {
            CallerKind::Application => Some("application".to_owned()),
            CallerKind::Delegated(id) => self.account(id).map(|user| user.name.clone()),
        }
    }

    /// Counts the request against the caller's limit.
    pub(super) fn count(&mut self, caller: &Caller, now: Timestamp) -> Result<(), GraphError> {
        let counted = self
            .throttle
            .count(&caller.application, &caller.tenant, now);
        counted.map_err(|seconds| {
            let fractional = self.undocumented.has(Undocumented::FractionalRetryAfter);
            let fraction = if fractional { ".128" } else { "" };
            let text = format!("{seconds}{fraction}");
            let why = format!(
                "Too many requests of one application in {WINDOW} seconds; retry after {seconds} \
                 seconds on the emulator's clock."
            );
            let error = GraphError::of_status(StatusCode::TOO_MANY_REQUESTS);
            error.with(RETRY_AFTER, text).because(why)
        })
    }

    /// Checks that the caller may use the operation.
    pub(super) fn check_permission(&self, caller: &Caller, route: Route) -> Result<(), GraphError> {
        if caller.tenant == PERSONAL_TENANT {
            let why = "A personal account has no presence.".to_owned();
            return Err(GraphError::of_status(StatusCode::BAD_REQUEST).because(why));
        }
        let sufficient = match caller.kind {
            CallerKind::Delegated(_) => route.delegated(),
            CallerKind::Application => route.application(),
        };
        if caller.has_any(sufficient) {
            return Ok(());
        }
        // One of the POST operations is a read.
        let write = route.method() != "GET" && !route.path().ends_with("getPresencesByUserId");
        Err(self.missing_permission(write, caller, sufficient))
    }

    /// Checks that the caller may read another user; the documentation contradicts itself here.
    pub(super) fn check_reading_others(&self, caller: &Caller) -> Result<(), GraphError> {
        let needs_all = self.undocumented.has(Undocumented::ReadAllForOthers)
            && caller.kind != CallerKind::Application;
        if needs_all && !caller.has_any(READ_ALL) {
            return Err(self.missing_permission(false, caller, READ_ALL));
        }
        Ok(())
    }

    fn missing_permission(&self, write: bool, caller: &Caller, sufficient: &[&str]) -> GraphError {
        let always_401 = self.undocumented.has(Undocumented::Missing401);
        let always_403 = self.undocumented.has(Undocumented::Missing403);
        let held = match caller.permissions.trim() {
            "" => "no permission",
            held => held,
        };
        let takes = sufficient.join(" or ");
        let why = if takes.is_empty() {
            "No permission of this kind of token is enough for the operation.".to_owned()
        } else {
            format!("The token has {held}; the operation takes {takes}.")
        };
        GraphError::of_status(if always_403 || write && !always_401 {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::UNAUTHORIZED
        })
        .because(why)
    }

    /// The user with this id, if it is in the caller's tenant.
    pub(super) fn reachable(
        &mut self,
        caller: &Caller,
        user: UserId,
    ) -> Result<&mut Account, GraphError> {
        match self.accounts.get_mut(&user) {
            Some(account) if account.tenant == caller.tenant => Ok(account),
            Some(account) => Err(user_not_found(&format!(
                "The user is in the tenant {}, the token was issued by {}.",
                account.tenant, caller.tenant
            ))),
            None => Err(user_not_found("No user has this id.")),
        }
    }
}

pub(super) fn user_not_found(why: &str) -> GraphError {
    let message = "The requested user was not found.";
    GraphError::not_found(message).because(format!("{message} {why}"))
}

/// The user of a call: the one in the path or, under `/me`, the caller.
pub(super) fn subject(caller: &Caller, id: Option<&str>) -> Result<UserId, GraphError> {
    match (id, caller.kind) {
        (Some(id), _) => user_id(id),
        (None, CallerKind::Delegated(user)) => Ok(user),
        (None, CallerKind::Application) => Err(no_user()),
    }
}

/// The error for an application under `/me`.
pub(super) fn no_user() -> GraphError {
    GraphError::bad_request("/me request is only valid with delegated authentication flow.")
}

/// A signed-in user may set only its own presence.
pub(super) fn may_set(caller: &Caller, user: UserId) -> Result<(), GraphError> {
    if caller.kind == CallerKind::Application || caller.is(user) {
        return Ok(());
    }
    let message = "Cannot set the presence of another user";
    Err(GraphError::new(
        StatusCode::UNAUTHORIZED,
        "Unauthorized",
        message,
    ))
}
