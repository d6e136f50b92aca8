//! JSON batching: many calls, whose attempts leave together, twenty in a request.
//!
//! A batch has no second set of rules: each request of it is a call with an exchange and limits of
//! its own, whose attempts are queued until all calls wait, and are sent in groups.

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
/// [`Client::batch`] makes one. [`add`](Self::add) takes requests of different operations and
/// gives a [`BatchResponse`] for each; [`send_all`](Self::send_all) takes a list of one kind.
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
/// Every request in it is a call of its own, with
/// [all that happens to one](crate#what-happens-to-a-request): its checks, `client-request-id`,
/// timeout, retry policy, hints and error, and the retry budget of the client. One that fails does
/// not touch the others. A request that is throttled (429) waits as long as its own `Retry-After`
/// says, and goes out again with what else is to be sent then. One that has succeeded is never sent
/// again. Where a batch breaks off, or its response lacks that to a request, this request has
/// no known outcome: it is sent again only if its operation is
/// [repeatable](crate::Operation::repeatable).
///
/// Graph gives a request id to the batch. A response in it without a request id has the one of the
/// batch, and its date.
///
/// If the service refuses a batch as a whole, its response is that of all requests in it, and
/// their errors say so.
///
/// # Limits
///
/// - At most 80 requests are under way at a time, those that wait for a repeat among them; the
///   timeout of a request counts from then on. So throttling slows a long batch down.
/// - Requests count one by one against the limits of the service, and a repeat costs the retry
///   budget as much as that of a single call.
/// - The [body limit](crate::ClientBuilder::body_limit) holds for each response, and twenty times
///   that, with room for headers, for the response to `$batch`, which has the read timeout.
/// - A body of more than 3.5 MB is an error before anything is sent; so is a request of another
///   client. About 4 MB of bodies go into one `$batch`.
/// - All of them have one token: a provider that is neither a [`TokenCache`](crate::TokenCache) nor
///   a fixed token is asked once for a batch, not once a request.
/// - There is no order among the requests (`dependsOn` is not offered): send two batches, one after
///   the other.
/// - A [`Transport`](crate::Transport) sees the requests to `$batch`, as those of an operation with
///   the id `$batch`.
#[must_use = "a batch does nothing until `send` is awaited"]
pub struct Batch {
    client: Client,
    calls: Vec<Box<dyn Planned>>,
}

impl Client {
    /// A batch without requests.
    pub fn batch(&self) -> Batch {
        Batch {
            client: self.clone(),
            calls: Vec::new(),
        }
    }
}

impl Batch {
    /// Adds a request; what is given has its result when the batch has been sent.
    ///
    /// A request that cannot be sent is that result at once, and the others are sent without it.
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

    /// Why this batch cannot have the call, if it cannot.
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

    /// True when the batch has no request.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Sends all requests. Each [`BatchResponse`] has its result then.
    ///
    /// Dropping the future gives up what has no result yet; results that have come stay.
    pub async fn send(self) {
        run::send(&self.client.inner, self.calls).await;
    }

    /// Adds these requests, sends all of the batch, and gives the results of these in their order.
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

    /// Does what [`send`](Self::send) does, without `async`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) inside an async runtime, as
    /// for [`Request::send_blocking`]; then nothing is sent.
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

/// The response to one request of a [`Batch`], once that has been sent.
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
    /// Those of [`Request::send`]; before the batch has been sent [`ErrorKind::Request`], and when
    /// it was dropped before this request had a result, [`ErrorKind::Interrupted`].
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

/// A request that a batch takes: a [`Request`], or a generated one with options of its own.
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

/// A checked request with its body written.
#[doc(hidden)]
pub struct Prepared<T> {
    operation: &'static Operation,
    call: Result<(Client, Plan, Decoder<T>), Error>,
}
