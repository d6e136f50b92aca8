//! From a method and a URL to an operation, the id in the path and `$select`.

use crate::generated::routes::Route;
use crate::response::GraphError;
use http::header::ALLOW;
use http::{Request, StatusCode};
use msgraph_presence_models::{Presence, UserId};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The version of Graph that is emulated.
const VERSION: &str = "/v1.0";

/// The operation of a request and the user in its path.
pub(super) struct Target<'a> {
    pub(super) route: Route,
    /// The id in the path, as it was sent; `None` under `/me`.
    pub(super) id: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Finds the operation of a request, independent of the caller.
    pub(super) fn of<B>(request: &'a Request<B>) -> Result<Self, GraphError> {
        let path = request.uri().path();
        let Some(path) = path.strip_prefix(VERSION) else {
            let version = path.split('/').nth(1).unwrap_or_default();
            return Err(GraphError::bad_request(format!(
                "Invalid version: {version}. The emulator knows only v1.0."
            )));
        };
        match find(request.method().as_str(), path) {
            Match::Operation(route, parameters) => Ok(Self {
                route,
                id: parameters.first().copied(),
            }),
            Match::WrongMethod(allowed) => Err(wrong_method(&allowed)),
            Match::Unknown(segment) => Err(GraphError::unknown_segment(segment)),
        }
    }
}

fn wrong_method(allowed: &[&str]) -> GraphError {
    let message = "Specified HTTP method is not allowed for the request target.";
    GraphError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
        .with(ALLOW, allowed.join(", "))
}

/// The result of looking up a method and a path.
#[derive(Debug, PartialEq)]
enum Match<'a> {
    /// An operation, and its path parameters as they were sent.
    Operation(Route, Vec<&'a str>),

    /// A path of the API that does not take the method; the methods that it takes.
    WrongMethod(Vec<&'static str>),

    /// No path of the API: the first segment that leads nowhere.
    Unknown(&'a str),
}

/// Finds the operation of a method and a path below the version.
///
/// Segments are compared exactly; the documentation does not say whether their letter case counts.
fn find<'a>(method: &str, path: &'a str) -> Match<'a> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let mut allowed = Vec::new();
    let mut known = 0;
    for &route in Route::ALL {
        let template: Vec<&str> = route.path().split('/').skip(1).collect();
        let pairs = || template.iter().copied().zip(segments.iter().copied());
        let same = pairs().take_while(|(segment, found)| fits(segment, found));
        let same = same.count();
        known = known.max(same);
        if same < template.len() || template.len() != segments.len() {
            continue;
        }
        if route.method() == method {
            let parameters = pairs().filter(|(segment, _)| is_parameter(segment));
            return Match::Operation(route, parameters.map(|(_, found)| found).collect());
        }
        allowed.push(route.method());
    }
    if allowed.is_empty() {
        Match::Unknown(
            segments
                .get(known)
                .or(segments.last())
                .copied()
                .unwrap_or(""),
        )
    } else {
        Match::WrongMethod(allowed)
    }
}

fn fits(segment: &str, found: &str) -> bool {
    segment == found || is_parameter(segment) && !found.is_empty()
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

/// Decodes `%41` and the like. Bytes that are not UTF-8 become replacement characters.
pub(crate) fn percent_decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// The object id in a path: 32 hexadecimal digits with their hyphens, and nothing else.
pub(super) fn user_id(segment: &str) -> Result<UserId, GraphError> {
    let text = percent_decoded(segment);
    let hyphenated = text.len() == 36 && text.starts_with(|c: char| c.is_ascii_hexdigit());
    let id = hyphenated.then(|| text.parse().ok()).flatten();
    id.ok_or_else(|| GraphError::bad_request("Invalid object identifier: presence takes a GUID."))
}

/// The properties that a query selects, or `None` for all of them.
pub(super) fn select(query: &str) -> Result<Option<Vec<String>>, GraphError> {
    let mut select = None;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let name = percent_decoded(name);
        match &*name {
            "$select" if select.is_some() => {
                let message = "Query option '$select' was specified more than once, but it \
                    must be specified at most once.";
                return Err(GraphError::bad_request(message));
            }
            "$select" => select = Some(selected(value)?),
            _ if name.starts_with('$') => {
                let message = format!("The query option '{name}' is not allowed here.");
                return Err(GraphError::bad_request(message));
            }
            _ => {}
        }
    }
    Ok(select)
}

fn selected(list: &str) -> Result<Vec<String>, GraphError> {
    let list = percent_decoded(list);
    let names = list.split(',').map(str::trim);
    let names: Vec<String> = names.map(str::to_owned).collect();
    match names.iter().find(|name| !is_property(name)) {
        None => Ok(names),
        Some(name) => Err(GraphError::bad_request(format!(
            "Parsing OData Select and Expand failed: Could not find a property named \
             '{name}' on type 'microsoft.graph.presence'."
        ))),
    }
}

/// Returns whether a presence has a property of this name, that is, whether its type reads it.
fn is_property(name: &str) -> bool {
    let mut object = Map::from_iter([("id".to_owned(), Value::from("x"))]);
    object.entry(name).or_insert(Value::Null);
    let read = serde_json::from_value::<Presence>(object.into());
    read.is_ok_and(|presence| presence.additional_data.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_its_own_template() {
        for &route in Route::ALL {
            let path = route.path().replace("{id}", "x");
            let found = find(route.method(), &path);
            let parameters = vec!["x"; route.path().matches("{id}").count()];
            assert_eq!(found, Match::Operation(route, parameters), "{path}");
        }
    }

    #[test]
    fn everything_else_is_told_apart() {
        let cases = [
            ("GET", "/me/presence/x", Match::Unknown("x")),
            ("GET", "/me", Match::Unknown("me")),
            ("GET", "/", Match::Unknown("")),
            ("GET", "", Match::Unknown("")),
            ("GET", "/me/presents", Match::Unknown("presents")),
            ("GET", "/users//presence", Match::Unknown("")),
            ("GET", "/users/x/presence/", Match::Unknown("")),
            ("GET", "/Me/presence", Match::Unknown("Me")),
            ("PATCH", "/me/presence", Match::WrongMethod(vec!["GET"])),
            (
                "GET",
                "/users/x/presence/setStatusMessage",
                Match::WrongMethod(vec!["POST"]),
            ),
        ];
        for (method, path, expected) in cases {
            assert_eq!(find(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn select_takes_the_properties_of_a_presence() {
        for name in ["id", "statusMessage", "workLocation"] {
            assert!(is_property(name), "{name}");
        }
        for name in ["", "Id", "status", "@odata.context", "additional_data"] {
            assert!(!is_property(name), "{name}");
        }
    }
}
