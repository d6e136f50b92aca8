//! The reads: one presence or those of many users, as JSON that one caller may see.

use super::body;
use super::call::{Call, Success, is_selected, subject, unknown_property, user_not_found};
use crate::encoding::{Object, json_object};
use crate::error::GraphError;
use crate::generated::routes::Route;
use crate::service::Service;
use crate::service::account::{Expiry, Status, View};
use crate::undocumented::{Undocumented, UndocumentedSet};
use http::StatusCode;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use msgraph_presence_models::{Activity, Availability, Cloud, Presence, UserId};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashSet;

/// The largest number of ids that getPresencesByUserId takes.
const MAX_IDS: usize = 650;

/// The properties of a presence, in the order of a response.
const PROPERTIES: [&str; 7] = [
    "id",
    "availability",
    "activity",
    "outOfOfficeSettings",
    "sequenceNumber",
    "statusMessage",
    "workLocation",
];

/// The properties in the metadata of the US Government clouds.
const GOVERNMENT_PROPERTIES: [&str; 4] = ["id", "availability", "activity", "statusMessage"];

impl Service {
    /// Reads one presence, from either of its paths.
    pub(super) fn get_presence(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        let user = subject(call.caller, call.id)?;
        self.check_permission(call.caller, route)?;
        let own = call.caller.is(user);
        if !own {
            self.check_reading_others(call.caller)?;
        }
        let select = call.select(presence_property)?;
        if select.is_some() && self.undocumented.has(Undocumented::SelectRefused) {
            return Err(GraphError::bad_request("The query is not supported."));
        }
        self.reachable(call.caller, user)?;
        let presence = self.presence(user, call.now, own, select.as_deref());
        let body = presence.map(|presence| {
            if route.path().starts_with("/communications/") {
                let enveloped = self.undocumented.has(Undocumented::Envelope);
                presence.write("communications/presences/$entity", enveloped)
            } else {
                presence.write(&context_of(user), false)
            }
        });
        Ok(Success {
            body,
            ..Success::empty(StatusCode::OK)
        })
    }

    /// The presence as its user reads it, or `None` when there is no such user.
    pub(crate) fn own_presence(&mut self, user: UserId) -> Option<Vec<u8>> {
        let presence = self.presence(user, self.clock.now(), true, None)?;
        Some(presence.write(&context_of(user), false))
    }

    /// The presence of a user, for the user itself or another caller, and the properties selected.
    fn presence<'a>(
        &mut self,
        user: UserId,
        now: Timestamp,
        own: bool,
        select: Option<&'a [String]>,
    ) -> Option<PresenceBody<'a>> {
        let account = self.accounts.get_mut(&user)?;
        let (sequence, view) = account.publish(now, &mut self.sequence);
        Some(PresenceBody {
            id: user,
            sequence,
            view,
            own,
            select,
            undocumented: self.undocumented,
            cloud: self.cloud,
        })
    }

    /// Returns the presences of the ids, each once and in their order.
    pub(super) fn get_presences_by_user_id(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        self.check_permission(call.caller, route)?;
        let value = body::ids(call)?;
        if value.len() > MAX_IDS && !self.undocumented.has(Undocumented::First650Ids) {
            let why = format!(
                "The body has {} ids; the operation takes up to {MAX_IDS}.",
                value.len()
            );
            return Err(GraphError::of_status(StatusCode::BAD_REQUEST).because(why));
        }
        let mut seen = HashSet::new();
        let mut presences = Vec::new();
        let (mut repeated, mut unknown) = (0, 0);
        for id in value.into_iter().take(MAX_IDS) {
            let reachable = self.reachable(call.caller, id).is_ok();
            if !seen.insert(id) {
                repeated += 1;
                continue;
            }
            unknown += u32::from(!reachable);
            if reachable || self.undocumented.has(Undocumented::UnknownIdsShown) {
                presences.push(id);
            } else if self.undocumented.has(Undocumented::UnknownIdsRefused) {
                return Err(user_not_found(&format!("No user has the id {id}.")));
            }
        }
        for (count, what) in [(unknown, "of no user"), (repeated, "repeated")] {
            if count > 0 {
                call.remark(format!("ids {what}: {count}"));
            }
        }
        Ok(Success::json(self.presences(call, &presences)))
    }

    fn presences(&mut self, call: &Call<'_>, ids: &[UserId]) -> Vec<u8> {
        json_object(|o| {
            if !self.undocumented.has(Undocumented::NoContext) {
                write_context(o, self.cloud, "Collection(microsoft.graph.presence)");
            }
            o.objects("value", ids, |o, &id| {
                let reachable = self.reachable(call.caller, id).is_ok();
                let own = call.caller.is(id);
                let presence = reachable.then(|| self.presence(id, call.now, own, None));
                let Some(presence) = presence.flatten() else {
                    o.property("id", &id);
                    o.property("availability", &Availability::PresenceUnknown);
                    o.property("activity", &Activity::PresenceUnknown);
                    return;
                };
                presence.properties(o);
            });
        })
    }
}

/// A presence, and everything that decides how it is serialized.
struct PresenceBody<'a> {
    id: UserId,
    sequence: u64,
    view: View,
    /// True when the caller is the user itself.
    own: bool,
    /// The properties that the caller selects, or all of them.
    select: Option<&'a [String]>,
    undocumented: UndocumentedSet,
    cloud: Cloud,
}

