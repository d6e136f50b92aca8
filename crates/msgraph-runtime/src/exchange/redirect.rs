//! The rule for redirects: another path of the same origin, with the same method.

use crate::Cloud;
use crate::cause::Cause;
use crate::transport::Target;
use http::{HeaderMap, StatusCode, header};
use reqwest::Url;
use std::borrow::Cow;
use std::net::IpAddr;

/// Why a redirect is not followed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotFollowed {
    pub(crate) cause: Cause,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) help: Option<&'static str>,
}

/// The target of a redirect, or the reason why it is not followed; `sent` are the parameters of the
/// path.
pub(crate) fn target(
    from: &Url,
    sent: &[&str],
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Target, NotFollowed> {
    let location = headers
        .get(header::LOCATION)
        .ok_or_else(|| not_followed("the redirect has no Location header"))?;
    let location = location.to_str().ok();
    let mut url = location
        .and_then(|location| from.join(location).ok())
        .ok_or_else(|| not_followed("the Location header is not a valid URL"))?;
    if url.origin() != from.origin() || !matches!(url.scheme(), "http" | "https") {
        return Err(to_other_host(from, sent, status, &url));
    }
    if !matches!(status.as_u16(), 307 | 308) {
        return Err(not_followed(METHOD));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(not_followed(
            "not followed: its target contains credentials",
        ));
    }
    url.set_fragment(None);
    Target::new(url).ok_or_else(|| not_followed(TOO_LONG))
}

const METHOD: &str = "not followed: only 307 and 308 keep the method and the body";
const TOO_LONG: &str = "not followed: its target is longer than 65534 bytes";

fn not_followed(detail: impl Into<Cow<'static, str>>) -> NotFollowed {
    NotFollowed {
        cause: Cause::Redirect,
        detail: detail.into(),
        help: None,
    }
}

/// A redirect to another origin, to which no token goes.
fn to_other_host(from: &Url, sent: &[&str], status: StatusCode, url: &Url) -> NotFollowed {
    let host = url.host_str().filter(|host| Some(*host) != from.host_str());
    let Some(host) = host else {
        let mut reason = not_followed("not followed: its target is another scheme, host or port");
        reason.help = Some("check the scheme and the port of the base URL");
        return reason;
    };
    let host = match () {
        _ if is_loopback(host) => ", this machine".to_owned(),
        // A URL with a parameter of the path may be at a host that identifies the user.
        _ if !is_microsoft(host) && sent.iter().any(|id| url.path().contains(id)) => String::new(),
        _ => format!(", {host}"),
    };
    let is_temporary = matches!(status.as_u16(), 302 | 303 | 307);
    let cause = if is_temporary {
        Cause::OtherHost
    } else {
        Cause::Redirect
    };
    let (page, help) = if is_sign_in(url) {
        (", probably a sign-in page", SIGN_IN)
    } else {
        ("", OTHER_HOST)
    };
    let detail = format!("not followed: its target is another host{host}{page}");
    NotFollowed {
        cause,
        detail: detail.into(),
        help: Some(help),
    }
}

const SIGN_IN: &str = "the network requires a sign-in: sign in with a browser on \
    this network, or configure the network's proxy to let this program pass";
const OTHER_HOST: &str = "check the base URL: the token is sent to its host only; a network that \
    requires a sign-in also redirects";

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse();
    address.is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Returns `true` if a host is Microsoft's, so that its name identifies no user.
fn is_microsoft(host: &str) -> bool {
    let is_of = |cloud: &Cloud| {
        let rest = cloud.base_url().strip_prefix("https://");
        rest.and_then(|rest| rest.split('/').next()) == Some(host)
    };
    Cloud::ALL.iter().any(is_of) || host.starts_with("login.microsoftonline.")
}

/// Returns `true` if a URL looks like a sign-in page.
fn is_sign_in(url: &Url) -> bool {
    let words = [
        "login", "logon", "signin", "sign-in", "sso", "saml", "oauth", "auth", "adfs", "portal",
        "captive", "hotspot",
    ];
    let text = format!("{}{}", url.host_str().unwrap_or_default(), url.path());
    let text = text.to_ascii_lowercase();
    words.iter().any(|word| text.contains(word))
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
            let found = target(&from, &["ada-1"], status, &headers).ok();
            assert_eq!(
                found.as_ref().map(|target| target.as_str()),
                expected,
                "{status} {location}"
            );
        }
    }

    /// The message names the host of the target, and nothing else of its URL.
    #[test]
    fn why_a_redirect_is_not_followed() {
        let elsewhere = "not followed: its target is another host, ";
        let page = ", probably a sign-in page";
        let sign_in = format!("{elsewhere}login.microsoftonline.com{page}");
        let portal = format!("{elsewhere}portal.hotel.example{page}");
        let saml = format!("{elsewhere}10.0.0.1{page}");
        let other = format!("{elsewhere}evil.example");
        let cloud = format!("{elsewhere}graph.microsoft.us");
        let here = format!("{elsewhere}this machine");
        let scheme = "not followed: its target is another scheme, host or port";
        let cases = [
            (
                302,
                Some("https://login.microsoftonline.com/common/x?y"),
                &*sign_in,
                true,
            ),
            (
                303,
                Some("http://portal.hotel.example/?u=ada"),
                &portal,
                true,
            ),
            (307, Some("https://10.0.0.1/idp/SAML2"), &saml, true),
            (
                301,
                Some("https://user:word@evil.example:8443/x"),
                &other,
                false,
            ),
            (308, Some("//evil.example/x"), &other, false),
            (307, Some("//evil.example/x"), &other, true),
            (302, Some("http://127.0.0.1:8080/x"), &here, true),
            (302, Some("http://[::1]/x"), &here, true),
            (302, Some("http://graph.example/x"), scheme, false),
            (302, Some("https://graph.example:444/x"), scheme, false),
            (302, Some("file:///etc/passwd"), scheme, false),
            (
                307,
                Some("https://contoso.example/users/ada-1/x"),
                elsewhere.trim_end_matches(", "),
                true,
            ),
            (
                301,
                Some("https://graph.microsoft.us/v1.0/users/ada-1"),
                &cloud,
                false,
            ),
            (302, Some("/x"), METHOD, false),
            (
                302,
                Some("https://"),
                "the Location header is not a valid URL",
                false,
            ),
            (302, None, "the redirect has no Location header", false),
            (307, None, "the redirect has no Location header", false),
        ];
        let from = Url::parse("https://graph.example/v1.0/me/presence").unwrap();
        for (status, location, detail, passes) in cases {
            let mut headers = HeaderMap::new();
            headers.extend(location.map(|to| (header::LOCATION, to.parse().unwrap())));
            let status = StatusCode::from_u16(status).unwrap();
            let reason = target(&from, &["ada-1"], status, &headers).err().unwrap();
            assert_eq!(reason.detail, detail, "{location:?}");
            assert_eq!(reason.cause.is_temporary(), passes, "{status} {location:?}");
        }
    }
}
