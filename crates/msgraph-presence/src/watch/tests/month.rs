//! A simulated month with faults at random, compared with a model of what must be told.

use super::*;
use fastrand::Rng;

const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// A time in which requests fail, and how.
struct Fault {
    from: Duration,
    until: Duration,
    reply: &'static str,
}

/// The values of one user: from when, and which; no two in a row are equal.
type Values = Vec<(Duration, String)>;

/// All that happens at the service, by seed.
pub(super) struct Month {
    seed: u64,
    every: Duration,
    faults: Vec<Fault>,
    users: HashMap<String, Values>,
}

/// Times that follow each other, from the beginning to the end of the month.
pub(super) fn times(rng: &mut Rng, mean: Duration) -> Vec<Duration> {
    let mut times = vec![Duration::ZERO];
    while let Some(last) = times.last().filter(|last| **last < MONTH) {
        let wait = mean.mul_f64(-(1.0 - rng.f64()).ln());
        times.push(*last + wait + Duration::from_secs(1));
    }
    times
}

fn faults(rng: &mut Rng) -> Vec<Fault> {
    let kinds = ["502", "503", "portal", "broken", "silent", "401", "429 20"];
    let starts = times(rng, Duration::from_secs(20 * 3600));
    let faults = starts.into_iter().skip(1).map(|from| Fault {
        from,
        until: from + Duration::from_secs(rng.u64(1..7200)),
        reply: kinds[rng.usize(..kinds.len())],
    });
    faults.collect()
}

fn any_values(rng: &mut Rng) -> Values {
    let starts = times(rng, Duration::from_secs(1500)).into_iter();
    let mut last = 0;
    let value = |from| {
        last = (last + rng.usize(1..9)) % 9;
        (from, format!("Value{last} Some"))
    };
    starts.map(value).collect()
}

fn value_at(values: &Values, time: Duration) -> &str {
    let place = values.partition_point(|(from, _)| *from <= time);
    &values[place - 1].1
}

