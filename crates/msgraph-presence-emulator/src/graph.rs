//! Requests to Graph: each is recorded, and its route leads to the handler of its operation.

mod batch;
mod body;
mod call;
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
use crate::service::account::{Account, Expiry, Layer};
use crate::token::Caller;
use crate::undocumented::Undocumented;
use bytes::Bytes;
use call::{Call, Success, may_set, subject};
use http::{Method, Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};
use routing::Target;
use std::cell::RefCell;

impl Service {
    /// Responds to a request to Graph, and records it; `part` is the id of a part of a batch.
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
        let remarks = RefCell::new(Vec::new());
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
        remarks: &RefCell<Vec<String>>,
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

    /// Runs an operation, by the last segment of its path: an action is the same under `/me` and
    /// under `/users/{id}`. An operation of the spec without a handler gets 501.
    fn operate(&mut self, route: Route, call: &Call<'_>) -> Result<Success, GraphError> {
        let (root, action) = route.path().rsplit_once('/').unwrap_or_default();
        match action {
            "presence" => self.get_presence(route, call),
            "{id}" if root == "/communications/presences" => self.get_presence(route, call),
            "getPresencesByUserId" => self.get_presences_by_user_id(route, call),
            _ => {
                self.write(action, route, call)?;
                let status = if self.undocumented.has(Undocumented::NoContent) {
                    StatusCode::NO_CONTENT
                } else {
                    StatusCode::OK
                };
                Ok(Success::empty(status))
            }
        }
    }

    fn write(&mut self, action: &str, route: Route, call: &Call<'_>) -> Result<(), GraphError> {
        let now = call.now;
        match action {
            "setStatusMessage" => {
                let user = self.check_write(route, call)?;
                let mut status = body::status_message(call)?;
                let clock = self.clock;
                let account = self.reachable(call.caller, user)?;
                if let Some(Expiry { at, .. }) = &mut status.expiry {
                    *at = clock.of_a_client(*at);
                    if *at <= now {
                        call.remark(format!(
                            "the message has expired: {at} on the emulator's clock"
                        ));
                    }
                }
                account.set_status(status);
            }
            "setUserPreferredPresence" => {
                let user = self.check_write(route, call)?;
                let (preferred, lasts) = body::preferred_presence(call)?;
                self.reachable(call.caller, user)?
                    .prefer(preferred, lasts, now);
            }
            // A preferred presence that is not set is cleared, too, as was observed.
            "clearUserPreferredPresence" => self.clear(route, call)?.clear_preference(),
            // Both check the body before the permission, as was observed of clearPresence.
            "setPresence" => {
                let number = self.next_session();
                subject(call.caller, call.id)?;
                let (id, session) = body::session(call)?;
                let user = self.check_write(route, call)?;
                let own_only = self.undocumented.has(Undocumented::OwnSessionId);
                let account = self.reachable(call.caller, user)?;
                if own_only && id != call.caller.application {
                    let message = "The provided [SessionId] is not the id of the application.";
                    return Err(GraphError::invalid_argument(message));
                }
                account.set_session(&id, session, number, now);
            }
            "clearPresence" => {
                subject(call.caller, call.id)?;
                let id = body::session_to_clear(call)?;
                let user = self.check_write(route, call)?;
                let account = self.reachable(call.caller, user)?;
                let session = account.session_of(&id, now);
                if !session.is_some_and(|session| account.end(Some(session), now)) {
                    let message = "The presence session was not found.";
                    let why = format!(
                        "{message} The user has no session with the id '{id}', or it has expired."
                    );
                    return Err(GraphError::not_found(message).because(why));
                }
            }
            "setManualLocation" => self.set_location(route, call, Layer::Manual)?,
            "setAutomaticLocation" => self.set_location(route, call, Layer::Automatic)?,
            "clearLocation" => self.clear(route, call)?.locations.clear(),
            "clearAutomaticLocation" => self.clear(route, call)?.locations.clear_automatic(),
            _ => {
                let operation = route.operation_id();
                let message = format!("The emulator has no handler for the operation {operation}.");
                return Err(GraphError::not_implemented(message));
            }
        }
        Ok(())
    }

    /// The user that the call sets, once the caller's permission is checked.
    fn check_write(&self, route: Route, call: &Call<'_>) -> Result<UserId, GraphError> {
        let user = subject(call.caller, call.id)?;
        self.check_permission(call.caller, route)?;
        may_set(call.caller, user)?;
        Ok(user)
    }

    /// The user that an action without parameters changes.
    fn clear(&mut self, route: Route, call: &Call<'_>) -> Result<&mut Account, GraphError> {
        let user = self.check_write(route, call)?;
        body::nothing(call)?;
        self.reachable(call.caller, user)
    }

    fn set_location(
        &mut self,
        route: Route,
        call: &Call<'_>,
        layer: Layer,
    ) -> Result<(), GraphError> {
        let user = self.check_write(route, call)?;
        let (kind, place) = body::location(call)?;
        let account = self.reachable(call.caller, user)?;
        account.locations.set(layer, kind, place);
        Ok(())
    }
}
