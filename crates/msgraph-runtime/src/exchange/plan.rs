//! The plan of a call, and the attempts made of it.

use crate::headers::CLIENT_REQUEST_ID;
use crate::operation::Operation;
use crate::retry::RetryPolicy;
use crate::token::AccessToken;
use crate::transport::{Attempt, Target};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::sync::Arc;
use std::time::Duration;

/// The parts of a call that are fixed before its first attempt; only a redirect changes the target.
pub(crate) struct Plan {
    pub(crate) operation: &'static Operation,
    pub(crate) target: Target,
    pub(crate) client_request_id: HeaderValue,
    /// The headers of this call only.
    pub(crate) headers: HeaderMap,
    /// The body, if there is one.
    pub(crate) body: Option<Bytes>,
    pub(crate) scope: Arc<str>,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Option<Duration>,
    /// `true` if the request asks for the pace of the client; its waits do not count towards the
    /// timeout.
    pub(crate) is_paced: bool,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const RETRY_ATTEMPT: HeaderName = HeaderName::from_static("retry-attempt");

impl Plan {
    /// The plan for another page of a collection: without a body, and with its own id.
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

    /// Returns `true` if the request is conditional, so that 304 is a response to it.
    pub(super) fn is_conditional(&self, common: &HeaderMap) -> bool {
        let conditions = [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE];
        let is_set = |name| self.headers.contains_key(name) || common.contains_key(name);
        conditions.iter().any(is_set)
    }
}

/// An attempt to send.
pub(crate) struct Sending<'p> {
    pub(crate) plan: &'p Plan,
    /// The headers of all calls of the client.
    pub(super) common: &'p HeaderMap,
    pub(crate) token: Option<&'p AccessToken>,
    pub(super) repeats: u32,
    pub(crate) fresh_connection: bool,
}

impl Sending<'_> {
    /// The attempt for a transport.
    pub(crate) fn attempt(&self) -> Attempt {
        let plan = self.plan;
        Attempt {
            fresh_connection: self.fresh_connection,
            operation: Some(plan.operation),
            method: plan.operation.method.clone(),
            headers: self.headers(),
            body: plan.body.clone().unwrap_or_default(),
            target: plan.target.clone(),
            silent_from: None,
        }
    }

    /// All headers, in one map that is made once.
    fn headers(&self) -> HeaderMap {
        let plan = self.plan;
        let mut headers = self.common.clone();
        headers.insert(CLIENT_REQUEST_ID, plan.client_request_id.clone());
        if plan.body.is_some() {
            headers.insert(
                header::CONTENT_TYPE,
                other(plan.operation.content_type).unwrap_or(JSON),
            );
        }
        if let Some(accept) = other(plan.operation.accept) {
            headers.insert(header::ACCEPT, accept);
        }
        for (name, value) in &plan.headers {
            headers.insert(name, value.clone());
        }
        if self.repeats > 0 {
            headers.insert(RETRY_ATTEMPT, HeaderValue::from(self.repeats));
        }
        // Inserted last, so that no other header replaces it.
        match self.token.and_then(AccessToken::header) {
            Some(token) => headers.insert(header::AUTHORIZATION, token.clone()),
            None => headers.remove(header::AUTHORIZATION),
        };
        headers
    }

    /// Calls `give` with each of these headers except `Authorization` and `Content-Type`.
    pub(crate) fn each_header(&self, mut give: impl FnMut(&HeaderName, &HeaderValue)) {
        let (own, accept) = (&self.plan.headers, self.plan.operation.accept);
        let is_repeat = self.repeats > 0;
        give(&CLIENT_REQUEST_ID, &self.plan.client_request_id);
        let apart = [
            CLIENT_REQUEST_ID,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
        ];
        let is_given =
            |name: &HeaderName| apart.contains(name) || is_repeat && *name == RETRY_ATTEMPT;
        for (name, value) in self.common {
            let is_replaced = own.contains_key(name) || accept.is_some() && *name == header::ACCEPT;
            if !is_given(name) && !is_replaced {
                give(name, value);
            }
        }
        if let Some(accept) = other(accept).filter(|_| !own.contains_key(header::ACCEPT)) {
            give(&header::ACCEPT, &accept);
        }
        for (name, value) in own.iter().filter(|(name, _)| !is_given(name)) {
            give(name, value);
        }
        if is_repeat {
            give(&RETRY_ATTEMPT, &HeaderValue::from(self.repeats));
        }
    }

    /// The media type of the body, if there is one.
    pub(crate) fn media_type(&self) -> Option<HeaderValue> {
        self.plan.body.as_ref().filter(|body| !body.is_empty())?;
        let own = self.plan.headers.get(header::CONTENT_TYPE).cloned();
        Some(
            own.or_else(|| other(self.plan.operation.content_type))
                .unwrap_or(JSON),
        )
    }
}

/// The media type of an operation, if it is not JSON.
fn other(media_type: Option<&'static str>) -> Option<HeaderValue> {
    media_type.and_then(|media_type| HeaderValue::from_str(media_type).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::Url;

    fn headers(names: &[&'static str], value: &'static str) -> HeaderMap {
        let named = names.iter().map(|name| HeaderName::from_static(name));
        named
            .map(|name| (name, HeaderValue::from_static(value)))
            .collect()
    }

    /// A batch writes the headers one by one, without a map.
    #[test]
    fn the_headers_in_a_batch_are_those_of_the_attempt() {
        static PHOTO: Operation = Operation {
            accept: Some("image/png"),
            content_type: Some("image/png"),
            ..Operation::EMPTY
        };
        let sets: [&[&str]; 5] = [
            &[],
            &["accept"],
            &["x-key", "retry-attempt"],
            &["content-type", "x-key"],
            &[
                "user-agent",
                "accept",
                "retry-attempt",
                "authorization",
                "client-request-id",
            ],
        ];
        let token = AccessToken::new("secret");
        for (operation, own, common) in [&Operation::EMPTY, &PHOTO]
            .into_iter()
            .flat_map(|one| sets.map(|own| (one, own)))
            .flat_map(|(one, own)| sets.map(|common| (one, own, common)))
        {
            let plan = Plan {
                operation,
                target: Target::new(Url::parse("https://graph.example/me").unwrap()).unwrap(),
                client_request_id: HeaderValue::from_static("id"),
                headers: headers(own, "own"),
                body: Some(Bytes::from_static(b"{}")),
                scope: "scope".into(),
                retry: RetryPolicy::none(),
                timeout: None,
                is_paced: false,
            };
            // `Request::prepare` has removed a user's `client-request-id`.
            let own_id = plan.headers.contains_key(CLIENT_REQUEST_ID);
            for repeats in [0, 2].into_iter().filter(|_| !own_id) {
                let sending = Sending {
                    plan: &plan,
                    common: &headers(common, "common"),
                    token: Some(&token),
                    repeats,
                    fresh_connection: false,
                };
                let mut expected = sending.attempt().headers;
                expected.remove(header::AUTHORIZATION);
                assert_eq!(sending.media_type(), expected.remove(header::CONTENT_TYPE));
                let mut given = Vec::new();
                sending.each_header(|name, value| given.push((name.clone(), value.clone())));
                assert_eq!(given.len(), expected.len(), "{own:?} {common:?}: {given:?}");
                assert_eq!(given.into_iter().collect::<HeaderMap>(), expected);
            }
        }
    }
}
