//! The form of a hold that is written down, and what is refused when it is read.

use super::world::{HOUR, World};
use crate::hold::saved::earlier;
use crate::{Client, HoldError, PreferredPresence, PresenceStatusMessage, SavedHold};
use serde_json::{Value, json};
use std::time::Duration;

async fn saved() -> (World, Value) {
    let mut world = World::new().await;
    world.play("says In Rome for 9000; prepares").await;
    let form = serde_json::from_str(&world.file).unwrap();
    (world, form)
}

#[tokio::test]
async fn the_form_has_all_that_a_release_needs() {
    let (mut world, form) = saved().await;
    let expected = json!({
        "version": 1,
        "user": world.ada.to_string(),
        "isMe": true,
        "preference": "DoNotDisturb",
        "isPreferenceHeld": true,
        "message": "Focusing",
        "isMessageHeld": true,
        "expiresAt": "2026-11-28T18:00:00Z",
        "earlier": {
            "message": {"content": "In Rome", "contentType": "text"},
            "expiryDateTime": {"dateTime": "2026-11-28T19:30:00", "timeZone": "UTC"},
        },
    });
    assert_eq!(form, expected);
    let read: SavedHold = serde_json::from_value(form).unwrap();
    assert_eq!(read, *world.hold().saved());
    assert_eq!(read.preference(), PreferredPresence::DoNotDisturb);
    assert_eq!((read.user(), read.is_released()), (world.ada, false));

    world
        .play("starts; loses setStatusMessage; extends 60; saves")
        .await;
    assert!(
        world
            .file
            .contains(r#""extendedTo":"2026-11-28T18:01:00Z""#),
        "{}",
        world.file
    );
    world.play("crashes; releases; saves").await;
    let form: SavedHold = serde_json::from_str(&world.file).unwrap();
    assert!(form.is_released());
}

#[tokio::test]
async fn debug_output_has_no_message_and_no_user() {
    let (mut world, _) = saved().await;
    let hold = world.hold();
    let shown = format!("{hold:?} {hold:#?} {:?}", hold.saved());
    assert!(shown.contains("DoNotDisturb"), "{shown}");
    let ada = world.ada.to_string();
    for private in ["Focusing", "In Rome", &ada] {
        assert!(!shown.contains(private), "{shown}");
    }
}

#[tokio::test]
async fn a_form_that_is_wrong_is_refused_and_says_why() {
    let (_, form) = saved().await;
    let cases = [
        ("/version", json!(2), "version 2 is not supported"),
        ("/version", Value::Null, "`version` is missing"),
        ("/user", json!("Ada"), "expected a GUID"),
        ("/user", Value::Null, "`user` is missing"),
        ("/isMe", Value::Null, "`isMe` is missing"),
        ("/isMe", json!("yes"), "expected a boolean"),
        (
            "/preference",
            json!("Focusing"),
            "is not a preferred presence",
        ),
        ("/preference", Value::Null, "`preference` is missing"),
        (
            "/isPreferenceHeld",
            Value::Null,
            "`isPreferenceHeld` is missing",
        ),
        ("/message", Value::Null, "`message` is missing"),
        ("/message", json!(""), "`message` is missing"),
        ("/isMessageHeld", Value::Null, "`isMessageHeld` is missing"),
        ("/expiresAt", json!("tomorrow"), "invalid date and time"),
        ("/expiresAt", Value::Null, "`expiresAt` is missing"),
        (
            "/earlier/expiryDateTime/dateTime",
            json!("noon"),
            "invalid date and time",
        ),
        (
            "/earlier/message/contentType",
            json!("html"),
            "its content type is not `text`",
        ),
    ];
    for (place, value, reason) in cases {
        let mut wrong = form.clone();
        *wrong.pointer_mut(place).unwrap() = value;
        let error = serde_json::from_value::<SavedHold>(wrong)
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{place}: {error}");
    }
    for text in ["", "[]", "null", "{}", &form.to_string()[..40]] {
        assert!(serde_json::from_str::<SavedHold>(text).is_err(), "{text}");
    }
    // A later program of the same version may write more.
    let mut more = form.clone();
    more["colour"] = json!("red");
    serde_json::from_value::<SavedHold>(more).unwrap();
}

#[tokio::test]
async fn a_hold_is_released_for_its_own_user_only() {
    let (mut world, _) = saved().await;
    let bob = world.graph.add_user("Bob");
    world.play("starts").await;
    let builder = Client::builder().base_url(world.graph.base_url());
    let other = builder.token(world.graph.token_for(bob)).build().unwrap();
    let mut hold = other.resume_hold(serde_json::from_str(&world.file).unwrap());
    hold.wall = world.wall();
    let before = world.graph.requests_received();
    let error = hold.release().await.unwrap_err();
    assert_eq!(
        error.error().to_string(),
        "msgraph: invalid hold: the hold belongs to another user than the token; sign in as \
         the user of the hold",
    );
    assert_eq!(world.graph.requests_received() - before, 1);
    hold.into_saved();
    assert_eq!(
        world.play("releases").await,
        "TakenBack TakenBack; In Rome for 9000, Available Available"
    );
}

#[tokio::test]
async fn an_application_holds_for_any_user() {
    let mut world = World::new().await;
    world.play("says In Rome for 9000").await;
    let builder = Client::builder().base_url(world.graph.base_url());
    let client = builder
        .token(world.graph.application_token())
        .build()
        .unwrap();
    let presence = client.users(world.ada).presence();
    let hold = presence
        .hold(PreferredPresence::Busy)
        .message("In a call")
        .lasting(HOUR);
    let mut hold = hold.wall(world.wall()).await.unwrap();
    assert_eq!(world.shown(), "In a call for 3600, Busy Busy");
    let saved = serde_json::to_value(hold.saved()).unwrap();
    assert_eq!(saved["isMe"], false);
    assert_eq!(saved["user"], world.ada.to_string());
    // Another user's message is read without its expiry. A task takes a hold.
    let task = tokio::spawn(async move {
        hold.effect(Duration::ZERO).await?;
        hold.extend(HOUR).await?;
        hold.release().await
    });
    task.await.unwrap().unwrap();
    assert_eq!(world.shown(), "In Rome, Available Available");
}

#[tokio::test]
async fn a_hold_expires_by_the_wall_clock() {
    let mut world = World::new().await;
    world.play("holds").await;
    let (graph, hold) = (world.graph.clone(), world.hold());
    tokio::time::pause();
    let expired = tokio::time::timeout(HOUR * 2, hold.expired()).await;
    assert!(expired.is_err(), "this clock stands still");
    // As after a sleep of the machine.
    graph.advance(HOUR);
    let late = tokio::time::timeout(Duration::from_secs(5), hold.expired()).await;
    assert!(late.is_ok());
}

#[tokio::test]
async fn a_hold_without_a_message_leaves_that_of_the_user() {
    let mut world = World::new().await;
    world.play("says In Rome").await;
    let me = world.client.me().presence();
    let hold = me.hold(PreferredPresence::Busy).wall(world.wall());
    let mut hold = hold.await.unwrap();
    assert_eq!(world.shown(), "In Rome, Busy Busy");
    assert_eq!(hold.expires_at(), (world.wall())() + HOUR * 24);
    let saved = serde_json::from_value(serde_json::to_value(hold.saved()).unwrap()).unwrap();
    assert_eq!(*hold.saved(), saved);
    let released = hold.release().await.unwrap();
    assert_eq!(
        format!("{released:?}"),
        "Released { preference: TakenBack, message: Nothing }"
    );
    assert_eq!(world.shown(), "In Rome, Available Available");
}

#[tokio::test]
async fn what_cannot_be_set_is_refused_before_anything_is_sent() {
    let world = World::new().await;
    let me = world.client.me().presence();
    let hold = || me.hold(PreferredPresence::Busy);
    let refused = [
        (hold().message(" "), "invalid hold: the message is empty"),
        (
            hold().lasting("PT0S"),
            "invalid duration: must be longer than zero",
        ),
        (
            hold().lasting("25 minutes"),
            "invalid duration: not ISO 8601",
        ),
        (
            hold().lasting(HOUR * 24 * 366 * 8000),
            "the hold would last beyond the year 9999",
        ),
    ];
    for (hold, reason) in refused {
        let error = hold.await.unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(
            (error.preference_remains(), error.message_remains()),
            (None, None)
        );
    }
    let written = world.graph.requests();
    assert!(written.iter().all(|request| request.method == "GET"));
}

/// After it the hold can still be saved, extended by less and released.
#[tokio::test]
async fn an_extension_beyond_the_year_9999_is_refused_before_anything_is_sent() {
    let mut world = World::new().await;
    world.play("holds").await;
    let sent = world.graph.requests_received();
    for days in [8_000 * 365, 10_675_199] {
        let time = Duration::from_secs(days * 24 * 3600);
        let error = world.hold().extend(time).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("beyond the year 9999"), "{text}");
    }
    assert_eq!(world.graph.requests_received(), sent);
    assert!(serde_json::to_string(world.hold().saved()).is_ok());
    world.hold().extend(HOUR).await.unwrap();
    world.hold().release().await.unwrap();
}

