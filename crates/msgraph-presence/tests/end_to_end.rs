//! The whole way: the client, over loopback, to the emulator and back.

#![cfg(test)]

use msgraph_presence::{
    Activity, Availability, BodyType, Client, ErrorKind, PreferredPresence, StatusMessage, UserId,
};
use msgraph_presence_emulator::{Emulator, Expected, Fault, Token, Undocumented};
use serde_json::json;
use std::time::{Duration, SystemTime};

/// An emulator at a known time, two users of it, and a client for each.
struct World {
    graph: Emulator,
    ada: UserId,
    as_ada: Client,
    as_grace: Client,
}

async fn world() -> World {
    let start = "2026-11-21T09:00:00Z".parse().unwrap();
    let graph = Emulator::builder().clock(start).start().await.unwrap();
    let ada = graph.add_user("Ada");
    let grace = graph.add_user("Grace");
    let as_user = |user| {
        let token = Token::delegated(user).expires_in(Duration::from_secs(30 * 86_400));
        client(&graph, graph.token(token))
    };
    let (as_ada, as_grace) = (as_user(ada), as_user(grace));
    World {
        graph,
        ada,
        as_ada,
        as_grace,
    }
}

fn client(graph: &Emulator, token: String) -> Client {
    let builder = Client::builder().base_url(graph.base_url());
    builder.token(token).build().unwrap()
}

/// The pair that shows, as one reads it.
async fn pair(client: &Client, user: UserId) -> (Availability, Activity) {
    let presence = client.users(user).presence().get().await.unwrap();
    (presence.availability.unwrap(), presence.activity.unwrap())
}

/// Compiles for what a task can take along.
fn owned<T: Send + 'static>(value: T) -> T {
    value
}

#[tokio::test]
async fn handles_requests_and_futures_are_send_and_static_and_outlive_the_client() {
    let World {
        graph, ada, as_ada, ..
    } = world().await;
    owned(as_ada.me());
    owned(as_ada.users(ada));
    owned(as_ada.communications());
    let me = owned(as_ada.me().presence());
    let user = owned(as_ada.users(ada).presence());
    let communications = owned(as_ada.communications().presences(ada));
    drop(as_ada);
    let requests = [
        owned(owned(me.get()).into_future()),
        owned(owned(user.get()).into_future()),
        owned(owned(communications.get()).into_future()),
    ];
    let message = owned(user.set_status_message(StatusMessage::text("out")));
    let preferred = owned(user.set_user_preferred_presence(PreferredPresence::Away));
    drop((me, user, communications));
    tokio::spawn(owned(message.send())).await.unwrap().unwrap();
    let set = tokio::spawn(owned(preferred.send())).await.unwrap();
    assert_eq!(set.unwrap().attempts(), 1);
    for request in requests {
        let presence = tokio::spawn(request).await.unwrap().unwrap();
        assert_eq!(presence.status_message.unwrap().text(), Some("out"));
    }
    assert_eq!(graph.requests().len(), 5);
}

#[tokio::test]
async fn a_presence_is_read_on_all_three_paths() {
    let world = world().await;
    world.graph.sign_in(world.ada);
    let me = world.as_ada.me().presence().get().await.unwrap();
    let presence = world.as_ada.users(world.ada).presence();
    let user = presence.get().await.unwrap();
    let communications = world.as_ada.communications().presences(world.ada);
    let bare = communications.get().await.unwrap();
    world.graph.assume(Undocumented::Envelope);
    let wrapped = communications.get().await.unwrap();
    for presence in [&me, &user, &bare, &wrapped] {
        assert_eq!(presence.id, world.ada.to_string());
        assert_eq!(presence.availability, Some(Availability::Available));
        assert_eq!(presence.activity, Some(Activity::Available));
    }
    let context = me.additional_data.get("@odata.context");
    assert!(context.is_some(), "{me:?}");
}

