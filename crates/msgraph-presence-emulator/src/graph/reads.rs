//! The reads: one presence or those of many users, as JSON that one caller may see.

use super::body;
use super::call::{Call, Success, subject, unknown_property, user_not_found};
use crate::error::GraphError;
use crate::generated::routes::Route;
use crate::json::{self, Object};
use crate::service::Service;
use crate::service::account::{Expiry, Status, View};
use crate::undocumented::{Undocumented, UndocumentedSet};
use http::StatusCode;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use msgraph_presence_models::{Activity, Availability, Cloud, Presence, UserId};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The largest number of ids that getPresencesByUserId takes.
const MAX_IDS: usize = 650;

/// The properties in the metadata of the US Government clouds.
const GOVERNMENT_PROPERTIES: [&str; 4] = ["id", "availability", "activity", "statusMessage"];

impl Service {
    pub(super) fn get_presence(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        let user = subject(call.caller, call.id)?;
        let context = format!("users('{user}')/presence/$entity");
        self.get(route, call, user, &context, false)
    }

    pub(super) fn get_communications_presence(
        &mut self,
        route: Route,
        call: &Call<'_>,
    ) -> Result<Success, GraphError> {
        let user = subject(call.caller, call.id)?;
        let context = "communications/presences/$entity";
        let enveloped = self.undocumented.has(Undocumented::Envelope);
        self.get(route, call, user, context, enveloped)
    }

    fn get(
        &mut self,
        route: Route,
        call: &Call<'_>,
        user: UserId,
        context: &str,
        enveloped: bool,
    ) -> Result<Success, GraphError> {
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
        let body = presence.map(|presence| presence.write(context, enveloped));
        Ok(Success {
            body,
            ..Success::empty(StatusCode::OK)
        })
    }

    /// The presence as its user reads it, or `None` when there is no such user.
    pub(crate) fn own_presence(&mut self, user: UserId) -> Option<Vec<u8>> {
        let context = format!("users('{user}')/presence/$entity");
        let presence = self.presence(user, self.clock.now(), true, None)?;
        Some(presence.write(&context, false))
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
            // No more than this is on record.
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
        let root = self.cloud.root();
        json::object(|o| {
            if !self.undocumented.has(Undocumented::NoContext) {
                let context = format!("{root}/v1.0/$metadata#Collection(microsoft.graph.presence)");
                o.property("@odata.context", &context);
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
    /// `context` is the part of `@odata.context` after `$metadata#`.
    fn write(&self, context: &str, enveloped: bool) -> Vec<u8> {
        json::object(|o| {
            if !self.undocumented.has(Undocumented::NoContext) {
                let root = self.cloud.root();
                let context = format!("{root}/v1.0/$metadata#{context}");
                o.property("@odata.context", &context);
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
        if self.shows("id") {
            o.property("id", &self.id);
        }
        if self.shows("availability") {
            o.property(
                "availability",
                &*self.value(view.pair.availability.as_str()),
            );
        }
        if self.shows("activity") {
            o.property("activity", &*self.value(view.pair.activity.as_str()));
        }
        if self.shows("outOfOfficeSettings") {
            o.object("outOfOfficeSettings", |o| {
                o.property("message", &view.out_of_office.message);
                o.property("isOutOfOffice", &view.out_of_office.is_out_of_office);
            });
        }
        if self.shows("sequenceNumber") {
            o.property("sequenceNumber", &sequence_number(self.sequence));
        }
        if self.shows("statusMessage") {
            match &view.status {
                Some(status) => {
                    o.object("statusMessage", |o| self.status(o, status));
                }
                None => self.absent(o, "statusMessage"),
            }
        }
        if self.shows("workLocation") {
            match &view.work_location {
                Some(location) => o.property("workLocation", location),
                None => self.absent(o, "workLocation"),
            }
        }
    }

    fn status(&self, o: &mut Object<'_>, status: &Status) {
        o.object("message", |o| {
            if self.undocumented.has(Undocumented::Sanitized) {
                o.property("content", &sanitized(&status.content));
            } else {
                o.property("content", &status.content);
            }
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
        let known = match self.cloud {
            Cloud::UsGovernmentL4 | Cloud::UsGovernmentL5 => {
                GOVERNMENT_PROPERTIES.contains(&property)
            }
            _ => true,
        };
        let selected = |names: &[String]| names.iter().any(|name| name == property);
        known && self.select.is_none_or(selected)
    }

    /// A value, with a small first letter when camelCase is assumed.
    fn value<'v>(&self, text: &'v str) -> std::borrow::Cow<'v, str> {
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

/// A sequence number in the form of the documented ones, such as `A0129311063`.
fn sequence_number(sequence: u64) -> String {
    format!("A{sequence:010}")
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

fn sanitized(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
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
