//! The real failures behind reqwest's errors, made over loopback: which one it is, what the line
//! says, and how often it is tried. They pin the texts of the libraries in `Cargo.lock`.

use crate::common::{get, make};
use crate::server::{Act, Server, found, http};
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use msgraph_runtime::Client;
use msgraph_runtime::{Error, ErrorKind, RetryPolicy};

/// Checks that a call has failed for good with one attempt and this line.
#[track_caller]
fn check_lasting(error: &Error, kind: ErrorKind, line: &str) {
    assert_eq!(
        error.to_string(),
        format!("things.once: {line}"),
        "{error:?}"
    );
    assert_eq!((error.kind(), error.attempts()), (kind, 1), "{error:?}");
    assert!(!error.is_retryable(), "{error:?}");
    let hint = line.split_once("; hint: ").map(|(_, hint)| hint);
    assert_eq!(error.hints().next(), hint);
}

/// A server that answers every connection with these bytes, and its address.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
async fn raw(answer: &'static [u8]) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.read(&mut [0; 4096]).await;
            let _ = connection.write_all(answer).await;
            let _ = connection.shutdown().await;
        }
    });
    address
}

/// A client of a host that only a proxy knows.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn behind(proxy: &str) -> Client {
    let http = reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(proxy).unwrap())
        .tls_certs_only([]);
    let builder = Client::builder().token("secret").reqwest(http);
    builder
        .base_url("https://graph.example/v1.0")
        .build()
        .unwrap()
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
const PROXY_UNREACHABLE: &str = "the proxy cannot be reached; hint: check `HTTPS_PROXY` and \
    `ALL_PROXY`, or the proxy of your builder; a SOCKS proxy needs the feature `socks` of reqwest";

/// seanmonstar/reqwest#372, #1552: the error names a host that was not contacted.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn a_proxy_that_refuses_is_named_and_tried_once() {
    let sign_in = "the proxy requires authentication (407); hint: put its user and password into \
        `HTTPS_PROXY`, or into the `reqwest::Proxy` of your builder";
    let refusal = "the proxy refused to connect to the host; hint: ask the administrator of \
        the proxy to allow the host, or add the host to `NO_PROXY`";
    let unknown = "the host name of the proxy cannot be resolved; hint: check `HTTPS_PROXY` and \
        `ALL_PROXY`, or the proxy of your builder";
    let tls = "the TLS handshake with the proxy failed; hint: the proxy is configured as https: check \
        its scheme (http is usual), its name and its root certificate";
    let at = async |answer| format!("http://{}", raw(answer).await);
    let cases = [
        (at(b"HTTP/1.1 407 P\r\n\r\n").await, sign_in),
        (at(b"HTTP/1.0 407 P\r\n\r\n").await, sign_in),
        (
            at(b"HTTP/1.1 403 P\r\ncontent-length: 0\r\n\r\n").await,
            refusal,
        ),
        ("http://127.0.0.1:9".to_owned(), PROXY_UNREACHABLE),
        ("http://proxy.invalid:8080".to_owned(), unknown),
        (
            format!("https://{}", raw(b"HTTP/1.1 400 a\r\n\r\n").await),
            tls,
        ),
    ];
    for (proxy, line) in cases {
        let error = make(&behind(&proxy)).await.unwrap_err();
        check_lasting(&error, ErrorKind::Connect, line);
    }
}

/// A proxy that is started anew closes its connections, and comes back.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test(start_paused = true)]
async fn a_proxy_that_breaks_off_is_tried_again() {
    let proxy = format!("http://{}", raw(b"").await);
    let error = make(&behind(&proxy)).await.unwrap_err();
    let line = "things.once: the connection to the proxy broke; 4 attempts; hint: check that \
        the proxy is an HTTP proxy; a SOCKS proxy needs the feature `socks` of reqwest";
    assert_eq!(error.to_string(), line);
    assert!(error.is_retryable() && !error.may_have_acted());
}

/// A response that is not HTTP, or too long to be read, does not pass by itself.
#[tokio::test]
async fn a_head_that_is_not_http_or_too_large_is_tried_once() {
    let no_http = "the response is not HTTP; hint: check the host, port and scheme of the base \
        URL: another protocol answers there";
    let too_large = "the headers of the response are too large; hint: a proxy or a gateway adds \
        headers or cookies; the default transport reads at most 100 headers and about 400 KB";
    let long = format!("x: {}\r\n", "y".repeat(1_000_000));
    let cases = [
        ("220 ready\r\n".to_owned(), no_http),
        ("SSH-2.0-OpenSSH_9\r\n".to_owned(), no_http),
        ("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}(".to_owned(), no_http),
        ("<html>hello</html>".to_owned(), no_http),
        ("HTTP/1.1 9999999 a\r\n\r\n".to_owned(), no_http),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n".to_owned(), no_http),
        (http("200 OK", "content-length: 9\r\n", "{}"), no_http),
        (http("200 OK", &long, "{}"), too_large),
        (http("200 OK", &"x: y\r\n".repeat(500), "{}"), too_large),
    ];
    for (head, line) in cases {
        let server = Server::start([Act::ReplyAndClose(head), found()]).await;
        let error = make(&server.client()).await.unwrap_err();
        check_lasting(&error, ErrorKind::Interrupted, line);
        assert_eq!(server.requests().len(), 1);
        assert!(error.may_have_acted());
    }
}

