//! From a request to its answer: whether the caller may, and what comes of it.

use super::account::{Account, Status};
use super::authorize;
use super::error::GraphError;
use super::presence_body::{PresenceBody, Show};
use super::requests::{self, NewPreference, NewStatus, Remarked};
use super::routing::Target;
use super::service::Service;
use crate::doubt::Doubt;
use crate::token::Caller;
use http::header::RETRY_AFTER;
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};

/// What an operation answers when it succeeds.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Vec<u8>>,
    /// What the service passes over in silence.
    pub(crate) remark: Option<String>,
}

impl Answer {
    /// Nothing was done, since something else comes instead.
    pub(crate) const NOTHING: Self = Self {
        status: StatusCode::OK,
        body: None,
        remark: None,
    };
}

/// What the emulator can do.
#[derive(Debug, PartialEq)]
enum Behaviour {
    Get { communications: bool },
    SetStatusMessage,
    SetUserPreferredPresence,
}

impl Behaviour {
    /// The behaviour of an operation, if it has one.
    ///
    /// By id and not by variant of `Route`: an operation that is added to the API's
    /// description, or taken from it, compiles.
    fn of(operation_id: &str) -> Option<Self> {
        let behaviour = match operation_id {
            "me.GetPresence" | "users.GetPresence" => Self::Get {
                communications: false,
            },
            "communications.GetPresences" => Self::Get {
                communications: true,
            },
            "users.user.presence.setStatusMessage" => Self::SetStatusMessage,
            "users.user.presence.setUserPreferredPresence" => Self::SetUserPreferredPresence,
            _ => return None,
        };
        Some(behaviour)
    }
}

impl Service {
    /// Answers a request of a known caller.
    pub(crate) fn answer<B: AsRef<[u8]>>(
        &mut self,
        caller: &Caller,
        target: Result<Target<'_>, GraphError>,
        request: &Request<B>,
        now: Timestamp,
    ) -> Result<Answer, GraphError> {
        self.count(caller, now)?;
        let Target { route, id } = target?;
        let Some(behaviour) = Behaviour::of(route.operation_id()) else {
            return Err(not_implemented(route.operation_id()));
        };
        if self.cloud == Cloud::China {
            return Err(GraphError::unknown_segment("presence"));
        }
        let user = authorize::subject(caller, id)?;
        self.check_permission(caller, route)?;
        let call = Call {
            caller,
            user,
            query: request.uri().query().unwrap_or_default(),
            headers: request.headers(),
            body: request.body().as_ref(),
            now,
        };
        self.carry_out(behaviour, &call)
    }

    fn carry_out(&mut self, behaviour: Behaviour, call: &Call<'_>) -> Result<Answer, GraphError> {
        match behaviour {
            Behaviour::Get { communications } => self.get(call, communications),
            Behaviour::SetStatusMessage => {
                let set = |user: &mut Account, new: NewStatus| {
                    user.set_status(Status {
                        content: new.content,
                        published: call.now,
                        expiry: new.expiry,
                    });
                };
                self.set(call, requests::status_message, set)
            }
            Behaviour::SetUserPreferredPresence => {
                let set = |user: &mut Account, new: NewPreference| {
                    user.prefer(new.preferred, new.lasts, call.now);
                };
                self.set(call, requests::preferred_presence, set)
            }
        }
    }

    fn count(&mut self, caller: &Caller, now: Timestamp) -> Result<(), GraphError> {
        let counted = self
            .throttle
            .count(&caller.application, &caller.tenant, now);
        counted.map_err(|seconds| {
            let fractional = self.doubts.has(Doubt::FractionalRetryAfter);
            let fraction = if fractional { ".128" } else { "" };
            let text = format!("{seconds}{fraction}");
            GraphError::of_status(StatusCode::TOO_MANY_REQUESTS).with(RETRY_AFTER, text)
        })
    }

    fn get(&mut self, call: &Call<'_>, communications: bool) -> Result<Answer, GraphError> {
        let own = call.caller.is(call.user);
        if !own {
            self.check_reading_others(call.caller)?;
        }
        let select = requests::select(call.query)?;
        if select.is_some() && self.doubts.has(Doubt::SelectRefused) {
            return Err(GraphError::bad_request("The query is not supported."));
        }
        self.reachable(call)?;
        let context = if communications {
            "communications/presences/$entity".to_owned()
        } else {
            format!("users('{}')/presence/$entity", call.user)
        };
        let show = Show {
            own,
            select: select.as_deref(),
            context,
            enveloped: communications && self.doubts.has(Doubt::Envelope),
        };
        Ok(Answer {
            status: StatusCode::OK,
            body: self.presence(call.user, call.now, show),
            remark: None,
        })
    }

    /// What a user reads as its own presence; nothing when there is no such user.
    pub(crate) fn own_presence(&mut self, user: UserId, now: Timestamp) -> Option<Vec<u8>> {
        let show = Show {
            own: true,
            select: None,
            context: format!("users('{user}')/presence/$entity"),
            enveloped: false,
        };
        self.presence(user, now, show)
    }

    fn presence(&mut self, user: UserId, now: Timestamp, show: Show<'_>) -> Option<Vec<u8>> {
        let account = self.accounts.get_mut(&user)?;
        let (sequence, view) = account.publish(now, &mut self.sequence);
        let body = PresenceBody {
            id: user,
            sequence,
            view: &view,
            show,
            doubts: self.doubts,
            cloud: self.cloud,
        };
        Some(body.write())
    }

    /// Sets something of a user, as the body says.
    fn set<T>(
        &mut self,
        call: &Call<'_>,
        read: fn(&HeaderMap, &[u8]) -> Result<Remarked<T>, GraphError>,
        set: impl FnOnce(&mut Account, T),
    ) -> Result<Answer, GraphError> {
        authorize::may_set(call.caller, call.user)?;
        let Remarked { value, remark } = read(call.headers, call.body)?;
        set(self.reachable(call)?, value);
        let no_content = self.doubts.has(Doubt::NoContent);
        Ok(Answer {
            status: if no_content {
                StatusCode::NO_CONTENT
            } else {
                StatusCode::OK
            },
            body: None,
            remark,
        })
    }

    /// The user that a call is about, if the caller's tenant knows it.
    fn reachable(&mut self, call: &Call<'_>) -> Result<&mut Account, GraphError> {
        let account = self.accounts.get_mut(&call.user);
        let account = account.filter(|account| account.tenant == call.caller.tenant);
        account.ok_or_else(|| {
            let message = "The requested user was not found.";
            GraphError::new(StatusCode::NOT_FOUND, "NotFound", message)
        })
    }
}

/// A call that may be made, and what it is about.
struct Call<'a> {
    caller: &'a Caller,
    user: UserId,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a [u8],
    now: Timestamp,
}

fn not_implemented(operation: &str) -> GraphError {
    let message = format!("The emulator has no behaviour for the operation {operation}.");
    GraphError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::routes::Route;

    #[test]
    fn every_documented_operation_has_a_behaviour_and_others_are_named() {
        for route in Route::ALL {
            let id = route.operation_id();
            let known = Behaviour::of(id).is_some();
            assert_eq!(known, !id.contains("clear"), "{id}");
        }
        let error = not_implemented("users.user.presence.clearUserPreferredPresence");
        assert_eq!(error.status, StatusCode::NOT_IMPLEMENTED);
        assert!(error.message.contains("clearUserPreferredPresence"));
    }
}
