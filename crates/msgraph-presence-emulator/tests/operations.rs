//! The five operations as documented, over plain HTTP.

#![cfg(test)]

mod support;

use msgraph_presence_emulator::{Emulator, Session};
use serde_json::json;
use support::{ADA, get, post, send, with_ada};

#[tokio::test]
async fn the_three_reads_answer_the_documented_body() {
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
        assert_eq!(reply.header("content-type"), Some("application/json"));
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
    let message =
        json!({ "content": "Hey I'm currently in a meeting.", "contentType": "text" });
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
async fn select_asks_for_members() {
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
    for query in ["$select=mood", "$select=", "$top=1", "$expand=id"] {
        let reply = get(&emulator, &token, &format!("/me/presence?{query}")).await;
        assert_eq!(reply.status, 400, "{query}");
    }
}

#[tokio::test]
async fn errors_have_the_documented_shape() {
    let (emulator, _, token) = with_ada().await;
    let request = format!(
        "GET /v1.0/users/{}/presence HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nclient-request-id: mine\r\n\r\n",
        "66825e03-7ef5-42da-9069-724602c31f6b"
    );
    let reply = send(&emulator, &request).await;
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
async fn a_dropped_emulator_listens_no_more() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.address();
    drop(emulator);
    tokio::task::yield_now().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn what_was_seen_to_expire_stays_so_when_the_clock_is_set_back() {
    let (emulator, ada, token) = with_ada().await;
    let start = emulator.now();
    let body = json!({
        "statusMessage": {
            "message": { "content": "In a meeting", "contentType": "text" },
            "expiryDateTime": { "dateTime": "2026-11-21T09:30:00", "timeZone": "UTC" }
        }
    });
    let path = format!("/users/{ada}/presence/setStatusMessage");
    post(&emulator, &token, &path, body).await;
    let has_message = async || {
        let read = get(&emulator, &token, "/me/presence").await.json();
        !read["statusMessage"].is_null()
    };
    assert!(has_message().await);
    emulator.advance(std::time::Duration::from_secs(1800));
    assert!(!has_message().await);
    emulator.set_clock(start);
    assert!(!has_message().await);
}

#[tokio::test]
async fn a_session_that_has_expired_is_no_session_to_end_or_to_touch() {
    let (emulator, ada, _) = with_ada().await;
    let second = std::time::Duration::from_secs(1);
    let short = emulator.sign_in_with(ada, Session::default().expires_in(second));
    let other = emulator.sign_in_with(ada, Session::default().expires_in(second));
    assert!(emulator.touch_session(ada, short));
    emulator.advance(second);
    assert!(!emulator.touch_session(ada, short));
    assert!(!emulator.end_session(ada, short));
    assert!(!emulator.end_session(ada, other));
}
