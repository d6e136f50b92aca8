//! Redirects over the wire: which are followed, and what goes where.

use crate::common::{get, make, set};
use crate::end::{Failure, Success, end};
use crate::server::{Act, Server, found, header, http};
use msgraph_runtime::ErrorKind;

/// Every way to be sent elsewhere: nothing goes there, least of all the token or the body.
/// All SDKs: the body of a POST goes to any host that a 307 names, with the request's own
/// headers. JS: also from https to http.
#[tokio::test(start_paused = true)]
async fn redirects_to_other_places_are_not_followed() {
    let other = Server::start([found(), found()]).await;
    let other_port = other.url.strip_prefix("http:").unwrap();
    let locations = [
        format!("location: {}/x\r\n", other.url),
        format!("location: {other_port}/x\r\n"),
        format!(
            "location: {}/x\r\n",
            other.url.replace("127.0.0.1", "localhost")
        ),
        format!("location: {}/x\r\n", other.url.replace("http", "https")),
        "location: file:///etc/passwd\r\n".to_owned(),
        "location: http://\r\n".to_owned(),
        String::new(),
    ];
    for status in ["301 a", "302 a", "303 a", "307 a", "308 a"] {
        for location in &locations {
            is_not_followed(status, location).await;
        }
    }
    assert!(other.requests().is_empty());
}

/// Python, Kiota JS: after 301, 302 or 303 a POST becomes a GET that succeeds, and the write
/// never happened. JS v3: a 303 asks the first URL five times.
#[tokio::test(start_paused = true)]
async fn a_post_never_becomes_a_get() {
    for status in ["301 a", "302 a", "303 a"] {
        is_not_followed(status, "location: /x\r\n").await;
    }
}

/// A write that is answered so ends there.
async fn is_not_followed(status: &str, location: &str) {
    let server = Server::start([Act::Reply(http(status, location, ""))]).await;
    let expected = Failure(ErrorKind::Redirect, status[..3].parse().ok());
    let found = end(set(&server.client()).await);
    assert_eq!(found, expected, "{status} {location}");
    assert_eq!(server.requests().len(), 1, "{status} {location}");
}

/// JS: a relative `Location` cannot be parsed.
#[tokio::test(start_paused = true)]
async fn redirects_to_the_same_place_are_followed_whole() {
    for status in ["307 a", "308 a"] {
        let answer = http(status, "location: x?y\r\n", "");
        let server = Server::start([Act::Reply(answer), found()]).await;
        assert_eq!(end(make(&server.client()).await), Success);
        let requests = server.requests();
        assert!(requests[1].starts_with("POST /v1.0/things/42/x?y HTTP/1.1\r\n"));
        assert!(requests[1].ends_with("\r\n\r\n{\"id\":\"42\"}"));
        assert_eq!(header(&requests[1], "authorization"), Some("Bearer secret"));
        assert_eq!(header(&requests[1], "referer"), None);
    }
}

/// JS: too many redirects have no message.
#[tokio::test(start_paused = true)]
async fn redirects_without_end_are_given_up() {
    let again = || Act::Reply(http("307 a", "location: /again\r\n", ""));
    let server = Server::start(std::iter::repeat_with(again).take(9)).await;
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Redirect, 6));
    assert_eq!(server.requests().len(), 6);
    let line = "things.Get: 307 Temporary Redirect, more than 5 redirects; 6 attempts";
    assert_eq!(error.to_string(), line);
}
