//! The model: what was asked for, and everything computed from it at each look.

use crate::service::SessionId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The requests so far, reduced to their effect. Times are minutes.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) now: i64,
    pub(super) sessions: Vec<ModelSession>,
    pub(super) preferred: Option<(usize, i64)>,
    pub(super) message: Option<(String, i64, Option<i64>)>,
    pub(super) out_of_office: bool,
    /// The manual and the automatic layer, each as an index of the locations.
    pub(super) manual: Option<usize>,
    pub(super) automatic: Option<usize>,
    pub(super) location_cleared: bool,
}

impl Model {
    pub(super) fn live(&self) -> Vec<&ModelSession> {
        let live = |expires: Option<i64>| expires.is_none_or(|end| end > self.now);
        let sessions = self.sessions.iter();
        sessions.filter(|session| live(session.expires)).collect()
    }

    pub(super) fn pair(&self) -> (&'static str, &'static str) {
        let mut shown: Vec<_> = self
            .live()
            .iter()
            .map(|s| (self.aged(s), s.active))
            .collect();
        // Stable: of those that were active at the same time, the later one stays later.
        shown.sort_by_key(|(_, active)| *active);
        let pairs = shown.iter().rev().map(|(pair, _)| *pair);
        let order = [
            "DoNotDisturb",
            "Busy",
            "Available",
            "Away",
            "Purring",
            "Offline",
        ];
        let first = |availability| pairs.clone().find(|pair| pair.0 == availability);
        let Some(aggregated) = order.into_iter().find_map(first) else {
            return ("Offline", "Offline");
        };
        let preferred = self.preferred.filter(|(_, until)| *until > self.now);
        let pair = match preferred.map(|(preferred, _)| preferred) {
            Some(0) => ("Available", "Available"),
            Some(1) => ("Busy", "Busy"),
            Some(2) => ("DoNotDisturb", "DoNotDisturb"),
            Some(3) => ("BeRightBack", "BeRightBack"),
            Some(4) => ("Away", "Away"),
            Some(_) => ("Offline", "OffWork"),
            None => aggregated,
        };
        match pair {
            ("Available", "Available") if self.out_of_office => ("Available", "OutOfOffice"),
            pair => pair,
        }
    }

    fn aged(&self, session: &ModelSession) -> (&'static str, &'static str) {
        match (session.pair, self.now - session.active) {
            (("Available", "Available"), 10..) => ("Away", "Away"),
            (("Available", "Available"), 5..) => ("Available", "AvailableInactive"),
            (pair, _) => pair,
        }
    }

    /// A layer after a signal: an office without a place does not replace one with a place.
    pub(super) fn layered(before: Option<usize>, signal: usize) -> Option<usize> {
        match (before, signal) {
            (Some(1 | 2), 0) => before,
            _ => Some(signal),
        }
    }

    pub(super) fn location(&self) -> Value {
        let shown = |layer: usize, source: &str| {
            let (kind, place) = LOCATIONS[layer];
            let mut shown = json!({ "workLocationType": kind, "source": source });
            if let Some(place) = place {
                shown["placeId"] = place.into();
            }
            shown
        };
        match (self.manual, self.automatic) {
            (Some(manual), _) => shown(manual, "manual"),
            (None, Some(automatic)) => shown(automatic, "automatic"),
            _ if self.location_cleared => {
                json!({ "workLocationType": "unspecified", "source": "none" })
            }
            _ => Value::Null,
        }
    }

    /// The status message as the user itself sees it.
    pub(super) fn message(&self) -> Value {
        let live = |end: Option<i64>| end.is_none_or(|end| end > self.now);
        let Some((text, said, end)) = self.message.as_ref().filter(|(_, _, end)| live(*end)) else {
            return Value::Null;
        };
        let mut message = json!({
            "message": { "content": text, "contentType": "text" },
            "publishedDateTime": format!("{}.0000000Z", civil(*said)),
        });
        if let Some(end) = end {
            let date_time = format!("{}.0000000", civil(*end));
            message["expiryDateTime"] = json!({ "dateTime": date_time, "timeZone": "UTC" });
        }
        message
    }
}

/// The start of everything, and minutes after it.
pub(super) fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

pub(super) fn civil(minutes: i64) -> String {
    at(minutes).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Where a user works, and at which place.
pub(super) const LOCATIONS: [(&str, Option<&str>); 5] = [
    ("office", None),
    ("office", Some("A")),
    ("office", Some("B")),
    ("remote", None),
    ("timeOff", None),
];

/// A session: when it was active, when it ends, and the application that has it.
#[derive(Clone, Debug)]
pub(super) struct ModelSession {
    pub(super) pair: (&'static str, &'static str),
    pub(super) active: i64,
    pub(super) expires: Option<i64>,
    pub(super) application: Option<usize>,
    pub(super) id: SessionId,
}
