//! JSON batching: up to 20 requests in one, as `POST /$batch`.

use super::body::remark_unknown;
use super::call::{Call, Success};
use super::routing::VERSION;
use crate::encoding::{Object, base64_decoded, is_json, json_object};
use crate::error::GraphError;
use crate::response::{CLIENT_REQUEST_ID, DIAGNOSTIC, OutgoingResponse, REQUEST_ID};
use crate::service::Service;
use crate::undocumented::Undocumented;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use msgraph_presence_models::Cloud;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The largest number of requests in a batch.
const MAX_PARTS: usize = 20;

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Part>,
}

/// One request of a batch.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    id: String,
    method: String,
    url: String,
    headers: Option<HashMap<String, String>>,
    body: Option<Value>,
    depends_on: Option<Vec<String>>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl Service {
    /// Runs the requests of a batch, unless one of them is invalid: then the whole batch is
    /// refused.
    pub(super) fn batch(&mut self, call: &Call<'_>) -> Result<Success, GraphError> {
        let parts = read(call)?;
        let mut requests = Vec::new();
        for part in &parts {
            requests.push(Some(part.request(call.request.headers(), self.cloud)?));
        }
        let mut responses: Vec<Option<OutgoingResponse>> = Vec::new();
        responses.resize_with(parts.len(), || None);
        for n in order(&parts)? {
            let failed = |on: usize| {
                let response: Option<&OutgoingResponse> = responses[on].as_ref();
                response.is_some_and(|response| response.response.status().as_u16() >= 400)
            };
            let response = match requests[n].take() {
                Some(request) if !parts[n].dependencies(&parts).any(failed) => {
                    self.respond(request, Some(&parts[n].id))
                }
                _ => self.failed_dependency(call),
            };
            responses[n] = Some(response);
        }
        let mut responses: Vec<_> = parts.iter().zip(responses.into_iter().flatten()).collect();
        if self.undocumented.has(Undocumented::BatchReversed) {
            responses.reverse();
        }
        let body = json_object(|o| {
            let elements = responses.iter();
            o.objects("responses", elements, |o, (part, response)| {
                write(o, &part.id, &response.response);
            });
        });
        let mut success = Success::json(body);
        success.wire = responses.iter().find_map(|(_, response)| response.wire);
        success.delay = responses.iter().find_map(|(_, response)| response.delay);
        let unknown = parts.iter().flat_map(|part| part.unknown.keys());
        remark_unknown(call, unknown.cloned());
        Ok(success)
    }

    fn failed_dependency(&mut self, call: &Call<'_>) -> OutgoingResponse {
        let context = self.response_context(call.request.headers(), call.now);
        let error = GraphError::of_status(StatusCode::FAILED_DEPENDENCY);
        OutgoingResponse::of(context.error(&error))
    }
}

/// The error for a batch that is refused as a whole.
fn invalid(problem: impl std::fmt::Display) -> GraphError {
    GraphError::bad_request(format!("Invalid batch payload format: {problem}."))
}

fn read(call: &Call<'_>) -> Result<Vec<Part>, GraphError> {
    let batch: Batch = serde_json::from_value(call.json()?).map_err(invalid)?;
    let parts = batch.requests;
    if parts.len() > MAX_PARTS {
        return Err(GraphError::bad_request(format!(
            "Number of batch request steps exceeds the maximum value of {MAX_PARTS}."
        )));
    }
    if parts.is_empty() {
        return Err(invalid("there is no request"));
    }
    for (n, part) in parts.iter().enumerate() {
        let id = &part.id;
        if id.is_empty() {
            return Err(invalid("an id is empty"));
        }
        if parts[..n].iter().any(|other| other.is(id)) {
            return Err(GraphError::bad_request(format!(
                "Request Id {id} has to be unique in a batch."
            )));
        }
        let missing = |on: &&String| !parts.iter().any(|other| other.is(on));
        if let Some(on) = part.depends_on.iter().flatten().find(missing) {
            return Err(invalid(format!(
                "request {id} depends on {on}, which is not in the batch"
            )));
        }
    }
    Ok(parts)
}

