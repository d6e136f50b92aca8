//! The items of a collection: which links are followed, and what is kept when a page fails.

use crate::common::{Canned, Reply, Thing, reply};
use futures_core::Stream;
use msgraph_runtime::{Client, Error, ErrorKind, Items, Method, Operation, Request};
use msgraph_runtime::{Resource, RetryPolicy, decode};
use serde::Deserialize;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

#[derive(Deserialize)]
struct Things {
    value: Option<Vec<Thing>>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

static LIST: Operation = Operation {
    id: "things.List",
    method: Method::GET,
    path: "/things",
    repeatable: true,
    ..Operation::EMPTY
};

fn list(client: &Client) -> Request<Things> {
    let request = Resource::root(client).request(&LIST, decode::json);
    request.query("$top", ["2"]).header("prefer", "odata.x")
}

fn items(client: &Client) -> Items<Thing> {
    list(client).pages(|page| (page.value.unwrap_or_default(), page.next))
}

const LINK: &str = "https://graph.microsoft.com/v1.0/things?$skiptoken=";

/// A page with the ids of its items and the link to the next one.
fn page(ids: &[&str], link: &str) -> Reply {
    let items = ids.iter().map(|id| format!("{{\"id\":\"{id}\"}}"));
    let items = items.collect::<Vec<_>>().join(",");
    reply(
        200,
        &[],
        &format!("{{\"value\":[{items}],\"@odata.nextLink\":\"{link}\"}}"),
    )
}

/// The ids of all items, and the error that ends them, if there is one.
async fn all(mut items: Items<Thing>) -> (Vec<String>, Option<Error>) {
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(thing) => ids.push(thing.id),
            Err(error) => {
                assert!(items.next().await.is_none(), "after an error it is over");
                return (ids, Some(error));
            }
        }
    }
    (ids, None)
}

#[tokio::test]
async fn links_are_followed_page_by_page_with_the_headers_of_the_request() {
    let pages = [
        page(&["1", "2"], &format!("{LINK}a")),
        page(&[], "/v1.0/things?$skiptoken=b"),
        page(&["3"], ""),
    ];
    let server = Canned::new(pages);
    let mut items = items(&server.client());
    assert!(
        server.sent().is_empty(),
        "nothing is sent before it is asked for"
    );
    assert_eq!(items.next().await.unwrap().unwrap().id, "1");
    assert_eq!(items.next().await.unwrap().unwrap().id, "2");
    let first = server.sent();
    assert_eq!(first.len(), 1, "a page is asked for when no item is left");
    assert_eq!(first[0].uri().query(), Some("$top=2"));
    assert_eq!(all(items).await.0, ["3"]);
    let sent = server.sent();
    let queries: Vec<_> = sent.iter().map(|request| request.uri().query()).collect();
    assert_eq!(queries, [Some("$skiptoken=a"), Some("$skiptoken=b")]);
    let id = |request: &http::Request<_>| request.headers()["client-request-id"].clone();
    assert_ne!(id(&sent[0]), id(&sent[1]));
    assert_ne!(id(&sent[0]), id(&first[0]));
    for request in &sent {
        assert_eq!(request.headers()["authorization"], "Bearer secret");
        assert_eq!(request.headers()["prefer"], "odata.x");
    }
}

#[tokio::test]
async fn a_link_goes_to_the_origin_and_below_the_path_of_the_base_url_only() {
    let elsewhere = "leads to another scheme, host or port";
    let not_below = "leaves the path of the base URL";
    let again = "leads to a page that was read before";
    let no_url = "is not a valid URL";
    let long = format!("{LINK}{}", "x".repeat(70_000));
    for (link, reason) in [
        ("https://evil.example/v1.0/things", elsewhere),
        ("//evil.example/v1.0/things", elsewhere),
        ("https://graph.microsoft.com.evil.example/v1.0/x", elsewhere),
        ("https://graph.microsoft.com@evil.example/v1.0/x", elsewhere),
        ("https://a:b@graph.microsoft.com/v1.0/things?x", elsewhere),
        ("http://graph.microsoft.com/v1.0/things?x", elsewhere),
        ("https://graph.microsoft.com:8443/v1.0/things?x", elsewhere),
        ("file:///v1.0/things", elsewhere),
        ("https://graph.microsoft.com/beta/things", not_below),
        ("https://graph.microsoft.com/v1.0x/things", not_below),
        ("https://graph.microsoft.com/v1.0/../beta/things", not_below),
        ("https://graph.microsoft.com/v1.0/%2e%2e/beta", not_below),
        ("/v1.0", not_below),
        ("/things", not_below),
        ("?$top=2", again),
        ("https://graph.microsoft.com/v1.0/things?$top=2#x", again),
        ("https://", no_url),
        (&long, no_url),
    ] {
        let server = Canned::new([page(&["1"], link), page(&["2"], "")]);
        let (ids, error) = all(items(&server.client())).await;
        let error = error.unwrap();
        assert_eq!(ids, ["1"], "{link}");
        assert_eq!(error.kind(), ErrorKind::Body, "{link}");
        assert!(!error.is_retryable(), "{link}");
        let line = error.to_string();
        assert!(line.contains(reason), "{link}: {line}");
        assert!(!line.contains("evil"), "{line}");
        assert_eq!(server.sent().len(), 1, "{link}: no token goes there");
    }
}

