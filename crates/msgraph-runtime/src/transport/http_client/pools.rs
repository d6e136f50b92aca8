//! Pools of kept connections, one for each runtime, replaced when a connection dies.
//!
//! A connection can be dead without being closed, and reqwest can neither test nor evict a single
//! one. So the first connection that dies retires its pool: a new reqwest client replaces it. Pools
//! are numbered, so that attempts that fail together replace a pool only once.

use super::build;
use crate::Error;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use tokio::runtime::{Handle, Id};
use tokio::sync::oneshot::{self, Receiver, Sender};

/// The pools of a client.
pub(super) struct Pools {
    shared: Arc<Shared>,
    /// The client for fresh connections, which keeps no connection; `None` if it cannot be built.
    fresh: OnceLock<Option<reqwest::Client>>,
}

struct Shared {
    is_loopback: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    pools: Vec<Pool>,
    /// The number of pools made so far.
    count: u64,
    /// The client for the first pool.
    spare: Option<reqwest::Client>,
}

/// The connections of one runtime. Calls of other runtimes cannot use them, because no response
/// arrives while their runtime is not polled.
struct Pool {
    /// `None` outside of any runtime.
    runtime: Option<Id>,
    number: u64,
    client: reqwest::Client,
    /// `true` if the pool may have a connection of an earlier attempt.
    is_used: bool,
    is_retired: bool,
    /// Ends the task that waits for the end of the runtime.
    _end: Sender<()>,
}

/// The reqwest client of an attempt.
pub(super) struct Lease {
    pub(super) client: reqwest::Client,
    /// `true` if the connection is certainly new.
    pub(super) is_first_use: bool,
    /// `None` if no connection is kept, or if the pool cannot be replaced.
    pub(super) pool: Option<PoolId>,
}

/// The pool that an attempt has used.
pub(super) struct PoolId {
    shared: Arc<Shared>,
    number: u64,
}

impl Pools {
    pub(super) fn new(is_loopback: bool) -> Result<Self, Error> {
        let state = State {
            // Missing roots of trust are an error of the builder, not of the first call.
            spare: Some(build::own(is_loopback)?),
            ..State::default()
        };
        let shared = Shared {
            is_loopback,
            state: Mutex::new(state),
        };
        Ok(Self {
            shared: Arc::new(shared),
            fresh: OnceLock::new(),
        })
    }

    /// A client that makes a connection for each attempt.
    pub(super) fn fresh(&self) -> Option<Lease> {
        let build = || build::without_pool(self.shared.is_loopback).ok();
        Some(Lease {
            client: self.fresh.get_or_init(build).clone()?,
            is_first_use: true,
            pool: None,
        })
    }

    /// The client with the connections of the current runtime.
    pub(super) fn kept(&self) -> Result<Lease, Error> {
        let handle = Handle::try_current().ok();
        let runtime = handle.as_ref().map(Handle::id);
        let is_loopback = self.shared.is_loopback;
        let mut state = self.shared.lock();
        let known = state.pools.iter().position(|pool| pool.runtime == runtime);
        let Some(at) = known else {
            let (mut pool, ended) = state.make(runtime, is_loopback)?;
            let lease = self.lease(&mut pool);
            state.pools.push(pool);
            // A runtime that is shutting down drops the task at once, which takes the lock.
            drop(state);
            if let Some((handle, runtime)) = handle.zip(runtime) {
                let close = Close {
                    shared: Arc::downgrade(&self.shared),
                    runtime,
                };
                handle.spawn(close.at_the_end(ended));
            }
            return Ok(lease);
        };
        if state.pools[at].is_retired {
            state.renew(at, is_loopback);
        }
        Ok(self.lease(&mut state.pools[at]))
    }

