//! Assertions on the requests that were received, with readable failures.

use crate::record::{ReceivedRequest, Record};
use serde_json::Value;
use std::error::Error;
use std::fmt;

/// An expected request, and how often it is expected: once by default.
///
/// A part of a batch counts as a request of its own.
///
/// The status of the response does not matter; a test can look at [`ReceivedRequest::status`].
///
/// ```
/// use msgraph_presence_emulator::{Emulator, Expected};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let url = format!("{}/me/presence?$select=id", emulator.base_url());
/// reqwest::Client::new().get(url).bearer_auth("Ada").send().await?;
///
/// emulator.received(Expected::get("/me/presence").query("$select=id"))?;
/// emulator.received(Expected::post("setStatusMessage").times(0))?;
///
/// let expected = Expected::post("setUserPreferredPresence")
///     .json(json!({ "availability": "Busy", "activity": "Busy" }));
/// let mismatch = emulator.received(expected).unwrap_err();
/// assert!(mismatch.to_string().starts_with("expected once: POST …setUserPreferredPresence"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Expected {
    method: &'static str,
    path_ends: String,
    query: Option<String>,
    headers: Vec<(String, String)>,
    json: Option<Value>,
    times: usize,
}

impl Expected {
    /// Expects one GET of a path with this ending. The path is compared as it was sent, without its
    /// query.
    pub fn get(path_ends: impl Into<String>) -> Self {
        Self::new("GET", path_ends.into())
    }

    /// Expects one POST to a path with this ending. The path is compared as it was sent, without
    /// its query.
    pub fn post(path_ends: impl Into<String>) -> Self {
        Self::new("POST", path_ends.into())
    }

    fn new(method: &'static str, path_ends: String) -> Self {
        Self {
            method,
            path_ends,
            query: None,
            headers: Vec::new(),
            json: None,
            times: 1,
        }
    }

    /// Expects exactly this query, as it is sent, without its question mark. By default any query
    /// matches.
    pub fn query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// Expects this header, its name in any letter case; may be called several times.
    /// `Authorization` is not recorded.
    pub fn header(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.headers.push((name.into(), text.into()));
        self
    }

    /// Expects a body that is equal to this one as JSON, with its properties in any order.
    pub fn json(mut self, body: Value) -> Self {
        self.json = Some(body);
        self
    }

    /// Sets the number of times, instead of once; 0 is never.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Compares with the recorded requests.
    pub(crate) fn check(&self, record: &Record) -> Result<(), Mismatch> {
        let requests = record.requests();
        let compared: Vec<_> = requests.map(|r| (r, self.differences(r))).collect();
        let matching = compared.iter().filter(|(_, found)| found.is_empty());
        let matching = matching.count();
        if matching == self.times {
            return Ok(());
        }
        let times = match self.times {
            0 => "never".to_owned(),
            1 => "once".to_owned(),
            n => format!("{n} times"),
        };
        let mut text = format!(
            "expected {times}: {} …{}\nreceived: {matching}\n",
            self.method, self.path_ends
        );
        if compared.is_empty() {
            text.push_str("no request was received\n");
        }
        for (request, differences) in compared.iter().rev().take(10).rev() {
            let ReceivedRequest {
                number,
                part,
                method,
                path,
                status,
                ..
            } = request;
            let part = part.as_ref().map(|id| format!(", part {id}"));
            let part = part.unwrap_or_default();
            text += &format!("  {number}{part}. {method} {path} -> {status}\n");
            for difference in differences {
                text += &format!("       {difference}\n");
            }
        }
        Err(Mismatch(text))
    }

