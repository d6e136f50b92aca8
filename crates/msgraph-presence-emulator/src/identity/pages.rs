//! The pages on which a person signs in. They work without scripts.

use crate::admin;
use crate::service::Account;
use bytes::Bytes;
use http::header::{HeaderValue, LOCATION, REFERRER_POLICY};
use http::{Response, StatusCode};

const PAGE: &str = include_str!("page.html");

/// A page with a title and a body of HTML.
pub(super) fn page(status: StatusCode, title: &str, body: &str) -> Response<Bytes> {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let text = PAGE.replacen("TITLE", &escaped(title), 1);
    let mut response = admin::response(status, html, text.replacen("BODY", body, 1).into());
    // With `no-referrer` a browser sends `Origin: null` with the form of the page.
    let same = HeaderValue::from_static("same-origin");
    response.headers_mut().insert(REFERRER_POLICY, same);
    response
}

/// A page that says one thing.
pub(super) fn notice(status: StatusCode, title: &str, text: &str) -> Response<Bytes> {
    page(status, title, &format!("<p>{}</p>", escaped(text)))
}

/// The page on which a person picks a user. `request` is known to this page only.
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
    let mut response = notice(StatusCode::FOUND, "Signed in", "You are sent back.");
    if let Ok(uri) = HeaderValue::from_str(uri) {
        response.headers_mut().insert(LOCATION, uri);
    }
    response
}

/// Text within HTML, also within a quoted attribute.
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
