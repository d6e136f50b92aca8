//! JSON objects written member by member, in the order in which the documentation shows them.

use serde::Serialize;

/// An object that is being written.
pub(crate) struct Object<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

/// Writes one object.
pub(crate) fn object(members: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    Object::write(&mut out, members);
    out
}

impl Object<'_> {
    fn write(out: &mut Vec<u8>, members: impl FnOnce(&mut Object<'_>)) {
        out.push(b'{');
        members(&mut Object { out, empty: true });
        out.push(b'}');
    }

    /// A member of any kind that serde can write.
    pub(crate) fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.name(name);
        self.value(value);
    }

    /// A member that is an object.
    pub(crate) fn object(&mut self, name: &str, members: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        Object::write(self.out, members);
    }

    /// A member that is an array of objects.
    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        elements: impl IntoIterator<Item = T>,
        mut members: impl FnMut(&mut Object<'_>, T),
    ) {
        self.name(name);
        self.out.push(b'[');
        for (n, element) in elements.into_iter().enumerate() {
            if n > 0 {
                self.out.push(b',');
            }
            Object::write(self.out, |object| members(object, element));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order() {
        let text = object(|o| {
            o.member("z", "\"quoted\"\n");
            o.object("a", |o| o.member("none", &None::<bool>));
            o.objects("list", [1, 2], |o, n| o.member("n", &n));
            o.objects("empty", [(); 0], |_, ()| {});
        });
        let expected =
            r#"{"z":"\"quoted\"\n","a":{"none":null},"list":[{"n":1},{"n":2}],"empty":[]}"#;
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}
