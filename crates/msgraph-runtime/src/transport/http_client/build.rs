//! Builds reqwest clients, without the features that the runtime has itself.

use crate::{Error, headers};
use reqwest::{Client, ClientBuilder};
use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The time limit to connect, including the TLS handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The time that an idle connection is kept, less than in common gateways (AWS 60 seconds, nginx
/// 75), whose notice that they close it may be lost.
const IDLE_TIMEOUT: Duration = Duration::from_secs(45);

/// `true` if a feature of this crate enables TLS; another crate may enable it in reqwest.
pub(super) const HAS_TLS: bool = cfg!(any(
    feature = "rustls",
    feature = "rustls-no-provider",
    feature = "native-tls"
));

/// The silence before a ping is sent, and the time limit of its response.
#[cfg(feature = "http2")]
const PING_INTERVAL: Duration = Duration::from_secs(15);
#[cfg(feature = "http2")]
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// The default client.
pub(super) fn own(is_loopback: bool) -> Result<Client, Error> {
    finish(own_builder(is_loopback), is_loopback)
}

/// The default client without a pool: each request makes a connection.
pub(super) fn without_pool(is_loopback: bool) -> Result<Client, Error> {
    let builder = own_builder(is_loopback).pool_max_idle_per_host(0);
    finish(builder, is_loopback)
}

/// The client of a user's builder.
///
/// Its pool cannot be replaced. The idle timeout is therefore at most the read timeout: when an
/// attempt fails by the read timeout, all connections that were idle before have expired.
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
    // Another crate may enable HTTP/2 in reqwest, which needs the pings of our feature.
    #[cfg(not(feature = "http2"))]
    let builder = builder.http1_only();
    let builder = with_pings(builder, Duration::MAX);
    if is_loopback {
        without_roots(builder)
    } else {
        with_our_tls(builder)
    }
}

/// Sends pings over HTTP/2 connections, to detect a dead one within `limit`: all calls share a
/// connection, which is never idle while there are calls.
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

/// Does not read the system's roots of trust, which is slow, and fails if there are none: plain
/// http to this machine does not need them.
fn without_roots(builder: ClientBuilder) -> ClientBuilder {
    // OpenSSL would read them nevertheless.
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

/// Selects the TLS of our features, because another crate may enable another one in reqwest.
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

/// Disables the features that the runtime has itself, and builds the client.
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
        // A proxy, or a resolver with another `localhost`, would send the token off this machine
        // unencrypted.
        builder.no_proxy().resolve_to_addrs("localhost", &LOCALHOST)
    } else {
        builder.https_only(true)
    };
    if !has_crypto_provider() {
        return Err(Error::configuration(NO_PROVIDER));
    }
    // If another crate enables rustls in reqwest, reqwest panics without a crypto provider.
    match catch_unwind(AssertUnwindSafe(|| builder.build())) {
        Ok(built) => {
            built.map_err(|error| Error::configuration(NOT_BUILT).with_source(error.without_url()))
        }
        Err(panic) => Err(Error::configuration(PANICKED).with_source(text_of(&*panic))),
    }
}

/// Returns `true` if rustls has a crypto provider, without which reqwest panics. The feature
/// `rustls` brings one, and the TLS of the system needs none.
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

/// The addresses of `localhost`; port 0 means the port of the URL.
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

/// A default header of the builder that users cannot set. reqwest shows the headers only in the
/// builder's `Debug`.
fn reserved_header(builder: &ClientBuilder) -> Option<&'static str> {
    let shown = format!("{builder:?}");
    let is_shown = |name: &&str| shown.contains(&format!("\"{name}\": "));
    headers::RESERVED.iter().copied().find(is_shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any crate of the program may enable HTTP/2 in reqwest.
    #[test]
    fn without_our_feature_only_http1_is_used() {
        for is_loopback in [true, false] {
            let shown = format!("{:?}", own_builder(is_loopback));
            let is_http1_only = shown.contains("http1_only: true");
            assert_eq!(is_http1_only, !cfg!(feature = "http2"), "{shown}");
        }
    }
}
