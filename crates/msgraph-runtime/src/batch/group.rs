//! Groups of up to twenty attempts, each sent as one request.

use super::envelope::Envelope;
use super::responses::{self, Reply};
use crate::client::Inner;
use crate::exchange::{REDIRECTS, RawResponse, Sending, redirect};
use crate::headers::{CLIENT_REQUEST_ID, client_request_id};
use crate::operation::BATCH;
use crate::transport::{Attempt, TOO_LONG, Target, TransportError};
use crate::{AccessToken, BoxFuture, clock, driver};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;
use tokio::time::{Sleep, sleep_until};

/// The number of requests that the service accepts in a batch.
const MOST: usize = 20;

/// The limit of the bodies in a batch, in bytes.
const MOST_BYTES: usize = 4_000_000;

/// The space for the headers of one response, in bytes.
const HEADERS: usize = 16 << 10;

/// A call that waits for its reply.
pub(super) trait Waits {
    /// The deadline of the call.
    fn deadline(&self) -> Option<Instant>;
}

/// Attempts that are sent together: their body and their calls.
pub(super) struct Group<C> {
    token: Option<HeaderValue>,
    is_fresh: bool,
    /// The length of all bodies.
    bytes: usize,
    body: Envelope,
    calls: Vec<Option<C>>,
}

impl<C> Group<C> {
    /// Writes an attempt, with its URL below the base URL, into the first group with the same token
    /// that has room for it.
    pub(super) fn write<'g>(
        groups: &'g mut Vec<Self>,
        sending: &Sending<'_>,
        url: &str,
    ) -> &'g mut Self {
        let token = sending.token.and_then(AccessToken::header);
        let bytes = sending.plan.body.as_ref().map_or(0, Bytes::len);
        let fits = |group: &Self| {
            is_same(group.token.as_ref(), token)
                && group.calls.len() < MOST
                && group.bytes + bytes <= MOST_BYTES
        };
        let place = groups.iter().position(fits).unwrap_or_else(|| {
            groups.push(Self {
                token: token.cloned(),
                is_fresh: false,
                bytes: 0,
                body: Envelope::with_room_for(MOST),
                calls: Vec::with_capacity(MOST),
            });
            groups.len() - 1
        });
        let group = &mut groups[place];
        group.is_fresh |= sending.fresh_connection;
        group.bytes += bytes;
        group.body.add(sending, url);
        group
    }

    /// Adds the call whose attempt was written last.
    pub(super) fn join(&mut self, call: C) {
        self.calls.push(Some(call));
    }
}

/// Returns `true` if two tokens are equal. Most share one buffer, which need not be read.
fn is_same(one: Option<&HeaderValue>, other: Option<&HeaderValue>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::eq(one.as_bytes(), other.as_bytes()) || one == other,
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// A group that was sent.
pub(super) struct InFlight<'c, C> {
    response: BoxFuture<'c, Result<RawResponse, TransportError>>,
    /// The sent body, which no error must show.
    body: Bytes,
    /// The longest response to a request, in bytes.
    body_limit: usize,
    /// The call of each request; `None` if it no longer waits.
    calls: Vec<Option<C>>,
    /// The first deadline of these calls.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<'c, C: Waits> InFlight<'c, C> {
    pub(super) fn new(client: &'c Inner, group: Group<C>) -> Self {
        let mut headers = client.headers.clone();
        headers.remove(AUTHORIZATION);
        headers.extend(group.token.map(|token| (AUTHORIZATION, token)));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = group.body.finish();
        Self {
            response: Box::pin(send(client, headers, body.clone(), group.is_fresh)),
            body,
            body_limit: client.body_limit,
            deadline: first_deadline(&group.calls),
            calls: group.calls,
        }
    }

    /// Polls until each call has its reply; a call whose deadline passes gets a timeout.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        mut ended: impl FnMut(C, Reply),
    ) -> Poll<()> {
        if let Poll::Ready(result) = self.response.as_mut().poll(cx) {
            let replies = responses::replies(result, &self.body, self.calls.len(), self.body_limit);
            for (call, reply) in self.calls.drain(..).zip(replies) {
                if let Some(call) = call {
                    ended(call, reply);
                }
            }
            return Poll::Ready(());
        }
        while let Some(sleep) = &mut self.deadline {
            ready!(sleep.as_mut().poll(cx));
            let now = clock::now();
            let is_late = |call: &mut C| call.deadline().is_some_and(|end| end <= now);
            let late = self
                .calls
                .iter_mut()
                .filter_map(|call| call.take_if(is_late));
            late.for_each(|call| ended(call, Err(TransportError::too_slow())));
            self.deadline = first_deadline(&self.calls);
        }
        if self.calls.iter().all(Option::is_none) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn first_deadline(calls: &[Option<impl Waits>]) -> Option<Pin<Box<Sleep>>> {
    let deadlines = calls.iter().flatten().filter_map(|call| call.deadline());
    Some(Box::pin(sleep_until(deadlines.min()?.into())))
}

/// Sends a batch, and follows redirects as a single call does.
async fn send(
    client: &Inner,
    mut headers: HeaderMap,
    body: Bytes,
    fresh_connection: bool,
) -> Result<RawResponse, TransportError> {
    let id = client_request_id();
    headers.insert(CLIENT_REQUEST_ID, id.clone());
    let base = client.base.as_str().trim_end_matches('/');
    let mut target = Target::written(&client.base, format!("{base}{}", BATCH.path), "");
    for _ in 0..=REDIRECTS {
        let Some(here) = target else {
            return Err(TransportError::refused(TOO_LONG));
        };
        let attempt = Attempt {
            method: BATCH.method.clone(),
            headers: headers.clone(),
            body: body.clone(),
            fresh_connection,
            operation: Some(&BATCH),
            target: here.clone(),
            silent_from: None,
        };
        let limit = client
            .body_limit
            .saturating_add(HEADERS)
            .saturating_mul(MOST);
        let response = driver::send(client, limit, None, attempt, &id, None).await?;
        let next = redirect::target(&here.url(), &[], response.status, &response.headers);
        target = match next {
            Ok(next) if response.status.is_redirection() => Some(next),
            _ => return Ok(response),
        };
    }
    Err(TransportError::refused("the batch is redirected too often"))
}
