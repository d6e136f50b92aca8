//! The token of a call comes back from a service, a gateway, a provider or a transport, and no
//! text that a user reads has it.

use crate::common::{Canned, GET, Reply, Thing, get, reply, set};
use msgraph_runtime::{
    Error, ErrorKind, Resource, RetryPolicy, TokenCache, TokenRequest, TransportError, decode,
};
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// Tokens of every kind: JSON web tokens, opaque ones, short ones, ones with odd characters.
fn tokens() -> Vec<String> {
    let opaque = format!(
        "EwB{}==",
        "4A8l6BAAU7p9QDpi/D7xJLwsTgCg3TskyTaQAAXu".repeat(2)
    );
    let texts = [
        "eyJhbGciOiJub25lIn0.eyJhdWQiOiJncmFwaCIsInN1YiI6IjcifQ.c2lnbmF0dXJlLW9mLWl0",
        &opaque,
        "opaque-token-7f",
        "s3cr3t",
        "q7",
        "k+/%41&amp;\\u0041~",
        "aa.bbbbb.cccccccccccccccccccc",
    ];
    texts.map(str::to_owned).to_vec()
}

/// A token as it may come back: raw, in parts, cut, and in every encoding.
fn forms(token: &str) -> Vec<String> {
    let each = |write: fn(u8) -> String| token.bytes().map(write).collect::<String>();
    let json = serde_json::to_string(token).unwrap();
    let html = token.replace('&', "&amp;");
    let mut forms = vec![
        token.to_owned(),
        format!("Bearer {token}"),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("%25{byte:02x}")),
        each(|byte| format!("&#{byte};")),
        each(|byte| format!("\\u{byte:04x}")),
        html.replace('.', "&period;"),
        html.replace('&', &format!("&{}", "amp;".repeat(20))),
        json[1..json.len() - 1].to_owned(),
        token.replace('.', "\u{200b}.\u{202e}"),
    ];
    forms.extend(
        token
            .split('.')
            .filter(|part| part.len() > 3)
            .map(str::to_owned),
    );
    // The upper case of an escape is not one.
    if !token.contains('\\') {
        forms.push(token.to_uppercase());
    }
    if token.len() > 20 {
        forms.extend([token[..12].to_owned(), token[token.len() - 18..].to_owned()]);
    }
    forms
}

/// Texts that must not be found: the form, and each part of it that no other text has.
fn traces_of(form: &str) -> Vec<String> {
    let words = form
        .trim_start_matches("Bearer ")
        .split(['.', '\u{200b}', '\u{202e}']);
    words
        .filter(|word| word.len() > 3 || *word == form)
        .map(str::to_owned)
        .collect()
}

/// Every text that an error gives.
fn texts(error: &Error) -> Vec<(&'static str, String)> {
    let mut chain = error.to_string();
    let mut found = vec![
        ("Display", error.to_string()),
        ("Debug", format!("{error:?}")),
        ("fields", format!("{error:#?}")),
        ("headers", format!("{:?}", error.headers())),
        (
            "excerpt",
            String::from_utf8_lossy(error.excerpt()).into_owned(),
        ),
    ];
    let mut source = error.source();
    while let Some(within) = source {
        chain += &format!(": {within}");
        found.push(("source", format!("{within:?}")));
        source = within.source();
    }
    // The text that `{:#}` of anyhow prints.
    found.push(("chain", chain));
    let accessors = [
        ("code", error.code()),
        ("message", error.message()),
        ("request_id", error.request_id()),
        ("client_request_id", error.client_request_id()),
        ("date", error.date()),
        ("diagnostics", error.diagnostics()),
    ];
    let accessors = accessors
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?)));
    found.extend(accessors.map(|(name, text)| (name, text.to_owned())));
    found.extend(
        error
            .inner_codes()
            .map(|code| ("inner code", code.to_owned())),
    );
    found.extend(error.hints().map(|hint| ("hint", hint.to_owned())));
    found
}