/// The signed-in user is the first of three.
fn key(user: WatchedUser) -> String {
    match user {
        WatchedUser::Me(_) => super::user(1).to_string(),
        WatchedUser::User(id) => id.to_string(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_month_with_faults_misses_nothing_that_lasted_and_tells_nothing_twice() {
    let mut rng = Rng::with_seed(1);
    let values = (1..=3).map(|_| any_values(&mut rng)).collect();
    let month = Arc::new(Month::new(1, Duration::from_secs(300), values));
    let of_service = month.clone();
    let service = Service::new(move |now, ids| {
        if let Some(fault) = of_service.fault_at(now) {
            return reply(ids, fault);
        }
        let presence = |id: &String| {
            let me = user(1).to_string();
            let of = if id == "me" { &me } else { id };
            presence(id, value_at(&of_service.users[of], now))
        };
        match ids {
            [id] => Reply::Json(200, presence(id)),
            _ => Reply::Json(
                200,
                json!({"value": ids.iter().map(presence).collect::<Vec<_>>()}),
            ),
        }
    });
    let watch = service.start(month.watch(&service.client()));
    let lasted = month.check(watch, service.start, LATENCY).await;
    assert!(lasted > 1000, "{lasted}");
    month.check_count(service.count());
}

impl Month {
    /// A month with these values of the users 1, 2 and 3, and faults by seed.
    pub(super) fn new(seed: u64, every: Duration, values: Vec<Values>) -> Self {
        let ids = (1..=3).map(|number| user(number).to_string());
        Self {
            seed,
            every,
            faults: faults(&mut Rng::with_seed(seed)),
            users: ids.zip(values).collect(),
        }
    }

    /// The watch of all three users.
    pub(super) fn watch(&self, client: &Client) -> WatchBuilder {
        let watch = client.watch().me().users([user(2), user(3)]);
        watch.every(self.every)
    }

    pub(super) fn fault_at(&self, now: Duration) -> Option<&'static str> {
        let is_now = |fault: &&Fault| fault.from <= now && now < fault.until;
        self.faults.iter().find(is_now).map(|fault| fault.reply)
    }

    /// Checks all events to the end of the month; says how many values lasted long enough to be
    /// told for certain. A response shows what was true a `latency` before its event.
    pub(super) async fn check(&self, watch: Watch, start: Instant, latency: Duration) -> usize {
        let told = self.told(watch, start).await;
        let mut lasted = 0;
        for (id, values) in &self.users {
            let told = &told[id];
            let ends = values.iter().skip(1).map(|(from, _)| (*from).min(MONTH));
            for ((from, value), until) in values.iter().zip(ends.chain([MONTH])) {
                for (from, until) in self.clean(*from, until) {
                    if until.saturating_sub(from) <= self.every + Duration::from_secs(1) {
                        continue;
                    }
                    lasted += 1;
                    let latest = told.iter().rfind(|(time, _)| *time <= until);
                    let latest = latest.map(|(_, value)| value);
                    let seed = self.seed;
                    assert_eq!(latest, Some(value), "seed {seed}: {from:?} to {until:?}");
                }
            }
            // Each value that was told was true.
            for (time, value) in told {
                let read = time.saturating_sub(latency);
                assert_eq!(
                    value_at(values, read),
                    value,
                    "seed {} at {time:?}",
                    self.seed
                );
            }
        }
        lasted
    }

    /// The changes reported for each user, each of them once.
    async fn told(&self, mut watch: Watch, start: Instant) -> HashMap<String, Values> {
        let seed = self.seed;
        let mut told: HashMap<String, Values> = HashMap::new();
        let mut is_stale: HashMap<String, bool> = HashMap::new();
        while let Ok(event) = tokio::time::timeout_at(start + MONTH, watch.next()).await {
            let time = start.elapsed();
            match event.unwrap() {
                WatchEvent::Changed { user, before, now } => {
                    let told = told.entry(key(user)).or_default();
                    let last = told.last().map(|(_, value)| value.clone());
                    assert_eq!(before.map(|before| pair(&before)), last, "seed {seed}");
                    assert_ne!(Some(pair(&now)), last, "seed {seed} at {time:?}: twice");
                    told.push((time, pair(&now)));
                }
                WatchEvent::Stale { users, .. } => {
                    for user in users {
                        let was_stale = is_stale.insert(key(user), true);
                        assert_ne!(was_stale, Some(true), "seed {seed}");
                    }
                }
                WatchEvent::Fresh { users, .. } => {
                    for user in users {
                        let was_stale = is_stale.insert(key(user), false);
                        assert_eq!(was_stale, Some(true), "seed {seed}");
                    }
                }
                WatchEvent::Gone { .. } => panic!("seed {seed}: no user is gone"),
            }
        }
        told
    }

    /// The number of requests is that of two groups in each period; before a fault is waited out at
    /// that pace, its repeats double from a second to the period, and while requests are throttled
    /// the period doubles.
    pub(super) fn check_count(&self, requests: usize) {
        let requests = requests as f64;
        let period = self.every.as_secs_f64() * 0.95;
        let rounds = 2.0 * MONTH.as_secs_f64() / period;
        let repeats = period.log2().ceil();
        let most = rounds + 2.0 * repeats * self.faults.len() as f64;
        let slowed = self.faults.iter().filter(|fault| fault.reply == "429 20");
        let lost = slowed.map(|fault| (fault.until - fault.from).as_secs_f64() / period + 4.0);
        let least = rounds - lost.sum::<f64>() - 2.0;
        assert!(
            (least..most).contains(&requests),
            "seed {}: {least} {requests} {most}",
            self.seed
        );
    }

    /// The parts of a time in which no request fails, and each fault before has passed for so long
    /// that the pace is the usual one.
    fn clean(&self, from: Duration, until: Duration) -> Vec<(Duration, Duration)> {
        let (mut parts, mut from) = (Vec::new(), from);
        for fault in &self.faults {
            let end = fault.until + self.every * 2 + TIMEOUT;
            if end <= from || fault.from >= until {
                continue;
            }
            if fault.from > from {
                parts.push((from, fault.from));
            }
            from = from.max(end);
        }
        parts.push((from, until));
        parts
    }
}
