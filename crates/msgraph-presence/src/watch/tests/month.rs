//! A simulated month with faults at random, compared with a model of what must be told.

use super::*;
use fastrand::Rng;

const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);
const EVERY: Duration = Duration::from_secs(300);

/// A time in which requests fail, and how.
struct Fault {
    from: Duration,
    until: Duration,
    reply: &'static str,
}

/// After a fault has passed, how long until the pace is what it was.
fn recovery(reply: &str) -> Duration {
    match reply {
        "429 20" => EVERY * 200,
        _ => EVERY * 2 + TIMEOUT,
    }
}

/// Times that follow each other, from the beginning to the end of the month.
fn times(rng: &mut Rng, mean: Duration) -> Vec<Duration> {
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

/// The values of one user: from when, and which; no two in a row are equal.
fn values(rng: &mut Rng) -> Vec<(Duration, String)> {
    let starts = times(rng, Duration::from_secs(1500)).into_iter();
    let mut last = 0;
    let value = |from| {
        last = (last + rng.usize(1..9)) % 9;
        (from, format!("Value{last} Some"))
    };
    starts.map(value).collect()
}

fn value_at(values: &[(Duration, String)], time: Duration) -> &str {
    let place = values.partition_point(|(from, _)| *from <= time);
    &values[place - 1].1
}

#[tokio::test(start_paused = true)]
async fn a_month_with_faults_misses_nothing_that_lasted_and_tells_nothing_twice() {
    for seed in 1..=2 {
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let faults = Arc::new(faults(&mut rng));
    let users: HashMap<String, _> = [1, 2, 3]
        .map(|number| (user(number).to_string(), values(&mut rng)))
        .into();
    let users = Arc::new(users);
    let (of_faults, of_users) = (faults.clone(), users.clone());
    let service = Service::new(move |now, ids| {
        let is_now = |fault: &&Fault| fault.from <= now && now < fault.until;
        if let Some(fault) = of_faults.iter().find(is_now) {
            return reply(ids, fault.reply);
        }
        let presence = |id: &String| {
            let me = user(1).to_string();
            let of = if id == "me" { &me } else { id };
            presence(id, value_at(&of_users[of], now))
        };
        match ids {
            [id] => Reply::Json(200, presence(id)),
            _ => Reply::Json(
                200,
                json!({"value": ids.iter().map(presence).collect::<Vec<_>>()}),
            ),
        }
    });
    let builder = service.client().watch().me().users([user(2), user(3)]);
    let mut watch = service.start(builder.every(EVERY));

    let mut told: HashMap<String, Vec<(Duration, String)>> = HashMap::new();
    let mut is_stale: HashMap<String, bool> = HashMap::new();
    let end = service.start + MONTH;
    let key = |user: &WatchedUser| match user {
        WatchedUser::Me(_) => super::user(1).to_string(),
        WatchedUser::User(id) => id.to_string(),
    };
    while let Ok(event) = tokio::time::timeout_at(end, watch.next()).await {
        let time = service.start.elapsed();
        match event.unwrap() {
            WatchEvent::Changed { user, before, now } => {
                let told = told.entry(key(&user)).or_default();
                let last = told.last().map(|(_, value)| value.clone());
                assert_eq!(before.map(|before| pair(&before)), last, "seed {seed}");
                assert_ne!(
                    Some(pair(&now)),
                    last,
                    "seed {seed} at {time:?}: told twice"
                );
                told.push((time, pair(&now)));
            }
            WatchEvent::Stale { users, .. } => {
                for user in users {
                    assert_ne!(is_stale.insert(key(&user), true), Some(true), "seed {seed}");
                }
            }
            WatchEvent::Fresh { users } => {
                for user in users {
                    assert_eq!(
                        is_stale.insert(key(&user), false),
                        Some(true),
                        "seed {seed}"
                    );
                }
            }
            WatchEvent::Gone { .. } => panic!("seed {seed}: nobody is gone"),
        }
    }

    let mut lasted = 0;
    for (id, values) in users.iter() {
        let told = &told[id];
        for (place, (from, value)) in values.iter().enumerate() {
            let until = values
                .get(place + 1)
                .map_or(MONTH, |next| next.0)
                .min(MONTH);
            for (from, until) in clean(&faults, *from, until) {
                if until.saturating_sub(from) <= EVERY + Duration::from_secs(1) {
                    continue;
                }
                lasted += 1;
                let latest = told.iter().rfind(|(time, _)| *time <= until);
                let latest = latest.map(|(_, value)| value);
                assert_eq!(latest, Some(value), "seed {seed}: {from:?} to {until:?}");
            }
        }
        // Each value that was told was true, or had been just before.
        for (time, value) in told {
            let read = *time - Duration::from_millis(5);
            assert_eq!(value_at(values, read), value, "seed {seed} at {time:?}");
        }
    }
    assert!(lasted > 1000, "seed {seed}: {lasted}");

    // Two requests a period; and before a fault is waited out at that pace, 2^9 seconds are more
    // than the period.
    let rounds = 2.0 * MONTH.as_secs_f64() / (EVERY.as_secs_f64() * 0.95);
    let requests = service.count() as f64;
    let most = rounds + 2.0 * 9.0 * faults.len() as f64;
    let slowed = faults.iter().filter(|fault| fault.reply == "429 20");
    let least = rounds * (1.0 - 0.02 * slowed.count() as f64) - 2.0;
    assert!(
        (least..most).contains(&requests),
        "seed {seed}: {least} {requests} {most}"
    );
}

/// The parts of a time in which no request fails, and the pace is the usual one.
fn clean(faults: &[Fault], from: Duration, until: Duration) -> Vec<(Duration, Duration)> {
    let (mut parts, mut from) = (Vec::new(), from);
    for fault in faults {
        let end = fault.until + recovery(fault.reply);
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
