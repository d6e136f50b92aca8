//! Why a call fails, as one table: which causes pass by themselves, and which ones last.

use http::StatusCode;

/// Why an attempt brought no response that can be used.
///
/// An HTTP status that is not a success is not listed here: [`PASSING_STATUSES`] has those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The transport says that the request cannot be sent like this.
    Unsendable,
    TokenFailed,
    SlowToken,
    NoToken,
    NoTurn,

    UnknownHost,
    Refused,
    Unreachable,
    SlowConnect,
    /// Not sent, for a reason that is not known here.
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
    Foreign,
    NoResponse,
    NoHttp,
    LongHead,

    Page,
    NoBody,
    CutBody,
    SlowBody,
    CutJson,
    LongBody,
    Compressed,
    OtherBody,
    ErrorInSuccess,
    PageRefusal,
    CompressedRefusal,

    Elsewhere,
    Redirect,
    NotModified,
}

/// A cause, what it is called, and what may help.
struct Row {
    cause: Cause,
    fate: Fate,
    /// The cause as half a sentence.
    says: &'static str,
    /// The hint as half a sentence; empty where `says` has it, or nothing is known.
    helps: &'static str,
}

/// The course of a cause that nobody acts upon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passes,
    Lasts,
    /// Both, as its status does.
    ByStatus,
}

use Fate::{ByStatus, Lasts, Passes};

/// The statuses that pass: the same request may succeed later.
pub(crate) const PASSING_STATUSES: [u16; 9] = [408, 425, 429, 500, 502, 503, 504, 509, 511];

impl Cause {
    /// Returns `true` if it goes away by itself: the same call may succeed later.
    pub(crate) fn passes(self) -> bool {
        self.row().fate == Passes
    }

    /// The cause as half a sentence.
    pub(crate) fn says(self) -> &'static str {
        self.row().says
    }

    /// The hint, where one is known.
    pub(crate) fn help(self) -> Option<&'static str> {
        Some(self.row().helps).filter(|help| !help.is_empty())
    }

    fn row(self) -> &'static Row {
        // A test holds that every cause has its row.
        let row = TABLE.iter().find(|row| row.cause == self);
        row.unwrap_or(&TABLE[0])
    }
}

/// Returns `true` if a status goes away by itself: the same request may succeed later.
pub(crate) fn status_passes(status: StatusCode) -> bool {
    PASSING_STATUSES.contains(&status.as_u16())
}

const fn row(cause: Cause, fate: Fate, says: &'static str, helps: &'static str) -> Row {
    Row {
        cause,
        fate,
        says,
        helps,
    }
}

