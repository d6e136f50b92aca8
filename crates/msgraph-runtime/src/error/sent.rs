//! The private texts of a request, in its body, path, query and headers.

use super::plain::{self, Escapes};
use http::{HeaderMap, HeaderName, header};
use serde_json::Value;

/// The texts of a JSON body, except the names that the API defines.
pub(crate) fn in_body(body: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    collect(
        &serde_json::from_slice(body).unwrap_or_default(),
        &mut found,
    );
    found
}

/// The headers of a request in a batch that an error may show.
const SHOWN: [&str; 4] = ["Content-Type", "accept", "client-request-id", "prefer"];

/// The texts of the requests in a batch: those of bodies, headers, paths and queries.
pub(crate) fn in_batch(batch: &[u8]) -> Vec<String> {
    let batch: Value = serde_json::from_slice(batch).unwrap_or_default();
    let mut found = Vec::new();
    for request in batch["requests"].as_array().into_iter().flatten() {
        collect(&request["body"], &mut found);
        let headers = request["headers"].as_object().into_iter().flatten();
        let headers = headers.filter(|(name, _)| !SHOWN.contains(&&***name));
        let url = request["url"].as_str().unwrap_or_default();
        let in_url = url.split(['/', '?', '&', '=', ',', '(', ')']);
        let texts = headers
            .filter_map(|(_, value)| value.as_str())
            .chain(in_url);
        found.extend(texts.filter(|text| is_private(text)).map(str::to_owned));
    }
    found
}

/// The parameters of a path, found by its template, and segments that do not match the template.
pub(crate) fn in_path<'p>(template: &str, path: &'p str) -> Vec<&'p str> {
    let templates = template.rsplit('/').filter(|template| !template.is_empty());
    let segments = templates.zip(path.rsplit('/'));
    let found = segments.flat_map(|(template, segment)| in_segment(template, segment));
    found.filter(|text| !text.is_empty()).collect()
}

fn in_segment<'p>(template: &str, segment: &'p str) -> Vec<&'p str> {
    let mut parts = template.split('{');
    let before = parts.next().unwrap_or_default();
    let Some(mut rest) = segment.strip_prefix(before) else {
        return vec![segment];
    };
    let mut found = Vec::new();
    for part in parts {
        let after = part.split_once('}').map_or("", |(_, after)| after);
        let end = if after.is_empty() {
            None
        } else {
            rest.find(after)
        };
        let (value, others) = rest.split_at(end.unwrap_or(rest.len()));
        found.push(value);
        rest = others.strip_prefix(after).unwrap_or_default();
    }
    found.push(rest);
    found
}

/// The values of a query, except the names that the API defines.
pub(crate) fn in_query(query: &str) -> Vec<&str> {
    let values = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .flat_map(|(_, values)| values.split(','));
    values.filter(|value| is_private(value)).collect()
}

/// The values of headers that a user has set, such as the key of a gateway, except names.
pub(crate) fn in_headers(headers: &HeaderMap) -> Vec<String> {
    let own = [header::ACCEPT, header::ACCEPT_ENCODING, header::USER_AGENT];
    let is_of_user = |name: &HeaderName| !own.contains(name) && name != "prefer";
    let values = headers.iter().filter(|(name, _)| is_of_user(name));
    values
        .map(|(_, value)| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .filter(|value| is_private(value))
        .collect()
}

fn collect(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::String(text) if is_private(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(properties) => {
            for (name, value) in properties {
                match (name.as_str(), value) {
                    // Graph's `itemBody` is a person's text, even if it is one word.
                    ("content", Value::String(text)) => found.push(text.clone()),
                    // Graph's `dateTimeTimeZone`: an error about it needs these values.
                    ("dateTime" | "timeZone", Value::String(_)) => {}
                    // Annotations name types of the API.
                    (name, Value::String(_)) if name.contains("@odata.") => {}
                    _ => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Returns `false` for names that an API defines, such as `DoNotDisturb`, `text` or `UTC`, which
/// help to understand an error. A text with any other character may be a person's.
pub(crate) fn is_private(text: &str) -> bool {
    let characters = plain::characters(text.as_bytes(), Escapes::Decoded);
    let is_name = characters.iter().all(char::is_ascii_alphanumeric);
    !is_name || characters.len() > 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_body_that_are_not_names_of_the_api() {
        let body = br##"{
            "a": {"content": "Lunch", "contentType": "text"},
            "b": ["PT8H", "ok!", 7, {"c": "At the dentist"}],
            "d": {"dateTime": "2026-11-21T17:30:00", "timeZone": "Moon/Base"},
            "@odata.type": "#microsoft.graph.presence"
        }"##;
        assert_eq!(in_body(body), ["Lunch", "ok!", "At the dentist"]);
        assert!(in_body(b"").is_empty() && in_body(b"{").is_empty());
    }

    #[test]
    fn parameters_of_a_path() {
        let cases: [(&str, &str, &[&str]); 9] = [
            (
                "/users/{id}/presence",
                "/v1.0/users/ada%40x/presence",
                &["ada%40x"],
            ),
            ("/me/presence", "/v1.0/me/presence", &[]),
            ("/a/{b}/c/{d}", "/a/1/c/2", &["2", "1"]),
            ("/a/f(x='{x}')", "/a/f(x='secret')", &["secret"]),
            ("/a/f(x='{x}')", "/a/users('ada')", &["users('ada')"]),
            (
                "/a/f(x='{x}',y={y})",
                "/a/f(x='b%27%2Cy=c',y=7)",
                &["b%27%2Cy=c", "7"],
            ),
            ("/a/{b}.{c}:", "/a/1.2:", &["1", "2"]),
            ("/a/{b}", "/elsewhere", &["elsewhere"]),
            ("", "/v1.0/me", &[]),
        ];
        for (template, path, expected) in cases {
            assert_eq!(in_path(template, path), expected, "{template}");
        }
    }

    #[test]
    fn values_of_a_query_that_are_not_names_of_the_api() {
        let query = "$select=id,availability&$filter=mail%20eq%20%27ada%40x%27&$top=5&x";
        assert_eq!(in_query(query), ["mail%20eq%20%27ada%40x%27"]);
    }
}
