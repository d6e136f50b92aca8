//! A request: what generated methods give back, and what is awaited.

use std::borrow::Cow;
use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use msgraph_wire::InvalidValue;
use msgraph_wire::decode::Members;
use serde::Serialize;

use crate::exchange::{Failure, Plan};
use crate::operation::Operation;
use crate::path::{Encoder, Path};
use crate::resource::Decode;
use crate::response::{Raw, Response};
use crate::{BoxFuture, Client, Cloud, Error, RetryPolicy, driver};

/// A request that is sent when it is awaited.
///
/// `.await` gives the value alone, [`send`](Self::send) the whole [`Response`]. Whatever is
/// wrong with it (a value that is not allowed, a header with a control character) is kept and
/// reported then, before anything is sent.
///
/// `T` is what is answered, `B` the body that is sent.
#[must_use = "a request is sent when it is awaited"]
pub struct Request<'a, T, B = ()> {
    client: &'a Client,
    operation: &'static Operation,
    path: Path,
    query: String,
    body: Option<Result<B, InvalidValue>>,
    decode: Decode<T>,
    members: Members,
    headers: HeaderMap,
    retry: RetryPolicy,
    timeout: Option<Duration>,
    refused: Option<String>,
}

impl<'a, T> Request<'a, T> {
    pub(crate) fn new(
        client: &'a Client,
        operation: &'static Operation,
        path: Path,
        decode: Decode<T>,
    ) -> Self {
        Self {
            client,
            operation,
            path,
            query: String::new(),
            body: None,
            decode,
            members: Members::All,
            headers: HeaderMap::new(),
            retry: client.inner.retry,
            timeout: client.inner.timeout,
            refused: None,
        }
    }
}

impl<'a, T, B> Request<'a, T, B> {
    /// The same request with a body, or with the reason why there is none.
    pub fn body<N>(self, body: Result<N, InvalidValue>) -> Request<'a, T, N> {
        Request {
            client: self.client,
            operation: self.operation,
            path: self.path,
            query: self.query,
            body: Some(body),
            decode: self.decode,
            members: self.members,
            headers: self.headers,
            retry: self.retry,
            timeout: self.timeout,
            refused: self.refused,
        }
    }

    /// Adds a query parameter: its values, separated by commas. None of them, no parameter.
    ///
    /// With `$select` the answer need not have the members that it otherwise must.
    pub fn query<V: AsRef<str>>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let mut separator = ',';
        for (index, value) in values.into_iter().enumerate() {
            if index == 0 {
                self.query
                    .push_str(if self.query.is_empty() { "" } else { "&" });
                self.query.push_str(name);
                separator = '=';
            }
            self.query.push(std::mem::replace(&mut separator, ','));
            // Writing into a string cannot fail.
            let _ = fmt::Write::write_str(&mut Encoder(&mut self.query), value.as_ref());
            if name == "$select" {
                self.members = Members::Selected;
            }
        }
        self
    }

    /// Sets a property of the body, or keeps the reason why the value cannot be one.
    pub fn argument<V, W>(
        mut self,
        value: V,
        property: fn(&mut B) -> &mut Option<W>,
    ) -> Self
    where
        V: TryInto<W, Error: Into<InvalidValue>>,
    {
        self.body = self.body.map(|body| {
            let mut body = body?;
            *property(&mut body) = Some(value.try_into().map_err(Into::into)?);
            Ok(body)
        });
        self
    }

    /// Adds a header to this request, in the place of the client's of that name.
    ///
    /// `Authorization` and what HTTP itself needs cannot be set.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match crate::client::header(name, value) {
            Ok((name, value)) => drop(self.headers.insert(name, value)),
            Err(reason) => self.refused = self.refused.or(Some(reason)),
        }
        self
    }

    /// How long this call may take with all its attempts and waits; `None` is no limit.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// How often and how soon this request is repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The client that sends it.
    pub fn client(&self) -> &'a Client {
        self.client
    }
}

