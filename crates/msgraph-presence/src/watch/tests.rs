//! Watches under a paused clock, of a service that follows a script or a model.

mod emulated;
mod month;
mod service;

use super::*;
use crate::{Error, Request, UserId};
use serde_json::json;
use service::{LATENCY, Reply, Service, presence, reply};
use std::collections::HashMap;
use std::fmt::Write;
use std::task::Waker;
use std::time::Duration;
use tokio::time::timeout;

const I: Duration = Duration::from_secs(30);

fn user(number: usize) -> UserId {
    let id = format!("00000000-0000-4000-8000-{number:012x}");
    id.parse().unwrap()
}

fn pair(presence: &Presence) -> String {
    let availability = presence.availability.clone().unwrap_or_default();
    let activity = presence.activity.clone().unwrap_or_default();
    format!("{availability} {activity}")
}

fn show(event: &WatchEvent) -> String {
    let failure = |error: &Error| match error.status() {
        Some(status) => format!("{:?} {}", error.kind(), status.as_u16()),
        None => format!("{:?}", error.kind()),
    };
    match event {
        WatchEvent::Changed { before, now, .. } => match before {
            Some(before) => format!("{} -> {}", pair(before), pair(now)),
            None => pair(now),
        },
        WatchEvent::Stale { error, .. } => format!("stale {}", failure(error)),
        WatchEvent::Fresh { users, presences } => {
            assert_eq!(users.len(), presences.len());
            "fresh".to_owned()
        }
        WatchEvent::Gone { error, .. } => format!("gone {}", failure(error)),
    }
}

/// The events of that time.
async fn events(watch: &mut Watch, time: Duration) -> Vec<WatchEvent> {
    let end = Instant::now() + time;
    let mut events = Vec::new();
    while let Ok(Some(event)) = tokio::time::timeout_at(end, watch.next()).await {
        events.push(event);
    }
    events
}

/// A service that responds with these, one after the other, and then on and on with the last.
fn script(replies: &'static [&'static str]) -> Service {
    let mut sent = 0;
    Service::new(move |_, ids| {
        sent += 1;
        reply(ids, replies[(sent - 1).min(replies.len() - 1)])
    })
}

type Row = (&'static [&'static str], &'static [&'static str]);

