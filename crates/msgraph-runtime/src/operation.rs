//! An operation of the service as data: the generator writes one constant for each.

use http::Method;

/// An operation of the service, as its description tells it.
///
/// Generated clients have one `static` of this type per operation. All behaviour is in the
/// runtime, and all facts about an operation are here.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// The `operationId` of the description, such as `users.GetPresence`.
    pub id: &'static str,

    /// The HTTP method.
    pub method: Method,

    /// The path below the base URL, with the names of its parameters in braces.
    pub path: &'static str,

    /// The value of `Accept`, such as `image/png` or `*/*`. `None`: `application/json`.
    ///
    /// A response that is neither JSON nor plain text is not looked at: a page is not taken for
    /// that of a proxy.
    pub accept: Option<&'static str>,

    /// The media type of its body, which [`header`](crate::Request::header) may change. `None`:
    /// `application/json`, which it may not.
    pub content_type: Option<&'static str>,

    /// `true` if sending it again after an unknown outcome does no harm.
    ///
    /// True (idempotent) for everything that reads, and for writes that set an absolute state. Only
    /// such an operation is sent again after a 5xx other than a 503 with `Retry-After`, a 408, a
    /// timeout or a broken connection.
    pub repeatable: bool,

    /// The delegated permissions, any one of which is enough, the least privileged first.
    ///
    /// Empty: not possible with a delegated token, unless both are, which says nothing.
    pub delegated: &'static [&'static str],

    /// The application permissions, any one of which is enough, the least privileged first.
    ///
    /// Empty: not possible with an application token, unless both are, which says nothing.
    pub application: &'static [&'static str],

    /// The base URLs of the clouds that have this operation, with the version.
    ///
    /// In another cloud it fails before anything is sent. Empty: it is sent in any.
    pub servers: &'static [&'static str],

    /// The documented limit of requests.
    pub rate_limit: Option<RateLimit>,

    /// The documentation page.
    pub documentation: Option<&'static str>,

    /// The hints for failures of the operation.
    pub hints: &'static [Hint],
}

impl Operation {
    /// Defaults for a hand-written operation: a field that it does not set, it takes
    /// from here.
    ///
    /// So it still compiles when a later version knows more of operations. It is sent in any
    /// cloud, and it is not repeatable, as is safe when nothing is known.
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
/// One that is written by hand ends in `..RateLimit::EMPTY`, as [`Operation`] does.
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
/// One that is written by hand ends in `..Hint::EMPTY`, as [`Operation`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The statuses it is for.
    pub status: &'static [u16],

    /// The error code it is for, compared without letter case. `None`: any or none.
    pub code: Option<&'static str>,

    /// The kind of token it is for. `None`: any.
    pub caller: Option<Caller>,

    /// A suggested fix, half a sentence without a full stop.
    pub text: &'static str,

    /// The URL of its source.
    pub source: &'static str,
}

impl Hint {
    /// A hint that fits no failure, and says nothing.
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

/// Batching itself, for transports that count or pace by operation.
pub(crate) static BATCH: Operation = Operation {
    id: "$batch",
    method: Method::POST,
    path: "/$batch",
    documentation: Some("https://learn.microsoft.com/graph/json-batching"),
    ..Operation::EMPTY
};
