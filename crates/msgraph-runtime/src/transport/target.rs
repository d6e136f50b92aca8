//! The URL of a request.

use http::Uri;
use reqwest::Url;
use std::borrow::Cow;
use std::sync::Arc;

/// A URL that is also a valid URI of the crate `http`, the other type that HTTP libraries use.
#[derive(Clone)]
pub(crate) enum Target {
    /// The URL of a redirect or of a link.
    Read(Url),
    /// A URL below the base URL, made of percent-encoded parts. It is parsed only for a single
    /// call, not in a batch.
    Written {
        base: Arc<Url>,
        text: String,
        /// The beginning of the query, or the end of the text.
        query_at: usize,
    },
}

/// The longest URI of `http`, in bytes.
const LONGEST: usize = 65_534;

/// The reason why a text is no URL.
pub(crate) const TOO_LONG: &str =
    "the URL is longer than 65534 bytes, the limit of a request: shorten its parameters";

impl Target {
    /// `None` for a URL of more than 65534 bytes.
    pub(crate) fn new(url: Url) -> Option<Self> {
        url.as_str()
            .parse::<Uri>()
            .is_ok()
            .then_some(Self::Read(url))
    }

    /// The same for the text of a URL that begins with the base URL, and a query, each with only
    /// percent-encoded parts: only the length is checked.
    pub(crate) fn written(base: &Arc<Url>, mut text: String, query: &str) -> Option<Self> {
        if text.len() < base.as_str().len() && base.path() == "/" {
            text.push('/');
        }
        let query_at = text.len();
        if !query.is_empty() {
            text.push('?');
            text.push_str(query);
        }
        (text.len() <= LONGEST).then(|| Self::Written {
            base: Arc::clone(base),
            text,
            query_at,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Read(url) => url.as_str(),
            Self::Written { text, .. } => text,
        }
    }

    pub(crate) fn url(&self) -> Cow<'_, Url> {
        match self {
            Self::Read(url) => Cow::Borrowed(url),
            Self::Written {
                base,
                text,
                query_at,
            } => Cow::Owned(parsed(base, text, *query_at)),
        }
    }

    /// The URL without the base URL; `None` if a redirect has left the base URL.
    pub(crate) fn below(&self, base: &Url) -> Option<&str> {
        let base = base.as_str().trim_end_matches('/');
        let below = self.as_str().strip_prefix(base)?;
        below.starts_with('/').then_some(below)
    }

    pub(super) fn into_url(self) -> Url {
        match self {
            Self::Read(url) => url,
            Self::Written {
                base,
                text,
                query_at,
            } => parsed(&base, &text, query_at),
        }
    }

    pub(super) fn into_uri(self) -> Uri {
        // Parsing succeeds: the URL was checked, or is made of checked parts.
        self.as_str().parse().unwrap_or_default()
    }
}

/// Parses a URL whose origin is that of the base URL, which is not parsed again.
fn parsed(base: &Url, text: &str, query_at: usize) -> Url {
    let mut url = base.clone();
    let origin = base.as_str().len() - base.path().len();
    url.set_path(&text[origin..query_at]);
    if let Some(query) = text[query_at..].strip_prefix('?') {
        url.set_query(Some(query));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_url_is_a_uri() {
        let ascii: String = (' '..='~').collect();
        let mut url = Url::parse("https://graph.example/").unwrap();
        let base = Arc::new(url.clone());
        url.set_path(&ascii);
        url.set_query(Some(&ascii));
        let written = |url: &Url| {
            let (text, query) = url.as_str().split_once('?').unwrap();
            Target::written(&base, text.to_owned(), query)
        };
        assert_eq!(written(&url).unwrap().into_uri(), url.as_str());
        let start = url.as_str().len();
        for (length, is_target) in [(LONGEST, true), (LONGEST + 1, false)] {
            url.set_query(Some(&(ascii.clone() + &"x".repeat(length - start))));
            assert_eq!(url.as_str().len(), length);
            let written = written(&url);
            assert_eq!(written.is_some(), is_target);
            assert_eq!(Target::new(url.clone()).is_some(), is_target);
        }
    }

    #[test]
    fn a_written_url_is_the_same_when_it_is_parsed() {
        let v1 = "https://graph.example/v1.0";
        let cases = [
            (v1, "/me", "", Some("/me")),
            (v1, "/me", "$select=id", Some("/me?$select=id")),
            ("https://graph.example/v1.0/", "/me", "", Some("/me")),
            (
                "https://graph.example",
                "/a%2Fb/c(d='%27')",
                "",
                Some("/a%2Fb/c(d='%27')"),
            ),
            ("http://127.0.0.1:8080/", "", "a=%3F", Some("/?a=%3F")),
            (v1, "", "", None),
            (v1, "5/me", "", None),
        ];
        for (base, rest, query, below) in cases {
            let base = Arc::new(Url::parse(base).unwrap());
            let text = base.as_str().trim_end_matches('/').to_owned() + rest;
            let target = Target::written(&base, text, query).unwrap();
            assert_eq!(target.url().as_str(), target.as_str());
            assert_eq!(Url::parse(target.as_str()).unwrap(), *target.url());
            assert_eq!(target.below(&base), below, "{base} {rest}");
        }
    }
}
