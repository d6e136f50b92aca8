//! The pages in the browser at the end of a sign-in.

use crate::{Error, ErrorKind};
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;

/// A page: status, heading and text.
pub(super) struct Page(StatusCode, &'static str, String);

/// The page at the end of the sign-in.
pub(super) fn of(error: Option<&Error>) -> Page {
    let Some(error) = error else {
        let text = "You can close this page and go back to the program.";
        return Page(StatusCode::OK, "You are signed in", text.to_owned());
    };
    let heading = match error.kind() {
        ErrorKind::Declined => "The sign-in was declined",
        _ => "You are not signed in",
    };
    Page(StatusCode::OK, heading, format!("{error}."))
}

/// The page for a callback with the state of another sign-in.
pub(super) fn older() -> Page {
    let text = "This page belongs to an older sign-in, which is over. Use the newest page, or start \
        the sign-in in the program again.";
    Page(
        StatusCode::BAD_REQUEST,
        "Nothing was changed",
        text.to_owned(),
    )
}

/// The page for a second callback.
pub(super) fn used() -> Page {
    let text = "This sign-in has been completed before. Go back to the program.";
    Page(
        StatusCode::BAD_REQUEST,
        "Nothing was changed",
        text.to_owned(),
    )
}

/// The page if the program has dropped the sign-in.
pub(super) fn given_up() -> Page {
    let text = "The program does not wait for this sign-in any more. Start it again there.";
    Page(StatusCode::GONE, "You are not signed in", text.to_owned())
}

/// The page for any other request.
pub(super) fn other() -> Page {
    let text = "A program waits here for the end of a sign-in.";
    Page(
        StatusCode::NOT_FOUND,
        "No sign-in on this page",
        text.to_owned(),
    )
}

impl Page {
    pub(super) fn response(&self) -> Response<Full<Bytes>> {
        let Self(status, heading, text) = self;
        let text = escaped(text);
        let body = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{heading}</title>\
             <style>body{{font:1.1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34rem;\
             padding:0 1rem;color-scheme:light dark;overflow-wrap:anywhere}}</style>\
             <h1>{heading}</h1><p>{text}</p></html>"
        );
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = *status;
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            ),
        ];
        for (name, value) in headers {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
