//! What is sent, and what is refused before anything is.

use crate::common::{Canned, GET, Thing, get, make, reply, set, thing};
use msgraph_runtime::{Client, Cloud, ErrorKind, InvalidValue, Resource, decode};

/// Method, URL, headers in order and body of a request.
fn text_of(request: &http::Request<bytes::Bytes>) -> String {
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    let uri = request.uri();
    format!("{} {uri}\n{}\n{body}", request.method(), headers.join("\n"))
}

#[tokio::test]
async fn a_get_and_a_post() {
    let server = Canned::new([thing(), reply(204, &[], "")]);
    let client = server.client();
    let answer = get(&client).send().await.unwrap();
    let get_id = answer.client_request_id().unwrap().to_owned();
    let set_id = set(&client).send().await.unwrap();
    let set_id = set_id.client_request_id().unwrap().to_owned();
    assert_ne!(get_id, set_id);
    assert_eq!(uuid::Uuid::parse_str(&get_id).unwrap().get_version_num(), 4);
    let agent = concat!("msgraph-runtime/", env!("CARGO_PKG_VERSION"));
    let sent = server.sent();
    let is_marked =
        |request: &http::Request<_>| request.headers()["authorization"].is_sensitive();
    assert!(
        sent.iter().all(is_marked),
        "other software must know that it is a secret"
    );
    let expected = format!(
        "GET https://graph.microsoft.com/v1.0/things/42/detail\n\
        accept: application/json\n\
        authorization: Bearer secret\n\
        client-request-id: {get_id}\n\
        user-agent: {agent}\n"
    );
    assert_eq!(text_of(&sent[0]), expected);
    let expected = format!(
        "POST https://graph.microsoft.com/v1.0/things/42/set\n\
        accept: application/json\n\
        authorization: Bearer secret\n\
        client-request-id: {set_id}\n\
        content-type: application/json\n\
        user-agent: {agent}\n\
        {{\"id\":\"42\"}}"
    );
    assert_eq!(text_of(&sent[1]), expected);
}

#[tokio::test]
async fn headers_of_the_client_and_of_the_call() {
    let server = Canned::new([thing(), thing()]);
    let client = server
        .builder()
        .user_agent("busy-light/1.2")
        .header("prefer", "a")
        .header("x-tenant", "b")
        .build()
        .unwrap();
    get(&client).await.unwrap();
    let request = get(&client)
        .header("Prefer", "c")
        .header("client-request-id", "mine");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.client_request_id(), Some("mine"));
    let sent = server.sent();
    let value = |index: usize, name: &str| sent[index].headers()[name].clone();
    assert!(
        value(0, "user-agent")
            .to_str()
            .unwrap()
            .starts_with("busy-light/1.2 msgraph")
    );
    assert_eq!(value(0, "prefer"), "a");
    assert_eq!(value(1, "prefer"), "c");
    assert_eq!(value(1, "x-tenant"), "b");
    assert_eq!(value(1, "client-request-id"), "mine");
    assert_ne!(value(0, "client-request-id"), "mine");
}

#[tokio::test]
async fn refused_headers_name_the_rule_and_nothing_is_sent() {
    let cases = [
        (
            "x",
            "a\r\nb",
            "the value of the header `x` has a control character",
        ),
        (
            "x",
            "a\tb",
            "the value of the header `x` has a control character",
        ),
        (
            "x",
            "a\0",
            "the value of the header `x` has a control character",
        ),
        (
            "a b",
            "c",
            "a header's name has a character that is not allowed",
        ),
        (
            "",
            "c",
            "a header's name has a character that is not allowed",
        ),
        (
            "Authorization",
            "c",
            "the header `authorization` is the client's own to set",
        ),
        ("host", "c", "the header `host` is the client's own to set"),
        (
            "content-length",
            "1",
            "the header `content-length` is the client's own to set",
        ),
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

#[tokio::test]
async fn path_segments_are_encoded_one_by_one() {
    // The first four are wire forms on which Microsoft's own SDKs agree.
    let cases = [
        ("../me", "/v1.0/things/..%2Fme/detail"),
        ("a b", "/v1.0/things/a%20b/detail"),
        ("a/b", "/v1.0/things/a%2Fb/detail"),
        ("%41", "/v1.0/things/%2541/detail"),
        ("%2e%2e", "/v1.0/things/%252e%252e/detail"),
        ("a?b#c", "/v1.0/things/a%3Fb%23c/detail"),
        ("\\..\\", "/v1.0/things/%5C..%5C/detail"),
        ("\t\n", "/v1.0/things/%09%0A/detail"),
    ];
    let server = Canned::new(cases.map(|_| thing()));
    let client = server.client();
    for (id, path) in cases {
        let thing = Resource::root(&client)
            .fixed("things")
            .parameter(id)
            .fixed("detail");
        thing.request::<Thing>(&GET, decode::object).await.unwrap();
        assert_eq!(server.sent()[0].uri().path(), path);
    }
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
            format!("things.Get: the parameter `id` is {what}, which no path can hold");
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.attempts(), 0);
    }
    assert!(server.sent().is_empty());
}

