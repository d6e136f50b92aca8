//! The response of `authorize` to a program: the redirect URI, the response mode, the state.

use super::error::{aadsts, description, uri};
use super::form::{Form, encoded};
use super::{Reply, pages};
use crate::response::{GraphError, ResponseContext};
use bytes::Bytes;
use http::{Response, StatusCode, Uri};

/// The redirect URI of a program, and how it takes the response.
#[derive(Clone)]
pub(super) struct Redirect {
    pub(super) redirect_uri: String,
    mode: Mode,
    state: Option<String>,
}

#[derive(Clone, Copy)]
enum Mode {
    Query,
    Fragment,
    FormPost,
}

impl Redirect {
    pub(super) fn read(form: &Form) -> Result<Self, GraphError> {
        let redirect_uri = form.get("redirect_uri");
        let missing = || aadsts("invalid_request", 900971, "No reply address provided.");
        let redirect_uri = redirect_uri.ok_or_else(missing)?;
        check(redirect_uri)?;
        let mode = match form.get("response_mode") {
            None | Some("query") => Mode::Query,
            Some("fragment") => Mode::Fragment,
            Some("form_post") => Mode::FormPost,
            Some(_) => {
                let text = "The response_mode is not one of query, fragment, form_post.";
                return Err(aadsts("invalid_request", 70007, text));
            }
        };
        Ok(Self {
            redirect_uri: redirect_uri.to_owned(),
            mode,
            state: form.get("state").map(str::to_owned),
        })
    }

    /// The response with the state.
    pub(super) fn respond(&self, parameters: &[(&str, &str)]) -> Response<Bytes> {
        let mut parameters = parameters.to_vec();
        let state = self.state.as_deref();
        parameters.extend(state.map(|state| ("state", state)));
        let uri = &self.redirect_uri;
        let separator = match self.mode {
            Mode::Query if parameters.is_empty() => return pages::redirect(uri),
            Mode::FormPost => return pages::form_post(uri, &parameters),
            Mode::Fragment => '#',
            Mode::Query if uri.contains('?') => '&',
            Mode::Query => '?',
        };
        pages::redirect(&format!("{uri}{separator}{}", encoded(&parameters)))
    }

    pub(super) fn refuse(&self, error: GraphError, context: &ResponseContext) -> Reply {
        let description = description(&error, context);
        let uri = uri(&error).unwrap_or_default();
        let response = self.respond(&[
            ("error", &*error.code),
            ("error_description", &description),
            ("error_uri", &uri),
        ]);
        Reply {
            error: Some(error),
            ..response.into()
        }
    }
}

/// The response of `logout`: a redirect when the program gives an address, otherwise a page.
pub(super) fn after_log_out(form: &Form) -> Result<Response<Bytes>, GraphError> {
    let Some(uri) = form.get("post_logout_redirect_uri") else {
        let text = "You may close this page.";
        return Ok(pages::notice(StatusCode::OK, "Signed out", text));
    };
    check(uri)?;
    let back = Redirect {
        redirect_uri: uri.to_owned(),
        mode: Mode::Query,
        state: form.get("state").map(str::to_owned),
    };
    Ok(back.respond(&[]))
}

/// Returns whether a program without a secret may be at this address: on this machine, over http.
pub(super) fn is_loopback(redirect_uri: &str) -> bool {
    let uri = redirect_uri.parse::<Uri>().ok();
    uri.is_some_and(|uri| {
        uri.scheme_str() == Some("http") && matches!(uri.host(), Some("localhost" | "127.0.0.1"))
    })
}

/// Refuses an address that could not be registered: one that is neither on this machine, over http,
/// nor elsewhere over https.
///
/// As in the service, `[::1]` cannot, and a fragment or a user does not belong in it.
fn check(redirect_uri: &str) -> Result<(), GraphError> {
    let uri = redirect_uri.parse::<Uri>().ok();
    let absolute = uri.filter(|uri| uri.scheme().is_some() && uri.host().is_some());
    let Some(uri) = absolute else {
        let text = "'redirect_uri' value must be a valid absolute URI.";
        return Err(aadsts("invalid_request", 90102, text));
    };
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let plain = !authority.contains('@') && !redirect_uri.contains('#');
    if plain && (is_loopback(redirect_uri) || uri.scheme_str() == Some("https")) {
        return Ok(());
    }
    let text = format!(
        "The redirect URI '{redirect_uri}' specified in the request does not match the redirect \
         URIs configured for the application. The emulator takes http://localhost and \
         http://127.0.0.1, with any port and path, and https."
    );
    Err(aadsts("invalid_request", 50011, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_are_on_this_machine_or_over_https() {
        let cases = [
            ("http://localhost", ""),
            ("http://localhost:1234/callback?a=b", ""),
            ("http://127.0.0.1:1234/", ""),
            ("https://app.example/signed-in", ""),
            ("http://app.example/", "AADSTS50011"),
            ("http://localhost.app.example/", "AADSTS50011"),
            ("http://[::1]:1234/", "AADSTS50011"),
            ("http://localhost@app.example/", "AADSTS50011"),
            ("https://app.example/#x", "AADSTS50011"),
            ("javascript:alert(1)", "AADSTS90102"),
            ("/callback", "AADSTS90102"),
            ("http://localhost/\r\nX: y", "AADSTS90102"),
        ];
        for (uri, number) in cases {
            let found = check(uri)
                .err()
                .map_or_else(String::new, |error| error.message.into());
            assert!(found.starts_with(number), "{uri}: {found}");
            assert_eq!(found.is_empty(), number.is_empty(), "{uri}: {found}");
        }
        assert!(is_loopback("http://localhost:1/x"));
        assert!(!is_loopback("https://localhost:1/x"));
    }
}
