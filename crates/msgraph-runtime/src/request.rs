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
/// `.await` gives only the value, [`send`](Self::send) the whole [`Response`]. An invalid argument
/// (a value that is not allowed, a header with a control character) is reported then, before
/// anything is sent. The request owns a clone of its client, so that a spawned task or a struct can
/// own it.
///
/// `T` is the type of the response's value, `B` that of the request's body.
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
    /// The value that is sent as JSON, or the reason why it is invalid.
    Json(Result<B, InvalidValue>),
    Bytes(Bytes),
}

/// A check of the body before it is sent.
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
    /// The same request with a JSON body, or with the reason why the body is invalid.
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

    /// Sets a query parameter to these values, separated by commas; they replace earlier ones. An
    /// empty list removes the parameter.
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

    /// Sets a query parameter once for each of these values; they replace earlier ones.
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

    /// Sets a property of the body; an invalid value is an error when the request is sent. An
    /// [optional body](Self::optional_body) is then sent.
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

    /// Sets a check of the body, which is made when the request is sent, before anything leaves.
    pub fn check(mut self, check: Check<B>) -> Self {
        self.check = Some(check);
        self
    }

    /// Sets a header of this request; it replaces one of the client with that name.
    ///
    /// `Authorization` and headers that HTTP itself needs cannot be set; `Content-Type` can be set
    /// only if the body is not JSON.
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

    /// Sends this request and its repeats at the pace of the client, which is the default
    /// [`Pace`](crate::Pace) unless [`ClientBuilder::pace`](crate::ClientBuilder::pace) sets one.
    ///
    /// This is for background work: waits for a turn do not count towards the
    /// [timeout](Self::timeout). An operation without a [limit](Operation::rate_limit) is sent at
    /// once.
    pub fn paced(mut self) -> Self {
        self.is_paced = true;
        self
    }

    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The client that sends the request.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl<T, B: Serialize> Request<T, B> {
    /// Sends the request, and returns the response with its status, headers and ids.
    ///
    /// The future is `'static` if `T` and `B` are, so that any task can run it.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`](crate::ErrorKind) except `Configuration`.
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

    /// Sends the request without `async`: this thread waits, and a thread of the client keeps the
    /// connections.
    ///
    /// A forked process starts its own thread and connections with its first blocking call.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) inside an async runtime. This
    /// includes `spawn_blocking`, which cannot be told from other threads of tokio; use
    /// `Handle::current().block_on(request.send())` there.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<Response<T>, Error> {
        let (client, plan, decoder) = self.prepare()?;
        let inner = &*client.inner;
        inner
            .blocking
            .block_on(driver::call(inner, plan, decoder, None))?
    }

    /// Sends the request, and returns the body as a stream of chunks, without decoding it. The body
    /// may be longer than the [limit](crate::ClientBuilder::body_limit).
    ///
    /// `Request::from` converts a generated request to this type.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); the stream has the errors of the body.
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

    /// The items of a collection, on this page and all that follow.
    ///
    /// `split` returns the items of a page and the link to the next one. Nothing is sent before the
    /// first item is requested.
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

/// Sends the request, and returns the value of the response.
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
