//! The operations as documented, over plain HTTP.

use crate::http::{ADA, CLOSE, ODATA, bearer, get, post, request, send, with_ada};
use msgraph_presence_emulator::{Route, Session};
use serde_json::json;

#[tokio::test]
async fn the_three_reads_return_the_documented_body() {
    let (emulator, _, token) = with_ada().await;
    let paths = [
        ("/me/presence", format!("users('{ADA}')/presence/$entity")),
        (
            &*format!("/users/{ADA}/presence"),
            format!("users('{ADA}')/presence/$entity"),
        ),
        (
            &*format!("/communications/presences/{ADA}"),
            "communications/presences/$entity".to_owned(),
        ),
    ];
    for (path, context) in paths {
        let reply = get(&emulator, &token, path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("content-type"), Some(ODATA));
        assert_eq!(reply.header("date"), Some("Sat, 21 Nov 2026 09:00:00 GMT"));
        assert!(reply.header("x-ms-ags-diagnostic").is_some());
        let context = format!("https://graph.microsoft.com/v1.0/$metadata#{context}");
        let expected = json!({
            "@odata.context": context,
            "id": ADA,
            "availability": "Available",
            "activity": "Available",
            "outOfOfficeSettings": { "message": null, "isOutOfOffice": false },
            "sequenceNumber": "A0129311064",
        });
        assert_eq!(reply.json(), expected, "{path}");
    }
}

#[tokio::test]
async fn a_preferred_presence_shows_only_while_there_is_a_session() {
    let (emulator, ada, token) = with_ada().await;
    emulator.sign_out(ada);
    let body = json!({
        "availability": "DoNotDisturb",
        "activity": "DoNotDisturb",
        "expirationDuration": "PT8H"
    });
    let path = format!("/users/{ADA}/presence/setUserPreferredPresence");
    let reply = post(&emulator, &token, &path, body).await;
    assert_eq!((reply.status, &*reply.body), (200, ""));
    assert_eq!(reply.header("content-type"), None);

    let pair = async || get(&emulator, &token, "/me/presence").await.pair();
    assert_eq!(pair().await, "Offline/Offline");
    emulator.sign_in_with(ada, Session::new("Busy", "InACall"));
    assert_eq!(pair().await, "DoNotDisturb/DoNotDisturb");
    // The token is good for an hour; a new one is needed to look again after eight.
    emulator.advance(std::time::Duration::from_secs(8 * 3600));
    let token = emulator.token_for(ada);
    let reply = get(&emulator, &token, "/me/presence").await;
    assert_eq!(reply.pair(), "Busy/InACall");
}

#[tokio::test]
async fn a_status_message_is_read_back_and_another_user_sees_less_of_it() {
    let (emulator, _, token) = with_ada().await;
    let bob = emulator.add_user("Bob");
    let body = json!({ "statusMessage": {
        "message": { "content": "Hey I'm currently in a meeting.", "contentType": "text" },
        "expiryDateTime": {
            "dateTime": "2026-11-21T17:05:33.2079781",
            "timeZone": "Pacific Standard Time"
        }
    }});
    let path = format!("/users/{ADA}/presence/setStatusMessage");
    let reply = post(&emulator, &token, &path, body).await;
    assert_eq!((reply.status, &*reply.body), (200, ""));

    let own = get(&emulator, &token, &format!("/users/{ADA}/presence")).await;
    let message = json!({ "content": "Hey I'm currently in a meeting.", "contentType": "text" });
    let expected = json!({
        "message": message,
        "expiryDateTime": {
            "dateTime": "2026-11-22T01:05:33.2079781",
            "timeZone": "UTC"
        },
        "publishedDateTime": "2026-11-21T09:00:00.0000000Z",
    });
    assert_eq!(own.json()["statusMessage"], expected);

    for token in [emulator.token_for(bob), emulator.application_token()] {
        let other = get(&emulator, &token, &format!("/users/{ADA}/presence")).await;
        assert_eq!(other.json()["statusMessage"], json!({ "message": message }));
    }
}

#[tokio::test]
async fn select_asks_for_properties() {
    let (emulator, _, token) = with_ada().await;
    for query in ["$select=activity,id", "%24select=activity%2C%20id&x=y"] {
        let reply = get(&emulator, &token, &format!("/me/presence?{query}")).await;
        let mut body = reply.json();
        body.as_object_mut().unwrap().remove("@odata.context");
        assert_eq!(
            body,
            json!({ "id": ADA, "activity": "Available" }),
            "{query}"
        );
    }
    for name in ["statusMessage", "workLocation"] {
        let reply = get(&emulator, &token, &format!("/me/presence?$select={name}")).await;
        assert_eq!(reply.status, 200, "{name}");
    }
    for query in [
        "$select=mood",
        "$select=",
        "$select=Id",
        "$select=@odata.context",
        "$select=additional_data",
        "$top=1",
        "$expand=id",
        "$select=id&%24select=id",
    ] {
        let reply = get(&emulator, &token, &format!("/me/presence?{query}")).await;
        assert_eq!(reply.status, 400, "{query}");
    }
}

#[tokio::test]
async fn errors_have_the_documented_shape() {
    let (emulator, _, token) = with_ada().await;
    let line = "GET /v1.0/users/66825e03-7ef5-42da-9069-724602c31f6b/presence";
    let headers = [CLOSE, &bearer(&token), "client-request-id: mine"];
    let reply = send(&emulator, &request(line, &headers, "")).await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.header("client-request-id"), Some("mine"));
    let request_id = reply.header("request-id").unwrap();
    assert_eq!(request_id.len(), 36);
    let expected = json!({ "error": {
        "code": "NotFound",
        "message": "The requested user was not found.",
        "innerError": {
            "date": "2026-11-21T09:00:00",
            "request-id": request_id,
            "client-request-id": "mine",
        }
    }});
    assert_eq!(reply.json(), expected);
}

#[tokio::test]
async fn every_operation_of_presence_is_answered_and_others_are_named() {
    let (emulator, _, token) = with_ada().await;
    for &route in Route::ALL {
        let path = route.path().replace("{id}", ADA);
        let reply = match route.method() {
            "GET" => get(&emulator, &token, &path).await,
            _ => post(&emulator, &token, &path, json!({})).await,
        };
        let presence = path.to_lowercase().contains("presence");
        assert_eq!(reply.status != 501, presence, "{route:?}: {}", reply.body);
        if !presence {
            assert!(
                reply.error().2.contains(route.operation_id()),
                "{}",
                reply.body
            );
        }
    }
}
