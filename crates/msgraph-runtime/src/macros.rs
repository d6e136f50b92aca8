//! The macro by which generated clients declare their requests.

/// Declares a request with options of its own: a newtype around [`Request`](crate::Request).
///
/// ```
/// use msgraph_runtime::{Client, Method, Operation, Resource, decode, request};
/// # use msgraph_runtime::{Attempt, Body, BoxFuture, Transport, TransportError};
/// # struct Canned;
/// # impl Transport for Canned {
/// #     fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
/// #         assert!(attempt.url().ends_with("/me/remind?$expand=a,b&$filter=c&$top=5"));
/// #         assert_eq!(attempt.headers["If-Match"], "\"7\"");
/// #         let body = r#"{"text":"tea","tags":["x"],"times":[1,2],"loud":true,"wait":4}"#;
/// #         assert_eq!(attempt.body, body);
/// #         Box::pin(async { Ok(http::Response::new(Body::from(""))) })
/// #     }
/// # }
///
/// #[derive(Default, serde::Serialize)]
/// struct Reminder {
///     text: Option<String>,
///     tags: Option<Vec<String>>,
///     times: Option<Vec<i32>>,
///     loud: Option<bool>,
///     wait: Option<u32>,
/// }
///
/// request! {
///     /// `POST /me/remind`
///     pub struct MeRemind(Reminder);
///
///     /// What to say.
///     pub fn text(into String) => body;
///     pub fn tags([into String]) => body;
///     pub fn times([i32]) => body;
///     pub fn loud(bool) => body;
///     pub fn wait(try u32) => body;
///     pub fn expand([str]) => query "$expand";
///     pub fn filter(str) => query "$filter";
///     pub fn top(i64) => query "$top";
///     pub fn if_match(str) => header "If-Match";
/// }
/// # static ME_REMIND: Operation = Operation {
/// #     id: "me.remind", method: Method::POST, path: "/me/remind", repeatable: true,
/// #     servers: &["https://graph.microsoft.com/v1.0"], ..Operation::EMPTY
/// # };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), msgraph_runtime::Error> {
/// # let client = Client::builder().token("secret").transport(Canned).build()?;
/// let me = Resource::root(&client).fixed("me");
/// let body = Ok(Reminder::default());
/// let request: MeRemind = me.write(&ME_REMIND, body, decode::nothing).into();
/// # let request = request.wait(IsFour).times([1, 2]).loud(true);
/// # struct IsFour;
/// # impl TryFrom<IsFour> for u32 {
/// #     type Error = msgraph_runtime::InvalidValue;
/// #     fn try_from(_: IsFour) -> Result<u32, Self::Error> { Ok(4) }
/// # }
/// let request = request.text("tea").tags(["x"]).expand(["a", "b"]).filter("c").top(5);
/// request.if_match("\"7\"").await?;
/// # Ok(())
/// # }
/// ```
///
/// The struct line reads as a function does: `struct Name(Body) -> Answer;`. Without a body
/// there are no parentheses, and without an answer no arrow. Besides its options the type has
/// what every request has: `header`, `timeout`, `retry`, `send`, `send_blocking`, and
/// `.await`. It is made from a `Request<'a, Answer, Body>` by `into`.
///
/// An option says what it takes, and where that goes:
///
/// | option | takes |
/// |---|---|
/// | `(T) => body`, `(T) => query "$top"` | a `T` |
/// | `(into T) => body` | what becomes a `T` |
/// | `(try T) => body` | what may become a `T`; if not, the request fails before anything is sent |
/// | `([T]) => body`, `([into T]) => body` | any number of them |
/// | `(str) => query "$filter"`, `(str) => header "If-Match"` | a text |
/// | `([str]) => query "$select"` | any number of texts, which commas separate |
///
/// An option of the body sets the member of its name, an `Option`.
#[macro_export]
macro_rules! request {
    (
        $(#[$about:meta])*
        pub struct $name:ident $(-> $output:ty)?;
        $($options:tt)*
    ) => {
        $crate::request! {
            $(#[$about])*
            pub struct $name(()) $(-> $output)?;
            $($options)*
        }
    };
    (
        $(#[$about:meta])*
        pub struct $name:ident($body:ty $(,)?);
        $($options:tt)*
    ) => {
        $crate::request! {
            $(#[$about])*
            pub struct $name($body) -> ();
            $($options)*
        }
    };
    (
        $(#[$about:meta])*
        pub struct $name:ident($body:ty $(,)?) -> $output:ty;
        $(
            $(#[$option_about:meta])*
            pub fn $option:ident($($takes:tt)*) => $place:ident $($wire:literal)?;
        )*
    ) => {
        $(#[$about])*
        #[must_use = "a request is sent when it is awaited"]
        pub struct $name<'a>($crate::Request<'a, $output, $body>);

        impl $name<'_> {
            $(
                $crate::__request_option! {
                    $place $($wire)? [$(#[$option_about])*] $option($($takes)*)
                }
            )*
        }

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

        impl<'a> From<$crate::Request<'a, $output, $body>> for $name<'a> {
            fn from(request: $crate::Request<'a, $output, $body>) -> Self {
                Self(request)
            }
        }

        impl ::std::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
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

/// The method of an option, by what it takes and where that goes.
#[doc(hidden)]
#[macro_export]
macro_rules! __request_option {
    (header $wire:literal [$(#[$about:meta])*] $name:ident(str)) => {
        $(#[$about])*
        pub fn $name(self, value: impl AsRef<str>) -> Self {
            Self(self.0.header($wire, value.as_ref()))
        }
    };
    (query $wire:literal [$(#[$about:meta])*] $name:ident([str])) => {
        $(#[$about])*
        pub fn $name(self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
            Self(self.0.query($wire, values))
        }
    };
    (query $wire:literal [$(#[$about:meta])*] $name:ident(str)) => {
        $(#[$about])*
        pub fn $name(self, value: impl AsRef<str>) -> Self {
            Self(self.0.query($wire, [value]))
        }
    };
    (query $wire:literal [$(#[$about:meta])*] $name:ident($ty:ty)) => {
        $(#[$about])*
        pub fn $name(self, value: $ty) -> Self {
            Self(self.0.query($wire, [value.to_string()]))
        }
    };
    (body [$(#[$about:meta])*] $name:ident([into $ty:ty])) => {
        $(#[$about])*
        pub fn $name(self, value: impl IntoIterator<Item = impl Into<$ty>>) -> Self {
            let value = value.into_iter().map(Into::into).collect::<Vec<$ty>>();
            Self(self.0.argument(value, |body| &mut body.$name))
        }
    };
    (body [$(#[$about:meta])*] $name:ident([$ty:ty])) => {
        $(#[$about])*
        pub fn $name(self, value: impl IntoIterator<Item = $ty>) -> Self {
            let value = value.into_iter().collect::<Vec<$ty>>();
            Self(self.0.argument(value, |body| &mut body.$name))
        }
    };
    (body [$(#[$about:meta])*] $name:ident(into $ty:ty)) => {
        $(#[$about])*
        pub fn $name(self, value: impl Into<$ty>) -> Self {
            let value: $ty = value.into();
            Self(self.0.argument(value, |body| &mut body.$name))
        }
    };
    (body [$(#[$about:meta])*] $name:ident(try $ty:ty)) => {
        $(#[$about])*
        pub fn $name(
            self,
            value: impl TryInto<$ty, Error: Into<$crate::InvalidValue>>,
        ) -> Self {
            Self(self.0.argument(value, |body| &mut body.$name))
        }
    };
    (body [$(#[$about:meta])*] $name:ident($ty:ty)) => {
        $(#[$about])*
        pub fn $name(self, value: $ty) -> Self {
            Self(self.0.argument(value, |body| &mut body.$name))
        }
    };
}

/// The blocking method of a generated request, in builds that have it.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! __send_blocking {
    ($output:ty) => {
        /// Sends it without `async`: this thread waits, and one that the client owns keeps the
        /// connections.
        ///
        /// A connection that an awaited call has opened lives on that call's runtime: where that is a
        /// current-thread one which nobody drives any more, a call that takes the connection waits
        /// in vain until its read timeout.
        ///
        /// # Errors
        ///
        /// As for `send`, and
        /// [`ErrorKind::Configuration`]($crate::ErrorKind::Configuration) inside an async
        /// runtime. In `spawn_blocking`, which looks like one,
        /// `Handle::current().block_on(request.send())` does the same.
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
