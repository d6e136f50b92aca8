//! A URL that a request can go to.

use http::Uri;
use reqwest::Url;

/// A URL, in the two forms that HTTP libraries take.
#[derive(Clone)]
pub(crate) struct Target {
    url: Url,
    uri: Uri,
}

/// Why a URL is none.
pub(crate) const TOO_LONG: &str =
    "the URL is longer than a request can hold, which is 65534 bytes: send less in it";

impl Target {
    /// Nothing for a URL that is longer than a request can hold.
    pub(crate) fn new(url: Url) -> Option<Self> {
        let uri = url.as_str().parse().ok()?;
        Some(Self { url, uri })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn into_url(self) -> Url {
        self.url
    }

    pub(super) fn into_uri(self) -> Uri {
        self.uri
    }
}
