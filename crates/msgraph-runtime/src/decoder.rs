//! Decodes the body of a success.

use crate::cause::Cause;
use crate::error::{has_error, is_compressed, is_html, without_mark};
use crate::exchange::{Failure, RawResponse};
use crate::resource::Decode;
use msgraph_wire::decode::Properties;
use serde::de::IgnoredAny;

/// The decoder of a response.
pub(crate) struct Decoder<T> {
    pub(crate) decode: Decode<T>,
    pub(crate) properties: Properties,
    /// `true` if any body is a value, such as that of a file.
    pub(crate) is_raw: bool,
}

impl<T> Clone for Decoder<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Decoder<T> {}

impl<T> Decoder<T> {
    /// The value of a response, or the failure to decode it.
    pub(crate) fn value(&self, response: &RawResponse) -> Result<T, Box<Failure>> {
        let RawResponse { headers, body, .. } = response;
        if self.is_raw {
            return (self.decode)(body, self.properties)
                .map_err(|error| Failure::body(Cause::OtherBody, Some(error.to_string())).into());
        }
        let body = without_mark(body);
        if !body.is_empty() && is_html(headers, body) {
            return Err(Failure::body(Cause::Page, None).into());
        }
        if self.may_hide_an_error(body) && has_error(body) {
            return Err(Failure::error_in_success().into());
        }
        (self.decode)(body, self.properties).map_err(|error| {
            let failure = if body.is_empty() {
                Failure::body(Cause::NoBody, None)
            } else if is_compressed(headers) {
                Failure::body(Cause::Compressed, None)
            } else if has_error(body) {
                Failure::error_in_success()
            } else if is_truncated(body) {
                Failure::body(Cause::TruncatedJson, Some(error.to_string()))
            } else {
                Failure::body(Cause::OtherBody, Some(error.to_string()))
            };
            failure.into()
        })
    }

    /// Returns `true` if an error might be decoded as a value: when no body is expected, when no
    /// property is required, and when `error` is the first property, as in real errors.
    fn may_hide_an_error(&self, body: &[u8]) -> bool {
        let is_unread = size_of::<T>() == 0 || self.properties == Properties::Selected;
        let first = body.trim_ascii_start().strip_prefix(b"{");
        let begins = |body: &[u8]| body.trim_ascii_start().starts_with(b"\"error\"");
        is_unread && !body.is_empty() || first.is_some_and(begins)
    }
}

/// Returns `true` if a body is JSON that ends too early.
#[cold]
fn is_truncated(body: &[u8]) -> bool {
    let read = serde_json::from_slice::<IgnoredAny>(body);
    read.is_err_and(|error| error.is_eof())
}
