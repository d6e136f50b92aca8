//! A request, which generated methods return and callers await.

mod prepare;

use crate::body_stream::BodyStream;
use crate::decoder::Decoder;
use crate::error::Redactor;
use crate::operation::Operation;
use crate::pages::Items;
use crate::path::{Encoder, Path};
use crate::resource::Decode;
use crate::response::Response;
use crate::{BoxFuture, Client, Error, RetryPolicy, decode, driver, headers};
use bytes::Bytes;
use http::HeaderMap;
use msgraph_wire::InvalidValue;
use serde::Serialize;
use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

/// A request that is sent when it is awaited.
///
/// `.await` gives only the value, [`send`](Self::send) the whole [`Response`]. An error in
/// it (a value that is not allowed, a header with a control character) is kept and reported
/// then, before anything is sent. It owns a clone of its client, so a task that is
/// spawned takes it, and a struct keeps it.
///
/// `T` is what is answered, `B` the body that is sent.
#[must_use = "a request is sent when it is awaited"]
pub struct Request<T, B = ()> {
    client: Client,
    operation: &'static Operation,
    path: Path,
    /// The query parameters: their names, and their encoded values.
    query: Vec<(&'static str, String)>,
    body: Content<B>,
    check: Option<Check<B>>,
    decode: Decode<T>,
    headers: HeaderMap,
    retry: RetryPolicy,
    timeout: Option<Duration>,
    is_paced: bool,
    refused: Option<String>,
}

/// The body of a request.
enum Content<B> {
    None,
    /// The JSON text of the body, or the reason why there is none.
    Json(Result<B, InvalidValue>),
    Bytes(Bytes),
}

/// The reason why a body is not sent, if there is one.
type Check<B> = fn(&B) -> Result<(), InvalidValue>;

impl<T> Request<T> {
    pub(crate) fn new(
        client: Client,
        operation: &'static Operation,
        path: Path,
        decode: Decode<T>,
    ) -> Self {
        Self {
            operation,
            path,
            query: Vec::new(),
            body: Content::None,
            check: None,
            decode,
            headers: HeaderMap::new(),
            retry: client.inner.retry,
            timeout: client.inner.timeout,
            client,
            is_paced: false,
            refused: None,
        }
    }
}

impl<T, B> Request<T, B> {
    /// The same request with a body, or with the reason why there is none.
    pub fn body<N>(self, body: Result<N, InvalidValue>) -> Request<T, N> {
        self.with(Content::Json(body))
    }

    /// The same request for a body that is sent only when [`body`](Self::body) or an
    /// [`argument`](Self::argument) gives it.
    pub fn optional_body<N>(self) -> Request<T, N> {
        self.with(Content::None)
    }

    /// The same request with bytes as its body, of the
    /// [media type](Operation::content_type) of the operation.
    pub fn bytes(self, body: impl Into<Bytes>) -> Self {
        self.with(Content::Bytes(body.into()))
    }

    fn with<N>(self, body: Content<N>) -> Request<T, N> {
        Request {
            client: self.client,
            operation: self.operation,
            path: self.path,
            query: self.query,
            body,
            check: None,
            decode: self.decode,
            headers: self.headers,
            retry: self.retry,
            timeout: self.timeout,
            is_paced: self.is_paced,
            refused: self.refused,
        }
    }

    /// Sets a query parameter: its values, separated by commas, in the place of earlier ones.
    /// None of them, no parameter.
    ///
    /// With `$select`, required properties may be missing from the response.
    pub fn query<V: AsRef<str>>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let mut encoded: Option<String> = None;
        for value in values {
            let text = match &mut encoded {
                Some(text) => {
                    text.push(',');
                    text
                }
                None => encoded.insert(String::new()),
            };
            // Writing into a string cannot fail.
            let _ = fmt::Write::write_str(&mut Encoder(text), value.as_ref());
        }
        self.query.retain(|(known, _)| *known != name);
        self.query.extend(encoded.map(|values| (name, values)));
        self
    }

