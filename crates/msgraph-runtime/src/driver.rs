//! The loop around the exchange, which carries out its steps and reports their results.

use crate::client::Inner;
use crate::clock::{later, moment, now, within};
use crate::decoder::Decoder;
use crate::error::Redactor;
use crate::exchange::{Failure, Plan, RawResponse, Step, Truncation};
use crate::headers::Received;
use crate::running::Running;
use crate::token::{TOKEN_TIME, TokenRequest};
use crate::transport::{Attempt, Body, Chunks, TransportError};
use crate::{AccessToken, BoxError, Error, Response, TokenProvider, headers, token};
use bytes::{Bytes, BytesMut};
use http::HeaderValue;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep_until;

/// The unread body of a success, and the redactor of its call.
pub(crate) type Rest = Option<(Body, Redactor)>;

/// Makes one call, and decodes its response. With `rest`, the body of a success is not read but
/// stored there.
pub(crate) async fn call<T>(
    client: &Inner,
    plan: Plan,
    decoder: Decoder<T>,
    mut rest: Option<&mut Rest>,
) -> Result<Response<T>, Error> {
    let mut call = Running::new(client, &client.headers, &client.provider, plan, decoder)?;
    let span = call.trace.clone();
    let unread = rest.as_deref_mut();
    let result = span.within(run(client, &mut call, unread)).await;
    if let (Ok(_), Some(Some((_, redactor)))) = (&result, rest) {
        *redactor = call.exchange.redactor();
    }
    call.finish(result)
}

/// Carries out the steps of a call until it has a value or has failed.
async fn run<T>(
    client: &Inner,
    call: &mut Running<'_, T>,
    mut rest: Option<&mut Rest>,
) -> Result<(T, RawResponse), Failure> {
    loop {
        if call.needs_turn() {
            call.wait_for_turn().await;
        }
        let deadline = call.exchange.deadline();
        match call.exchange.next() {
            Step::Authorize(request) => {
                let asking = Box::pin(token(&client.provider, deadline, request));
                call.exchange.asked(asking.await);
            }
            Step::Send(sending) => {
                let attempt = sending.attempt();
                let rest = rest.as_deref_mut();
                let (length, id) = (client.body_limit, &call.client_request_id);
                let result = send(client, length, deadline, attempt, id, rest).await;
                if let Some(value) = call.attempted(result, moment) {
                    return Ok(value);
                }
            }
            Step::Wait(until) => sleep_until(until.into()).await,
            Step::Fail(failure) => return Err(failure),
        }
    }
}

/// Requests a token; `None` if the deadline of the call has passed.
pub(crate) async fn token(
    provider: &Arc<dyn TokenProvider>,
    deadline: Option<Instant>,
    request: TokenRequest,
) -> Option<Result<AccessToken, BoxError>> {
    let until = deadline.or_else(|| token_limit(provider));
    let token = within(until, token::ask(provider, request)).await;
    // A provider that blocks this thread, although it denies it, can exceed the deadline.
    token.filter(|_| until.is_none_or(|until| now() < until))
}

/// The deadline of a provider in a call without a timeout; `None` for a provider that never blocks,
/// which has its own time limit, as a cache does.
fn token_limit(provider: &Arc<dyn TokenProvider>) -> Option<Instant> {
    let is_bound = provider.may_block();
    is_bound.then(|| later(now(), TOKEN_TIME)).flatten()
}

/// Sends one attempt and reads its response, the body of a success up to `length` bytes.
pub(crate) async fn send(
    client: &Inner,
    length: usize,
    deadline: Option<Instant>,
    mut attempt: Attempt,
    id: &HeaderValue,
    rest: Option<&mut Rest>,
) -> Result<RawResponse, TransportError> {
    let start = now();
    let limit = limit(start, client.read_timeout, deadline);
    attempt.respond_by(limit, start);
    let sent = within(limit, client.transport.send(attempt)).await;
    let (head, mut body) = sent
        .unwrap_or_else(|| Err(TransportError::too_slow()))?
        .into_parts();
    if headers::is_mismatched(id, &head.headers) {
        body.discard_connection();
        return Err(TransportError::mismatched());
    }
    let (body, truncation) = match (head.status.is_success(), rest) {
        (true, Some(rest)) => {
            *rest = Some((body, Redactor::default()));
            (Bytes::new(), None)
        }
        (true, None) => read(client, body, length, deadline, None).await,
        (false, _) => {
            // A small limit must not hide the reason of a refusal.
            let length = length.max(REFUSAL);
            // The status matters most: the body is worth only a short wait.
            let end = self::limit(now(), Some(REFUSAL_TIME), deadline);
            read(client, body, length, deadline, end).await
        }
    };
    Ok(RawResponse {
        status: head.status,
        headers: Received::Own(head.headers),
        body,
        truncation,
        batch: None,
    })
}

/// The length up to which the body of an error response is always read, in bytes.
pub(crate) const REFUSAL: usize = 64 << 10;

/// The time limit of the body of an error response.
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// The limit of consecutive empty chunks in a body.
const EMPTY_CHUNKS: u32 = 1000;

/// Reads a body up to a length, each chunk within the read timeout, and all of it before `end`. If
/// reading fails, the bytes received so far are kept.
async fn read(
    client: &Inner,
    mut body: Body,
    length: usize,
    deadline: Option<Instant>,
    end: Option<Instant>,
) -> (Bytes, Option<Truncation>) {
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    let mut empty_chunks = 0;
    let until = || limit(now(), client.read_timeout, end.or(deadline));
    let mut limit = until();
    let truncation = loop {
        let chunk = within(limit, poll_fn(|cx| body.poll_chunk(cx))).await;
        let mut chunk = match chunk {
            Some(Some(Ok(chunk))) => chunk,
            Some(None) => break None,
            Some(Some(Err(error))) => break Some(Truncation::Broken(error)),
            None => break Some(Truncation::Broken(TransportError::too_slow())),
        };
        // An empty chunk is no progress, and does not extend the time limit.
        if chunk.is_empty() {
            empty_chunks += 1;
            if empty_chunks > EMPTY_CHUNKS {
                break Some(Truncation::Broken(TransportError::interrupted(NO_CONTENT)));
            }
            continue;
        }
        empty_chunks = 0;
        let left = length.saturating_sub(first.len() + more.len());
        let is_too_long = chunk.len() > left;
        chunk.truncate(left);
        // Most bodies are one chunk, which is not copied.
        if first.is_empty() {
            first = chunk
        } else {
            more.extend_from_slice(&chunk)
        }
        if is_too_long {
            break Some(Truncation::TooLong(length));
        }
        limit = until();
    };
    if more.is_empty() {
        return (first, truncation);
    }
    let mut whole = BytesMut::with_capacity(first.len() + more.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&more);
    (whole.freeze(), truncation)
}

const NO_CONTENT: &str = "the chunks of the body have no content";

/// The earlier of the deadline and the instant after this time.
fn limit(now: Instant, after: Option<Duration>, deadline: Option<Instant>) -> Option<Instant> {
    let after = after.and_then(|after| later(now, after));
    match (after, deadline) {
        (Some(after), Some(deadline)) => Some(after.min(deadline)),
        (after, deadline) => after.or(deadline),
    }
}
