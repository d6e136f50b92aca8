//! Errors in the service's shape.

use http::StatusCode;
use std::borrow::Cow;

/// An error that the service answers with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
    /// A further header.
    pub(crate) header: Option<(http::HeaderName, String)>,
}

impl GraphError {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            header: None,
        }
    }

    /// 400, for what is wrong with the request as such.
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400, for a path that leads nowhere.
    pub(crate) fn unknown_segment(segment: &str) -> Self {
        let message = format!("Resource not found for the segment '{segment}'.");
        Self::bad_request(message)
    }

    /// 400, for a value that the operation does not take.
    pub(crate) fn invalid_argument(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    /// 401, for a token that is missing or not good.
    pub(crate) fn invalid_token(message: &'static str) -> Self {
        let status = StatusCode::UNAUTHORIZED;
        let challenge = "Bearer realm=\"\", \
            authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"";
        Self::new(status, "InvalidAuthenticationToken", message)
            .with(http::header::WWW_AUTHENTICATE, challenge.to_owned())
    }

    /// With a further header.
    pub(crate) fn with(mut self, name: http::HeaderName, value: String) -> Self {
        self.header = Some((name, value));
        self
    }

    /// The error that usually goes with a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            400 => ("BadRequest", "Bad request."),
            401 => ("Unauthorized", "Unauthorized"),
            403 => ("Forbidden", ""),
            404 => ("NotFound", "Resource not found."),
            409 => ("Conflict", "The request conflicts with the current state."),
            429 => ("TooManyRequests", "Please retry again later."),
            500 => ("InternalServerError", "An error has occurred."),
            502 => ("BadGateway", "Bad gateway."),
            503 => ("ServiceUnavailable", "The service is unavailable."),
            504 => ("GatewayTimeout", "The request timed out."),
            _ => ("UnknownError", ""),
        };
        Self::new(status, code, message)
    }
}
