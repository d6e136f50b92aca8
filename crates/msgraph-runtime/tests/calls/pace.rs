//! The pace of a client, under a paused clock: when requests leave, in which order, how many.

use crate::batch;
use crate::common::{Reply, Thing, reply, thing};
use msgraph_runtime::{
    Attempt, BoxFuture, Client, ClientBuilder, Error, ErrorKind, Items, Method, Operation, Pace,
    RateLimit, Request, Resource, RetryPolicy, Transport, decode,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const LIMIT: RateLimit = RateLimit {
    requests: 1500,
    seconds: 30,
};

static READ: Operation = Operation {
    id: "things.Read",
    path: "/things/{id}",
    repeatable: true,
    rate_limit: Some(LIMIT),
    ..Operation::EMPTY
};

static WRITE: Operation = Operation {
    id: "things.Write",
    method: Method::POST,
    path: "/things/{id}",
    rate_limit: Some(LIMIT),
    ..Operation::EMPTY
};

static FREE: Operation = Operation {
    id: "things.Free",
    path: "/things/{id}",
    ..Operation::EMPTY
};

/// A service that answers by a function, which is told how many requests came before.
#[derive(Clone)]
struct Service {
    started: Instant,
    answer: Arc<dyn Fn(usize) -> Reply + Send + Sync>,
    came: Arc<Mutex<Vec<(Duration, String)>>>,
}

impl Service {
    fn new(answer: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            started: Instant::now(),
            answer: Arc::new(answer),
            came: Arc::default(),
        }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder().token("secret").transport(self.clone())
    }

    /// A client with this share of the limit, whose calls have no limit of time.
    fn client(&self, pace: Pace) -> Client {
        let builder = self.builder().pace(pace).timeout(None);
        builder.build().unwrap()
    }

    fn times(&self) -> Vec<Duration> {
        self.came().into_iter().map(|(time, _)| time).collect()
    }

    /// When each request came, and the id in its path.
    fn came(&self) -> Vec<(Duration, String)> {
        self.came.lock().unwrap().clone()
    }
}

impl Transport for Service {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Reply> {
        let mut came = self.came.lock().unwrap();
        let reply = (self.answer)(came.len());
        let id = attempt.url().rsplit('/').next().unwrap().to_owned();
        came.push((self.started.elapsed(), id));
        Box::pin(async move {
            tokio::task::yield_now().await;
            reply
        })
    }
}

fn request(client: &Client, operation: &'static Operation, id: usize) -> Request<Thing> {
    let things = Resource::root(client).fixed("things").parameter(id);
    things.request(operation, decode::object)
}

fn full() -> Pace {
    Pace::default().share(1.0)
}

fn milliseconds(time: Duration) -> u128 {
    time.as_millis()
}

/// Sends so many reads at once, in order.
async fn read(client: &Client, count: usize) -> Vec<Result<Thing, Error>> {
    let mut calls = JoinSet::new();
    for id in 0..count {
        calls.spawn(request(client, &READ, id).into_future());
    }
    calls.join_all().await
}