/// cartography-cncf/cartography#2989, microsoftgraph/msgraph-sdk-python#648: a 502 or a 500
/// ends what a second request would have saved.
#[tokio::test(start_paused = true)]
async fn a_status_that_passes_is_repeated_where_that_does_no_harm() {
    let error = r#"{"error":{"code":"InternalServerError","message":""}}"#;
    for (status, body) in [
        ("502 a", ""),
        ("500 a", error),
        ("408 a", ""),
        ("509 a", ""),
    ] {
        let busy = || Act::Reply(http(status, "", body));
        let server = Server::start([busy(), found()]).await;
        assert_eq!(get(&server.client()).send().await.unwrap().attempts(), 2);
        let server = Server::start([busy(), busy()]).await;
        let client = server.client();
        let error = make(&client).await.unwrap_err();
        assert!(error.is_retryable() && error.may_have_acted(), "{error}");
        let error = get(&client).retry(RetryPolicy::none()).await.unwrap_err();
        assert!(error.is_retryable(), "{error}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[cfg(feature = "rustls")]
mod certificates {
    //! Servers with real certificates; `tests/certificates/make.sh` has made them.

    use super::*;
    use crate::tls::{SERVER, acceptor};
    use reqwest::{Certificate, ClientBuilder};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const ROOT: &[u8] = include_bytes!("../certificates/root.pem");
    const OTHER: &[u8] = include_bytes!("../certificates/other.der");
    const EXPIRED: &[u8] = include_bytes!("../certificates/expired.der");
    const EARLY: &[u8] = include_bytes!("../certificates/early.der");

    /// A server that has the thing, with this certificate, and its address.
    async fn serve(certificate: &'static [u8]) -> String {
        let acceptor = acceptor(certificate, &[]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let Ok(mut connection) = acceptor.accept(connection).await else {
                    continue;
                };
                let _ = connection.read(&mut [0; 4096]).await;
                let answer = http("200 OK", "", r#"{"id":"42"}"#);
                let _ = connection.write_all(answer.as_bytes()).await;
                let _ = connection.shutdown().await;
            }
        });
        address
    }

    /// Builders with each TLS library of this build, which trust the root or nothing.
    fn builders(trusts: bool) -> Vec<ClientBuilder> {
        let root = Certificate::from_pem(ROOT).unwrap();
        let roots = || trusts.then(|| root.clone());
        let builder = || reqwest::Client::builder().tls_certs_only(roots());
        vec![
            builder().tls_backend_rustls(),
            #[cfg(feature = "native-tls")]
            builder().tls_backend_native(),
        ]
    }

    async fn call(http: ClientBuilder, address: &str) -> Result<(), Error> {
        let builder = Client::builder().token("secret").reqwest(http);
        let url = format!("https://{address}/v1.0");
        make(&builder.base_url(url).build().unwrap()).await
    }

    #[tokio::test]
    async fn a_certificate_that_is_not_accepted_says_which_of_its_parts() {
        let address = serve(SERVER).await;
        for builder in builders(true) {
            call(builder, &address).await.unwrap();
        }
        let name = "the server's certificate is for another host name";
        let names = ": other.example, *.contoso.example";
        let name_help = "check the host of the base URL; if it is right, a proxy on the \
            network answers instead of the server";
        let date = "the server's certificate has expired or is not valid yet; hint: check the \
            clock of this machine; if it is right, the server needs a new certificate";
        let root = "the server's certificate is not signed by a root that this machine \
            trusts; hint: if a proxy inspects TLS, add its root certificate to the roots of \
            this machine, or to a `reqwest::ClientBuilder`";
        for (certificate, trusts, line) in [
            (OTHER, true, name),
            (EXPIRED, true, date),
            (EARLY, true, date),
            (SERVER, false, root),
        ] {
            let address = serve(certificate).await;
            for (index, builder) in builders(trusts).into_iter().enumerate() {
                let error = call(builder, &address).await.unwrap_err();
                // Only rustls says which names there are.
                let names = if index == 0 { names } else { "" };
                let line = if line == name {
                    format!("{name}{names}; hint: {name_help}")
                } else {
                    line.to_owned()
                };
                check_lasting(&error, ErrorKind::Connect, &line);
            }
        }
    }

    #[tokio::test]
    async fn a_handshake_that_is_refused_is_tried_once() {
        let no_tls = "the TLS handshake failed: the server does not speak TLS; hint: check the \
            port of the base URL; https needs a server with TLS";
        let refused = "the TLS handshake failed: the server refused it; hint: \
            client and server share no TLS version or cipher, or the server requires a client \
            certificate";
        for (answer, line) in [
            (&b"220 ready\r\n"[..], no_tls),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", no_tls),
            (b"\x15\x03\x03\x00\x02\x02\x28", refused),
        ] {
            let address = raw(answer).await;
            for builder in builders(true) {
                let error = call(builder, &address).await.unwrap_err();
                check_lasting(&error, ErrorKind::Connect, line);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_handshake_that_breaks_off_is_tried_again() {
        let address = raw(b"").await;
        let error = call(builders(true).remove(0), &address).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
        assert!(error.is_retryable());
        let line = "the TLS handshake failed: the connection broke";
        assert!(error.to_string().contains(line), "{error}");
    }

    /// The certificate of a proxy is the proxy's trouble, not that of the service.
    #[tokio::test]
    async fn a_proxy_with_another_name_is_named() {
        let proxy = format!("https://{}", serve(OTHER).await);
        let proxy = reqwest::Proxy::all(proxy).unwrap();
        for builder in builders(true) {
            let error = call(builder.proxy(proxy.clone()), "graph.example").await;
            let error = error.unwrap_err();
            assert!(
                error
                    .to_string()
                    .contains("the TLS handshake with the proxy failed")
            );
            assert_eq!(error.attempts(), 1);
        }
    }
}
