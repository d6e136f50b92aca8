//! A presence as JSON, as one caller may see it.

use super::account::{Expiry, Status, View};
use crate::json::{self, Object};
use crate::undocumented::{Undocumented, UndocumentedSet};
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use msgraph_presence_models::{Cloud, UserId};

/// The properties in the metadata of the US Government clouds.
const GOVERNMENT_PROPERTIES: [&str; 4] = ["id", "availability", "activity", "statusMessage"];

/// Everything that decides how a presence is serialized.
pub(crate) struct PresenceBody<'a> {
    pub(crate) id: UserId,
    pub(crate) sequence: u64,
    pub(crate) view: &'a View,
    pub(crate) visibility: Visibility<'a>,
    pub(crate) undocumented: UndocumentedSet,
    pub(crate) cloud: Cloud,
}

/// The parts of a presence that the caller may see and selects.
pub(crate) struct Visibility<'a> {
    /// True when the caller is the user itself.
    pub(crate) own: bool,
    pub(crate) select: Option<&'a [String]>,
    /// The part of `@odata.context` after `$metadata#`, such as `users('…')/presence/$entity`.
    pub(crate) context: String,
    pub(crate) enveloped: bool,
}

impl PresenceBody<'_> {
    pub(crate) fn write(&self) -> Vec<u8> {
        json::object(|o| {
            if !self.undocumented.has(Undocumented::NoContext) {
                let root = self.cloud.root();
                let context = format!("{root}/v1.0/$metadata#{}", self.visibility.context);
                o.property("@odata.context", &context);
            }
            if self.visibility.enveloped {
                o.objects("value", [()], |o, ()| self.properties(o));
            } else {
                self.properties(o);
            }
        })
    }

    pub(super) fn properties(&self, o: &mut Object<'_>) {
        let view = self.view;
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
        if self.visibility.own {
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
        known && self.visibility.select.is_none_or(selected)
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
