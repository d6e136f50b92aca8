//! The session of an application: what hides it, and how it is kept alive under a paused clock.

use super::world::World;
use crate::hold::session::hidden;
use crate::{
    Activity, Attempt, Availability, Body, BoxFuture, Client, Hidden, Presence, SessionPresence,
    Transport, TransportError,
};
use msgraph_presence_emulator::{Expected, Fault, Session};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout};

const MINUTE: Duration = Duration::from_secs(60);
const APPLICATION: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";

#[test]
fn what_hides_a_session_follows_the_documented_precedence() {
    use SessionPresence::{Available, Away, InACall, Presenting};
    let cases = [
        (InACall, false, "Busy InACall", None),
        (InACall, false, "Offline Offline", Some(Hidden::NoSession)),
        (InACall, false, "Offline OffWork", Some(Hidden::Preference)),
        (
            InACall,
            false,
            "DoNotDisturb DoNotDisturb",
            Some(Hidden::Preference),
        ),
        (
            InACall,
            false,
            "DoNotDisturb Presenting",
            Some(Hidden::Session),
        ),
        (InACall, false, "Busy InAMeeting", Some(Hidden::Session)),
        (
            InACall,
            false,
            "Available Available",
            Some(Hidden::Preference),
        ),
        (InACall, false, "Away Away", Some(Hidden::Preference)),
        (
            InACall,
            false,
            "BeRightBack BeRightBack",
            Some(Hidden::Preference),
        ),
        (
            InACall,
            false,
            "Available AvailableInactive",
            Some(Hidden::NotYet),
        ),
        (InACall, false, "Moon OnTheMoon", Some(Hidden::NotYet)),
        (Presenting, false, "DoNotDisturb Presenting", None),
        (Presenting, false, "Busy InACall", Some(Hidden::NotYet)),
        (Away, false, "Available Available", Some(Hidden::Session)),
        (Away, false, "Away OutOfOffice", None),
        (Available, false, "Available Available", None),
        (Available, false, "Available OutOfOffice", None),
        (
            Available,
            true,
            "Available AvailableInactive",
            Some(Hidden::Faded),
        ),
        (Available, true, "Away Away", Some(Hidden::Faded)),
        (Available, false, "Away Away", Some(Hidden::Preference)),
        (Available, true, "Busy InACall", Some(Hidden::Session)),
    ];
    for (ours, is_old, shown, expected) in cases {
        let (availability, activity) = shown.split_once(' ').unwrap();
        let mut presence = Presence::default();
        presence.availability = Some(availability.into());
        presence.activity = Some(activity.into());
        assert_eq!(
            hidden(ours, is_old, &presence),
            expected,
            "{ours:?} {shown}"
        );
    }
}

#[tokio::test]
async fn a_session_is_set_looked_at_and_ended_once() {
    let world = World::new().await;
    world.graph.sign_out(world.ada);
    let me = world.client.me().presence();
    let session = me.application_session(SessionPresence::InACall, APPLICATION);
    let mut session = session.await.unwrap();
    assert_eq!(world.shown(), "-, Busy InACall");
    let effect = session.effect(Duration::ZERO).await.unwrap();
    assert_eq!(effect.to_string(), "Busy, InACall is shown, as it was set");

    let presenting = Session::new(Availability::DoNotDisturb, Activity::Presenting);
    world.graph.sign_in_with(world.ada, presenting);
    let effect = session.effect(Duration::ZERO).await.unwrap();
    assert_eq!(
        effect.to_string(),
        "DoNotDisturb, Presenting is shown, not the presence that was set: another session takes precedence: \
         DoNotDisturb over Busy, Busy over Available, Available over Away",
    );
    world.graph.inject(Fault::status(500));
    assert!(session.end().await.unwrap_err().is_retryable());
    session.end().await.unwrap();
    session.end().await.unwrap();
    world
        .graph
        .received(Expected::post("clearPresence").times(2))
        .unwrap();
    let effect = session.effect(Duration::ZERO).await.unwrap();
    assert_eq!(effect.hidden, Some(Hidden::Ended));
    let kept = session.keep_alive(|error| panic!("{error}"));
    assert!(timeout(Duration::from_millis(10), kept).await.is_err());
}

