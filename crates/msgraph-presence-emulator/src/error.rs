//! Errors: Graph's codes and messages, and the identity platform's, with OAuth's `error` and the
//! AADSTS number.

use crate::token::GRAPH;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use jiff::Timestamp;
use std::borrow::Cow;
use std::fmt::Display;

/// An error response of the service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
    /// A further header.
    pub(crate) header: Option<Box<(http::HeaderName, String)>>,
    /// The reason for the record, where the service's message does not say it.
    pub(crate) why: Option<String>,
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
            why: None,
        }
    }

    /// 400: the request is malformed.
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400: the path is unknown.
    pub(crate) fn unknown_segment(segment: &str) -> Self {
        let message = format!("Resource not found for the segment '{segment}'.");
        Self::bad_request(message)
    }

    /// 404: there is no such user or session.
    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    /// 501: the service can do this, the emulator cannot.
    pub(crate) fn not_implemented(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// 400: the operation does not accept a value.
    pub(crate) fn invalid_argument(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
    }

    /// 401: the token is missing or not valid.
    pub(crate) fn invalid_token(message: &'static str) -> Self {
        let status = StatusCode::UNAUTHORIZED;
        let challenge = "Bearer realm=\"\", \
            authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"";
        Self::new(status, "InvalidAuthenticationToken", message)
            .with(http::header::WWW_AUTHENTICATE, challenge.to_owned())
    }

    /// 401: the token was revoked, and a new one has to be asked for with these claims.
    pub(crate) fn claims_challenge(now: Timestamp) -> Self {
        let message = "Continuous access evaluation resulted in challenge with result: \
            InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp.";
        let not_before = now.as_second();
        let claims =
            format!(r#"{{"access_token":{{"nbf":{{"essential":true,"value":"{not_before}"}}}}}}"#);
        let claims = STANDARD.encode(claims);
        let challenge = format!(
            "Bearer realm=\"\", \
             authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
             client_id=\"{GRAPH}\", error=\"insufficient_claims\", claims=\"{claims}\""
        );
        let code = "InvalidAuthenticationToken";
        Self::new(StatusCode::UNAUTHORIZED, code, message)
            .with(http::header::WWW_AUTHENTICATE, challenge)
    }

    /// With a further header.
    pub(crate) fn with(mut self, name: http::HeaderName, value: String) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }

    /// With a reason for the record, which the service does not send.
    pub(crate) fn because(mut self, why: String) -> Self {
        self.why = Some(why);
        self
    }

    /// The reason as the record shows it.
    pub(crate) fn reason(&self) -> Option<String> {
        let message = (!self.message.is_empty()).then(|| self.message.clone().into_owned());
        self.why.clone().or(message)
    }

    /// The AADSTS number that the message begins with.
    pub(crate) fn aadsts(&self) -> Option<u32> {
        let digits = self.message.strip_prefix("AADSTS")?.split(':').next()?;
        digits.parse().ok()
    }

    /// The page that explains the AADSTS number.
    pub(crate) fn uri(&self) -> Option<String> {
        let number = self.aadsts()?;
        Some(format!(
            "https://login.microsoftonline.com/error?code={number}"
        ))
    }

    /// The `suberror` of the AADSTS number, if one is known.
    pub(crate) fn suberror(&self) -> Option<&'static str> {
        match self.aadsts()? {
            50072 | 50074 | 50076 | 50078 | 50079 | 50158 => Some("basic_action"),
            65001 => Some("consent_required"),
            50173 | 70000 | 70008 | 700082 => Some("bad_token"),
            _ => None,
        }
    }

    /// The error that usually goes with a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            400 => ("BadRequest", "Bad request."),
            401 => ("Unauthorized", "Unauthorized"),
            403 => ("Forbidden", ""),
            404 => ("NotFound", "Resource not found."),
            409 => ("Conflict", "The request conflicts with the current state."),
            424 => (
                "FailedDependency",
                "A request that this one depends on has failed.",
            ),
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

/// An error with an AADSTS number: 401 for `invalid_client`, as OAuth says, otherwise 400.
pub(crate) fn aadsts(error: &'static str, number: u32, text: impl Display) -> GraphError {
    let status = match error {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    GraphError::new(status, error, format!("AADSTS{number}: {text}"))
}

/// The error for a missing parameter.
pub(crate) fn missing(name: &str) -> GraphError {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    aadsts("invalid_request", 900144, text)
}

/// The error for a request that cannot be read.
pub(crate) fn malformed(problem: &str) -> GraphError {
    let text = format!("Invalid request. Request is malformed or invalid: {problem}.");
    aadsts("invalid_request", 9002313, text)
}

/// The error that goes with the status of a fault.
pub(crate) fn of_status(status: StatusCode) -> GraphError {
    let text = "A transient error has occurred. Please try again.";
    let mut error = match status.as_u16() {
        429 => aadsts("temporarily_unavailable", 90055, "Too many requests."),
        503 => aadsts("temporarily_unavailable", 90033, text),
        500.. => aadsts("server_error", 90033, text),
        _ => malformed("a fault was injected"),
    };
    error.status = status;
    error
}

/// The error for a code or token that was not issued.
pub(crate) fn invalid(parameter: &str) -> GraphError {
    let text = format!("The provided value for the input parameter '{parameter}' is not valid.");
    aadsts("invalid_grant", 70000, text)
}
