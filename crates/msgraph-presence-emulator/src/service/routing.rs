//! From a method and a URL to an operation, the id in the path and `$select`.

use super::graph_routes;
use crate::generated::routes::Route;
use crate::identity::Endpoint;
use crate::response::GraphError;
use http::header::ALLOW;
use http::{Request, StatusCode};
use msgraph_presence_models::{Presence, UserId};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The version of Graph that is emulated.
pub(super) const VERSION: &str = "/v1.0";

/// The operation id of a batch, for faults and the record.
const BATCH: &str = "$batch";

/// The place to which a request leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target<'a> {
    /// An operation of the description, and the id in its path as it was sent.
    Operation(Route, Option<&'a str>),

    /// A user, by the id or name in the path as it was sent, or the caller under `/me`.
    User(Option<&'a str>),

    /// Many requests in one.
    Batch,
}

impl<'a> Target<'a> {
    /// Finds the target of a request, independent of the caller.
    pub(super) fn of<B>(request: &'a Request<B>) -> Result<Self, GraphError> {
        let path = request.uri().path();
        let Some(path) = path.strip_prefix(VERSION) else {
            let version = path.split('/').nth(1).unwrap_or_default();
            let message = format!("Invalid version: {version}. The emulator knows only v1.0.");
            return Err(match version {
                "beta" => GraphError::not_implemented(message),
                _ => GraphError::bad_request(message),
            });
        };
        find(request.method().as_str(), path)
    }

    /// The id of the operation, as in Microsoft's own description.
    pub(super) fn operation_id(self) -> &'static str {
        match self {
            Self::Operation(route, _) => route.operation_id(),
            Self::User(Some(_)) => "users.user.GetUser",
            Self::User(None) => "me.user.GetUser",
            Self::Batch => BATCH,
        }
    }
}

/// The ids of all operations: those of the description, those beside it, and those of the identity
/// platform.
pub(crate) fn operation_ids() -> impl Iterator<Item = &'static str> {
    let own = [Target::User(None), Target::User(Some("")), Target::Batch];
    let own = own.into_iter().map(Target::operation_id);
    let described = Route::ALL.iter().map(|route| route.operation_id());
    described
        .chain(own)
        .chain(Endpoint::ALL.map(Endpoint::operation))
}

fn wrong_method(allowed: &[&str]) -> GraphError {
    let message = "Specified HTTP method is not allowed for the request target.";
    GraphError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
        .with(ALLOW, allowed.join(", "))
}

/// Finds the target of a method and a path below the version.
///
/// Segments are compared exactly; the documentation does not say whether their letter case counts.
fn find<'a>(method: &str, path: &'a str) -> Result<Target<'a>, GraphError> {
    let mut allowed = Vec::new();
    for &route in Route::ALL {
        if let Some(id) = matches(route.path(), path) {
            if route.method() == method {
                return Ok(Target::Operation(route, id));
            }
            allowed.push(route.method());
        }
    }
    if !allowed.is_empty() {
        return Err(wrong_method(&allowed));
    }
    for (template, target) in OWN {
        if let Some(id) = matches(template, path) {
            return match target {
                Target::Batch if method != "POST" => Err(wrong_method(&["POST"])),
                Target::Batch => Ok(target),
                // Graph changes and deletes users, too.
                _ if method != "GET" => Err(graph_routes::missing(method, path)),
                _ => Ok(Target::User(id)),
            };
        }
    }
    Err(graph_routes::unknown(method, path))
}

/// Paths that the description of presence does not have.
const OWN: [(&str, Target<'_>); 3] = [
    ("/me", Target::User(None)),
    ("/users/{id}", Target::User(None)),
    ("/$batch", Target::Batch),
];

/// The templates of all paths.
pub(super) fn templates() -> impl Iterator<Item = &'static str> {
    let own = OWN.iter().map(|(template, _)| *template);
    Route::ALL.iter().map(|route| route.path()).chain(own)
}

/// The last parameter of a path of this template, or `None` inside, when it has none.
fn matches<'a>(template: &str, path: &'a str) -> Option<Option<&'a str>> {
    let mut segments = path.split('/');
    let mut id = None;
    for expected in template.split('/') {
        let segment = segments.next()?;
        if !fits(expected, segment) {
            return None;
        }
        if is_parameter(expected) {
            id = Some(segment);
        }
    }
    segments.next().is_none().then_some(id)
}

/// Returns whether a segment of a path fits one of a template. `$count` and the like are no ids.
pub(super) fn fits(expected: &str, segment: &str) -> bool {
    segment == expected
        || is_parameter(expected) && !segment.is_empty() && !segment.starts_with('$')
}

pub(super) fn is_parameter(segment: &str) -> bool {
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

/// The properties that a query selects, or `None` for all of them, as for `*`; `check` refuses a name.
pub(super) fn select(
    query: &str,
    check: fn(&str) -> Result<(), GraphError>,
) -> Result<Option<Vec<String>>, GraphError> {
    let mut select = None;
    let mut seen = false;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let name = percent_decoded(name);
        match &*name {
            "$select" if seen => {
                let message = "Query option '$select' was specified more than once, but it \
                    must be specified at most once.";
                return Err(GraphError::bad_request(message));
            }
            "$select" => {
                seen = true;
                let list = percent_decoded(value);
                let names: Vec<&str> = list.split(',').map(str::trim).collect();
                let mut named = names.iter().filter(|name| **name != "*");
                named.try_for_each(|name| check(name))?;
                if !names.contains(&"*") {
                    select = Some(names.into_iter().map(str::to_owned).collect());
                }
            }
            _ if name.starts_with('$') => {
                let message = format!("The query option '{name}' is not allowed here.");
                return Err(GraphError::bad_request(message));
            }
            _ => {}
        }
    }
    Ok(select)
}

/// Refuses a name that no property of a presence has.
pub(super) fn presence_property(name: &str) -> Result<(), GraphError> {
    if is_property(name) {
        return Ok(());
    }
    Err(unknown_property(name, "presence", ""))
}

/// The error for a property that a type does not have, and a hint, which may be empty.
pub(super) fn unknown_property(name: &str, kind: &str, hint: &str) -> GraphError {
    GraphError::bad_request(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type \
         'microsoft.graph.{kind}'.{hint}"
    ))
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
            let id = route.path().contains('{').then_some("x");
            let found = find(route.method(), &path);
            assert_eq!(found, Ok(Target::Operation(route, id)), "{path}");
        }
        assert_eq!(find("GET", "/me"), Ok(Target::User(None)));
        assert_eq!(find("GET", "/users/x"), Ok(Target::User(Some("x"))));
        assert_eq!(find("POST", "/$batch"), Ok(Target::Batch));
    }

    #[test]
    fn a_method_that_a_path_does_not_take_is_named() {
        let cases = [
            ("PATCH", "/me/presence", "GET"),
            ("GET", "/users/x/presence/setStatusMessage", "POST"),
            ("GET", "/$batch", "POST"),
        ];
        for (method, path, allowed) in cases {
            let error = find(method, path).unwrap_err();
            assert_eq!(error.status, 405, "{method} {path}");
            assert_eq!(error.header, Some(Box::new((ALLOW, allowed.to_owned()))));
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
