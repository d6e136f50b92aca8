//! TLS: a certificate that is created at the start, and the connections that use it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

/// The time limit of a handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The first byte of every TLS connection: the record type of a handshake.
const HANDSHAKE: u8 = 0x16;

/// The time for which a certificate is valid; some systems refuse one for more than 398 days.
const VALIDITY: SignedDuration = SignedDuration::from_hours(397 * 24);

/// The TLS settings of an emulator.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    /// The certificate of the authority, in PEM.
    pub(crate) certificate: String,
}

/// An accepted connection.
pub(crate) enum Accepted {
    Encrypted(Box<TlsStream<TcpStream>>),

    /// The client speaks HTTP without encryption.
    Plain(TcpStream),
}

impl Tls {
    /// Creates an authority, and its certificate for this machine, the address on which the
    /// emulator listens, and the hosts.
    ///
    /// The authority's key is dropped here: no other certificate can be signed that its clients
    /// trust.
    pub(crate) fn new(address: IpAddr, hosts: &[String]) -> io::Result<Self> {
        let (certificate, config) = created(address, hosts).map_err(|problem| {
            let problem = format!("cannot create the certificate: {problem}");
            io::Error::new(io::ErrorKind::InvalidInput, problem)
        })?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self {
            acceptor,
            certificate,
        })
    }

    /// Accepts a connection. `Err` is the reason for a failed handshake.
    pub(crate) async fn accept(&self, stream: TcpStream) -> Result<Accepted, String> {
        let accepted = async {
            let mut first = [0];
            let count = stream.peek(&mut first).await?;
            if count == 1 && first[0] != HANDSHAKE {
                return Ok(Accepted::Plain(stream));
            }
            let stream = self.acceptor.accept(stream).await?;
            Ok(Accepted::Encrypted(Box::new(stream)))
        };
        match timeout(HANDSHAKE_TIMEOUT, accepted).await {
            Ok(accepted) => accepted.map_err(|error: io::Error| {
                format!(
                    "The TLS handshake failed; the client may not trust the certificate: {error}."
                )
            }),
            Err(_) => Err("A TLS handshake did not finish within 10 seconds.".to_owned()),
        }
    }
}

/// The certificate of a new authority, in PEM, and the server's settings with a certificate that it
/// has signed.
fn created(address: IpAddr, hosts: &[String]) -> Result<(String, ServerConfig), Box<dyn Error>> {
    let now = Timestamp::now();
    let mut authority = params(Vec::new(), now)?;
    let name = format!("msgraph-presence-emulator, started {now}");
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate()?;
    let certificate = pem(authority.self_signed(&authority_key)?.der());

    let mut server = params(names(address, hosts), now)?;
    server
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let issuer = Issuer::new(authority, authority_key);
    let chain = vec![server.signed_by(&key, &issuer)?.der().clone()];

    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((certificate, config))
}

/// The names and addresses in the certificate.
fn names(address: IpAddr, hosts: &[String]) -> Vec<String> {
    let mut names = ["localhost", "127.0.0.1", "::1"]
        .map(str::to_owned)
        .to_vec();
    let address = (!address.is_unspecified()).then(|| address.to_string());
    for name in address.into_iter().chain(hosts.iter().cloned()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The names and the validity of a certificate. The validity is by the machine's clock, as clients
/// check it by theirs, and begins a day earlier, for clocks that differ.
fn params(names: Vec<String>, now: Timestamp) -> Result<CertificateParams, Box<dyn Error>> {
    if let Some(name) = names.iter().find(|name| !name.is_ascii()) {
        return Err(format!("the host '{name}' is not in ASCII; write it as in a URL").into());
    }
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    let day = SignedDuration::from_hours(24);
    let (year, month, day_of_month) = date(now.checked_sub(day)?);
    params.not_before = date_time_ymd(year, month, day_of_month);
    let (year, month, day_of_month) = date(now.checked_add(VALIDITY - day)?);
    params.not_after = date_time_ymd(year, month, day_of_month);
    Ok(params)
}

/// The year, month and day of a time in UTC.
fn date(time: Timestamp) -> (i32, u8, u8) {
    let date = time.to_zoned(TimeZone::UTC).date();
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    (date.year().into(), month, day)
}

/// A certificate in PEM.
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for (index, letter) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem + "\n-----END CERTIFICATE-----\n"
}
