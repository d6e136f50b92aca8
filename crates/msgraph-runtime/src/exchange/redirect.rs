//! Where a redirect may lead: to another path of the same origin, with the same method.

use crate::transport::Target;
use http::{HeaderMap, StatusCode, header};
use reqwest::Url;

/// Where to send the same request to, or the reason why it is not followed.
pub(crate) fn target(
    from: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Target, &'static str> {
    if !matches!(status.as_u16(), 307 | 308) {
        return Err("not followed: only 307 and 308 keep the method and the body");
    }
    let location = headers
        .get(header::LOCATION)
        .ok_or("it says not where to")?;
    let location = location.to_str().ok();
    let mut url = location
        .and_then(|location| from.join(location).ok())
        .ok_or("where it leads to cannot be read")?;
    if url.origin() != from.origin() || !matches!(url.scheme(), "http" | "https") {
        return Err("not followed: it leads to another scheme, host or port");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("not followed: it carries credentials");
    }
    url.set_fragment(None);
    Target::new(url).ok_or("not followed: no request can hold a URL as long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_origin_is_followed() {
        let from = Url::parse("https://graph.example/v1.0/me/presence").unwrap();
        let cases = [
            (
                307,
                "https://graph.example/x",
                Some("https://graph.example/x"),
            ),
            (
                308,
                "https://graph.example:443/x",
                Some("https://graph.example/x"),
            ),
            (
                307,
                "HTTPS://GRAPH.example/x#f",
                Some("https://graph.example/x"),
            ),
            (307, "/x?y=z", Some("https://graph.example/x?y=z")),
            (307, "x", Some("https://graph.example/v1.0/me/x")),
            (307, "//graph.example/x", Some("https://graph.example/x")),
            (307, "", Some("https://graph.example/v1.0/me/presence")),
            (307, "//evil.example/x", None),
            (307, "https://evil.example/x", None),
            (307, "https://graph.example.evil/x", None),
            (307, "https://graph.example@evil.example/x", None),
            (307, "https://user@graph.example/x", None),
            (307, "http://graph.example/x", None),
            (307, "https://graph.example:444/x", None),
            (307, "file:///etc/passwd", None),
            (307, "data:text/plain,x", None),
            (307, "https://", None),
            (301, "/x", None),
            (302, "/x", None),
            (303, "/x", None),
            (300, "/x", None),
            (304, "/x", None),
        ];
        for (status, location, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("location", location.parse().unwrap());
            let status = StatusCode::from_u16(status).unwrap();
            let found = target(&from, status, &headers).ok();
            assert_eq!(
                found.as_ref().map(|target| target.url().as_str()),
                expected,
                "{status} {location}"
            );
        }
        let nowhere = target(&from, StatusCode::TEMPORARY_REDIRECT, &HeaderMap::new());
        assert_eq!(nowhere.err(), Some("it says not where to"));
    }
}
