//! Arguments that a request and a builder refuse before anything is sent.

use crate::common::{Canned, GET, Thing, get, install_crypto_provider, make, reply, set, thing};
use msgraph_runtime::{Client, Cloud, ErrorKind, InvalidValue, Operation, Resource, decode};
use msgraph_wire::within;

#[tokio::test]
async fn refused_headers_name_the_rule_and_nothing_is_sent() {
    let control = "the value of the header `x` has a control character";
    let name = "the header name contains a character that is not allowed";
    let own = |name: &str| format!("the header `{name}` is set by the client itself");
    let cases = [
        ("x", "a\r\nb", control.to_owned()),
        ("x", "a\tb", control.to_owned()),
        ("x", "a\0", control.to_owned()),
        ("a b", "c", name.to_owned()),
        ("", "c", name.to_owned()),
        ("Authorization", "c", own("authorization")),
        ("host", "c", own("host")),
        ("content-length", "1", own("content-length")),
        ("TE", "trailers", own("te")),
        ("upgrade", "h2c", own("upgrade")),
        ("expect", "100-continue", own("expect")),
        (
            "proxy-authorization",
            "Basic eA==",
            own("proxy-authorization"),
        ),
        ("keep-alive", "timeout=5", own("keep-alive")),
        ("proxy-connection", "close", own("proxy-connection")),
        ("trailer", "x", own("trailer")),
        ("http2-settings", "x", own("http2-settings")),
        ("accept-encoding", "gzip", own("accept-encoding")),
        ("content-encoding", "gzip", own("content-encoding")),
    ];
    let server = Canned::default();
    let client = server.client();
    for (name, value, rule) in cases {
        let error = get(&client).header(name, value).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert_eq!(error.to_string(), format!("things.Get: {rule}"));
        let error = server.builder().header(name, value).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.to_string(), format!("msgraph: {rule}"));
    }
    let request = get(&client).header("first", "\0").header("second", "\0");
    let line = request.await.unwrap_err().to_string();
    assert!(line.contains("`first`"), "{line}");
    assert!(server.sent().is_empty());
}

/// reqwest adds them to each request, and shows them in its `Debug`.
#[test]
fn default_headers_of_a_prepared_builder_are_refused_too() {
    install_crypto_provider();
    let prepared = |name: &'static str| {
        let mut headers = http::HeaderMap::new();
        headers.insert(name, "\"te\": x".parse().unwrap());
        let http = reqwest::Client::builder().default_headers(headers);
        let builder = Client::builder().token("secret").reqwest(http);
        builder.base_url("http://127.0.0.1:1").build()
    };
    for name in ["te", "proxy-authorization", "expect", "authorization"] {
        let error = prepared(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let line = format!(
            "msgraph: the header `{name}` is set by the client itself: remove it from the \
            `default_headers` of the `reqwest::ClientBuilder`"
        );
        assert_eq!(error.to_string(), line);
    }
    // Another header's value is no name of a header.
    prepared("x-tenant").unwrap();
}

/// Some libraries would send it to `/` instead, and others report a connection that failed.
#[tokio::test]
async fn a_url_that_no_request_can_hold_is_refused() {
    let start = "https://graph.microsoft.com/v1.0/things/42/detail?$filter=";
    let server = Canned::new([thing()]);
    let client = server.client();
    let filter = "x".repeat(65_534 - start.len());
    get(&client).query("$filter", [&filter]).await.unwrap();
    assert_eq!(
        server.sent()[0].uri().to_string(),
        format!("{start}{filter}")
    );
    let error = get(&client)
        .query("$filter", [filter + "x"])
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0));
    let line = "things.Get: the URL is longer than 65534 bytes, the limit of a request: \
        shorten its parameters";
    assert_eq!(error.to_string(), line);
    assert!(server.sent().is_empty());
}

/// A setting that would have no effect is refused.
#[test]
fn a_setting_without_effect_is_refused() {
    let server = Canned::default();
    let id = server.builder().header("Client-Request-Id", "mine");
    let line = "msgraph: the header `client-request-id` names one call: set it on the request, \
        with `Request::header`";
    assert_eq!(id.build().unwrap_err().to_string(), line);
    let both = server.builder().reqwest(reqwest::Client::builder());
    let error = both.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let line = "msgraph: both `transport` and `reqwest` are set, but only one can send: remove \
        one of them";
    assert_eq!(error.to_string(), line);
}

#[tokio::test]
async fn parameters_that_are_no_segment_are_refused() {
    let server = Canned::default();
    let client = server.client();
    for (id, what) in [("", "empty"), (".", "a single dot"), ("..", "two dots")] {
        let thing = Resource::root(&client).fixed("things").parameter(id);
        let error = thing
            .request::<Thing>(&GET, decode::object)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        let expected =
            format!("things.Get: the parameter `id` is {what}, which is not allowed in a path");
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.attempts(), 0);
    }
    assert!(server.sent().is_empty());
}

