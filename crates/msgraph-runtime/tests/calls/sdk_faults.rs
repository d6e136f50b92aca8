//! Known faults of other Graph clients that this one does not have, where no other test shows it.
//!
//! "SDK" is Microsoft's: `msgraph-sdk` 1.65 (Python), `@microsoft/microsoft-graph-client` 3.0
//! (JS v3) and `@microsoft/msgraph-sdk` 1.0 preview (Kiota JS), recorded on loopback; the
//! issues are those of applications that wrote their own client. Other tests say it in their
//! comments.

use crate::common::{Canned, GET, Thing, counted, get, make, reply, set, thing};
use crate::server::{Act, Server, found, header, http};
use msgraph_runtime::{BoxError, ErrorKind, Resource, RetryPolicy, decode};
use std::error::Error as _;
use std::time::Duration;
use tokio::time::Instant;

const CUT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id";

/// JS: five minutes until a silent server is given up. Python: 100 seconds, and an empty text.
#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_up_after_the_read_timeout() {
    let server = Server::start([Act::Hang(String::new())]).await;
    let started = Instant::now();
    let error = make(&server.client()).await.unwrap_err();
    assert!(error.is_timeout());
    assert!(
        started.elapsed() < Duration::from_secs(31),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(error.to_string(), "things.once: the response timed out");
}

/// JS: a body that was cut is reported as status 200 and nothing else.
#[tokio::test(start_paused = true)]
async fn a_cut_body_is_an_error_that_keeps_what_has_come() {
    let server = Server::start([Act::ReplyAndClose(CUT.to_owned())]).await;
    let once = RetryPolicy::none();
    let error = get(&server.client()).retry(once).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Body);
    assert_eq!(
        error.to_string(),
        "things.Get: 200 OK, the response body ended too early"
    );
    assert_eq!(error.excerpt(), b"{\"id");
}

/// Kiota JS: an error that is not JSON loses status and headers; JS v3: the headers, so
/// `Retry-After`; Python: the text. All: `innererror` in lower case loses the request id.
#[tokio::test(start_paused = true)]
async fn an_error_keeps_what_was_said_in_whatever_form() {
    let lower = r#"{"error":{"code":"a","message":"b","innererror":{"request-id":"r"}}}"#;
    let bodies = [
        ("", None, None),
        ("<html><title>Busy</title></html>", Some("Busy"), None),
        ("no healthy upstream", Some("no healthy upstream"), None),
        ("{\"error\":", None, None),
        (lower, Some("b"), Some("r")),
    ];
    for (body, message, id) in bodies {
        let headers = [("retry-after", "7"), ("x-ms-ags-diagnostic", "{}")];
        let server = Canned::new([reply(500, &headers, body)]);
        let client = server.client();
        let error = get(&client).retry(RetryPolicy::none()).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 500);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(error.diagnostics(), Some("{}"));
        assert_eq!(
            (error.message(), error.request_id()),
            (message, id),
            "{body}"
        );
        assert_eq!(error.excerpt(), body.as_bytes());
    }
}

/// Python, AWS, octocrab: an error prints nothing, "service error", or "GitHub". reqwest: it
/// prints the URL with the id of the user.
#[tokio::test]
async fn an_error_prints_what_happened_and_no_url() {
    let body = r#"{"error":{"code":"Gone","message":"The thing is gone."}}"#;
    let server = Canned::new([reply(410, &[("request-id", "r")], body)]);
    let error = get(&server.client()).await.unwrap_err();
    let line = "things.Get: 410 Gone, Gone: The thing is gone; request-id r";
    assert_eq!(error.to_string(), line);

    let server = Server::start([Act::ReplyAndClose(String::new())]).await;
    let error = make(&server.client()).await.unwrap_err();
    let mut printed = format!("{error} {error:?}");
    let mut source = error.source();
    assert!(source.is_some());
    while let Some(error) = source {
        printed += &format!(" {error} {error:?}");
        source = error.source();
    }
    assert!(
        !printed.contains("/things/") && !printed.contains("127.0.0.1"),
        "{printed}"
    );
}

/// SDKs: the documented `{"value":[…]}` is an empty presence without an error.
#[tokio::test]
async fn a_list_around_the_object_is_read_where_it_is_documented() {
    let list = r#"{"value":[{"id":"42"}]}"#;
    let server = Canned::new([reply(200, &[], list), reply(200, &[], list)]);
    let client = server.client();
    let thing = Resource::root(&client).fixed("things").parameter("42");
    let value: Thing = thing.request(&GET, decode::enveloped).await.unwrap();
    assert_eq!(value.id, "42");
    assert_eq!(get(&client).await.unwrap_err().kind(), ErrorKind::Body);
}

/// Kiota JS: no `client-request-id`. JS: `SdkVersion` grows with each attempt. octocrab: the
/// second attempt has an empty body. Python: each attempt opens a connection.
#[tokio::test(start_paused = true)]
async fn a_repeat_is_the_same_request_over_the_same_connection() {
    let busy = || Act::Reply(http("429 a", "", ""));
    let server = Server::start([busy(), busy(), found()]).await;
    set(&server.client()).await.unwrap();
    let requests = server.requests();
    assert_eq!((requests.len(), server.connections()), (3, 1));
    for (number, request) in requests.iter().enumerate() {
        for name in [
            "client-request-id",
            "user-agent",
            "authorization",
            "content-type",
        ] {
            let value = header(request, name);
            assert!(
                value.is_some() && value == header(&requests[0], name),
                "{name}"
            );
        }
        assert!(request.ends_with("\r\n\r\n{\"id\":\"42\"}"), "{request}");
        let repeat = (number > 0).then(|| number.to_string());
        assert_eq!(header(request, "retry-attempt").map(str::to_owned), repeat);
    }
}

/// PresenceJam #153: a 403 counts as an expired token, and signs in again and again.
/// ms-teams-cli#70: a 403 without a message says nothing.
#[tokio::test]
async fn a_403_names_the_permission_and_asks_for_no_other_token() {
    let token = |number| async move { Ok::<_, BoxError>(format!("token-{number}")) };
    let (asked, provider) = counted(token);
    let body = r#"{"error":{"code":"Forbidden","message":""}}"#;
    let server = Canned::new([reply(403, &[], body)]);
    let client = server.builder().token(provider).build().unwrap();
    let error = set(&client).await.unwrap_err();
    assert_eq!(asked.count(), 1);
    assert!(error.is_forbidden() && !error.is_unauthorized());
    let line = "things.set: 403 Forbidden, Forbidden; hint: the operation needs the delegated permission \
        Thing.ReadWrite; application tokens are not accepted";
    assert_eq!(error.to_string(), line);
}

/// Python: an explicit URL sends the token to any host. Elsewhere: an id that is put into a
/// path as it is changes the path. Here no text becomes a URL.
#[tokio::test]
async fn no_text_leads_the_token_to_another_host_or_path() {
    for id in [
        "https://evil.example/x",
        "//evil.example/x",
        "@evil.example",
        "..\\..",
        "x?y#z",
    ] {
        let server = Canned::new([thing()]);
        let client = server.client();
        let request = Resource::root(&client).fixed("things").parameter(id);
        request
            .request::<Thing>(&GET, decode::object)
            .await
            .unwrap();
        let sent = &server.sent()[0];
        assert_eq!(sent.uri().authority().unwrap(), "graph.microsoft.com");
        assert_eq!(sent.uri().path().split('/').count(), 5, "{}", sent.uri());
        assert_eq!(sent.uri().query(), None);
    }
}
