//! The documented snippets, and that this client sees what Microsoft's SDKs for Python and
//! JavaScript see: `interop/` of the emulator runs those, against the same expectations.

#![cfg(test)]

use msgraph_presence::{
    Client, Error, PreferredPresence, Presence, SessionPresence, StatusMessage, UserId,
};
use msgraph_presence_emulator::models::DateTimeTimeZone;
use msgraph_presence_emulator::{Emulator, Fault, Session, User};
use std::time::Duration;

const EXPECTED: &str = include_str!("../../msgraph-presence-emulator/interop/expected.txt");

const FAMILY: &str = include_str!("../../msgraph-presence-emulator/interop/family.txt");

const ADA: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
const PRESENTER: &str = "66825e03-7ef5-42da-9069-724602c31f6b";
const PAUSING: &str = "dc74d9bb-6afe-433d-8eaa-e39d80d3a647";
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn id(text: &str) -> UserId {
    text.parse().unwrap()
}

/// The users of `interop/users.yaml`, at a time when the documented expiry is still to come.
async fn graph() -> Emulator {
    let clock = "2022-10-18T20:00:00Z".parse().unwrap();
    let graph = Emulator::builder().clock(clock).start().await.unwrap();
    graph.sign_in(graph.add_user(User::new("Ada").id(id(ADA))));
    let others = [
        ("Presenter", PRESENTER, "DoNotDisturb", "Presenting"),
        ("Pausing", PAUSING, "Away", "BeRightBack"),
    ];
    for (name, user, availability, activity) in others {
        let user = graph.add_user(User::new(name).id(id(user)));
        graph.sign_in_with(user, Session::new(availability, activity));
    }
    graph.add_user("Bob");
    graph
}

fn pair(presence: &Presence) -> String {
    let availability = presence.availability.clone().unwrap_or_default();
    let activity = presence.activity.clone().unwrap_or_default();
    format!("{availability}/{activity}")
}

/// The text of the status message and its expiry.
fn status(presence: &Presence) -> (String, Option<DateTimeTimeZone>) {
    let status = presence.status_message.clone().unwrap();
    let text = status.message.unwrap().content.unwrap();
    (text, status.expiry_date_time)
}

/// The facts of an error.
fn told(error: &Error) -> String {
    let status = error.status().unwrap().as_u16();
    let code = error.code().unwrap();
    let id = error.request_id().is_some();
    let with = if id { "with" } else { "without" };
    format!("{status} {code} {with} a request id")
}

