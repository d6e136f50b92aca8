//! Bodies that are not JSON, and bodies that are sent only where they are given.

use crate::common::{Canned, Thing, reply};
use msgraph_runtime::{Bytes, ErrorKind, Method, Operation, Resource, decode};

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
            .contains("`content-type` is the client's own"),
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
