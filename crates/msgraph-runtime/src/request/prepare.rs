//! The checks of a request, and its plan.

use super::{Check, Content, Request};
use crate::decoder::Decoder;
use crate::exchange::Plan;
use crate::path::push_literal;
use crate::transport::{TOO_LONG, Target};
use crate::{Client, Cloud, Error, Operation, headers};
use bytes::Bytes;
use msgraph_wire::InvalidValue;
use msgraph_wire::decode::Properties;
use serde::Serialize;

impl<T, B: Serialize> Request<T, B> {
    /// Checks the request, and makes its plan and decoder; the body becomes bytes.
    pub(crate) fn prepare(mut self) -> Result<(Client, Plan, Decoder<T>), Error> {
        if let Some(reason) = self.refusal() {
            return Err(Error::request(self.operation, reason));
        }
        let own_id = self.headers.remove(headers::CLIENT_REQUEST_ID);
        let inner = &self.client.inner;
        let query = written_query(&self.query);
        let target = Target::written(&inner.base, self.path.into_text(), &query);
        let plan = Plan {
            operation: self.operation,
            target: target.ok_or_else(|| Error::request(self.operation, TOO_LONG))?,
            client_request_id: own_id.unwrap_or_else(headers::client_request_id),
            headers: self.headers,
            body: match self.body {
                Content::Bytes(body) => Some(body),
                Content::Json(body) => Some(written(self.operation, body, self.check)?),
                Content::None => None,
            },
            scope: inner.scope.clone(),
            retry: self.retry,
            timeout: self.timeout,
            is_paced: self.is_paced,
        };
        let decoder = Decoder {
            decode: self.decode,
            is_raw: self.operation.is_raw(),
            properties: if self.query.iter().any(|(name, _)| *name == "$select") {
                Properties::Selected
            } else {
                Properties::All
            },
        };
        Ok((self.client, plan, decoder))
    }

    /// The reason why the request is refused: the cloud does not have the operation, a parameter
    /// cannot be a segment, or a header is not allowed.
    fn refusal(&mut self) -> Option<String> {
        let operation = self.operation;
        let servers = operation.servers;
        let has = |cloud: &Cloud| servers.is_empty() || servers.contains(&cloud.base_url());
        if let Some(cloud) = self.client.inner.cloud.filter(|cloud| !has(cloud)) {
            return Some(missing_in_cloud(
                cloud,
                Cloud::ALL.iter().copied().filter(has),
            ));
        }
        let Some(refused) = self.path.refused() else {
            return self.refused.take();
        };
        let parameter = match operation.parameter(refused.parameter) {
            Some(name) => format!("the parameter `{name}`"),
            None => "a parameter".to_owned(),
        };
        Some(format!(
            "{parameter} is {}, which is not allowed in a path",
            refused.what
        ))
    }
}

/// The message that a cloud does not have an operation, with the clouds that have it.
fn missing_in_cloud(cloud: Cloud, others: impl Iterator<Item = Cloud>) -> String {
    let name = cloud.description();
    let mut text = format!("{name} does not have this operation; nothing was sent");
    let others: Vec<_> = others.map(Cloud::description).collect();
    match others.as_slice() {
        [] => {}
        [other] => text += &format!(". {other} has it"),
        [others @ .., last] => text += &format!(". {} and {last} have it", others.join(", ")),
    }
    text
}

/// The JSON body for all attempts.
fn written<B: Serialize>(
    operation: &'static Operation,
    body: Result<B, InvalidValue>,
    check: Option<Check<B>>,
) -> Result<Bytes, Error> {
    let check = check.unwrap_or(|_| Ok(()));
    let checked = body.and_then(|body| check(&body).map(|()| body));
    let body = checked.map_err(|invalid| {
        let error = Error::request(operation, invalid.to_string());
        error.with_source(invalid)
    })?;
    match serde_json::to_vec(&body) {
        Ok(json) => Ok(json.into()),
        Err(error) => {
            let refusal = Error::request(operation, "the body cannot be written");
            Err(refusal.with_source(error))
        }
    }
}

/// The text of a query.
fn written_query(parameters: &[(&'static str, String)]) -> String {
    let mut text = String::new();
    for (name, values) in parameters {
        if !text.is_empty() {
            text.push('&');
        }
        push_literal(&mut text, name);
        text.push('=');
        text.push_str(values);
    }
    text
}