#[tokio::test(start_paused = true)]
async fn so_many_calls_take_exactly_so_long() {
    let half = Pace::default();
    // The pace, the number of calls, and when the last one leaves, in milliseconds.
    let rows = [
        (full(), 1, 0),
        (full(), 20, 0),
        (full(), 21, 400),
        (full(), 1500, 29_600),
        (full(), 1501, 30_000),
        (full(), 4500, 89_600),
        (full().processes(0), 21, 400),
        (Pace::default().share(7.0), 21, 400),
        (half, 20, 0),
        (half, 21, 811),
        (half, 740, 36 * 811),
        (half.processes(5), 15, 0),
        (half.processes(5), 150, 27_000),
        (half.processes(5), 151, 30_000),
        (half.processes(100), 7, 6 * 4286),
        (half.share(0.001), 3, 60_000),
        (half.share(-1.0), 2, 30_000),
        (half.share(f64::NAN), 2, 30_000),
        (half.share(0.001).processes(2), 3, 80_000),
        (half.share(0.001).processes(1500), 2, 30_000_000),
    ];
    let mut wrong = String::new();
    for (pace, count, expected) in rows {
        let service = Service::new(|_| thing());
        assert!(
            read(&service.client(pace), count)
                .await
                .iter()
                .all(Result::is_ok)
        );
        let times = service.times();
        let last = milliseconds(times[count - 1]);
        if times.len() != count || last != expected {
            writeln!(wrong, "{pace:?} {count}: {last}, not {expected}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test(start_paused = true)]
async fn clones_and_operations_with_an_equal_limit_share_it() {
    let service = Service::new(|_| thing());
    let client = service.client(full());
    let mut calls = JoinSet::new();
    for id in 0..60 {
        let client = client.clone();
        let operation = if id % 2 == 0 { &READ } else { &WRITE };
        calls.spawn(async move { request(&client, operation, id).await });
    }
    let free = request(&client, &FREE, 1000).await;
    assert!(free.is_ok(), "without a limit there is no wait");
    assert_eq!(milliseconds(service.started.elapsed()), 0);
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    let mut came = service.came();
    came.retain(|(_, id)| id != "1000");
    let expected = (0..60).map(|id: u64| {
        let time = Duration::from_millis(id / 20 * 400);
        (time, id.to_string())
    });
    assert_eq!(
        came,
        expected.collect::<Vec<_>>(),
        "first come, first served"
    );
}

/// One request at a time, each half a minute after the last.
fn slow() -> Pace {
    Pace::default().share(0.001)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_gives_its_turn_to_the_next() {
    let service = Service::new(|_| thing());
    let client = service.client(slow());
    let spawn = |id| tokio::spawn(request(&client, &READ, id).into_future());
    let calls: Vec<_> = (0..5).map(spawn).collect();
    sleep(Duration::from_secs(1)).await;
    calls[1].abort();
    sleep(Duration::from_secs(30)).await;
    calls[3].abort();
    for call in calls {
        let _ = call.await;
    }
    let came = service.came();
    let came: Vec<_> = came.iter().map(|(at, id)| (at.as_secs(), &**id)).collect();
    assert_eq!(came, [(0, "0"), (30, "2"), (60, "4")]);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_not_polled_keeps_nobody_waiting() {
    let service = Service::new(|_| thing());
    let client = service.client(slow());
    request(&client, &READ, 0).await.unwrap();
    let mut left: Vec<_> = (1..=2)
        .map(|id| request(&client, &READ, id).into_future())
        .collect();
    for call in &mut left {
        let is_ready = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(is_ready.is_pending());
    }
    let others: Vec<_> = (3..=5)
        .map(|id| tokio::spawn(request(&client, &READ, id).into_future()))
        .collect();
    sleep(Duration::from_secs(121)).await;
    // Those that were skipped go before all others when they are polled again.
    for call in left {
        call.await.unwrap();
    }
    for call in others {
        call.await.unwrap().unwrap();
    }
    let came = service.came();
    let came: Vec<_> = came.iter().map(|(at, id)| (at.as_secs(), &**id)).collect();
    let expected = [
        (0, "0"),
        (90, "3"),
        (120, "4"),
        (150, "1"),
        (180, "2"),
        (210, "5"),
    ];
    assert_eq!(came, expected);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_its_turn_within_its_time() {
    let service = Service::new(|_| thing());
    let client = service.client(slow());
    request(&client, &READ, 0).await.unwrap();
    let minute = Duration::from_secs(60);
    request(&client, &READ, 1).timeout(minute).await.unwrap();
    let seconds = Duration::from_secs(29);
    let start = Instant::now();
    let error = request(&client, &READ, 2)
        .timeout(seconds)
        .await
        .unwrap_err();
    assert_eq!(start.elapsed(), seconds);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert!(error.is_timeout() && error.is_retryable() && !error.may_have_acted());
    let line = "things.Read: the call timed out while it waited for its turn in the client's \
        pace (rate limit); hint: ";
    assert!(error.to_string().starts_with(line), "{error}");
    assert_eq!(service.came().len(), 2);
    // The wait of one that asks for the pace itself does not count.
    request(&client, &READ, 3)
        .paced()
        .timeout(seconds)
        .await
        .unwrap();
    request(&client, &READ, 4)
        .paced()
        .timeout(seconds)
        .await
        .unwrap();
    assert_eq!(service.times()[3].as_secs(), 90);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_whose_turn_does_not_come_keeps_what_the_service_said() {
    let service = Service::new(|_| reply(503, &[("retry-after", "1")], ""));
    let client = service.client(slow());
    let call = request(&client, &READ, 0).timeout(Duration::from_secs(20));
    let error = call.await.unwrap_err();
    assert_eq!(service.started.elapsed().as_secs(), 20);
    assert_eq!(
        (error.status().unwrap().as_u16(), error.attempts()),
        (503, 1)
    );
    assert!(error.is_retryable() && !error.may_have_acted());
    let line = error.to_string();
    assert!(line.contains("while it waited for its turn"), "{line}");
}

/// A client without a pace has one for the requests that ask for it.
#[tokio::test(start_paused = true)]
async fn one_request_can_ask_for_the_pace() {
    let service = Service::new(|_| thing());
    let client = service.builder().build().unwrap();
    assert!(read(&client, 100).await.iter().all(Result::is_ok));
    for id in 0..41 {
        request(&client, &READ, id).paced().await.unwrap();
    }
    let times = service.times();
    assert_eq!(milliseconds(times[99]), 0);
    assert_eq!(milliseconds(times[140]), 2 * 811);
}

#[tokio::test(start_paused = true)]
async fn repeats_and_pages_wait_for_their_turns() {
    let service = Service::new(|n| match n {
        0 | 1 => reply(503, &[], ""),
        _ => thing(),
    });
    let client = service.client(slow());
    request(&client, &READ, 0).await.unwrap();
    let times = service.times();
    assert_eq!(
        times.iter().map(Duration::as_secs).collect::<Vec<_>>(),
        [0, 30, 60]
    );

    let service = Service::new(thing_at);
    let client = service.client(slow());
    let mut items: Items<Thing> = request(&client, &READ, 0).pages(|thing| {
        let link = thing.note.clone();
        (vec![thing], link)
    });
    while let Some(item) = items.next().await {
        item.unwrap();
    }
    let times = service.times();
    assert_eq!(
        times.iter().map(Duration::as_secs).collect::<Vec<_>>(),
        [0, 30, 60]
    );
}

/// A page with one thing, whose note is the link to the next one.
fn thing_at(number: usize) -> Reply {
    let note = match number {
        0 | 1 => format!("\"/v1.0/things/{}\"", number + 1),
        _ => "null".to_owned(),
    };
    reply(200, &[], &format!("{{\"id\":\"42\",\"note\":{note}}}"))
}

#[tokio::test(start_paused = true)]
async fn a_batch_counts_its_requests_one_by_one() {
    let service = batch::Service::of_things(|_, thing| batch::found(thing));
    let builder = service.builder().pace(full()).timeout(None);
    let client = builder.build().unwrap();
    let start = Instant::now();
    let requests = (0..100).map(|id| request(&client, &READ, id));
    assert!(
        client
            .batch()
            .send_all(requests)
            .await
            .iter()
            .all(Result::is_ok)
    );
    assert_eq!(milliseconds(start.elapsed()), 4 * 400);
    let sizes = service
        .batches()
        .into_iter()
        .map(|batch| batch.requests.len());
    assert_eq!(sizes.collect::<Vec<_>>(), [20; 5]);
}

#[tokio::test(start_paused = true)]
async fn after_status_429_all_wait_and_are_slower_and_slowly_quicker_again() {
    // The first twenty are throttled together.
    let service = Service::new(|n| match n {
        0..20 => reply(429, &[("retry-after", "10")], ""),
        _ => thing(),
    });
    let client = service.client(full());
    let once = RetryPolicy::none();
    let mut calls = JoinSet::new();
    for id in 0..300 {
        calls.spawn(request(&client, &READ, id).retry(once).into_future());
    }
    sleep(Duration::from_millis(1)).await;
    assert!((client.slowdown(&READ) - 2.0).abs() < 1e-9);
    assert!((client.slowdown(&FREE) - 1.0).abs() < 1e-9);
    calls.join_all().await;
    let times = service.times();
    let seconds = |n: usize| times[n].as_secs_f64();
    assert_eq!((seconds(0), seconds(20)), (0.0, 10.0));
    // Fourteen groups in twice the time, a little less at the end.
    let passed = seconds(299) - seconds(20);
    assert!((10.0..10.4).contains(&passed), "{passed}");
    sleep(Duration::from_secs(30)).await;
    let slowdown = client.slowdown(&READ);
    assert!((1.0..1.8).contains(&slowdown), "{slowdown}");
    sleep(Duration::from_secs(180)).await;
    assert!((client.slowdown(&READ) - 1.0).abs() < 1e-9);
    let start = service.started.elapsed();
    read(&client, 300).await;
    let passed = *service.times().last().unwrap() - start;
    assert_eq!(milliseconds(passed), 14 * 400);
}

/// One that is refused again and again becomes sixteen times slower, and waits a second where the
/// service does not say how long.
#[tokio::test(start_paused = true)]
async fn it_is_sixteen_times_slower_at_most() {
    let service = Service::new(|_| reply(429, &[], ""));
    let client = service.client(full());
    for id in 0..6 {
        let call = request(&client, &READ, id).retry(RetryPolicy::none());
        assert!(call.await.unwrap_err().is_throttled());
    }
    let slowdown = client.slowdown(&READ);
    assert!((15.0..=16.0).contains(&slowdown), "{slowdown}");
    let times = service.times();
    assert_eq!(
        times.iter().map(Duration::as_secs).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5]
    );
}

/// A wait that no clock reaches is no panic.
#[tokio::test(start_paused = true)]
async fn the_longest_waits_are_no_overflow() {
    static NEVER: Operation = Operation {
        id: "things.Never",
        path: "/things/{id}",
        rate_limit: Some(RateLimit {
            requests: 1,
            seconds: u32::MAX,
        }),
        ..Operation::EMPTY
    };
    static EMPTY: Operation = Operation {
        id: "things.Empty",
        path: "/things/{id}",
        rate_limit: Some(RateLimit::EMPTY),
        ..Operation::EMPTY
    };
    let service = Service::new(|_| reply(429, &[("retry-after", "99999999999")], ""));
    let pace = slow().processes(u32::MAX);
    let client = service.builder().pace(pace).build().unwrap();
    let call = || request(&client, &NEVER, 0).retry(RetryPolicy::none());
    assert!(call().await.unwrap_err().is_throttled());
    let mut waiting = JoinSet::new();
    for _ in 0..50 {
        waiting.spawn(call().into_future());
    }
    for error in waiting.join_all().await {
        assert_eq!(error.unwrap_err().attempts(), 0);
    }
    let call = request(&client, &EMPTY, 0).retry(RetryPolicy::none());
    assert!(
        call.await.unwrap_err().is_throttled(),
        "an empty limit is no limit"
    );
}

#[cfg(feature = "blocking")]
#[test]
fn blocking_calls_of_several_threads_share_it() {
    static QUICK: Operation = Operation {
        id: "things.Quick",
        path: "/things/{id}",
        rate_limit: Some(RateLimit {
            requests: 200,
            seconds: 1,
        }),
        ..Operation::EMPTY
    };
    let service = Service::new(|_| thing());
    let client = service.client(full());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for id in 0..20 {
                    request(&client, &QUICK, id).send_blocking().unwrap();
                }
            });
        }
    });
    // Groups of twenty, a tenth of a second apart.
    let times = service.times();
    assert_eq!(times.len(), 80);
    assert_bound(&times, 200, Duration::from_secs(1));
    assert!(times[79] - times[0] >= Duration::from_millis(300));
}

/// No time as long as the window has more requests than the limit; its end does not belong to it.
fn assert_bound(times: &[Duration], most: usize, window: Duration) {
    for (place, time) in times.iter().enumerate() {
        let within = times[place..].partition_point(|other| *other < *time + window);
        assert!(within <= most, "{within} from {time:?}");
    }
}

/// When a call comes, and what happens to it.
#[derive(Clone, Debug)]
struct Arrival {
    after: u64,
    gives_up: Option<u64>,
    is_throttled: bool,
}

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let after = prop_oneof![4 => Just(0), 2 => 0..50_u64, 1 => 0..3000_u64];
    let gives_up = proptest::option::weighted(0.2, 0..4000_u64);
    let throttled = proptest::bool::weighted(0.01);
    let arrival =
        (after, gives_up, throttled).prop_map(|(after, gives_up, is_throttled)| Arrival {
            after,
            gives_up,
            is_throttled,
        });
    vec(arrival, 1..400)
}

async fn play(arrivals: Vec<Arrival>, share: f64) {
    let throttled: Vec<_> = arrivals.iter().map(|one| one.is_throttled).collect();
    let service = Service::new(move |n| match throttled.get(n) {
        Some(true) => reply(429, &[("retry-after", "2")], ""),
        _ => thing(),
    });
    let client = service.client(Pace::default().share(share));
    let mut calls = JoinSet::new();
    let mut stay = Vec::new();
    for (id, arrival) in arrivals.iter().enumerate() {
        sleep(Duration::from_millis(arrival.after)).await;
        let call = request(&client, &READ, id).retry(RetryPolicy::none());
        let most = arrival
            .gives_up
            .map_or(Duration::from_secs(100_000), Duration::from_millis);
        stay.extend(arrival.gives_up.is_none().then(|| id.to_string()));
        calls.spawn(tokio::time::timeout(most, call.into_future()));
        tokio::task::yield_now().await;
    }
    calls.join_all().await;
    let most = (1500.0 * share).floor() as usize;
    assert_bound(&service.times(), most.max(1), Duration::from_secs(30));
    // Those that stay leave, and in the order in which they came.
    let came = service.came().into_iter();
    let mut came: Vec<_> = came.filter(|(_, id)| stay.contains(id)).collect();
    came.sort_by_key(|(at, id)| (*at, id.parse::<usize>().ok()));
    assert!(came.iter().map(|(_, id)| id).eq(&stay), "{came:?}");
}

#[test]
fn no_window_has_more_than_the_limit_and_everybody_comes_to_his_turn() {
    let config = ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let shares = prop_oneof![Just(0.001), Just(0.01), Just(0.05), Just(0.1), Just(1.0)];
    proptest!(config, |(arrivals in arrivals(), share in shares)| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(play(arrivals, share));
    });
}
