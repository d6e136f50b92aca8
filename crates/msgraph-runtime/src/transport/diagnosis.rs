//! Finds the cause of a transport's error in its source chain.
//!
//! reqwest, hyper-util and the TLS libraries have error types that are private or not among our
//! dependencies, so most causes are recognized by their texts. `tests/calls/causes.rs` makes the
//! real failures over loopback, which pins the texts of the versions in `Cargo.lock`. An unknown
//! text gives a general cause.

use super::TransportError;
use crate::SharedError;
use crate::cause::Cause;
use reqwest::Url;
use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind as Io};
use std::iter;

/// The error of a request of a batch without a response.
#[derive(Debug)]
pub(crate) struct NoResponse(pub(crate) &'static str);

impl fmt::Display for NoResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for NoResponse {}

/// The cause of a failed attempt, with names from its source chain.
pub(crate) struct Diagnosis {
    pub(crate) cause: Cause,
    /// The names on a certificate for another host, or the proxy.
    pub(crate) names: Vec<String>,
}

impl Diagnosis {
    /// Reads the source chain of an error.
    pub(crate) fn of(error: &TransportError) -> Self {
        let chain = Chain::of(error);
        if let Some(cause) = proxy(&chain).filter(|_| !error.is_sent) {
            let proxy = error.is_system_proxy.then(SystemProxy::of_environment);
            return Self::of_proxy(cause, proxy.flatten());
        }
        let cause = match error {
            _ if error.is_refused => Cause::Unsendable,
            _ if error.is_mismatched => Cause::Mismatched,
            _ if error.source.is::<NoResponse>() => Cause::NoResponse,
            _ if error.is_timeout && error.is_sent => Cause::SlowResponse,
            _ if error.is_timeout => Cause::SlowConnect,
            _ if error.is_sent => after_sending(&chain),
            _ => before_sending(&chain),
        };
        let names = match cause {
            Cause::CertificateName => chain.certificate_names(),
            _ => Vec::new(),
        };
        Self { cause, names }
    }

    fn of_proxy(cause: Cause, proxy: Option<SystemProxy>) -> Self {
        let Some(proxy) = proxy else {
            return Self {
                cause,
                names: Vec::new(),
            };
        };
        Self {
            cause: if proxy.is_socks {
                Cause::ProxyScheme
            } else {
                cause
            },
            names: vec![format!("{}, from `{}`", proxy.host, proxy.variable)],
        }
    }
}

fn before_sending(chain: &Chain) -> Cause {
    if let Some(cause) = tls(chain) {
        return cause;
    }
    match chain.io {
        // The text is hyper-util's.
        _ if chain.has("dns error") => Cause::UnknownHost,
        // The text is OpenSSL's, whose error is not an I/O error.
        _ if chain.has("unexpected EOF") => Cause::BrokenHandshake,
        Some(Io::ConnectionRefused) => Cause::Refused,
        Some(Io::HostUnreachable | Io::NetworkUnreachable) => Cause::Unreachable,
        Some(Io::InvalidData | Io::UnexpectedEof | Io::ConnectionReset) => Cause::BrokenHandshake,
        _ => Cause::NotSent,
    }
}

fn after_sending(chain: &Chain) -> Cause {
    if chain.has("message head is too large") {
        return Cause::LongHead;
    }
    let is_parse = [
        "invalid HTTP ",
        "invalid content-length",
        "transfer-encoding",
    ];
    if is_parse.iter().any(|text| chain.has(text)) {
        return Cause::NoHttp;
    }
    // A server that requires a client certificate refuses after the handshake.
    match tls(chain) {
        Some(Cause::RefusedHandshake) => Cause::RefusedHandshake,
        _ => Cause::Broken,
    }
}

/// The failure between this machine and a proxy.
fn proxy(chain: &Chain) -> Option<Cause> {
    let is_socks = chain.has("socks proxy") || chain.has("SOCKS error");
    if !is_socks && !chain.has("tunnel error") {
        return None;
    }
    let is_unreached = chain.has("failed to create underlying connection");
    Some(match () {
        _ if chain.has("proxy authorization required") => Cause::ProxySignIn,
        _ if chain.has("unsuccessful") => Cause::ProxyRefusal,
        _ if chain.has("dns error") => Cause::ProxyName,
        _ if tls(chain).is_some() || chain.has("unexpected EOF") => Cause::ProxyTls,
        _ if is_unreached || is_socks => Cause::ProxyUnreachable,
        _ => Cause::ProxyBroken,
    })
}

/// The failure of TLS, by the texts of rustls, OpenSSL, Windows and macOS.
fn tls(chain: &Chain) -> Option<Cause> {
    let has_any = |texts: &[&str]| texts.iter().any(|text| chain.has(text));
    let find = |table: &[(&[&str], Cause)]| {
        let mut rows = table.iter();
        let row = rows.find(|(texts, _)| has_any(texts));
        row.map(|(_, cause)| *cause)
    };
    let is_certificate = chain.has("certificate");
    let certificate = is_certificate.then(|| find(&CERTIFICATE)).flatten();
    certificate.or_else(|| find(&HANDSHAKE))
}

/// The texts of errors that also have the word `certificate`.
const CERTIFICATE: [(&[&str], Cause); 5] = [
    (
        &[
            "not valid for name",
            "NotValidForName",
            "mismatch",
            "does not match",
            "did not match",
        ],
        Cause::CertificateName,
    ),
    (
        &[
            "expired",
            "not valid yet",
            "not yet valid",
            "NotValidYet",
            "validity period",
        ],
        Cause::CertificateDate,
    ),
    (
        &[
            "UnknownIssuer",
            "issuer certificate",
            "self-signed",
            "self signed",
            "not trusted",
        ],
        Cause::CertificateRoot,
    ),
    (&["revoked", "Revoked"], Cause::CertificateRevoked),
    (
        &["invalid peer certificate", "certificate verify failed"],
        Cause::Certificate,
    ),
];

/// The texts of other errors of a handshake.
const HANDSHAKE: [(&[&str], Cause); 2] = [
    (
        &["InvalidContentType", "wrong version number"],
        Cause::NoTls,
    ),
    (
        &[
            "received fatal alert",
            "SSL alert number",
            "peer is incompatible",
        ],
        Cause::RefusedHandshake,
    ),
];

/// The texts of a source chain, and the kind of its innermost I/O error.
struct Chain {
    texts: Vec<String>,
    io: Option<Io>,
}

impl Chain {
    fn of(error: &TransportError) -> Self {
        // The requests of a batch share one source.
        let first = error.source.downcast_ref::<SharedError>();
        let first: Option<&(dyn Error + 'static)> = match first {
            Some(shared) => Some(&**shared),
            None => error.source(),
        };
        let chain = || iter::successors(first, |&error| error.source());
        let io = |error: &(dyn Error + 'static)| error.downcast_ref().map(innermost);
        Self {
            texts: chain().map(ToString::to_string).collect(),
            io: chain().filter_map(io).last(),
        }
    }

    fn has(&self, text: &str) -> bool {
        self.texts.iter().any(|line| line.contains(text))
    }

    /// The names in rustls's `…; certificate is only valid for DnsName("a") or DnsName("b")`.
    fn certificate_names(&self) -> Vec<String> {
        let names = self.texts.iter().find_map(|text| {
            let (_, names) = text.split_once("is only valid for ")?;
            Some(names.split('"').skip(1).step_by(2).map(str::to_owned))
        });
        names.into_iter().flatten().collect()
    }
}

/// The kind of the innermost I/O error; `source` skips the errors around it.
fn innermost(error: &io::Error) -> Io {
    let within = error.get_ref().and_then(|within| within.downcast_ref());
    within.map_or_else(|| error.kind(), innermost)
}

/// The proxy for https that the environment names.
struct SystemProxy {
    variable: &'static str,
    /// The host and the port, without a user and a password.
    host: String,
    /// `true` for a SOCKS proxy, which with the feature `socks` of reqwest causes no tunnel error.
    is_socks: bool,
}

impl SystemProxy {
    fn of_environment() -> Option<Self> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads the variables in the order of hyper-util.
    fn read(value: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
        let mut set = names.iter().filter_map(|name| Some((name, value(name)?)));
        let (variable, text) = set.next()?;
        let url = if text.contains("://") {
            Url::parse(&text)
        } else {
            Url::parse(&format!("http://{text}"))
        };
        let url = url.ok()?;
        let port = url.port().map(|port| format!(":{port}"));
        Some(Self {
            variable,
            host: url.host_str()?.to_owned() + &port.unwrap_or_default(),
            is_socks: url.scheme().starts_with("socks"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_of_the_environment_is_named_without_its_password() {
        let cases = [
            (
                "HTTPS_PROXY",
                "http://proxy.example:8080",
                "proxy.example:8080",
                false,
            ),
            (
                "https_proxy",
                "http://ada:word@proxy.example/",
                "proxy.example",
                false,
            ),
            ("ALL_PROXY", "socks5h://127.0.0.1:9", "127.0.0.1:9", true),
            (
                "all_proxy",
                "ada:word@proxy.example:8080",
                "proxy.example:8080",
                false,
            ),
        ];
        for (variable, text, host, is_socks) in cases {
            let value = |name: &str| (name == variable).then(|| text.to_owned());
            let proxy = SystemProxy::read(value).unwrap();
            assert_eq!((proxy.variable, &*proxy.host), (variable, host));
            assert_eq!(proxy.is_socks, is_socks);
        }
        assert!(SystemProxy::read(|_| None).is_none());
        assert!(SystemProxy::read(|_| Some("://".to_owned())).is_none());
        let both = SystemProxy::read(|name| Some(format!("http://{name}.example")));
        assert_eq!(both.unwrap().variable, "HTTPS_PROXY");
    }
}