impl<'a, T, B: Serialize> Request<'a, T, B> {
    /// Sends it, and gives the answer with its status, headers and ids.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`](crate::ErrorKind) but `Configuration`.
    pub fn send(self) -> impl Future<Output = Result<Response<T>, Error>> + Send + 'a
    where
        T: 'a,
        B: 'a,
    {
        let call = self.prepare();
        async move {
            let (call, decode) = call?;
            let raw = call.run().await?;
            decode.response(raw)
        }
    }

    /// Sends it without `async`, on a runtime that the client owns.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send), and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) inside an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<Response<T>, Error> {
        let (call, decode) = self.prepare()?;
        let blocking = &call.client.inner.blocking;
        decode.response(blocking.block_on(call.run())??)
    }

    /// Makes all that is sent, or the reason why nothing is. From here on `B` is bytes.
    fn prepare(self) -> Result<(Call<'a>, Decoder<T>), Error> {
        let decoder = Decoder {
            operation: self.operation,
            decode: self.decode,
            members: self.members,
        };
        let refuse = |reason: Cow<'static, str>| Error::request(self.operation, reason);
        let body = match self.body {
            None => None,
            Some(Err(invalid)) => {
                return Err(refuse(invalid.to_string().into()).with_source(invalid));
            }
            Some(Ok(body)) => match serde_json::to_vec(&body) {
                Ok(json) => Some(Bytes::from(json)),
                Err(error) => {
                    return Err(
                        refuse("the body cannot be written".into()).with_source(error)
                    );
                }
            },
        };
        let call = Call {
            client: self.client,
            operation: self.operation,
            path: self.path,
            query: self.query,
            body,
            headers: self.headers,
            retry: self.retry,
            timeout: self.timeout,
        };
        match self.refused.or_else(|| call.refusal()) {
            Some(reason) => Err(refuse(reason.into())),
            None => Ok((call, decoder)),
        }
    }
}

/// Sends it, and gives the value of the answer.
impl<'a, T: 'a, B: Serialize + 'a> IntoFuture for Request<'a, T, B> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'a, Result<T, Error>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.prepare();
        Box::pin(async move {
            let (call, decoder) = call?;
            let raw = call.run().await?;
            decoder.value(raw).map(|(value, _)| value)
        })
    }
}

impl<T, B> fmt::Debug for Request<'_, T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .finish_non_exhaustive()
    }
}

/// A request without its types: all that is sent.
struct Call<'a> {
    client: &'a Client,
    operation: &'static Operation,
    path: Path,
    query: String,
    body: Option<Bytes>,
    headers: HeaderMap,
    retry: RetryPolicy,
    timeout: Option<Duration>,
}

impl Call<'_> {
    /// Why nothing is sent: the cloud does not have it, or a parameter is no segment.
    fn refusal(&self) -> Option<String> {
        let operation = self.operation;
        let has = |cloud: &Cloud| operation.servers.contains(&cloud.base_url());
        if let Some(cloud) = self.client.inner.cloud.filter(|cloud| !has(cloud)) {
            let name = cloud.name();
            return Some(format!(
                "{name} does not have this operation; nothing was sent"
            ));
        }
        let refused = self.path.refused()?;
        let names = operation.path.split('{').skip(1);
        let name = names
            .filter_map(|rest| rest.split('}').next())
            .nth(refused.parameter);
        let name = name.unwrap_or("of the path");
        let what = refused.what;
        Some(format!(
            "the parameter `{name}` is {what}, which no path can hold"
        ))
    }

    async fn run(mut self) -> Result<Raw, Error> {
        let now = driver::now();
        let inner = &self.client.inner;
        let own_id = self.headers.remove("client-request-id");
        let plan = Plan {
            operation: self.operation,
            url: url(&inner.base, &self.path, &self.query),
            client_request_id: own_id.unwrap_or_else(client_request_id),
            headers: self.headers,
            body: self.body,
            scope: inner.scope.clone(),
            retry: self.retry,
            deadline: self.timeout.and_then(|timeout| now.checked_add(timeout)),
        };
        driver::call(inner, plan).await
    }
}

/// The URL of a path below the base URL.
fn url(base: &reqwest::Url, path: &Path, query: &str) -> reqwest::Url {
    let mut url = base.clone();
    let root = base.path().trim_end_matches('/');
    url.set_path(&[root, path.as_str()].concat());
    if !query.is_empty() {
        url.set_query(Some(query));
    }
    url
}

