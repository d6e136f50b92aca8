//! JSON objects written property by property, in documented order, and the content type of JSON.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;

/// The content type of a JSON response.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Returns whether a request claims to be JSON, with or without parameters and in any letter case.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let kind = kind.and_then(|kind| kind.split(|&byte| byte == b';').next());
    kind.is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(JSON.as_bytes()))
}

/// An object that is being written.
pub(crate) struct Object<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

/// Writes one object.
pub(crate) fn object(properties: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    Object::write(&mut out, properties);
    out
}

impl Object<'_> {
    fn write(out: &mut Vec<u8>, properties: impl FnOnce(&mut Object<'_>)) {
        out.push(b'{');
        properties(&mut Object { out, empty: true });
        out.push(b'}');
    }

    /// A property of any kind that serde can write.
    pub(crate) fn property<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.name(name);
        self.value(value);
    }

    /// A property whose value is JSON already.
    pub(crate) fn json(&mut self, name: &str, json: &[u8]) {
        self.name(name);
        self.out.extend_from_slice(json);
    }

    /// A property that is an object.
    pub(crate) fn object(&mut self, name: &str, properties: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        Object::write(self.out, properties);
    }

    /// A property that is an array of objects.
    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        elements: impl IntoIterator<Item = T>,
        mut properties: impl FnMut(&mut Object<'_>, T),
    ) {
        self.name(name);
        self.out.push(b'[');
        for (n, element) in elements.into_iter().enumerate() {
            if n > 0 {
                self.out.push(b',');
            }
            Object::write(self.out, |object| properties(object, element));
        }
        self.out.push(b']');
    }

    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        self.value(name);
        self.out.push(b':');
    }

    /// Neither a vector nor the values that are written here can fail.
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        let start = self.out.len();
        if serde_json::to_writer(&mut *self.out, value).is_err() {
            self.out.truncate(start);
            self.out.extend_from_slice(b"null");
        }
    }
}
