//! The operations of presence: the handler of each route.

use super::account::{Account, Status};
use super::callers::{may_set, subject};
use super::presence_body::{PresenceBody, Visibility};
use super::request_body::{self, NewLocation, NewPreference, NewSession, NewStatus, Parsed};
use super::routing::{Target, presence_property};
use super::session::SessionId;
use super::{Service, routing};
use crate::generated::routes::Route;
use crate::json;
use crate::response::{GraphError, WireFault};
use crate::token::Caller;
use crate::undocumented::Undocumented;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::{Activity, Availability, Cloud, UserId};
use std::collections::HashSet;
use std::time::Duration;

/// The largest number of ids that getPresencesByUserId takes.
const MAX_IDS: usize = 650;

/// The result of an operation that succeeds.
#[derive(Debug, PartialEq)]
pub(super) struct Success {
    pub(super) status: StatusCode,
    pub(super) body: Option<Vec<u8>>,
    /// A fault of the request that the service ignores silently.
    pub(super) warning: Option<String>,
    /// The faults of the parts of a batch that apply to its bytes.
    pub(super) wire: Option<WireFault>,
    pub(super) delay: Option<Duration>,
}

impl Success {
    /// A response without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: None,
            warning: None,
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

type Handler = fn(&mut Service, Route, &Call<'_>) -> Result<Success, GraphError>;

/// The handler of an operation, by the last segment of its path: the twins of an action under `/me`
/// and `/users/{id}` have the same. An operation of the spec without one is answered with 501.
fn handler(route: Route) -> Result<Handler, GraphError> {
    let (_, name) = route.path().rsplit_once('/').unwrap_or_default();
    Ok(match name {
        "presence" => Service::get_presence,
        "{id}" if route.path().starts_with("/communications/presences/") => {
            Service::get_communications_presence
        }
        "getPresencesByUserId" => Service::get_presences_by_user_id,
        "setStatusMessage" => Service::set_status_message,
        "setUserPreferredPresence" => Service::set_preferred_presence,
        "clearUserPreferredPresence" => Service::clear_preferred_presence,
        "setPresence" => Service::set_presence,
        "clearPresence" => Service::clear_presence,
        "setManualLocation" => Service::set_manual_location,
        "setAutomaticLocation" => Service::set_automatic_location,
        "clearLocation" => Service::clear_location,
        "clearAutomaticLocation" => Service::clear_automatic_location,
        _ => {
            let operation = route.operation_id();
            let message = format!("The emulator has no handler for the operation {operation}.");
            return Err(GraphError::not_implemented(message));
        }
    })
}

/// A call whose caller is known.
pub(super) struct Call<'a> {
    pub(super) caller: &'a Caller,
    /// The id in the path, as it was sent; `None` under `/me`.
    pub(super) id: Option<&'a str>,
    pub(super) request: &'a Request<Bytes>,
    pub(super) now: Timestamp,
}

impl Call<'_> {
    pub(super) fn query(&self) -> &str {
        self.request.uri().query().unwrap_or_default()
    }
}

/// Reads a body.
type Read<T> = fn(&HeaderMap, &[u8]) -> Result<Parsed<T>, GraphError>;

/// The order of the checks of a write.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    /// The permission is checked before the body.
    PermissionFirst,

    /// The body is checked before the permission, as was observed of clearPresence.
    BodyFirst,
}

impl Service {
    /// Runs the operation of a request whose caller is known.
    pub(super) fn call(
        &mut self,
        caller: &Caller,
        target: Result<Target<'_>, GraphError>,
        request: &Request<Bytes>,
        now: Timestamp,
    ) -> Result<Success, GraphError> {
        let call = |id| Call {
            caller,
            id,
            request,
            now,
        };
        // Only the parts of a batch count.
        if target != Ok(Target::Batch) {
            self.count(caller, now)?;
        }
        match target? {
            Target::Batch => self.batch(&call(None)),
            Target::User(id) => self.get_user(&call(id)),
            Target::Operation(route, id) => {
                let handler = handler(route)?;
                self.check_cloud(route)?;
                handler(self, route, &call(id))
            }
        }
    }

    /// China has no presence, and no government cloud has the actions on locations.
    fn check_cloud(&self, route: Route) -> Result<(), GraphError> {
        let (_, action) = route.path().rsplit_once('/').unwrap_or_default();
        match self.cloud {
            Cloud::China => Err(GraphError::unknown_segment("presence")),
            Cloud::UsGovernmentL4 | Cloud::UsGovernmentL5 if action.ends_with("Location") => {
                Err(GraphError::unknown_segment(action))
            }
            _ => Ok(()),
        }
    }