fn client_request_id() -> HeaderValue {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let text = uuid::Uuid::new_v4().hyphenated().encode_lower(&mut text);
    // Hexadecimal digits and hyphens are always a header's value.
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// What makes a value of an answer.
struct Decoder<T> {
    operation: &'static Operation,
    decode: Decode<T>,
    members: Members,
}

impl<T> Decoder<T> {
    fn response(self, raw: Raw) -> Result<Response<T>, Error> {
        let (value, raw) = self.value(raw)?;
        Ok(Response { value, raw })
    }

    fn value(self, raw: Raw) -> Result<(T, Raw), Error> {
        if !raw.body.is_empty() && crate::error::is_html(&raw.headers, &raw.body) {
            let reason = "the answer is a page for people, not the service's: a proxy or a \
                sign-in page of the network has answered in its place";
            return Err(self.failed(raw, reason.into()));
        }
        match (self.decode)(&raw.body, self.members) {
            Ok(value) => Ok((value, raw)),
            Err(_) if raw.body.is_empty() => Err(self.failed(
                raw,
                "the answer has no body, where one is documented".into(),
            )),
            Err(error) => {
                let encoding = raw.headers.get(http::header::CONTENT_ENCODING);
                let reason = match encoding {
                    Some(_) => {
                        "the answer is compressed, which was not asked for".into()
                    }
                    None => {
                        format!("the answer is not what was documented: {error}").into()
                    }
                };
                Err(self.failed(raw, reason))
            }
        }
    }

    #[cold]
    fn failed(&self, raw: Raw, reason: Cow<'static, str>) -> Error {
        let id = raw.client_request_id.to_str().ok().map(str::to_owned);
        let attempts = raw.attempts;
        let failure = Failure::body(raw, reason);
        Error::of_call(self.operation, failure, id, attempts, None, &[])
    }
}

/// Gives a generated newtype around [`Request`] what every request has.
///
/// `request!(Name, Output)` or `request!(Name, Output, Body)`, for a
/// `struct Name<'a>(Request<'a, Output, Body>)`.
#[macro_export]
macro_rules! request {
    ($name:ident, $output:ty) => {
        $crate::request!($name, $output, ());
    };
    ($name:ident, $output:ty, $body:ty) => {
        impl<'a> $name<'a> {
            /// Adds a header to this request, in the place of the client's of that name.
            ///
            /// `Authorization` and what HTTP itself needs cannot be set.
            pub fn header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }

            /// How long this call may take with all its attempts and waits; `None` is no
            /// limit.
            pub fn timeout(
                self,
                timeout: impl Into<Option<::std::time::Duration>>,
            ) -> Self {
                Self(self.0.timeout(timeout))
            }

            /// How often and how soon this request is repeated.
            pub fn retry(self, policy: $crate::RetryPolicy) -> Self {
                Self(self.0.retry(policy))
            }

            /// Sends it, and gives the answer with its status, headers and ids.
            ///
            /// # Errors
            ///
            /// Every [`ErrorKind`]($crate::ErrorKind) but `Configuration`.
            pub fn send(
                self,
            ) -> impl Future<Output = Result<$crate::Response<$output>, $crate::Error>>
            + Send
            + 'a {
                self.0.send()
            }

            $crate::__send_blocking!($output);
        }

        impl<'a> IntoFuture for $name<'a> {
            type Output = Result<$output, $crate::Error>;
            type IntoFuture = $crate::BoxFuture<'a, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                self.0.into_future()
            }
        }
    };
}

/// The blocking method of a generated request, in builds that have it.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! __send_blocking {
    ($output:ty) => {
        /// Sends it without `async`, on a runtime that the client owns.
        ///
        /// # Errors
        ///
        /// As for `send`, and
        /// [`ErrorKind::Configuration`]($crate::ErrorKind::Configuration) inside an async
        /// runtime.
        pub fn send_blocking(self) -> Result<$crate::Response<$output>, $crate::Error> {
            self.0.send_blocking()
        }
    };
}

/// Nothing, in builds without the feature `blocking`.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __send_blocking {
    ($output:ty) => {};
}
