//! Up to twenty attempts that leave as one request.

use super::envelope;
use super::queue::{Queued, Reply};
use crate::client::Inner;
use crate::exchange::{Answer, REDIRECTS, redirect};
use crate::headers::CLIENT_REQUEST_ID;
use crate::transport::{Attempt, TOO_LONG, Target, TransportError};
use crate::{BoxFuture, Method, Operation, driver, request};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::oneshot;

/// The number of requests the service takes in a batch.
const MOST: usize = 20;

/// The limit of the bodies in a batch, in bytes.
const MOST_BYTES: usize = 4_000_000;

/// Room for the headers of one response, in bytes.
const HEADERS: usize = 16 << 10;

/// Batching itself, for transports that count or pace by operation.
pub(crate) static OPERATION: Operation = Operation {
    id: "$batch",
    method: Method::POST,
    path: "/$batch",
    documentation: Some("https://learn.microsoft.com/graph/json-batching"),
    ..Operation::EMPTY
};

/// The message of a request's error when its batch was refused.
pub(crate) const WHOLE: &str = "the batch with this request was refused as a whole";

/// Puts attempts together that have the same token; those that nobody waits for are left out.
pub(super) fn groups(attempts: Vec<Queued>) -> Vec<Vec<Queued>> {
    let mut groups: Vec<(usize, Vec<Queued>)> = Vec::new();
    for queued in attempts {
        let length = queued.attempt.body.len();
        let fits = |bytes: usize, group: &[Queued]| {
            let is_same = group
                .first()
                .is_some_and(|first| token(first) == token(&queued));
            is_same && group.len() < MOST && bytes + length <= MOST_BYTES
        };
        let found = groups.iter_mut().find(|(bytes, group)| fits(*bytes, group));
        match found {
            _ if queued.reply.is_closed() => {}
            Some((bytes, group)) => {
                *bytes += length;
                group.push(queued);
            }
            None => groups.push((length, vec![queued])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn token(queued: &Queued) -> Option<&HeaderValue> {
    queued.attempt.headers.get(AUTHORIZATION)
}

/// A batch that is under way.
pub(super) struct Flight {
    call: BoxFuture<'static, Result<Answer, TransportError>>,
    /// The body that is sent, which no error must show.
    body: Bytes,
    replies: Vec<oneshot::Sender<Reply>>,
}

impl Flight {
    pub(super) fn new(client: &Arc<Inner>, group: Vec<Queued>) -> Self {
        let parts = group
            .into_iter()
            .map(|queued| (queued.attempt, queued.reply));
        let (attempts, replies): (Vec<_>, Vec<_>) = parts.unzip();
        let mut headers = client.headers.clone();
        if let Some(token) = attempts
            .iter()
            .find_map(|one| one.headers.get(AUTHORIZATION))
        {
            headers.insert(AUTHORIZATION, token.clone());
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let is_fresh = attempts.iter().any(|attempt| attempt.fresh_connection);
        let body = envelope::written(&client.base, &attempts);
        Self {
            call: Box::pin(send(client.clone(), headers, body.clone(), is_fresh)),
            body,
            replies,
        }
    }

    /// Goes on until each request of the batch has its answer, or nobody waits for one.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.replies.iter().all(oneshot::Sender::is_closed) {
            return Poll::Ready(());
        }
        let result = ready!(self.call.as_mut().poll(cx));
        let replies = envelope::replies(result, &self.body, self.replies.len());
        for (to, reply) in self.replies.drain(..).zip(replies) {
            // The call may have been given up meanwhile.
            let _ = to.send(reply);
        }
        Poll::Ready(())
    }
}

/// Sends a batch, and follows redirects as a single call does.
async fn send(
    client: Arc<Inner>,
    mut headers: HeaderMap,
    body: Bytes,
    fresh_connection: bool,
) -> Result<Answer, TransportError> {
    let id = request::client_request_id();
    headers.insert(CLIENT_REQUEST_ID, id.clone());
    let mut url = client.base.clone();
    url.set_path(&format!(
        "{}{}",
        url.path().trim_end_matches('/'),
        OPERATION.path
    ));
    let mut target = Target::of_encoded(url);
    for _ in 0..=REDIRECTS {
        let Some(here) = target else {
            return Err(TransportError::refused(TOO_LONG));
        };
        let attempt = Attempt {
            method: OPERATION.method.clone(),
            headers: headers.clone(),
            body: body.clone(),
            fresh_connection,
            operation: Some(&OPERATION),
            target: here.clone(),
            silent_from: None,
        };
        let limit = client
            .body_limit
            .saturating_add(HEADERS)
            .saturating_mul(MOST);
        let answer = driver::send(&client, limit, None, attempt, &id, None).await?;
        let next = redirect::target(here.url(), &[], answer.status, &answer.headers);
        target = match next {
            Ok(next) if answer.status.is_redirection() => Some(next),
            _ => return Ok(answer),
        };
    }
    Err(TransportError::refused("the batch is redirected too often"))
}