    fn lease(&self, pool: &mut Pool) -> Lease {
        Lease {
            client: pool.client.clone(),
            is_first_use: !std::mem::replace(&mut pool.is_used, true),
            pool: Some(PoolId {
                shared: Arc::clone(&self.shared),
                number: pool.number,
            }),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Makes the pool of a runtime; the receiver ends when the pool is dropped.
    fn make(
        &mut self,
        runtime: Option<Id>,
        is_loopback: bool,
    ) -> Result<(Pool, Receiver<()>), Error> {
        let client = match self.spare.take() {
            Some(client) => client,
            None => build::own(is_loopback)?,
        };
        let (_end, ended) = oneshot::channel();
        self.count += 1;
        let pool = Pool {
            runtime,
            number: self.count,
            client,
            is_used: false,
            is_retired: false,
            _end,
        };
        Ok((pool, ended))
    }

    /// Replaces the client of a pool; keeps the old one if no client can be built.
    fn renew(&mut self, at: usize, is_loopback: bool) {
        if let Ok(client) = build::own(is_loopback) {
            self.count += 1;
            let pool = &mut self.pools[at];
            pool.client = client;
            pool.number = self.count;
            pool.is_used = false;
            pool.is_retired = false;
        }
    }
}

impl PoolId {
    /// Retires the pool, because its connections may be dead: no later attempt uses one of them.
    pub(super) fn retire(&self) {
        let mut state = self.shared.lock();
        let pool = state
            .pools
            .iter_mut()
            .find(|pool| pool.number == self.number);
        if let Some(pool) = pool {
            pool.is_retired = true;
        }
    }
}

/// Closes the pool of a runtime that has ended.
struct Close {
    shared: Weak<Shared>,
    runtime: Id,
}

impl Close {
    /// Waits for the end of the client, or is dropped with the runtime.
    async fn at_the_end(self, ended: Receiver<()>) {
        // Nothing is sent: dropping the sender ends the wait.
        let _ = ended.await;
    }
}

impl Drop for Close {
    fn drop(&mut self) {
        let Some(shared) = self.shared.upgrade() else {
            return;
        };
        let mut state = shared.lock();
        let found = state
            .pools
            .iter()
            .position(|pool| pool.runtime == Some(self.runtime));
        let pool = found.map(|at| state.pools.swap_remove(at));
        // The connections are closed after the lock is released.
        drop(state);
        drop(pool);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    }

    #[test]
    fn a_pool_lives_as_long_as_its_runtime_and_its_client() {
        let pools = Pools::new(true).unwrap();
        let count = || pools.shared.lock().pools.len();
        let number = || pools.kept().unwrap().pool.unwrap().number;
        let [one, other] = [runtime(), runtime()];
        let numbers = [&one, &other, &one].map(|runtime| runtime.block_on(async { number() }));
        assert_eq!((numbers, count()), ([1, 2, 1], 2));
        drop(one);
        assert_eq!(count(), 1);
        // The task that waits for the end of the runtime does not outlive the client.
        let tasks = || other.metrics().num_alive_tasks();
        assert_eq!(tasks(), 1);
        drop(pools);
        other.block_on(tokio::task::yield_now());
        assert_eq!(tasks(), 0);
    }

    #[test]
    fn attempts_that_fail_together_replace_a_pool_once() {
        let pools = Pools::new(true).unwrap();
        let runtime = runtime();
        let _entered = runtime.enter();
        let leases = [(); 3].map(|()| pools.kept().unwrap());
        let firsts = leases.each_ref().map(|lease| lease.is_first_use);
        assert_eq!(firsts, [true, false, false]);
        let retire = |lease: &Lease| lease.pool.as_ref().unwrap().retire();
        leases.iter().for_each(retire);
        let renewed = pools.kept().unwrap();
        assert!(renewed.is_first_use);
        // An attempt that used the old pool does not retire the new one.
        retire(&leases[0]);
        let again = pools.kept().unwrap();
        assert!(!again.is_first_use);
        assert_eq!(again.pool.unwrap().number, renewed.pool.unwrap().number);
    }
}
