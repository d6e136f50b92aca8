//! The traces of a call, exported as `tracing-opentelemetry` does.

use crate::common::{Canned, cached, get, make, reply, thing};
use msgraph_runtime::{Operation, RateLimit, Resource, RetryPolicy, TransportError, decode};
use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::sync::{Arc, LazyLock, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// A value with the type that it is exported with.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

type Fields = BTreeMap<&'static str, Value>;

/// Collects fields. Like the exporter it knows no unsigned numbers: those become text.
struct Fielded<'f>(&'f mut Fields);

impl Visit for Fielded<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name(), Value::Integer(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name(), Value::Number(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name(), Value::Boolean(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format!("{value:?}");
        self.0.insert(field.name(), Value::Text(text));
    }
}

/// A span as it is exported.
#[derive(Debug, Default)]
struct Span {
    fields: Fields,
    events: Vec<Fields>,
}

impl Span {
    /// Name, kind, status and description are no attributes: special fields say them.
    fn special(&self) -> [Option<&Value>; 4] {
        ["name", "kind", "status_code", "status_description"]
            .map(|name| self.fields.get(format!("otel.{name}").as_str()))
    }

    fn attributes(&self) -> Fields {
        let mut attributes = self.fields.clone();
        attributes.retain(|name, _| !name.starts_with("otel."));
        attributes
    }
}

/// Exports spans; all calls of a test are made one after the other.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Span>>>);

impl Default for Recorder {
    /// Keeps a second subscriber alive. While there is only one, `tracing` asks only that of the
    /// current thread about an event that comes for the first time: another test, which has none,
    /// would switch the event off for all.
    fn default() -> Self {
        static SECOND: LazyLock<Dispatch> =
            LazyLock::new(|| Dispatch::new(Recorder(Arc::default())));
        LazyLock::force(&SECOND);
        Self(Arc::default())
    }
}

impl Recorder {
    /// Everything that was exported.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for span in &*self.0.lock().unwrap() {
            writeln!(text, "{span:?}").unwrap();
        }
        text
    }

    fn last<T>(&self, read: impl FnOnce(&mut Span) -> T) -> T {
        read(self.0.lock().unwrap().last_mut().unwrap())
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "msgraph_runtime"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        span.record(&mut Fielded(&mut fields));
        let mut spans = self.0.lock().unwrap();
        spans.push(Span {
            fields,
            events: Vec::new(),
        });
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let at = usize::try_from(id.into_u64()).unwrap() - 1;
        values.record(&mut Fielded(&mut self.0.lock().unwrap()[at].fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Fielded(&mut fields));
        self.last(|span| span.events.push(fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn fields<const N: usize>(fields: [(&'static str, Value); N]) -> Fields {
    fields.into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn a_span_for_the_call_and_an_event_for_each_attempt() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let found = thing().map(|mut found| {
        found
            .headers_mut()
            .insert("request-id", "r2".parse().unwrap());
        found
    });
    let busy = [("request-id", "r1"), ("retry-after", "30")];
    let server = Canned::new([reply(503, &busy, ""), found]);
    let client = server.client();
    get(&client).header("client-request-id", "c").await.unwrap();
    recorder.last(|span| {
        let (name, kind) = ("things.Get".into(), "client".into());
        assert_eq!(span.special(), [Some(&name), Some(&kind), None, None]);
        let attributes = fields([
            ("graph.operation", "things.Get".into()),
            ("graph.client_request_id", "c".into()),
            ("graph.request_id", "r2".into()),
            ("graph.attempts", 2.into()),
            ("http.request.method", "GET".into()),
            ("http.request.resend_count", 1.into()),
            ("http.response.status_code", 200.into()),
            ("url.scheme", "https".into()),
            ("url.template", "/things/{id}/detail".into()),
            ("server.address", "graph.microsoft.com".into()),
            ("server.port", 443.into()),
        ]);
        assert_eq!(span.attributes(), attributes);
        let first = fields([
            ("message", "attempt".into()),
            ("http.request.resend_count", 0.into()),
            ("http.response.status_code", 503.into()),
            ("error.type", "503".into()),
            ("graph.request_id", "r1".into()),
            ("graph.repeat.reason", "status".into()),
            ("graph.repeat.wait", 30.0.into()),
        ]);
        let second = fields([
            ("message", "attempt".into()),
            ("http.request.resend_count", 1.into()),
            ("http.response.status_code", 200.into()),
            ("graph.request_id", "r2".into()),
        ]);
        assert_eq!(span.events, [first, second]);
    });
}

static PACED: Operation = Operation {
    id: "things.Paced",
    path: "/things",
    rate_limit: Some(RateLimit {
        requests: 1,
        seconds: 1,
    }),
    ..Operation::EMPTY
};

/// The page that the documentation shows lists every field, with its type, and no other.
#[tokio::test(start_paused = true)]
async fn the_documented_fields_are_those_that_are_recorded() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let headers = [("request-id", "r"), ("retry-after", "1")];
    let server = Canned::new([reply(429, &headers, ""), reply(400, &headers, "no")]);
    let things = Resource::root(&server.client()).fixed("things");
    let request = things.request(&PACED, decode::nothing);
    request.paced().await.unwrap_err();
    let mut recorded = recorder.last(|span| {
        let events = span.events.iter().flatten().map(|field| ("event", field));
        let fields = span.fields.iter().map(|field| ("span", field));
        let fields = fields
            .chain(events)
            .filter(|(_, (name, _))| **name != "message");
        fields
            .map(|(place, (name, value))| {
                let kind = match value {
                    Value::Integer(_) => "integer",
                    Value::Number(_) => "float",
                    Value::Boolean(_) => "boolean",
                    Value::Text(_) => "string",
                };
                format!("{place} {name} {kind}")
            })
            .collect::<Vec<_>>()
    });
    let mut documented = Vec::new();
    for row in include_str!("../../src/traces.md").lines() {
        let Some(row) = row.strip_prefix("| `") else {
            continue;
        };
        let cells: Vec<_> = row
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        for (place, mark) in [("span", cells[1]), ("event", cells[2])] {
            if mark == "x" {
                documented.push(format!("{place} {} {}", cells[0], cells[3]));
            }
        }
    }
    recorded.sort();
    recorded.dedup();
    documented.sort();
    assert_eq!(recorded, documented);
}

/// The status of a span is an error if the call fails, for any reason.
#[tokio::test(start_paused = true)]
async fn a_failed_call_is_a_failed_span() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let cases = [
        (reply(400, &[], "no"), "400", Some(400)),
        (reply(302, &[("location", "/x")], ""), "Redirect", Some(302)),
        (reply(200, &[], "[]"), "Body", Some(200)),
        (Err(TransportError::not_sent("no")), "Connect", None),
        (
            Err(TransportError::interrupted("no").timed_out()),
            "Timeout",
            None,
        ),
        (Err(TransportError::refused("no")), "Request", None),
    ];
    for (replied, error_type, status) in cases {
        let client = Canned::new([replied]).client();
        let request = get(&client).retry(RetryPolicy::none());
        let error = request.await.unwrap_err();
        recorder.last(|span| {
            let [.., code, description] = span.special();
            assert_eq!(code, Some(&"ERROR".into()));
            assert_eq!(description, Some(&error.to_string().as_str().into()));
            let attribute = |name| span.fields.get(name).cloned();
            assert_eq!(attribute("error.type"), Some(error_type.into()));
            let found = attribute("http.response.status_code");
            assert_eq!(found, status.map(i64::into));
            assert_eq!(attribute("graph.attempts"), Some(1.into()));
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_has_its_reason() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let cases = [
        (reply(429, &[], ""), "status"),
        (reply(401, &[], ""), "token"),
        (reply(307, &[("location", "/x")], ""), "redirect"),
        (Err(TransportError::not_sent("no")), "connect"),
        (Err(TransportError::not_sent("no").timed_out()), "timeout"),
    ];
    for (replied, reason) in cases {
        let server = Canned::new([replied, reply(204, &[], "")]);
        let (_, tokens) =
            crate::common::counted(|count| async move { Ok::<_, String>(count.to_string()) });
        let client = server.builder().token(tokens).build().unwrap();
        make(&client).await.unwrap();
        recorder.last(|span| {
            let reasons = span
                .events
                .iter()
                .map(|event| event.get("graph.repeat.reason"));
            let expected = [Some(&Value::from(reason)), None];
            assert_eq!(reasons.collect::<Vec<_>>(), expected);
        });
    }
}

/// A refresh runs on another thread, and its events go where those of the call go.
#[tokio::test]
async fn events_of_a_provider_in_a_cache_are_not_lost() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let server = Canned::new([thing()]);
    let provider = |_| async {
        tracing::info!(target: "msgraph_runtime", "the provider is asked");
        Ok::<_, msgraph_runtime::BoxError>("token")
    };
    get(&cached(server.builder(), provider)).await.unwrap();
    recorder.last(|span| {
        let asked = Some(&Value::from("the provider is asked"));
        assert_eq!(span.events[0].get("message"), asked);
    });
}