impl PresenceBody<'_> {
    fn write(&self, context: &str, enveloped: bool) -> Vec<u8> {
        json_object(|o| {
            if !self.undocumented.has(Undocumented::NoContext) {
                write_context(o, self.cloud, context);
            }
            if enveloped {
                o.objects("value", [()], |o, ()| self.properties(o));
            } else {
                self.properties(o);
            }
        })
    }

    fn properties(&self, o: &mut Object<'_>) {
        let view = &self.view;
        for name in PROPERTIES.into_iter().filter(|name| self.shows(name)) {
            match name {
                "id" => o.property(name, &self.id),
                "availability" => o.property(name, &*self.value(view.pair.availability.as_str())),
                "activity" => o.property(name, &*self.value(view.pair.activity.as_str())),
                "outOfOfficeSettings" => o.object(name, |o| {
                    o.property("message", &view.out_of_office.message);
                    o.property("isOutOfOffice", &view.out_of_office.is_out_of_office);
                }),
                // In the form of the documented numbers, such as `A0129311063`.
                "sequenceNumber" => o.property(name, &format!("A{:010}", self.sequence)),
                "statusMessage" => match &view.status {
                    Some(status) => o.object(name, |o| self.status(o, status)),
                    None => self.absent(o, name),
                },
                _ => match &view.work_location {
                    Some(location) => o.property("workLocation", location),
                    None => self.absent(o, "workLocation"),
                },
            }
        }
    }

    fn status(&self, o: &mut Object<'_>, status: &Status) {
        o.object("message", |o| {
            let mut content = Cow::from(&status.content);
            if self.undocumented.has(Undocumented::Sanitized) {
                for (plain, entity) in [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")] {
                    content = content.replace(plain, entity).into();
                }
            }
            o.property("content", &content);
            o.property("contentType", "text");
        });
        // Another caller sees neither, not even as `null`.
        if self.own {
            match &status.expiry {
                Some(expiry) => o.object("expiryDateTime", |o| self.expiry(o, expiry)),
                None => self.absent(o, "expiryDateTime"),
            }
            let published = format!("{}Z", seven_digits(status.published));
            o.property("publishedDateTime", &published);
        }
    }

    fn expiry(&self, o: &mut Object<'_>, expiry: &Expiry) {
        if self.undocumented.has(Undocumented::KeptTimeZone) {
            o.property("dateTime", &expiry.sent.date_time);
            o.property("timeZone", &expiry.sent.time_zone);
        } else {
            o.property("dateTime", &seven_digits(expiry.at));
            o.property("timeZone", "UTC");
        }
    }

    fn absent(&self, o: &mut Object<'_>, name: &str) {
        if self.undocumented.has(Undocumented::Nulls) {
            o.property(name, &());
        }
    }

    fn shows(&self, property: &str) -> bool {
        let government = matches!(self.cloud, Cloud::UsGovernmentL4 | Cloud::UsGovernmentL5);
        (!government || GOVERNMENT_PROPERTIES.contains(&property))
            && is_selected(self.select, property)
    }

    /// A value, with a small first letter when camelCase is assumed.
    fn value<'v>(&self, text: &'v str) -> Cow<'v, str> {
        let mut letters = text.chars();
        match letters.next() {
            Some(first) if self.undocumented.has(Undocumented::CamelCase) => {
                let small = first.to_ascii_lowercase();
                format!("{small}{}", letters.as_str()).into()
            }
            _ => text.into(),
        }
    }
}

/// Writes `@odata.context`; `context` is its part after `$metadata#`.
pub(super) fn write_context(o: &mut Object<'_>, cloud: Cloud, context: &str) {
    let root = cloud.root();
    o.property(
        "@odata.context",
        &format!("{root}/v1.0/$metadata#{context}"),
    );
}

/// The context of a presence below its user.
fn context_of(user: UserId) -> String {
    format!("users('{user}')/presence/$entity")
}

/// A moment in UTC with seven digits of a second, as .NET writes it.
fn seven_digits(moment: Timestamp) -> String {
    // "Never" is beyond the last moment that can be computed with.
    if moment == Timestamp::MAX {
        return "9999-12-31T23:59:59.9999999".to_owned();
    }
    let printer = DateTimePrinter::new().precision(Some(7));
    printer.datetime_to_string(&TimeZone::UTC.to_datetime(moment))
}

/// Refuses a name that no property of a presence has.
fn presence_property(name: &str) -> Result<(), GraphError> {
    if is_property(name) {
        return Ok(());
    }
    Err(unknown_property(name, "presence", ""))
}

/// Returns whether a presence has a property of this name, that is, whether its type reads it.
fn is_property(name: &str) -> bool {
    let mut object = Map::from_iter([("id".to_owned(), Value::from("x"))]);
    object.entry(name).or_insert(Value::Null);
    let read = serde_json::from_value::<Presence>(object.into());
    read.is_ok_and(|presence| presence.additional_data.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn select_takes_the_properties_of_a_presence() {
        for name in ["id", "statusMessage", "workLocation"] {
            assert!(is_property(name), "{name}");
        }
        for name in ["", "Id", "status", "@odata.context", "additional_data"] {
            assert!(!is_property(name), "{name}");
        }
    }
}
