//! Requests that the service takes and refuses: bodies, paths, methods, ids.

use crate::http::{ADA, CLOSE, bearer, get, post, post_text, request, send, with_ada};
use serde_json::json;

#[tokio::test]
async fn only_what_can_be_set_is_taken() {
    let (emulator, _, token) = with_ada().await;
    let message = format!("/users/{ADA}/presence/setStatusMessage");
    let preferred = format!("/users/{ADA}/presence/setUserPreferredPresence");
    let lasting = |duration: &str| {
        json!({ "availability": "Busy", "activity": "Busy",
            "expirationDuration": duration })
    };
    let pair = |availability: &str, activity: &str| json!({ "availability": availability, "activity": activity });
    let cases = [
        (&preferred, pair("Offline", "OffWork"), 200),
        (&preferred, pair("offline", "offWork"), 200),
        (&preferred, pair("Offline", "Offline"), 400),
        (&preferred, pair("Busy", "InACall"), 400),
        (&preferred, json!({ "availability": "Busy" }), 400),
        (&preferred, json!({}), 400),
        (&preferred, json!([]), 400),
        (&preferred, json!({ "availability": 5, "activity": 5 }), 400),
        (&preferred, lasting("PT90M"), 200),
        (&preferred, lasting("P1DT0.5S"), 200),
        (&preferred, lasting("P"), 400),
        (&preferred, lasting("PT"), 400),
        (&preferred, lasting("PT0S"), 400),
        (&preferred, lasting("-PT1H"), 400),
        (&preferred, lasting("P1W"), 400),
        (&preferred, lasting("P1M"), 400),
        (&preferred, lasting("P1Y"), 400),
        (&preferred, lasting("P10675200D"), 400),
        (&preferred, lasting("P10675199D"), 200),
        (&preferred, lasting("8:00:00"), 400),
        (&message, json!({ "statusMessage": null }), 400),
        (&message, json!({}), 400),
        (
            &message,
            json!({ "statusMessage": { "message": null } }),
            200,
        ),
        (
            &message,
            json!({ "statusMessage": { "message": { "contentType": "html" } } }),
            400,
        ),
    ];
    for (path, body, status) in cases {
        let reply = post(&emulator, &token, path, body.clone()).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.body);
    }
    for (kind, body, status) in [
        ("application/json", "", 400),
        ("application/json", "{", 400),
        (
            "application/json; charset=utf-8",
            "{\"statusMessage\":{}}",
            200,
        ),
        ("APPLICATION/JSON", "{\"statusMessage\":{}}", 200),
        ("text/json", "{\"statusMessage\":{}}", 415),
        ("application/x-json", "{\"statusMessage\":{}}", 415),
        ("text/plain", "{\"statusMessage\":{}}", 415),
    ] {
        let reply = post_text(&emulator, &token, &message, kind, body).await;
        assert_eq!(reply.status, status, "{kind} {body}");
    }
}

#[tokio::test]
async fn the_expiry_of_a_message_is_a_local_time_and_a_zone() {
    let (emulator, _, token) = with_ada().await;
    let path = format!("/users/{ADA}/presence/setStatusMessage");
    let set = async |date_time: Option<&str>, zone: Option<&str>| {
        let expiry = json!({ "dateTime": date_time, "timeZone": zone });
        let body = json!({ "statusMessage": { "expiryDateTime": expiry } });
        post(&emulator, &token, &path, body).await
    };
    let berlin = Some("Europe/Berlin");
    let cases = [
        ("2027-07-01T09:00", None, "2027-07-01T09:00:00.0000000"),
        (
            "2027-07-01T09:00:00",
            Some("UTC"),
            "2027-07-01T09:00:00.0000000",
        ),
        ("2027-07-01T09:00:00", berlin, "2027-07-01T07:00:00.0000000"),
        // A clock change skips and repeats an hour.
        ("2027-03-28T02:30:00", berlin, "2027-03-28T01:30:00.0000000"),
        ("2027-10-31T02:30:00", berlin, "2027-10-31T00:30:00.0000000"),
        (
            "2027-10-18T17:05:33.2079781",
            None,
            "2027-10-18T17:05:33.2079781",
        ),
        // An expiry in the year 9999 is never.
        (
            "9999-12-31T23:59:59.9999999",
            berlin,
            "9999-12-31T23:59:59.9999999",
        ),
    ];
    for (local, zone, expected) in cases {
        assert_eq!(set(Some(local), zone).await.status, 200, "{local}");
        let read = get(&emulator, &token, "/me/presence").await.json();
        let expiry = &read["statusMessage"]["expiryDateTime"];
        let utc = json!({ "dateTime": expected, "timeZone": "UTC" });
        assert_eq!(*expiry, utc, "{local} {zone:?}");
    }
    let date_time = "[expiryDateTime.dateTime] is not valid";
    let offset = "must not include a time zone";
    let unknown = "is not a known time zone";
    let good = Some("2027-10-18T17:05:33");
    let cases = [
        (None, None, date_time),
        (Some(""), None, date_time),
        (Some("2027-10-18"), None, date_time),
        (Some("2027-10-18 17:05:33"), None, date_time),
        (Some("2027-13-18T17:05:33"), None, date_time),
        (Some("2027-10-18T17:05:33.12345678"), None, date_time),
        (Some("2027-10-18Tnoon"), None, date_time),
        (Some("2027-10-18T17:05:33Z"), None, offset),
        (Some("2027-10-18T17:05:33+02:00"), None, offset),
        (good, Some(""), unknown),
        (good, Some("Moon/Base"), unknown),
        (good, Some("+02:00"), unknown),
    ];
    for (local, zone, problem) in cases {
        let (status, _, message) = set(local, zone).await.error();
        assert_eq!(status, 400, "{local:?} {zone:?}");
        assert!(message.contains(problem), "{local:?} {zone:?}: {message}");
    }
}

#[tokio::test]
async fn paths_methods_and_ids_are_checked() {
    let (emulator, _, token) = with_ada().await;
    let cases = [
        ("/me/presents", 400, "BadRequest"),
        ("/users/ada@contoso.com/presence", 400, "BadRequest"),
        (
            "/users/fa8bf3dceca746b7bad1db199b62afc3/presence",
            400,
            "BadRequest",
        ),
        (
            "/users/fa8bf3dc-0000-46b7-bad1-db199b62afc3/presence",
            404,
            "NotFound",
        ),
        (
            &*format!("/users/{ADA}/presence/setStatusMessage"),
            405,
            "MethodNotAllowed",
        ),
    ];
    for (path, status, code) in cases {
        let reply = get(&emulator, &token, path).await;
        let (found, found_code, _) = reply.error();
        assert_eq!((found, &*found_code), (status, code), "{path}");
        if status == 405 {
            assert_eq!(reply.header("allow"), Some("POST"));
        }
    }
}

#[tokio::test]
async fn a_version_that_is_not_emulated_is_named() {
    let (emulator, ..) = with_ada().await;
    let cases = [
        ("beta", 501, "NotImplemented"),
        ("v2.0", 400, "BadRequest"),
        ("v1.00", 400, "BadRequest"),
    ];
    for (version, status, code) in cases {
        let line = format!("GET /{version}/me/presence");
        let text = request(&line, &[CLOSE, &bearer("Ada")], "");
        let (found, found_code, message) = send(&emulator, &text).await.error();
        assert_eq!((found, &*found_code), (status, code));
        let words = format!("Invalid version: {version}.");
        assert!(message.starts_with(&words), "{message}");
    }
}
