//! TLS of the servers on loopback.

use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{DEFAULT_VERSIONS, ServerConfig};

/// The certificate of 127.0.0.1 and `localhost`.
pub const SERVER: &[u8] = include_bytes!("../certificates/server.der");
const KEY: &[u8] = include_bytes!("../certificates/server.key.der");

/// Accepts with this certificate, and agrees on one of these protocols.
pub fn acceptor(certificate: &'static [u8], protocols: &[&str]) -> TlsAcceptor {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(DEFAULT_VERSIONS)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate)],
            PrivateKeyDer::try_from(KEY).unwrap(),
        );
    let mut config = config.unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().into())
        .collect();
    TlsAcceptor::from(Arc::new(config))
}