/// Responses and failures that hold this text, each in another place.
fn replies(echo: &str) -> Vec<Reply> {
    let text = serde_json::to_string(&format!("'{echo}' is not accepted here.")).unwrap();
    let error = |member: &str| format!(r#"{{"error":{{"code":"Denied",{member}}}}}"#);
    let page = format!("<html><title>403 {echo}</title>{echo}</html>");
    let mut replies = vec![
        reply(400, &[], &error(&format!(r#""message":{text}"#))),
        reply(400, &[], &format!(r#"{{"error":{{"code":{text}}}}}"#)),
        reply(
            400,
            &[],
            &error(&format!(r#""innerError":{{"code":{text}}}"#)),
        ),
        reply(
            400,
            &[],
            &error(&format!(r#""innerError":{{"request-id":{text}}}"#)),
        ),
        reply(
            400,
            &[],
            &error(&format!(r#""innerError":{{"client-request-id":{text}}}"#)),
        ),
        reply(
            400,
            &[],
            &error(&format!(r#""innerError":{{"date":{text}}}"#)),
        ),
        reply(401, &[], &error(&format!(r#""message":{text}"#))),
        reply(
            400,
            &[],
            &format!(r#"{{"error":{text},"error_description":{text}}}"#),
        ),
        reply(403, &[], &format!("authorization: {echo}\nhost: x")),
        reply(403, &[("content-type", "text/html")], &page),
        reply(400, &[], &format!("{}{echo}", "x ".repeat(2045))),
        reply(200, &[("content-type", "text/html")], &page),
        reply(
            200,
            &[],
            &format!(r#"{{"id":{text},"note":{{"{echo}":1}}}}"#),
        ),
        reply(200, &[], &format!(r#"{{"id":[{text}]}}"#)),
        Err(TransportError::interrupted(format!("sent {echo}"))),
        Err(TransportError::refused(Told::about(echo))),
    ];
    // A header holds visible ASCII only.
    if echo.bytes().all(|byte| (b' '..0x7F).contains(&byte)) {
        let names = [
            "request-id",
            "date",
            "x-ms-ags-diagnostic",
            "location",
            "x-other",
        ];
        let with_header = |name| reply(302, &[(name, echo)], "");
        replies.extend(names.map(with_header));
    }
    replies
}

/// An error of another library that has a text in its `Debug` and in what is below it only.
#[derive(Debug)]
#[expect(dead_code, reason = "it is printed by `Debug`")]
struct Told(String, Option<Box<dyn StdError + Send + Sync>>);

impl Told {
    fn about(echo: &str) -> Self {
        Self(
            echo.to_owned(),
            Some(format!("refresh of {echo} failed").into()),
        )
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it failed")
    }
}

impl StdError for Told {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}

#[track_caller]
fn check(error: &Error, echo: &str) {
    for (place, text) in texts(error) {
        check_text(place, &text, echo);
    }
}

#[track_caller]
fn check_text(place: &str, text: &str, echo: &str) {
    for trace in traces_of(echo) {
        assert!(!text.contains(&trace), "{place} shows {trace:?}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_is_in_no_text_whoever_echoes_it() {
    let mut count = 0;
    for token in tokens() {
        for echo in forms(&token) {
            #[cfg(feature = "tracing")]
            let recorder = super::tracing::Recorder::default();
            #[cfg(feature = "tracing")]
            let _guard = ::tracing::subscriber::set_default(recorder.clone());
            for replied in replies(&echo) {
                let server = Canned::new([replied]);
                let builder = server.builder().token(token.as_str());
                let client = builder.retry(RetryPolicy::none()).build().unwrap();
                check(&get(&client).await.unwrap_err(), &echo);
                count += 1;
            }
            #[cfg(feature = "tracing")]
            check_text("a trace", &recorder.text(), &echo);
        }
    }
    assert!(count > 1000, "{count}");
}

/// The trace of a call that succeeds names the request.
#[cfg(feature = "tracing")]
#[tokio::test]
async fn the_trace_of_a_success_does_not_show_the_token() {
    for token in tokens() {
        let recorder = super::tracing::Recorder::default();
        let _guard = ::tracing::subscriber::set_default(recorder.clone());
        let server = Canned::new([reply(200, &[("request-id", &token)], r#"{"id":"42"}"#)]);
        let client = server.builder().token(token.as_str()).build().unwrap();
        get(&client).await.unwrap();
        check_text("a trace", &recorder.text(), &token);
        assert!(recorder.text().contains(r#""graph.request_id": Text("…")"#));
    }
}

/// The refused token and the one after it are both known.
#[tokio::test(start_paused = true)]
async fn the_token_that_was_refused_is_known_to_the_end() {
    for first in tokens() {
        let message = format!(r#"{{"error":{{"message":"not {first}, not second-token"}}}}"#);
        let server = Canned::new([reply(401, &[], ""), reply(403, &[], &message)]);
        let given = first.clone();
        let provider = move |request: TokenRequest| {
            let token = match request.refused() {
                None => given.clone(),
                Some(_) => "second-token".to_owned(),
            };
            async move { Ok::<_, String>(token) }
        };
        let client = server.builder().token(provider).build().unwrap();
        let error = get(&client).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 403);
        check(&error, &first);
        check(&error, "second-token");
    }
}

/// A provider that fails after a refusal tells the token that was refused.
#[tokio::test(start_paused = true)]
async fn the_words_of_a_provider_are_kept_without_the_token() {
    const TOKEN: &str = "opaque-token-7f";
    let provider = |request: TokenRequest| async move {
        match request.refused() {
            None => Ok(TOKEN.to_owned()),
            Some(_) => Err(Told::about(TOKEN)),
        }
    };
    for is_cached in [false, true] {
        let server = Canned::new([reply(401, &[], "")]);
        let builder = if is_cached {
            server.builder().token(TokenCache::new(provider))
        } else {
            server.builder().token(provider)
        };
        let error = get(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Token);
        check(&error, TOKEN);
        let debug = format!("{error:?}");
        assert!(
            debug.contains("the token provider failed: it failed"),
            "{debug}"
        );
        assert!(
            debug.ends_with("\n  caused by: refresh of … failed"),
            "{debug}"
        );
    }
}

/// A source without the token is the provider's or the transport's own, also if it holds what
/// was sent.
#[tokio::test(start_paused = true)]
async fn a_source_without_the_token_is_its_own() {
    let server = Canned::new([Err(TransportError::refused(Told::about("thing 42")))]);
    let error = set(&server.client()).await.unwrap_err();
    let source = error.source().unwrap();
    assert!(source.is::<Told>());
    assert!(source.source().unwrap().to_string().contains("thing 42"));
}

const NAME: &str = "ada+lovelace@contoso.example";
const KEY: &str = "gateway key / xyzzy";

/// A text of the path, of the query, of a header or of the body is hidden where it is shown.
#[tokio::test]
async fn what_was_sent_is_hidden_wherever_it_was() {
    let hidden = [
        NAME,
        "ada%2Blovelace%40contoso.example",
        "startswith(name, 'Charles')",
        "startswith%28name%2C%20%27Charles%27%29",
        "startswith%28name%2C+%27Charles%27%29",
        KEY,
        "at &amp;amp;amp; the dentist",
        "AT & THE",
    ];
    for echo in hidden {
        for shape in [
            format!(r#"{{"error":{{"code":"{echo}","message":"no: <{echo}>"}}}}"#),
            format!("no: <{echo}>"),
        ] {
            let server = Canned::new([reply(400, &[("request-id", echo)], &shape)]);
            let client = server.builder().header("x-key", KEY).build().unwrap();
            let user = Resource::root(&client).fixed("things").parameter(NAME);
            let note = Thing::new("at & the dentist");
            let request = user.fixed("detail").request::<Thing>(&GET, decode::object);
            let request = request.query("$filter", ["startswith(name, 'Charles')"]);
            // A random id has any letters.
            let request = request.header("client-request-id", "id");
            let error = request.body(Ok(note)).await.unwrap_err();
            for text in [
                error.to_string(),
                format!("{error:?}"),
                format!("{error:#?}"),
            ] {
                for trace in ["ada", "Charles", "gateway", "xyzzy", "entist", "THE"] {
                    assert!(!text.contains(trace), "{trace}: {text}");
                }
            }
            // The accessors hold the service's words.
            assert_eq!(error.message(), Some(format!("no: <{echo}>").as_str()));
        }
    }
}

/// Names of the API stay readable.
#[tokio::test]
async fn names_of_the_api_are_not_hidden() {
    let text = "The property availability of things/detail is not in $select, eventual.";
    let server = Canned::new([reply(400, &[], text)]);
    let client = server.client();
    let request = get(&client).query("$select", ["availability", "activity"]);
    let request = request.header("ConsistencyLevel", "eventual");
    let error = request.await.unwrap_err().to_string();
    assert!(error.contains(text.trim_end_matches('.')), "{error}");
}

/// The CPU time of this thread; the time of the clock where the system does not tell.
fn cpu_time(start: std::time::Instant) -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = stat.and_then(|stat| stat.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// A text that is eight times as long takes about eight times as long, whether its escapes are
/// nested or it has none. Quadratic time would be 64 times as long.
#[tokio::test]
async fn a_message_of_nested_escapes_is_answered_in_time() {
    let start = std::time::Instant::now();
    let spent = async |note: String| {
        let text = serde_json::json!({"error": {"code": "BadRequest", "message": note}});
        let server = Canned::new([reply(400, &[], &text.to_string())]);
        let client = server.client();
        let before = cpu_time(start);
        let error = set(&client).body(Ok(Thing::new(&note))).await.unwrap_err();
        let spent = cpu_time(start) - before;
        assert_eq!(
            error.to_string(),
            "things.set: 400 Bad Request, BadRequest: …"
        );
        spent
    };
    let nested = |length: usize| format!("&{}x y z", "amp;".repeat(length / 4));
    let plain = |length: usize| "lorem ipsum dolor sit amet ".repeat(length / 27);
    let notes: [&dyn Fn(usize) -> String; 2] = [&nested, &plain];
    for note in notes {
        let mut short = Duration::MAX;
        for _ in 0..3 {
            short = short.min(spent(note(32 << 10)).await);
        }
        let long = spent(note(256 << 10)).await;
        assert!(long < short * 12, "{long:?}, for an eighth {short:?}");
    }
}
