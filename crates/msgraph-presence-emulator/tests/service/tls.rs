//! HTTPS: the certificate, clients that trust it and clients that do not, and faults in it.

use crate::http::{CLOSE, bearer, request, send, until_the_end};
use msgraph_presence_emulator::{Emulator, Fault};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

async fn emulator() -> Emulator {
    let builder = Emulator::builder().tls().user("Ada");
    builder.allow_host("emulator.test").start().await.unwrap()
}

/// A client that trusts the certificate of an emulator.
fn trusting(emulator: &Emulator, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let certificate = emulator.certificate().unwrap();
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    roots.add(certificate).unwrap();
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

async fn connect(
    emulator: &Emulator,
    config: ClientConfig,
    name: &'static str,
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(emulator.address()).await?;
    let name = ServerName::try_from(name).unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// The response to a read of the own presence, and the end of the connection.
async fn read(mut stream: TlsStream<TcpStream>) -> (String, io::Result<()>) {
    let text = request("GET /v1.0/me/presence", &[&bearer("Ada"), CLOSE], "");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let ended = stream.read_to_end(&mut received).await;
    let text = String::from_utf8(received).unwrap();
    (text, ended.map(drop))
}

#[tokio::test]
async fn who_trusts_the_certificate_is_answered_under_each_of_its_names() {
    let emulator = emulator().await;
    assert_eq!(
        emulator.base_url(),
        format!("https://{}/v1.0", emulator.address())
    );
    for name in ["localhost", "127.0.0.1", "::1", "emulator.test"] {
        for version in [&TLS12, &TLS13] {
            let stream = connect(&emulator, trusting(&emulator, &[version]), name);
            let (text, ended) = read(stream.await.unwrap()).await;
            assert!(text.starts_with("HTTP/1.1 200 OK"), "{name}: {text}");
            ended.unwrap();
        }
    }
}

#[tokio::test]
async fn another_name_and_an_unknown_authority_are_refused_by_clients() {
    let (emulator, other) = (emulator().await, emulator().await);
    let error = connect(&emulator, trusting(&emulator, &[&TLS13]), "example.com").await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("not valid for name"), "{error}");
    let error = connect(&emulator, trusting(&other, &[&TLS13]), "localhost").await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("UnknownIssuer"), "{error}");
    // The next client is answered as if nothing had been.
    let stream = connect(&emulator, trusting(&emulator, &[&TLS13]), "localhost");
    assert!(read(stream.await.unwrap()).await.1.is_ok());
}

#[tokio::test]
async fn clients_that_prefer_http_2_get_http_1() {
    let emulator = emulator().await;
    let mut config = trusting(&emulator, &[&TLS13]);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = connect(&emulator, config, "localhost").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[tokio::test]
async fn http_without_encryption_is_told_so() {
    let emulator = emulator().await;
    let reply = send(&emulator, &request("GET /v1.0/me/presence", &[], "")).await;
    let (status, _, message) = reply.error();
    assert_eq!(status, 400);
    assert!(message.contains("https://"), "{message}");
    assert_eq!(emulator.requests_received(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_go_on_ends() {
    let emulator = emulator().await;
    // The head of a record that says that 512 bytes follow; and nothing at all.
    for sent in ["\u{16}\u{3}\u{1}\u{2}\u{0}", ""] {
        let (received, _) = until_the_end(&emulator, sent).await;
        assert_eq!(received, "", "{sent:?}");
    }
}

#[tokio::test]
async fn faults_damage_what_is_encrypted() {
    let emulator = emulator().await;
    let faults = [
        (Fault::reset().after_bytes(12), "HTTP/1.1 200"),
        (Fault::close().after_bytes(12), "HTTP/1.1 200"),
        (Fault::reset(), ""),
    ];
    for (fault, seen) in faults {
        emulator.inject(fault);
        let stream = connect(&emulator, trusting(&emulator, &[&TLS13]), "localhost");
        let (text, ended) = read(stream.await.unwrap()).await;
        // A reset may overtake what was sent before it.
        assert!(seen.starts_with(&text), "{text}");
        ended.unwrap_err();
    }
}

#[tokio::test]
async fn a_host_that_cannot_stand_in_a_certificate_is_named() {
    let builder = Emulator::builder().tls().allow_host("bücher.test");
    let error = builder.start().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("bücher.test"), "{error}");
}