/// The parts in an order in which each comes after those on which it depends.
fn order(parts: &[Part]) -> Result<Vec<usize>, GraphError> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < parts.len() {
        let ready = |n: &usize| {
            let waits = |on| !order.contains(&on);
            !order.contains(n) && !parts[*n].dependencies(parts).any(waits)
        };
        let Some(next) = (0..parts.len()).find(ready) else {
            return Err(invalid("the requests depend on each other in a cycle"));
        };
        order.push(next);
    }
    Ok(order)
}

impl Part {
    /// Returns whether the part has this id, in any letter case.
    fn is(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }

    /// The positions of the parts on which this one depends.
    fn dependencies(&self, parts: &[Part]) -> impl Iterator<Item = usize> {
        let on = self.depends_on.iter().flatten();
        on.filter_map(|id| parts.iter().position(|part| part.is(id)))
    }

    /// The part as a request, with the token of the batch.
    fn request(&self, batch: &HeaderMap, cloud: Cloud) -> Result<Request<Bytes>, GraphError> {
        let id = &self.id;
        let headers = self.headers()?;
        let method = Method::try_from(&*self.method.to_uppercase());
        let method = method.map_err(|_| invalid(format!("the method of request {id}")))?;
        let write = [Method::POST, Method::PUT, Method::PATCH].contains(&method);
        if write && (self.body.is_none() || !headers.contains_key(CONTENT_TYPE)) {
            return Err(GraphError::bad_request(format!(
                "Write request id : {id} does not contain Content-Type header or body."
            )));
        }
        let uri = self.path(batch, cloud);
        let uri = uri.and_then(|path| Uri::try_from(format!("{VERSION}/{path}")).ok());
        let uri = uri.ok_or_else(|| {
            invalid(format!(
                "the url of request {id} is not relative, such as /me/presence"
            ))
        })?;
        let mut request = Request::new(self.body(&headers));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        for name in [AUTHORIZATION, CLIENT_REQUEST_ID] {
            if let Some(value) = batch.get(&name) {
                request.headers_mut().entry(name).or_insert(value.clone());
            }
        }
        Ok(request)
    }

    /// The path of the url, without the version. The url is relative or, as the SDK for Python
    /// writes it, begins with the root to which the batch was sent or with the root of the cloud.
    fn path(&self, batch: &HeaderMap, cloud: Cloud) -> Option<&str> {
        let Some((_, rest)) = self.url.split_once("://") else {
            let path = self.url.strip_prefix('/').unwrap_or(&self.url);
            return (!path.starts_with('/')).then_some(path);
        };
        let (host, path) = rest.split_once('/')?;
        let sent_to = batch.get(HOST).is_some_and(|sent_to| sent_to == host);
        let known = sent_to || cloud.root().ends_with(&format!("://{host}"));
        let path = path.strip_prefix(VERSION.trim_start_matches('/'))?;
        path.strip_prefix('/').filter(|_| known)
    }

    fn headers(&self) -> Result<HeaderMap, GraphError> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers.iter().flatten() {
            let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
            else {
                return Err(invalid(format!("a header of request {}", self.id)));
            };
            headers.append(name, value);
        }
        Ok(headers)
    }

    /// The bytes of the body: a JSON value, or a string of base64 when it is of another type.
    fn body(&self, headers: &HeaderMap) -> Bytes {
        match &self.body {
            None => Bytes::new(),
            Some(Value::String(text)) if !is_json(headers) => {
                base64_decoded(text).unwrap_or_default().into()
            }
            Some(value) => value.to_string().into(),
        }
    }
}

/// Writes the response to a part of a batch: JSON as it is, any other body in base64.
fn write(o: &mut Object<'_>, id: &str, response: &Response<Bytes>) {
    o.property("id", id);
    o.property("status", &response.status().as_u16());
    o.object("headers", |o| {
        for (name, value) in response.headers() {
            // As in the documentation's examples, only the response to the batch has these.
            let envelope = [REQUEST_ID, CLIENT_REQUEST_ID, DIAGNOSTIC, DATE].contains(name);
            if let (false, Ok(text)) = (envelope, value.to_str()) {
                o.property(&canonical(name.as_str()), text);
            }
        }
    });
    let body = response.body();
    if body.is_empty() {
        return;
    }
    if is_json(response.headers()) && serde_json::from_slice::<IgnoredAny>(body).is_ok() {
        o.json("body", body);
    } else {
        o.property("body", &STANDARD.encode(body));
    }
}

/// A header's name as in the documentation's examples: `Retry-After`.
fn canonical(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}
