//! An operation of the service as data, of which the generator writes one constant each.

use http::Method;

/// An operation of the service, as data from its OpenAPI document.
///
/// Generated clients have one `static` of this type per operation; the runtime has the behaviour.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The `operationId` of the OpenAPI document, such as `users.GetPresence`.
    pub id: &'static str,

    /// The HTTP method.
    pub method: Method,

    /// The path below the base URL, with the names of its parameters in braces.
    pub path: &'static str,

    /// The value of `Accept`, such as `image/png` or `*/*`; `None` is `application/json`.
    ///
    /// With a media type other than JSON and plain text, a web page in the response is a value, not
    /// the error of a proxy.
    pub accept: Option<&'static str>,

    /// The media type of the body, which [`header`](crate::Request::header) can change; `None` is
    /// `application/json`, which it cannot change.
    pub content_type: Option<&'static str>,

    /// `true` if the operation is idempotent: safe to send again after an unknown outcome.
    ///
    /// Reads are, and writes that set an absolute state. Only such an operation is sent again after
    /// a 5xx other than a 503 with `Retry-After`, a 408, a timeout or a broken connection.
    pub repeatable: bool,

    /// The delegated permissions, any one of which is enough, the least privileged first.
    ///
    /// An empty list means that delegated tokens are not accepted; if both lists are empty, the
    /// permissions are unknown.
    pub delegated: &'static [&'static str],

    /// The application permissions, any one of which is enough, the least privileged first.
    ///
    /// An empty list means that application tokens are not accepted; if both lists are empty, the
    /// permissions are unknown.
    pub application: &'static [&'static str],

    /// The base URLs of the clouds that have this operation, with the version.
    ///
    /// In any other cloud a request fails before anything is sent. An empty list means every cloud.
    pub servers: &'static [&'static str],

    /// The documented limit of requests.
    pub rate_limit: Option<RateLimit>,

    /// The documentation page.
    pub documentation: Option<&'static str>,

    /// The hints for failures of the operation.
    pub hints: &'static [Hint],
}

impl Operation {
    /// Defaults for hand-written operations: `..Operation::EMPTY`.
    ///
    /// An operation that ends so still compiles when a later version adds a field. The defaults are
    /// GET, every cloud, and not repeatable.
    ///
    /// ```
    /// use msgraph_runtime::{Method, Operation};
    ///
    /// static GET_PHOTO: Operation = Operation {
    ///     id: "me.GetPhoto",
    ///     method: Method::GET,
    ///     path: "/me/photo",
    ///     repeatable: true,
    ///     ..Operation::EMPTY
    /// };
    /// assert_eq!(GET_PHOTO.documentation, None);
    /// assert!(!Operation::EMPTY.repeatable);
    /// ```
    pub const EMPTY: Self = Self {
        id: "",
        method: Method::GET,
        path: "",
        accept: None,
        content_type: None,
        repeatable: false,
        delegated: &[],
        application: &[],
        servers: &[],
        rate_limit: None,
        documentation: None,
        hints: &[],
    };

    /// Returns `true` if a response is neither JSON nor plain text.
    pub(crate) fn is_raw(&self) -> bool {
        self.accept
            .is_some_and(|accept| !accept.starts_with("text/plain") && !accept.contains("json"))
    }

    /// The name of a parameter of the path, by its number from zero.
    pub(crate) fn parameter(&self, number: usize) -> Option<&'static str> {
        let names = self.path.split('{').skip(1);
        names.filter_map(|rest| rest.split('}').next()).nth(number)
    }
}

/// The limit of requests in a window of time, per application and tenant.
///
/// A hand-written limit ends in `..RateLimit::EMPTY`, as an [`Operation`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests.
    pub requests: u32,

    /// The length of the window in seconds.
    pub seconds: u32,
}

impl RateLimit {
    /// Defaults for a hand-written limit.
    pub const EMPTY: Self = Self {
        requests: 0,
        seconds: 0,
    };
}

/// A hint for one kind of failure of an operation.
///
/// A hand-written hint ends in `..Hint::EMPTY`, as an [`Operation`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The statuses of the failure.
    pub status: &'static [u16],

    /// The error code of the failure, compared without letter case; `None` is any code or none.
    pub code: Option<&'static str>,

    /// The kind of token of the failure; `None` is any.
    pub caller: Option<Caller>,

    /// A suggested fix, as a clause without a full stop.
    pub text: &'static str,

    /// The URL of its source.
    pub source: &'static str,
}

impl Hint {
    /// Defaults for a hand-written hint, which match no failure.
    pub const EMPTY: Self = Self {
        status: &[],
        code: None,
        caller: None,
        text: "",
        source: "",
    };
}

/// The caller that a token represents: a user or an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caller {
    /// A signed-in user: delegated permissions, the claim `scp`.
    Delegated,

    /// The application itself: application permissions, the claim `roles`.
    Application,
}

/// The operation of a batch request, for transports that count or pace by operation.
pub(crate) static BATCH: Operation = Operation {
    id: "$batch",
    method: Method::POST,
    path: "/$batch",
    documentation: Some("https://learn.microsoft.com/graph/json-batching"),
    ..Operation::EMPTY
};
