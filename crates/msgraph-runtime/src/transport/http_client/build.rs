//! Builds the reqwest client: features that the runtime has itself are switched off.

use crate::{Error, headers};
use reqwest::{Client, ClientBuilder};
use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The time limit of connecting, TLS handshake included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The time that an idle connection is kept: less than the common gateways keep it (AWS
/// 60 seconds, nginx 75), which close it without a word that is sure to come.
const IDLE_TIMEOUT: Duration = Duration::from_secs(45);

/// `true` if this crate has TLS; another crate may have switched it on in reqwest.
pub(super) const HAS_TLS: bool = cfg!(any(
    feature = "rustls",
    feature = "rustls-no-provider",
    feature = "native-tls"
));

/// After how long a silence a ping is sent, and how long it is waited for.
#[cfg(feature = "http2")]
const PING_INTERVAL: Duration = Duration::from_secs(15);
#[cfg(feature = "http2")]
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// A client of our own.
pub(super) fn own(is_loopback: bool) -> Result<Client, Error> {
    finish(own_builder(is_loopback), is_loopback)
}

/// A client of our own that makes a connection for each request.
pub(super) fn without_pool(is_loopback: bool) -> Result<Client, Error> {
    let builder = own_builder(is_loopback).pool_max_idle_per_host(0);
    finish(builder, is_loopback)
}

/// A client of the user's builder.
///
/// Its pool cannot be replaced. But a connection that was idle when an attempt began is too old
/// when that attempt is given up after the read timeout: the next one makes a new connection.
pub(super) fn prepared(
    builder: ClientBuilder,
    is_loopback: bool,
    read_timeout: Option<Duration>,
) -> Result<Client, Error> {
    if let Some(name) = reserved_header(&builder) {
        let message = format!(
            "the header `{name}` is set by the client itself: remove it from the \
             `default_headers` of the `reqwest::ClientBuilder`"
        );
        return Err(Error::configuration(message));
    }
    let idle = read_timeout.map_or(IDLE_TIMEOUT, |limit| limit.min(IDLE_TIMEOUT));
    let builder = with_pings(builder, read_timeout.unwrap_or(Duration::MAX));
    finish(builder.pool_idle_timeout(idle), is_loopback)
}

fn own_builder(is_loopback: bool) -> ClientBuilder {
    let builder = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT);
    // Another crate may have switched HTTP/2 on in reqwest, without the pings that it needs.
    #[cfg(not(feature = "http2"))]
    let builder = builder.http1_only();
    let builder = with_pings(builder, Duration::MAX);
    if is_loopback {
        without_roots(builder)
    } else {
        with_our_tls(builder)
    }
}

/// A connection of HTTP/2 is shared by all calls, and is never idle for long while they come:
/// pings tell that it has died, before so much time is over.
fn with_pings(builder: ClientBuilder, limit: Duration) -> ClientBuilder {
    #[cfg(feature = "http2")]
    let builder = builder
        .http2_keep_alive_interval(PING_INTERVAL.min(limit / 2))
        .http2_keep_alive_timeout(PING_TIMEOUT.min(limit / 3))
        .http2_keep_alive_while_idle(true);
    #[cfg(not(feature = "http2"))]
    let _ = limit;
    builder
}

/// Reading the system's roots of trust is slow, and fails where there are none: plain http to
/// this machine does not need them.
fn without_roots(builder: ClientBuilder) -> ClientBuilder {
    // OpenSSL reads them even so.
    #[cfg(feature = "rustls")]
    let builder = builder.tls_backend_rustls();
    #[cfg(not(feature = "rustls"))]
    let builder = with_our_tls(builder);
    #[cfg(any(
        feature = "rustls",
        feature = "rustls-no-provider",
        feature = "native-tls"
    ))]
    let builder = builder.tls_certs_only([]);
    builder
}

/// Another crate may switch on more of reqwest: the TLS is still the one that was asked for.
fn with_our_tls(builder: ClientBuilder) -> ClientBuilder {
    #[cfg(feature = "native-tls")]
    let builder = builder.tls_backend_native();
    #[cfg(all(
        any(feature = "rustls", feature = "rustls-no-provider"),
        not(feature = "native-tls")
    ))]
    let builder = builder.tls_backend_rustls();
    builder
}

/// Switches off what the runtime does itself, and builds.
fn finish(builder: ClientBuilder, is_loopback: bool) -> Result<Client, Error> {
    let builder = builder
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate();
    let builder = if is_loopback {
        // A proxy would take the token off this machine in the clear, and so would a resolver
        // that knows another `localhost`.
        builder.no_proxy().resolve_to_addrs("localhost", &LOCALHOST)
    } else {
        builder.https_only(true)
    };
    if !has_crypto_provider() {
        return Err(Error::configuration(NO_PROVIDER));
    }
    // If another crate has switched rustls on in reqwest, no function tells about the provider.
    match catch_unwind(AssertUnwindSafe(|| builder.build())) {
        Ok(built) => {
            built.map_err(|error| Error::configuration(NOT_BUILT).with_source(error.without_url()))
        }
        Err(panic) => Err(Error::configuration(PANICKED).with_source(text_of(&*panic))),
    }
}

/// Returns `true` if rustls can encrypt: without a crypto provider, reqwest panics. It brings one
/// with the feature `rustls`, and TLS of the system needs none.
fn has_crypto_provider() -> bool {
    #[cfg(all(
        feature = "rustls-no-provider",
        not(any(feature = "rustls", feature = "native-tls"))
    ))]
    return rustls::crypto::CryptoProvider::get_default().is_some();
    #[cfg(any(
        not(feature = "rustls-no-provider"),
        feature = "rustls",
        feature = "native-tls"
    ))]
    true
}

/// The port is that of the URL.
const LOCALHOST: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

const NOT_BUILT: &str = "the HTTP client cannot be built: check the TLS roots of this machine, \
    or pass a `reqwest::ClientBuilder` with roots of your own";
const NO_PROVIDER: &str = "rustls has no crypto provider: install one before the client is built, \
    as `rustls::crypto::ring::default_provider().install_default()` does, or enable the feature \
    `rustls` of this crate";
const PANICKED: &str = "the HTTP client cannot be built: if this program uses reqwest with \
    `rustls-no-provider`, install a crypto provider of rustls before, or enable the feature \
    `rustls-no-provider` of this crate, which asks for it without a panic, or `rustls`";

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "reqwest panicked".to_owned())
}

/// A header among the builder's defaults that no user can set. reqwest tells of them only in
/// the builder's `Debug`.
fn reserved_header(builder: &ClientBuilder) -> Option<&'static str> {
    let shown = format!("{builder:?}");
    let is_shown = |name: &&str| shown.contains(&format!("\"{name}\": "));
    headers::RESERVED.iter().copied().find(is_shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HTTP/2 may be on in reqwest without our feature, by any crate of the program.
    #[test]
    fn without_our_feature_only_http1_is_spoken() {
        for is_loopback in [true, false] {
            let shown = format!("{:?}", own_builder(is_loopback));
            let is_http1_only = shown.contains("http1_only: true");
            assert_eq!(is_http1_only, !cfg!(feature = "http2"), "{shown}");
        }
    }
}
