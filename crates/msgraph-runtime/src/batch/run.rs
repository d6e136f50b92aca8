//! All calls of a batch: which of them wait, and which are to be sent.

use super::call::{BoxCall, Planned, Shared};
use super::group::{Flight, Group};
use crate::client::Inner;
use crate::exchange::Sending;
use crate::headers::CLIENT_REQUEST_ID;
use crate::token::TokenCache;
use crate::{BoxFuture, TokenProvider, driver};
use http::HeaderMap;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, USER_AGENT};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The number of calls under way at a time: four batches of twenty requests each.
const UNDER_WAY: usize = 80;

/// Makes all calls.
pub(super) async fn send(client: &Inner, calls: Vec<Box<dyn Planned>>) {
    let (provider, headers) = (provider(client), headers(client));
    let mut run = Run {
        shared: Shared {
            client,
            provider: &provider,
            headers: &headers,
        },
        planned: calls.into_iter(),
        calls: Calls {
            client,
            under_way: 0,
            waiting: Vec::new(),
            groups: Vec::new(),
        },
        flights: Vec::new(),
    };
    poll_fn(|cx| run.poll(cx)).await;
}

/// The provider, asked once for all calls.
fn provider(client: &Inner) -> Arc<dyn TokenProvider> {
    let provider = client.provider.clone();
    if !provider.may_block() || provider.ready(&client.scope).is_some() {
        return provider;
    }
    let limit = client.timeout.unwrap_or(driver::TOKEN_TIME);
    Arc::new(TokenCache::new(provider).provider_timeout(limit))
}

/// The headers of every attempt, without those that only the batch itself has.
fn headers(client: &Inner) -> HeaderMap {
    let mut headers = client.headers.clone();
    for name in [
        CLIENT_REQUEST_ID,
        AUTHORIZATION,
        ACCEPT_ENCODING,
        USER_AGENT,
    ] {
        headers.remove(name);
    }
    if headers
        .get(ACCEPT)
        .is_some_and(|accept| accept == "application/json")
    {
        // The default in a batch.
        headers.remove(ACCEPT);
    }
    headers
}

/// A batch that is being sent.
struct Run<'c> {
    shared: Shared<'c>,
    planned: std::vec::IntoIter<Box<dyn Planned>>,
    calls: Calls<'c>,
    flights: Vec<Flight<'c>>,
}

impl<'c> Run<'c> {
    /// Lets all calls go on as far as they can, and then sends what they have queued.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            // The calls that are answered together plan their repeats from one moment, so that
            // these leave together as well.
            let moment = driver::moment();
            while self.calls.under_way < UNDER_WAY
                && let Some(planned) = self.planned.next()
            {
                self.calls.under_way += 1;
                planned.start(self.shared, &mut self.calls);
            }
            self.calls.poll(cx);
            for group in std::mem::take(&mut self.calls.groups) {
                self.flights.push(Flight::new(self.shared.client, group));
            }
            let mut has_gone_on = false;
            self.flights.retain_mut(|flight| {
                let ended = |call: BoxCall<'c>, reply| {
                    has_gone_on = true;
                    call.attempted(reply, moment, &mut self.calls);
                };
                flight.poll(cx, ended).is_pending()
            });
            if !has_gone_on {
                return match self.calls.under_way {
                    0 => Poll::Ready(()),
                    _ => Poll::Pending,
                };
            }
        }
    }
}

/// The calls under way, but for those that are being sent.
pub(super) struct Calls<'c> {
    client: &'c Inner,
    /// The number of calls under way, those that are being sent included.
    under_way: usize,
    waiting: Vec<BoxFuture<'c, BoxCall<'c>>>,
    /// The attempts that are to be sent.
    groups: Vec<Group<'c>>,
}

impl<'c> Calls<'c> {
    /// Writes an attempt into a group, which its call has to join; nothing where a redirect has
    /// led out of the base URL.
    pub(super) fn write(&mut self, sending: &Sending<'_>) -> Option<&mut Group<'c>> {
        let url = sending.plan.target.below(&self.client.base)?;
        Some(Group::write(&mut self.groups, sending, url))
    }

    /// Goes on with a call when the future gives it back.
    pub(super) fn wait(&mut self, call: BoxFuture<'c, BoxCall<'c>>) {
        self.waiting.push(call);
    }

    /// A call is over.
    pub(super) fn end(&mut self) {
        self.under_way -= 1;
    }

    /// Goes on with the calls that have waited long enough.
    fn poll(&mut self, cx: &mut Context<'_>) {
        let mut place = 0;
        while let Some(future) = self.waiting.get_mut(place) {
            match future.as_mut().poll(cx) {
                Poll::Ready(call) => {
                    drop(self.waiting.remove(place));
                    call.next(self);
                }
                Poll::Pending => place += 1,
            }
        }
    }
}
