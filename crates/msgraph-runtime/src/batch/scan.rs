//! Reads JSON in one pass: requested objects and arrays are entered, other values are skipped, and
//! checked only when they are decoded.

use memchr::memchr2;

/// A JSON text, and the position up to which it is read.
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
}

/// The reason why a text cannot be read any further.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The JSON ends too early.
    End,
    /// Another token was expected.
    Unexpected,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The first byte of the next token, which is not read yet.
    pub(super) fn peek(&mut self) -> Result<u8, Stop> {
        let rest = &self.text.as_bytes()[self.at..];
        let blanks = rest.iter().position(|byte| !byte.is_ascii_whitespace());
        self.at += blanks.ok_or(Stop::End)?;
        Ok(self.text.as_bytes()[self.at])
    }

    /// Reads an object; `property` gets each name as it is written, and reads the value.
    pub(super) fn object(
        &mut self,
        mut property: impl FnMut(&mut Self, &'t str) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.list(b'{', b'}', |scan| {
            let name = scan.value()?;
            let name = name
                .strip_prefix('"')
                .and_then(|name| name.strip_suffix('"'));
            scan.take(b':')?;
            property(scan, name.ok_or(Stop::Unexpected)?)
        })
    }

    /// Reads an array, each item by `item`.
    pub(super) fn array(
        &mut self,
        item: impl FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.list(b'[', b']', item)
    }

    fn list(
        &mut self,
        open: u8,
        close: u8,
        mut one: impl FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.take(open)?;
        if self.peek()? != close {
            one(self)?;
            while self.peek()? == b',' {
                self.at += 1;
                one(self)?;
            }
        }
        self.take(close)
    }

    fn take(&mut self, byte: u8) -> Result<(), Stop> {
        if self.peek()? == byte {
            self.at += 1
        } else {
            return Err(Stop::Unexpected);
        }
        Ok(())
    }

    /// Skips an object with exactly this text; returns `false` if the next value is another one.
    pub(super) fn same(&mut self, object: &str) -> Result<bool, Stop> {
        self.peek()?;
        let is_same = object.starts_with('{') && self.text[self.at..].starts_with(object);
        if is_same {
            self.at += object.len();
        }
        Ok(is_same)
    }

    /// Skips a value and returns its text.
    pub(super) fn value(&mut self) -> Result<&'t str, Stop> {
        let first = self.peek()?;
        let rest = &self.text[self.at..];
        let length = match first {
            b'"' => string_end(rest.as_bytes(), 0),
            b'{' | b'[' => nested_end(rest.as_bytes()),
            _ => word_end(rest.as_bytes()),
        }?;
        self.at += length;
        Ok(&rest[..length])
    }
}

/// The end of the string whose first quote is at this position.
fn string_end(json: &[u8], first: usize) -> Result<usize, Stop> {
    let mut at = first + 1;
    loop {
        let rest = json.get(at..).ok_or(Stop::End)?;
        at += memchr2(b'"', b'\\', rest).ok_or(Stop::End)?;
        if json[at] == b'"' {
            return Ok(at + 1);
        }
        at += 2;
    }
}

/// The end of the object or array at the beginning of a text.
fn nested_end(json: &[u8]) -> Result<usize, Stop> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match json.get(at).ok_or(Stop::End)? {
            b'"' => {
                at = string_end(json, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Ok(at);
        }
    }
}

/// The end of the number or literal at the beginning of a text.
fn word_end(json: &[u8]) -> Result<usize, Stop> {
    let ends = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']') || byte.is_ascii_whitespace();
    match json.iter().position(ends).ok_or(Stop::End)? {
        0 => Err(Stop::Unexpected),
        length => Ok(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// The properties of an object, as the scan reads them.
    fn properties(text: &str) -> Result<Vec<(&str, &str)>, Stop> {
        let mut found = Vec::new();
        Scan::new(text).object(|scan, name| {
            found.push((name, scan.value()?));
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn values_are_given_as_they_are_written() {
        let text = r#" { "a" : [ {"}":"]"}, 1 ] , "b\"":"\\","c":-1.5e3 ,"d": null } rest"#;
        let expected = [
            ("a", r#"[ {"}":"]"}, 1 ]"#),
            (r#"b\""#, r#""\\""#),
            ("c", "-1.5e3"),
            ("d", "null"),
        ];
        assert_eq!(properties(text).unwrap(), expected);
        assert_eq!(properties("{}"), Ok(vec![]));
    }

    #[test]
    fn every_beginning_of_an_object_ends_too_early() {
        let text = r#"{"a":[{"b":"\"é\\"},1],"c":null,"d":"é"}"#;
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert_eq!(properties(&text[..end]), Err(Stop::End), "{}", &text[..end]);
        }
        assert!(properties(text).is_ok());
    }

    #[test]
    fn another_text_than_an_object_is_unexpected() {
        for text in [
            "7",
            "]",
            "{,}",
            "{1:2}",
            "{\"a\" 1}",
            "{\"a\":1 2}",
            "{\"a\":}",
            "{\"a\":1]",
        ] {
            assert_eq!(properties(text), Err(Stop::Unexpected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn each_item_of_an_array_is_the_text_of_its_value(
            texts in prop::collection::vec(any::<String>(), 0..5),
            depth in 0_usize..4,
        ) {
            let nested = |text: &String| (0..depth).fold(Value::from(text.as_str()), |value, n| match n % 2 {
                0 => serde_json::json!({ text: value, "n": n }),
                _ => serde_json::json!([value, null, text]),
            });
            let values: Vec<Value> = texts.iter().map(nested).collect();
            for json in [serde_json::to_string(&values), serde_json::to_string_pretty(&values)] {
                let (json, mut found) = (json.unwrap(), Vec::new());
                let read = Scan::new(&json).array(|scan| {
                    found.push(serde_json::from_str::<Value>(scan.value()?).unwrap());
                    Ok(())
                });
                prop_assert_eq!((read, &found), (Ok(()), &values));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in r#"[\[\]{}":,\\ae1é ]{0,40}"#) {
            let _ = properties(&text);
            let _ = Scan::new(&text).array(|scan| scan.value().map(drop));
        }
    }
}
