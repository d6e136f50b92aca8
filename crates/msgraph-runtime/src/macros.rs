//! The macro by which generated requests get what every request has.

/// Gives a generated newtype around [`Request`](crate::Request) what every request has.
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
