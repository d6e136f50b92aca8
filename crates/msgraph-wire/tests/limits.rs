//! The limits of lists, texts and durations: what passes, and what each error says.

#![cfg(test)]

use msgraph_wire::{InvalidValue, IsoDuration, within};
use std::time::Duration;

fn text(checked: Result<(), InvalidValue>) -> String {
    checked.map_or_else(|error| error.to_string(), |()| "passes".to_owned())
}

#[test]
fn lists_count_items() {
    for (count, expected) in [
        (0, "invalid ids: must be 1 to 650 items; give more"),
        (1, "passes"),
        (650, "passes"),
        (651, "invalid ids: must be 1 to 650 items; give fewer"),
    ] {
        assert_eq!(text(within("ids", &vec![7; count], 1..=650, "")), expected);
    }
    let split = within("ids", &vec![7; 3], ..=2, "split them");
    assert_eq!(
        text(split),
        "invalid ids: must be at most 2 items; split them"
    );
    let exact = within("ids", &vec![7; 3], 2..=2, "");
    assert_eq!(text(exact), "invalid ids: must be 2 items; give fewer");
}

#[test]
fn texts_count_characters_and_not_bytes() {
    let check = |value: &str, least: usize, most: usize| {
        text(within("name", &value.to_owned(), least..=most, ""))
    };
    assert_eq!(check("äöü", 1, 3), "passes");
    let rule = "invalid name: must be 1 to 3 characters; give a";
    assert_eq!(check("", 1, 3), format!("{rule} longer one"));
    assert_eq!(check("abcd", 1, 3), format!("{rule} shorter one"));
    let open = within("name", &String::new(), 1.., "");
    assert_eq!(
        text(open),
        "invalid name: must be at least 1 character; give a longer one"
    );
}

#[test]
fn durations_compare_by_their_length_to_the_nanosecond() {
    let limits = Duration::from_secs(300)..=Duration::from_secs(4 * 3600);
    let check = |text: &str| {
        let duration: IsoDuration = text.parse().unwrap();
        within("lasts", &duration, limits.clone(), "").is_ok()
    };
    for passes in [
        "PT5M",
        "PT300S",
        "PT4H",
        "PT240M",
        "PT3H59M59.999999999S",
        "P0DT5M",
    ] {
        assert!(check(passes), "{passes}");
    }
    for refused in ["PT4M", "PT4M59.999999999S", "PT4H0.000000001S", "P1D"] {
        assert!(!check(refused), "{refused}");
    }
    let error = within("lasts", &"P1D".parse::<IsoDuration>().ok(), limits, "");
    assert_eq!(
        text(error),
        "invalid lasts: must be PT5M to PT4H; give a shorter one"
    );
}

#[test]
fn a_value_that_is_not_there_has_no_limits() {
    assert_eq!(within("name", &None::<String>, 1.., ""), Ok(()));
    let kept: IsoDuration = serde_json::from_str("\"soon\"").unwrap();
    let limits = Duration::from_secs(300)..;
    assert_eq!(within("lasts", &kept, limits, ""), Ok(()));
}
