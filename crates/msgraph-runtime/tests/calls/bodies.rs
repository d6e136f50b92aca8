//! Bodies that are not JSON, and bodies that are sent only where they are given.

use crate::common::{Canned, Thing, reply};
use crate::server::{Act, Server, header, http};
use msgraph_runtime::{BodyStream, Bytes, Client, Error, ErrorKind, Method, Operation, Request};
use msgraph_runtime::{Resource, decode};
use std::time::Duration;

static DOWNLOAD: Operation = Operation {
    id: "photo.GetContent",
    path: "/photo/$value",
    accept: Some("image/*"),
    repeatable: true,
    ..Operation::EMPTY
};

static UPLOAD: Operation = Operation {
    id: "photo.SetContent",
    method: Method::PUT,
    path: "/photo/$value",
    content_type: Some("application/octet-stream"),
    ..Operation::EMPTY
};

static ACT: Operation = Operation {
    id: "act",
    method: Method::POST,
    path: "/act",
    ..Operation::EMPTY
};

/// A file is taken as it is: a page, a byte order mark and an object `error` are its content.
#[tokio::test]
async fn a_file_comes_as_it_is() {
    let bodies = ["<html>", "\u{feff}x", r#"{"error":{"code":"x"}}"#, ""];
    for body in bodies {
        let server = Canned::new([reply(200, &[("content-type", "text/html")], body)]);
        let photo = Resource::root(&server.client()).request(&DOWNLOAD, decode::bytes);
        assert_eq!(photo.await.unwrap(), body.as_bytes());
        let sent = server.sent();
        assert_eq!(sent[0].headers()["accept"], "image/*");
        assert!(sent[0].uri().path().ends_with("/photo/$value"));
    }
    let body = r#"{"error":{"code":"ImageNotFound"}}"#;
    let server = Canned::new([reply(404, &[], body)]);
    let photo = Resource::root(&server.client()).request(&DOWNLOAD, decode::bytes);
    assert_eq!(photo.await.unwrap_err().code(), Some("ImageNotFound"));
    let server = Canned::new([reply(200, &[], "12345")]);
    let client = server.builder().body_limit(4).build().unwrap();
    let photo = Resource::root(&client).request(&DOWNLOAD, decode::bytes);
    let error = photo.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
}

#[tokio::test]
async fn a_file_is_sent_as_it_is() {
    let server = Canned::new([reply(200, &[], ""), reply(200, &[], "")]);
    let photo = Resource::root(&server.client());
    let photo = || {
        photo
            .request(&UPLOAD, decode::nothing)
            .bytes(vec![0xFF, 0xD8])
    };
    photo().await.unwrap();
    photo().header("Content-Type", "image/jpeg").await.unwrap();
    let sent = server.sent();
    let types = sent
        .iter()
        .map(|sent| sent.headers()["content-type"].clone());
    let types: Vec<_> = types.collect();
    assert_eq!(types, ["application/octet-stream", "image/jpeg"]);
    assert_eq!(sent[1].body(), &Bytes::from_static(b"\xFF\xD8"));
    let act = Resource::root(&server.client()).request(&ACT, decode::nothing);
    let error = act.header("Content-Type", "image/jpeg").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`content-type` is set by the client itself"),
        "{error}"
    );
}

