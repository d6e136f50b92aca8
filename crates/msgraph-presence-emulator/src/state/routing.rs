//! From a method and a path to an operation and the id in the path.

use super::error::GraphError;
use crate::generated::routes::Route;
use http::header::ALLOW;
use http::{Request, StatusCode};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// The version of Graph that is emulated.
const VERSION: &str = "/v1.0";

/// What a request is about.
pub(crate) struct Target<'a> {
    pub(crate) route: Route,
    /// The id in the path, as it was sent; none under `/me`.
    pub(super) id: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Finds what a request is about, whoever sends it.
    pub(crate) fn of<B>(request: &'a Request<B>) -> Result<Self, GraphError> {
        let path = request.uri().path();
        let Some(path) = path.strip_prefix(VERSION) else {
            let version = path.split('/').nth(1).unwrap_or_default();
            return Err(GraphError::bad_request(format!(
                "Invalid version: {version}. The emulator knows v1.0 alone."
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

/// What a method and a path lead to.
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
        let same = pairs().take_while(|(wanted, found)| fits(wanted, found));
        let same = same.count();
        known = known.max(same);
        if same < template.len() || template.len() != segments.len() {
            continue;
        }
        if route.method() == method {
            let parameters = pairs().filter(|(wanted, _)| is_parameter(wanted));
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

fn fits(wanted: &str, found: &str) -> bool {
    wanted == found || is_parameter(wanted) && !found.is_empty()
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

/// Decodes `%41` and the like. What is not text afterwards is replaced by marks of that.
pub(crate) fn percent_decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
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
}
