//! A person, a program that holds, and the service: each does what a line of a script says.

use crate::hold::{Hold, HoldError, SavedHold, Wall};
use crate::{
    Activity, Availability, Client, Error, PreferredPresence, RetryPolicy, StatusMessage, UserId,
};
use msgraph_presence_emulator::{Emulator, Fault, Session, Token};
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub(super) const HOUR: Duration = Duration::from_secs(3600);

pub(super) struct World {
    pub(super) graph: Arc<Emulator>,
    pub(super) ada: UserId,
    pub(super) client: Client,
    pub(super) hold: Option<Hold>,
    /// The form that the program has written down.
    pub(super) file: String,
    /// The outcome of each step of the program.
    pub(super) log: String,
}

impl World {
    pub(super) async fn new() -> Self {
        let graph = Emulator::start().await.unwrap();
        graph.set_clock("2026-11-28T17:00:00Z".parse().unwrap());
        let ada = graph.add_user("Ada");
        graph.sign_in(ada);
        let token = Token::delegated(ada).expires_in(HOUR * 24 * 365);
        let builder = Client::builder().base_url(graph.base_url());
        let builder = builder.token(graph.token(token)).retry(RetryPolicy::none());
        Self {
            client: builder.build().unwrap(),
            graph: Arc::new(graph),
            ada,
            hold: None,
            file: String::new(),
            log: String::new(),
        }
    }

    pub(super) fn wall(&self) -> Wall {
        let graph = self.graph.clone();
        Arc::new(move || SystemTime::from(graph.now()))
    }

    /// Does what a script says, and gives what the program was told and what then shows.
    pub(super) async fn play(&mut self, script: &str) -> String {
        for line in script.split(';') {
            self.step(line.trim()).await;
        }
        format!("{}{}", self.log, self.shown())
    }

    pub(super) async fn step(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let me = self.client.me().presence();
        match verb {
            // The person.
            "says" => {
                let (text, time) = rest.split_once(" for ").unwrap_or((rest, ""));
                let mut message = StatusMessage::text(text);
                if let Ok(seconds) = time.parse() {
                    let until = (self.wall())() + Duration::from_secs(seconds);
                    message = message.expires_at(until);
                }
                me.set_status_message(message).await.unwrap();
            }
            "prefers" => me
                .set_user_preferred_presence(preferred(rest))
                .await
                .unwrap(),
            "resets" => me.clear_user_preferred_presence().await.unwrap(),
            "opens" => drop(self.graph.sign_in(self.ada)),
            "closes" => self.graph.sign_out(self.ada),
            "calls" => {
                let call = Session::new(Availability::Busy, Activity::InACall);
                self.graph.sign_in_with(self.ada, call);
            }
            // The service.
            "waits" => {
                let seconds = rest.parse().unwrap();
                self.graph.advance(Duration::from_secs(seconds));
            }
            "refuses" => self.graph.inject(fault(Fault::status(500), rest)),
            "forbids" => self.graph.inject(fault(Fault::status(403), rest)),
            "loses" => self.graph.inject(fault(Fault::close().applied(), rest)),
            // The program.
            "holds" => {
                Box::pin(self.step("prepares")).await;
                Box::pin(self.step("starts")).await;
            }
            "prepares" => {
                let hold = me.hold(PreferredPresence::DoNotDisturb).message("Focusing");
                let hold = hold
                    .lasting(HOUR)
                    .wall(self.wall())
                    .prepare()
                    .await
                    .unwrap();
                self.file = serde_json::to_string(hold.saved()).unwrap();
                self.hold = Some(hold);
            }
            "starts" => {
                let started = self.hold().start().await;
                self.tell(started.err().map(|error| with_rest(&error)));
            }
            // The future of a start is dropped while a request waits for its response.
            "abandons" => {
                let fault = Fault::delay(HOUR).for_operation(format!("me.presence.{rest}"));
                self.graph.inject(fault);
                // The paused clock goes on when all that can happen without it has happened.
                tokio::time::pause();
                let start = tokio::time::timeout(Duration::from_millis(50), self.hold().start());
                assert!(start.await.is_err());
                tokio::time::resume();
            }
            "extends" => {
                let time = Duration::from_secs(rest.parse().unwrap());
                let extended = self.hold().extend(time).await;
                self.tell(extended.err().map(|error| in_short(&error)));
            }
            "saves" => self.file = serde_json::to_string(self.hold().saved()).unwrap(),
            "crashes" => {
                let saved: SavedHold = serde_json::from_str(&self.file).unwrap();
                let mut hold = self.client.resume_hold(saved);
                hold.wall = self.wall();
                if let Some(hold) = self.hold.replace(hold) {
                    hold.into_saved();
                }
            }
            "releases" => {
                let text = match self.hold().release().await {
                    Ok(done) => format!("{:?} {:?}", done.preference, done.message),
                    Err(error) => with_rest(&error),
                };
                self.tell(Some(text));
            }
            "looks" => {
                let effect = self.hold().effect(Duration::ZERO).await.unwrap();
                self.tell(Some(match effect.hidden {
                    Some(hidden) => format!("{hidden:?}"),
                    None => "Shows".to_owned(),
                }));
            }
            _ => panic!("{line}"),
        }
    }

    pub(super) fn hold(&mut self) -> &mut Hold {
        self.hold.as_mut().unwrap()
    }

    fn tell(&mut self, text: Option<String>) {
        if let Some(text) = text {
            write!(self.log, "{text}; ").unwrap();
        }
    }

    /// The message and the pair that show, and the time for which the message lasts.
    pub(super) fn shown(&self) -> String {
        let shown = self.graph.presence(self.ada).unwrap();
        let message = shown.status_message.unwrap_or_default();
        let mut text = message.text().unwrap_or("-").to_owned();
        if let Some(expiry) = &message.expiry_date_time {
            let left = expiry.to_system_time().unwrap();
            let left = left.duration_since((self.wall())()).unwrap();
            write!(text, " for {}", left.as_secs()).unwrap();
        }
        let (availability, activity) = (shown.availability.unwrap(), shown.activity.unwrap());
        format!("{text}, {availability} {activity}")
    }
}

/// A fault of the next request of an operation, or of the one that a number says.
fn fault(fault: Fault, rest: &str) -> Fault {
    let (operation, call) = rest.split_once(' ').unwrap_or((rest, "1"));
    let fault = fault.on_call(call.parse().unwrap());
    match operation {
        "read" => fault.for_operation("me.GetPresence"),
        action => fault.for_operation(format!("me.presence.{action}")),
    }
}

pub(super) fn preferred(name: &str) -> PreferredPresence {
    let mut all = PreferredPresence::ALL.iter().copied();
    all.find(|known| known.availability().as_str() == name)
        .unwrap()
}

/// The operation and the status of an error, or why nothing was sent.
fn in_short(error: &Error) -> String {
    let operation = error.operation().and_then(|id| id.rsplit('.').next());
    match (operation, error.status()) {
        (None, _) => error.to_string().split(": ").last().unwrap().to_owned(),
        (Some(operation), Some(status)) => format!("{operation} {}", status.as_u16()),
        (Some(operation), None) => format!("{operation} {:?}", error.kind()),
    }
}

/// The same, and what remains.
fn with_rest(error: &HoldError) -> String {
    let mut text = in_short(error.error());
    if let Some(error) = error.taking_back() {
        write!(text, " and {}", in_short(error)).unwrap();
    }
    for (half, until) in [
        ("preference", error.preference_remains()),
        ("message", error.message_remains()),
    ] {
        if until.is_some() {
            write!(text, ", {half} remains").unwrap();
        }
    }
    text
}
