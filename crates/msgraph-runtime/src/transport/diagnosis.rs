//! From the source chain of a transport's error to its cause.
//!
//! reqwest, hyper-util and the TLS libraries keep their reasons in types that are private, or
//! that are not among our dependencies, so most of them are known by their texts.
//! `tests/calls/causes.rs` makes the real failures over loopback, which pins the texts of the
//! versions in `Cargo.lock`. A text that is not known leaves the general cause.

use super::TransportError;
use crate::cause::Cause;
use std::error::Error;
use std::io::{self, ErrorKind as Io};
use std::iter;

/// The cause, and what the chain says about it.
pub(crate) struct Diagnosis {
    pub(crate) cause: Cause,
    /// The names on a certificate that is for another name, as the chain writes them.
    pub(crate) names: Vec<String>,
}

impl Diagnosis {
    /// Reads the source chain of an error.
    pub(crate) fn of(error: &TransportError) -> Self {
        let chain = Chain::of(error);
        let cause = match error {
            _ if error.is_refused => Cause::Unsendable,
            _ if error.is_foreign => Cause::Foreign,
            _ if error.is_timeout && error.is_sent => Cause::SlowResponse,
            _ if error.is_timeout => Cause::SlowConnect,
            _ if error.is_sent => after_sending(&chain),
            _ => before_sending(&chain, error.is_system_proxy),
        };
        let names = match cause {
            Cause::CertificateName => chain.certificate_names(),
            _ => Vec::new(),
        };
        Self { cause, names }
    }
}

fn before_sending(chain: &Chain, is_system_proxy: bool) -> Cause {
    if let Some(cause) = proxy(chain) {
        return match is_system_proxy && system_proxy_is_socks() {
            true => Cause::ProxyScheme,
            false => cause,
        };
    }
    if let Some(cause) = tls(chain) {
        return cause;
    }
    match chain.io {
        // It is hyper-util's, whose type is not among our dependencies.
        _ if chain.has("dns error") => Cause::UnknownHost,
        Some(Io::ConnectionRefused) => Cause::Refused,
        Some(Io::HostUnreachable | Io::NetworkUnreachable) => Cause::Unreachable,
        Some(Io::InvalidData | Io::UnexpectedEof | Io::ConnectionReset) => {
            Cause::BrokenHandshake
        }
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
    // A server that wants a client certificate says so when the handshake is over.
    match tls(chain) {
        Some(Cause::RefusedHandshake) => Cause::RefusedHandshake,
        _ => Cause::Broken,
    }
}

/// What happened between here and a proxy.
fn proxy(chain: &Chain) -> Option<Cause> {
    let is_socks = chain.has("socks proxy") || chain.has("SOCKS error");
    if !is_socks && !chain.has("tunnel error") {
        return None;
    }
    let is_unreached = chain.has("failed to create underlying connection");
    Some(match chain.io {
        _ if chain.has("proxy authorization required") => Cause::ProxySignIn,
        _ if chain.has("unsuccessful") => Cause::ProxyRefusal,
        _ if chain.has("dns error") => Cause::ProxyName,
        _ if tls(chain).is_some() => Cause::ProxyTls,
        _ if is_unreached || is_socks => Cause::ProxyUnreachable,
        _ => Cause::ProxyBroken,
    })
}

/// What went wrong with TLS, in the words of rustls, OpenSSL, Windows and macOS.
fn tls(chain: &Chain) -> Option<Cause> {
    let is_certificate = chain.has("certificate");
    let cases: [(bool, &[&str], Cause); 7] = [
        (
            is_certificate,
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
            is_certificate,
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
            is_certificate,
            &[
                "UnknownIssuer",
                "issuer certificate",
                "self-signed",
                "self signed",
                "not trusted",
            ],
            Cause::CertificateRoot,
        ),
        (
            is_certificate,
            &["revoked", "Revoked"],
            Cause::CertificateRevoked,
        ),
        (
            is_certificate,
            &["invalid peer certificate", "certificate verify failed"],
            Cause::Certificate,
        ),
        (
            true,
            &["InvalidContentType", "wrong version number"],
            Cause::NoTls,
        ),
        (
            true,
            &[
                "received fatal alert",
                "SSL alert number",
                "peer is incompatible",
            ],
            Cause::RefusedHandshake,
        ),
    ];
    let found = cases.into_iter().find(|(is_possible, texts, _)| {
        *is_possible && texts.iter().any(|text| chain.has(text))
    });
    found.map(|(_, _, cause)| cause)
}

/// The texts of a source chain, and the innermost kind of its I/O errors.
struct Chain {
    texts: Vec<String>,
    io: Option<Io>,
}

impl Chain {
    fn of(error: &TransportError) -> Self {
        let chain = || iter::successors(error.source(), |&error| error.source());
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

/// The kind of the error that another one was made around: `source` passes over it.
fn innermost(error: &io::Error) -> Io {
    let within = error.get_ref().and_then(|within| within.downcast_ref());
    within.map_or_else(|| error.kind(), innermost)
}

/// Whether the environment names a SOCKS proxy for https.
///
/// With reqwest's feature `socks` no error of a tunnel comes from one.
fn system_proxy_is_socks() -> bool {
    // hyper-util's order.
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let proxy = names.iter().find_map(|name| std::env::var(name).ok());
    proxy.is_some_and(|proxy| proxy.starts_with("socks"))
}
