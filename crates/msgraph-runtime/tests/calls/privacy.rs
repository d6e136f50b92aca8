//! Private texts are not printed: every printed form is searched for them.

use crate::common::{Canned, GET, ONCE, Reply, SET, Thing, reply};
use msgraph_runtime::{
    AccessToken, Client, Resource, RetryPolicy, TokenCache, TokenRequest, TransportError, decode,
};
use std::error::Error as _;
use std::fmt::{Debug, Display, Write};

const TOKEN: &str = "eyJhbGciOiJub25lIn0.planted-token.planted-signature";
const USER: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
const NAME: &str = "ada.planted@contoso.example";
const NOTE: &str = "Planted: at the dentist until three";

/// Texts that must not be found anywhere, in pieces that any form of them would show.
const SECRETS: &[&str] = &[
    "planted",
    "Planted",
    "dentist",
    "DENTIST",
    "eca7-46b7",
    "contoso",
];

/// All that was printed, and where.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn debug(&mut self, place: &str, value: &dyn Debug) {
        write!(self.0, "{place}: {value:?}\n{place}: {value:#?}\n").unwrap();
    }

    fn display(&mut self, place: &str, value: &dyn Display) {
        writeln!(self.0, "{place}: {value}").unwrap();
    }

    fn error(&mut self, error: &msgraph_runtime::Error) {
        self.debug("error", error);
        self.display("error", error);
        let mut source = error.source();
        while let Some(error) = source {
            self.debug("source", error);
            self.display("source", error);
            source = error.source();
        }
    }

    fn check(&self) {
        for line in self.0.lines() {
            let found = SECRETS.iter().find(|secret| line.contains(**secret));
            assert_eq!(found, None, "{line}");
        }
    }
}

/// Answers and failures that repeat what was sent, as services and gateways do.
fn replies() -> Vec<Reply> {
    let message = format!(
        "User '{NAME}' ({USER}) at https://graph.microsoft.com/v1.0/users/{USER} may not \
        say '{NOTE}' with {TOKEN}."
    );
    let json = format!(r#"{{"error":{{"code":"{USER}","message":"{message}"}}}}"#);
    let wrong = format!(r#"{{"id":7,"note":"{NOTE}","user":"{NAME}"}}"#);
    let url = format!("https://contoso.example/users/{USER}");
    vec![
        reply(403, &[("request-id", "r"), ("x-user", NAME)], &json),
        reply(400, &[], &message),
        reply(400, &[], &NOTE.to_uppercase()),
        reply(500, &[], &format!("<html><title>{message}</title></html>")),
        reply(429, &[("retry-after", "9999")], &json),
        reply(302, &[("location", &url)], &json),
        reply(307, &[("location", &url)], &json),
        reply(200, &[], &wrong),
        reply(200, &[("content-type", "text/html")], &wrong),
        reply(401, &[], &json),
        Err(TransportError::interrupted("reset")),
    ]
}

#[tokio::test(start_paused = true)]
async fn what_is_private_is_nowhere_to_be_found() {
    #[cfg(feature = "tracing")]
    let recorder = super::tracing::Recorder::default();
    #[cfg(feature = "tracing")]
    let _guard = ::tracing::subscriber::set_default(recorder.clone());
    let mut printed = Printed::default();
    for replied in replies() {
        let again = || async { Err::<String, _>(std::io::Error::other("signed out")) };
        let provider = move |request: TokenRequest| async move {
            match request.refused() {
                None => Ok(TOKEN.to_owned()),
                Some(_) => again().await,
            }
        };
        let server = Canned::new([replied]);
        let client = server.builder().token(provider).retry(RetryPolicy::none());
        let client = client.build().unwrap();
        let user = Resource::root(&client).fixed("users").parameter(USER);
        let mut note = Thing::new(NAME);
        note.note = Some(NOTE.to_owned());
        let request = user.request::<Thing>(&GET, decode::object).body(Ok(note));
        let request = request.header("x-note", NOTE).query("$filter", [NAME]);
        printed.debug("client", &client);
        printed.debug("resource", &user);
        printed.debug("request", &request);
        printed.error(&request.send().await.unwrap_err());
    }
    let token = AccessToken::new(TOKEN);
    printed.debug("token", &token);
    printed.debug("cache", &TokenCache::new(token.clone()));
    printed.debug("builder", &Client::builder().token(token).header("x", NOTE));
    printed.debug("operations", &[&GET, &SET, &ONCE]);
    #[cfg(feature = "tracing")]
    printed.display("trace", &recorder.text());
    assert!(
        printed.0.len() > 10_000,
        "little was printed: {}",
        printed.0.len()
    );
    printed.check();
}

#[tokio::test]
async fn an_answer_shows_nothing_of_its_value() {
    let server = Canned::new([reply(200, &[("x", NAME)], r#"{"id":"planted"}"#)]);
    let client = server.client();
    let answer = crate::common::get(&client).send().await.unwrap();
    let mut printed = Printed::default();
    printed.debug("answer", &answer);
    printed.check();
}

/// Providers and transports are not ours: what they say is shown as the service's words are.
#[tokio::test(start_paused = true)]
async fn a_cause_names_nobody() {
    let text = format!("{NAME} ({USER})\nhas {TOKEN} at https://contoso.example/{USER}");
    let refusal = text.clone();
    let provider = move |_| std::future::ready(Err::<String, _>(refusal.clone()));
    let server = Canned::new([Err(TransportError::interrupted(text))]);
    let client = server.client();
    let by_transport = crate::common::make(&client).await.unwrap_err();
    let client = server.builder().token(provider).build().unwrap();
    let by_provider = crate::common::get(&client).await.unwrap_err();
    for error in [by_transport, by_provider] {
        let mut printed = Printed::default();
        printed.debug("error", &error);
        printed.display("error", &error);
        printed.check();
        assert!(
            format!("{error:?}").ends_with(": … (…) has … at …"),
            "{error:?}"
        );
    }
}

/// Values that are refused before anything is sent are not repeated either.
#[tokio::test]
async fn a_refusal_does_not_repeat_the_value() {
    let server = Canned::default();
    let client = server.client();
    let mut printed = Printed::default();
    let secret = format!("{TOKEN}\r\n{NOTE}");
    let request = crate::common::get(&client).header("x", &secret);
    printed.error(&request.await.unwrap_err());
    printed.error(&server.builder().token(secret.as_str()).build().unwrap_err());
    for url in [
        format!("http://{USER}.example"),
        format!("https://{NAME}/{USER}?{USER}"),
    ] {
        printed.error(&server.builder().base_url(url).build().unwrap_err());
    }
    printed.check();
}
