//! Sessions of applications, and the twins of every write under `/me` and `/users/{id}`.

use crate::http::{ADA, CLOSE, bearer, get, post, request, send, with_ada};
use msgraph_presence_emulator::{DEFAULT_APPLICATION, Emulator, Session, Token, Undocumented};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A body of setPresence, without an expiration.
fn session(id: &str, availability: &str, activity: &str) -> Value {
    json!({ "sessionId": id, "availability": availability, "activity": activity })
}

async fn status(emulator: &Emulator, action: &str, body: Value) -> u16 {
    let path = format!("/me/presence/{action}");
    let reply = post(emulator, "Ada", &path, body).await;
    if reply.status == 200 {
        assert_eq!(reply.body, "");
    }
    reply.status
}

async fn pair(emulator: &Emulator) -> String {
    get(emulator, "Ada", "/me/presence").await.pair()
}

#[tokio::test]
async fn a_session_lasts_five_minutes_or_as_long_as_it_says() {
    let (emulator, ada, _) = with_ada().await;
    emulator.sign_out(ada);
    let call = session("app", "Busy", "InACall");
    assert_eq!(status(&emulator, "setPresence", call.clone()).await, 200);
    emulator.advance(4 * MINUTE);
    assert_eq!(pair(&emulator).await, "Busy/InACall");
    emulator.advance(MINUTE);
    assert_eq!(pair(&emulator).await, "Offline/Offline");
    let gone = json!({ "sessionId": "app" });
    assert_eq!(status(&emulator, "clearPresence", gone).await, 404);

    for (duration, minutes) in [
        ("PT5M", 5),
        ("PT1H30M", 90),
        ("PT4H", 240),
        ("PT14400S", 240),
    ] {
        let mut body = call.clone();
        body["expirationDuration"] = duration.into();
        assert_eq!(
            status(&emulator, "setPresence", body).await,
            200,
            "{duration}"
        );
        emulator.advance(minutes * MINUTE - MINUTE);
        assert_eq!(pair(&emulator).await, "Busy/InACall", "{duration}");
        emulator.advance(MINUTE);
        assert_eq!(pair(&emulator).await, "Offline/Offline", "{duration}");
    }
}

#[tokio::test]
async fn an_available_session_fades_whatever_its_expiration_says() {
    let (emulator, ada, _) = with_ada().await;
    emulator.sign_out(ada);
    let mut body = session("app", "Available", "Available");
    body["expirationDuration"] = "PT1H".into();
    assert_eq!(status(&emulator, "setPresence", body.clone()).await, 200);
    emulator.advance(5 * MINUTE);
    assert_eq!(pair(&emulator).await, "Available/AvailableInactive");
    emulator.advance(5 * MINUTE);
    assert_eq!(pair(&emulator).await, "Away/Away");
    // Setting it again starts anew; it is the same session.
    assert_eq!(status(&emulator, "setPresence", body).await, 200);
    assert_eq!(pair(&emulator).await, "Available/Available");
    let gone = || json!({ "sessionId": "app" });
    assert_eq!(status(&emulator, "clearPresence", gone()).await, 200);
    assert_eq!(pair(&emulator).await, "Offline/Offline");
    assert_eq!(status(&emulator, "clearPresence", gone()).await, 404);
}

#[tokio::test]
async fn sessions_are_aggregated_and_a_preference_comes_before_them() {
    let (emulator, ada, _) = with_ada().await;
    let steps = [
        (session("a", "Away", "Away"), "Available/Available"),
        (
            session("b", "Busy", "InAConferenceCall"),
            "Busy/InAConferenceCall",
        ),
        (
            session("a", "DoNotDisturb", "Presenting"),
            "DoNotDisturb/Presenting",
        ),
        (session("a", "Away", "Away"), "Busy/InAConferenceCall"),
    ];
    for (body, shown) in steps {
        assert_eq!(status(&emulator, "setPresence", body).await, 200);
        assert_eq!(pair(&emulator).await, shown);
    }
    let busy = json!({ "availability": "BeRightBack", "activity": "BeRightBack" });
    assert_eq!(
        status(&emulator, "setUserPreferredPresence", busy).await,
        200
    );
    assert_eq!(pair(&emulator).await, "BeRightBack/BeRightBack");
    for _ in 0..2 {
        // Clearing what is not set succeeds, too.
        assert_eq!(
            status(&emulator, "clearUserPreferredPresence", json!({})).await,
            200
        );
        assert_eq!(pair(&emulator).await, "Busy/InAConferenceCall");
    }
    emulator.sign_out(ada);
    assert_eq!(pair(&emulator).await, "Offline/Offline");
}

#[tokio::test]
async fn only_the_five_pairs_and_five_minutes_to_four_hours_are_taken() {
    let (emulator, ..) = with_ada().await;
    let pairs = [
        ("Available", "Available", 200),
        ("Busy", "InACall", 200),
        ("Busy", "InAConferenceCall", 200),
        ("Away", "Away", 200),
        ("DoNotDisturb", "Presenting", 200),
        ("busy", "inACall", 200),
        ("Busy", "Busy", 400),
        ("DoNotDisturb", "DoNotDisturb", 400),
        ("BeRightBack", "BeRightBack", 400),
        ("Offline", "OffWork", 400),
        ("Busy", "InAMeeting", 400),
        ("Available", "InACall", 400),
    ];
    for (availability, activity, expected) in pairs {
        let body = session("app", availability, activity);
        let found = status(&emulator, "setPresence", body).await;
        assert_eq!(found, expected, "{availability}/{activity}");
    }
    let out_of_range = "The provided [ExpirationDuration] is out of range.";
    for duration in [
        "PT4M", "PT4M59S", "PT4H1S", "PT241M", "PT10H", "P1D", "PT0S", "-PT5M",
    ] {
        let mut body = session("app", "Away", "Away");
        body["expirationDuration"] = duration.into();
        let reply = post(&emulator, "Ada", "/me/presence/setPresence", body).await;
        let expected = (400, "InvalidArgument".to_owned(), out_of_range.to_owned());
        assert_eq!(reply.error(), expected, "{duration}");
    }
    // Durations as the SDK for Python writes a `timedelta`, and as people write them by hand.
    for duration in ["1:00:00", "1 day, 0:00:00", "1h", "banana", ""] {
        let mut body = session("app", "Away", "Away");
        body["expirationDuration"] = duration.into();
        let found = status(&emulator, "setPresence", body).await;
        assert_eq!(found, 400, "{duration}");
    }
}

