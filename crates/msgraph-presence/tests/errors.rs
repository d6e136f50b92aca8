//! The full texts of errors, reviewed as a snapshot.

#![cfg(test)]

use msgraph_presence::{Attempt, Body, BoxFuture, Transport, TransportError};
use msgraph_presence::{Client, Cloud, Error, SessionPresence, StatusMessage, UserId};
use msgraph_presence_emulator::{Emulator, Fault, Token, Undocumented};
use std::fmt::Write;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn an_error_says_what_happened_and_what_to_do() {
    let graph = Emulator::start().await.unwrap();
    let ada = graph.add_user("Ada");
    let grace = graph.add_user("Grace");
    let stranger: UserId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let delegated = || Token::delegated(ada);
    let application = Token::application;

    let mut texts = String::new();
    let mut note = |title: &str, error: Error| {
        let mut text = error.to_string();
        if let Some(id) = error.request_id() {
            text = text.replace(id, "[id]");
        }
        writeln!(texts, "# {title}\n{text}\n").unwrap();
    };

    let cases = [
        ("an application token on /me", application()),
        (
            "a token without the permission to read",
            delegated().permissions(["User.Read"]),
        ),
        ("an expired token", delegated().expired()),
        (
            "a token of another cloud",
            delegated().cloud(Cloud::UsGovernmentL4),
        ),
        ("a personal account", delegated().personal_account()),
    ];
    for (title, token) in cases {
        let client = client(&graph, token);
        note(title, client.me().presence().get().await.unwrap_err());
    }

    let message = || StatusMessage::text("At lunch with Charles");
    let reads_only = client(&graph, delegated().permissions(["Presence.Read"]));
    let own = reads_only
        .users(ada)
        .presence()
        .set_status_message(message());
    note(
        "a token without the permission to write",
        own.await.unwrap_err(),
    );
    let as_ada = client(&graph, delegated());
    let other = as_ada.users(grace).presence().set_status_message(message());
    note(
        "a delegated token that writes for another user",
        other.await.unwrap_err(),
    );
    let unknown = as_ada.users(stranger).presence().get();
    note(
        "a user who is not in the directory",
        unknown.await.unwrap_err(),
    );

    let calling = SessionPresence::InACall;
    let call = reads_only.me().presence().set_presence(calling, "app");
    note(
        "a token that may not set a session",
        call.await.unwrap_err(),
    );
    let ended = as_ada.me().presence().clear_presence("app");
    note("a session that has expired", ended.await.unwrap_err());
    let ended = as_ada.users(ada).presence().clear_presence("app");
    note("the same by the user's id", ended.await.unwrap_err());
    let many = |client: &Client, count| {
        let ids = std::iter::repeat_n(ada, count);
        client.communications().get_presences_by_user_id(ids)
    };
    let one = many(&reads_only, 1);
    note("many users with Presence.Read", one.await.unwrap_err());
    note("too many users", many(&as_ada, 651).await.unwrap_err());
    graph.assume(Undocumented::UnknownIdsRefused);
    let unknown = as_ada
        .communications()
        .get_presences_by_user_id([ada, stranger]);
    note("one unknown id of many", unknown.await.unwrap_err());

    let mut fail = async |title: &str, fault: Fault| {
        graph.inject(fault);
        note(title, as_ada.me().presence().get().await.unwrap_err());
        graph.clear_faults();
    };
    fail(
        "throttled for an hour",
        Fault::status(429).retry_after("3600").always(),
    )
    .await;
    fail("a gateway's page", Fault::html(502).always()).await;
    fail("a sign-in page of the network", Fault::html(200).always()).await;
    fail(
        "a response that is cut",
        Fault::truncate().after_bytes(200).always(),
    )
    .await;
    fail("a status without a body", Fault::empty(500).always()).await;

    let china = Client::builder().cloud(Cloud::China).token("secret");
    let china = china.transport(Nowhere).build().unwrap();
    note(
        "a cloud without presence",
        china.me().presence().get().await.unwrap_err(),
    );
    let late = as_ada.users(ada).presence();
    let late =
        late.set_status_message(message().expires_at_local("2026-11-21T17:30:00+01:00", "UTC"));
    note("an offset in a local time", late.await.unwrap_err());

    assert!(!texts.contains(&ada.to_string()) && !texts.contains("Charles"));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("errors", texts);
    });
}

fn client(graph: &Emulator, token: Token) -> Client {
    let builder = Client::builder()
        .base_url(graph.base_url())
        .token(graph.token(token));
    builder.timeout(Duration::from_secs(10)).build().unwrap()
}

/// A transport for what must not be sent.
struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        unreachable!("nothing must be sent")
    }
}
