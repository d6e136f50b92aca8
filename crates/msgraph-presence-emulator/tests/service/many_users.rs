//! `POST /communications/getPresencesByUserId`.

use crate::http::{ADA, Reply, get, post, with_ada};
use msgraph_presence_emulator::{Emulator, Token, Undocumented, User};
use serde_json::{Value, json};

const PATH: &str = "/communications/getPresencesByUserId";
const NOBODY: &str = "66825e03-7ef5-42da-9069-724602c31f6b";

async fn ask(emulator: &Emulator, token: &str, ids: &[String]) -> Reply {
    post(emulator, token, PATH, json!({ "ids": ids })).await
}

/// The ids and availabilities in a response.
fn found(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let body = reply.json();
    let text = |value: &Value| value.as_str().unwrap_or("(missing)").to_owned();
    let presences = body["value"].as_array().unwrap().iter();
    presences
        .map(|p| (text(&p["id"]), text(&p["availability"])))
        .collect()
}

fn shown(id: impl ToString, availability: &str) -> (String, String) {
    (id.to_string(), availability.to_owned())
}

#[tokio::test]
async fn each_id_is_returned_once_and_an_unknown_one_is_missing() {
    let (emulator, ada, token) = with_ada().await;
    let bob = emulator.add_user("Bob");
    let eve = emulator.add_user(User::new("Eve").tenant("another"));
    let ids = [
        bob.to_string(),
        NOBODY.into(),
        ADA.to_uppercase(),
        eve.to_string(),
        ADA.into(),
    ];
    let reply = ask(&emulator, &token, &ids).await;
    assert_eq!(
        found(&reply),
        [shown(bob, "Offline"), shown(ada, "Available")]
    );
    let context = "https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.presence)";
    assert_eq!(reply.json()["@odata.context"], context);
    assert_eq!(found(&ask(&emulator, &token, &[]).await), []);

    // The same body as of a single read, without its context.
    let mut single = get(&emulator, &token, "/me/presence").await.json();
    single.as_object_mut().unwrap().remove("@odata.context");
    assert_eq!(reply.json()["value"][1], single);

    emulator.assume(Undocumented::NoContext);
    let body = ask(&emulator, &token, &ids).await.json();
    assert_eq!(body.as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn only_the_caller_sees_all_of_its_own_status_message() {
    let (emulator, ada, _) = with_ada().await;
    let bob = emulator.add_user("Bob");
    let message = json!({ "statusMessage": { "message": { "content": "Hi" } } });
    post(&emulator, "Ada", "/me/presence/setStatusMessage", message).await;
    for (token, own) in [("Ada", true), ("Bob", false), ("application", false)] {
        let reply = ask(&emulator, token, &[ada.to_string(), bob.to_string()]).await;
        let status = &reply.json()["value"][0]["statusMessage"];
        assert_eq!(status["message"]["content"], "Hi");
        assert_eq!(status.get("publishedDateTime").is_some(), own, "{token}");
    }
}

#[tokio::test]
async fn unknown_ids_may_be_shown_or_sink_the_request() {
    let (emulator, ada, token) = with_ada().await;
    let ids = [NOBODY.to_owned(), ada.to_string()];
    emulator.assume(Undocumented::UnknownIdsShown);
    let reply = ask(&emulator, &token, &ids).await;
    assert_eq!(
        found(&reply),
        [shown(NOBODY, "PresenceUnknown"), shown(ada, "Available")]
    );
    assert_eq!(reply.json()["value"][0]["activity"], "PresenceUnknown");

    emulator.dismiss(Undocumented::UnknownIdsShown);
    emulator.assume(Undocumented::UnknownIdsRefused);
    let (status, code, _) = ask(&emulator, &token, &ids).await.error();
    assert_eq!((status, &*code), (404, "NotFound"));
    assert_eq!(
        found(&ask(&emulator, &token, &ids[1..]).await),
        [shown(ada, "Available")]
    );
}

#[tokio::test]
async fn at_most_650_ids_are_taken() {
    let (emulator, _, token) = with_ada().await;
    let mut ids = Vec::new();
    for n in 0..651 {
        ids.push(
            emulator
                .add_user(User::new(format!("User {n}")))
                .to_string(),
        );
    }
    assert_eq!(found(&ask(&emulator, &token, &ids[..650]).await).len(), 650);
    let reply = ask(&emulator, &token, &ids).await;
    assert_eq!(
        reply.error(),
        (400, "BadRequest".to_owned(), "Bad request.".to_owned())
    );
    emulator.assume(Undocumented::First650Ids);
    let found = found(&ask(&emulator, &token, &ids).await);
    assert_eq!(found.len(), 650);
    assert!(found.iter().zip(&ids).all(|((id, _), sent)| id == sent));
}

#[tokio::test]
async fn ids_permissions_and_bodies_are_checked() {
    let (emulator, ada, token) = with_ada().await;
    let bodies = [
        (json!({}), "The parameter [ids] is missing."),
        (json!({ "ids": null }), "The parameter [ids] is missing."),
        (
            json!({ "ids": ["ada@contoso.com"] }),
            "Invalid object identifier",
        ),
        (json!({ "ids": [ADA, ""] }), "Invalid object identifier"),
        (json!({ "ids": ADA }), "Unable to read JSON"),
    ];
    for (body, words) in bodies {
        let (status, _, message) = post(&emulator, &token, PATH, body.clone()).await.error();
        assert_eq!(status, 400, "{body}");
        assert!(message.starts_with(words), "{body}: {message}");
    }
    let cases = [
        (Token::delegated(ada).permissions(["Presence.Read"]), 401),
        (
            Token::delegated(ada).permissions(["Presence.Read.All"]),
            200,
        ),
        (Token::application().permissions(["Presence.Read.All"]), 200),
        (
            Token::application().permissions(["Presence.ReadWrite.All"]),
            200,
        ),
        (Token::application().permissions(["User.Read.All"]), 401),
    ];
    for (token, status) in cases {
        let reply = ask(&emulator, &emulator.token(token.clone()), &[ADA.to_owned()]).await;
        assert_eq!(reply.status, status, "{token:?}");
    }
    assert_eq!(get(&emulator, &token, PATH).await.status, 405);
}
