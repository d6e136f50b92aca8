//! The operations: who calls, with which permissions, and the handler of each route.

use super::account::{Account, Status};
use super::presence_body::{PresenceBody, Visibility};
use super::request_body::{self, NewPreference, NewStatus, Parsed};
use super::routing::{Target, user_id};
use super::{Service, routing};
use crate::generated::routes::Route;
use crate::response::GraphError;
use crate::token::{Caller, CallerKind, PERSONAL_TENANT};
use crate::undocumented::Undocumented;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};

/// The result of an operation that succeeds.
#[derive(Debug, PartialEq)]
pub(super) struct Success {
    pub(super) status: StatusCode,
    pub(super) body: Option<Vec<u8>>,
    /// A fault of the request that the service ignores silently.
    pub(super) warning: Option<String>,
}

impl Success {
    /// A placeholder for a response that a fault replaces.
    pub(super) const EMPTY: Self = Self {
        status: StatusCode::OK,
        body: None,
        warning: None,
    };
}

type Handler = fn(&mut Service, &Call<'_>) -> Result<Success, GraphError>;

/// The handler of each operation. An operation of the spec without one is answered with 501.
const HANDLERS: [(Route, Handler); 5] = [
    (Route::MePresenceGet, Service::get_presence),
    (Route::UsersPresenceGet, Service::get_presence),
    (
        Route::CommunicationsPresencesGet,
        Service::get_communications_presence,
    ),
    (
        Route::UsersPresenceSetStatusMessage,
        Service::set_status_message,
    ),
    (
        Route::UsersPresenceSetUserPreferredPresence,
        Service::set_preferred_presence,
    ),
];

fn handler(route: Route) -> Result<Handler, GraphError> {
    let found = HANDLERS.iter().find(|(handled, _)| *handled == route);
    found
        .map(|(_, handler)| *handler)
        .ok_or_else(|| not_implemented(route.operation_id()))
}

fn not_implemented(operation: &str) -> GraphError {
    let message = format!("The emulator has no handler for the operation {operation}.");
    GraphError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
}

/// A call that the caller may make.
struct Call<'a> {
    caller: &'a Caller,
    user: UserId,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a [u8],
    now: Timestamp,
}

/// Callers and their permissions.
impl Service {
    /// Reads the caller from the `Authorization` header.
    ///
    /// Not in the documentation of presence: a token's text may also be a user's name, or
    /// `application`, for every permission of its kind.
    pub(super) fn caller(&self, headers: &HeaderMap, now: Timestamp) -> Result<Caller, GraphError> {
        let header = headers
            .get(AUTHORIZATION)
            .and_then(|text| text.to_str().ok());
        let Some((scheme, token)) = header.and_then(|text| text.split_once(' ')) else {
            return Err(GraphError::invalid_token("Access token is empty."));
        };
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(GraphError::invalid_token("Access token is empty."));
        }
        let token = token.trim();
        if token == "application" {
            return Ok(Caller::application());
        }
        if !token.contains('.')
            && let Some(user) = self.find(token)
        {
            return Ok(Caller::user(user.id, &user.tenant));
        }
        Caller::read(token, self.cloud, now).map_err(GraphError::invalid_token)
    }

    /// The caller as the record shows it: `application` or a user's name.
    pub(super) fn caller_name(&self, caller: &Caller) -> Option<String> {
        match caller.kind {
            CallerKind::Application => Some("application".to_owned()),
            CallerKind::Delegated(id) => self.account(id).map(|user| user.name.clone()),
        }
    }

    /// Counts the request against the caller's limit.
    fn count(&mut self, caller: &Caller, now: Timestamp) -> Result<(), GraphError> {
        let counted = self
            .throttle
            .count(&caller.application, &caller.tenant, now);
        counted.map_err(|seconds| {
            let fractional = self.undocumented.has(Undocumented::FractionalRetryAfter);
            let fraction = if fractional { ".128" } else { "" };
            let text = format!("{seconds}{fraction}");
            GraphError::of_status(StatusCode::TOO_MANY_REQUESTS).with(RETRY_AFTER, text)
        })
    }

    /// Checks that the caller may use the operation.
    fn check_permission(&self, caller: &Caller, route: Route) -> Result<(), GraphError> {
        if caller.tenant == PERSONAL_TENANT {
            return Err(GraphError::of_status(StatusCode::BAD_REQUEST));
        }
        let sufficient = match caller.kind {
            CallerKind::Delegated(_) => route.delegated(),
            CallerKind::Application => route.application(),
        };
        if caller.has_any(sufficient) {
            return Ok(());
        }
        Err(self.missing_permission(route.method() != "GET"))
    }

    /// Checks that the caller may read another user, which the documentation leaves open.
    fn check_reading_others(&self, caller: &Caller) -> Result<(), GraphError> {
        let allowed = !self.undocumented.has(Undocumented::ReadAllForOthers)
            || caller.kind == CallerKind::Application
            || caller.has_any(&["Presence.Read.All"]);
        if allowed {
            Ok(())
        } else {
            Err(self.missing_permission(false))
        }
    }

    fn missing_permission(&self, write: bool) -> GraphError {
        let always_401 = self.undocumented.has(Undocumented::Missing401);
        let always_403 = self.undocumented.has(Undocumented::Missing403);
        GraphError::of_status(if always_403 || write && !always_401 {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::UNAUTHORIZED
        })
    }
}

