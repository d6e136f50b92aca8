//! What a call tells `tracing`.

use crate::common::{Canned, get, reply, thing};
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down all that comes, one line each.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<String>>);

impl Recorder {
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn line(&self, start: &str, record: impl FnOnce(&mut Line<'_>)) {
        let mut text = self.0.lock().unwrap();
        text.push_str(start);
        record(&mut Line(&mut text));
        text.push('\n');
    }
}

struct Line<'t>(&'t mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "msgraph_runtime"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line("span", |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.line("record", |line| values.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.line("event", |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
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
    let server = Canned::new([reply(503, &[("request-id", "r1")], ""), found]);
    let client = server.client();
    get(&client).header("client-request-id", "c").await.unwrap();
    let expected = "\
        span graph.operation=\"things.Get\" http.request.method=\"GET\" \
        url.template=\"/things/{id}/detail\" server.address=\"graph.microsoft.com\" \
        server.port=443 graph.client_request_id=\"c\"\n\
        event message=answered http.request.resend_count=0 \
        http.response.status_code=503 graph.request_id=\"r1\"\n\
        event message=answered http.request.resend_count=1 \
        http.response.status_code=200 graph.request_id=\"r2\"\n\
        record graph.attempts=2\n\
        record graph.request_id=\"r2\"\n\
        record http.response.status_code=200\n";
    assert_eq!(recorder.text(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_failure_has_its_kind() {
    let recorder = Recorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let server = Canned::new([]);
    get(&server.client()).await.unwrap_err();
    let text = recorder.text();
    let event = "event message=not answered http.request.resend_count=3 \
        error.type=the request could not be sent\n";
    assert!(text.contains(event), "{text}");
    assert!(
        text.contains("record error.type=Connect\nrecord graph.attempts=4\n"),
        "{text}"
    );
}
