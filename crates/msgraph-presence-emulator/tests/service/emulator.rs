//! The emulator as a value: its clock, its sessions, its reset, its end.

use crate::http::{CLOSE, get, post, request, send, with_ada};
use msgraph_presence_emulator::{Emulator, Fault, Session, Timestamp, Undocumented, User};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_dropped_emulator_listens_no_more() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.address();
    drop(emulator);
    tokio::task::yield_now().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_reset_goes_back_to_the_state_of_the_start() {
    let time = "2026-11-21T09:00:00Z".parse().unwrap();
    let builder = Emulator::builder().clock(time).assume(Undocumented::Nulls);
    let away = User::new("Ada").out_of_office("Away");
    let ada = away.user_id();
    let emulator = builder.user(away).start().await.unwrap();
    let state = async || {
        let request = request("GET /_emulator/state", &[CLOSE], "");
        send(&emulator, &request).await.json()
    };
    let start = state().await;

    emulator.sign_in(ada);
    emulator.set_out_of_office(ada, None);
    emulator.add_user("Bob");
    emulator.assume(Undocumented::CamelCase);
    emulator.dismiss(Undocumented::Nulls);
    emulator.inject(Fault::reset().on_call(100_000));
    let message = json!({ "statusMessage": { "message": { "content": "Hi" } } });
    post(&emulator, "Ada", "/me/presence/setStatusMessage", message).await;
    let remote = json!({ "workLocationType": "remote" });
    post(&emulator, "Ada", "/me/presence/setManualLocation", remote).await;
    let mut last = get(&emulator, "Ada", "/me/presence").await;
    while last.status == 200 {
        last = get(&emulator, "Ada", "/me/presence").await;
    }
    assert_eq!(last.status, 429);
    emulator.advance(Duration::from_secs(1));
    emulator.run_clock();

    emulator.reset();
    assert_eq!(state().await, start);
    let reply = get(&emulator, "Ada", "/me/presence").await;
    assert_eq!(reply.pair(), "Offline/Offline");
    assert_eq!(emulator.requests()[0].number, 1);
}

#[tokio::test]
async fn sessions_of_the_start_are_as_old_after_a_reset_as_at_the_start() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    emulator.advance(Duration::from_secs(86_400));
    emulator.reset();
    let ahead = emulator.now().duration_since(Timestamp::now());
    assert!(ahead.abs().as_secs() < 60, "{ahead}");
}

/// The expiry that a client sends: 25 minutes from now, by the machine's clock.
fn message_for_25_minutes() -> Value {
    let expiry = Timestamp::now() + Duration::from_secs(25 * 60);
    let local = expiry.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    json!({
        "statusMessage": {
            "message": { "content": "Back soon", "contentType": "text" },
            "expiryDateTime": { "dateTime": local, "timeZone": "UTC" }
        }
    })
}