    /// Adds a query parameter once for each of its values, in the place of earlier ones.
    pub fn query_each<V: AsRef<str>>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        self.query.retain(|(known, _)| *known != name);
        for value in values {
            let mut text = String::new();
            let _ = fmt::Write::write_str(&mut Encoder(&mut text), value.as_ref());
            self.query.push((name, text));
        }
        self
    }

    /// Sets a property of the body, or keeps the reason why the value cannot be one. An
    /// [optional body](Self::optional_body) is sent from then on.
    pub fn argument<V, W>(mut self, value: V, property: fn(&mut B) -> &mut Option<W>) -> Self
    where
        B: Default,
        V: TryInto<W, Error: Into<InvalidValue>>,
    {
        let set = |mut body: B| {
            *property(&mut body) = Some(value.try_into().map_err(Into::into)?);
            Ok(body)
        };
        self.body = Content::Json(match self.body {
            Content::Json(body) => body.and_then(set),
            _ => set(B::default()),
        });
        self
    }

    /// Checks the body when the request is sent, before anything leaves.
    pub fn check(mut self, check: Check<B>) -> Self {
        self.check = Some(check);
        self
    }

    /// Adds a header to this request, in the place of the client's of that name.
    ///
    /// `Authorization` and what HTTP itself needs cannot be set, and `Content-Type` only where the
    /// body is not JSON.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match headers::read(name, value, self.operation.content_type.is_some()) {
            Ok((name, value)) => drop(self.headers.insert(name, value)),
            Err(reason) => self.refused = self.refused.or(Some(reason)),
        }
        self
    }

    /// The time limit (deadline) of this call with all its attempts and waits; `None` is no limit.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// The policy by which this request is repeated: number, waits and statuses.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sends this request, and its repeats, at the pace of the client, also where
    /// [`ClientBuilder::pace`](crate::ClientBuilder::pace) sets none: then at the default
    /// [`Pace`](crate::Pace).
    ///
    /// For work in the background: the waits for its turns do not count towards the
    /// [timeout](Self::timeout). An operation without a [limit](Operation::rate_limit) is sent at
    /// once.
    pub fn paced(mut self) -> Self {
        self.is_paced = true;
        self
    }

    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The client that sends it.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl<T, B: Serialize> Request<T, B> {
    /// Sends it, and gives the response with its status, headers and ids.
    ///
    /// The future is `'static` where `T` and `B` are: any task can run it.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`](crate::ErrorKind) but `Configuration`.
    ///
    /// # Panics
    ///
    /// In a tokio runtime without time: `enable_time` and `enable_all` give it one.
    pub fn send(self) -> impl Future<Output = Result<Response<T>, Error>> + Send {
        let prepared = self.prepare();
        async move {
            let (client, plan, decoder) = prepared?;
            driver::call(&client.inner, plan, decoder, None).await
        }
    }

    /// Sends it without `async`: this thread waits, and one that the client owns keeps the
    /// connections.
    ///
    /// A process that forks gets a thread and connections of its own with its next blocking call.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) inside an async runtime.
    /// tokio does not tell a thread of `spawn_blocking`, where blocking does no harm, from the
    /// others: there, `Handle::current().block_on(request.send())` does the same.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<Response<T>, Error> {
        let (client, plan, decoder) = self.prepare()?;
        let inner = &*client.inner;
        inner
            .blocking
            .block_on(driver::call(inner, plan, decoder, None))?
    }

    /// Sends it, and gives the body piece by piece as it comes: a file may be longer than the
    /// [limit](crate::ClientBuilder::body_limit) of a body. It is not decoded.
    ///
    /// A request with options of its own becomes this one by `Request::from`.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); those of the body come with the pieces.
    pub fn stream(self) -> impl Future<Output = Result<Response<BodyStream>, Error>> + Send {
        let operation = self.operation;
        let prepared = self.prepare();
        async move {
            let (client, plan, decoder) = prepared?;
            let decoder = Decoder {
                decode: decode::nothing,
                properties: decoder.properties,
                is_raw: true,
            };
            let (inner, mut rest) = (&*client.inner, None);
            let Response { parts, .. } =
                driver::call(inner, plan, decoder, Some(&mut rest)).await?;
            // There is always one after a success.
            let rest = rest.unwrap_or_else(|| (Bytes::new().into(), Redactor::default()));
            let value = BodyStream::new(rest, inner.read_timeout, operation, &parts);
            Ok(Response { value, parts })
        }
    }

    /// Gives the items of a collection, those of this page and of all that follow.
    ///
    /// `split` takes a page apart into its items and the link to the next page. Nothing is sent
    /// before the first item is asked for.
    pub fn pages<I>(self, split: fn(T) -> (Vec<I>, Option<String>)) -> Items<I>
    where
        T: 'static,
        I: Send + 'static,
    {
        Items::new(
            #[cfg(feature = "blocking")]
            self.client.clone(),
            self.prepare(),
            split,
        )
    }
}

/// Sends it, and gives the value of the response.
impl<T: 'static, B: Serialize> IntoFuture for Request<T, B> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Result<T, Error>>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare();
        Box::pin(async move {
            let (client, plan, decoder) = prepared?;
            let response = driver::call(&client.inner, plan, decoder, None).await?;
            Ok(response.value)
        })
    }
}

impl<T, B> fmt::Debug for Request<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}
