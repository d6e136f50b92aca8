//! The operations of presence: the handler of each route, and the writes.

use super::Service;
use super::account::{Account, Status};
use super::callers::{may_set, subject};
use super::request_body::{self, NewLocation, NewPreference, NewSession, NewStatus, Remarks};
use super::routing::Target;
use crate::generated::routes::Route;
use crate::response::{GraphError, WireFault};
use crate::token::Caller;
use crate::undocumented::Undocumented;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};
use std::cell::RefCell;
use std::time::Duration;

/// The result of an operation that succeeds.
#[derive(Debug, PartialEq)]
pub(super) struct Success {
    pub(super) status: StatusCode,
    pub(super) body: Option<Vec<u8>>,
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

/// A call whose caller is known.
pub(super) struct Call<'a> {
    pub(super) caller: &'a Caller,
    /// The id in the path, as it was sent; `None` under `/me`.
    pub(super) id: Option<&'a str>,
    pub(super) request: &'a Request<Bytes>,
    pub(super) now: Timestamp,
    pub(super) remarks: &'a RefCell<Remarks>,
}

impl Call<'_> {
    pub(super) fn query(&self) -> &str {
        self.request.uri().query().unwrap_or_default()
    }

    /// Adds a remark on the request.
    pub(super) fn remark(&self, remark: String) {
        self.remarks.borrow_mut().push(remark);
    }
}

