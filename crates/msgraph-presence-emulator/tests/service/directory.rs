//! The users of the directory, and what is not emulated.

use crate::http::{ADA, get, post, with_ada};
use msgraph_presence_emulator::{Token, User};
use serde_json::{Value, json};

#[tokio::test]
async fn a_user_is_found_by_its_id_and_its_principal_name() {
    let (emulator, ..) = with_ada().await;
    emulator.add_user(User::new("Grace Hopper"));
    emulator.add_user(User::new("Bob").principal_name("robert@example.org"));
    let select = "?$select=id,displayName,userPrincipalName";
    let cases = [
        ("/me".to_owned(), "Ada", "ada@contoso.com"),
        (format!("/users/{ADA}"), "Ada", "ada@contoso.com"),
        (
            "/users/ADA@contoso.com".to_owned(),
            "Ada",
            "ada@contoso.com",
        ),
        (
            "/users/grace.hopper%40contoso.com".to_owned(),
            "Grace Hopper",
            "grace.hopper@contoso.com",
        ),
        (
            "/users/robert@example.org".to_owned(),
            "Bob",
            "robert@example.org",
        ),
    ];
    for (path, name, principal_name) in cases {
        let body = get(&emulator, "Ada", &format!("{path}{select}"))
            .await
            .json();
        assert_eq!(body["displayName"], name, "{path}");
        assert_eq!(body["userPrincipalName"], principal_name, "{path}");
        let context = "https://graph.microsoft.com/v1.0/$metadata\
            #users(id,displayName,userPrincipalName)/$entity";
        assert_eq!(body["@odata.context"], context);
        assert_eq!(body.as_object().unwrap().len(), 4, "{body}");
    }
    let body = get(&emulator, "Ada", "/me").await.json();
    assert_eq!(body.as_object().unwrap().len(), 12);
    assert_eq!(body["mail"], "ada@contoso.com");
    assert_eq!(body["businessPhones"], json!([]));
    assert_eq!(body["jobTitle"], Value::Null);
}

#[tokio::test]
async fn users_are_read_with_permissions_of_their_own() {
    let (emulator, ada, _) = with_ada().await;
    let bob = emulator.add_user("Bob");
    let eve = emulator.add_user(User::new("Eve").tenant("another"));
    let delegated = |permission: &str| Token::delegated(bob).permissions([permission]);
    let application = |permission: &str| Token::application().permissions([permission]);
    let other = format!("/users/{ada}");
    let own = format!("/users/{bob}");
    let denied = (403, "Authorization_RequestDenied");
    let cases = [
        (delegated("User.Read"), "/me", (200, "")),
        (delegated("User.Read"), &own, (200, "")),
        (delegated("User.Read"), &other, denied),
        (delegated("User.ReadBasic.All"), &other, (200, "")),
        (delegated("Presence.Read"), "/me", denied),
        (application("User.Read.All"), &other, (200, "")),
        (application("Presence.Read.All"), &other, denied),
        (Token::application(), "/me", (400, "BadRequest")),
        (
            Token::delegated(eve),
            &other,
            (404, "Request_ResourceNotFound"),
        ),
        (
            Token::delegated(bob),
            "/users/nobody@contoso.com",
            (404, "Request_ResourceNotFound"),
        ),
        (
            Token::delegated(bob),
            "/me?$select=displayname",
            (400, "BadRequest"),
        ),
        (
            Token::delegated(bob),
            "/me?$select=accountEnabled",
            (501, "NotImplemented"),
        ),
        (
            Token::delegated(bob),
            "/me?$expand=manager",
            (400, "BadRequest"),
        ),
    ];
    for (token, path, (status, code)) in cases {
        let reply = get(&emulator, &emulator.token(token.clone()), path).await;
        assert_eq!(reply.status, status, "{token:?} {path}: {}", reply.body);
        if status != 200 {
            assert_eq!(reply.error().1, code, "{token:?} {path}");
        }
    }
}

#[tokio::test]
async fn what_graph_has_and_the_emulator_has_not_is_501_and_a_mistake_400() {
    let (emulator, _, token) = with_ada().await;
    let cases = [
        ("/me/messages", 501, "Microsoft Graph has GET /me/messages"),
        ("/users", 501, "the emulator does not"),
        ("/me/mesages", 400, "'mesages'. Did you mean 'messages'?"),
        ("/me/precence", 400, "'precence'. Did you mean 'presence'?"),
    ];
    for (path, status, words) in cases {
        let reply = get(&emulator, &token, path).await;
        let (found, _, message) = reply.error();
        assert_eq!(found, status, "{path}");
        assert!(message.contains(words), "{path}: {message}");
    }
    let reply = post(&emulator, &token, "/me", json!({})).await;
    assert_eq!(reply.status, 501, "{}", reply.body);
}
