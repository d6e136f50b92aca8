//! The browser: its URL, the callbacks that count and those that do not, the page at the end.

use crate::fake::{Platform, form};
use crate::{is, sign_in, token};
use msgraph_sign_in::{Account, BrowserSignIn, Error, ErrorKind};
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A sign-in whose page is open.
pub struct Opened {
    parameters: BTreeMap<String, String>,
    port: u16,
    pub outcome: JoinHandle<Result<Account, Error>>,
}

pub async fn opened(sign_in: BrowserSignIn) -> Opened {
    let (sender, url) = oneshot::channel();
    let open = move |url: &str| {
        let _ = sender.send(url.to_owned());
        Ok(())
    };
    let outcome = tokio::spawn(sign_in.open_with(open).into_future());
    let url = url.await.unwrap();
    let (page, query) = url.split_once('?').unwrap();
    assert_eq!(
        page,
        "https://login.example/organizations/oauth2/v2.0/authorize"
    );
    let parameters = form(query.as_bytes());
    let redirect = &parameters["redirect_uri"];
    let port = redirect.strip_prefix("http://localhost:").unwrap().parse();
    Opened {
        port: port.unwrap(),
        parameters,
        outcome,
    }
}

impl Opened {
    pub fn state(&self) -> &str {
        &self.parameters["state"]
    }

    pub async fn get(&self, target: &str) -> String {
        get(self.port, target).await.unwrap()
    }
}

async fn get(port: u16, target: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

#[tokio::test]
async fn the_code_of_the_callback_is_redeemed() {
    let platform = Platform::new();
    let opened = opened(sign_in(&platform).browser()).await;
    let parameters = &opened.parameters;
    for (name, value) in [
        ("response_type", "code"),
        ("response_mode", "query"),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        (
            "scope",
            "https://graph.microsoft.com/Presence.Read offline_access",
        ),
        (
            "claims",
            r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
        ),
    ] {
        assert_eq!(parameters[name], value, "{name}");
    }
    let page = opened
        .get(&format!("/?code=SECRET-code&state={}", opened.state()))
        .await;
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("You are signed in"), "{page}");
    let (port, redirect) = (opened.port, opened.parameters["redirect_uri"].clone());
    let account = opened.outcome.await.unwrap().unwrap();
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-1"));

    let [request] = &platform.requests("token")[..] else {
        panic!("one request");
    };
    assert_eq!(request.form["code"], "SECRET-code");
    assert_eq!(request.form["redirect_uri"], redirect);
    assert!((43..=128).contains(&request.form["code_verifier"].len()));
    // The port is free again, and a second callback gets no response.
    assert!(get(port, "/").await.is_err());
}

#[tokio::test]
async fn callbacks_of_others_change_nothing() {
    let platform = Platform::new();
    let opened = opened(sign_in(&platform).browser()).await;
    let cases = [
        ("/?code=x&state=older", "400", "older sign-in"),
        ("/?code=x", "400", "older sign-in"),
        ("/?error=access_denied&state=older", "400", "older sign-in"),
        ("/?error=access_denied", "400", "older sign-in"),
        ("/?code=&state=", "404", "waits here"),
        ("/", "404", "waits here"),
        ("/favicon.ico", "404", "waits here"),
    ];
    for (target, status, text) in cases {
        let page = opened.get(target).await;
        assert!(page.starts_with(&format!("HTTP/1.1 {status}")), "{page}");
        assert!(page.contains(text), "{target}: {page}");
    }
    let state = opened.state();
    let part = &state[..state.len() - 1];
    for state in ["", part, &format!("{state}x"), &state.to_uppercase()] {
        let page = opened.get(&format!("/?code=x&state={state}")).await;
        assert!(page.starts_with("HTTP/1.1 400"), "{state}: {page}");
    }
    assert!(!opened.outcome.is_finished());
    let page = opened
        .get(&format!("/?code=c&state={}", opened.state()))
        .await;
    assert!(page.contains("You are signed in"), "{page}");
    opened.outcome.await.unwrap().unwrap();
    assert_eq!(platform.requests("token").len(), 1);
}

#[tokio::test]
async fn a_second_callback_is_told_so() {
    let platform = Platform::new();
    platform.then("token", crate::fake::Reply::Silence);
    let opened = opened(sign_in(&platform).browser()).await;
    let target = format!("/?code=c&state={}", opened.state());
    let (port, first) = (opened.port, target.clone());
    let first = tokio::spawn(async move { get(port, &first).await });
    let asked = async {
        while platform.requests("token").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(60), asked).await;
    asked.expect("the code is exchanged");
    let page = opened.get(&target).await;
    assert!(page.contains("completed before"), "{page}");
    // A sign-in that is given up says so to the person who waits, or closes the connection.
    opened.outcome.abort();
    let page = first.await.unwrap().unwrap_or_default();
    assert!(!page.contains("You are signed in"), "{page}");
    assert_eq!(platform.requests("token").len(), 1);
}