#[tokio::test]
async fn a_message_lasts_as_long_as_it_was_set_for_however_far_the_clock_was_advanced() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    let path = "/me/presence/setStatusMessage";
    let has_message = async || {
        let read = get(&emulator, "Ada", "/me/presence").await.json();
        !read["statusMessage"].is_null()
    };
    let minutes = |n: u64| Duration::from_secs(60 * n);
    for advanced in [0, 60, 60 * 24 * 400] {
        emulator.advance(minutes(advanced));
        post(&emulator, "Ada", path, message_for_25_minutes()).await;
        assert!(has_message().await, "{advanced}");
        emulator.advance(minutes(23));
        assert!(has_message().await, "{advanced}");
        emulator.advance(minutes(3));
        assert!(!has_message().await, "{advanced}");
    }
    // A clock that was set is the client's, too: an expiry is as it is written.
    emulator.set_clock("2001-01-01T00:00:00Z".parse().unwrap());
    post(&emulator, "Ada", path, message_for_25_minutes()).await;
    emulator.advance(minutes(24 * 60));
    assert!(has_message().await);
    emulator.set_clock("3001-01-01T00:00:00Z".parse().unwrap());
    post(&emulator, "Ada", path, message_for_25_minutes()).await;
    assert!(!has_message().await);
    let warning = emulator
        .requests()
        .iter()
        .rev()
        .find_map(|request| request.warning.clone());
    assert!(warning.unwrap().starts_with("the message has expired: "));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_follows_tokio_goes_by_what_the_client_waits() {
    let time = "2026-11-21T09:00:00Z".parse().unwrap();
    let hour = Duration::from_secs(3600);
    for builder in [Emulator::builder(), Emulator::builder().clock(time)] {
        let emulator = builder.user("Ada").follow_tokio().start().await.unwrap();
        let start = emulator.now();
        tokio::time::sleep(hour).await;
        assert_eq!(emulator.now().duration_since(start).as_secs(), 3600);
        emulator.advance(hour);
        tokio::time::advance(hour).await;
        assert_eq!(emulator.now().duration_since(start).as_secs(), 3 * 3600);

        // The limit is over when the client has waited as long as it was told.
        let mut last = get(&emulator, "Ada", "/me/presence").await;
        while last.status == 200 {
            last = get(&emulator, "Ada", "/me/presence").await;
        }
        let wait = last.header("retry-after").unwrap().parse().unwrap();
        tokio::time::sleep(Duration::from_secs(wait)).await;
        assert_eq!(get(&emulator, "Ada", "/me/presence").await.status, 200);

        emulator.reset();
        let since_start = emulator.now().duration_since(start).as_secs();
        assert!(since_start < 60, "{since_start}");
        emulator.set_clock(time);
        tokio::time::sleep(hour).await;
        assert_eq!(emulator.now(), time);
        emulator.run_clock();
        tokio::time::sleep(hour).await;
        assert_eq!(emulator.now().duration_since(time).as_secs(), 3600);
    }
}

#[tokio::test]
async fn responses_carry_the_time_of_the_emulators_clock() {
    let (emulator, ..) = with_ada().await;
    let day = Duration::from_secs(86_400);
    for date in ["Sat, 21 Nov 2026", "Sun, 22 Nov 2026", "Mon, 23 Nov 2026"] {
        let reply = get(&emulator, "Ada", "/me/presents").await;
        assert_eq!(reply.header("date"), Some(&*format!("{date} 09:00:00 GMT")));
        let now = emulator.now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        assert_eq!(reply.json()["error"]["innerError"]["date"], now);
        emulator.advance(day);
    }
    let before = emulator.now();
    emulator.run_clock();
    assert!(emulator.now() >= before);
}

#[tokio::test]
async fn what_was_seen_to_expire_stays_so_when_the_clock_is_set_back() {
    let (emulator, ada, token) = with_ada().await;
    let start = emulator.now();
    let body = json!({
        "statusMessage": {
            "message": { "content": "In a meeting", "contentType": "text" },
            "expiryDateTime": { "dateTime": "2026-11-21T09:30:00", "timeZone": "UTC" }
        }
    });
    let path = format!("/users/{ada}/presence/setStatusMessage");
    post(&emulator, &token, &path, body).await;
    let has_message = async || {
        let read = get(&emulator, &token, "/me/presence").await.json();
        !read["statusMessage"].is_null()
    };
    assert!(has_message().await);
    emulator.advance(Duration::from_secs(1800));
    assert!(!has_message().await);
    emulator.set_clock(start);
    assert!(!has_message().await);
}

#[tokio::test]
async fn a_session_that_has_expired_is_no_session_to_end_or_to_touch() {
    let (emulator, ada, _) = with_ada().await;
    let second = Duration::from_secs(1);
    let short = emulator.sign_in_with(ada, Session::default().expires_in(second));
    let other = emulator.sign_in_with(ada, Session::default().expires_in(second));
    assert!(emulator.touch_session(ada, short));
    emulator.advance(second);
    assert!(!emulator.touch_session(ada, short));
    assert!(!emulator.end_session(ada, short));
    assert!(!emulator.end_session(ada, other));
}
