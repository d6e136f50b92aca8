//! Who may do what: tokens, permissions, the limit on requests.

use crate::http::{CLOSE, Reply, get, post, request, send, with_ada};
use msgraph_presence_emulator::{Token, User};
use serde_json::json;
use std::time::Duration;

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
        (
            Token::delegated(bob).expires_in(Duration::ZERO),
            &me,
            401,
            (
                "InvalidAuthenticationToken",
                "Lifetime validation failed, the token is expired.",
            ),
        ),
    ];
    for (token, path, status, error) in cases {
        let shown = format!("{token:?} {path}");
        let reply = get(&emulator, &emulator.token(token), path).await;
        check(&reply, status, error, &shown);
    }
}

/// The status and, unless it is 200, the error's code and message.
fn check(reply: &Reply, status: u16, (code, message): (&str, &str), shown: &str) {
    assert_eq!(reply.status, status, "{shown}");
    if status != 200 {
        let expected = (status, code.to_owned(), message.to_owned());
        assert_eq!(reply.error(), expected, "{shown}");
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
    for (token, user, status, error) in cases {
        for (action, body) in &bodies {
            let shown = format!("{token:?} {action}");
            let path = format!("/users/{user}/presence/{action}");
            let token = emulator.token(token.clone());
            let reply = post(&emulator, &token, &path, body.clone()).await;
            check(&reply, status, error, &shown);
        }
    }
}

#[tokio::test]
async fn a_call_without_a_good_token_is_unauthorized() {
    let (emulator, ..) = with_ada().await;
    let headers: [&[&str]; 3] = [
        &[CLOSE],
        &[CLOSE, "Authorization: Bearer"],
        &[CLOSE, "Authorization: Basic YTpi"],
    ];
    for headers in headers {
        let text = request("GET /v1.0/me/presence", headers, "");
        let reply = send(&emulator, &text).await;
        let (status, code, message) = reply.error();
        assert_eq!((status, &*code), (401, "InvalidAuthenticationToken"));
        assert!(message.starts_with("Access token is empty."), "{message}");
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
    let inner = &reply.json()["error"]["innerError"];
    let told = ["code", "message", "status"].map(|name| inner[name].as_str());
    assert_eq!(told, [Some("429"), Some("Please retry after"), Some("429")]);
    // Another application has its own limit, and so has another tenant.
    let other = emulator.token(Token::delegated(ada).client("another"));
    assert_eq!(get(&emulator, &other, "/me/presence").await.status, 200);
    let eve = emulator.add_user(User::new("Eve").tenant("another"));
    let other = emulator.token(Token::delegated(eve));
    assert_eq!(get(&emulator, &other, "/me/presence").await.status, 200);
    emulator.advance(Duration::from_secs(30));
    assert_eq!(get(&emulator, &token, "/me/presence").await.status, 200);
}
