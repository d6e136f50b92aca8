//! The loop around the exchange: it does what the exchange says and tells it what came of it.

use crate::batch::Whole;
use crate::client::Inner;
use crate::decoder::Decoder;
use crate::error::Redactor;
use crate::exchange::{Answer, Cut, Exchange, Failure, Moment, Plan, Step, later, retry_after};
use crate::pace::Limiter;
use crate::response::Raw;
use crate::trace::{EndOfAttempt, Trace};
use crate::transport::{Attempt, Body, Chunks, TransportError};
use crate::{BoxError, Error, headers, token};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, StatusCode};
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::runtime::Handle;
use tokio::time::{sleep_until, timeout_at};

/// The body of a success that is still to be read, and what hides the secrets of its call.
pub(crate) type Rest = Option<(Body, Redactor)>;

/// Makes one call, and decodes what comes of it. Where `rest` is asked for, the body of a success
/// is not read but given there.
pub(crate) async fn call<T>(
    client: &Inner,
    plan: Plan,
    decoder: Decoder<T>,
    mut rest: Option<&mut Rest>,
) -> Result<(T, Raw), Error> {
    if Handle::try_current().is_err() {
        return Err(Error::request(plan.operation, NO_RUNTIME));
    }
    let client_request_id = plan.client_request_id.clone();
    let ready = client.provider.ready(&client.scope);
    let trace = Trace::new(client, &plan);
    let limiter = client.pacer.limiter(plan.operation, plan.is_paced);
    let pace = limiter.map(|limiter| (limiter, plan.is_paced));
    let mut exchange = Exchange::new(plan, &client.headers, &client.budget, ready, now());
    let unread = rest.as_deref_mut();
    let running = run(
        client,
        &mut exchange,
        pace,
        &client_request_id,
        &decoder,
        unread,
    );
    let result = match trace.within(running).await {
        Ok((value, answer)) => {
            if let Some(Some((_, redactor))) = rest {
                *redactor = exchange.redactor();
            }
            let raw = Raw {
                status: answer.status,
                headers: answer.headers,
                body: answer.body,
                client_request_id,
                attempts: exchange.sent(),
            };
            Ok((value, raw))
        }
        Err(failure) => Err(exchange.error(failure)),
    };
    trace.finish(&exchange, result.as_ref().map(|(_, raw)| raw));
    result
}

const NO_RUNTIME: &str = "a call needs a tokio runtime: await it inside one, or use \
    `send_blocking` of the feature `blocking`";

/// Goes on until there is a response with a value, or nothing is left to try.
async fn run<T>(
    client: &Inner,
    exchange: &mut Exchange<'_>,
    pace: Option<(Arc<Limiter>, bool)>,
    id: &HeaderValue,
    decoder: &Decoder<T>,
    mut rest: Option<&mut Rest>,
) -> Result<(T, Answer), Failure> {
    loop {
        let waited = match &pace {
            Some((limiter, is_beside)) if exchange.is_ready() => {
                Some(wait_for_turn(exchange, limiter, *is_beside).await)
            }
            _ => None,
        };
        let deadline = exchange.deadline();
        match exchange.next() {
            Step::Authorize(request) => {
                let until = deadline.or_else(|| token_limit(client));
                let asking = Box::pin(token::ask(&client.provider, request));
                let token = within(until, asking).await;
                // A provider that blocks this thread, against its word, answers too late.
                let is_in_time = until.is_none_or(|until| now() < until);
                match token.filter(|_| is_in_time) {
                    Some(token) => exchange.authorized(token),
                    None => exchange.token_timed_out(),
                }
            }
            Step::Send(attempt) => {
                let rest = rest.as_deref_mut();
                let length = client.body_limit;
                let sent = waited.map(|_| now());
                let result = send(client, length, deadline, attempt, id, rest).await;
                if let (Some((limiter, _)), Some(sent), Ok(answer)) = (&pace, sent, &result) {
                    slow_down(limiter, sent, answer);
                }
                let ended = EndOfAttempt::new(&result, exchange, waited);
                match result {
                    Ok(answer) if answer.is_whole_success() => match decoder.value(&answer) {
                        Ok(value) => {
                            exchange.succeeded();
                            ended.record(None);
                            return Ok((value, answer));
                        }
                        Err(failure) => {
                            exchange.undecoded(answer, *failure, moment_of(client));
                        }
                    },
                    Ok(answer) => exchange.answered(answer, moment_of(client)),
                    Err(error) => exchange.broken(error, moment_of(client)),
                }
                ended.record(exchange.wait(now()));
            }
            Step::Wait(until) => sleep_until(until.into()).await,
            Step::Fail(failure) => return Err(failure),
        }
    }
}

/// Waits for the turn of the next attempt, beside the time of the call or within it; says how long.
async fn wait_for_turn(
    exchange: &mut Exchange<'_>,
    limiter: &Limiter,
    is_beside: bool,
) -> Duration {
    let start = now();
    let until = exchange.deadline().filter(|_| !is_beside);
    let turn = within(until, Box::pin(limiter.turn())).await;
    let waited = now() - start;
    match turn {
        Some(()) if is_beside => exchange.postpone(waited),
        Some(()) => {}
        None => exchange.turn_timed_out(),
    }
    waited
}

