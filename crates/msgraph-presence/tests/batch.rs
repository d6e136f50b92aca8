//! JSON batches, over loopback, against the emulator.

#![cfg(test)]

use msgraph_presence::{
    Availability, Client, ErrorKind, PreferredPresence, RetryPolicy, SessionPresence,
    StatusMessage, UserId,
};
use msgraph_presence_emulator::{Emulator, Fault, Undocumented};
use std::time::Duration;

/// An emulator with so many users, and a client that waits for nothing but `Retry-After`.
async fn team(count: usize) -> (Emulator, Vec<UserId>, Client) {
    let graph = Emulator::builder().unthrottled().start().await.unwrap();
    let users = (0..count).map(|n| graph.add_user(n.to_string().as_str()));
    let users: Vec<_> = users.collect();
    let builder = Client::builder().base_url(graph.base_url());
    let builder = builder.retry(RetryPolicy::default().first_wait(Duration::ZERO));
    let client = builder.token(graph.application_token()).build().unwrap();
    (graph, users, client)
}

/// The number of batches that came, and of requests in them.
fn came(graph: &Emulator) -> (usize, usize) {
    let requests = graph.requests();
    let parts = requests.iter().filter(|request| request.part.is_some());
    let parts = parts.count();
    (requests.len() - parts, parts)
}

fn message(graph: &Emulator, user: UserId) -> Option<String> {
    let message = graph.presence(user)?.status_message?;
    message.text().map(str::to_owned)
}

#[tokio::test]
async fn five_hundred_messages_take_twenty_five_requests() {
    let (graph, team, client) = team(500).await;
    let requests = team.iter().zip(0..).map(|(user, n)| {
        let message = StatusMessage::text(format!("Message {n}"));
        client.users(*user).presence().set_status_message(message)
    });
    let results = client.batch().send_all(requests).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(came(&graph), (25, 500));
    for (user, n) in team.iter().zip(0..) {
        assert_eq!(message(&graph, *user), Some(format!("Message {n}")));
    }
}

#[tokio::test]
async fn requests_of_all_kinds_have_their_own_results_also_in_reverse_order() {
    for behaviour in [Undocumented::BatchReversed, Undocumented::NoContent] {
        let (graph, team, client) = team(4).await;
        graph.assume(behaviour);
        graph.sign_in(team[0]);
        let user = |n: usize| client.users(team[n]).presence();
        let unknown: UserId = "66825e03-7ef5-42da-9069-724602c31f6b".parse().unwrap();
        let application = "22553876-f5ab-4529-bffb-cfe50aa89f87";

        let mut batch = client.batch();
        let read = batch.add(user(0).get().select(["id", "availability"]));
        let not_found = batch.add(client.users(unknown).presence().get());
        let me = batch.add(client.me().presence().get());
        let many = batch.add(
            client
                .communications()
                .get_presences_by_user_id([team[0], team[1]]),
        );
        let busy = PreferredPresence::Busy;
        let preferred = batch.add(user(1).set_user_preferred_presence(busy));
        let session = batch.add(user(2).set_presence(SessionPresence::InACall, application));
        let clear = batch.add(user(3).clear_user_preferred_presence());
        batch.send().await;

        let read = read.into_result().unwrap();
        assert_eq!(read.availability, Some(Availability::Available));
        let error = not_found.into_result().unwrap_err();
        assert!(error.is_not_found());
        // An application has no `/me`, and the hint of the operation says so.
        let error = me.into_result().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        assert!(error.to_string().contains("hint"), "{error}");
        assert_eq!(many.into_result().unwrap().value.len(), 2);
        for result in [
            preferred.into_result(),
            session.into_result(),
            clear.into_result(),
        ] {
            assert!(result.unwrap().status().is_success());
        }
        assert_eq!(came(&graph), (1, 7));
    }
}

#[tokio::test]
async fn only_the_throttled_requests_are_sent_again() {
    let (graph, team, client) = team(20).await;
    let operation = "users.GetPresence";
    for call in [2, 5, 11] {
        let fault = Fault::status(429).retry_after("0.05").on_call(call);
        graph.inject(fault.for_operation(operation));
    }
    let requests = team.iter().map(|user| client.users(*user).presence().get());
    let results = client.batch().send_all(requests).await;
    let attempts = results.iter().map(|one| one.as_ref().unwrap().attempts());
    assert_eq!(attempts.sum::<u32>(), 23);
    assert_eq!(came(&graph), (2, 23));
    let ids = results
        .iter()
        .map(|one| one.as_ref().unwrap().user_id().unwrap());
    assert!(ids.eq(team));
}

#[tokio::test]
async fn a_batch_is_sent_again_when_the_whole_of_it_fails() {
    for fault in [
        Fault::status(503).retry_after("0.05"),
        Fault::status(429).retry_after("0.05"),
        Fault::reset().applied(),
        Fault::close(),
        Fault::garbage(),
        Fault::html(502),
    ] {
        let (graph, team, client) = team(20).await;
        let text = format!("{fault:?}");
        graph.inject(fault.for_operation("$batch"));
        let requests = team.iter().map(|user| {
            let message = StatusMessage::text("Back at two");
            client.users(*user).presence().set_status_message(message)
        });
        let results = client.batch().send_all(requests).await;
        for result in results {
            assert_eq!(result.unwrap().attempts(), 2, "{text}");
        }
        let is_set = |user: &UserId| message(&graph, *user).as_deref() == Some("Back at two");
        assert!(team.iter().all(is_set), "{text}");
    }
}