    fn get_presence(&mut self, route: Route, call: &Call<'_>) -> Result<Success, GraphError> {
        let user = subject(call.caller, call.id)?;
        let context = format!("users('{user}')/presence/$entity");
        self.get(route, call, user, context, false)
    }

    fn get_communications_presence(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        let user = subject(call.caller, call.id)?;
        let context = "communications/presences/$entity".to_owned();
        let enveloped = self.undocumented.has(Undocumented::Envelope);
        self.get(route, call, user, context, enveloped)
    }

    fn get(
        &mut self,
        route: Route,
        call: &Call<'_>,
        user: UserId,
        context: String,
        enveloped: bool,
    ) -> Result<Success, GraphError> {
        self.check_permission(call.caller, route)?;
        let own = call.caller.is(user);
        if !own {
            self.check_reading_others(call.caller)?;
        }
        let select = routing::select(call.query(), presence_property)?;
        if select.is_some() && self.undocumented.has(Undocumented::SelectRefused) {
            return Err(GraphError::bad_request("The query is not supported."));
        }
        self.reachable(call, user)?;
        let visibility = Visibility {
            own,
            select: select.as_deref(),
            context,
            enveloped,
        };
        let body = self.presence(user, call.now, visibility);
        Ok(Success {
            body,
            ..Success::empty(StatusCode::OK)
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

    /// Returns the presences of the ids, each once and in their order.
    fn get_presences_by_user_id(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        self.check_permission(call.caller, route)?;
        let (headers, body) = (call.request.headers(), call.request.body());
        let Parsed { value, warning } = request_body::ids(headers, body)?;
        if value.len() > MAX_IDS && !self.undocumented.has(Undocumented::First650Ids) {
            // No more than this is on record.
            return Err(GraphError::of_status(StatusCode::BAD_REQUEST));
        }
        let mut seen = HashSet::new();
        let mut presences = Vec::new();
        for id in value.into_iter().take(MAX_IDS) {
            let reachable = self.reachable(call, id).is_ok();
            if !seen.insert(id) {
                continue;
            }
            if reachable || self.undocumented.has(Undocumented::UnknownIdsShown) {
                presences.push(id);
            } else if self.undocumented.has(Undocumented::UnknownIdsRefused) {
                return Err(user_not_found());
            }
        }
        Ok(Success {
            warning,
            ..Success::json(self.presences(call, &presences))
        })
    }

    fn presences(&mut self, call: &Call<'_>, ids: &[UserId]) -> Vec<u8> {
        let root = self.cloud.root();
        json::object(|o| {
            if !self.undocumented.has(Undocumented::NoContext) {
                let context = format!("{root}/v1.0/$metadata#Collection(microsoft.graph.presence)");
                o.property("@odata.context", &context);
            }
            o.objects("value", ids, |o, &id| {
                let unknown = self.reachable(call, id).is_err();
                let account = self.accounts.get_mut(&id).filter(|_| !unknown);
                let Some(account) = account else {
                    o.property("id", &id);
                    o.property("availability", &Availability::PresenceUnknown);
                    o.property("activity", &Activity::PresenceUnknown);
                    return;
                };
                let (sequence, view) = account.publish(call.now, &mut self.sequence);
                let body = PresenceBody {
                    id,
                    sequence,
                    view: &view,
                    visibility: Visibility {
                        own: call.caller.is(id),
                        select: None,
                        context: String::new(),
                        enveloped: false,
                    },
                    undocumented: self.undocumented,
                    cloud: self.cloud,
                };
                body.properties(o);
            });
        })
    }

    fn set_status_message(&mut self, route: Route, call: &Call<'_>) -> Result<Success, GraphError> {
        let set = |user: &mut Account, new: NewStatus| {
            user.set_status(Status {
                content: new.content,
                published: call.now,
                expiry: new.expiry,
            });
            Ok(())
        };
        let read = request_body::status_message;
        self.set(route, call, Order::PermissionFirst, read, set)
    }

    fn set_preferred_presence(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        let set = |user: &mut Account, new: NewPreference| {
            user.prefer(new.preferred, new.lasts, call.now);
            Ok(())
        };
        let read = request_body::preferred_presence;
        self.set(route, call, Order::PermissionFirst, read, set)
    }

    /// Clearing a preference that is not set succeeds, as was observed.
    fn clear_preferred_presence(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        let clear = |user: &mut Account, ()| {
            user.clear_preference();
            Ok(())
        };
        let read = request_body::nothing;
        self.set(route, call, Order::PermissionFirst, read, clear)
    }

    fn set_presence(&mut self, route: Route, call: &Call<'_>) -> Result<Success, GraphError> {
        self.sessions += 1;
        let number = SessionId(self.sessions);
        let own_only = self.undocumented.has(Undocumented::OwnSessionId);
        let set = |user: &mut Account, new: NewSession| {
            if own_only && new.id != call.caller.application {
                let message = "The provided [SessionId] is not the id of the application.";
                return Err(GraphError::invalid_argument(message));
            }
            user.set_session(&new.id, new.session, number, call.now);
            Ok(())
        };
        let read = request_body::session;
        self.set(route, call, Order::BodyFirst, read, set)
    }

    fn clear_presence(&mut self, route: Route, call: &Call<'_>) -> Result<Success, GraphError> {
        let clear = |user: &mut Account, id: String| {
            let session = user.session_of(&id, call.now);
            if session.is_some_and(|session| user.end(Some(session), call.now)) {
                return Ok(());
            }
            let message = "The presence session was not found.";
            Err(GraphError::not_found(message))
        };
        let read = request_body::session_to_clear;
        self.set(route, call, Order::BodyFirst, read, clear)
    }

    fn set_manual_location(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        self.set_location(route, call, request_body::manual_location)
    }

    fn set_automatic_location(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        self.set_location(route, call, request_body::automatic_location)
    }

    fn set_location(
        &mut self,
        route: Route,
        call: &Call<'_>,
        read: Read<NewLocation>,
    ) -> Result<Success, GraphError> {
        let set = |user: &mut Account, new: NewLocation| {
            user.locations.set(new.layer, new.kind, new.place);
            Ok(())
        };
        self.set(route, call, Order::PermissionFirst, read, set)
    }

    fn clear_location(&mut self, route: Route, call: &Call<'_>) -> Result<Success, GraphError> {
        let clear = |user: &mut Account, ()| {
            user.locations.clear();
            Ok(())
        };
        let read = request_body::nothing;
        self.set(route, call, Order::PermissionFirst, read, clear)
    }

    fn clear_automatic_location(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        let clear = |user: &mut Account, ()| {
            user.locations.clear_automatic();
            Ok(())
        };
        let read = request_body::nothing;
        self.set(route, call, Order::PermissionFirst, read, clear)
    }

    /// Changes a user as the body says.
    fn set<T>(
        &mut self,
        route: Route,
        call: &Call<'_>,
        order: Order,
        read: Read<T>,
        set: impl FnOnce(&mut Account, T) -> Result<(), GraphError>,
    ) -> Result<Success, GraphError> {
        let user = subject(call.caller, call.id)?;
        let parsed = || read(call.request.headers(), call.request.body());
        let first = match order {
            Order::BodyFirst => Some(parsed()?),
            Order::PermissionFirst => None,
        };
        self.check_permission(call.caller, route)?;
        may_set(call.caller, user)?;
        let Parsed { value, warning } = first.map_or_else(parsed, Ok)?;
        set(self.reachable(call, user)?, value)?;
        let status = if self.undocumented.has(Undocumented::NoContent) {
            StatusCode::NO_CONTENT
        } else {
            StatusCode::OK
        };
        Ok(Success {
            warning,
            ..Success::empty(status)
        })
    }

    /// A user, if it is in the caller's tenant.
    fn reachable(&mut self, call: &Call<'_>, user: UserId) -> Result<&mut Account, GraphError> {
        let account = self.accounts.get_mut(&user);
        let account = account.filter(|account| account.tenant == call.caller.tenant);
        account.ok_or_else(user_not_found)
    }
}

fn user_not_found() -> GraphError {
    GraphError::not_found("The requested user was not found.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_presence_has_a_handler() {
        for &route in Route::ALL {
            let presence = route.path().to_lowercase().contains("presence");
            match handler(route) {
                Ok(_) => {}
                Err(error) => {
                    assert!(!presence, "{route:?}");
                    assert_eq!(error.status, StatusCode::NOT_IMPLEMENTED);
                    assert!(error.message.contains(route.operation_id()));
                }
            }
        }
    }
}