#[tokio::test]
async fn the_body_of_a_session_is_checked_before_the_permission() {
    let (emulator, ada, _) = with_ada().await;
    let token = emulator.token(Token::delegated(ada).permissions(["Presence.Read"]));
    let missing = "[SessionId]: The SessionId field is required.";
    let no_id = [
        ("clearPresence", json!({})),
        ("clearPresence", json!({ "sessionId": null })),
        ("clearPresence", json!({ "sessionId": "" })),
        (
            "setPresence",
            json!({ "availability": "Away", "activity": "Away" }),
        ),
    ];
    for (action, body) in no_id {
        let path = format!("/me/presence/{action}");
        let reply = post(&emulator, &token, &path, body.clone()).await;
        let expected = (400, "InvalidArgument".to_owned(), missing.to_owned());
        assert_eq!(reply.error(), expected, "{action} {body}");
    }
    let whole = [
        ("clearPresence", json!({ "sessionId": "app" })),
        ("setPresence", session("app", "Away", "Away")),
        ("clearUserPreferredPresence", json!({})),
    ];
    for (action, body) in whole {
        let path = format!("/me/presence/{action}");
        let reply = post(&emulator, &token, &path, body).await;
        let expected = (403, "Forbidden".to_owned(), String::new());
        assert_eq!(reply.error(), expected, "{action}");
    }
}

#[tokio::test]
async fn every_write_has_a_twin_for_the_caller_and_one_for_a_user() {
    let (emulator, ada, token) = with_ada().await;
    let bob = emulator.token_for(emulator.add_user("Bob"));
    let application = emulator.application_token();
    let writes = [
        ("setStatusMessage", json!({ "statusMessage": {} })),
        (
            "setUserPreferredPresence",
            json!({ "availability": "Busy", "activity": "Busy" }),
        ),
        ("clearUserPreferredPresence", json!({})),
        ("setPresence", session("app", "Away", "Away")),
        ("clearPresence", json!({ "sessionId": "app" })),
    ];
    for (action, body) in writes {
        let me = format!("/me/presence/{action}");
        let user = format!("/users/{ada}/presence/{action}");
        let set = async |token: &str, path: &str| {
            emulator.sign_in_with(ada, Session::default());
            let before = json!({ "sessionId": "app", "availability": "Away", "activity": "Away" });
            post(&emulator, "Ada", "/me/presence/setPresence", before).await;
            post(&emulator, token, path, body.clone()).await.status
        };
        let cases = [
            (&token, &me, 200),
            (&token, &user, 200),
            (&application, &user, 200),
            (&application, &me, 400),
            (&bob, &user, 401),
        ];
        for (token, path, expected) in cases {
            assert_eq!(set(token, path).await, expected, "{path}");
        }
        emulator.assume(Undocumented::NoContent);
        assert_eq!(set(&token, &me).await, 204, "{me}");
        emulator.dismiss(Undocumented::NoContent);
    }
}

#[tokio::test]
async fn a_clear_without_parameters_takes_an_empty_object_and_nothing_at_all() {
    let (emulator, ..) = with_ada().await;
    let bare = async |headers: &[&str], body: &str| {
        let bearer = bearer("Ada");
        let headers: Vec<&str> = [&[CLOSE, &*bearer], headers].concat();
        let line = "POST /v1.0/me/presence/clearUserPreferredPresence";
        send(&emulator, &request(line, &headers, body)).await.status
    };
    let json = "Content-Type: application/json";
    assert_eq!(bare(&[], "").await, 200);
    assert_eq!(bare(&[json], "").await, 200);
    assert_eq!(bare(&[json], "{}").await, 200);
    assert_eq!(bare(&[json], "[]").await, 400);
    assert_eq!(bare(&[], "{}").await, 400);
}

#[tokio::test]
async fn a_session_may_have_to_be_the_applications_own() {
    let (emulator, ..) = with_ada().await;
    emulator.assume(Undocumented::OwnSessionId);
    let own = session(DEFAULT_APPLICATION, "Away", "Away");
    assert_eq!(status(&emulator, "setPresence", own).await, 200);
    let other = session("22553876-f5ab-4529-bffb-cfe50aa89f87", "Away", "Away");
    assert_eq!(status(&emulator, "setPresence", other).await, 400);
}

#[tokio::test]
async fn the_state_shows_the_id_of_a_session() {
    let (emulator, ..) = with_ada().await;
    let body = session("app", "Busy", "InACall");
    assert_eq!(status(&emulator, "setPresence", body).await, 200);
    let text = request("GET /_emulator/state", &[CLOSE], "");
    let user = send(&emulator, &text).await.json()["users"][0].clone();
    assert_eq!(user["id"], ADA);
    assert_eq!(user["userPrincipalName"], "ada@contoso.com");
    let ids = [
        &user["sessions"][0]["sessionId"],
        &user["sessions"][1]["sessionId"],
    ];
    assert_eq!(ids, [&Value::Null, &json!("app")]);
}