async fn check(rows: &[Row], builder: impl Fn(WatchBuilder) -> WatchBuilder) {
    let mut wrong = String::new();
    for (replies, expected) in rows {
        let service = script(replies);
        let mut watch = service.start(builder(service.client().watch().every(I)));
        let told = events(&mut watch, Duration::from_secs(7200)).await;
        let told: Vec<_> = told.iter().map(show).collect();
        if told != *expected {
            writeln!(wrong, "{replies:?}\n  {told:?}\n  {expected:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test(start_paused = true)]
async fn each_order_of_responses_gives_its_events() {
    const A: &str = "Available Available";
    const CALL: &str = "Busy InACall";
    let rows: &[Row] = &[
        (&[A, A, A], &[A]),
        (
            &[A, CALL, CALL, A],
            &[
                A,
                "Available Available -> Busy InACall",
                "Busy InACall -> Available Available",
            ],
        ),
        (
            &[A, "Moon OnTheMoon"],
            &[A, "Available Available -> Moon OnTheMoon"],
        ),
        // A known presence stays known, and is told again only when it has changed.
        (&[A, "502", "503", A], &[A, "stale Service 502", "fresh"]),
        (
            &[A, "502", CALL],
            &[
                A,
                "stale Service 502",
                "fresh",
                "Available Available -> Busy InACall",
            ],
        ),
        (
            &[A, "portal", "broken", "silent", A],
            &[A, "stale Body 200", "fresh"],
        ),
        (&[A, "silent", "silent", A], &[A, "stale Timeout", "fresh"]),
        (&[A, "401", "401", A], &[A, "stale Service 401", "fresh"]),
        (&[A, "429 70", A], &[A, "stale Service 429", "fresh"]),
        (&["502", A], &["stale Service 502", "fresh", A]),
        (
            &[A, "502", A, "504", A],
            &[
                A,
                "stale Service 502",
                "fresh",
                "stale Service 504",
                "fresh",
            ],
        ),
        // One who is gone is told once, and again when there is a presence.
        (&[A, "404", "404", A], &[A, "gone Service 404", A]),
        (&["403", "403", CALL], &["gone Service 403", CALL]),
        (
            &[A, "502", "404", "502", A],
            &[A, "stale Service 502", "gone Service 404", A],
        ),
        // A lower sequence number is an older response.
        (
            &[
                "Available Available A5",
                "Busy InACall A4",
                "Available Available A5",
            ],
            &[A],
        ),
        (
            &["Available Available A5", "Busy InACall A4", "Away Away A6"],
            &[A, "Available Available -> Away Away"],
        ),
        (
            &[
                "Available Available A5",
                "Busy InACall A1",
                "Busy InACall A1",
                "Busy InACall A2",
            ],
            &[A, "Available Available -> Busy InACall"],
        ),
        (
            &["Available Available A5", CALL],
            &[A, "Available Available -> Busy InACall"],
        ),
        (
            &["Available Available A5 one", "Available Available A6 two"],
            &[A],
        ),
    ];
    check(rows, |builder| builder.me()).await;
    check(rows, |builder| builder.user(user(1))).await;
}

#[tokio::test(start_paused = true)]
async fn a_sequence_that_starts_anew_is_followed_within_three_reads() {
    let service = script(&["Away Away A0129311063", "Busy Busy A0000000001"]);
    let mut watch = service.start(service.client().watch().me().every(I));
    assert_eq!(events(&mut watch, I * 3).await.len(), 2);
    assert_eq!(service.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_counts_as_a_change_is_chosen() {
    let rows: &[Row] = &[(
        &[
            "Available Available A5 one",
            "Available Available A6 two",
            "Available Available A7 two",
        ],
        &[
            "Available Available",
            "Available Available -> Available Available",
        ],
    )];
    check(rows, |builder| builder.me().with_status_message()).await;
}

#[tokio::test(start_paused = true)]
async fn each_property_is_told_only_when_it_is_asked_for() {
    type Ask = fn(WatchBuilder) -> WatchBuilder;
    let rows: [(&str, [serde_json::Value; 2], Ask); 3] = [
        (
            "statusMessage",
            [json!(null), json!({"message": {"content": "Back at two"}})],
            WatchBuilder::with_status_message,
        ),
        (
            "workLocation",
            [
                json!({"workLocationType": "office"}),
                json!({"workLocationType": "remote"}),
            ],
            WatchBuilder::with_work_location,
        ),
        (
            "outOfOfficeSettings",
            [
                json!({"isOutOfOffice": false}),
                json!({"isOutOfOffice": true}),
            ],
            WatchBuilder::with_out_of_office,
        ),
    ];
    let asks: [Ask; 4] = [|builder| builder, rows[0].2, rows[1].2, rows[2].2];
    for (number, (property, values, _)) in rows.iter().enumerate() {
        for (asked, ask) in asks.iter().enumerate() {
            let (property, values, mut sent) = (*property, values.clone(), 0);
            let service = Service::new(move |_, ids| {
                let mut presence = presence(&ids[0], "Available Available");
                presence[property] = values[usize::from(sent > 3)].clone();
                sent += 1;
                Reply::Json(200, presence)
            });
            let mut watch = service.start(ask(service.client().watch().me().every(I)));
            let told = events(&mut watch, I * 10).await;
            let is_asked_for = asked == number + 1;
            assert_eq!(
                told.len(),
                1 + usize::from(is_asked_for),
                "{property} {asked}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn values_that_do_not_settle_are_not_told() {
    const A: &str = "Available Available";
    const CALL: &str = "Busy InACall";
    const TO_CALL: &str = "Available Available -> Busy InACall";
    let rows: &[Row] = &[
        (&[A, CALL, A, CALL, A], &[A]),
        (
            &[A, CALL, "502", CALL, "Away Away", A],
            &[A, "stale Service 502", "fresh"],
        ),
        (&[A, CALL, CALL, CALL, A, CALL], &[A, TO_CALL]),
        (
            &[A, CALL, CALL, CALL, A],
            &[A, TO_CALL, "Busy InACall -> Available Available"],
        ),
    ];
    check(rows, |builder| builder.me().settle(Duration::from_secs(45))).await;
    let never = Duration::MAX;
    check(&[(&[A, CALL], &[A])], |builder| builder.me().settle(never)).await;
}

#[tokio::test(start_paused = true)]
async fn the_signed_in_user_has_an_id_after_the_first_response() {
    let service = script(&["502", "Away Away", "502"]);
    let mut watch = service.start(service.client().watch().me());
    let Some(WatchEvent::Stale { users, since, .. }) = watch.next().await else {
        panic!()
    };
    assert_eq!(users, [WatchedUser::Me(None)]);
    assert_eq!(since, SystemTime::UNIX_EPOCH);
    let handle = watch.handle();
    assert!(handle.me().unwrap().error.is_some() && handle.user(user(1)).is_none());
    assert!(matches!(watch.next().await, Some(WatchEvent::Fresh { .. })));
    let Some(WatchEvent::Changed { user: me, .. }) = watch.next().await else {
        panic!()
    };
    assert_eq!(me, WatchedUser::Me(Some(user(1))));
    let read = handle.me().unwrap().read.unwrap();
    let Some(WatchEvent::Stale { since, .. }) = watch.next().await else {
        panic!()
    };
    assert_eq!(since, read);
    let known = handle.me().unwrap();
    assert_eq!(pair(&known.presence.unwrap()), "Away Away");
    assert!(known.error.unwrap().status() == Some(crate::StatusCode::BAD_GATEWAY));
}

#[tokio::test(start_paused = true)]
async fn events_are_lines_and_objects() {
    let service = script(&["502", "Away Away", "404"]);
    let mut watch = service.start(service.client().watch().me());
    let mut texts = String::new();
    for _ in 0..4 {
        let event = watch.next().await.unwrap();
        writeln!(texts, "{event}\n{}", serde_json::to_string(&event).unwrap()).unwrap();
    }
    let expected = r#"cannot be read at the moment: me.GetPresence: 502 Bad Gateway, Some
{"event":"stale","users":[null],"since":"1970-01-01T00:00:00Z","error":"me.GetPresence: 502 Bad Gateway, Some"}
can be read again: Away, Away
{"event":"fresh","users":["00000000-0000-4000-8000-000000000001"],"presences":[{"id":"00000000-0000-4000-8000-000000000001","availability":"Away","activity":"Away"}]}
Away, Away
{"event":"changed","users":["00000000-0000-4000-8000-000000000001"],"presence":{"id":"00000000-0000-4000-8000-000000000001","availability":"Away","activity":"Away"}}
cannot be read: me.GetPresence: 404 Not Found, Some
{"event":"gone","users":["00000000-0000-4000-8000-000000000001"],"error":"me.GetPresence: 404 Not Found, Some"}
"#;
    assert_eq!(texts, expected);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_users_take_sixteen_requests_a_round_evenly_spread() {
    let service = script(&["Away Away"]);
    let mut watch = service.start(
        service
            .client()
            .watch()
            .users((0..10_000).map(user))
            .every(I),
    );
    let told = events(&mut watch, I * 8).await;
    assert_eq!(told.len(), 10_000);
    let rounds = 8.0 / 0.95;
    let requests = service.count() as f64;
    assert!(
        (requests - 16.0 - 16.0 * rounds).abs() <= 17.0,
        "{requests}"
    );
    // No sixteenth of an interval has more than its share, except the first.
    let mut parts: HashMap<u64, usize> = HashMap::new();
    for time in service.times().into_iter().filter(|time| *time > I) {
        *parts
            .entry((time.as_secs_f64() / 30.0 * 16.0) as u64)
            .or_default() += 1;
    }
    assert!(parts.values().all(|count| *count <= 3), "{parts:?}");
    let requests = service.requests.lock().unwrap();
    let mut last: HashMap<&str, Duration> = HashMap::new();
    for (time, ids) in requests.iter() {
        assert!(ids.len() <= 650);
        let before = last.insert(&ids[0], *time);
        assert!(before.is_none_or(|before| *time - before <= I + Duration::from_secs(1)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_whom_the_service_refuses_or_leaves_out_costs_the_others_nothing() {
    let (refused, missing) = (user(7).to_string(), user(8).to_string());
    let service = Service::new(move |_, ids| {
        let of_one = ids.len() == 1;
        if ids.contains(&refused) || of_one && ids[0] == missing {
            return reply(ids, "404");
        }
        let others: Vec<_> = ids.iter().filter(|id| **id != missing).cloned().collect();
        let Reply::Json(_, body) = reply(&others, "Away Away") else {
            panic!()
        };
        if body["value"].is_array() || of_one {
            Reply::Json(200, body)
        } else {
            Reply::Json(200, json!({"value": [body]}))
        }
    });
    let mut watch = service.start(service.client().watch().users((0..20).map(user)).every(I));
    let told = events(&mut watch, I * 3).await;
    let gone = |event: &&WatchEvent| matches!(event, WatchEvent::Gone { .. });
    let gone: Vec<_> = told.iter().filter(gone).map(show).collect();
    assert_eq!(gone, ["gone Service 404", "gone Service 404"]);
    assert_eq!(told.len(), 20, "{told:?}");
    let before = service.count();
    assert!(events(&mut watch, I * 100).await.is_empty());
    // A request a round, and one for each of the two every ten minutes.
    let rounds = 100.0 / 0.95;
    let requests = (service.count() - before) as f64;
    assert!((rounds..rounds + 12.0).contains(&requests), "{requests}");
}

#[tokio::test(start_paused = true)]
async fn users_come_and_go_while_it_runs() {
    let service = script(&["Away Away"]);
    let mut watch = service.start(service.client().watch().every(I));
    assert!(watch.next().await.is_none(), "no user is watched");
    let handle = watch.handle();
    handle.add([user(1), user(2), user(1)]);
    assert_eq!(events(&mut watch, I * 10).await.len(), 2);
    // The watch is woken: an hour would pass otherwise.
    let adding = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        handle.add([user(3)]);
        Instant::now()
    };
    let (event, added) = tokio::join!(watch.next(), adding);
    assert!(
        matches!(event, Some(WatchEvent::Changed { user: WatchedUser::User(id), .. }) if id == user(3))
    );
    assert!(added.elapsed() < Duration::from_secs(1));
    assert!(handle.remove(user(1)) && !handle.remove(user(1)));
    assert!(handle.user(user(1)).is_none() && handle.all().len() == 2);
    assert!(events(&mut watch, I * 3).await.is_empty());
    let ids = service.requests.lock().unwrap().last().unwrap().1.clone();
    assert_eq!(ids.len(), 2, "one request has both");
    assert!(handle.remove(user(2)) && handle.remove(user(3)));
    let rest = timeout(Duration::from_secs(60), watch.next()).await;
    assert!(rest.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn sleep_of_the_machine_asks_at_once() {
    let service = script(&["Away Away", "silent", "Busy Busy"]);
    let hour = Duration::from_secs(3600);
    let mut watch = service.start(service.client().watch().me().every(hour));
    assert_eq!(events(&mut watch, hour * 99 / 100).await.len(), 1);
    assert_eq!(service.count(), 2, "the second request is under way");
    *service.asleep.lock().unwrap() = hour;
    let told = events(&mut watch, LONGEST_TICK).await;
    assert_eq!(
        told.iter().map(show).collect::<Vec<_>>(),
        ["Away Away -> Busy Busy"]
    );
    assert_eq!(service.count(), 3);
    let told = events(&mut watch, TIMEOUT * 2).await;
    assert!(
        told.is_empty(),
        "the request from before the sleep is given up: {told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn after_status_429_it_waits_and_is_slower_for_a_while() {
    let mut count = 0;
    let service = Service::new(move |_, ids| {
        count += 1;
        reply(
            ids,
            if (3..=4).contains(&count) {
                "429 100"
            } else {
                "Away Away"
            },
        )
    });
    let mut watch = service.start(service.client().watch().me().every(I));
    events(&mut watch, Duration::from_secs(7200)).await;
    let times = service.times();
    let gaps: Vec<_> = times
        .windows(2)
        .map(|two| (two[1] - two[0]).as_secs())
        .collect();
    assert!(gaps[2] >= 100 && gaps[3] >= 100, "{gaps:?}");
    assert!((60..120).contains(&gaps[4]), "{gaps:?}");
    assert!(
        gaps[5] < 120 && gaps[10] < gaps[5] && gaps[10] > 31,
        "{gaps:?}"
    );
    assert!(gaps.iter().rev().take(20).all(|gap| *gap <= 30), "{gaps:?}");
}

/// Two watches and the rest of the program use one share, and no request fails because of the
/// sharing.
#[tokio::test(start_paused = true)]
async fn all_watches_of_a_client_share_its_pace() {
    let service = script(&["Away Away"]);
    let pace = crate::Pace::default().processes(75);
    let builder = Client::builder().token("secret").transport(service.clone());
    let client = builder.pace(pace).build().unwrap();
    // Ten requests in thirty seconds are allowed, and ten and more are wanted.
    let watch = |from: usize| {
        let users = (from..from + 3_000).map(user);
        service.start(client.watch().users(users).every(I))
    };
    let (mut one, mut other) = (watch(0), watch(20_000));
    let rest = async {
        let call = client.users(user(1)).presence().get();
        Request::from(call)
            .paced()
            .timeout(Duration::from_secs(1))
            .await
    };
    let (one, other, rest) =
        tokio::join!(events(&mut one, I * 10), events(&mut other, I * 10), rest);
    assert!(rest.is_ok());
    let changes = |events: &[WatchEvent]| {
        let is_change = |event: &&WatchEvent| matches!(event, WatchEvent::Changed { .. });
        events.iter().filter(is_change).count() == events.len()
    };
    assert!(changes(&one) && changes(&other));
    assert_eq!((one.len(), other.len()), (3_000, 3_000));
    let times = service.times();
    assert_eq!(times.len(), 101, "one in three seconds");
    for (place, time) in times.iter().enumerate() {
        let end = times[place..].partition_point(|other| *other < *time + I);
        assert!(end <= 10, "{end} from {time:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_wait_loses_nothing() {
    let service = script(&["Away Away", "502", "Busy Busy", "Away Away"]);
    let mut watch = service.start(service.client().watch().me().every(I));
    let mut told = Vec::new();
    for _ in 0..1000 {
        if let Ok(Some(event)) = timeout(Duration::from_millis(100), watch.next()).await {
            told.push(show(&event));
        }
    }
    let expected = [
        "Away Away",
        "stale Service 502",
        "fresh",
        "Away Away -> Busy Busy",
        "Busy Busy -> Away Away",
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_no_request_can_succeed() {
    let service = script(&["Away Away"]);
    // With the path of a request, the URL is longer than any request can hold.
    let base_url = format!("https://graph.example/{}", "x".repeat(65_510));
    let builder = Client::builder()
        .token("secret")
        .base_url(base_url)
        .transport(service.clone());
    let mut watch = service.start(builder.build().unwrap().watch().me().user(user(2)));
    let told = events(&mut watch, I).await;
    assert_eq!(
        told.iter().map(show).collect::<Vec<_>>(),
        ["stale Request", "stale Request"]
    );
    assert!(watch.next().await.is_none() && service.count() == 0);
}

/// A provider of tokens that fails is asked again.
#[tokio::test(start_paused = true)]
async fn it_outlives_a_token_provider_that_fails() {
    let service = script(&["Away Away"]);
    let asked = std::sync::atomic::AtomicU32::new(0);
    let provider = move |_| {
        let asked = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async move {
            match asked {
                ..5 => Err(crate::BoxError::from("offline")),
                _ => Ok(crate::AccessToken::new("secret")),
            }
        }
    };
    let builder = Client::builder().token(provider).transport(service.clone());
    let mut watch = service.start(builder.build().unwrap().watch().me());
    let told = events(&mut watch, I * 2).await;
    assert_eq!(
        told.iter().map(show).collect::<Vec<_>>(),
        ["stale Token", "fresh", "Away Away"]
    );
}

#[test]
fn outside_of_a_runtime_it_ends_with_the_reason() {
    let service = script(&["Away Away"]);
    let mut watch = service.start(service.client().watch().me());
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Some(WatchEvent::Stale { error, .. })) = watch.poll_event(&mut context) else {
        panic!()
    };
    assert!(error.to_string().contains("runtime"));
    assert!(matches!(watch.poll_event(&mut context), Poll::Ready(None)));
}

#[test]
fn a_task_takes_it() {
    fn is_sent<T: Send + 'static>() {}
    is_sent::<Watch>();
    is_sent::<WatchHandle>();
    is_sent::<WatchEvent>();
}
