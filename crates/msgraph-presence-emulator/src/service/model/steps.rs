//! The steps of a random test: requests, the clock, and what a test does besides.

use super::reference::LOCATIONS;
use proptest::prelude::*;

/// The pairs that sessions have: those of setPresence, two of Teams, one unknown.
pub(super) const PAIRS: [(&str, &str); 8] = [
    ("Available", "Available"),
    ("Busy", "InACall"),
    ("Busy", "InAConferenceCall"),
    ("Away", "Away"),
    ("DoNotDisturb", "Presenting"),
    ("Busy", "InAMeeting"),
    ("Offline", "OffWork"),
    ("Purring", "OnTheSofa"),
];

/// Windows names, IANA names and how far they are ahead of UTC, in hours.
pub(super) const ZONES: [(&str, i64); 4] = [
    ("UTC", 0),
    ("Etc/GMT+12", -12),
    ("Tokyo Standard Time", 9),
    ("Asia/Dubai", 4),
];

/// The ids of application sessions.
pub(super) const APPLICATIONS: [&str; 2] = ["app", "another"];

#[derive(Clone, Debug)]
pub(super) enum Step {
    SignIn {
        pair: usize,
        minutes: Option<i64>,
    },
    SignOut,
    End {
        session: usize,
    },
    Touch {
        session: usize,
    },
    Restart {
        session: usize,
    },
    Prefer {
        preferred: usize,
        minutes: Option<i64>,
    },
    Say {
        text: String,
        minutes: Option<i64>,
        zone: usize,
    },
    SetPresence {
        application: usize,
        pair: usize,
        minutes: Option<i64>,
    },
    ClearPresence {
        application: usize,
    },
    ClearPreference {
        body: bool,
    },
    SetLocation {
        manual: bool,
        location: usize,
    },
    ClearLocation {
        automatic_only: bool,
    },
    OutOfOffice(bool),
    Wait {
        minutes: i64,
    },
    Wrong {
        body: usize,
        action: usize,
    },
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    // Now and then exactly as long as a session ages: an edge is where mistakes are.
    let minutes = || proptest::option::of(prop_oneof![Just(5), 1_i64..3000]);
    let pair = || prop_oneof![Just(0), 0..PAIRS.len()];
    let wait = prop_oneof![3 => Just(5), 2 => 0_i64..7, 1 => 0_i64..20_000];
    prop_oneof![
        4 => (pair(), minutes())
            .prop_map(|(pair, minutes)| Step::SignIn { pair, minutes }),
        2 => Just(Step::SignOut),
        1 => (0_usize..4).prop_map(|session| Step::End { session }),
        2 => (0_usize..4).prop_map(|session| Step::Touch { session }),
        1 => (0_usize..4).prop_map(|session| Step::Restart { session }),
        1 => (0_usize..6, minutes())
            .prop_map(|(preferred, minutes)| Step::Prefer { preferred, minutes }),
        1 => (".{0,8}", minutes(), 0..ZONES.len())
            .prop_map(|(text, minutes, zone)| Step::Say { text, minutes, zone }),
        3 => (0..APPLICATIONS.len(), 0_usize..5, proptest::option::of(5_i64..=240))
            .prop_map(|(application, pair, minutes)| {
                Step::SetPresence { application, pair, minutes }
            }),
        2 => (0..APPLICATIONS.len()).prop_map(|application| Step::ClearPresence { application }),
        1 => any::<bool>().prop_map(|body| Step::ClearPreference { body }),
        2 => (any::<bool>(), 0..LOCATIONS.len())
            .prop_map(|(manual, location)| Step::SetLocation { manual, location }),
        1 => any::<bool>()
            .prop_map(|automatic_only| Step::ClearLocation { automatic_only }),
        1 => any::<bool>().prop_map(Step::OutOfOffice),
        6 => wait.prop_map(|minutes| Step::Wait { minutes }),
        1 => (0..WRONG_BODIES.len(), 0..WRONG_ACTIONS.len())
            .prop_map(|(body, action)| Step::Wrong { body, action }),
    ]
}

/// The actions that take one of the bodies below.
pub(super) const WRONG_ACTIONS: [&str; 5] = [
    "setStatusMessage",
    "setUserPreferredPresence",
    "setPresence",
    "clearPresence",
    "setManualLocation",
];

/// Bodies that no action takes.
pub(super) const WRONG_BODIES: [&str; 6] = [
    "",
    "{",
    "[]",
    r#"{"availability":"Busy","activity":"Away"}"#,
    r#"{"availability":"Busy","activity":"Busy","expirationDuration":"8:00:00"}"#,
    r#"{"statusMessage":{"expiryDateTime":{"dateTime":"2026-11-21T09:00:00Z"}}}"#,
];