#[tokio::test]
async fn a_preferred_presence_shows_only_while_there_is_a_session() {
    let World {
        graph, ada, as_ada, ..
    } = world().await;
    let presence = as_ada.users(ada).presence();
    presence
        .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .expiration_duration(Duration::from_secs(8 * 3600))
        .await
        .unwrap();
    let offline = (Availability::Offline, Activity::Offline);
    assert_eq!(pair(&as_ada, ada).await, offline);
    graph.sign_in(ada);
    let disturbed = (Availability::DoNotDisturb, Activity::DoNotDisturb);
    assert_eq!(pair(&as_ada, ada).await, disturbed);
    graph.advance(Duration::from_secs(8 * 3600));
    assert_ne!(pair(&as_ada, ada).await, disturbed);
}

#[tokio::test]
async fn every_preferred_presence_is_sent_shown_and_expires_by_default_as_documented() {
    for preferred in PreferredPresence::ALL {
        let World {
            graph, ada, as_ada, ..
        } = world().await;
        graph.sign_in(ada);
        let presence = as_ada.users(ada).presence();
        let untouched = async |graph: &Emulator| {
            graph.sign_out(ada);
            graph.sign_in(ada);
            pair(&as_ada, ada).await
        };
        presence
            .set_user_preferred_presence(*preferred)
            .await
            .unwrap();
        let shown = (preferred.availability(), preferred.activity());
        assert_eq!(pair(&as_ada, ada).await, shown);
        let expiry = preferred.default_expiration_duration();
        graph.advance(expiry - Duration::from_secs(1));
        assert_eq!(untouched(&graph).await, shown, "{preferred:?}");
        graph.advance(Duration::from_secs(1));
        let plain = (Availability::Available, Activity::Available);
        assert_eq!(untouched(&graph).await, plain, "{preferred:?}");
    }
}

#[tokio::test]
async fn a_status_message_is_read_back_and_hides_its_times_from_others() {
    let World {
        graph,
        ada,
        as_ada,
        as_grace,
    } = world().await;
    let until = SystemTime::from(graph.now()) + Duration::from_secs(1500);
    let message = StatusMessage::text("In a meeting").expires_at(until);
    let presence = as_ada.users(ada).presence();
    presence.set_status_message(message).await.unwrap();

    let own = as_ada.me().presence().get().await.unwrap();
    let own = own.status_message.unwrap();
    let text = own.message.unwrap();
    assert_eq!(text.content.as_deref(), Some("In a meeting"));
    assert_eq!(text.content_type, Some(BodyType::Text));
    let expiry = own.expiry_date_time.unwrap();
    assert_eq!(expiry.time_zone.as_deref(), Some("UTC"));
    assert!(expiry.date_time.unwrap().starts_with("2026-11-21T09:25:00"));
    assert!(own.published_date_time.is_some());

    let seen = as_grace.users(ada).presence().get().await.unwrap();
    let seen = seen.status_message.unwrap();
    assert_eq!(seen.text(), Some("In a meeting"));
    let times = (seen.expiry_date_time, seen.published_date_time);
    assert_eq!(times, (None, None));

    graph.advance(Duration::from_secs(1500));
    let gone = as_ada.me().presence().get().await.unwrap();
    assert_eq!(gone.status_message, None);
}

#[tokio::test]
async fn clearing_leaves_no_text() {
    let world = world().await;
    let presence = world.as_ada.users(world.ada).presence();
    presence
        .set_status_message(StatusMessage::text("Hello"))
        .await
        .unwrap();
    presence
        .set_status_message(StatusMessage::clear())
        .await
        .unwrap();
    let read = world.as_ada.me().presence().get().await.unwrap();
    let message = read.status_message.unwrap_or_default();
    assert_eq!(message.text(), None);
}