#[tokio::test]
async fn query_parameters_are_encoded_and_joined() {
    let cases: [(&[&str], Option<&str>); 5] = [
        (&[], None),
        (&["id"], Some("$select=id")),
        (
            &["availability", "activity"],
            Some("$select=availability,activity"),
        ),
        (
            &["a b", "c&d=e", "f,g"],
            Some("$select=a%20b,c%26d%3De,f%2Cg"),
        ),
        (&[""], Some("$select=")),
    ];
    let server = Canned::new(cases.map(|_| thing()));
    let client = server.client();
    for (values, query) in cases {
        get(&client).query("$select", values).await.unwrap();
        assert_eq!(server.sent()[0].uri().query(), query);
    }
    let server = Canned::new([thing()]);
    let client = server.client();
    get(&client)
        .query("$a", ["1"])
        .query("b", ["2", "3"])
        .await
        .unwrap();
    assert_eq!(server.sent()[0].uri().query(), Some("$a=1&b=2,3"));
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

#[test]
fn base_urls_are_https_or_loopback() {
    let cases = [
        ("https://graph.microsoft.com/v1.0", None),
        ("https://graph.microsoft.com/v1.0/", None),
        ("http://127.0.0.1:8080/v1.0", None),
        ("http://127.8.9.10", None),
        ("http://[::1]:8080", None),
        ("http://localhost:8080/v1.0", None),
        (
            "http://graph.microsoft.com/v1.0",
            Some("http, which is allowed to a loopback"),
        ),
        ("http://localhost.evil.example", Some("http, which")),
        ("http://127.0.0.1.evil.example", Some("http, which")),
        ("http://10.0.0.1", Some("http, which")),
        ("ftp://graph.microsoft.com", Some("is not https")),
        ("file:///v1.0", Some("is not https")),
        ("graph.microsoft.com/v1.0", Some("cannot be read")),
        ("", Some("cannot be read")),
        (
            "https://user:secret@graph.microsoft.com",
            Some("carries credentials"),
        ),
        (
            "https://graph.microsoft.com/v1.0?a=b",
            Some("more than an origin and a path"),
        ),
        (
            "https://graph.microsoft.com/v1.0#a",
            Some("more than an origin and a path"),
        ),
    ];
    for (url, problem) in cases {
        let built = Canned::default().builder().base_url(url).build();
        match (built, problem) {
            (Ok(_), None) => {}
            (Err(error), Some(problem)) => {
                assert_eq!(error.kind(), ErrorKind::Configuration);
                let message = error.to_string();
                assert!(message.contains(problem), "{url}: {message}");
                assert!(!message.contains("secret"), "{message}");
            }
            (built, _) => panic!("{url}: {:?}", built.map(|_| ())),
        }
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

/// Without it, reqwest would report a connection that failed, and the call would be repeated.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[test]
fn a_build_without_tls_says_so() {
    let line = Client::new("secret").unwrap_err().to_string();
    let expected = "msgraph: there is no TLS in this build: enable the feature `rustls` or \
        `native-tls`";
    assert_eq!(line, expected);
    let loopback = Client::builder().token("secret").base_url("http://[::1]:1");
    loopback.build().unwrap();
}
