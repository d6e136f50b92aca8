//! From the body of a success to its value.

use crate::error::is_html;
use crate::exchange::Failure;
use crate::resource::Decode;
use crate::response::Raw;
use http::header;
use msgraph_wire::decode::Members;
use std::borrow::Cow;

/// What makes a value of an answer.
pub(crate) struct Decoder<T> {
    pub(crate) decode: Decode<T>,
    pub(crate) members: Members,
}

impl<T> Decoder<T> {
    /// The value, or a failure that keeps the response.
    pub(crate) fn value(&self, raw: Raw) -> Result<(T, Raw), Box<Failure>> {
        if !raw.body.is_empty() && is_html(&raw.headers, &raw.body) {
            return Err(failed(raw, PAGE.into()));
        }
        match (self.decode)(&raw.body, self.members) {
            Ok(value) => Ok((value, raw)),
            Err(_) if raw.body.is_empty() => Err(failed(raw, NO_BODY.into())),
            Err(error) => {
                let encoding = raw.headers.get(header::CONTENT_ENCODING);
                let reason = match encoding {
                    Some(_) => COMPRESSED.into(),
                    None => format!("{OTHER}: {error}").into(),
                };
                Err(failed(raw, reason))
            }
        }
    }
}

#[cold]
fn failed(raw: Raw, reason: Cow<'static, str>) -> Box<Failure> {
    Box::new(Failure::body(raw, reason))
}

const PAGE: &str = "the answer is a page for people, not the service's: a proxy or a sign-in \
    page of the network has answered in its place";
const NO_BODY: &str = "the answer has no body, where one is documented";
const COMPRESSED: &str = "the answer is compressed, which was not asked for";
const OTHER: &str = "the answer is not what was documented";