#[tokio::test]
async fn an_optional_body_is_sent_where_it_is_given() {
    let answers = (0..4).map(|_| reply(200, &[], ""));
    let server = Canned::new(answers);
    let act = Resource::root(&server.client());
    let act = || act.request(&ACT, decode::nothing).optional_body::<Thing>();
    act().await.unwrap();
    act().body(Ok(Thing::new("1"))).await.unwrap();
    act().argument("tea", |body| &mut body.note).await.unwrap();
    let twice = act().argument("tea", |body| &mut body.note);
    twice.argument("milk", |body| &mut body.note).await.unwrap();
    let sent = server.sent();
    let bodies: Vec<_> = sent.iter().map(|sent| sent.body()).collect();
    let (tea, milk) = (r#"{"id":"","note":"tea"}"#, r#"{"id":"","note":"milk"}"#);
    assert_eq!(bodies, ["", r#"{"id":"1"}"#, tea, milk]);
    let typed = sent
        .iter()
        .map(|sent| sent.headers().contains_key("content-type"));
    assert!(typed.eq([false, true, true, true]));
}

/// A response that may be nothing is nothing where the body is empty or `null`.
#[tokio::test]
async fn an_optional_answer() {
    for (status, body, expected) in [
        (204, "", None),
        (200, "null", None),
        (200, r#"{"id":"7"}"#, Some(Thing::new("7"))),
    ] {
        let server = Canned::new([reply(status, &[], body)]);
        let act = Resource::root(&server.client()).request(&ACT, decode::optional::<Thing>);
        assert_eq!(act.await.unwrap(), expected);
    }
    let server = Canned::new([reply(200, &[], r#"{"error":{"code":"x"}}"#)]);
    let act = Resource::root(&server.client()).request(&ACT, decode::optional::<Thing>);
    assert_eq!(act.await.unwrap_err().code(), Some("x"));
}

#[tokio::test]
async fn values_of_a_query_are_joined_or_repeated() {
    let server = Canned::new([reply(200, &[], "")]);
    let act = Resource::root(&server.client()).request(&ACT, decode::nothing);
    let act = act.query("$select", ["a", "b,c"]).query_each("tag", ["x"]);
    act.query_each("tag", ["a b", "c"]).await.unwrap();
    let query = "$select=a,b%2Cc&tag=a%20b&tag=c";
    assert_eq!(server.sent()[0].uri().query(), Some(query));
}

fn pieces(client: &Client) -> Request<Vec<u8>> {
    Resource::root(client).request(&DOWNLOAD, decode::bytes)
}

/// The pieces that came, and the error that ended them.
async fn all(pieces: &mut BodyStream) -> (Vec<u8>, Option<Error>) {
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(error) => {
                assert!(pieces.next().await.is_none(), "after an error it is over");
                return (bytes, Some(error));
            }
        }
    }
    (bytes, None)
}

/// Longer than the limit of a body, and slower than the timeout of a call.
#[tokio::test(start_paused = true)]
async fn a_file_of_any_length_comes_in_pieces() {
    let body = "0123456789".repeat(20);
    let busy = http("503 Busy", "retry-after: 1\r\n", "");
    let slow = Act::Drip(
        http("200 OK", "x-kind: a\r\n", &body),
        Duration::from_millis(200),
    );
    let server = Server::start([Act::Reply(busy), slow]).await;
    let builder = server
        .builder()
        .body_limit(10)
        .timeout(Duration::from_secs(30));
    let client = builder.build().unwrap();
    let response = pieces(&client).stream().await.unwrap();
    assert_eq!(response.headers()["x-kind"], "a");
    assert_eq!((response.attempts(), response.body().len()), (2, 0));
    let mut pieces = response.into_value();
    let (bytes, error) = all(&mut pieces).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(bytes, body.as_bytes());
}

/// Pieces that have come are kept; a connection that breaks and one that falls silent are errors.
#[tokio::test(start_paused = true)]
async fn a_file_that_ends_too_early() {
    let whole = http("200 OK", "", "0123456789");
    let cut = whole[..whole.len() - 4].to_owned();
    for (act, is_timeout) in [
        (Act::ReplyAndClose(cut.clone()), false),
        (Act::Hang(cut), true),
    ] {
        let server = Server::start([act]).await;
        let client = server.client();
        let mut pieces = pieces(&client).stream().await.unwrap().into_value();
        let (bytes, error) = all(&mut pieces).await;
        assert_eq!(bytes, b"012345");
        let error = error.unwrap();
        assert_eq!(error.is_timeout(), is_timeout, "{error}");
        assert!(error.client_request_id().is_some());
        assert_eq!(server.requests().len(), 1, "it is not repeated");
    }
}

#[tokio::test]
async fn a_refusal_of_a_file_is_read() {
    let body = r#"{"error":{"code":"ImageNotFound"}}"#;
    let server = Canned::new([reply(404, &[], body)]);
    let error = pieces(&server.client()).stream().await.unwrap_err();
    assert_eq!(error.code(), Some("ImageNotFound"));
}

/// Some servers answer 411 to a POST whose length is not given.
#[tokio::test]
async fn a_post_without_a_body_has_the_length_zero() {
    let server = Server::start([Act::Reply(http("204 No Content", "", ""))]).await;
    let act = Resource::root(&server.client()).request(&ACT, decode::nothing);
    act.await.unwrap();
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!((header(head, "content-length"), body), (Some("0"), ""));
}