/// Makes all calls of a client slower when the service says that it gets too many.
fn slow_down(limiter: &Limiter, sent: Instant, answer: &Answer) {
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        let retry_after = retry_after::read(&answer.headers, SystemTime::now());
        limiter.throttled(sent, retry_after, now());
    }
}

/// When a call without a timeout gives its provider up. One that never blocks sees to its own
/// time, as a cache does.
fn token_limit(client: &Inner) -> Option<Instant> {
    let is_bound = client.provider.may_block();
    is_bound.then(|| later(now(), TOKEN_TIME)).flatten()
}

/// The time a provider may take for one token where nothing else says so.
pub(crate) const TOKEN_TIME: Duration = Duration::from_secs(60);

/// Sends one attempt and reads its response, as far as it comes, a success up to a length.
pub(crate) async fn send(
    client: &Inner,
    length: usize,
    deadline: Option<Instant>,
    mut attempt: Attempt,
    id: &HeaderValue,
    rest: Option<&mut Rest>,
) -> Result<Answer, TransportError> {
    let start = now();
    let limit = limit(start, client.read_timeout, deadline);
    attempt.answered_by(limit, start);
    let sent = within(limit, client.transport.send(attempt)).await;
    let (mut head, mut body) = sent.unwrap_or_else(|| Err(too_slow()))?.into_parts();
    if headers::is_foreign(id, &head.headers) {
        body.distrust();
        return Err(TransportError::foreign());
    }
    let (body, cut) = match (head.status.is_success(), rest) {
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
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body,
        cut,
        batch: head.extensions.remove().map(|Whole(batch)| batch),
    })
}

/// The part of a refusal's body that is always read, in bytes.
const REFUSAL: usize = 64 << 10;

/// The time limit of the body of a refusal.
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// The limit of empty pieces in a row in a body.
const EMPTY_PIECES: u32 = 1000;

/// Reads a body up to a length, each piece within the read timeout, and all of it before the
/// end. What has come is kept, whatever happens then.
async fn read(
    client: &Inner,
    mut body: Body,
    length: usize,
    deadline: Option<Instant>,
    end: Option<Instant>,
) -> (Bytes, Option<Cut>) {
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    let mut empty_pieces = 0;
    let until = || limit(now(), client.read_timeout, end.or(deadline));
    let mut limit = until();
    let cut = loop {
        let chunk = within(limit, poll_fn(|cx| body.poll_chunk(cx))).await;
        let mut chunk = match chunk {
            Some(Some(Ok(chunk))) => chunk,
            Some(None) => break None,
            Some(Some(Err(error))) => break Some(Cut::Broken(error)),
            None => break Some(Cut::Broken(too_slow())),
        };
        // A piece without content is no progress, and gets no further time.
        if chunk.is_empty() {
            empty_pieces += 1;
            if empty_pieces > EMPTY_PIECES {
                break Some(Cut::Broken(TransportError::interrupted(NO_CONTENT)));
            }
            continue;
        }
        empty_pieces = 0;
        let left = length.saturating_sub(first.len() + more.len());
        let is_too_long = chunk.len() > left;
        chunk.truncate(left);
        // Most bodies come in one piece, which need not be copied.
        match first.is_empty() {
            true => first = chunk,
            false => more.extend_from_slice(&chunk),
        }
        if is_too_long {
            break Some(Cut::TooLong(length));
        }
        limit = until();
    };
    if more.is_empty() {
        return (first, cut);
    }
    let mut whole = BytesMut::with_capacity(first.len() + more.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&more);
    (whole.freeze(), cut)
}

const NO_CONTENT: &str = "the pieces of the body have no content";

pub(crate) fn too_slow() -> TransportError {
    let reason: BoxError = "no byte came in the time allowed".into();
    TransportError::interrupted(reason).timed_out()
}

/// Waits for the future until then; nothing when it has not come.
async fn within<F: Future>(until: Option<Instant>, future: F) -> Option<F::Output> {
    match until {
        Some(until) => timeout_at(until.into(), future).await.ok(),
        None => Some(future.await),
    }
}

/// The sooner of the deadline and a time from now.
fn limit(now: Instant, after: Option<Duration>, deadline: Option<Instant>) -> Option<Instant> {
    let after = after.and_then(|after| later(now, after));
    match (after, deadline) {
        (Some(after), Some(deadline)) => Some(after.min(deadline)),
        (after, deadline) => after.or(deadline),
    }
}

/// The time of the runtime's clock, which tests can stop.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// The moment of an event: for all calls of a batch that are answered together the same one.
fn moment_of(client: &Inner) -> Moment {
    client
        .queue
        .as_ref()
        .map_or_else(moment, |queue| queue.moment())
}

pub(crate) fn moment() -> Moment {
    Moment {
        now: now(),
        wall: SystemTime::now(),
        random: fastrand::f64(),
    }
}
