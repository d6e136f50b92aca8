//! JSON batching: many calls whose attempts are sent together, twenty in a request.
//!
//! A batch has no rules of its own: each of its requests is a call with its own exchange and limits.
//! Attempts are queued until all calls wait, and are then sent in groups.

mod envelope;
mod group;
mod responses;
mod run;
mod scan;

use crate::decoder::Decoder;
use crate::exchange::Plan;
use crate::{BoxFuture, Client, Error, Operation, Request, Response};
use run::{Planned, PlannedCall};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

/// The longest body of a request in a batch, in bytes.
const LONGEST_BODY: usize = 3_500_000;

/// Any number of requests that are sent together, twenty at a time, by `POST /$batch`.
///
/// [`Client::batch`] makes a batch. [`add`](Self::add) takes requests of different operations and
/// returns a [`BatchResponse`] for each; [`send_all`](Self::send_all) takes a list of one type.
///
/// ```
/// # use msgraph_runtime as msgraph_presence;
/// use msgraph_presence::{Batch, Error, Request, Response};
///
/// type Outcome<T> = Result<Response<T>, Error>;
///
/// async fn both<A, B>(
///     mut batch: Batch, // client.batch()
///     first: Request<A>,
///     second: Request<B>,
/// ) -> (Outcome<A>, Outcome<B>)
/// where
///     A: Send + 'static,
///     B: Send + 'static,
/// {
///     let (first, second) = (batch.add(first), batch.add(second));
///     batch.send().await;
///     (first.into_result(), second.into_result())
/// }
/// # use msgraph_presence::{Attempt, Body, BoxFuture, Transport, TransportError};
/// # use msgraph_presence::{Client, Operation, Resource, decode};
/// # struct Canned;
/// # impl Transport for Canned {
/// #     fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
/// #         assert!(attempt.url().ends_with("/v1.0/$batch"));
/// #         let body = r#"{"responses":[{"id":"2","status":404},{"id":"1","status":204}]}"#;
/// #         Box::pin(async move { Ok(http::Response::new(Body::from(body))) })
/// #     }
/// # }
/// # static READ: Operation = Operation { path: "/me", ..Operation::EMPTY };
/// # static LIST: Operation = Operation { path: "/users", ..Operation::EMPTY };
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), msgraph_presence::Error> {
/// # let client = Client::builder().token("secret").transport(Canned).build()?;
/// # let root = Resource::root(&client);
/// # let (read, list) = (root.request(&READ, decode::nothing), root.request(&LIST, decode::nothing));
/// # let (first, second) = both(client.batch(), read, list).await;
/// # assert_eq!(first?.status().as_u16(), 204);
/// # assert!(second.unwrap_err().is_not_found());
/// # Ok(())
/// # }
/// ```
///
/// # The rules
///
/// Every request in a batch is a separate call, with [the same steps](crate#what-happens-to-a-request)
/// as a single one: its own checks, `client-request-id`, timeout, retry policy, hints and error, and
/// the retry budget of the client. A failed request does not affect the others. A throttled request
/// (429) waits for its own `Retry-After`, and is then sent again together with other requests. A
/// request that has succeeded is never sent again. If a batch breaks off, or its response has no
/// entry for a request, the outcome of this request is unknown: it is sent again only if its
/// operation is [repeatable](crate::Operation::repeatable).
///
/// Graph gives the batch a request id. A response in it without a request id or a date gets that of
/// the batch.
///
/// If the service refuses a whole batch, all its requests get this response, and their errors say
/// so.
///
/// # Limits
///
/// - At most 80 requests are in progress at a time, including those that wait for a repeat; the
///   timeout of a request starts then. So throttling slows a long batch down.
/// - Requests count one by one against the limits of the service, and a repeat costs the retry
///   budget as much as that of a single call.
/// - The [body limit](crate::ClientBuilder::body_limit) applies to each response, and twenty times
///   the limit, with space for headers, to the response to `$batch`, which has the read timeout.
/// - A body of more than 3.5 MB is an error before anything is sent; so is a request of another
///   client. One `$batch` has about 4 MB of bodies.
/// - All requests have the same token: a provider that is neither a
///   [`TokenCache`](crate::TokenCache) nor a fixed token is asked once for a batch.
/// - Requests have no order (`dependsOn` is not supported): send two batches, one after the other.
/// - A [`Transport`](crate::Transport) sees the requests to `$batch`, as those of an operation with
///   the id `$batch`.
#[must_use = "a batch does nothing until `send` is awaited"]
pub struct Batch {
    client: Client,
    calls: Vec<Box<dyn Planned>>,
}

impl Client {
    /// Makes an empty batch.
    pub fn batch(&self) -> Batch {
        Batch {
            client: self.clone(),
            calls: Vec::new(),
        }
    }
}

impl Batch {
    /// Adds a request; the returned [`BatchResponse`] has its result after the batch was sent.
    ///
    /// A request that cannot be sent fails at once, and the others are sent without it.
    pub fn add<R: BatchRequest>(&mut self, request: R) -> BatchResponse<R::Output> {
        let Prepared { operation, call } = request.prepare();
        let (sender, result) = oneshot::channel();
        let call = match call {
            Ok(call) => self.refusal(&call).map_or(Ok(call), Err),
            Err(error) => Err(error),
        };
        match call {
            Ok((_, plan, decoder)) => self.calls.push(Box::new(PlannedCall {
                plan,
                decoder,
                result: sender,
            })),
            Err(error) => drop(sender.send(Err(error))),
        }
        BatchResponse { result, operation }
    }

    /// The error of a call that this batch cannot have.
    fn refusal<T>(&self, (client, plan, _): &(Client, Plan, Decoder<T>)) -> Option<Error> {
        if !Arc::ptr_eq(&client.inner, &self.client.inner) {
            return Some(Error::request(plan.operation, OTHER_CLIENT));
        }
        match plan.body.as_ref().map_or(0, |body| body.len()) {
            ..=LONGEST_BODY => None,
            length => Some(Error::request(plan.operation, too_long(length))),
        }
    }

    /// The number of requests in the batch.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Returns `true` if the batch has no request.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Sends all requests. Then each [`BatchResponse`] has its result.
    ///
    /// Dropping the future cancels requests without a result; other results are kept.
    pub async fn send(self) {
        run::send(&self.client.inner, self.calls).await;
    }

    /// Adds these requests, sends the batch, and returns the results of these requests in order.
    pub fn send_all<R>(
        mut self,
        requests: impl IntoIterator<Item = R>,
    ) -> BoxFuture<'static, Vec<Result<Response<R::Output>, Error>>>
    where
        R: BatchRequest,
    {
        let requests = requests.into_iter();
        self.calls.reserve(requests.size_hint().0);
        let responses: Vec<_> = requests.map(|request| self.add(request)).collect();
        Box::pin(async {
            self.send().await;
            let responses = responses.into_iter();
            responses.map(BatchResponse::into_result).collect()
        })
    }

    /// Sends all requests without `async`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) inside an async runtime, as
    /// for [`Request::send_blocking`]; nothing is sent then.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<(), Error> {
        let client = self.client.clone();
        client.inner.blocking.block_on(self.send())
    }
}

