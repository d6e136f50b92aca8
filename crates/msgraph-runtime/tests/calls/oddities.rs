//! A byte order mark and unexpected content change neither a success nor a refusal.

use crate::common::{Canned, get, reply};

const JSON: (&str, &str) = ("content-type", "application/json");

/// Gateways and files written by Windows begin with one.
#[tokio::test]
async fn a_byte_order_mark_is_passed_over() {
    for mark in ["\u{feff}", "\u{feff}\u{feff}"] {
        let body = format!(r#"{mark}{{"id":"42"}}"#);
        let server = Canned::new([reply(200, &[JSON], &body)]);
        assert_eq!(get(&server.client()).await.unwrap().id, "42");

        let body = format!(
            r#"{mark}{{"error":{{"code":"Forbidden","innerError":{{"request-id":"r"}}}}}}"#
        );
        for status in [403, 200] {
            let server = Canned::new([reply(status, &[JSON], &body)]);
            let error = get(&server.client()).await.unwrap_err();
            assert_eq!(error.code(), Some("Forbidden"), "{status}");
            assert_eq!(error.request_id(), Some("r"), "{status}");
        }
    }
}

#[tokio::test]
async fn an_oddity_costs_only_itself() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let odd = [
        "1e400",
        r#""\ud83d""#,
        r#"{"\ud83d":1,"":2,"":3}"#,
        r#"{"$serde_json::private::Number":"oops"}"#,
        r#"{"$serde_json::private::RawValue":"{"}"#,
        &deep,
    ];
    for odd in odd {
        let body = format!(r#"{{"odd":{odd},"id":"42","\ud83d":{odd}}}"#);
        let server = Canned::new([reply(200, &[JSON], &body)]);
        let thing = get(&server.client()).await.unwrap();
        assert_eq!(thing.id, "42");
        assert_eq!(
            thing.additional_data.json("odd").map(str::len),
            Some(odd.len())
        );

        let body = format!(
            r#"{{"odd":{odd},"error":{{"details":[{odd}],"code":"Forbidden",
            "innerError":{{"\ud83d":{odd},"request-id":"r"}}}}}}"#
        );
        let server = Canned::new([reply(403, &[JSON], &body)]);
        let error = get(&server.client()).await.unwrap_err();
        assert_eq!(error.code(), Some("Forbidden"), "{odd}");
        assert_eq!(error.request_id(), Some("r"), "{odd}");
    }
}
