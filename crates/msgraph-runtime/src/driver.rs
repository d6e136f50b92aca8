//! The loop around the exchange: it does what the exchange says and tells it what came of it.

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

/// The body of a success that is still to be read, and what hides the secrets of its call.
pub(crate) type Rest = Option<(Body, Redactor)>;

/// Makes one call, and decodes what comes of it. Where `rest` is asked for, the body of a success
/// is not read but given there.
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

/// Goes on until there is a response with a value, or nothing is left to try.
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

/// Asks for a token; nothing when it has not come by the deadline of the call.
pub(crate) async fn token(
    provider: &Arc<dyn TokenProvider>,
    deadline: Option<Instant>,
    request: TokenRequest,
) -> Option<Result<AccessToken, BoxError>> {
    let until = deadline.or_else(|| token_limit(provider));
    let token = within(until, token::ask(provider, request)).await;
    // A provider that blocks this thread, against its word, answers too late.
    token.filter(|_| until.is_none_or(|until| now() < until))
}

/// When a call without a timeout gives its provider up. One that never blocks sees to its own
/// time, as a cache does.
fn token_limit(provider: &Arc<dyn TokenProvider>) -> Option<Instant> {
    let is_bound = provider.may_block();
    is_bound.then(|| later(now(), TOKEN_TIME)).flatten()
}

/// Sends one attempt and reads its response, as far as it comes, a success up to a length.
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
            // The limit is for what is decoded: it must not hide why a call is refused.
            let length = length.max(REFUSAL);
            // The status says the most: the body is worth one wait, and a short one.
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

/// The part of a refusal's body that is always read, in bytes.
pub(crate) const REFUSAL: usize = 64 << 10;

/// The time limit of the body of a refusal.
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// The limit of empty pieces in a row in a body.
const EMPTY_PIECES: u32 = 1000;

/// Reads a body up to a length, each piece within the read timeout, and all of it before the
/// end. The bytes received so far are kept, also if the rest fails.
async fn read(
    client: &Inner,
    mut body: Body,
    length: usize,
    deadline: Option<Instant>,
    end: Option<Instant>,
) -> (Bytes, Option<Truncation>) {
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    let mut empty_pieces = 0;
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
        // A piece without content is no progress, and gets no further time.
        if chunk.is_empty() {
            empty_pieces += 1;
            if empty_pieces > EMPTY_PIECES {
                break Some(Truncation::Broken(TransportError::interrupted(NO_CONTENT)));
            }
            continue;
        }
        empty_pieces = 0;
        let left = length.saturating_sub(first.len() + more.len());
        let is_too_long = chunk.len() > left;
        chunk.truncate(left);
        // Most bodies come in one piece, which need not be copied.
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

const NO_CONTENT: &str = "the pieces of the body have no content";

/// The sooner of the deadline and a time from now.
fn limit(now: Instant, after: Option<Duration>, deadline: Option<Instant>) -> Option<Instant> {
    let after = after.and_then(|after| later(now, after));
    match (after, deadline) {
        (Some(after), Some(deadline)) => Some(after.min(deadline)),
        (after, deadline) => after.or(deadline),
    }
}