#[tokio::test]
async fn an_error_is_one_line_with_what_remains() {
    let mut world = World::new().await;
    world.play("holds; refuses read").await;
    let error: HoldError = world.hold().release().await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("me.GetPresence: 500 Internal Server Error"),
        "{text}"
    );
    let remains =
        "; the preferred presence and the status message may remain until 2026-11-28T18:00:00Z";
    assert!(text.ends_with(remains), "{text}");
    assert!(!text.contains('\n') && format!("{error:?}").starts_with(&text));
    assert!(crate::Error::from(error).is_retryable());
}

#[test]
fn the_earlier_message_is_one_that_can_be_set() {
    let read = |message: Value| {
        let message: PresenceStatusMessage = serde_json::from_value(message).unwrap();
        let message = earlier(Some(message)).map(|it| serde_json::to_string(&it).unwrap());
        message.map_err(|error| error.rule().to_owned())
    };
    let text = |text: &str| {
        Ok(format!(
            r#"{{"message":{{"content":"{text}","contentType":"text"}}}}"#
        ))
    };
    let body =
        |content: &str, kind: &str| json!({"message": {"content": content, "contentType": kind}});
    assert_eq!(read(body("In Rome", "text")), text("In Rome"));
    assert_eq!(read(body("R&amp;D", "text")), text("R&D"));
    let pinned = "In Rome<pinnednote></pinnednote>";
    assert_eq!(read(body(pinned, "text")), text(pinned));
    assert_eq!(read(body("<p>R&amp;D</p>", "html")), text("R&D"));
    assert_eq!(read(body("", "text")), Ok("null".to_owned()));
    assert_eq!(read(json!({})), Ok("null".to_owned()));
    let mut broken = body("In Rome", "text");
    broken["expiryDateTime"] = json!({"dateTime": "noon", "timeZone": "UTC"});
    assert!(read(broken).is_err());
}
