//! The reads: one presence, or those of many users.

use super::Service;
use super::callers::subject;
use super::operations::{Call, Success, user_not_found};
use super::presence_body::{PresenceBody, Visibility};
use super::request_body::{self, Parsed};
use super::routing::{presence_property, select};
use crate::generated::routes::Route;
use crate::json;
use crate::response::GraphError;
use crate::undocumented::Undocumented;
use http::StatusCode;
use jiff::Timestamp;
use msgraph_presence_models::{Activity, Availability, UserId};
use std::collections::HashSet;

/// The largest number of ids that getPresencesByUserId takes.
const MAX_IDS: usize = 650;

impl Service {
    pub(super) fn get_presence(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        let user = subject(call.caller, call.id)?;
        let context = format!("users('{user}')/presence/$entity");
        self.get(route, call, user, context, false)
    }

    pub(super) fn get_communications_presence(
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
        let select = select(call.query(), presence_property)?;
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
    pub(super) fn get_presences_by_user_id(
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
}
