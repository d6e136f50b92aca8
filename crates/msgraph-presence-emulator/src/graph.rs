//! Requests to Graph: each is recorded, and its route leads to the handler of its operation.

mod batch;
mod body;
mod call;
mod caller;
mod directory;
#[cfg(test)]
mod model;
mod reads;
pub(crate) mod routing;

use crate::encoding::decompressed;
use crate::error::GraphError;
use crate::fault::Fault;
use crate::generated::routes::Route;
use crate::record::ReceivedRequest;
use crate::response::OutgoingResponse;
use crate::service::Service;
use crate::service::account::{Account, Status};
use crate::service::location::Layer;
use crate::undocumented::Undocumented;
use bytes::Bytes;
use call::{Call, Remarks, Success, may_set, subject};
use caller::Caller;
use http::{Method, Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::Cloud;
use routing::Target;
use std::cell::RefCell;

/// Reads a body.
type Read<T> = fn(&Call<'_>) -> Result<T, GraphError>;

/// The order of the checks of a write.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    /// The permission is checked before the body.
    PermissionFirst,

    /// The body is checked before the permission, as was observed of clearPresence.
    BodyFirst,
}

impl Service {
    /// Responds to a request to Graph, or to a part of a batch by its id, and records it.
    pub(crate) fn respond(
        &mut self,
        request: Request<Bytes>,
        part: Option<&str>,
    ) -> OutgoingResponse {
        let now = self.clock.now();
        let (request, readable) = decompressed(request);
        let target = match Target::of(&request) {
            Ok(Target::Batch) if part.is_some() => Err(GraphError::bad_request(
                "A batch cannot be a part of another one.",
            )),
            target => target,
        };
        let operation = target.as_ref().ok().map(|target| target.operation_id());
        let fault = self.faults.choose(operation, part.is_some());
        let context = self.response_context(request.headers(), now);
        let caller = self.caller(request.headers(), now);
        let caller_name = caller.as_ref().ok();
        let caller_name = caller_name.and_then(|caller| self.caller_name(caller));
        let remarks = RefCell::new(Remarks::new());
        let result = if fault.as_ref().is_some_and(Fault::replaces) {
            Ok(Success::empty(StatusCode::OK))
        } else {
            caller.and_then(|caller| {
                readable?;
                self.call(&caller, target, &request, now, &remarks)
            })
        };
        let (outgoing, refusal) = match result {
            Ok(success) => {
                let response = context.success(success.status, success.body);
                let outgoing = OutgoingResponse {
                    response,
                    wire: success.wire,
                    delay: success.delay,
                };
                (outgoing, None)
            }
            Err(error) => (OutgoingResponse::of(context.error(&error)), Some(error)),
        };
        let outgoing = match &fault {
            Some(fault) => fault.apply(outgoing.response, &context),
            None => outgoing,
        };
        let mut remarks = remarks.into_inner();
        if request.method() == Method::GET && !request.body().is_empty() {
            remarks.push("the body of a GET is ignored".to_owned());
        }
        self.record.add(ReceivedRequest {
            part: part.map(str::to_owned),
            caller: caller_name,
            operation,
            status: outgoing.response.status().as_u16(),
            reason: refusal.as_ref().and_then(GraphError::reason),
            code: refusal.map(|error| error.code.into_owned()),
            fault: fault.map(|fault| fault.to_string()),
            warning: (!remarks.is_empty()).then(|| remarks.join("; ")),
            ..ReceivedRequest::new(request, now)
        });
        outgoing
    }

    /// Runs the operation of a request whose caller is known.
    fn call(
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
                let set = |user: &mut Account, mut status: Status| {
                    if let Some(expiry) = &mut status.expiry {
                        expiry.at = clock.of_a_client(expiry.at);
                        if expiry.at <= now {
                            let at = expiry.at;
                            call.remark(format!(
                                "the message has expired: {at} on the emulator's clock"
                            ));
                        }
                    }
                    user.set_status(status);
                    Ok(())
                };
                self.set(route, call, PermissionFirst, body::status_message, set)
            }
            "setUserPreferredPresence" => {
                let read = body::preferred_presence;
                self.set(
                    route,
                    call,
                    PermissionFirst,
                    read,
                    |user, (preferred, lasts)| {
                        user.prefer(preferred, lasts, now);
                        Ok(())
                    },
                )
            }
            // One that is not set is cleared, too, as was observed.
            "clearUserPreferredPresence" => self.clear(route, call, Account::clear_preference),
            "setPresence" => {
                let number = self.next_session();
                let own_only = self.undocumented.has(Undocumented::OwnSessionId);
                self.set(
                    route,
                    call,
                    BodyFirst,
                    body::session,
                    |user, (id, session)| {
                        if own_only && id != call.caller.application {
                            let message =
                                "The provided [SessionId] is not the id of the application.";
                            return Err(GraphError::invalid_argument(message));
                        }
                        user.set_session(&id, session, number, now);
                        Ok(())
                    },
                )
            }
            "clearPresence" => self.set(
                route,
                call,
                BodyFirst,
                body::session_to_clear,
                |user, id| {
                    let session = user.session_of(&id, now);
                    if session.is_some_and(|session| user.end(Some(session), now)) {
                        return Ok(());
                    }
                    let message = "The presence session was not found.";
                    let why =
                        format!("{message} The user has none, or no more, with the id '{id}'.");
                    Err(GraphError::not_found(message).because(why))
                },
            ),
            "setManualLocation" => self.set_location(route, call, Layer::Manual),
            "setAutomaticLocation" => self.set_location(route, call, Layer::Automatic),
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
        layer: Layer,
    ) -> Result<Success, GraphError> {
        let order = Order::PermissionFirst;
        self.set(route, call, order, body::location, |user, (kind, place)| {
            user.locations.set(layer, kind, place);
            Ok(())
        })
    }

    /// Changes a user by an action without parameters.
    fn clear(
        &mut self,
        route: Route,
        call: &Call<'_>,
        clear: fn(&mut Account),
    ) -> Result<Success, GraphError> {
        let order = Order::PermissionFirst;
        self.set(route, call, order, body::nothing, |user, ()| {
            clear(user);
            Ok(())
        })
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
        let first = match order {
            Order::BodyFirst => Some(read(call)?),
            Order::PermissionFirst => None,
        };
        self.check_permission(call.caller, route)?;
        may_set(call.caller, user)?;
        let value = first.map_or_else(|| read(call), Ok)?;
        set(self.reachable(call.caller, user)?, value)?;
        let status = if self.undocumented.has(Undocumented::NoContent) {
            StatusCode::NO_CONTENT
        } else {
            StatusCode::OK
        };
        Ok(Success::empty(status))
    }
}
