//! The request of every operation, compared with the documentation and the SDKs.

#![cfg(test)]

use msgraph_presence::bodies::SetStatusMessageRequest;
use msgraph_presence::runtime::{
    Attempt, Body, BoxFuture, Operation, Resource, Transport, TransportError, decode,
};
use msgraph_presence::{
    Client, PreferredPresence, Presence, StatusMessage, UserId, operations, runtime,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Every case of the fixture has its call here; what the call sends is the case.
#[tokio::test]
async fn requests_are_what_the_documentation_and_the_sdks_send() {
    let fixture: Value = serde_json::from_str(include_str!(
        "../../msgraph-presence-models/tests/fixtures/wire.json"
    ))
    .unwrap();
    for case in fixture["cases"].as_array().unwrap() {
        let name = case["case"].as_str().unwrap();
        let sent = send(name).await;
        let expected = json!({
            "method": case["method"],
            "path": case["path"],
            "query": case["query"],
            "body": case["body"],
        });
        assert_eq!(sent, expected, "{name}");
    }
}

#[tokio::test]
async fn headers_are_the_documented_ones_and_tell_nothing_about_the_machine() {
    let (client, wire) = recorded();
    let ada = user("fa8bf3dc-eca7-46b7-bad1-db199b62afc3");
    client.me().presence().get().await.unwrap();
    client
        .users(ada)
        .presence()
        .set_status_message(StatusMessage::text("Hello"))
        .await
        .unwrap();
    let names = |index: usize| -> Vec<String> {
        let sent = wire.0.lock().unwrap();
        let mut names: Vec<_> = sent[index]
            .headers
            .keys()
            .map(ToString::to_string)
            .collect();
        names.sort();
        names
    };
    let get = [
        "accept",
        "accept-encoding",
        "authorization",
        "client-request-id",
        "prefer",
        "user-agent",
    ];
    let post = [
        "accept",
        "accept-encoding",
        "authorization",
        "client-request-id",
        "content-type",
        "prefer",
        "user-agent",
    ];
    assert_eq!(names(0), get);
    assert_eq!(names(1), post);
    let sent = wire.0.lock().unwrap();
    assert_eq!(sent[0].headers["authorization"], "Bearer secret");
    assert_eq!(sent[0].headers["accept"], "application/json");
    // Otherwise the service tells `unknownFutureValue` in the place of what is new.
    assert_eq!(sent[0].headers["prefer"], "include-unknown-enum-members");
    assert_eq!(sent[1].headers["content-type"], "application/json");
}

/// Makes the call of a case, and gives what it sent.
async fn send(case: &str) -> Value {
    let (client, wire) = recorded();
    let users = |id| client.users(user(id)).presence();
    let ada = || users("fa8bf3dc-eca7-46b7-bad1-db199b62afc3");
    let prefer = |preferred| ada().set_user_preferred_presence(preferred);
    let message = |message| ada().set_status_message(message);
    let text = StatusMessage::text;
    let sent = match case {
        "get.me" => client.me().presence().get().await.map(drop),
        "get.user" => ada().get().await.map(drop),
        "get.user.select" => ada()
            .get()
            .select(["availability", "activity"])
            .await
            .map(drop),
        "get.communications" => {
            let id = user("dc74d9bb-6afe-433d-8eaa-e39d80d3a647");
            client.communications().presences(id).get().await.map(drop)
        }
        "pref.Available.Available.none" => prefer(PreferredPresence::Available).await,
        "pref.Away.Away.P1D" => {
            prefer(PreferredPresence::Away)
                .expiration_duration(hours(24))
                .await
        }
        "pref.Offline.OffWork.PT8H" => {
            prefer(PreferredPresence::Offline)
                .expiration_duration(hours(8))
                .await
        }
        "pref.doc.DoNotDisturb.PT8H" => {
            prefer(PreferredPresence::DoNotDisturb)
                .expiration_duration(hours(8))
                .await
        }
        "pref.duration.PT90M" => {
            let duration = Duration::from_secs(90 * 60);
            prefer(PreferredPresence::Busy)
                .expiration_duration(duration)
                .await
        }
        "status.doc1.text.expiry" => {
            let text = text("Hey I'm currently in a meeting.");
            let (time, zone) = ("2022-10-18T17:05:33.2079781", "Pacific Standard Time");
            message(text.expires_at_local(time, zone)).await
        }
        "status.doc2.text.noexpiry" => message(text("Hey I am available now")).await,
        "status.empty" => message(StatusMessage::clear()).await,
        "status.unicode" => message(text(UNICODE)).await,
        _ => send_to_segment(&client, case).await,
    };
    sent.unwrap();
    wire.only()
}

/// The cases `path.user."…"` and `path.status."…"`: ids that a [`UserId`] cannot hold, as
/// the runtime encodes them for whichever generated client.
async fn send_to_segment(client: &Client, case: &str) -> Result<(), msgraph_presence::Error> {
    let id: String = case
        .split_once('"')
        .map(|(_, id)| id.trim_end_matches('"').into())
        .unwrap();
    let client: &runtime::Client = client.as_ref();
    let presence = Resource::root(client)
        .fixed("users")
        .parameter(id)
        .fixed("presence");
    let get: &'static Operation = &operations::USERS_PRESENCE_GET;
    let set: &'static Operation = &operations::USERS_PRESENCE_SET_STATUS_MESSAGE;
    if case.starts_with("path.user.") {
        presence
            .request(get, decode::object::<Presence>)
            .await
            .map(drop)
    } else {
        let body = StatusMessage::text("x")
            .try_into()
            .map(SetStatusMessageRequest::new);
        presence
            .fixed("setStatusMessage")
            .request(set, decode::nothing)
            .body(body)
            .await
    }
}

const UNICODE: &str =
    "Grüße – 会議中 – 👩\u{200d}💻 🚀 – \u{200f}עברית – e\u{301} – \u{2028}\u{2029}";

fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

/// A client whose transport keeps what it is given, and answers each GET with a presence.
fn recorded() -> (Client, Wire) {
    let wire = Wire::default();
    let client = Client::builder()
        .token("secret")
        .transport(wire.clone())
        .build()
        .unwrap();
    (client, wire)
}

#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Vec<Attempt>>>);

impl Transport for Wire {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let body = if attempt.method == "GET" {
            r#"{"id":"1"}"#
        } else {
            ""
        };
        self.0.lock().unwrap().push(attempt);
        Box::pin(async move { Ok(http::Response::new(Body::from(body))) })
    }
}

impl Wire {
    /// The one request that was sent, as the fixture writes it.
    fn only(&self) -> Value {
        let sent = self.0.lock().unwrap();
        assert_eq!(sent.len(), 1);
        let url = sent[0]
            .url()
            .strip_prefix("https://graph.microsoft.com")
            .unwrap();
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let body: Value = match &sent[0].body[..] {
            [] => Value::Null,
            json => serde_json::from_slice(json).unwrap(),
        };
        json!({ "method": sent[0].method.as_str(), "path": path, "query": query, "body": body })
    }
}