/// The table that the documentation shows (`causes.md`), in the order of [`Cause`].
static TABLE: [Row; 45] = [
    row(
        Cause::Unsendable,
        Lasts,
        "the request cannot be sent like this",
        "",
    ),
    row(Cause::TokenFailed, Passes, "the token provider failed", ""),
    row(
        Cause::SlowToken,
        Passes,
        "the token provider took too long",
        "",
    ),
    row(
        Cause::NoToken,
        Lasts,
        "the token is empty or has a character that no token has, such as a space or a line \
        break: trim what you read it from",
        "",
    ),
    row(
        Cause::NoTurn,
        Passes,
        "the time of the call ended while it waited for its turn in the pace of the client",
        "more is sent than this pace allows: send less, or set a larger share or a longer timeout",
    ),
    row(
        Cause::UnknownHost,
        Passes,
        "the name of the host is not known: check its spelling and the network",
        "",
    ),
    row(
        Cause::Refused,
        Passes,
        "the connection was refused: nothing listens there",
        "",
    ),
    row(
        Cause::Unreachable,
        Passes,
        "there is no way to the host: check the network",
        "",
    ),
    row(Cause::SlowConnect, Passes, "connecting took too long", ""),
    row(Cause::NotSent, Passes, "the request could not be sent", ""),
    row(
        Cause::BrokenHandshake,
        Passes,
        "TLS could not be agreed on: the connection broke within the handshake",
        "a firewall or a proxy that breaks TLS does so; check the network",
    ),
    row(
        Cause::RefusedHandshake,
        Lasts,
        "TLS could not be agreed on: the server refuses the handshake",
        "client and server share no TLS version or cipher, or the server asks for a client \
        certificate",
    ),
    row(
        Cause::NoTls,
        Lasts,
        "TLS could not be agreed on: the server does not speak it",
        "check the port of the base URL; https needs a server with TLS",
    ),
    row(
        Cause::CertificateName,
        Lasts,
        "the certificate of the server is for another name",
        "check the host of the base URL; where it is right, something on the network answers \
        in the server's place",
    ),
    row(
        Cause::CertificateRoot,
        Lasts,
        "the certificate of the server is not signed by a root that this machine trusts",
        "where a proxy inspects TLS, add its root certificate to the roots of this machine, or \
        to a `reqwest::ClientBuilder`",
    ),
    row(
        Cause::CertificateDate,
        Lasts,
        "the certificate of the server is expired, or not valid yet",
        "check the clock of this machine; where it is right, the server needs a new certificate",
    ),
    row(
        Cause::CertificateRevoked,
        Lasts,
        "the certificate of the server is revoked",
        "the server needs a new certificate",
    ),
    row(
        Cause::Certificate,
        Lasts,
        "the certificate of the server is not accepted",
        "the last source of the error says why",
    ),
    row(
        Cause::ProxySignIn,
        Lasts,
        "the proxy asks for a sign-in (407)",
        "put its user and password into `HTTPS_PROXY`, or into the `reqwest::Proxy` of your \
        builder",
    ),
    row(
        Cause::ProxyRefusal,
        Lasts,
        "the proxy does not connect to the host",
        "ask who runs the proxy to allow the host, or add the host to `NO_PROXY`",
    ),
    row(
        Cause::ProxyName,
        Lasts,
        "the name of the proxy is not known",
        "check `HTTPS_PROXY` and `ALL_PROXY`, or the proxy of your builder",
    ),
    row(
        Cause::ProxyUnreachable,
        Lasts,
        "the proxy cannot be reached",
        "check `HTTPS_PROXY` and `ALL_PROXY`, or the proxy of your builder; a SOCKS proxy needs \
        the feature `socks` of reqwest",
    ),
    row(
        Cause::ProxyScheme,
        Lasts,
        "the proxy is a SOCKS proxy, which this build does not support",
        "enable the feature `socks` of reqwest, or set `HTTPS_PROXY` to an http proxy",
    ),
    row(
        Cause::ProxyTls,
        Lasts,
        "TLS with the proxy itself failed",
        "the proxy is set as https: check whether it is one (http is usual), its name, and its \
        root certificate",
    ),
    row(
        Cause::ProxyBroken,
        Passes,
        "the connection to the proxy broke",
        "check that the proxy is an HTTP proxy; a SOCKS proxy needs the feature `socks` of \
        reqwest",
    ),
    row(Cause::Broken, Passes, "the connection broke", ""),
    row(
        Cause::SlowResponse,
        Passes,
        "the response took too long",
        "",
    ),
    row(
        Cause::Foreign,
        Passes,
        "the response belongs to another request: something between this client and the service \
        mixes them up",
        "",
    ),
    row(
        Cause::NoResponse,
        Passes,
        "the response to the batch has no response to this request",
        "",
    ),
    row(
        Cause::NoHttp,
        Lasts,
        "the response is not HTTP",
        "check the host, port and scheme of the base URL: another protocol answers there",
    ),
    row(
        Cause::LongHead,
        Lasts,
        "the head of the response is too large",
        "a proxy or a cookie in front of the service adds headers; the default transport reads \
        100 headers and some 400 KB",
    ),
    row(
        Cause::Page,
        Passes,
        "the response is a page for people, not the service's: a proxy or a sign-in page of the \
        network has answered in its place",
        "open a web page in a browser on this network, and sign in there",
    ),
    row(
        Cause::NoBody,
        Passes,
        "the response has no body, where one is documented",
        "",
    ),
    row(
        Cause::CutBody,
        Passes,
        "the response's body ended too early",
        "",
    ),
    row(
        Cause::SlowBody,
        Passes,
        "the response's body took too long",
        "",
    ),
    row(
        Cause::CutJson,
        Passes,
        "the JSON of the response ends too early",
        "",
    ),
    row(
        Cause::LongBody,
        Lasts,
        "the response is longer than the limit",
        "",
    ),
    row(
        Cause::Compressed,
        Lasts,
        "the response is compressed, which was not asked for",
        "a proxy between here and the service compresses it: let it obey `Accept-Encoding`",
    ),
    row(
        Cause::OtherBody,
        Lasts,
        "the response is not what was documented",
        "",
    ),
    row(
        Cause::ErrorInSuccess,
        Lasts,
        "an error in a response that says success",
        "",
    ),
    row(
        Cause::PageRefusal,
        ByStatus,
        "the response is a page for people: a proxy, a firewall or a gateway answers in the \
        service's place",
        "check the base URL and the proxies and gateways on the way to the service; \
        `Error::excerpt` has the page",
    ),
    row(
        Cause::CompressedRefusal,
        ByStatus,
        "the response is compressed, which was not asked for: its code and message cannot be read",
        "a proxy between here and the service compresses it: let it obey `Accept-Encoding`",
    ),
    row(
        Cause::Elsewhere,
        Passes,
        "a temporary redirect to another host: a sign-in page of the network, most often",
        "",
    ),
    row(
        Cause::Redirect,
        Lasts,
        "any other redirect that is not followed",
        "",
    ),
    row(
        Cause::NotModified,
        Lasts,
        "nothing has changed, which was not asked: a cache between here and the service answers",
        "take the cache out of the way, or send `Cache-Control: no-cache`",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The documentation shows this table, and nothing else.
    #[test]
    fn the_documentation_shows_the_table() {
        let statuses = PASSING_STATUSES.map(|status| status.to_string()).join(", ");
        let mut shown = format!(
            "| what happened | it |\n|---|---|\n| {statuses} | passes |\n\
            | any other status that is not a success | lasts |\n"
        );
        for row in &TABLE {
            let fate = match row.fate {
                Passes => "passes",
                Lasts => "lasts",
                ByStatus => "as its status",
            };
            shown += &format!("| {} | {fate} |\n", row.says);
        }
        assert_eq!(include_str!("causes.md"), shown);
    }

    #[test]
    fn every_cause_has_its_row() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.cause as usize, index, "{}", row.says);
        }
        assert_eq!(TABLE.len(), Cause::NotModified as usize + 1);
    }
}
