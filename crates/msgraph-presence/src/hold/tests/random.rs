//! Events in random order, compared with a model of what the person and the hold have done.

use super::world::World;
use fastrand::Rng;
use std::time::{Duration, SystemTime};

const OPERATIONS: [&str; 4] = [
    "read",
    "setStatusMessage",
    "setUserPreferredPresence",
    "clearUserPreferredPresence",
];

/// A message that the person has set, and its expiry; an empty one is a message cleared.
type Said = (String, Option<SystemTime>);

/// The last changes of the person, and whether the hold can know them.
#[derive(Default)]
struct Model {
    earlier: Option<Said>,
    /// The message since the hold.
    said: Option<Said>,
    /// The preferred presence since the hold; empty after a reset.
    preferred: Option<&'static str>,
    /// The preferred presence from before the hold, which shows as this.
    before: &'static str,
    is_closed: bool,
    has_call: bool,
    /// The hold was released or extended while the preferred presence of the person was hidden, or
    /// was that from before a hold that no read has shown.
    may_be_lost: bool,
    was_seen: bool,
}

impl Model {
    async fn person(&mut self, world: &mut World, rng: &mut Rng, is_held: bool) -> String {
        let now = (world.wall())();
        let step = match rng.u8(..9) {
            0 => {
                self.said = Some((format!("Said{}", rng.u8(..)), None));
                format!("says {}", self.said.as_ref().unwrap().0)
            }
            1 => {
                let (text, seconds) = (format!("Said{}", rng.u8(..)), rng.u64(1..9000));
                self.said = Some((text.clone(), Some(now + Duration::from_secs(seconds))));
                format!("says {text} for {seconds}")
            }
            2 => {
                self.said = Some((String::new(), None));
                "says".to_owned()
            }
            3 => {
                let others = ["Available", "Busy", "BeRightBack", "Away", "Offline"];
                let name = others[rng.usize(..others.len())];
                self.preferred = Some(name);
                if !is_held {
                    self.before = name;
                }
                format!("prefers {name}")
            }
            4 => {
                self.preferred = Some("");
                "resets".to_owned()
            }
            5 => {
                self.is_closed = false;
                "opens".to_owned()
            }
            6 => {
                (self.is_closed, self.has_call) = (true, false);
                "closes".to_owned()
            }
            7 => {
                (self.is_closed, self.has_call) = (false, true);
                "calls".to_owned()
            }
            _ => format!("waits {}", [1, 60, 299, 301, 1800, 3600][rng.usize(..6)]),
        };
        if step.starts_with("prefers") || step == "resets" {
            self.may_be_lost = false;
        }
        world.step(&step).await;
        step
    }

    /// A step of the program, with up to two faults.
    async fn program(&mut self, world: &mut World, rng: &mut Rng) -> String {
        let step = match rng.u8(..8) {
            0 | 1 => format!("extends {}", rng.u64(1..5000)),
            2 => "looks".to_owned(),
            3 => "saves".to_owned(),
            4 | 5 => "crashes".to_owned(),
            _ => "releases".to_owned(),
        };
        let mut script = String::new();
        if step.starts_with("extends") || step == "releases" {
            for _ in 0..rng.u8(..3) {
                let fault = ["refuses", "forbids", "loses"][rng.usize(..3)];
                let fault = format!("{fault} {}", OPERATIONS[rng.usize(..4)]);
                world.step(&fault).await;
                script += &format!("{fault}; ");
            }
            self.acts(world);
        }
        world.step(&step).await;
        world.graph.clear_faults();
        if step.starts_with("extends") {
            world.step("saves").await;
        }
        script + &step
    }

    /// Notes that the hold changes something which it may take for its own.
    fn acts(&mut self, world: &World) {
        let shown = world.graph.presence(world.ada).unwrap();
        let is_before = shown.availability.unwrap().as_str() == self.before;
        self.may_be_lost |= self.is_closed || is_before && !self.was_seen;
    }

    fn is_alive(said: &Option<Said>, now: SystemTime) -> Option<&str> {
        let (text, expiry) = said.as_ref()?;
        let is_past = expiry.is_some_and(|at| at <= now);
        (!is_past && !text.is_empty()).then_some(text)
    }

    /// The message and the preferred presences that may show after the release.
    fn check(&self, world: &World, is_expired: bool) -> Result<(), String> {
        let now = (world.wall())();
        let shown = world.graph.presence(world.ada).unwrap();
        let message = shown.status_message.clone().unwrap_or_default();
        let earlier = Self::is_alive(&self.earlier, now);
        let messages = match Self::is_alive(&self.said, now) {
            Some(said) => [Some(said), Some(said)],
            // No message is shown: the hold's message may have expired.
            None if self.said.is_some() && is_expired => [None, earlier],
            None if self.said.is_some() => [None, None],
            None => [earlier, earlier],
        };
        if !messages.contains(&message.text()) {
            return Err(format!("{:?} is not one of {messages:?}", message.text()));
        }
        let availability = shown.availability.unwrap();
        let activity = shown.activity.unwrap();
        let session = if self.has_call {
            "InACall"
        } else {
            "Available"
        };
        let preferred = match self.preferred {
            None | Some("") => session,
            Some("Offline") => "OffWork",
            Some(name) => name,
        };
        let is_kept = activity.as_str() == preferred;
        let is_cleared = activity.as_str() == session;
        if is_kept || is_cleared && self.may_be_lost {
            Ok(())
        } else {
            Err(format!("{availability} {activity}, not {preferred}"))
        }
    }
}

async fn run(seed: u64) -> Result<(), String> {
    let (mut rng, mut world) = (Rng::with_seed(seed), World::new().await);
    let mut model = Model::default();
    let mut script = Vec::new();
    for _ in 0..rng.u8(..3) {
        script.push(model.person(&mut world, &mut rng, false).await);
    }
    let now = (world.wall())();
    model.earlier = model
        .said
        .take()
        .filter(|said| Model::is_alive(&Some(said.clone()), now).is_some());
    let shown = world.graph.presence(world.ada).unwrap().availability;
    let names = ["Available", "Busy", "BeRightBack", "Away", "Offline"];
    let shown = shown.unwrap();
    model.before = names
        .into_iter()
        .find(|name| *name == shown.as_str())
        .unwrap();
    (model.preferred, model.may_be_lost) = (None, false);
    model.was_seen = !model.is_closed;
    script.push("holds".to_owned());
    world.step("holds").await;
    for _ in 0..rng.u8(..10) {
        script.push(match rng.u8(..5) {
            0..3 => model.person(&mut world, &mut rng, true).await,
            _ => model.program(&mut world, &mut rng).await,
        });
    }
    model.acts(&world);
    world.step("releases").await;
    let is_expired = (world.wall())() >= world.hold().expires_at();
    world.step("opens").await;
    let result = model.check(&world, is_expired);
    let log = std::mem::take(&mut world.log);
    result.map_err(|wrong| format!("seed {seed}: {wrong}\n  {}\n  {log}", script.join("; ")))
}

#[tokio::test]
async fn in_any_order_the_changes_of_the_person_stay_and_the_hold_goes() {
    let mut wrong = Vec::new();
    for seed in 0..150 {
        wrong.extend(run(seed).await.err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
