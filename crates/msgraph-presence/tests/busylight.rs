//! The example `busylight` through an outage of the service: what the light shows, step by step.

#![cfg(test)]

#[path = "../examples/busylight.rs"]
mod busylight;

use msgraph_presence::{Activity, Availability, Client};
use msgraph_presence_emulator::{Emulator, Fault, Session};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

#[test]
fn the_example_plays_its_day() {
    // The environment of a test has no token, or the example would watch a real user.
    if std::env::var_os("GRAPH_TOKEN").is_none() {
        busylight::main().unwrap();
    }
}

/// The emulator answers 502, a portal's page, 429, with a broken connection, not at all, and then
/// comes back; before that, the person has joined a call.
#[tokio::test(start_paused = true)]
async fn the_light_is_dim_while_the_service_is_away_and_right_when_it_is_back() {
    let graph = Emulator::start().await.unwrap();
    let ada = graph.add_user("Ada");
    graph.sign_in(ada);
    // A service that says nothing for a minute is given up before.
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.token_for(ada)).build().unwrap();
    let watch = client.watch().me().every(Duration::from_secs(5));
    let (shown, mut seen) = unbounded_channel();
    let light = move |colour: &str| shown.send(colour.to_owned()).unwrap();
    let running = tokio::spawn(busylight::run(watch, light));

    let mut next = async || {
        let colour = timeout(Duration::from_secs(600), seen.recv()).await;
        colour.expect("the light changes").expect("it goes on")
    };
    assert_eq!(next().await, "green");
    let faults = [
        Fault::status(502).times(3),
        Fault::html(200).times(2),
        Fault::status(429).retry_after("1"),
        Fault::reset(),
        Fault::delay(Duration::from_secs(60)),
    ];
    for fault in faults {
        let what = fault.to_string();
        graph.inject(fault);
        assert_eq!(next().await, "dim", "{what}");
        assert_eq!(next().await, "green", "{what}");
    }

    graph.inject(Fault::status(502).always());
    assert_eq!(next().await, "dim");
    let call = Session::new(Availability::Busy, Activity::InACall);
    graph.sign_in_with(ada, call);
    graph.clear_faults();
    // `Fresh` has the new presence, and `Changed` tells it.
    assert_eq!(next().await, "red");
    assert_eq!(next().await, "red");
    running.abort();
}
