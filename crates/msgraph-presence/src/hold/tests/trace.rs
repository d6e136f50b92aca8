//! A hold or a session that is dropped gives one warning, and sends nothing.

use super::world::World;
use crate::SessionPresence;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

/// Counts warnings.
struct Warnings(Arc<AtomicUsize>);

impl Subscriber for Warnings {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let is_ours = metadata.target() == "msgraph_presence";
        let is_warning = *metadata.level() == Level::WARN;
        self.0
            .fetch_add(usize::from(is_ours && is_warning), Ordering::Relaxed);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The warnings of a drop.
///
/// A second subscriber is kept alive: while there is only one, `tracing` asks only that of the current
/// thread about an event that comes for the first time, and other tests have none.
fn warnings<T>(dropped: T) -> usize {
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Warnings(Arc::default())));
    LazyLock::force(&SECOND);
    let count = Arc::new(AtomicUsize::new(0));
    let subscriber = Warnings(count.clone());
    tracing::subscriber::with_default(subscriber, || drop(dropped));
    count.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_drop_warns_once_where_something_remains() {
    for (script, expected) in [
        ("prepares", 0),
        ("holds", 1),
        ("holds; crashes", 1),
        ("holds; releases", 0),
        ("holds; refuses setStatusMessage; releases", 1),
        ("holds; waits 3600", 0),
        ("forbids setUserPreferredPresence; holds", 0),
    ] {
        let mut world = World::new().await;
        world.play(script).await;
        let before = world.graph.requests_received();
        assert_eq!(warnings(world.hold.take()), expected, "{script}");
        assert_eq!(world.graph.requests_received(), before);
    }
    let mut world = World::new().await;
    world.play("holds").await;
    let hold = world.hold.take().unwrap();
    assert_eq!(warnings(hold.into_saved()), 0);

    let me = world.client.me().presence();
    let session = me.application_session(SessionPresence::Away, "application");
    let mut session = session.await.unwrap();
    assert_eq!(
        warnings(
            me.application_session(SessionPresence::Away, "application")
                .await
        ),
        1
    );
    session.end().await.unwrap();
    assert_eq!(warnings(session), 0);
}
