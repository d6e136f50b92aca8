//! Pages of other origins, half-sent requests, and what the record drops.

use crate::http::{CLOSE, bearer, request, send, until_the_end, with_ada};
use msgraph_presence_emulator::Emulator;

/// A request without a body, with these headers only.
fn raw(line: &str, headers: &[&str]) -> String {
    let headers: String = headers.iter().map(|h| format!("{h}\r\n")).collect();
    format!("{line} HTTP/1.1\r\n{headers}{CLOSE}\r\n\r\n")
}

#[tokio::test]
async fn page_and_administration_answer_to_allowed_hosts_and_to_their_own_origin_only() {
    let builder = Emulator::builder().allow_host("emulator.Test");
    let emulator = builder.start().await.unwrap();
    let cases: [(&[&str], u16); 20] = [
        (&["Host: localhost"], 200),
        (&["Host: LOCALHOST:8080"], 200),
        (&["Host: 127.0.0.1:8080"], 200),
        (&["Host: 192.0.2.7"], 200),
        (&["Host: [::1]:8080"], 200),
        (&["Host: Emulator.test:8080"], 200),
        (&["Host: localhost:1", "Origin: http://localhost:1"], 200),
        (&["Host: localhost:1", "Origin: https://localhost:1"], 200),
        (&["Host: evil.example"], 403),
        (&["Host: localhost.evil.example"], 403),
        (&["Host: 127.0.0.1.evil.example:8080"], 403),
        (&["Host: sub.emulator.test"], 403),
        (&["Host: evil.example@localhost"], 403),
        (&["Host: localhost@evil.example"], 403),
        (&["Host: "], 403),
        (&["Host: localhost:1", "Origin: http://localhost:2"], 403),
        (&["Host: localhost:1", "Origin: http://evil.example"], 403),
        (&["Host: localhost:1", "Origin: null"], 403),
        (&["Host: evil.example", "Origin: http://evil.example"], 403),
        (&["Host: localhost", "Origin: "], 403),
    ];
    for line in ["GET /", "GET /_emulator", "GET /_emulator/requests"] {
        for (headers, status) in cases {
            let reply = send(&emulator, &raw(line, headers)).await;
            assert_eq!(reply.status, status, "{line} {headers:?}");
            assert_eq!(reply.header("X-Frame-Options"), Some("DENY"));
            let policy = reply.header("Content-Security-Policy");
            assert_eq!(policy, Some("frame-ancestors 'none'"));
            let readers = reply.header("Cross-Origin-Resource-Policy");
            assert_eq!(readers, Some("same-origin"));
            assert_eq!(reply.header("Access-Control-Allow-Origin"), None);
            if status == 403 {
                assert!(reply.json()["error"].is_string(), "{reply:?}");
            }
        }
    }
    let absolute = raw("GET http://evil.example/_emulator", &["Host: localhost"]);
    assert_eq!(send(&emulator, &absolute).await.status, 403);
    let write = raw("POST /_emulator/reset", &["Host: evil.example"]);
    let reply = send(&emulator, &write).await;
    let error = reply.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("--allow-host"), "{error}");
}

#[tokio::test]
async fn graph_answers_to_any_host_but_to_exactly_one() {
    let (emulator, _, token) = with_ada().await;
    let token = bearer(&token);
    let cases: [(&[&str], u16); 4] = [
        (&["Host: graph.example", &token], 200),
        (&[&token], 400),
        (&["Host: a", "Host: a", &token], 400),
        (&["Host: a", "Host: b", &token], 400),
    ];
    for (headers, status) in cases {
        let reply = send(&emulator, &raw("GET /v1.0/me/presence", headers)).await;
        assert_eq!(reply.status, status, "{headers:?}");
        if status == 400 {
            let (_, code, message) = reply.error();
            assert_eq!(code, "BadRequest");
            assert!(message.contains("Host"), "{message}");
        }
    }
    let old = format!("GET /v1.0/me/presence HTTP/1.0\r\n{token}\r\n\r\n");
    assert_eq!(send(&emulator, &old).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_never_ends_ends_the_connection() {
    let (emulator, ..) = with_ada().await;
    for start in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "] {
        let connecting = tokio::net::TcpStream::connect(emulator.address());
        let mut stream = connecting.await.unwrap();
        let sent = tokio::io::AsyncWriteExt::write_all(&mut stream, start.as_bytes());
        sent.await.unwrap();
        let mut received = Vec::new();
        let reading = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut received);
        let ended = tokio::time::timeout(std::time::Duration::from_secs(200), reading).await;
        assert!(ended.is_ok(), "{start:?}");
    }
    let whole = request("GET /", &[CLOSE], "");
    let (text, _) = until_the_end(&emulator, &whole).await;
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}

