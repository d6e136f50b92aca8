//! The emulator as a value: its clock, its sessions, its reset, its end.

use crate::http::{get, post, with_ada};
use msgraph_presence_emulator::{Emulator, Session};
use serde_json::json;
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
async fn a_reset_forgets_everything_but_who_there_is() {
    let emulator = Emulator::builder().user("Ada").start().await.unwrap();
    let time = "2026-11-21T09:00:00Z".parse().unwrap();
    emulator.set_clock(time);
    let ada = emulator.add_user("Ada");
    emulator.sign_in(ada);
    let mut last = get(&emulator, "Ada", "/me/presence").await;
    while last.status == 200 {
        last = get(&emulator, "Ada", "/me/presence").await;
    }
    assert_eq!(last.status, 429);

    emulator.reset();
    assert!(emulator.requests().is_empty());
    assert_eq!(emulator.now(), time);
    let reply = get(&emulator, "Ada", "/me/presence").await;
    assert_eq!(reply.pair(), "Offline/Offline");
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
