//! The reads: the presence of one user or of many, and the users of the directory.

use super::body;
use super::call::{Call, Success, is_selected, no_user, subject, unknown_property, user_not_found};
use super::routing::nearest;
use crate::encoding::{Object, json_object, percent_decoded};
use crate::error::GraphError;
use crate::generated::routes::Route;
use crate::service::Service;
use crate::service::account::{Account, Expiry, Status, View};
use crate::token::CallerKind;
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

/// The properties of a presence in the metadata of the US Government clouds.
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

    /// The presence of a user for a caller, `own` when that is the user itself.
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
            let sent = value.len();
            let why = format!("The body has {sent} ids; the operation takes up to {MAX_IDS}.");
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
                if let Some(presence) = presence.flatten() {
                    presence.properties(o);
                } else {
                    o.property("id", &id);
                    o.property("availability", &Availability::PresenceUnknown);
                    o.property("activity", &Activity::PresenceUnknown);
                }
            });
        })
    }
}

/// A presence, and the settings that decide how it is serialized.
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
        if !self.own {
            // Another caller gets neither of the times, not even as `null`.
            return;
        }
        match &status.expiry {
            Some(Expiry { at, sent }) => o.object("expiryDateTime", |o| {
                if self.undocumented.has(Undocumented::KeptTimeZone) {
                    o.property("dateTime", &sent.date_time);
                    o.property("timeZone", &sent.time_zone);
                } else {
                    o.property("dateTime", &seven_digits(*at));
                    o.property("timeZone", "UTC");
                }
            }),
            None => self.absent(o, "expiryDateTime"),
        }
        let published = format!("{}Z", seven_digits(status.published));
        o.property("publishedDateTime", &published);
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

    /// A value, with a lower-case first letter when camelCase is assumed.
    fn value<'v>(&self, text: &'v str) -> Cow<'v, str> {
        match text.split_at_checked(1) {
            Some((first, rest)) if self.undocumented.has(Undocumented::CamelCase) => {
                (first.to_ascii_lowercase() + rest).into()
            }
            _ => text.into(),
        }
    }
}

/// Writes `@odata.context`; `context` is its part after `$metadata#`.
fn write_context(o: &mut Object<'_>, cloud: Cloud, context: &str) {
    let context = format!("{}/v1.0/$metadata#{context}", cloud.root());
    o.property("@odata.context", &context);
}

/// The context of a presence below its user.
fn context_of(user: UserId) -> String {
    format!("users('{user}')/presence/$entity")
}

/// A moment in UTC with seven digits of a second, as .NET writes it.
fn seven_digits(moment: Timestamp) -> String {
    // An expiry that is "never" is stored as the last timestamp.
    if moment == Timestamp::MAX {
        return "9999-12-31T23:59:59.9999999".to_owned();
    }
    let printer = DateTimePrinter::new().precision(Some(7));
    printer.datetime_to_string(&TimeZone::UTC.to_datetime(moment))
}

/// Refuses a name that no property of a presence has, which its type therefore keeps as additional
/// data.
fn presence_property(name: &str) -> Result<(), GraphError> {
    let mut object = Map::from_iter([("id".to_owned(), Value::from("x"))]);
    object.entry(name).or_insert(Value::Null);
    match serde_json::from_value::<Presence>(object.into()) {
        Ok(presence) if presence.additional_data.is_empty() => Ok(()),
        _ => Err(unknown_property(name, "presence", "")),
    }
}

/// The properties that Graph returns of a user by default.
const USER_PROPERTIES: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// The permissions to read oneself.
const READ_SELF: &[&str] = &["User.Read", "User.ReadWrite", "User.ReadBasic.All"];

/// The permissions to read any user, delegated or of an application.
const READ_ANY: &[&str] = &[
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

impl Service {
    /// Reads a user, by the id or name in the path, or the caller under `/me`.
    pub(super) fn get_user(&self, call: &Call<'_>) -> Result<Success, GraphError> {
        let (account, own) = match (call.id, call.caller.kind) {
            (None, CallerKind::Delegated(id)) => (self.account(id), true),
            (None, CallerKind::Application) => return Err(no_user()),
            (Some(name), kind) => {
                let account = self.by_principal_name(&percent_decoded(name));
                let own = account.is_some_and(|user| kind == CallerKind::Delegated(user.id));
                (account, own)
            }
        };
        if !(call.caller.has_any(READ_ANY) || own && call.caller.has_any(READ_SELF)) {
            return Err(GraphError::new(
                StatusCode::FORBIDDEN,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.",
            )
            .because(format!(
                "The token has {}; reading a user takes one of {}; for the signed-in user {} is enough.",
                call.caller.permissions,
                READ_ANY.join(", "),
                READ_SELF.join(" or ")
            )));
        }
        let select = call.select(user_property)?;
        let account = account.filter(|account| account.tenant == call.caller.tenant);
        let account = account.ok_or_else(|| {
            let name = call.id.map_or("me".into(), percent_decoded);
            let message = format!(
                "Resource '{name}' does not exist or one of its queried reference-property objects \
                 are not present."
            );
            GraphError::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
        })?;
        Ok(Success::json(self.user_body(account, select.as_deref())))
    }

    /// The user of that object id or userPrincipalName, in any letter case.
    fn by_principal_name(&self, name: &str) -> Option<&Account> {
        if let Ok(id) = name.parse() {
            return self.account(id);
        }
        let name = name.to_lowercase();
        self.accounts()
            .find(|account| account.principal_name.to_lowercase() == name)
    }

    fn user_body(&self, account: &Account, select: Option<&[String]>) -> Vec<u8> {
        json_object(|o| {
            let names = select.map_or(String::new(), |names| format!("({})", names.join(",")));
            write_context(o, self.cloud, &format!("users{names}/$entity"));
            let properties = USER_PROPERTIES.into_iter();
            for name in properties.filter(|name| is_selected(select, name)) {
                match name {
                    "businessPhones" => o.property(name, &[(); 0]),
                    "displayName" => o.property(name, &account.name),
                    "mail" | "userPrincipalName" => o.property(name, &account.principal_name),
                    "id" => o.property(name, &account.id),
                    _ => o.property(name, &()),
                }
            }
        })
    }
}

/// Refuses an unknown property: with 400 when it is near a known one, otherwise with 501.
fn user_property(name: &str) -> Result<(), GraphError> {
    if USER_PROPERTIES.contains(&name) {
        return Ok(());
    }
    if name.is_empty() {
        return Err(unknown_property(name, "user", ""));
    }
    match nearest(name, USER_PROPERTIES.into_iter()) {
        Some(near) => {
            let hint = format!(" Did you mean '{near}'?");
            Err(unknown_property(name, "user", &hint))
        }
        None => Err(GraphError::not_implemented(format!(
            "The emulator has no property '{name}' of a user. It has {}.",
            USER_PROPERTIES.join(", ")
        ))),
    }
}
