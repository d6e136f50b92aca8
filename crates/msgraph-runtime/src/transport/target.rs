//! A URL that a request can go to.

use http::Uri;
use reqwest::Url;

/// A URL that is a URI of `http` as well, the other form that HTTP libraries take.
#[derive(Clone)]
pub(crate) struct Target(Url);

/// The longest URI of `http`, in bytes.
const LONGEST: usize = 65_534;

/// The reason why a text is no URL.
pub(crate) const TOO_LONG: &str =
    "the URL is longer than a request can hold, which is 65534 bytes: send less in it";

impl Target {
    /// Nothing for a URL that is longer than a request can hold.
    pub(crate) fn new(url: Url) -> Option<Self> {
        url.as_str().parse::<Uri>().is_ok().then_some(Self(url))
    }

    /// The same for a URL of which every part is percent-encoded: only its length is looked at.
    pub(crate) fn of_encoded(url: Url) -> Option<Self> {
        (url.as_str().len() <= LONGEST).then_some(Self(url))
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// All behind the origin.
    pub(crate) fn path_and_query(&self) -> &str {
        let url = self.0.as_str();
        let origin = self.0.scheme().len() + "://".len();
        let path = url[origin..].find('/').map_or(url.len(), |at| origin + at);
        &url[path..]
    }

    pub(super) fn into_url(self) -> Url {
        self.0
    }

    pub(super) fn into_uri(self) -> Uri {
        // It parses: that was looked at, or follows from its parts.
        self.0.as_str().parse().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_is_left_with_by_encoding_is_a_uri() {
        let ascii: String = (' '..='~').collect();
        let mut url = Url::parse("https://graph.example/").unwrap();
        url.set_path(&ascii);
        url.set_query(Some(&ascii));
        let target = Target::of_encoded(url.clone()).unwrap();
        assert_eq!(target.into_uri(), url.as_str());
        let start = url.as_str().len();
        for (length, is_target) in [(LONGEST, true), (LONGEST + 1, false)] {
            url.set_query(Some(&(ascii.clone() + &"x".repeat(length - start))));
            assert_eq!(url.as_str().len(), length);
            assert_eq!(Target::of_encoded(url.clone()).is_some(), is_target);
            assert_eq!(Target::new(url.clone()).is_some(), is_target);
        }
    }
}
