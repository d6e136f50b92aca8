//! Secrets and user names that are planted everywhere, and searched for in everything that is
//! printed: errors and their sources, `Debug`, traces, the browser's pages, files other than the
//! store.

use crate::browser::opened;
use crate::fake::{Platform, Reply};
use crate::{GRAPH, ask, sign_in};
use msgraph_runtime::TokenRequest;
use msgraph_sign_in::{Error, Store};
use std::fmt::{Debug, Write};
use std::fs;
use std::path::Path;
use std::sync::{Mutex, Once};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Texts that must not be printed: all secrets of the fake platform begin with the first.
const PLANTED: [&str; 2] = ["SECRET", "ada@contoso.com"];

/// Bodies that echo what was sent, and name the user, in every property.
fn echoes(form: &str) -> Vec<Reply> {
    let description = format!("AADSTS50076: ada@contoso.com sent {form}\\r\\nTrace ID: {form}");
    let bodies = [
        format!(
            r#"{{"error":"{form}","error_description":"{description}","suberror":"{form}","trace_id":"{form}","correlation_id":"{form}","timestamp":"{form}","error_uri":"{form}","claims":"{form}"}}"#
        ),
        format!(
            r#"{{"error":"invalid_grant","error_description":"{description}","error_codes":["{form}"],"suberror":"ada@contoso.com"}}"#
        ),
        format!(r#"{{"access_token":{{"{form}":"{form}"}},"token_type":"{form}"}}"#),
        format!(
            r#"{{"access_token":"{form}","token_type":"Bearer","scope":["{form}"],"expires_in":"{form}"}}"#
        ),
        format!("<html>{form} ada@contoso.com</html>"),
    ];
    let statuses = [200, 400, 401, 500];
    let replies = bodies.iter().flat_map(|body| {
        statuses.map(|status| Reply::Answer(status, Some("SECRET"), body.clone()))
    });
    replies.collect()
}

/// Everything that an error prints, with its sources.
fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {}", error.help());
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        let _ = write!(text, " {error} {error:?}");
        source = error.source();
    }
    if let Some(platform) = error.platform_error() {
        let _ = write!(text, " {platform} {platform:?} {:?}", platform.link());
    }
    text
}

fn check(text: &str, at: &str) {
    for planted in PLANTED {
        assert!(!text.contains(planted), "{at}: {text}");
    }
}

fn check_debug(value: &impl Debug) {
    check(&format!("{value:?} {value:#?}"), "Debug");
}

#[tokio::test(start_paused = true)]
async fn errors_show_no_secret() {
    record_traces();
    let secrets = "SECRET-refresh-1 SECRET-device-code";
    let mut errors = 0;
    for (index, reply) in echoes(secrets).into_iter().enumerate() {
        let platform = Platform::new();
        platform.lifetime(1);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("secrets");
        let _ = fs::remove_dir_all(&folder);
        let sign_in = sign_in(&platform).scopes(["openid", "profile"]);
        let sign_in = sign_in
            .login_hint("ada@contoso.com")
            .store(Store::folder(&folder));
        check_debug(&sign_in);
        let pending = sign_in.clone().device_code().await.unwrap();
        check_debug(&pending);
        check_debug(pending.code());
        let account = pending.await.unwrap();
        check_debug(&account);
        for _ in 0..4 {
            platform.then("token", reply.clone());
        }
        let request = TokenRequest::new(GRAPH).with_claims(r#"{"access_token":{"a":"SECRET"}}"#);
        if let Err(error) = ask(&account, request).await {
            check(&printed(&error), &format!("refresh, reply {index}"));
            errors += 1;
        }
        for _ in 0..4 {
            platform.then("devicecode", reply.clone());
        }
        if let Err(error) = sign_in.clone().device_code().await {
            check(&printed(&error), &format!("device code, reply {index}"));
            errors += 1;
        }
        for _ in 0..300 {
            platform.then("token", reply.clone());
        }
        if let Ok(pending) = sign_in.device_code().await
            && let Err(error) = pending.await
        {
            check(&printed(&error), &format!("poll, reply {index}"));
            errors += 1;
        }
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "json") {
                check(
                    &fs::read_to_string(&path).unwrap(),
                    &path.display().to_string(),
                );
            }
        }
    }
    assert!(errors > 40, "{errors}");
    check(&traces(), "traces");
}

#[tokio::test]
async fn pages_and_errors_of_the_browser_show_no_secret() {
    record_traces();
    // Three attempts of a request wait in real time.
    let replies = echoes("SECRET-code");
    for reply in replies
        .into_iter()
        .filter(|reply| !matches!(reply, Reply::Answer(500, ..)))
    {
        let platform = Platform::new();
        platform.then("token", reply);
        let browser = sign_in(&platform).browser();
        check_debug(&browser);
        let opened = opened(browser).await;
        let target = format!("/?code=SECRET-code&state={}", opened.state());
        check(&opened.get(&target).await, "page");
        let error = opened.outcome.await.unwrap().unwrap_err();
        let text = printed(&error);
        check(&text, "browser");
        let verifier = &platform.requests("token")[0].form["code_verifier"];
        assert!(!text.contains(verifier.as_str()));
        assert!(!traces().contains(verifier.as_str()));
    }
    let opened = opened(sign_in(&Platform::new()).browser()).await;
    let target = "/?error=SECRET&error_description=ada%40contoso.com+SECRET&state=";
    let page = opened.get(&format!("{target}{}", opened.state())).await;
    check(&page, "page");
    check(
        &printed(&opened.outcome.await.unwrap().unwrap_err()),
        "callback",
    );
    check(&traces(), "traces");
}

static TRACES: Mutex<String> = Mutex::new(String::new());

fn traces() -> String {
    let traces = TRACES.lock().unwrap();
    assert!(!traces.is_empty(), "nothing is recorded");
    traces.clone()
}

/// Records every event and every field of a span of this process.
fn record_traces() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Recorder).unwrap();
        tracing::info!("recording");
    });
}

struct Recorder;

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Text);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Text);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Text);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Text;

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = writeln!(TRACES.lock().unwrap(), "{field}: {value:?}");
    }
}
