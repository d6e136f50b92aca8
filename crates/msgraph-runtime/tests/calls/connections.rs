//! Connections: when none can be opened, when one is reused, and when a new one is refused.

use crate::common::{get, make};
use crate::server::{Act, Server, found, http};
use msgraph_runtime::{Client, ErrorKind};
use reqwest::dns::{Name, Resolve, Resolving};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_repeated_for_it_was_never_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::builder()
        .token("secret")
        .base_url(url)
        .build()
        .unwrap();
    let error = make(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let line =
        "things.once: the connection was refused: no server listens on this port; 4 attempts";
    assert_eq!(error.to_string(), line);
    assert!(error.is_retryable());
}

/// Knows no name.
#[cfg(feature = "rustls")]
struct NoNames;

#[cfg(feature = "rustls")]
impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}

#[cfg(feature = "rustls")]
#[tokio::test(start_paused = true)]
async fn an_unknown_host_is_told_from_one_that_refuses() {
    let http = reqwest::Client::builder()
        .dns_resolver(NoNames)
        .tls_certs_only([]);
    let client = Client::builder()
        .token("secret")
        .base_url("https://graph.example")
        .reqwest(http);
    let error = make(&client.build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
    let line = "things.once: the host name cannot be resolved: check its spelling and the \
        network; 4 attempts";
    assert_eq!(error.to_string(), line);
}

/// Knows every name, and another machine under each.
struct Elsewhere;

impl Resolve for Elsewhere {
    fn resolve(&self, _: Name) -> Resolving {
        let elsewhere = std::net::SocketAddr::from(([192, 0, 2, 2], 0));
        let addresses: reqwest::dns::Addrs = Box::new(std::iter::once(elsewhere));
        Box::pin(async { Ok(addresses) })
    }
}

/// The token is in the clear: it must not leave this machine because of a hosts file.
#[tokio::test]
async fn localhost_is_this_machine_whatever_the_resolver_says() {
    let server = Server::start([found(), found(), found()]).await;
    let url = server.url.replace("127.0.0.1", "localhost");
    let builder = || server.builder().base_url(&url);
    get(&builder().build().unwrap()).await.unwrap();
    let elsewhere = std::net::SocketAddr::from(([192, 0, 2, 2], 80));
    let builders = [
        reqwest::Client::builder().dns_resolver(Elsewhere),
        reqwest::Client::builder().resolve("localhost", elsewhere),
    ];
    for http in builders {
        let client = builder().reqwest(http).build().unwrap();
        get(&client).await.unwrap();
    }
    assert_eq!(server.requests().len(), 3);
}

/// A server without TLS does not speak TLS a second later.
#[cfg(feature = "rustls")]
#[tokio::test(start_paused = true)]
async fn a_server_without_tls_is_tried_once() {
    use tokio::io::AsyncWriteExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.write_all(b"220 no TLS here\r\n").await;
        }
    });
    // No roots: this machine may have none, and none are needed.
    let http = reqwest::Client::builder()
        .tls_backend_rustls()
        .tls_certs_only([]);
    let client = Client::builder()
        .token("secret")
        .base_url(url)
        .reqwest(http);
    let error = make(&client.build().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1));
    let line = error.to_string();
    assert!(line.contains("the TLS handshake failed"), "{line}");
    let cause = "\n  caused by: received corrupt message of type InvalidContentType";
    assert_eq!(format!("{error:?}"), line + cause);
}

/// A server that closes idle connections costs neither an error nor a second request.
#[tokio::test(start_paused = true)]
async fn connections_are_reused_and_closed_ones_are_not() {
    let server = Server::start([found(), found(), found()]).await;
    let client = server.client();
    for _ in 0..3 {
        make(&client).await.unwrap();
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 1));

    let close = || Act::ReplyAndClose(http("200 OK", "", ""));
    let server = Server::start([close(), close(), close()]).await;
    let client = server.client();
    for _ in 0..3 {
        make(&client).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 3));
}

/// The server that is busy is behind the kept connection: Microsoft asks for another one.
#[tokio::test(start_paused = true)]
async fn a_503_is_repeated_over_a_fresh_connection() {
    let reply = |status| Act::Reply(http(status, "retry-after: 1\r\n", ""));
    let cases = [("429 a", 1), ("503 a", 3)];
    for (status, connections) in cases {
        let acts = [reply(status), reply(status), found(), found()];
        let server = Server::start(acts).await;
        let client = server.client();
        make(&client).await.unwrap();
        assert_eq!(server.connections(), connections, "{status}");
        // The next call has not been told anything of the kind.
        make(&client).await.unwrap();
        let counts = (server.requests().len(), server.connections());
        assert_eq!(counts, (4, connections), "{status}");
    }
}

/// A builder of the user's makes one client: of that the repeats take what it has.
#[tokio::test(start_paused = true)]
async fn a_builder_of_ones_own_says_itself_what_is_kept() {
    for (kept, connections) in [(1, 1), (0, 2)] {
        let busy = Act::Reply(http("503 a", "retry-after: 1\r\n", ""));
        let server = Server::start([busy, found()]).await;
        let http = reqwest::Client::builder().pool_max_idle_per_host(kept);
        let client = server.builder().reqwest(http).build().unwrap();
        make(&client).await.unwrap();
        let counts = (server.requests().len(), server.connections());
        assert_eq!(counts, (2, connections));
    }
}

/// Over http the token would pass the proxy in the clear: a loopback address needs none.
#[tokio::test(start_paused = true)]
async fn a_proxy_does_not_see_calls_to_loopback() {
    let proxy = Server::start([found()]).await;
    let server = Server::start([found()]).await;
    let http = reqwest::Client::builder().proxy(reqwest::Proxy::all(&proxy.url).unwrap());
    make(&server.builder().reqwest(http).build().unwrap())
        .await
        .unwrap();
    assert_eq!((server.requests().len(), proxy.connections()), (1, 0));
}