#[tokio::test]
async fn the_documented_snippets_see_what_the_sdks_see() {
    let graph = graph().await;
    let client = |token: &str| {
        let builder = Client::builder().base_url(graph.base_url());
        builder.token(token.to_owned()).build().unwrap()
    };
    let as_ada = client("Ada");
    let own = as_ada.users(id(ADA)).presence();
    let pausing = as_ada.communications().presences(id(PAUSING));
    let mut seen = Vec::new();

    let presence = as_ada.me().presence().get().await.unwrap();
    seen.push(format!("get /me/presence: {}", pair(&presence)));
    let presence = as_ada.users(id(PRESENTER)).presence().get().await.unwrap();
    seen.push(format!("get /users/{{id}}/presence: {}", pair(&presence)));
    let presence = pair(&pausing.get().await.unwrap());
    seen.push(format!("get /communications/presences/{{id}}: {presence}"));

    let message = StatusMessage::text("Hey I'm currently in a meeting.")
        .expires_at_local("2022-10-18T17:05:33.2079781", "Pacific Standard Time");
    own.set_status_message(message).await.unwrap();
    let (text, expiry) = status(&own.get().await.unwrap());
    let expiry = expiry.unwrap();
    let until = [expiry.date_time.unwrap(), expiry.time_zone.unwrap()].join(" ");
    let what = "setStatusMessage with an expiry";
    seen.push(format!("{what}: \"{text}\" until {until}"));

    let message = StatusMessage::text("Hey I am available now");
    own.set_status_message(message).await.unwrap();
    let (text, expiry) = status(&own.get().await.unwrap());
    assert_eq!(expiry, None);
    let what = "setStatusMessage without an expiry";
    seen.push(format!("{what}: \"{text}\" until ever"));

    let other = client("Bob").users(id(ADA)).presence().get().await.unwrap();
    let (text, expiry) = status(&other);
    assert_eq!(expiry, None);
    assert_eq!(other.status_message.unwrap().published_date_time, None);
    seen.push(format!(
        "get another user's status message: \"{text}\", \
         neither expiry nor publishing time"
    ));

    own.set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .expiration_duration(Duration::from_secs(8 * 3600))
        .await
        .unwrap();
    let presence = pair(&own.get().await.unwrap());
    seen.push(format!("setUserPreferredPresence: {presence}"));

    let error = as_ada.users(id(NOBODY)).presence().get().await.unwrap_err();
    seen.push(format!("get an unknown user: {}", told(&error)));
    let error = client("Nobody").me().presence().get().await.unwrap_err();
    seen.push(format!("get with a bad token: {}", told(&error)));

    graph.inject(Fault::status(429).retry_after("0"));
    let presence = pair(&pausing.get().await.unwrap());
    seen.push(format!(
        "get when throttled once: {presence} after one retry"
    ));

    assert_eq!(seen, EXPECTED.lines().collect::<Vec<_>>());
}

/// The id of the application's session, as the SDKs send it.
const SESSION: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";

#[tokio::test]
async fn the_rest_of_presence_looks_as_the_sdks_see_it() {
    let graph = graph().await;
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token("Ada").build().unwrap();
    let (me, user) = (client.me().presence(), client.users(id(ADA)).presence());
    let shown = async || pair(&me.get().await.unwrap());
    let mut seen = Vec::new();

    me.set_user_preferred_presence(PreferredPresence::Away)
        .await
        .unwrap();
    seen.push(format!(
        "setUserPreferredPresence at /me: {}",
        shown().await
    ));
    me.clear_user_preferred_presence().await.unwrap();
    seen.push(format!(
        "clearUserPreferredPresence at /me: {}",
        shown().await
    ));
    me.set_status_message(StatusMessage::text("At lunch"))
        .await
        .unwrap();
    let (text, _) = status(&me.get().await.unwrap());
    seen.push(format!("setStatusMessage at /me: \"{text}\""));

    let hour = Duration::from_secs(3600);
    let busy = me.set_presence(SessionPresence::InACall, SESSION);
    busy.expiration_duration(hour).await.unwrap();
    seen.push(format!("setPresence at /me: {}", shown().await));
    let presenting = user.set_presence(SessionPresence::Presenting, SESSION);
    presenting.expiration_duration(hour).await.unwrap();
    let what = "setPresence at /users/{id}, the same session";
    seen.push(format!("{what}: {}", shown().await));
    me.clear_presence(SESSION).await.unwrap();
    seen.push(format!("clearPresence at /me: {}", shown().await));
    let gone = user.clear_presence(SESSION).await.unwrap_err();
    let status = gone.status().unwrap().as_u16();
    seen.push(format!("clearPresence of a session that is gone: {status}"));

    let communications = client.communications();
    let many = communications.get_presences_by_user_id([id(PRESENTER), id(PAUSING)]);
    let many = many.await.unwrap().value;
    let pairs: Vec<String> = many.iter().map(pair).collect();
    seen.push(format!("getPresencesByUserId: {}", pairs.join(", ")));

    // This client reads presences and no users; its batches have tests of their own.
    let others = |line: &&str| !line.starts_with("get /me:") && !line.starts_with("a batch");
    assert_eq!(seen, FAMILY.lines().filter(others).collect::<Vec<_>>());
}