/// The user that a call is about: the one in the path or, under `/me`, the caller.
fn subject(caller: &Caller, id: Option<&str>) -> Result<UserId, GraphError> {
    match (id, caller.kind) {
        (Some(id), _) => user_id(id),
        (None, CallerKind::Delegated(user)) => Ok(user),
        (None, CallerKind::Application) => Err(GraphError::bad_request(
            "/me request is only valid with delegated authentication flow.",
        )),
    }
}

/// A signed-in user may set only its own presence.
fn may_set(caller: &Caller, user: UserId) -> Result<(), GraphError> {
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

/// The handlers.
impl Service {
    /// Runs the operation of a request whose caller is known.
    pub(super) fn call<B: AsRef<[u8]>>(
        &mut self,
        caller: &Caller,
        target: Result<Target<'_>, GraphError>,
        request: &Request<B>,
        now: Timestamp,
    ) -> Result<Success, GraphError> {
        self.count(caller, now)?;
        let Target { route, id } = target?;
        let handler = handler(route)?;
        if self.cloud == Cloud::China {
            return Err(GraphError::unknown_segment("presence"));
        }
        let user = subject(caller, id)?;
        self.check_permission(caller, route)?;
        let call = Call {
            caller,
            user,
            query: request.uri().query().unwrap_or_default(),
            headers: request.headers(),
            body: request.body().as_ref(),
            now,
        };
        handler(self, &call)
    }

    fn get_presence(&mut self, call: &Call<'_>) -> Result<Success, GraphError> {
        let context = format!("users('{}')/presence/$entity", call.user);
        self.get(call, context, false)
    }

    fn get_communications_presence(&mut self, call: &Call<'_>) -> Result<Success, GraphError> {
        let context = "communications/presences/$entity".to_owned();
        let enveloped = self.undocumented.has(Undocumented::Envelope);
        self.get(call, context, enveloped)
    }

    fn get(
        &mut self,
        call: &Call<'_>,
        context: String,
        enveloped: bool,
    ) -> Result<Success, GraphError> {
        let own = call.caller.is(call.user);
        if !own {
            self.check_reading_others(call.caller)?;
        }
        let select = routing::select(call.query)?;
        if select.is_some() && self.undocumented.has(Undocumented::SelectRefused) {
            return Err(GraphError::bad_request("The query is not supported."));
        }
        self.reachable(call)?;
        let visibility = Visibility {
            own,
            select: select.as_deref(),
            context,
            enveloped,
        };
        Ok(Success {
            status: StatusCode::OK,
            body: self.presence(call.user, call.now, visibility),
            warning: None,
        })
    }

    /// The presence as its user reads it, or `None` when there is no such user.
    pub(crate) fn own_presence(&mut self, user: UserId) -> Option<Vec<u8>> {
        let visibility = Visibility {
            own: true,
            select: None,
            context: format!("users('{user}')/presence/$entity"),
            enveloped: false,
        };
        self.presence(user, self.clock.now(), visibility)
    }

    fn presence(
        &mut self,
        user: UserId,
        now: Timestamp,
        visibility: Visibility<'_>,
    ) -> Option<Vec<u8>> {
        let account = self.accounts.get_mut(&user)?;
        let (sequence, view) = account.publish(now, &mut self.sequence);
        let body = PresenceBody {
            id: user,
            sequence,
            view: &view,
            visibility,
            undocumented: self.undocumented,
            cloud: self.cloud,
        };
        Some(body.write())
    }

    fn set_status_message(&mut self, call: &Call<'_>) -> Result<Success, GraphError> {
        let set = |user: &mut Account, new: NewStatus| {
            user.set_status(Status {
                content: new.content,
                published: call.now,
                expiry: new.expiry,
            });
        };
        self.set(call, request_body::status_message, set)
    }

    fn set_preferred_presence(&mut self, call: &Call<'_>) -> Result<Success, GraphError> {
        let set = |user: &mut Account, new: NewPreference| {
            user.prefer(new.preferred, new.lasts, call.now);
        };
        self.set(call, request_body::preferred_presence, set)
    }

    /// Changes a user as the body says.
    fn set<T>(
        &mut self,
        call: &Call<'_>,
        read: fn(&HeaderMap, &[u8]) -> Result<Parsed<T>, GraphError>,
        set: impl FnOnce(&mut Account, T),
    ) -> Result<Success, GraphError> {
        may_set(call.caller, call.user)?;
        let Parsed { value, warning } = read(call.headers, call.body)?;
        set(self.reachable(call)?, value);
        let no_content = self.undocumented.has(Undocumented::NoContent);
        Ok(Success {
            status: if no_content {
                StatusCode::NO_CONTENT
            } else {
                StatusCode::OK
            },
            body: None,
            warning,
        })
    }

    /// The user that a call is about, if it is in the caller's tenant.
    fn reachable(&mut self, call: &Call<'_>) -> Result<&mut Account, GraphError> {
        let account = self.accounts.get_mut(&call.user);
        let account = account.filter(|account| account.tenant == call.caller.tenant);
        account.ok_or_else(|| {
            let message = "The requested user was not found.";
            GraphError::new(StatusCode::NOT_FOUND, "NotFound", message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_operation_has_a_handler_and_others_are_named() {
        for &route in Route::ALL {
            let id = route.operation_id();
            assert_eq!(handler(route).is_ok(), !id.contains("clear"), "{id}");
        }
        let error = not_implemented("users.user.presence.clearUserPreferredPresence");
        assert_eq!(error.status, StatusCode::NOT_IMPLEMENTED);
        assert!(error.message.contains("clearUserPreferredPresence"));
    }
}
