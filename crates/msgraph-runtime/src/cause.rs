//! The causes of failures, temporary and permanent, as one table.

use http::StatusCode;

/// The cause of an attempt without a usable response.
///
/// Statuses of error responses are not listed here; [`TEMPORARY_STATUSES`] has the temporary ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The transport reports that the request is not valid.
    Unsendable,
    TokenFailed,
    SlowToken,
    /// The provider may have read a file that was being written: the next call asks it again.
    UnusableToken,
    NoTurn,

    UnknownHost,
    Refused,
    Unreachable,
    SlowConnect,
    /// Not sent, for an unknown reason.
    NotSent,

    BrokenHandshake,
    RefusedHandshake,
    NoTls,
    CertificateName,
    CertificateRoot,
    CertificateDate,
    CertificateRevoked,
    Certificate,

    ProxySignIn,
    ProxyRefusal,
    ProxyName,
    ProxyUnreachable,
    ProxyScheme,
    ProxyTls,
    ProxyBroken,

    Broken,
    SlowResponse,
    Mismatched,
    NoResponse,
    NoHttp,
    LongHead,

    Page,
    NoBody,
    TruncatedBody,
    SlowBody,
    TruncatedJson,
    LongBody,
    Compressed,
    OtherBody,
    ErrorInSuccess,
    PageRefusal,
    CompressedRefusal,

    OtherHost,
    Redirect,
    NotModified,
}

/// A cause with its kind, message and hint.
struct Row {
    cause: Cause,
    kind: Kind,
    /// The cause as a clause.
    message: &'static str,
    /// The hint as a clause; empty if the message has it, or if there is none.
    help: &'static str,
}

/// The kind of a cause: a temporary cause can go away without a change of the request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Temporary,
    Permanent,
    /// Decided by the status of the response.
    ByStatus,
}

use Kind::{ByStatus, Permanent, Temporary};

/// The statuses of temporary failures: the same request may succeed later.
pub(crate) const TEMPORARY_STATUSES: [u16; 9] = [408, 425, 429, 500, 502, 503, 504, 509, 511];

impl Cause {
    /// Returns `true` if the same call may succeed later without a change.
    pub(crate) fn is_temporary(self) -> bool {
        self.row().kind == Temporary
    }

    /// The cause as a clause.
    pub(crate) fn message(self) -> &'static str {
        self.row().message
    }

    /// The hint, if there is one.
    pub(crate) fn help(self) -> Option<&'static str> {
        Some(self.row().help).filter(|help| !help.is_empty())
    }

    fn row(self) -> &'static Row {
        // A test checks that every cause has its row.
        let row = TABLE.iter().find(|row| row.cause == self);
        row.unwrap_or(&TABLE[0])
    }
}

/// Returns `true` if the same request may succeed later without a change.
pub(crate) fn is_temporary_status(status: StatusCode) -> bool {
    TEMPORARY_STATUSES.contains(&status.as_u16())
}

const fn row(cause: Cause, kind: Kind, message: &'static str, help: &'static str) -> Row {
    Row {
        cause,
        kind,
        message,
        help,
    }
}

