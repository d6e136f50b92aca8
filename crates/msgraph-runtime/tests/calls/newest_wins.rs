//! Writes that overlap: one is under way, and of those that wait only the newest is sent.

use msgraph_runtime::NewestWins;
use std::future::pending;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// A service that takes a second for each write, and keeps those that have come.
#[derive(Clone, Default)]
struct Service(Arc<Mutex<Vec<u32>>>);

impl Service {
    async fn write(self, number: u32) -> u32 {
        self.0.lock().unwrap().push(number);
        sleep(Duration::from_secs(1)).await;
        number
    }

    fn written(&self) -> Vec<u32> {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test(start_paused = true)]
async fn of_the_writes_that_wait_the_newest_is_sent() {
    let (service, writes) = (Service::default(), Arc::new(NewestWins::default()));
    let send = |number: u32, after: u64| {
        let (service, writes) = (service.clone(), writes.clone());
        tokio::spawn(async move {
            sleep(Duration::from_millis(after)).await;
            writes.send(service.write(number)).await
        })
    };
    let calls = [
        send(1, 0),
        send(2, 100),
        send(3, 200),
        send(4, 300),
        send(5, 1_500),
        send(6, 5_000),
    ];
    let mut results = Vec::new();
    for call in calls {
        results.push(call.await.unwrap());
    }
    assert_eq!(results, [Some(1), None, None, Some(4), Some(5), Some(6)]);
    assert_eq!(service.written(), [1, 4, 5, 6]);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_given_up_makes_room_for_the_next() {
    let (service, writes) = (Service::default(), NewestWins::default());
    let given_up = timeout(Duration::from_secs(1), writes.send(pending::<u32>()));
    let next = writes.send(service.clone().write(2));
    let (given_up, next) = tokio::join!(given_up, next);
    assert!(given_up.is_err());
    assert_eq!((next, service.written()), (Some(2), vec![2]));
}
