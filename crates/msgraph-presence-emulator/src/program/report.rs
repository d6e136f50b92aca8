//! What the program prints: where it listens, what to try, and a line per request.

use crate::admin::UserEntry;
use crate::{Emulator, ReceivedRequest};
use std::fmt::Write;

/// Where the emulator listens, and three lines to copy and try.
pub(super) fn started(emulator: &Emulator, users: &[UserEntry]) -> String {
    let root = emulator.base_url();
    let origin = emulator.origin();
    let reach = if emulator.address().ip().is_loopback() {
        "this machine alone can reach it"
    } else {
        "every machine that can reach this address can do everything with it"
    };
    let names = users.iter().map(|user| &*user.name);
    let token = names.clone().next().unwrap_or("application");
    let users = names.collect::<Vec<_>>().join(", ");
    format!(
        r#"Graph presence, emulated: {root}
({reach})

  page    {origin}/
  users   {users} (a name is a token)
  more    GET {origin}/_emulator

With curl:
  curl -H "Authorization: Bearer {token}" {root}/me/presence
With the Rust client:
  Client::builder().base_url("{root}").token("{token}").build()?.me().presence().get().await?
With Microsoft's SDK for Python (pip install msgraph-sdk):
  python3 -c 'import asyncio, types, azure.core.credentials as c, msgraph; g = msgraph.GraphServiceClient(types.SimpleNamespace(get_token=lambda *s, **k: c.AccessToken("{token}", 9**10)), ["x"]); g.request_adapter.base_url = "{root}"; print(asyncio.run(g.me.presence.get()))'

Ctrl-C stops it.
"#
    )
}

/// What there was when the program has been stopped.
pub(super) fn stopped(requests: u64) -> String {
    let noun = if requests == 1 { "request" } else { "requests" };
    format!("\nstopped after {requests} {noun}")
}

/// A request in one line. It shows no id and no content.
pub(super) fn line(request: &ReceivedRequest) -> String {
    let time = request.at.strftime("%H:%M:%S");
    let ReceivedRequest { method, status, .. } = request;
    let path = readable(&request.path);
    let mut line = format!("{time}  {status}  {method} {path}");
    let parts = [
        ("by", &request.caller),
        ("fault:", &request.fault),
        ("remark:", &request.remark),
    ];
    for (what, text) in parts {
        if let Some(text) = text {
            // Writing to a string cannot fail.
            let _ = write!(line, "  {what} {text}");
        }
    }
    line
}

/// A path whose segments are words; anything else could be an id.
fn readable(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let word = segment.chars().all(|c| c.is_ascii_alphabetic());
        if word || segment == "v1.0" {
            segment
        } else {
            "…"
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_shows_no_id() {
        let cases = [
            ("/v1.0/me/presence", "/v1.0/me/presence"),
            (
                "/v1.0/users/fa8bf3dc-eca7-46b7-bad1-db199b62afc3/presence",
                "/v1.0/users/…/presence",
            ),
            (
                "/v1.0/users/ada@contoso.com/presence",
                "/v1.0/users/…/presence",
            ),
            ("/v1.0/me/presents", "/v1.0/me/presents"),
        ];
        for (path, shown) in cases {
            assert_eq!(readable(path), shown);
        }
    }
}
