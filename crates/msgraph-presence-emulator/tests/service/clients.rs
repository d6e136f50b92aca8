//! Clients as they are: compressed bodies, OData's metadata, pages in a browser, tokens of Entra.

use crate::http::{
    ADA, CLOSE, ODATA, Reply, admin, bearer, get, request, send, send_bytes, with_ada,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use msgraph_presence_emulator::{Emulator, User};
use serde_json::{Value, json};
use std::io::Write;
use std::net::SocketAddr;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

async fn write(emulator: &Emulator, token: &str, encoding: &str, body: &[u8]) -> Reply {
    let line = "POST /v1.0/me/presence/setUserPreferredPresence HTTP/1.1\r\nHost: localhost";
    let length = body.len();
    let head = format!(
        "{line}\r\nContent-Type: application/json\r\n{}\r\n{encoding}\r\n\
         Content-Length: {length}\r\n{CLOSE}\r\n\r\n",
        bearer(token)
    );
    send_bytes(emulator, &[head.as_bytes(), body].concat()).await
}

#[tokio::test]
async fn a_body_in_gzip_is_read_and_any_other_encoding_is_named() {
    let (emulator, ada, token) = with_ada().await;
    let body = br#"{"availability":"Busy","activity":"Busy"}"#;
    let parts = [gzip(&body[..9]), gzip(&body[9..])].concat();
    let huge = gzip(&vec![b' '; 64 << 20]);
    assert!(huge.len() < 100_000);
    let mut cut = gzip(body);
    cut.truncate(cut.len() - 9);
    let once = "Content-Encoding: gzip";
    let cases: [(&str, &[u8], u16, &str); 12] = [
        (once, &gzip(body), 200, ""),
        ("content-encoding: GZip", &gzip(body), 200, ""),
        ("Content-Encoding: x-gzip", &gzip(body), 200, ""),
        (once, &parts, 200, ""),
        ("Content-Encoding: identity", body, 200, ""),
        (once, body, 400, "is not valid gzip"),
        (once, &cut, 400, "is not valid gzip"),
        (once, &gzip(b"{"), 400, "Unable to read JSON"),
        (once, &huge, 413, "1 MiB"),
        ("Content-Encoding: br", body, 415, "gzip"),
        ("Content-Encoding: deflate", body, 415, "gzip"),
        (
            "Content-Encoding: gzip, gzip",
            &gzip(&gzip(body)),
            415,
            "gzip",
        ),
    ];
    for (encoding, body, status, message) in cases {
        emulator.clear_requests();
        emulator.add_user(User::new("Ada").id(ada));
        emulator.sign_in(ada);
        let reply = write(&emulator, &token, encoding, body).await;
        assert_eq!(reply.status, status, "{encoding}: {reply:?}");
        let pair = get(&emulator, &token, "/me/presence").await.pair();
        if status == 200 {
            assert_eq!(emulator.requests()[0].json().unwrap()["activity"], "Busy");
            assert_eq!(pair, "Busy/Busy", "{encoding}");
        } else {
            assert!(reply.error().2.contains(message), "{reply:?}");
            assert_ne!(pair, "Busy/Busy", "{encoding}");
        }
    }
    let reply = write(&emulator, &token, "Content-Encoding: br", body).await;
    assert_eq!(reply.header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn metadata_comes_as_graph_sends_it_or_not_at_all() {
    let (emulator, _, token) = with_ada().await;
    let minimal = ODATA;
    let none = minimal.replace("minimal", "none");
    let cases = [
        ("Accept: */*", minimal, true),
        ("Accept: application/json", minimal, true),
        ("Accept: application/json;odata.metadata=none", &none, false),
        (
            "Accept: application/json; ODATA.metadata=NONE, text/plain",
            &none,
            false,
        ),
    ];
    for (accept, kind, context) in cases {
        for path in ["/me/presence", "/me", "/me/presence?$select=*"] {
            let headers = [&*bearer(&token), accept, "client-request-id: mine", CLOSE];
            let reply = send(
                &emulator,
                &request(&format!("GET /v1.0{path}"), &headers, ""),
            )
            .await;
            assert_eq!(reply.status, 200);
            assert_eq!(reply.header("content-type"), Some(kind));
            assert_eq!(reply.header("client-request-id"), Some("mine"));
            let body = reply.json();
            assert_eq!(body.get("@odata.context").is_some(), context, "{accept}");
            assert_eq!(body["id"], ADA);
        }
    }
    let error = get(&emulator, &token, "/me/presents").await;
    assert_eq!(error.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_star_selects_everything() {
    let (emulator, _, token) = with_ada().await;
    let all = get(&emulator, &token, "/me/presence").await.json();
    for query in ["*", "%2A", "id,*", "*,id"] {
        let path = format!("/me/presence?$select={query}");
        let mut read = get(&emulator, &token, &path).await.json();
        let mut all = all.clone();
        for body in [&mut read, &mut all] {
            body.as_object_mut().unwrap().remove("@odata.context");
        }
        assert_eq!(read, all, "{query}");
    }
    for query in ["*,nothing", "*&$select=id"] {
        let path = format!("/me/presence?$select={query}");
        assert_eq!(get(&emulator, &token, &path).await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn a_page_of_any_origin_may_call_graph_but_not_the_administration() {
    let (emulator, _, token) = with_ada().await;
    let origin = "Origin: https://app.example";
    let method = "Access-Control-Request-Method: POST";
    let asked = "Access-Control-Request-Headers: authorization,content-type,sdkversion";
    for path in ["/v1.0/me/presence", "/v1.0/$batch", "/v1.0/nothing"] {
        let line = format!("OPTIONS {path}");
        let reply = send(
            &emulator,
            &request(&line, &[origin, method, asked, CLOSE], ""),
        )
        .await;
        assert_eq!(reply.status, 200);
        let allowed = reply.header("access-control-allow-headers");
        assert_eq!(allowed, Some("authorization,content-type,sdkversion"));
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        let methods = reply.header("access-control-allow-methods").unwrap();
        assert!(methods.contains("POST"), "{methods}");
    }
    assert!(
        emulator.requests().is_empty(),
        "a preflight is not recorded"
    );
    let local = "Access-Control-Request-Private-Network: true";
    let cases = [
        (vec![origin, method], None),
        (vec![origin, method, local], Some("true")),
    ];
    for (headers, allowed) in cases {
        let headers = [&headers[..], &[CLOSE]].concat();
        let reply = send(
            &emulator,
            &request("OPTIONS /v1.0/me/presence", &headers, ""),
        )
        .await;
        assert_eq!(
            reply.header("access-control-allow-private-network"),
            allowed
        );
    }
    for (path, status) in [("/v1.0/me/presence", 200), ("/v1.0/me/presents", 400)] {
        let headers = [&*bearer(&token), origin, CLOSE];
        let reply = send(&emulator, &request(&format!("GET {path}"), &headers, "")).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        let exposed = reply.header("access-control-expose-headers").unwrap();
        for name in ["Retry-After", "request-id"] {
            assert!(exposed.contains(name), "{exposed}");
        }
    }
    let plain = get(&emulator, &token, "/me/presence").await;
    assert_eq!(plain.header("access-control-allow-origin"), None);
    let other = "Origin: http://evil.example";
    for headers in [
        vec![other, method, local, CLOSE],
        vec![method, local, CLOSE],
    ] {
        let reply = send(
            &emulator,
            &request("OPTIONS /_emulator/reset", &headers, ""),
        )
        .await;
        assert!(reply.status >= 400, "{reply:?}");
        assert_eq!(reply.header("access-control-allow-origin"), None);
        assert_eq!(reply.header("access-control-allow-private-network"), None);
    }
}

fn token_for(audience: &Value) -> String {
    let claims = json!({ "aud": audience, "exp": 9_999_999_999_u64, "oid": ADA,
        "tid": "eeeeeeee-0000-4000-8000-000000000001", "scp": "Presence.Read" });
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[tokio::test]
async fn the_audiences_that_entra_writes_are_accepted() {
    let (emulator, ..) = with_ada().await;
    let cases = [
        (json!("https://graph.microsoft.com"), 200),
        (json!("https://graph.microsoft.com/"), 200),
        (json!("00000003-0000-0000-c000-000000000000"), 200),
        (json!("https://graph.microsoft.com//"), 401),
        (json!("https://graph.microsoft.com/v1.0"), 401),
        (json!("https://graph.microsoft.us"), 401),
        (json!("00000002-0000-0000-c000-000000000000"), 401),
        (json!("/"), 401),
        (json!(""), 401),
        (Value::Null, 401),
    ];
    for (audience, status) in cases {
        let reply = get(&emulator, &token_for(&audience), "/me/presence").await;
        assert_eq!(reply.status, status, "{audience}");
    }
}

#[tokio::test]
async fn a_token_that_is_no_name_and_none_at_all_are_explained() {
    let (emulator, ..) = with_ada().await;
    let (_, code, message) = get(&emulator, "Carol", "/me/presence").await.error();
    assert_eq!(code, "InvalidAuthenticationToken");
    assert!(message.contains("name of a user as a token"), "{message}");
    let none = send(&emulator, &request("GET /v1.0/me/presence", &[CLOSE], "")).await;
    let (status, _, message) = none.error();
    assert_eq!(status, 401);
    assert!(message.contains("JavaScript client sends none over http"));
    admin(
        &emulator,
        "POST /_emulator/users",
        json!({ "name": "Carol" }),
    )
    .await;
    assert_eq!(get(&emulator, "Carol", "/me/presence").await.status, 200);
}

#[tokio::test]
async fn a_dropped_emulator_can_start_again_on_its_port_at_once() {
    let start = async |address: SocketAddr| Emulator::builder().listen(address).start().await;
    let first = start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = first.address();
    get(&first, "Ada", "/me/presence").await;
    // A connection that is open, and stays so on this side.
    let kept = tokio::net::TcpStream::connect(address).await.unwrap();
    drop(first);
    for _ in 0..20 {
        let again = start(address).await.unwrap();
        assert_eq!(get(&again, "application", "/me").await.status, 400);
    }
    drop(kept);
}