#[tokio::test]
async fn the_page_tells_what_happened() {
    let cases = [
        (
            "error=access_denied&error_description=AADSTS65004%3A+ada%40contoso.com",
            "the person declined to consent",
            ErrorKind::Declined,
        ),
        ("error=server_error", "busy", ErrorKind::Unavailable),
        ("error=%3Cscript%3E", "refuses", ErrorKind::Refused),
    ];
    for (query, text, kind) in cases {
        let platform = Platform::new();
        let opened = opened(sign_in(&platform).browser()).await;
        let page = opened
            .get(&format!("/?{query}&state={}", opened.state()))
            .await;
        assert!(page.contains(text), "{page}");
        assert!(
            !page.contains("ada@contoso.com") && !page.contains("<script>"),
            "{page}"
        );
        assert_eq!(opened.outcome.await.unwrap().unwrap_err().kind(), kind);
    }
    let platform = Platform::new();
    platform.then("token", crate::fake::error("invalid_grant", 54005));
    let opened = opened(sign_in(&platform).browser()).await;
    let page = opened
        .get(&format!("/?code=c&state={}", opened.state()))
        .await;
    assert!(
        page.contains("You are not signed in") && page.contains("54005"),
        "{page}"
    );
    assert!(
        opened
            .outcome
            .await
            .unwrap()
            .unwrap_err()
            .is_sign_in_required()
    );
}

#[tokio::test]
async fn a_sign_in_ends_after_its_timeout() {
    let sign_in = sign_in(&Platform::new())
        .browser()
        .timeout(Duration::from_millis(50));
    let opened = opened(sign_in).await;
    let failure = opened.outcome.await.unwrap().unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Expired);
    assert!(get(opened.port, "/").await.is_err());
}

#[tokio::test]
async fn a_sign_in_that_is_dropped_frees_its_port() {
    let opened = opened(sign_in(&Platform::new()).browser()).await;
    opened.outcome.abort();
    let _ = opened.outcome.await;
    for _ in 0..6000 {
        if TcpListener::bind(("127.0.0.1", opened.port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the port is still taken");
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_before_a_person_is_asked() {
    for address in ["127.0.0.1", "::1"] {
        let Ok(taken) = TcpListener::bind((address, 0)).await else {
            continue;
        };
        let port = taken.local_addr().unwrap().port();
        let sign_in = sign_in(&Platform::new()).browser().port(port);
        let failure = sign_in.open_with(|_| panic!("the browser is opened"));
        let failure = failure.await.unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::Browser, "{address}");
        assert!(failure.to_string().contains(&port.to_string()), "{failure}");
    }
}

#[tokio::test]
async fn without_a_browser_the_url_is_enough_if_it_is_told() {
    let no_browser = || Err(io::Error::other("no browser"));
    let failure = sign_in(&Platform::new())
        .browser()
        .open_with(move |_| no_browser());
    let failure = failure.await.unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Browser);
    assert!(failure.to_string().contains("device code"), "{failure}");

    let (sender, url) = oneshot::channel();
    let browser = sign_in(&Platform::new()).browser();
    let browser = browser.on_url(move |url| sender.send(url.to_owned()).unwrap());
    let outcome = tokio::spawn(browser.open_with(move |_| no_browser()).into_future());
    let url = url.await.unwrap();
    let parameters = form(url.split_once('?').unwrap().1.as_bytes());
    let port = parameters["redirect_uri"]
        .rsplit(':')
        .next()
        .unwrap()
        .parse();
    let target = format!("/?code=c&state={}", parameters["state"]);
    get(port.unwrap(), &target).await.unwrap();
    assert!(outcome.await.unwrap().is_ok());
}

/// Browsers open connections that they never use, and other programs knock at ports.
#[tokio::test]
async fn connections_that_say_nothing_or_nonsense_do_not_hold_the_callback_up() {
    let opened = opened(sign_in(&Platform::new()).browser()).await;
    let mut others = Vec::new();
    for text in [
        "",
        "GET ",
        "\0\0\0",
        "POST / HTTP/1.1\r\ncontent-length: 99\r\n\r\n",
    ] {
        let mut other = TcpStream::connect(("127.0.0.1", opened.port))
            .await
            .unwrap();
        other.write_all(text.as_bytes()).await.unwrap();
        others.push(other);
    }
    let long = format!("/?code=c&state={}", "x".repeat(20_000));
    assert!(opened.get(&long).await.contains("older sign-in"));
    let page = opened
        .get(&format!("/?code=c&state={}&x=1&code=c", opened.state()))
        .await;
    assert!(page.contains("You are signed in"), "{page}");
    opened.outcome.await.unwrap().unwrap();
}

#[tokio::test]
async fn both_addresses_of_localhost_are_served() {
    if TcpListener::bind(("::1", 0)).await.is_err() {
        return;
    }
    let opened = opened(sign_in(&Platform::new()).browser()).await;
    let mut stream = TcpStream::connect(("::1", opened.port)).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.contains("waits here"), "{response}");
    opened.outcome.abort();
}