#[tokio::test]
async fn a_session_that_has_expired_has_ended() {
    let world = World::new().await;
    let me = world.client.me().presence();
    let session = me.application_session(SessionPresence::Away, APPLICATION);
    let mut session = session.expiration_duration("PT5M").await.unwrap();
    world.graph.advance(MINUTE * 5);
    let task = tokio::spawn(async move {
        let kept = timeout(Duration::ZERO, session.keep_alive(|_| ())).await;
        assert!(kept.is_err());
        session.end().await
    });
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_duration_out_of_range_is_refused_before_it_is_sent() {
    let world = World::new().await;
    let me = world.client.me().presence();
    for duration in ["PT4M", "PT5H", "soon"] {
        let session = me.application_session(SessionPresence::Away, APPLICATION);
        session.expiration_duration(duration).await.unwrap_err();
    }
    assert_eq!(world.graph.requests_received(), 0);
}

/// A service that notes when it is asked, and responds with these statuses.
#[derive(Clone)]
struct Service {
    statuses: &'static [u16],
    times: Arc<Mutex<Vec<u64>>>,
    start: Instant,
}

impl Transport for Service {
    fn send(&self, _: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let mut times = self.times.lock().unwrap();
        times.push(self.start.elapsed().as_secs());
        let status = *self.statuses.get(times.len() - 1).unwrap_or(&200);
        let response = http::Response::builder().status(status);
        let response = match status {
            429 => response.header("retry-after", "70"),
            _ => response,
        };
        let response = response.body(Body::from("")).unwrap();
        Box::pin(async move { Ok(response) })
    }
}

fn service(statuses: &'static [u16]) -> (Service, Client) {
    let service = Service {
        statuses,
        times: Arc::default(),
        start: Instant::now(),
    };
    let builder = Client::builder().token("secret").transport(service.clone());
    let builder = builder.retry(crate::RetryPolicy::none());
    (service, builder.build().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_session_is_sent_again_before_it_fades_or_expires() {
    for (expiration, expected) in [
        ("PT1H", vec![0, 240, 480, 720]),
        ("PT5M", vec![0, 150, 300, 450, 600, 750]),
    ] {
        let (service, client) = service(&[]);
        let me = client.me().presence();
        let session = me.application_session(SessionPresence::Available, APPLICATION);
        let mut session = session.expiration_duration(expiration).await.unwrap();
        let kept = timeout(MINUTE * 14, session.keep_alive(|error| panic!("{error}"))).await;
        assert!(kept.is_err());
        assert_eq!(*service.times.lock().unwrap(), expected, "{expiration}");
        session.end().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn it_goes_on_through_failures_and_tells_them() {
    let (service, client) = service(&[200, 502, 502, 429, 404, 401]);
    let me = client.me().presence();
    let session = me.application_session(SessionPresence::InACall, APPLICATION);
    let mut session = session.await.unwrap();
    let mut told = Vec::new();
    let work = tokio::time::sleep(MINUTE * 10);
    tokio::select! {
        () = work => {}
        never = session.keep_alive(|error| told.push(error.status().unwrap().as_u16())) => match never {},
    }
    assert_eq!(told, [502, 502, 429, 404, 401]);
    assert_eq!(
        *service.times.lock().unwrap(),
        [0, 240, 241, 243, 313, 321, 337, 577]
    );
    session.end().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_has_slept_sends_it_at_once() {
    let (service, client) = service(&[]);
    let (start, asleep) = (Instant::now(), Arc::new(Mutex::new(Duration::ZERO)));
    let sleeps = asleep.clone();
    let wall = move || SystemTime::UNIX_EPOCH + start.elapsed() + *sleeps.lock().unwrap();
    let me = client.me().presence();
    let session = me.application_session(SessionPresence::InACall, APPLICATION);
    let mut session = session.wall(Arc::new(wall)).await.unwrap();
    let lid = async {
        tokio::time::sleep(Duration::from_secs(62)).await;
        *asleep.lock().unwrap() = MINUTE * 60;
        tokio::time::sleep(MINUTE * 2).await;
    };
    tokio::select! {
        () = lid => {}
        never = session.keep_alive(|error| panic!("{error}")) => match never {},
    }
    assert_eq!(*service.times.lock().unwrap(), [0, 65]);
    session.end().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_effect_is_read_until_the_end_of_its_timeout() {
    let (service, client) = service(&[200, 502, 502, 502, 502, 502, 502, 502]);
    let me = client.me().presence();
    let session = me.application_session(SessionPresence::InACall, APPLICATION);
    let mut session = session.await.unwrap();
    let error = session.effect(Duration::from_secs(40)).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 502);
    assert_eq!(*service.times.lock().unwrap(), [0, 0, 1, 3, 7, 15, 30, 40]);
    session.end().await.unwrap();
}