#[tokio::test]
async fn a_page_that_was_read_before_is_not_read_again() {
    let links = ["a", "b", "a"].map(|token| format!("{LINK}{token}"));
    let pages = links.iter().map(|link| page(&["x"], link));
    let server = Canned::new(pages.chain([page(&["y"], "")]));
    let (ids, error) = all(items(&server.client())).await;
    assert_eq!(ids, ["x", "x", "x"]);
    assert!(error.unwrap().to_string().contains("read before"));
    assert_eq!(server.sent().len(), 3);
}

#[tokio::test]
async fn an_error_on_the_third_page_keeps_what_came() {
    let body = r#"{"error":{"code":"gone","message":"no ada%40x"}}"#;
    let server = Canned::new([
        page(&["1"], &format!("{LINK}a")),
        page(
            &["2"],
            "https://graph.microsoft.com/v1.0/users('ada%40x')/things",
        ),
        reply(410, &[], body),
    ]);
    let (ids, error) = all(items(&server.client())).await;
    assert_eq!(ids, ["1", "2"]);
    let error = error.unwrap();
    assert_eq!(error.code(), Some("gone"));
    assert!(!error.to_string().contains("ada"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn each_page_has_the_retries_and_the_timeout_of_the_request() {
    let busy = || reply(429, &[("retry-after", "40")], "");
    let server = Canned::new([
        busy(),
        page(&["1"], &format!("{LINK}a")),
        busy(),
        page(&["2"], &format!("{LINK}b")),
        busy(),
        busy(),
    ]);
    let request = list(&server.client()).timeout(Duration::from_secs(60));
    let items = request.pages(|page| (page.value.unwrap_or_default(), page.next));
    let (ids, error) = all(items).await;
    assert_eq!(ids, ["1", "2"], "80 seconds in all, at most 60 a page");
    assert_eq!(error.unwrap().status().unwrap(), 429);
    assert_eq!(
        server.sent().len(),
        6,
        "a second wait of 40 seconds is too long"
    );
    let server = Canned::new([busy(), page(&["1"], "")]);
    let request = list(&server.client()).retry(RetryPolicy::none());
    let (ids, error) = all(request.pages(|page| (page.value.unwrap_or_default(), page.next))).await;
    assert!(ids.is_empty());
    assert_eq!(error.unwrap().status().unwrap(), 429);
}

/// The stream can be moved to any task.
#[tokio::test]
async fn a_stream_owns_its_client() {
    let server = Canned::new([page(&["1"], &format!("{LINK}a")), page(&["2"], "")]);
    let mut items = items(&server.client());
    let count = tokio::spawn(async move {
        let mut count = 0;
        loop {
            let next = poll_fn(|cx| Pin::new(&mut items).poll_next(cx));
            match next.await {
                Some(item) => count += usize::from(item.is_ok()),
                None => break count,
            }
        }
    });
    assert_eq!(count.await.unwrap(), 2);
}

#[cfg(feature = "blocking")]
#[test]
fn a_blocking_iterator() {
    let server = Canned::new([
        page(&["1", "2"], &format!("{LINK}a")),
        page(&["3"], "nowhere:"),
    ]);
    let mut ids = Vec::new();
    let mut items = items(&server.client()).blocking();
    for item in items.by_ref().take(3) {
        ids.push(item.unwrap().id);
    }
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(items.next().unwrap().unwrap_err().kind(), ErrorKind::Body);
    assert!(items.next().is_none());
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_blocking_iterator_inside_a_runtime_is_one_error() {
    let mut items = items(&Canned::new([]).client()).blocking();
    let error = items.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(items.next().is_none());
}
