//! Requests that the service takes and refuses: bodies, paths, methods, ids.

use crate::http::{ADA, CLOSE, bearer, get, post, post_text, request, send, with_ada};
use serde_json::json;

#[tokio::test]
async fn only_what_can_be_set_is_taken() {
    let (emulator, _, token) = with_ada().await;
    let message = format!("/users/{ADA}/presence/setStatusMessage");
    let preferred = format!("/users/{ADA}/presence/setUserPreferredPresence");
    let expires = |date_time: &str, zone: &str| {
        json!({ "statusMessage": { "expiryDateTime": {
            "dateTime": date_time, "timeZone": zone
        }}})
    };
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
        (&message, expires("2026-11-22T09:00:00", "UTC"), 200),
        (
            &message,
            expires("2026-11-22T09:00:00", "Europe/Berlin"),
            200,
        ),
        (
            &message,
            expires("9999-12-31T23:59:59.9999999", "Pacific Standard Time"),
            200,
        ),
        (&message, expires("2026-11-22T09:00:00Z", "UTC"), 400),
        (&message, expires("2026-11-22T09:00:00+01:00", "UTC"), 400),
        (&message, expires("2026-11-22", "UTC"), 400),
        (&message, expires("2026-02-30T09:00:00", "UTC"), 400),
        (&message, expires("2026-11-22T09:00:00", "Moon/Base"), 400),
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
    let cases = [("beta", 501, "NotImplemented"), ("v2.0", 400, "BadRequest")];
    for (version, status, code) in cases {
        let line = format!("GET /{version}/me/presence");
        let text = request(&line, &[CLOSE, &bearer("Ada")], "");
        let (found, found_code, message) = send(&emulator, &text).await.error();
        assert_eq!((found, &*found_code), (status, code));
        let words = format!("Invalid version: {version}.");
        assert!(message.starts_with(&words), "{message}");
    }
}