#[tokio::test]
async fn a_refused_value_of_the_body_is_the_error_and_nothing_is_sent() {
    let server = Canned::default();
    let client = server.client();
    let refused = || InvalidValue::new("note", "it is too long", "write less");
    let error = set(&client)
        .body(Err::<Thing, _>(refused()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    let expected = "things.set: invalid note: it is too long; write less";
    assert_eq!(error.to_string(), expected);
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .is::<InvalidValue>()
    );

    struct Note(Result<&'static str, InvalidValue>);
    impl TryFrom<Note> for String {
        type Error = InvalidValue;
        fn try_from(note: Note) -> Result<Self, InvalidValue> {
            note.0.map(str::to_owned)
        }
    }
    let request = set(&client).argument(Note(Err(refused())), |body| &mut body.note);
    let error = request
        .argument(Note(Ok("later")), |body| &mut body.note)
        .await;
    assert_eq!(error.unwrap_err().to_string(), expected);
    assert!(server.sent().is_empty());

    let server = Canned::new([reply(200, &[], "")]);
    let client = server.client();
    set(&client)
        .argument(Note(Ok("hello")), |body| &mut body.note)
        .await
        .unwrap();
    assert_eq!(server.sent()[0].body(), r#"{"id":"42","note":"hello"}"#);
}

/// The options of a request are given after its check.
#[tokio::test]
async fn the_body_is_checked_as_it_is_when_the_request_is_sent() {
    let check: fn(&Thing) -> _ = |thing| within("note", &thing.note, 1..=5, "");
    let server = Canned::new([reply(200, &[], "")]);
    let client = server.client();
    let note = |text: &str| {
        let request = set(&client).check(check);
        request.argument(text, |body| &mut body.note)
    };
    for (text, help) in [("", "longer"), ("farewell", "shorter")] {
        let error = note(text).await.unwrap_err();
        let rule = "invalid note: must be 1 to 5 characters; give a";
        assert_eq!(error.kind(), ErrorKind::Request);
        assert_eq!(error.to_string(), format!("things.set: {rule} {help} one"));
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.is::<InvalidValue>());
    }
    assert!(server.sent().is_empty());
    note("hello").await.unwrap();
    assert_eq!(server.sent().len(), 1);
}

#[tokio::test]
async fn clouds_give_the_base_url_and_refuse_what_they_do_not_have() {
    let cases = [
        (
            Cloud::Global,
            Some("https://graph.microsoft.com/v1.0/things/42/once"),
        ),
        (
            Cloud::UsGovernmentL4,
            Some("https://graph.microsoft.us/v1.0/things/42/once"),
        ),
        (Cloud::UsGovernmentL5, None),
        (Cloud::China, None),
    ];
    for (cloud, url) in cases {
        let server = Canned::new([reply(200, &[], "")]);
        let client = server.builder().cloud(cloud).build().unwrap();
        let result = make(&client).await;
        let sent = server.sent();
        assert_eq!(
            sent.first().map(|sent| sent.uri().to_string()).as_deref(),
            url
        );
        assert_eq!(result.is_ok(), url.is_some(), "{cloud:?}");
    }
    let server = Canned::default();
    let client = server.builder().cloud(Cloud::China).build().unwrap();
    let error = make(&client).await.unwrap_err();
    let expected = "things.once: China (21Vianet) does not have this operation; nothing was sent. \
        The global cloud and US Government L4 (GCC High) have it";
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.kind(), ErrorKind::Request);
    // By its URL it is the same cloud; any other URL is not judged.
    let known = Cloud::China.base_url();
    let client = server
        .builder()
        .base_url(format!("{known}/"))
        .build()
        .unwrap();
    assert_eq!(make(&client).await.unwrap_err().kind(), ErrorKind::Request);
    let server = Canned::new([reply(200, &[], "")]);
    let client = server
        .builder()
        .base_url("https://proxy.example/graph")
        .build()
        .unwrap();
    make(&client).await.unwrap();
    let url = "https://proxy.example/graph/things/42/once";
    assert_eq!(server.sent()[0].uri().to_string(), url);
}

#[tokio::test]
async fn an_operation_that_names_no_cloud_is_sent_in_any() {
    static ANY: Operation = Operation {
        id: "things.any",
        path: "/things",
        ..Operation::EMPTY
    };
    for &cloud in Cloud::ALL {
        let server = Canned::new([reply(403, &[], "")]);
        let client = server.builder().cloud(cloud).build().unwrap();
        let things = Resource::root(&client).fixed("things");
        let error = things.request(&ANY, decode::nothing).await.unwrap_err();
        let url = format!("{}/things", cloud.base_url());
        assert_eq!(server.sent()[0].uri().to_string(), url);
        // Nor does it say which permission is missing.
        assert_eq!(error.to_string(), "things.any: 403 Forbidden");
    }
}

const HTTP: &str = "is http, which is allowed only for a loopback address";
const MORE: &str = "has a query or a fragment";
const ODD: Option<&str> = Some("is ambiguous");

#[test]
fn base_urls_are_https_or_loopback() {
    let cases = [
        ("https://graph.microsoft.com/v1.0", None),
        ("https://graph.microsoft.com/v1.0/", None),
        ("http://127.0.0.1:8080/v1.0", None),
        ("http://127.8.9.10", None),
        ("http://[::1]:8080", None),
        ("http://localhost:8080/v1.0", None),
        ("http://graph.microsoft.com/v1.0", Some(HTTP)),
        ("http://localhost.evil.example", Some(HTTP)),
        ("http://127.0.0.1.evil.example", Some(HTTP)),
        ("http://10.0.0.1", Some(HTTP)),
        ("ftp://graph.microsoft.com", Some("is not https")),
        ("file:///v1.0", Some("is not https")),
        ("graph.microsoft.com/v1.0", Some("is not a valid URL")),
        ("", Some("is not a valid URL")),
        ("https://user:secret@graph.example", Some("credentials")),
        ("https://graph.microsoft.com/v1.0?a=b", Some(MORE)),
        ("https://graph.microsoft.com/v1.0#a", Some(MORE)),
        // Capitals, a default port and another way to write an address say the same.
        ("HTTPS://Graph.Microsoft.com:443/v1.0", None),
        ("http://[0:0:0:0:0:0:0:1]:8080", None),
        ("https://[2001:DB8::1]/v1.0", None),
        ("https://graph.example/a%20b//c", None),
        // These are read as something else than they look like.
        ("https:graph.example", ODD),
        ("https:/graph.example", ODD),
        ("https:///graph.example", ODD),
        ("https:\\\\graph.example", ODD),
        ("https://graph.example\\@evil.example", ODD),
        ("https://graph.microsoft\t.com/v1.0", ODD),
        ("https://graph.micro\nsoft.com/v1.0", ODD),
        (" https://graph.microsoft.com/v1.0", ODD),
        ("https://graph.microsoft.com/v1.0\n", ODD),
        ("https://1/", ODD),
        ("https://0x7f.1/v1.0", ODD),
        ("http://127.1:8080", ODD),
        ("http://2130706433/", ODD),
        ("http://0177.0.0.1/", ODD),
        ("http://l\u{ff4f}calhost/", ODD),
        ("https://gr%61ph.microsoft.com", ODD),
        ("https://gr\u{e4}ph.example", ODD),
        ("https://graph.example:/v1.0", ODD),
        ("https://graph.example:0443", ODD),
        ("https://graph.example/v1.0/../beta", ODD),
        ("https://graph.example/v1.0/%2e%2e/beta", ODD),
        ("https://graph.example/a b", ODD),
    ];
    for (url, problem) in cases {
        let built = Canned::default().builder().base_url(url).build();
        match (built, problem) {
            (Ok(_), None) => {}
            (Err(error), Some(problem)) => {
                assert_eq!(error.kind(), ErrorKind::Configuration);
                let message = error.to_string();
                assert!(message.contains(problem), "{url}: {message}");
                assert!(
                    !message.contains("secret") && !message.contains('\n'),
                    "{message}"
                );
            }
            (built, _) => panic!("{url}: {:?}", built.map(|_| ())),
        }
    }
}

#[test]
fn a_base_url_has_the_length_of_a_request_at_most() {
    let url = format!("https://graph.example/{}", "x".repeat(65_535));
    let error = Canned::default()
        .builder()
        .base_url(url)
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let line = "msgraph: the base URL is longer than 65534 bytes; write it like ";
    assert!(error.to_string().starts_with(line), "{error}");
}

#[test]
fn a_user_agent_is_one_line() {
    let builder = Canned::default().builder().user_agent("busy\r\nx: y");
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(
        error.to_string(),
        "msgraph: the user agent has a control character"
    );
}

#[test]
fn an_empty_scope_is_refused() {
    for scope in ["", " "] {
        let builder = Canned::default().builder().scope(scope);
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let line = "msgraph: the scope is empty: leave `scope` out, or write it like \
            https://graph.microsoft.com/.default";
        assert_eq!(error.to_string(), line);
    }
}

#[test]
fn a_client_without_a_token_says_so() {
    let built = Client::builder().transport(Canned::default()).build();
    let error = built.unwrap_err().to_string();
    assert!(
        error.starts_with("msgraph: there is no token: call `token`"),
        "{error}"
    );
}
