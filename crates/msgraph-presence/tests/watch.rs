//! A watch against the emulator, which fails, restarts and comes back.

#![cfg(test)]

use msgraph_presence::{Activity, Availability, Client, PreferredPresence, Watch, WatchEvent};
use msgraph_presence_emulator::{Emulator, Fault, Session};
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_millis(20);

/// The next event, which must come in time.
async fn next(watch: &mut Watch) -> WatchEvent {
    let next = timeout(Duration::from_secs(60), watch.next()).await;
    next.expect("an event comes")
        .expect("the watch does not end")
}

async fn availability(watch: &mut Watch) -> Availability {
    match next(watch).await {
        WatchEvent::Changed { now, .. } => now.availability.clone().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_light_follows_its_user_through_an_outage() {
    let graph = Emulator::start().await.unwrap();
    let ada = graph.add_user("Ada");
    graph.sign_in(ada);
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.token_for(ada)).build().unwrap();
    let mut watch = client.watch().me().every(SOON).start();
    assert_eq!(availability(&mut watch).await, Availability::Available);

    let call = Session::new(Availability::Busy, Activity::InACall);
    let call = graph.sign_in_with(ada, call);
    assert_eq!(availability(&mut watch).await, Availability::Busy);

    graph.inject(Fault::status(502).times(2));
    let stale = next(&mut watch).await;
    assert!(
        matches!(&stale, WatchEvent::Stale { error, .. } if error.status().unwrap() == 502),
        "{stale:?}"
    );
    assert!(matches!(next(&mut watch).await, WatchEvent::Fresh { .. }));

    graph.inject(Fault::status(429).retry_after("1").times(1));
    assert!(matches!(next(&mut watch).await, WatchEvent::Stale { .. }));
    graph.end_session(ada, call);
    assert!(matches!(next(&mut watch).await, WatchEvent::Fresh { .. }));
    assert_eq!(availability(&mut watch).await, Availability::Available);

    let presence = client.users(ada).presence();
    presence
        .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .await
        .unwrap();
    assert_eq!(availability(&mut watch).await, Availability::DoNotDisturb);
}

#[tokio::test]
async fn a_board_tells_each_user_and_the_one_who_is_not_there() {
    let graph = Emulator::start().await.unwrap();
    let team: Vec<_> = ["Ada", "Grace", "Edsger"]
        .map(|name| graph.add_user(name))
        .to_vec();
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.application_token()).build().unwrap();
    let users = client.watch().users(team.iter().copied()).every(SOON);
    let mut watch = users.start();
    for _ in &team {
        assert_eq!(availability(&mut watch).await, Availability::Offline);
    }
    let handle = watch.handle();
    // The stream moves into a task, and the handle stays.
    let task = tokio::spawn(async move {
        let event = next(&mut watch).await;
        (event, watch)
    });
    graph.sign_in(team[1]);
    let (event, watch) = task.await.unwrap();
    let WatchEvent::Changed { user, .. } = event else {
        panic!("{event:?}")
    };
    assert_eq!(user.id(), Some(team[1]));
    assert_eq!(handle.all().len(), 3);
    let known = handle.user(team[1]).unwrap();
    let available = Some(Availability::Available);
    assert_eq!(known.presence.unwrap().availability, available);
    drop(watch);
}

#[cfg(feature = "blocking")]
#[test]
fn a_thread_iterates_over_the_events() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let graph = runtime.block_on(Emulator::start()).unwrap();
    let ada = graph.add_user("Ada");
    graph.sign_in(ada);
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.token_for(ada)).build().unwrap();
    let mut events = client.watch().me().every(SOON).start().blocking();
    let Some(WatchEvent::Changed { now, .. }) = events.next() else {
        panic!()
    };
    assert_eq!(now.availability, Some(Availability::Available));
    graph.sign_out(ada);
    let Some(WatchEvent::Changed { now, .. }) = events.next() else {
        panic!()
    };
    assert_eq!(now.availability, Some(Availability::Offline));
}