    /// The differences from what is expected, one line each.
    fn differences(&self, request: &ReceivedRequest) -> Vec<String> {
        if request.method != self.method {
            return vec![format!("the method is not {}", self.method)];
        }
        if !request.path.ends_with(&self.path_ends) {
            return vec![format!("the path does not end in {}", self.path_ends)];
        }
        let mut lines = Vec::new();
        if let Some(query) = &self.query
            && *query != request.query
        {
            lines.push(format!("query: {} instead of {query}", request.query));
        }
        for (name, text) in &self.headers {
            match request.header(name) {
                Some(found) if found == text => {}
                Some(found) => lines.push(format!("{name}: {found} instead of {text}")),
                None => lines.push(format!("{name}: missing instead of {text}")),
            }
        }
        if let Some(expected) = &self.json {
            match request.json() {
                Some(found) => compare("$", expected, &found, &mut lines),
                None => lines.push("the body is not JSON".to_owned()),
            }
        }
        lines
    }
}

/// Lists the places where two JSON values differ.
fn compare(path: &str, expected: &Value, found: &Value, lines: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (name, value) in expected {
                match found.get(name) {
                    Some(other) => compare(&format!("{path}.{name}"), value, other, lines),
                    None => lines.push(format!("{path}.{name} is missing")),
                }
            }
            for name in found.keys().filter(|name| !expected.contains_key(*name)) {
                lines.push(format!("{path}.{name}: unexpected property"));
            }
        }
        _ if expected == found => {}
        _ => lines.push(format!("{path} is {found} instead of {expected}")),
    }
}

/// The differences between the requests that were received and the expected ones.
///
/// `Debug` shows the same text as `Display`, so that a test that ends in this error can be read.
/// The text quotes paths and bodies, since the data of a test is made up.
#[derive(Clone, PartialEq, Eq)]
pub struct Mismatch(String);

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Mismatch {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::request;
    use serde_json::json;

    #[test]
    fn a_mismatch_reads_like_a_sentence() {
        let mut record = Record::default();
        record.add(request("GET", "/v1.0/me/presence", ""));
        let body = r#"{"availability":"Away","expirationDutaion":"PT1H"}"#;
        record.add(request("POST", "/v1.0/me/setPresence", body));
        let body = json!({ "availability": "Busy", "expirationDuration": "PT1H" });
        let expected = Expected::post("/setPresence").json(body).header("a", "b");
        let text = expected.check(&record).unwrap_err().to_string();
        let lines = [
            "expected once: POST …/setPresence",
            "received: 0",
            "  1. GET /v1.0/me/presence -> 200",
            "       the method is not POST",
            "  2. POST /v1.0/me/setPresence -> 200",
            "       a: missing instead of b",
            "       $.availability is \"Away\" instead of \"Busy\"",
            "       $.expirationDuration is missing",
            "       $.expirationDutaion: unexpected property",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn a_mismatch_names_the_count_the_query_and_the_header() {
        let mut record = Record::default();
        let text = |expected: Expected, record: &Record| {
            let mismatch = expected.check(record).unwrap_err();
            format!("{mismatch:?}")
        };
        assert_eq!(
            text(Expected::get("/x").times(2), &record),
            "expected 2 times: GET …/x\nreceived: 0\nno request was received"
        );
        let mut received = request("GET", "/x?a=1", "no JSON");
        let value = http::HeaderValue::from_static("1");
        received.headers.insert("x-number", value);
        record.add(received);
        assert_eq!(
            text(Expected::get("/x").times(0), &record),
            "expected never: GET …/x\nreceived: 1\n  1. GET /x -> 200"
        );
        let other = Expected::get("/x").query("a=2").header("x-number", "2");
        let differences = "query: a=1 instead of a=2\n       x-number: 1 instead of 2\n       \
            the body is not JSON";
        assert!(text(other.json(json!({})), &record).ends_with(differences));
    }

    #[test]
    fn what_was_received_is_found() {
        let mut record = Record::default();
        for _ in 0..2 {
            record.add(request("POST", "/x", r#"{"b":[1],"a":null}"#));
        }
        let expected = Expected::post("x").json(json!({ "a": null, "b": [1] }));
        assert_eq!(expected.clone().times(2).check(&record), Ok(()));
        assert!(expected.check(&record).is_err());
        assert_eq!(Expected::get("x").times(0).check(&record), Ok(()));
    }
}
