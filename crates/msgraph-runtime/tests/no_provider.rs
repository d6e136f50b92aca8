//! Clients where rustls has no crypto provider, which the program is to install.
//!
//! `cargo test -p msgraph-runtime --no-default-features --features rustls-no-provider --test
//! no_provider`

#![cfg(test)]
#![cfg(all(
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "native-tls"))
))]

use msgraph_runtime::{Client, ClientBuilder, ErrorKind};
use std::panic;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_rustls::rustls::crypto::aws_lc_rs;

static PANICS: AtomicU32 = AtomicU32::new(0);

/// Clients of our builder and of a user's, for the service and for loopback.
fn builders() -> [ClientBuilder; 4] {
    let service = || Client::builder().token("secret");
    let loopback = || service().base_url("http://127.0.0.1:1");
    let prepared = || reqwest::Client::builder().tls_certs_only([]);
    [
        loopback(),
        loopback().reqwest(prepared()),
        service().reqwest(prepared()),
        service(),
    ]
}

/// One test, because a provider is installed once per process.
#[test]
fn without_a_crypto_provider_a_client_is_an_error_and_no_panic() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        hook(info);
    }));
    for builder in builders() {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let line = "msgraph: rustls has no crypto provider: install one before the client is \
            built, as `rustls::crypto::ring::default_provider().install_default()` does, or \
            enable the feature `rustls` of this crate";
        assert_eq!(error.to_string(), line);
    }
    assert_eq!(PANICS.load(Ordering::Relaxed), 0);

    aws_lc_rs::default_provider().install_default().unwrap();
    let [loopback, prepared_loopback, prepared, own] = builders();
    for builder in [loopback, prepared_loopback, prepared] {
        builder.build().unwrap();
    }
    // This machine may have no roots of trust.
    if let Err(error) = own.build() {
        assert!(error.to_string().contains("TLS roots"), "{error}");
    }
    assert_eq!(PANICS.load(Ordering::Relaxed), 0);
}
