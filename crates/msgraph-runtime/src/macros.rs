//! The macro by which generated clients declare their requests.

/// Declares a newtype around [`Request`](crate::Request) with methods for the options of an
/// operation.
///
/// ```
/// use msgraph_runtime::{Client, InvalidValue, Method, Operation, Resource, decode, request};
/// # use msgraph_runtime::{Attempt, Body, BoxFuture, Transport, TransportError};
/// # struct Canned;
/// # impl Transport for Canned {
/// #     fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
/// #         assert!(attempt.url().ends_with("/me/remind?$expand=a,b&$top=5"));
/// #         assert_eq!(attempt.headers["If-Match"], "\"7\"");
/// #         let body = r#"{"text":"tea","tags":["x"],"wait":4}"#;
/// #         assert_eq!(attempt.body, body);
/// #         Box::pin(async { Ok(http::Response::new(Body::from(""))) })
/// #     }
/// # }
///
/// #[derive(Default, serde::Serialize)]
/// struct Reminder {
///     text: Option<String>,
///     tags: Option<Vec<String>>,
///     wait: Option<u32>,
/// }
///
/// request! {
///     /// `POST /me/remind`
///     pub struct MeRemind(Request<(), Reminder>);
///
///     /// The text.
///     pub fn text(self, value: impl Into<String>) -> Self {
///         Self(self.0.argument(value, |body| &mut body.text))
///     }
///
///     /// The tags.
///     pub fn tags(self, value: impl IntoIterator<Item = impl Into<String>>) -> Self {
///         let value: Vec<String> = value.into_iter().map(Into::into).collect();
///         Self(self.0.argument(value, |body| &mut body.tags))
///     }
///
///     /// The minutes to wait.
///     pub fn wait(self, value: impl TryInto<u32, Error: Into<InvalidValue>>) -> Self {
///         Self(self.0.argument(value, |body| &mut body.wait))
///     }
///
///     /// The properties to expand.
///     pub fn expand(self, value: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
///         Self(self.0.query("$expand", value))
///     }
///
///     /// The number of items.
///     pub fn top(self, value: i64) -> Self {
///         Self(self.0.query("$top", [value.to_string()]))
///     }
///
///     /// The version that is meant.
///     pub fn if_match(self, value: impl AsRef<str>) -> Self {
///         Self(self.0.header("If-Match", value.as_ref()))
///     }
/// }
///
/// static ME_REMIND: Operation = Operation {
///     id: "me.remind",
///     method: Method::POST,
///     path: "/me/remind",
///     repeatable: true,
///     servers: &["https://graph.microsoft.com/v1.0"],
///     ..Operation::EMPTY
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), msgraph_runtime::Error> {
/// # let client = Client::builder().token("secret").transport(Canned).build()?;
/// let me = Resource::root(&client).fixed("me");
/// let body = Ok(Reminder::default());
/// let request: MeRemind = me.write(&ME_REMIND, body, decode::nothing).into();
/// # let request = request.wait(IsFour);
/// # struct IsFour;
/// # impl TryFrom<IsFour> for u32 {
/// #     type Error = msgraph_runtime::InvalidValue;
/// #     fn try_from(_: IsFour) -> Result<u32, Self::Error> { Ok(4) }
/// # }
/// let request = request.text("tea").tags(["x"]).expand(["a", "b"]).top(5);
/// request.if_match("\"7\"").await?;
/// # let request: MeRemind = me.write(&ME_REMIND, Ok(Reminder::default()), decode::nothing).into();
/// # let _ = async { msgraph_runtime::Request::from(request).stream().await };
/// # Ok(())
/// # }
/// ```
///
/// The struct names the types of the response and of the body, if there is one, as
/// [`Request`](crate::Request) does. The functions after it are the methods of this request only.
/// The macro adds those of every request: `header`, `timeout`, `retry`, `send`, `send_blocking` and
/// `.await`. `into` converts from a `Request` and back.
#[macro_export]
macro_rules! request {
    (
        $(#[$about:meta])*
        pub struct $name:ident(Request<$output:ty $(, $body:ty)?> $(,)?);
        $($options:tt)*
    ) => {
        $(#[$about])*
        #[must_use = "a request is sent when it is awaited"]
        pub struct $name($crate::Request<$output $(, $body)?>);

        impl $name {
            $($options)*
        }

        impl $name {
            /// Sets a header of this request; it replaces one of the client with that name.
            ///
            /// `Authorization` and headers that HTTP itself needs cannot be set.
            pub fn header(self, name: &str, value: &str) -> Self {
                Self(self.0.header(name, value))
            }

            /// The time limit of this call with all its attempts and waits; `None` is no
            /// limit.
            pub fn timeout(
                self,
                timeout: impl Into<Option<::std::time::Duration>>,
            ) -> Self {
                Self(self.0.timeout(timeout))
            }

            /// The policy by which this request is repeated: number, waits and statuses.
            pub fn retry(self, policy: $crate::RetryPolicy) -> Self {
                Self(self.0.retry(policy))
            }

            /// Sends the request, and returns the response with its status, headers and ids.
            ///
            /// # Errors
            ///
            /// Every [`ErrorKind`]($crate::ErrorKind) except `Configuration`.
            pub fn send(
                self,
            ) -> impl Future<Output = Result<$crate::Response<$output>, $crate::Error>>
            + Send
            + 'static {
                self.0.send()
            }

            $crate::__send_blocking!($output);
        }

        impl From<$crate::Request<$output $(, $body)?>> for $name {
            fn from(request: $crate::Request<$output $(, $body)?>) -> Self {
                Self(request)
            }
        }

        /// The request itself, which has more ways to be sent.
        impl From<$name> for $crate::Request<$output $(, $body)?> {
            fn from(request: $name) -> Self {
                request.0
            }
        }

        impl $crate::BatchRequest for $name {
            type Output = $output;

            fn prepare(self) -> $crate::Prepared<$output> {
                $crate::BatchRequest::prepare(self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }

        impl IntoFuture for $name {
            type Output = Result<$output, $crate::Error>;
            type IntoFuture = $crate::BoxFuture<'static, Self::Output>;

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
        /// Sends the request without `async`: this thread waits, and a thread of the client keeps
        /// the connections.
        ///
        /// # Errors
        ///
        /// As for `send`, and
        /// [`ErrorKind::Configuration`]($crate::ErrorKind::Configuration) inside an async
        /// runtime, `spawn_blocking` included: use `Handle::current().block_on(request.send())`
        /// there.
        pub fn send_blocking(self) -> Result<$crate::Response<$output>, $crate::Error> {
            self.0.send_blocking()
        }
    };
}

/// Expands to nothing without the feature `blocking`.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __send_blocking {
    ($output:ty) => {};
}
