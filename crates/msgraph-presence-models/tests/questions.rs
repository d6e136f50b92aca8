//! The questions of a presence: answers by the documented table, and "unknown" for anything else.

#![cfg(test)]

use msgraph_presence_models::{Activity, Availability, OutOfOfficeSettings, Presence};
use msgraph_wire::OpenEnum;
use std::cell::RefCell;
use std::cmp::Ordering;

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

/// A presence of these values; an empty one is missing.
fn presence(availability: &str, activity: &str) -> Presence {
    let mut presence = Presence::default();
    presence.availability = (!availability.is_empty()).then(|| availability.into());
    presence.activity = (!activity.is_empty()).then(|| activity.into());
    presence
}

#[test]
fn the_documented_table() {
    // Availability, activity; is the user reachable, in a call, presenting?
    let cases = [
        ("Available", "Available", YES, NO, NO),
        ("Available", "OutOfOffice", YES, NO, NO),
        ("Available", "AvailableInactive", YES, NO, NO),
        ("Busy", "Busy", NO, NO, NO),
        ("Busy", "InACall", NO, YES, NO),
        ("Busy", "InAConferenceCall", NO, YES, NO),
        ("Busy", "InAMeeting", NO, NO, NO),
        ("DoNotDisturb", "DoNotDisturb", NO, NO, NO),
        ("DoNotDisturb", "Presenting", NO, None, YES),
        ("DoNotDisturb", "UrgentInterruptionsOnly", NO, NO, NO),
        ("Away", "Away", NO, NO, NO),
        ("Away", "BeRightBack", NO, NO, NO),
        ("BeRightBack", "BeRightBack", NO, NO, NO),
        ("Offline", "OffWork", NO, NO, NO),
        ("Offline", "Offline", NO, NO, NO),
        ("OutOfOffice", "", NO, None, None),
        // The current page lists these as availabilities.
        ("Focusing", "", NO, None, None),
        ("InACall", "", NO, YES, None),
        ("Presenting", "", NO, None, YES),
        ("Presenting", "DoNotDisturb", NO, None, YES),
        // Values that are unknown or missing.
        ("PresenceUnknown", "PresenceUnknown", None, None, None),
        ("Juggling", "Juggling", None, None, None),
        ("Juggling", "InACall", None, YES, NO),
        ("available", "inACall", YES, YES, NO),
        ("", "", None, None, None),
    ];
    for (availability, activity, reachable, in_call, presenting) in cases {
        let presence = presence(availability, activity);
        assert_eq!(
            (
                presence.is_reachable(),
                presence.is_in_call(),
                presence.is_presenting()
            ),
            (reachable, in_call, presenting),
            "{availability}/{activity}",
        );
    }
}

/// A value that the spec has gained is answered as an unknown one. It shows here until a person
/// has decided what it means.
#[test]
fn values_that_no_question_knows_are_listed() {
    let mut list = String::from("availability:");
    for value in known::<Availability>() {
        if presence(&value, "").is_reachable().is_none() {
            list.extend([" ", &value]);
        }
    }
    list.push_str("\nactivity:");
    for value in known::<Activity>() {
        if presence("", &value).is_presenting().is_none() {
            list.extend([" ", &value]);
        }
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("undecided_values", list);
    });
}

/// The values of a list, as they are written.
fn known<T: OpenEnum>() -> Vec<String> {
    let values = RefCell::new(Vec::new());
    let none = T::find("", |_, value| {
        values.borrow_mut().push(value.to_owned());
        false
    });
    assert!(none.is_none());
    values.into_inner()
}

#[test]
fn out_of_office_has_three_witnesses() {
    let cases = [
        ("Available", "Available", None, None),
        ("Available", "Available", Some(NO), NO),
        ("Available", "Available", Some(YES), YES),
        ("Busy", "InACall", Some(YES), YES),
        ("Available", "OutOfOffice", Some(NO), YES),
        ("OutOfOffice", "", None, YES),
        ("Busy", "InACall", Some(None), None),
    ];
    for (availability, activity, settings, expected) in cases {
        let mut presence = presence(availability, activity);
        presence.out_of_office_settings = settings.map(|is_out_of_office| {
            let mut settings = OutOfOfficeSettings::default();
            settings.is_out_of_office = is_out_of_office;
            settings
        });
        assert_eq!(
            presence.is_out_of_office(),
            expected,
            "{availability}/{activity}"
        );
    }
}

#[test]
fn versions_compare_as_text() {
    let versioned = |id: &str, number: Option<&str>| {
        let mut presence = Presence::default();
        presence.id = id.to_owned();
        presence.sequence_number = number.map(str::to_owned);
        presence
    };
    let cases = [
        (
            "a",
            Some("A0129311063"),
            "a",
            Some("A0129311064"),
            Some(Ordering::Less),
        ),
        (
            "a",
            Some("A0129311063"),
            "A",
            Some("A0129311063"),
            Some(Ordering::Equal),
        ),
        ("a", Some("B0"), "a", Some("A9"), Some(Ordering::Greater)),
        ("a", Some("A10"), "a", Some("A9"), Some(Ordering::Less)),
        ("a", Some("A1"), "", Some("A0"), Some(Ordering::Greater)),
        ("a", Some("A1"), "b", Some("A0"), None),
        ("a", None, "a", Some("A0"), None),
        ("a", Some("A0"), "a", None, None),
    ];
    for (id, number, other_id, other_number, expected) in cases {
        let (ours, theirs) = (versioned(id, number), versioned(other_id, other_number));
        assert_eq!(ours.compare_version(&theirs), expected);
        assert_eq!(
            theirs.compare_version(&ours),
            expected.map(Ordering::reverse)
        );
    }
}

#[test]
fn a_value_is_shown_as_it_is_written() {
    assert_eq!(Availability::default().to_string(), "PresenceUnknown");
    assert_eq!(
        Activity::from("UrgentInterruptionsonly").as_str(),
        "UrgentInterruptionsOnly"
    );
    assert_eq!(
        "juggling".parse::<Activity>(),
        Ok(Activity::UnknownValue("juggling".to_owned()))
    );
    assert_eq!(format!("[{:<6}]", Availability::Away), "[Away  ]");
}