/// The table that the documentation shows (`causes.md`), in the order of [`Cause`].
static TABLE: [Row; 45] = [
    row(
        Cause::Unsendable,
        Permanent,
        "the request is not valid and was not sent",
        "",
    ),
    row(
        Cause::TokenFailed,
        Temporary,
        "the token provider failed",
        "",
    ),
    row(
        Cause::SlowToken,
        Temporary,
        "the token provider timed out",
        "",
    ),
    row(
        Cause::UnusableToken,
        Temporary,
        "the token of the provider is empty or contains a character that is not allowed, such as \
        a space or a line break",
        "",
    ),
    row(
        Cause::NoTurn,
        Temporary,
        "the call timed out while it waited for its turn in the client's pace (rate limit)",
        "the client sends more than its pace allows: send less, or set a larger share or a longer \
        timeout",
    ),
    row(
        Cause::UnknownHost,
        Temporary,
        "the host name cannot be resolved: check its spelling and the network",
        "",
    ),
    row(
        Cause::Refused,
        Temporary,
        "the connection was refused: no server listens on this port",
        "",
    ),
    row(
        Cause::Unreachable,
        Temporary,
        "the host is unreachable: check the network",
        "",
    ),
    row(Cause::SlowConnect, Temporary, "connecting timed out", ""),
    row(
        Cause::NotSent,
        Temporary,
        "the request could not be sent",
        "",
    ),
    row(
        Cause::BrokenHandshake,
        Temporary,
        "the TLS handshake failed: the connection broke",
        "check the network: a firewall or a proxy may interrupt TLS",
    ),
    row(
        Cause::RefusedHandshake,
        Permanent,
        "the TLS handshake failed: the server refused it",
        "client and server share no TLS version or cipher, or the server requires a client \
        certificate",
    ),
    row(
        Cause::NoTls,
        Permanent,
        "the TLS handshake failed: the server does not speak TLS",
        "check the port of the base URL; https needs a server with TLS",
    ),
    row(
        Cause::CertificateName,
        Permanent,
        "the server's certificate is for another host name",
        "check the host of the base URL; if it is right, a proxy on the network answers \
        instead of the server",
    ),
    row(
        Cause::CertificateRoot,
        Permanent,
        "the server's certificate is not signed by a root that this machine trusts",
        "if a proxy inspects TLS, add its root certificate to the roots of this machine, or \
        to a `reqwest::ClientBuilder`",
    ),
    row(
        Cause::CertificateDate,
        Permanent,
        "the server's certificate has expired or is not valid yet",
        "check the clock of this machine; if it is right, the server needs a new certificate",
    ),
    row(
        Cause::CertificateRevoked,
        Permanent,
        "the server's certificate is revoked",
        "the server needs a new certificate",
    ),
    row(
        Cause::Certificate,
        Permanent,
        "the server's certificate is not accepted",
        "the last source of the error has the reason",
    ),
    row(
        Cause::ProxySignIn,
        Permanent,
        "the proxy requires authentication (407)",
        "put its user and password into `HTTPS_PROXY`, or into the `reqwest::Proxy` of your \
        builder",
    ),
    row(
        Cause::ProxyRefusal,
        Permanent,
        "the proxy refused to connect to the host",
        "ask the administrator of the proxy to allow the host, or add the host to `NO_PROXY`",
    ),
    row(
        Cause::ProxyName,
        Permanent,
        "the host name of the proxy cannot be resolved",
        "check `HTTPS_PROXY` and `ALL_PROXY`, or the proxy of your builder",
    ),
    row(
        Cause::ProxyUnreachable,
        Permanent,
        "the proxy cannot be reached",
        "check `HTTPS_PROXY` and `ALL_PROXY`, or the proxy of your builder; a SOCKS proxy needs \
        the feature `socks` of reqwest",
    ),
    row(
        Cause::ProxyScheme,
        Permanent,
        "the proxy is a SOCKS proxy, which this build does not support",
        "enable the feature `socks` of reqwest, or set `HTTPS_PROXY` to an http proxy",
    ),
    row(
        Cause::ProxyTls,
        Permanent,
        "the TLS handshake with the proxy failed",
        "the proxy is configured as https: check its scheme (http is usual), its name and its \
        root certificate",
    ),
    row(
        Cause::ProxyBroken,
        Temporary,
        "the connection to the proxy broke",
        "check that the proxy is an HTTP proxy; a SOCKS proxy needs the feature `socks` of \
        reqwest",
    ),
    row(Cause::Broken, Temporary, "the connection broke", ""),
    row(Cause::SlowResponse, Temporary, "the response timed out", ""),
    row(
        Cause::Mismatched,
        Temporary,
        "the response belongs to another request: a proxy or a cache on the way mixed up \
        responses",
        "",
    ),
    row(
        Cause::NoResponse,
        Temporary,
        "the batch response has no entry for this request",
        "",
    ),
    row(
        Cause::NoHttp,
        Permanent,
        "the response is not HTTP",
        "check the host, port and scheme of the base URL: another protocol answers there",
    ),
    row(
        Cause::LongHead,
        Permanent,
        "the headers of the response are too large",
        "a proxy or a gateway adds headers or cookies; the default transport reads at most 100 \
        headers and about 400 KB",
    ),
    row(
        Cause::Page,
        Temporary,
        "the response is a web page, not the service's: a proxy or the network's sign-in page \
        answered instead",
        "open a web page in a browser on this network, and sign in to the network",
    ),
    row(
        Cause::NoBody,
        Temporary,
        "the response has no body, but a body is documented",
        "",
    ),
    row(
        Cause::TruncatedBody,
        Temporary,
        "the response body ended too early",
        "",
    ),
    row(
        Cause::SlowBody,
        Temporary,
        "the response body timed out",
        "",
    ),
    row(
        Cause::TruncatedJson,
        Temporary,
        "the JSON of the response ends too early",
        "",
    ),
    row(
        Cause::LongBody,
        Permanent,
        "the response is longer than the limit",
        "",
    ),
    row(
        Cause::Compressed,
        Permanent,
        "the response is compressed, although the client did not ask for it",
        "a proxy on the way compresses it: configure the proxy to obey `Accept-Encoding`",
    ),
    row(
        Cause::OtherBody,
        Permanent,
        "the response differs from its documentation",
        "",
    ),
    row(
        Cause::ErrorInSuccess,
        Permanent,
        "the response has a success status and an error in its body",
        "",
    ),
    row(
        Cause::PageRefusal,
        ByStatus,
        "the response is a web page: a proxy, a firewall or a gateway answered instead of \
        the service",
        "check the base URL and the proxies and gateways on the way to the service; \
        `Error::excerpt` has the page",
    ),
    row(
        Cause::CompressedRefusal,
        ByStatus,
        "the response is compressed, although the client did not ask for it: its code and message \
        cannot be read",
        "a proxy on the way compresses it: configure the proxy to obey `Accept-Encoding`",
    ),
    row(
        Cause::OtherHost,
        Temporary,
        "a temporary redirect to another host, usually the network's sign-in page",
        "",
    ),
    row(
        Cause::Redirect,
        Permanent,
        "any other redirect that is not followed",
        "",
    ),
    row(
        Cause::NotModified,
        Permanent,
        "the response is 304 Not Modified to an unconditional request: a cache on the way answered",
        "bypass the cache, or send `Cache-Control: no-cache`",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The documentation shows exactly this table.
    #[test]
    fn the_documentation_shows_the_table() {
        let statuses = TEMPORARY_STATUSES
            .map(|status| status.to_string())
            .join(", ");
        let mut shown = format!(
            "| cause | kind |\n|---|---|\n| {statuses} | temporary |\n\
            | any other status that is not a success | permanent |\n"
        );
        for row in &TABLE {
            let kind = match row.kind {
                Temporary => "temporary",
                Permanent => "permanent",
                ByStatus => "as its status",
            };
            shown += &format!("| {} | {kind} |\n", row.message);
        }
        assert_eq!(include_str!("causes.md"), shown);
    }

    #[test]
    fn every_cause_has_its_row() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.cause as usize, index, "{}", row.message);
        }
        assert_eq!(TABLE.len(), Cause::NotModified as usize + 1);
    }
}
