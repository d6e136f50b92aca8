//! The base URL: an origin that a token may be sent to, and a path.

use crate::transport::Target;
use crate::{Cloud, Error};
use reqwest::Url;

/// Reads a base URL: an origin that a token may be sent to, and a path.
pub(crate) fn read(text: &str) -> Result<Url, Error> {
    let refuse = |rule: &str| {
        let message = format!(
            "the base URL {rule}; write it like {}",
            Cloud::Global.base_url()
        );
        Err(Error::configuration(message))
    };
    let Ok(url) = Url::parse(text) else {
        return refuse("is not a valid URL");
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return refuse("is http, which is allowed only for a loopback address"),
        _ => return refuse("is not https"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("contains credentials");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("has a query or a fragment");
    }
    if !is_unambiguous(text, &url) {
        return refuse(AMBIGUOUS);
    }
    if Target::new(url.clone()).is_none() {
        return refuse("is longer than 65534 bytes");
    }
    Ok(url)
}

const AMBIGUOUS: &str = "is ambiguous: it has blanks, control characters, missing slashes, a number \
    as an address, non-ASCII letters in the host, or dots in the path";

/// Returns `true` if a text has the same origin and path as the URL parsed from it.
///
/// URL parsers repair much: `https:host`, a tab, a number as an address, another alphabet, dots in
/// the path. Only the letter case of the origin and a default port may differ.
fn is_unambiguous(text: &str, url: &Url) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    // Credentials are refused by another check.
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = port.is_none_or(|port| {
        let known = url.port_or_known_default();
        known.is_some_and(|known| known.to_string() == port)
    });
    let is_host = url
        .host_str()
        .is_some_and(|known| host.eq_ignore_ascii_case(known) || is_same_address(host, known));
    let is_path = path == url.path() || path.is_empty() && url.path() == "/";
    scheme.eq_ignore_ascii_case(url.scheme()) && is_host && is_port && is_path
}

/// Returns `true` if both texts are the same IPv6 address, which can be written in many ways.
fn is_same_address(one: &str, other: &str) -> bool {
    let address = |text: &str| {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        inner.parse::<std::net::Ipv6Addr>().ok()
    };
    address(one).is_some_and(|one| address(other) == Some(one))
}

/// The cloud whose Graph a URL's origin is.
pub(crate) fn cloud(base: &Url) -> Option<Cloud> {
    let is_origin = |cloud: &Cloud| {
        let origin = Url::parse(cloud.root()).map(|url| url.origin());
        origin.is_ok_and(|origin| origin == base.origin())
    };
    Cloud::ALL.iter().copied().find(is_origin)
}

/// Returns `true` if the host of a URL is this machine.
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