const OTHER_CLIENT: &str = "the request belongs to another client than the batch: make it with \
    the client of the batch, or a clone of that";

fn too_long(length: usize) -> String {
    format!(
        "a body of {length} bytes is too long for a batch, which allows {LONGEST_BODY} bytes a \
         request: send this request outside the batch"
    )
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// The response to one request of a [`Batch`].
#[must_use = "it contains the result of a request, which may be an error"]
pub struct BatchResponse<T> {
    result: oneshot::Receiver<Result<Response<T>, Error>>,
    operation: &'static Operation,
}

impl<T> BatchResponse<T> {
    /// Takes the result.
    ///
    /// # Errors
    ///
    /// Those of [`Request::send`]; [`ErrorKind::Request`] before the batch was sent;
    /// [`ErrorKind::Interrupted`] if the batch was dropped before this request had a result.
    ///
    /// [`ErrorKind::Request`]: crate::ErrorKind::Request
    /// [`ErrorKind::Interrupted`]: crate::ErrorKind::Interrupted
    pub fn into_result(mut self) -> Result<Response<T>, Error> {
        match self.result.try_recv() {
            Ok(result) => result,
            Err(TryRecvError::Empty) => Err(Error::request(self.operation, NOT_SENT)),
            Err(TryRecvError::Closed) => Err(Error::given_up(self.operation, GIVEN_UP)),
        }
    }
}

const NOT_SENT: &str =
    "the batch has not been sent: await `Batch::send` before the result is taken";

const GIVEN_UP: &str = "the batch was dropped before this request had a response";

impl<T> fmt::Debug for BatchResponse<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchResponse")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

/// A request that a batch accepts: a [`Request`] or a generated one.
pub trait BatchRequest {
    /// The type of the response's value.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn prepare(self) -> Prepared<Self::Output>;
}

impl<T: Send + 'static, B: Serialize> BatchRequest for Request<T, B> {
    type Output = T;

    fn prepare(self) -> Prepared<T> {
        Prepared {
            operation: self.operation(),
            call: self.prepare(),
        }
    }
}

/// A checked request with its body as bytes.
#[doc(hidden)]
pub struct Prepared<T> {
    operation: &'static Operation,
    call: Result<(Client, Plan, Decoder<T>), Error>,
}
