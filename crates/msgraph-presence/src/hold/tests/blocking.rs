//! The blocking forms, on a thread of their own.

use crate::{Client, PreferredPresence, SessionPresence};
use msgraph_presence_emulator::{Emulator, Expected};
use std::time::Duration;

#[test]
fn a_thread_holds_and_keeps_a_session_alive() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let graph = runtime.block_on(Emulator::start()).unwrap();
    let ada = graph.add_user("Ada");
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.token_for(ada)).build().unwrap();
    let me = client.me().presence();
    let shown = || graph.presence(ada).unwrap().is_in_call();

    let session = me.application_session(SessionPresence::InACall, "application");
    let mut session = session.send_blocking().unwrap();
    assert!(session.effect_blocking(Duration::ZERO).unwrap().is_shown());
    let failed = |error: &crate::Error| panic!("{error}");
    session
        .keep_alive_blocking(Duration::from_millis(10), failed)
        .unwrap();
    assert_eq!(shown(), Some(true));

    let hold = me
        .hold(PreferredPresence::Available)
        .message("Hello")
        .lasting("PT1H");
    let mut hold = hold.prepare_blocking().unwrap();
    assert_eq!(shown(), Some(true));
    hold.start_blocking().unwrap();
    hold.extend_blocking("PT1H").unwrap();
    assert!(hold.effect_blocking(Duration::ZERO).unwrap().is_shown());
    hold.release_blocking().unwrap();
    let mut hold = me
        .hold(PreferredPresence::Available)
        .send_blocking()
        .unwrap();
    hold.release_blocking().unwrap();
    assert_eq!(shown(), Some(true));
    session.end_blocking().unwrap();
    assert_eq!(shown(), Some(false));
    graph
        .received(Expected::post("setUserPreferredPresence").times(3))
        .unwrap();

    let hold = me.hold(PreferredPresence::Busy);
    let inside = runtime.block_on(async { hold.send_blocking().unwrap_err() });
    assert!(
        inside
            .to_string()
            .contains("not allowed in an async runtime"),
        "{inside}"
    );
}