#[tokio::test]
async fn an_application_sets_the_presence_of_any_user() {
    let World { graph, ada, .. } = world().await;
    let application = client(&graph, graph.application_token());
    let presence = application.users(ada).presence();
    presence
        .set_user_preferred_presence(PreferredPresence::Offline)
        .expiration_duration(Duration::from_secs(90 * 60))
        .await
        .unwrap();
    let body = json!({
        "availability": "Offline",
        "activity": "OffWork",
        "expirationDuration": "PT90M",
    });
    let sent = Expected::post("/presence/setUserPreferredPresence").json(body);
    graph
        .received(sent.header("content-type", "application/json"))
        .unwrap();
}

#[tokio::test]
async fn what_is_selected_comes_and_nothing_else() {
    let World {
        graph, ada, as_ada, ..
    } = world().await;
    let selected = ["availability", "activity"];
    let presence = as_ada
        .users(ada)
        .presence()
        .get()
        .select(selected)
        .await
        .unwrap();
    assert_eq!(presence.availability, Some(Availability::Offline));
    assert_eq!((presence.id.as_str(), presence.sequence_number), ("", None));
    let sent = Expected::get("/presence").query("$select=availability,activity");
    graph.received(sent).unwrap();
}

#[tokio::test]
async fn send_gives_the_whole_response() {
    let world = world().await;
    let response = world.as_ada.me().presence().get().send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.attempts(), 1);
    assert!(response.request_id().is_some());
    assert!(response.client_request_id().is_some());
    assert_eq!(response.value().availability, Some(Availability::Offline));
}

#[tokio::test]
async fn both_successes_of_a_post_are_taken() {
    let World {
        graph, ada, as_ada, ..
    } = world().await;
    let presence = as_ada.users(ada).presence();
    let set = || {
        presence
            .set_status_message(StatusMessage::text("Hello"))
            .send()
    };
    assert_eq!(set().await.unwrap().status(), 200);
    graph.assume(Undocumented::NoContent);
    assert_eq!(set().await.unwrap().status(), 204);
}

#[tokio::test]
async fn values_of_another_case_and_unknown_ones_are_read() {
    let World {
        graph, ada, as_ada, ..
    } = world().await;
    graph.sign_in(ada);
    graph.assume(Undocumented::CamelCase);
    let plain = (Availability::Available, Activity::Available);
    assert_eq!(pair(&as_ada, ada).await, plain);
    graph.inject(Fault::unknown_value());
    let (availability, activity) = pair(&as_ada, ada).await;
    let unknown = matches!(availability, Availability::UnknownValue(_))
        || matches!(activity, Activity::UnknownValue(_));
    assert!(unknown, "{availability:?} {activity:?}");
}

#[tokio::test]
async fn a_body_the_service_should_not_send_keeps_the_status_and_the_request_id() {
    let World { graph, as_ada, .. } = world().await;
    graph.inject(Fault::garbage());
    let error = as_ada.me().presence().get().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert_eq!(error.status().unwrap(), 200);
    assert!(error.request_id().is_some(), "{error:?}");
}

#[tokio::test]
async fn what_is_refused_here_is_never_sent() {
    let World {
        graph, ada, as_ada, ..
    } = world().await;
    let presence = as_ada.users(ada).presence();
    let preferred = presence.set_user_preferred_presence(PreferredPresence::Busy);
    let zero = preferred
        .expiration_duration(Duration::ZERO)
        .await
        .unwrap_err();
    let message = StatusMessage::text("x").expires_at_local("2026-11-21T17:30:00Z", "UTC");
    let offset = presence.set_status_message(message).await.unwrap_err();
    for error in [zero, offset] {
        assert_eq!(error.kind(), ErrorKind::Request, "{error}");
        assert_eq!(error.attempts(), 0);
    }
    assert_eq!(graph.requests_received(), 0);
}

#[test]
fn a_user_principal_name_is_refused_with_the_cure() {
    let refusal = "ada@contoso.com".parse::<UserId>().unwrap_err().to_string();
    assert!(refusal.contains("object id"), "{refusal}");
    assert!(refusal.contains("$select=id"), "{refusal}");
    assert!(!refusal.contains("ada@"), "{refusal}");
}
