//! Common parts of the tests: an operation, a model, a transport that answers from a list.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use msgraph_runtime::{
    Attempt, Body, BoxFuture, Caller, Client, ClientBuilder, Hint, Method, Operation, Request,
    Resource, TokenCache, TokenProvider, TokenRequest, Transport, TransportError, decode,
};
use msgraph_wire::serde::de::MapAccess;
use msgraph_wire::serde::ser::SerializeMap;
use msgraph_wire::{AdditionalData, Object, Value, Writer, object};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A body that is read and written.
#[derive(Debug, Default, PartialEq)]
pub struct Thing {
    pub id: String,
    pub note: Option<String>,
    pub additional_data: AdditionalData,
}

impl Thing {
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            ..Self::default()
        }
    }
}

impl Object for Thing {
    const REQUIRED: &'static [&'static str] = &["id"];

    fn read<'de, A>(&mut self, name: &str, value: Value<'_, A>) -> Result<(), A::Error>
    where
        A: MapAccess<'de>,
    {
        match name {
            "id" => value.required(&mut self.id),
            "note" => value.optional(&mut self.note),
            _ => value.keep(name, &mut self.additional_data),
        }
    }

    fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
        to.required("id", &self.id)?;
        to.optional("note", &self.note)?;
        to.rest(&self.additional_data)
    }
}

object!(Thing);

/// Reads a thing.
pub static GET: Operation = Operation {
    id: "things.Get",
    method: Method::GET,
    path: "/things/{id}/detail",
    repeatable: true,
    delegated: &["Thing.Read", "Thing.Read.All"],
    application: &["Thing.Read.All"],
    servers: &["https://graph.microsoft.com/v1.0"],
    rate_limit: None,
    documentation: Some("https://learn.microsoft.com/graph/thing"),
    hints: &[NOT_FOUND, OWN_ONLY],
    ..Operation::EMPTY
};

/// Sets a thing, and may be repeated.
pub static SET: Operation = Operation {
    id: "things.set",
    method: Method::POST,
    path: "/things/{id}/set",
    repeatable: true,
    application: &[],
    ..ONCE
};

/// Makes a thing, which must not happen twice.
pub const ONCE: Operation = Operation {
    id: "things.once",
    method: Method::POST,
    path: "/things/{id}/once",
    repeatable: false,
    delegated: &["Thing.ReadWrite"],
    application: &["Thing.ReadWrite.All"],
    servers: &[
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.us/v1.0",
    ],
    hints: &[NOT_FOUND, OWN_ONLY],
    ..Operation::EMPTY
};

static MAKE: Operation = ONCE;

const NOT_FOUND: Hint = Hint {
    status: &[404],
    code: None,
    caller: None,
    text: "take the id of the thing, not its name",
    source: "https://example.com/not-found",
};

const OWN_ONLY: Hint = Hint {
    status: &[401, 403],
    code: Some("NotYours"),
    caller: Some(Caller::Delegated),
    text: "only one's own things",
    source: "https://example.com/own-only",
};

pub fn get(client: &Client) -> Request<Thing> {
    let things = Resource::root(client).fixed("things").parameter("42");
    things.fixed("detail").request(&GET, decode::object)
}

pub fn set(client: &Client) -> Request<(), Thing> {
    let things = Resource::root(client).fixed("things").parameter("42");
    let request = things.fixed("set").request(&SET, decode::nothing);
    request.body(Ok(Thing::new("42")))
}

pub fn make(client: &Client) -> Request<(), Thing> {
    let things = Resource::root(client).fixed("things").parameter("42");
    let request = things.fixed("once").request(&MAKE, decode::nothing);
    request.body(Ok(Thing::new("42")))
}

/// Gives rustls a crypto provider, which a program installs where reqwest has the feature
/// `rustls-no-provider` only.
pub fn install_crypto_provider() {
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    // Another test of this process may have done so.
    let _ = provider.install_default();
}

/// The result of a transport for one attempt.
pub type Reply = Result<http::Response<Body>, TransportError>;

/// Answers with what it was given, in order, and keeps what it was sent.
#[derive(Clone, Default)]
pub struct Canned {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    sent: Arc<Mutex<Vec<http::Request<Bytes>>>>,
}

impl Canned {
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            replies: Arc::new(Mutex::new(replies.into_iter().collect())),
            sent: Arc::default(),
        }
    }

    /// A builder of a client over this transport.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder().token("secret").transport(self.clone())
    }

    pub fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub fn sent(&self) -> Vec<http::Request<Bytes>> {
        std::mem::take(&mut *self.sent.lock().unwrap())
    }
}

impl Transport for Canned {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Reply> {
        self.sent.lock().unwrap().push(attempt.into());
        let reply = self.replies.lock().unwrap().pop_front();
        let none = || Err(TransportError::not_sent("no response is left"));
        Box::pin(async move { reply.unwrap_or_else(none) })
    }
}

/// A response with this status, these headers and this body.
pub fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(Body::from(body.to_owned())).unwrap())
}

/// The response of a service that has the thing.
pub fn thing() -> Reply {
    reply(
        200,
        &[("content-type", "application/json")],
        r#"{"id":"42"}"#,
    )
}

/// The number of requests to a provider.
#[derive(Clone, Default)]
pub struct Asked(Arc<AtomicUsize>);

impl Asked {
    /// Counts one more; how many there were before.
    pub fn add(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A provider that counts; `answer` is told how often it has been asked before.
pub fn counted<A>(
    answer: impl Fn(usize) -> A + Send + Sync + 'static,
) -> (Asked, impl Fn(TokenRequest) -> A + Send + Sync + 'static) {
    let asked = Asked::default();
    let asking = asked.clone();
    (asked, move |_| answer(asking.add()))
}

/// A client whose tokens are kept.
pub fn cached(builder: ClientBuilder, provider: impl TokenProvider) -> Client {
    builder.token(TokenCache::new(provider)).build().unwrap()
}

/// A token as the identity platform makes them, with this payload.
pub fn jwt(payload: &str) -> String {
    let payload = URL_SAFE_NO_PAD.encode(payload);
    format!("eyJhbGciOiJub25lIn0.{payload}.c2lnbmF0dXJl")
}
