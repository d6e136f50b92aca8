//! From the body of a success to its value.

use crate::Error;
use crate::error::is_html;
use crate::exchange::Failure;
use crate::operation::Operation;
use crate::resource::Decode;
use crate::response::{Raw, Response};
use http::header;
use msgraph_wire::decode::Members;
use std::borrow::Cow;

/// What makes a value of an answer.
pub(crate) struct Decoder<T> {
    pub(crate) operation: &'static Operation,
    pub(crate) decode: Decode<T>,
    pub(crate) members: Members,
}

impl<T> Decoder<T> {
    /// The answer with its value.
    pub(crate) fn response(&self, raw: Raw) -> Result<Response<T>, Error> {
        let (value, raw) = self.value(raw)?;
        Ok(Response { value, raw })
    }

    /// The value, or an error that keeps the answer.
    pub(crate) fn value(&self, raw: Raw) -> Result<(T, Raw), Error> {
        if !raw.body.is_empty() && is_html(&raw.headers, &raw.body) {
            return Err(self.failed(raw, PAGE.into()));
        }
        match (self.decode)(&raw.body, self.members) {
            Ok(value) => Ok((value, raw)),
            Err(_) if raw.body.is_empty() => Err(self.failed(raw, NO_BODY.into())),
            Err(error) => {
                let encoding = raw.headers.get(header::CONTENT_ENCODING);
                let reason = match encoding {
                    Some(_) => COMPRESSED.into(),
                    None => format!("{OTHER}: {error}").into(),
                };
                Err(self.failed(raw, reason))
            }
        }
    }

    #[cold]
    fn failed(&self, raw: Raw, reason: Cow<'static, str>) -> Error {
        let id = raw.client_request_id.to_str().ok().map(str::to_owned);
        let attempts = raw.attempts;
        let failure = Failure::body(raw, reason);
        Error::of_call(self.operation, failure, id, attempts, None, &[])
    }
}

const PAGE: &str = "the answer is a page for people, not the service's: a proxy or a sign-in \
    page of the network has answered in its place";
const NO_BODY: &str = "the answer has no body, where one is documented";
const COMPRESSED: &str = "the answer is compressed, which was not asked for";
const OTHER: &str = "the answer is not what was documented";
