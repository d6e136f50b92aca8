//! The operations around the three endpoints: what each sends, compared with the documentation, and
//! what is refused before anything is sent.

#![cfg(test)]

use msgraph_presence::{
    Attempt, Body, BoxFuture, Client, Cloud, Error, ErrorKind, PreferredPresence, SessionPresence,
    StatusMessage, Transport, TransportError, UserId, WorkLocationType,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ADA: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
const GRACE: &str = "66825e03-7ef5-42da-9069-724602c31f6b";
const APP: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";

/// Responds with an empty collection, and keeps what it was sent.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Vec<Attempt>>>);

impl Transport for Wire {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        self.0.lock().unwrap().push(attempt);
        let body = Body::from(r#"{"value":[]}"#);
        Box::pin(async move { Ok(http::Response::new(body)) })
    }
}

fn recorded() -> (Client, Wire) {
    let wire = Wire::default();
    let client = Client::builder().token("secret").transport(wire.clone());
    (client.build().unwrap(), wire)
}

fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

#[tokio::test]
async fn requests_are_what_the_documentation_shows() {
    let (client, wire) = recorded();
    let (me, ada) = (client.me().presence(), client.users(user(ADA)).presence());
    let hour = Duration::from_secs(3600);
    let session = json!({"sessionId": APP});
    let office = json!({"workLocationType": "office", "placeId": "eb706f15"});
    let mut expected = Vec::new();
    let mut expect = |path: &str, body: Value| expected.push((path.to_owned(), body));

    let message = StatusMessage::text("Hello");
    me.set_status_message(message).await.unwrap();
    let hello = json!({"message": {"content": "Hello", "contentType": "text"}});
    expect(
        "/me/presence/setStatusMessage",
        json!({"statusMessage": hello}),
    );

    let away = PreferredPresence::Away;
    me.set_user_preferred_presence(away).await.unwrap();
    let pair = json!({"availability": "Away", "activity": "Away"});
    expect("/me/presence/setUserPreferredPresence", pair);

    for presence in [SessionPresence::Available, SessionPresence::Presenting] {
        let request = me.set_presence(presence, APP);
        request.expiration_duration(hour).await.unwrap();
    }
    let set = |availability, activity| {
        json!({
            "sessionId": APP,
            "availability": availability,
            "activity": activity,
            "expirationDuration": "PT1H",
        })
    };
    expect("/me/presence/setPresence", set("Available", "Available"));
    expect(
        "/me/presence/setPresence",
        set("DoNotDisturb", "Presenting"),
    );

    me.clear_presence(APP).await.unwrap();
    expect("/me/presence/clearPresence", session.clone());
    me.clear_user_preferred_presence().await.unwrap();
    expect("/me/presence/clearUserPreferredPresence", json!({}));

    let manual = me.set_manual_location(WorkLocationType::Office);
    manual.place_id("eb706f15").await.unwrap();
    expect("/me/presence/setManualLocation", office);
    let automatic = me.set_automatic_location(WorkLocationType::Remote);
    automatic.await.unwrap();
    let remote = json!({"workLocationType": "remote"});
    expect("/me/presence/setAutomaticLocation", remote);
    me.clear_location().await.unwrap();
    expect("/me/presence/clearLocation", Value::Null);
    me.clear_automatic_location().await.unwrap();
    expect("/me/presence/clearAutomaticLocation", Value::Null);

    let call = ada.set_presence(SessionPresence::InACall, APP);
    call.await.unwrap();
    let body = json!({"sessionId": APP, "availability": "Busy", "activity": "InACall"});
    let path = |action: &str| format!("/users/{ADA}/presence/{action}");
    expect(&path("setPresence"), body);
    ada.clear_presence(APP).await.unwrap();
    expect(&path("clearPresence"), session);
    ada.clear_user_preferred_presence().await.unwrap();
    expect(&path("clearUserPreferredPresence"), json!({}));

    let many = client.communications();
    let many = many.get_presences_by_user_id([user(ADA), user(GRACE)]);
    assert_eq!(many.await.unwrap().value, []);
    let ids = json!({"ids": [ADA, GRACE]});
    expect("/communications/getPresencesByUserId", ids);

    let root = "https://graph.microsoft.com/v1.0";
    let sent = wire.0.lock().unwrap();
    let sent = sent.iter().map(|attempt| {
        assert_eq!(attempt.method, "POST");
        let is_json = attempt
            .headers
            .get("content-type")
            .map(|text| text == "application/json");
        assert_eq!(is_json, (!attempt.body.is_empty()).then_some(true));
        let body = serde_json::from_slice(&attempt.body).unwrap_or_default();
        (attempt.url().strip_prefix(root).unwrap().to_owned(), body)
    });
    assert_eq!(sent.collect::<Vec<_>>(), expected);
}

/// The locations that neither a page nor the metadata has in a cloud.
#[tokio::test]
async fn an_operation_that_a_cloud_lacks_is_not_sent() {
    let wire = Wire::default();
    let builder = Client::builder().token("secret").transport(wire.clone());
    let client = builder.cloud(Cloud::UsGovernmentL4).build().unwrap();
    let me = client.me().presence();
    let office = WorkLocationType::Office;
    for refused in [
        me.set_automatic_location(office.clone()).await,
        me.clear_location().await,
        me.clear_automatic_location().await,
    ] {
        let line = refused.unwrap_err().to_string();
        assert!(
            line.contains("does not have this operation; nothing was sent"),
            "{line}"
        );
    }
    assert!(wire.0.lock().unwrap().is_empty());
    me.set_manual_location(office).await.unwrap();
    me.clear_user_preferred_presence().await.unwrap();
    assert_eq!(wire.0.lock().unwrap().len(), 2);
}

/// Each pair that a session can have, and how long it lasts by itself.
#[test]
fn the_five_pairs_of_a_session() {
    let pairs = [
        (SessionPresence::Available, "Available", "Available"),
        (SessionPresence::InACall, "Busy", "InACall"),
        (
            SessionPresence::InAConferenceCall,
            "Busy",
            "InAConferenceCall",
        ),
        (SessionPresence::Away, "Away", "Away"),
        (SessionPresence::Presenting, "DoNotDisturb", "Presenting"),
    ];
    for (presence, availability, activity) in pairs {
        assert_eq!(presence.availability().as_str(), availability);
        assert_eq!(presence.activity().as_str(), activity);
        assert_eq!(
            presence.default_expiration_duration(),
            Duration::from_secs(300)
        );
    }
}

#[tokio::test]
async fn what_the_service_refuses_is_refused_before_it_is_sent() {
    let (client, wire) = recorded();
    let (me, ada) = (client.me().presence(), client.users(user(ADA)).presence());
    let refused = |result: Result<(), Error>, expected: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert_eq!(error.to_string(), expected);
    };
    let many = |count| {
        let ids = (0..count).map(|_| user(ADA));
        client.communications().get_presences_by_user_id(ids)
    };
    for count in [0, 651, 10_000] {
        refused(
            many(count).await.map(drop),
            "communications.getPresencesByUserId: invalid ids: must be 1 to 650 items; \
             use `Client::presences_of`, which takes any number",
        );
    }
    let id = "invalid sessionId: must be at least 1 character; pass the application (client) id";
    let available = SessionPresence::Available;
    refused(
        me.clear_presence("").await,
        &format!("me.presence.clearPresence: {id}"),
    );
    refused(
        ada.clear_presence("").await,
        &format!("users.user.presence.clearPresence: {id}"),
    );
    refused(
        me.set_presence(available, "").await,
        &format!("me.presence.setPresence: {id}"),
    );
    let lasts = |seconds| {
        let call = ada.set_presence(available, APP);
        call.expiration_duration(Duration::from_secs(seconds))
    };
    for (seconds, help) in [
        (299, "longer"),
        (4 * 3600 + 1, "shorter"),
        (86_400, "shorter"),
    ] {
        let line = "users.user.presence.setPresence: invalid expirationDuration: must be PT5M \
            to PT4H; give a";
        refused(lasts(seconds).await, &format!("{line} {help} one"));
    }
    assert!(wire.0.lock().unwrap().is_empty());

    many(650).await.unwrap();
    lasts(300).await.unwrap();
    lasts(4 * 3600).await.unwrap();
    assert_eq!(wire.0.lock().unwrap().len(), 3);
}
