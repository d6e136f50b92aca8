//! Clients in a build without TLS, where another crate has turned on that of reqwest.
//!
//! `cargo test -p msgraph-runtime --no-default-features --features reqwest/rustls-no-provider --test no_tls`

#![cfg(test)]
#![cfg(not(any(
    feature = "rustls",
    feature = "rustls-no-provider",
    feature = "native-tls"
)))]

use msgraph_runtime::Client;
use tokio_rustls::rustls::crypto::aws_lc_rs;

/// Without the error, reqwest would report a connection that failed, and the call would be repeated.
#[test]
fn a_build_without_tls_says_so() {
    aws_lc_rs::default_provider().install_default().unwrap();
    let line = Client::new("secret").unwrap_err().to_string();
    let expected = "msgraph: there is no TLS in this build: enable the feature `rustls` or \
        `native-tls`";
    assert_eq!(line, expected);
    let loopback = Client::builder().token("secret").base_url("http://[::1]:1");
    loopback.build().unwrap();
}