/// Reads a body.
type Read<T> = fn(&HeaderMap, &[u8], &mut Remarks) -> Result<T, GraphError>;

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
        remarks: &RefCell<Remarks>,
    ) -> Result<Success, GraphError> {
        let call = |id| Call {
            caller,
            id,
            request,
            now,
            remarks,
        };
        // Only the parts of a batch count.
        if target != Ok(Target::Batch) {
            self.count(caller, now)?;
        }
        match target? {
            Target::Batch => self.batch(&call(None)),
            Target::User(id) => self.get_user(&call(id)),
            Target::Operation(route, id) => {
                self.check_cloud(route)?;
                self.operate(route, &call(id))
            }
        }
    }

    /// China has no presence, and no government cloud has the actions on locations.
    fn check_cloud(&self, route: Route) -> Result<(), GraphError> {
        match self.cloud {
            Cloud::China => {
                let error = GraphError::unknown_segment("presence");
                Err(error.because("There is no presence in the cloud of China.".to_owned()))
            }
            Cloud::UsGovernmentL4 | Cloud::UsGovernmentL5 if route.path().ends_with("Location") => {
                let (_, action) = route.path().rsplit_once('/').unwrap_or_default();
                let why = "The US Government clouds have no actions on work locations.";
                Err(GraphError::unknown_segment(action).because(why.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Runs an operation, by the last segment of its path: the twins of an action under `/me` and
    /// `/users/{id}` are one. An operation of the spec that is not here is answered with 501.
    fn operate(&mut self, route: Route, call: &Call<'_>) -> Result<Success, GraphError> {
        use Order::{BodyFirst, PermissionFirst};
        let now = call.now;
        let (root, action) = route.path().rsplit_once('/').unwrap_or_default();
        match action {
            "presence" => self.get_presence(route, call),
            "{id}" if root == "/communications/presences" => {
                self.get_communications_presence(route, call)
            }
            "getPresencesByUserId" => self.get_presences_by_user_id(route, call),
            "setStatusMessage" => {
                let clock = self.clock;
                let set = |user: &mut Account, mut new: NewStatus| {
                    if let Some(expiry) = &mut new.expiry {
                        expiry.at = clock.of_a_client(expiry.at);
                        if expiry.at <= now {
                            let at = expiry.at;
                            call.remark(format!(
                                "the message has expired: {at} on the emulator's clock"
                            ));
                        }
                    }
                    user.set_status(Status {
                        content: new.content,
                        published: now,
                        expiry: new.expiry,
                    });
                    Ok(())
                };
                self.set(
                    route,
                    call,
                    PermissionFirst,
                    request_body::status_message,
                    set,
                )
            }
            "setUserPreferredPresence" => {
                let set = |user: &mut Account, new: NewPreference| {
                    user.prefer(new.preferred, new.lasts, now);
                    Ok(())
                };
                self.set(
                    route,
                    call,
                    PermissionFirst,
                    request_body::preferred_presence,
                    set,
                )
            }
            // One that is not set is cleared, too, as was observed.
            "clearUserPreferredPresence" => self.clear(route, call, |user| user.clear_preference()),
            "setPresence" => {
                let number = self.next_session();
                let own_only = self.undocumented.has(Undocumented::OwnSessionId);
                let set = |user: &mut Account, new: NewSession| {
                    if own_only && new.id != call.caller.application {
                        let message = "The provided [SessionId] is not the id of the application.";
                        return Err(GraphError::invalid_argument(message));
                    }
                    user.set_session(&new.id, new.session, number, now);
                    Ok(())
                };
                self.set(route, call, BodyFirst, request_body::session, set)
            }
            "clearPresence" => {
                let clear = |user: &mut Account, id: String| {
                    let session = user.session_of(&id, now);
                    if session.is_some_and(|session| user.end(Some(session), now)) {
                        return Ok(());
                    }
                    let message = "The presence session was not found.";
                    let why =
                        format!("{message} The user has none, or no more, with the id '{id}'.");
                    Err(GraphError::not_found(message).because(why))
                };
                self.set(
                    route,
                    call,
                    BodyFirst,
                    request_body::session_to_clear,
                    clear,
                )
            }
            "setManualLocation" => self.set_location(route, call, request_body::manual_location),
            "setAutomaticLocation" => {
                self.set_location(route, call, request_body::automatic_location)
            }
            "clearLocation" => self.clear(route, call, |user| user.locations.clear()),
            "clearAutomaticLocation" => {
                self.clear(route, call, |user| user.locations.clear_automatic())
            }
            _ => {
                let operation = route.operation_id();
                let message = format!("The emulator has no handler for the operation {operation}.");
                Err(GraphError::not_implemented(message))
            }
        }
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

    /// Changes a user by an action without parameters.
    fn clear(
        &mut self,
        route: Route,
        call: &Call<'_>,
        clear: fn(&mut Account),
    ) -> Result<Success, GraphError> {
        let set = |user: &mut Account, ()| {
            clear(user);
            Ok(())
        };
        self.set(
            route,
            call,
            Order::PermissionFirst,
            request_body::nothing,
            set,
        )
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
        let parsed = || {
            let (headers, body) = (call.request.headers(), call.request.body());
            read(headers, body, &mut call.remarks.borrow_mut())
        };
        let first = match order {
            Order::BodyFirst => Some(parsed()?),
            Order::PermissionFirst => None,
        };
        self.check_permission(call.caller, route)?;
        may_set(call.caller, user)?;
        let value = first.map_or_else(parsed, Ok)?;
        set(self.reachable(call, user)?, value)?;
        let status = if self.undocumented.has(Undocumented::NoContent) {
            StatusCode::NO_CONTENT
        } else {
            StatusCode::OK
        };
        Ok(Success::empty(status))
    }

    /// A user, if it is in the caller's tenant.
    pub(super) fn reachable(
        &mut self,
        call: &Call<'_>,
        user: UserId,
    ) -> Result<&mut Account, GraphError> {
        match self.accounts.get_mut(&user) {
            Some(account) if account.tenant == call.caller.tenant => Ok(account),
            Some(account) => Err(user_not_found(&format!(
                "The user is of the tenant {}, and the token of {}.",
                account.tenant, call.caller.tenant
            ))),
            None => Err(user_not_found("No user has this id.")),
        }
    }
}

pub(super) fn user_not_found(why: &str) -> GraphError {
    let message = "The requested user was not found.";
    GraphError::not_found(message).because(format!("{message} {why}"))
}
