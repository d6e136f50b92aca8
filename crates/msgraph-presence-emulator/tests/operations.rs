//! The five operations as documented, over plain HTTP.

#![cfg(test)]

mod support;

use msgraph_presence_emulator::{Emulator, Session, Token, User};
use serde_json::json;
use support::{ADA, get, post, post_text, send, with_ada};

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
async fn callers_are_checked_as_documented() {
    let (emulator, ada, _) = with_ada().await;
    let bob = emulator.add_user("Bob");
    let stranger = emulator.add_user(User::new("Eve").tenant("another"));
    let delegated = |permission: &str| Token::delegated(bob).permissions([permission]);
    let application = |permission: &str| Token::application().permissions([permission]);
    let empty = ("", "");
    let unauthorized = ("Unauthorized", "Unauthorized");
    let no_user = (
        "BadRequest",
        "/me request is only valid with delegated authentication flow.",
    );
    let me = "/me/presence".to_owned();
    let user = format!("/users/{ada}/presence");
    let own = format!("/users/{bob}/presence");
    let communications = format!("/communications/presences/{ada}");
    let not_found = ("NotFound", "The requested user was not found.");
    let cases = [
        (delegated("Presence.Read"), &me, 200, empty),
        (delegated("Presence.Read"), &own, 200, empty),
        (delegated("Presence.Read"), &user, 200, empty),
        (delegated("Presence.Read.All"), &user, 200, empty),
        (delegated("Presence.Read"), &communications, 200, empty),
        (delegated("Presence.ReadWrite"), &user, 401, unauthorized),
        (delegated("User.Read"), &me, 401, unauthorized),
        (application("Presence.Read.All"), &user, 200, empty),
        (application("Presence.ReadWrite.All"), &user, 200, empty),
        (application("Presence.Read"), &user, 401, unauthorized),
        (application("Presence.Read.All"), &me, 400, no_user),
        (Token::delegated(stranger), &user, 404, not_found),
        (
            Token::delegated(bob).personal_account(),
            &me,
            400,
            ("BadRequest", "Bad request."),
        ),
        (
            Token::delegated(bob).expired(),
            &me,
            401,
            (
                "InvalidAuthenticationToken",
                "Lifetime validation failed, the token is expired.",
            ),
        ),
    ];
    for (token, path, status, (code, message)) in cases {
        let shown = format!("{token:?} {path}");
        let reply = get(&emulator, &emulator.token(token), path).await;
        assert_eq!(reply.status, status, "{shown}");
        if status != 200 {
            let expected = (status, code.to_owned(), message.to_owned());
            assert_eq!(reply.error(), expected, "{shown}");
        }
    }
}

#[tokio::test]
async fn writers_are_checked_as_documented() {
    let (emulator, ada, _) = with_ada().await;
    let bob = emulator.add_user("Bob");
    let another = ("Unauthorized", "Cannot set the presence of another user");
    let cases = [
        (Token::delegated(bob), bob, 200, ("", "")),
        (Token::delegated(bob), ada, 401, another),
        (
            Token::delegated(bob).permissions(["Presence.Read"]),
            bob,
            403,
            ("Forbidden", ""),
        ),
        (Token::application(), ada, 200, ("", "")),
        (
            Token::application().permissions(["Presence.Read.All"]),
            ada,
            403,
            ("Forbidden", ""),
        ),
    ];
    let bodies = [
        ("setStatusMessage", json!({ "statusMessage": {} })),
        (
            "setUserPreferredPresence",
            json!({ "availability": "Busy", "activity": "Busy" }),
        ),
    ];
    for (token, user, status, (code, message)) in cases {
        for (action, body) in &bodies {
            let shown = format!("{token:?} {action}");
            let path = format!("/users/{user}/presence/{action}");
            let token = emulator.token(token.clone());
            let reply = post(&emulator, &token, &path, body.clone()).await;
            assert_eq!(reply.status, status, "{shown}");
            if status != 200 {
                let expected = (status, code.to_owned(), message.to_owned());
                assert_eq!(reply.error(), expected, "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_call_without_a_good_token_is_unauthorized() {
    let (emulator, ..) = with_ada().await;
    let line = "GET /v1.0/me/presence HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for header in [
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Basic YTpi\r\n",
    ] {
        let reply = send(&emulator, &format!("{line}{header}\r\n")).await;
        let (status, code, message) = reply.error();
        assert_eq!((status, &*code), (401, "InvalidAuthenticationToken"));
        assert_eq!(message, "Access token is empty.");
        assert!(
            reply
                .header("www-authenticate")
                .unwrap()
                .starts_with("Bearer")
        );
    }
    // Not documented, but handy: a user's name is a token.
    assert_eq!(get(&emulator, "Ada", "/me/presence").await.status, 200);
    assert_eq!(get(&emulator, "Nobody", "/me/presence").await.status, 401);
}

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
async fn too_many_requests_are_told_when_to_come_back() {
    let (emulator, ada, token) = with_ada().await;
    for _ in 0..1500 {
        assert_eq!(get(&emulator, &token, "/me/presence").await.status, 200);
    }
    let reply = get(&emulator, &token, "/me/presence").await;
    let expected = (
        429,
        "TooManyRequests".into(),
        "Please retry again later.".into(),
    );
    assert_eq!(reply.error(), expected);
    assert_eq!(reply.header("retry-after"), Some("30"));
    let other = emulator.token(Token::delegated(ada).client("another"));
    assert_eq!(get(&emulator, &other, "/me/presence").await.status, 200);
    emulator.advance(std::time::Duration::from_secs(30));
    assert_eq!(get(&emulator, &token, "/me/presence").await.status, 200);
}

#[tokio::test]
async fn a_dropped_emulator_listens_no_more() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.address();
    drop(emulator);
    tokio::task::yield_now().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