#[tokio::test]
async fn the_record_has_nothing_that_signs_in() {
    let (emulator, _, token) = with_ada().await;
    let secrets = [
        &*bearer(&token),
        "Cookie: a=hidden-1",
        "Cookie: b=hidden-2",
        "Proxy-Authorization: Basic hidden-3",
        "X-Api-Key: hidden-4",
        "access_token: hidden-5",
        "X-Kept: shown",
        CLOSE,
    ];
    let path = "/v1.0/me/presence?$select=id&access_token=hidden-6&Access%5FToken=hidden-7";
    send(&emulator, &request(&format!("GET {path}"), &secrets, "")).await;
    let reply = send(&emulator, &request("GET /_emulator/requests", &[CLOSE], "")).await;
    assert!(!reply.body.contains("hidden"), "{}", reply.body);
    assert!(!reply.body.contains(&token), "{}", reply.body);
    let received = &emulator.requests()[0];
    assert_eq!(received.query, "$select=id");
    assert_eq!(received.header("x-kept"), Some("shown"));
}

#[tokio::test]
async fn the_record_has_nothing_that_signs_in_in_bodies_and_batches() {
    let (emulator, _, token) = with_ada().await;
    let (authorization, json) = (bearer(&token), "Content-Type: application/json");
    let form = "Content-Type: application/x-www-form-urlencoded";
    let part = |number: u8, headers: &str, rest: &str| {
        format!(
            r#"{{"id":"{number}","method":"POST","url":"/me/presence?$select=id&access_token=hidden",
                 "headers":{{{headers}}}{rest}}}"#
        )
    };
    let parts = [
        part(1, r#""Authorization":"Bearer hidden""#, ""),
        part(
            2,
            r#""authorization":"Bearer hidden","Cookie":"a=hidden""#,
            "",
        ),
        part(
            3,
            r#""content-type":"application/x-www-form-urlencoded","X-API-Key":"hidden""#,
            r#","body":"Y2xpZW50X3NlY3JldD1oaWRkZW4mYT0x""#,
        ),
        part(
            4,
            r#""content-type":"application/json""#,
            r#","body":{"a":[{"refresh_token":"hidden"}]}"#,
        ),
    ];
    let batch = format!(r#"{{"requests":[{}]}}"#, parts.join(","));
    let cut = &batch[..batch.len() - 1];
    let sign_in = "grant_type=authorization_code&code=hidden&client_secret=hidden&client_id=kept";
    let bodies = [
        ("/v1.0/$batch", json, &*batch),
        ("/v1.0/$batch", json, cut),
        ("/v1.0/me/presence", form, sign_in),
        (
            "/v1.0/me/presence",
            form,
            "access_token=hidden&refresh_token=hidden",
        ),
        ("/v1.0/me/presence", "Content-Encoding: br", "code=hidden"),
    ];
    for (path, kind, body) in bodies {
        let headers = [&*authorization, kind, CLOSE];
        send(&emulator, &request(&format!("POST {path}"), &headers, body)).await;
    }
    let reply = send(&emulator, &request("GET /_emulator/requests", &[CLOSE], "")).await;
    for secret in ["hidden", &token, "Y2xpZW50X3NlY3JldD1oaWRkZW4mYT0x"] {
        assert!(!reply.body.contains(secret), "{}", reply.body);
    }
    assert!(reply.body.contains("client_id=kept"), "{}", reply.body);
    let of_batch = emulator.requests().into_iter().find(|r| r.part.is_none());
    let recorded = of_batch.unwrap().json().unwrap();
    assert_eq!(recorded["requests"][1]["headers"], serde_json::json!({}));
    assert_eq!(recorded["requests"][2]["body"], "YT0x");
}
