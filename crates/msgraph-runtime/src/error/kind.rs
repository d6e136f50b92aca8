//! The kinds of failure.

/// The kind of failure of an [`Error`](crate::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the client is missing or invalid.
    Configuration,

    /// The request was refused before anything was sent: a value is not allowed, or the cloud does
    /// not have the operation.
    Request,

    /// The token provider failed, or returned a token that no header can carry.
    ///
    /// The error [is retryable](crate::Error::is_retryable), because a provider can fail for a
    /// while, as in an outage of its network, and the next call asks it again. The source is the
    /// provider's own error.
    Token,

    /// The request was not sent: the connection was refused, the host name is unknown, or TLS
    /// failed.
    Connect,

    /// The connection broke before the response; the service may have carried out the request.
    Interrupted,

    /// A timeout expired.
    Timeout,

    /// The response is a redirect that is not followed.
    Redirect,

    /// The response has an error status, or an `error` object in a success.
    Service,

    /// The response is a success with a body that differs from the documentation.
    Body,
}
