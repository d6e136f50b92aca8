//! The simulated month against the emulator, whose clock follows that of the watch.

use super::month::{Month, times};
use super::*;
use crate::{Attempt, Body, Chunks, Transport, TransportError};
use fastrand::Rng;
use msgraph_presence_emulator::{Emulator, Fault, Session, Timestamp, User};
use std::sync::Mutex;
use tokio::runtime::Handle;

const START: &str = "2026-11-01T00:00:00Z";
const MINUTE: Duration = Duration::from_secs(60);
const OFFLINE: &str = "Offline Offline";

/// A session to come, which the emulator lets age and end by its clock.
struct Planned {
    user: usize,
    from: Duration,
    lasts: Duration,
    is_call: bool,
}

/// The sessions of one user, one after the other.
fn plan(rng: &mut Rng, user: usize) -> Vec<Planned> {
    let starts = times(rng, Duration::from_secs(6 * 3600));
    let planned = starts.windows(2).skip(1).map(|pair| Planned {
        user,
        from: pair[0],
        lasts: (pair[1] - pair[0]).mul_f64(rng.f64() * 0.8),
        is_call: rng.bool(),
    });
    planned.collect()
}

/// The sessions that the service shows: a call until its end, any other session fades.
fn shown(planned: &[Planned]) -> Vec<(Duration, String)> {
    let mut values = vec![(Duration::ZERO, OFFLINE.to_owned())];
    for session in planned {
        let shows: &[(u32, &str)] = if session.is_call {
            &[(0, "Busy InACall")]
        } else {
            &[
                (0, "Available Available"),
                (5, "Available AvailableInactive"),
                (10, "Away Away"),
            ]
        };
        let began = shows
            .iter()
            .filter(|(after, _)| MINUTE * *after < session.lasts);
        values.extend(
            began.map(|(after, pair)| (session.from + MINUTE * *after, (*pair).to_owned())),
        );
        values.push((session.from + session.lasts, OFFLINE.to_owned()));
    }
    values
}

/// A transport to the emulator, which is on a runtime whose clock runs. A blocking task stops the
/// paused clock from running ahead while a response is under way.
#[derive(Clone)]
struct ToEmulator {
    month: Arc<Month>,
    graph: Arc<Emulator>,
    http: Arc<dyn Transport>,
    runtime: Handle,
    start: Instant,
    /// The sessions that have not begun, the last one first.
    planned: Arc<Mutex<Vec<Planned>>>,
    requests: Arc<Mutex<usize>>,
}

impl ToEmulator {
    /// Lets the emulator's clock come to now, and all that happens until then happen in time.
    fn catch_up(&self, now: Duration) {
        let set_clock = |time: Duration| {
            let start: Timestamp = START.parse().unwrap();
            self.graph.set_clock(start + time);
        };
        let mut planned = self.planned.lock().unwrap();
        while let Some(session) = planned.pop_if(|session| session.from <= now) {
            set_clock(session.from);
            let begins = if session.is_call {
                Session::new("Busy", "InACall")
            } else {
                Session::default()
            };
            let begins = begins.expires_in(session.lasts);
            self.graph.sign_in_with(user(session.user), begins);
        }
        set_clock(now);
    }
}

impl Transport for ToEmulator {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let now = self.start.elapsed();
        self.catch_up(now);
        *self.requests.lock().unwrap() += 1;
        match self.month.fault_at(now) {
            None => {}
            Some("silent") => return Box::pin(std::future::pending()),
            Some("portal") => self.graph.inject(Fault::html(200)),
            Some("broken") => self.graph.inject(Fault::reset()),
            Some(status) => {
                let (status, wait) = status.split_once(' ').unwrap_or((status, ""));
                let fault = Fault::status(status.parse().unwrap());
                self.graph.inject(match wait {
                    "" => fault,
                    wait => fault.retry_after(wait),
                });
            }
        }
        let (http, runtime) = (self.http.clone(), self.runtime.clone());
        let response = tokio::task::spawn_blocking(move || {
            runtime.block_on(async {
                let (head, mut body) = http.send(attempt).await?.into_parts();
                let mut whole = Vec::new();
                while let Some(chunk) = poll_fn(|cx| body.poll_chunk(cx)).await {
                    whole.extend_from_slice(&chunk?);
                }
                Ok(http::Response::from_parts(head, Body::from(whole)))
            })
        });
        Box::pin(async { response.await.unwrap() })
    }
}

#[test]
fn a_month_of_the_emulators_clock_is_told_as_it_was() {
    let real = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let graph = Arc::new(real.block_on(Emulator::start()).unwrap());
    for number in 1..=3 {
        graph.add_user(User::new(format!("User {number}")).id(user(number)));
    }
    let mut paused = tokio::runtime::Builder::new_current_thread();
    let paused = paused.enable_all().start_paused(true).build().unwrap();
    paused.block_on(run(graph, real.handle().clone()));
}

async fn run(graph: Arc<Emulator>, runtime: Handle) {
    let mut rng = Rng::with_seed(3);
    let of_users: Vec<_> = (1..=3).map(|number| plan(&mut rng, number)).collect();
    let values = of_users.iter().map(|planned| shown(planned)).collect();
    let mut planned: Vec<_> = of_users.into_iter().flatten().collect();
    planned.sort_by_key(|session| std::cmp::Reverse(session.from));
    let month = Arc::new(Month::new(3, Duration::from_secs(3600), values));
    let requests = Arc::default();
    let (of_transport, tokens, start) = (month.clone(), graph.clone(), Instant::now());
    let transport = {
        let requests = Arc::clone(&requests);
        move |http| ToEmulator {
            month: of_transport,
            graph,
            http,
            runtime,
            start,
            planned: Arc::new(Mutex::new(planned)),
            requests,
        }
    };
    let builder = Client::builder().base_url(tokens.base_url());
    let builder = builder.wrap_transport(transport);
    // A token lasts for an hour of the emulator's clock.
    let token = move |_| {
        let token = tokens.token_for(user(1));
        async move { Ok::<_, crate::BoxError>(crate::AccessToken::new(token)) }
    };
    let client = builder.token(token).build().unwrap();
    let watch = month.watch(&client).start_with(
        Arc::new(move || SystemTime::UNIX_EPOCH + start.elapsed()),
        Rng::with_seed(7),
    );
    let lasted = month.check(watch, start, Duration::ZERO).await;
    assert!(lasted > 200, "{lasted}");
    month.check_count(*requests.lock().unwrap());
}
