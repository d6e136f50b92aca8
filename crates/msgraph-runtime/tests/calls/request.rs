//! The request that is sent: method, URL, headers and body.

use crate::common::{Canned, GET, Thing, get, reply, set, thing};
use msgraph_runtime::{Resource, decode};

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
    let is_marked = |request: &http::Request<_>| request.headers()["authorization"].is_sensitive();
    assert!(
        sent.iter().all(is_marked),
        "other software must know that it is a secret"
    );
    let expected = format!(
        "GET https://graph.microsoft.com/v1.0/things/42/detail\n\
        accept-encoding: identity\n\
        accept: application/json\n\
        authorization: Bearer secret\n\
        client-request-id: {get_id}\n\
        user-agent: {agent}\n"
    );
    assert_eq!(text_of(&sent[0]), expected);
    let expected = format!(
        "POST https://graph.microsoft.com/v1.0/things/42/set\n\
        accept-encoding: identity\n\
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
async fn path_segments_are_encoded_one_by_one() {
    // The first four are wire forms on which Microsoft's own SDKs agree.
    let cases = [
        ("../me", "/v1.0/things/..%2Fme/detail"),
        ("a b", "/v1.0/things/a%20b/detail"),
        ("a/b", "/v1.0/things/a%2Fb/detail"),
        ("%41", "/v1.0/things/%2541/detail"),
        ("%2e%2E", "/v1.0/things/%252e%252E/detail"),
        ("...", "/v1.0/things/.../detail"),
        ("a?b#c", "/v1.0/things/a%3Fb%23c/detail"),
        ("\\..\\", "/v1.0/things/%5C..%5C/detail"),
        ("\t\r\n\0", "/v1.0/things/%09%0D%0A%00/detail"),
        ("ä\u{2028}", "/v1.0/things/%C3%A4%E2%80%A8/detail"),
        ("ada@contoso.com", "/v1.0/things/ada%40contoso.com/detail"),
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

/// Graph refuses a query option that occurs twice.
#[tokio::test]
async fn a_query_parameter_that_is_set_again_is_set_anew() {
    let server = Canned::new([thing(), thing()]);
    let client = server.client();
    let request = || get(&client).query("$select", ["note"]).query("$top", ["1"]);
    request().query("$select", ["id"]).await.unwrap();
    request().query("$select", [""; 0]).await.unwrap();
    let sent = server.sent();
    assert_eq!(sent[0].uri().query(), Some("$top=1&$select=id"));
    assert_eq!(sent[1].uri().query(), Some("$top=1"));
}
