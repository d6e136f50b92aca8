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
        return refuse("cannot be read");
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return refuse("is http, which is allowed to a loopback address only"),
        _ => return refuse("is not https"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("carries credentials");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("has more than an origin and a path");
    }
    if Target::new(url.clone()).is_none() {
        return refuse("is longer than a request can hold");
    }
    Ok(url)
}

/// The cloud whose Graph a URL's origin is.
pub(crate) fn cloud(base: &Url) -> Option<Cloud> {
    let is_origin = |cloud: &Cloud| {
        let origin = Url::parse(cloud.root()).map(|url| url.origin());
        origin.is_ok_and(|origin| origin == base.origin())
    };
    Cloud::ALL.iter().copied().find(is_origin)
}

/// Whether a URL stays on this machine.
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
