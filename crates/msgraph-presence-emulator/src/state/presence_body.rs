//! A presence as JSON, as one caller may see it.

use super::account::{Expiry, Status, View};
use crate::doubt::{Doubt, Doubts};
use crate::json::{self, Object};
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use msgraph_presence_models::{Cloud, UserId};

/// The members of a presence, by which `$select` may ask for them.
pub(crate) const MEMBERS: [&str; 7] = [
    "id",
    "availability",
    "activity",
    "outOfOfficeSettings",
    "sequenceNumber",
    "statusMessage",
    "workLocation",
];

/// The members that the metadata of the US Government clouds knows.
const GOVERNMENT_MEMBERS: [&str; 4] = ["id", "availability", "activity", "statusMessage"];

/// Everything that decides how a presence is written.
pub(crate) struct PresenceBody<'a> {
    pub(crate) id: UserId,
    pub(crate) sequence: u64,
    pub(crate) view: &'a View,
    pub(crate) show: Show<'a>,
    pub(crate) doubts: Doubts,
    pub(crate) cloud: Cloud,
}

/// What the caller may see, and asks to see.
pub(crate) struct Show<'a> {
    /// Whether the caller is the user itself.
    pub(crate) own: bool,
    pub(crate) select: Option<&'a [String]>,
    /// What `@odata.context` says after `$metadata#`, such as `users('…')/presence/$entity`.
    pub(crate) context: String,
    pub(crate) enveloped: bool,
}

impl PresenceBody<'_> {
    pub(crate) fn write(&self) -> Vec<u8> {
        json::object(|o| {
            if !self.doubts.has(Doubt::NoContext) {
                let root = self.cloud.root();
                let context = format!("{root}/v1.0/$metadata#{}", self.show.context);
                o.member("@odata.context", &context);
            }
            if self.show.enveloped {
                o.objects("value", [()], |o, ()| self.members(o));
            } else {
                self.members(o);
            }
        })
    }

    fn members(&self, o: &mut Object<'_>) {
        let view = self.view;
        if self.shows("id") {
            o.member("id", &self.id);
        }
        if self.shows("availability") {
            o.member(
                "availability",
                &*self.value(view.pair.availability.as_str()),
            );
        }
        if self.shows("activity") {
            o.member("activity", &*self.value(view.pair.activity.as_str()));
        }
        if self.shows("outOfOfficeSettings") {
            o.object("outOfOfficeSettings", |o| {
                o.member("message", &view.out_of_office.message);
                o.member("isOutOfOffice", &view.out_of_office.is_out_of_office);
            });
        }
        if self.shows("sequenceNumber") {
            o.member("sequenceNumber", &sequence_number(self.sequence));
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
                Some(location) => o.member("workLocation", location),
                None => self.absent(o, "workLocation"),
            }
        }
    }

    fn status(&self, o: &mut Object<'_>, status: &Status) {
        o.object("message", |o| {
            if self.doubts.has(Doubt::Sanitized) {
                o.member("content", &sanitized(&status.content));
            } else {
                o.member("content", &status.content);
            }
            o.member("contentType", "text");
        });
        // Another caller sees neither, also with `null` for what is absent.
        if self.show.own {
            match &status.expiry {
                Some(expiry) => o.object("expiryDateTime", |o| self.expiry(o, expiry)),
                None => self.absent(o, "expiryDateTime"),
            }
            let published = format!("{}Z", seven_digits(status.published));
            o.member("publishedDateTime", &published);
        }
    }

    fn expiry(&self, o: &mut Object<'_>, expiry: &Expiry) {
        if self.doubts.has(Doubt::KeptTimeZone) {
            o.member("dateTime", &expiry.sent.date_time);
            o.member("timeZone", &expiry.sent.time_zone);
        } else {
            o.member("dateTime", &seven_digits(expiry.at));
            o.member("timeZone", "UTC");
        }
    }

    fn absent(&self, o: &mut Object<'_>, name: &str) {
        if self.doubts.has(Doubt::Nulls) {
            o.member(name, &());
        }
    }

    fn shows(&self, member: &str) -> bool {
        let known = match self.cloud {
            Cloud::UsGovernmentL4 | Cloud::UsGovernmentL5 => GOVERNMENT_MEMBERS.contains(&member),
            _ => true,
        };
        let selected = |names: &[String]| names.iter().any(|name| name == member);
        known && self.show.select.is_none_or(selected)
    }

    /// A value, with a small first letter under the doubt about that.
    fn value<'v>(&self, text: &'v str) -> std::borrow::Cow<'v, str> {
        let mut letters = text.chars();
        match letters.next() {
            Some(first) if self.doubts.has(Doubt::CamelCase) => {
                let small = first.to_ascii_lowercase();
                format!("{small}{}", letters.as_str()).into()
            }
            _ => text.into(),
        }
    }
}

/// A sequence number in the form of the documented ones, such as `A0129311063`.
pub(crate) fn sequence_number(sequence: u64) -> String {
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
