//! The kinds of failure.

/// The kind of failure of an [`Error`](crate::Error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built like this.
    Configuration,

    /// The request was refused here, before anything was sent: a value is not allowed, or the
    /// cloud does not have the operation.
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

    /// The connection broke before the response: the service may or may not have acted.
    Interrupted,

    /// A timeout expired.
    Timeout,

    /// The service answered with a redirect that is not followed.
    Redirect,

    /// The service answered with a status that is not a success, or with an `error` object in a
    /// success.
    Service,

    /// The service answered with a success whose body is not what was documented.
    Body,
}
