//! Responses to a browser: pages, which work without scripts, and redirects to the program.

use crate::encoding::{Form, encoded};
use crate::error::{GraphError, aadsts};
use crate::response::{self, ResponseContext};
use crate::service::account::Account;
use bytes::Bytes;
use http::header::{HeaderValue, LOCATION, REFERRER_POLICY};
use http::{Response, StatusCode, Uri};
use msgraph_presence_models::UserId;

/// A response, with its user and error for the record.
pub(super) struct Reply {
    pub(super) response: Response<Bytes>,
    /// The user who has signed in.
    pub(super) user: Option<UserId>,
    /// The error, when the sign-in failed.
    pub(super) error: Option<GraphError>,
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        Self {
            response,
            user: None,
            error: None,
        }
    }
}

const PAGE: &str = include_str!("page.html");

/// A page with a title and a body of HTML.
pub(super) fn page(status: StatusCode, title: &str, body: &str) -> Response<Bytes> {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let text = PAGE.replacen("TITLE", &escaped(title), 1);
    let mut response = response::page(status, html, text.replacen("BODY", body, 1).into());
    // With `no-referrer` a browser sends `Origin: null` with the form of the page.
    let same = HeaderValue::from_static("same-origin");
    response.headers_mut().insert(REFERRER_POLICY, same);
    response
}

/// A page with one sentence.
pub(super) fn notice(status: StatusCode, title: &str, text: &str) -> Response<Bytes> {
    page(status, title, &format!("<p>{}</p>", escaped(text)))
}

/// The page on which a person picks a user. `request` is the id of the page.
pub(super) fn picker<'a>(
    application: &str,
    scopes: &str,
    request: &str,
    users: impl Iterator<Item = &'a Account>,
) -> Response<Bytes> {
    let mut buttons = String::new();
    for user in users {
        let (id, name) = (user.id, escaped(&user.name));
        let principal = escaped(&user.principal_name);
        buttons += &format!(
            "<button name=\"user\" value=\"{id}\">{name}<br><small>{principal}</small></button>\n"
        );
    }
    if buttons.is_empty() {
        buttons += "<p>No user of the emulator is in this tenant.</p>\n";
    }
    let (application, scopes) = (escaped(application), escaped(scopes));
    let body = format!(
        "<p>The application <b>{application}</b> asks for:<br>{scopes}</p>\n\
         <form method=\"post\" action=\"/organizations/login\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{request}\">\n\
         {buttons}<button name=\"decline\" value=\"1\">Cancel</button>\n</form>"
    );
    page(StatusCode::OK, "Pick an account", &body)
}

/// The page on which a person enters a device's code.
pub(super) fn enter_code(problem: &str) -> Response<Bytes> {
    let body = format!(
        "<form action=\"/devicelogin\">\n<label>Enter the code that the program shows:\n\
         <input name=\"otc\" autocomplete=\"off\" autofocus required></label>\n\
         <button>Next</button>\n</form>\n<p role=\"alert\">{}</p>",
        escaped(problem)
    );
    page(StatusCode::OK, "Enter code", &body)
}

/// A form that the browser posts to the program, as `response_mode=form_post` asks for.
pub(super) fn form_post(uri: &str, parameters: &[(&str, &str)]) -> Response<Bytes> {
    let inputs = parameters.iter().map(|(name, value)| {
        let value = escaped(value);
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
    });
    let (uri, inputs) = (escaped(uri), inputs.collect::<String>());
    let body = format!(
        "<form method=\"post\" action=\"{uri}\">\n{inputs}<button>Continue</button>\n</form>\n\
         <script>document.forms[0].submit()</script>"
    );
    page(StatusCode::OK, "Signed in", &body)
}

/// Sends the browser to another address.
pub(super) fn redirect(uri: &str) -> Response<Bytes> {
    let mut response = notice(
        StatusCode::FOUND,
        "Signed in",
        "The browser returns to the program.",
    );
    if let Ok(uri) = HeaderValue::from_str(uri) {
        response.headers_mut().insert(LOCATION, uri);
    }
    response
}

/// Text escaped for HTML and for quoted attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            c => escaped.push(c),
        }
    }
    escaped
}

/// The redirect URI of a program, and the mode in which it receives the response.
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

    /// The response to the program, with its `state`.
    pub(super) fn respond(&self, parameters: &[(&str, &str)]) -> Response<Bytes> {
        let mut parameters = parameters.to_vec();
        let state = self.state.as_deref();
        parameters.extend(state.map(|state| ("state", state)));
        let uri = &self.redirect_uri;
        let separator = match self.mode {
            Mode::Query if parameters.is_empty() => return redirect(uri),
            Mode::FormPost => return form_post(uri, &parameters),
            Mode::Fragment => '#',
            Mode::Query if uri.contains('?') => '&',
            Mode::Query => '?',
        };
        redirect(&format!("{uri}{separator}{}", encoded(&parameters)))
    }

    pub(super) fn refuse(&self, error: GraphError, context: &ResponseContext) -> Reply {
        let description = context.error_description(&error);
        let uri = error.uri().unwrap_or_default();
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

/// The response of `logout`: a redirect when the program gives a URI, otherwise a page.
pub(super) fn after_log_out(form: &Form) -> Result<Response<Bytes>, GraphError> {
    let Some(uri) = form.get("post_logout_redirect_uri") else {
        let text = "You may close this page.";
        return Ok(notice(StatusCode::OK, "Signed out", text));
    };
    check(uri)?;
    let back = Redirect {
        redirect_uri: uri.to_owned(),
        mode: Mode::Query,
        state: form.get("state").map(str::to_owned),
    };
    Ok(back.respond(&[]))
}

/// Returns whether a redirect URI is on this machine, over http, where a program needs no secret.
pub(super) fn is_loopback(redirect_uri: &str) -> bool {
    let uri = redirect_uri.parse::<Uri>().ok();
    uri.is_some_and(|uri| {
        uri.scheme_str() == Some("http") && matches!(uri.host(), Some("localhost" | "127.0.0.1"))
    })
}

/// Refuses a redirect URI that is neither on this machine, over http, nor https, as it could not be
/// registered.
///
/// As in the service, `[::1]` is refused, and so is a fragment or a user name.
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
