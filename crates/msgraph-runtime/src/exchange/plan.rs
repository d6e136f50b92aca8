//! All that is fixed about a call before its first attempt.

use crate::headers::CLIENT_REQUEST_ID;
use crate::operation::Operation;
use crate::retry::RetryPolicy;
use crate::token::AccessToken;
use crate::transport::{Attempt, Target};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::sync::Arc;
use std::time::Duration;

/// All that is fixed about a call before its first attempt.
pub(crate) struct Plan {
    pub(crate) operation: &'static Operation,
    pub(crate) target: Target,
    pub(crate) client_request_id: HeaderValue,
    /// The headers of this call alone.
    pub(crate) headers: HeaderMap,
    /// The body, if there is one.
    pub(crate) body: Option<Bytes>,
    pub(crate) scope: Arc<str>,
    pub(crate) retry: RetryPolicy,
    /// The time the call may take.
    pub(crate) timeout: Option<Duration>,
    /// Whether it asks for the pace of the client, and its waits do not count towards the timeout.
    pub(crate) is_paced: bool,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const RETRY_ATTEMPT: HeaderName = HeaderName::from_static("retry-attempt");

impl Plan {
    /// The same for another page of a collection: without a body, and with an id of its own.
    pub(crate) fn page(&self, client_request_id: HeaderValue) -> Self {
        Self {
            operation: self.operation,
            target: self.target.clone(),
            client_request_id,
            headers: self.headers.clone(),
            body: None,
            scope: Arc::clone(&self.scope),
            retry: self.retry,
            timeout: self.timeout,
            is_paced: self.is_paced,
        }
    }

    /// The next attempt, after so many repeats.
    pub(super) fn attempt(
        &self,
        common: &HeaderMap,
        token: Option<&AccessToken>,
        repeats: u32,
        fresh_connection: bool,
    ) -> Attempt {
        Attempt {
            fresh_connection,
            operation: Some(self.operation),
            method: self.operation.method.clone(),
            headers: self.headers(common, token, repeats),
            body: self.body.clone().unwrap_or_default(),
            target: self.target.clone(),
            silent_from: None,
        }
    }

    /// `true` if a 304 is a response to this call.
    pub(super) fn is_conditional(&self, common: &HeaderMap) -> bool {
        let conditions = [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE];
        let is_set = |name| self.headers.contains_key(name) || common.contains_key(name);
        conditions.iter().any(is_set)
    }

    /// All headers of an attempt, in one map that is made once.
    fn headers(&self, common: &HeaderMap, token: Option<&AccessToken>, repeats: u32) -> HeaderMap {
        let mut headers = common.clone();
        headers.insert(CLIENT_REQUEST_ID, self.client_request_id.clone());
        if self.body.is_some() {
            headers.insert(
                header::CONTENT_TYPE,
                other(self.operation.content_type).unwrap_or(JSON),
            );
        }
        if let Some(accept) = other(self.operation.accept) {
            headers.insert(header::ACCEPT, accept);
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        if repeats > 0 {
            headers.insert(RETRY_ATTEMPT, HeaderValue::from(repeats));
        }
        // The last one, for no other header may take its place.
        match token.and_then(AccessToken::header) {
            Some(token) => headers.insert(header::AUTHORIZATION, token.clone()),
            None => headers.remove(header::AUTHORIZATION),
        };
        headers
    }
}

/// A media type that is not that of JSON.
fn other(media_type: Option<&'static str>) -> Option<HeaderValue> {
    media_type.and_then(|media_type| HeaderValue::from_str(media_type).ok())
}
