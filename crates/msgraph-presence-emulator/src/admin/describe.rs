//! What the administration API tells: itself, the state, the requests.

use super::ROOT;
use super::fault_order::kinds;
use crate::clock::Clock;
use crate::core::Core;
use crate::doubt::Doubt;
use crate::json::{self, Object};
use crate::record::ReceivedRequest;
use crate::state::Account;
use jiff::Timestamp;

/// So many of the last requests are part of the state.
const LAST_REQUESTS: usize = 20;

/// The orders: method, path below the root, body, what it does.
const ORDERS: &[(&str, &str, &str, &str)] = &[
    ("GET", "", "", "this list"),
    (
        "GET",
        "/state",
        "",
        "the clock, the users, the faults and doubts, the last requests",
    ),
    (
        "POST",
        "/reset",
        "",
        "forgets sessions, preferences, messages, faults and requests; users stay",
    ),
    (
        "POST",
        "/clock",
        r#"{"set":"2026-11-21T09:00:00Z"}, {"advanceSeconds":300} or {"run":true}"#,
        "sets, advances, starts or (false) stops the clock",
    ),
    (
        "POST",
        "/users",
        r#"{"name":"Ada","id":"…","tenant":"…","outOfOffice":"…","signedIn":true,"sessions":[…]}, all but the name optional; signedIn is short for a session {}"#,
        "adds a user, in place of one with the same id, with sessions as below; answers the id",
    ),
    (
        "POST",
        "/users/{user}/sessions",
        r#"{"availability":"Busy","activity":"InACall","expiresInSeconds":3600}, all optional; {} is Available, without an end"#,
        "signs a user in; answers the session's number",
    ),
    (
        "POST",
        "/users/{user}/sessions/{number}",
        "",
        "the user is active in the session",
    ),
    (
        "DELETE",
        "/users/{user}/sessions/{number}",
        "",
        "ends a session",
    ),
    ("DELETE", "/users/{user}/sessions", "", "signs a user out"),
    (
        "POST",
        "/users/{user}/outOfOffice",
        r#"{"message":"…"} or {"message":null}"#,
        "sets a user out of office or back",
    ),
    (
        "POST",
        "/tokens",
        r#"{"user":"Ada","permissions":["Presence.Read"],"tenant":"…","application":"…","cloud":"global","expiresInSeconds":3600,"expired":false,"personalAccount":false}, all optional; without a user an application's"#,
        "makes a token",
    ),
    (
        "POST",
        "/faults",
        r#"{"kind":"status","status":503,"code":"…","message":"…","retryAfter":"2","location":"…","afterBytes":0,"bytes":16,"milliseconds":100,"applied":false,"onCall":1,"times":1,"always":false,"rate":0.1,"seed":42,"operation":"users.GetPresence"}, all but the kind optional"#,
        "arms a fault",
    ),
    ("DELETE", "/faults", "", "disarms all faults"),
    (
        "GET",
        "/requests",
        "",
        "the requests to Graph, with headers and bodies",
    ),
    ("DELETE", "/requests", "", "forgets the requests"),
    (
        "POST",
        "/doubts",
        r#"{"camelCase":true}"#,
        "assumes doubts, or not",
    ),
    (
        "POST",
        "/throttle",
        r#"{"on":false}"#,
        "limits the number of requests, or not",
    ),
];

/// The API in its own words.
pub(super) fn api() -> Vec<u8> {
    json::object(|o| {
        let about = "Orders to the emulator. {user} is a user's name or object id. Bodies are \
            JSON; every POST needs Content-Type: application/json.";
        o.member("about", about);
        o.objects("orders", ORDERS, |o, (method, path, body, does)| {
            o.member("method", method);
            o.member("path", &format!("{ROOT}{path}"));
            if !body.is_empty() {
                o.member("body", body);
            }
            o.member("does", does);
        });
        o.member("faultKinds", &kinds());
        let doubts = Doubt::ALL.map(Doubt::name).join(", ");
        o.member("doubts", &doubts);
    })
}

/// The whole state, for the page and for tests.
pub(super) fn state(core: &Core) -> Vec<u8> {
    let now = core.clock.now();
    json::object(|o| {
        o.object("clock", |o| {
            o.member("now", &now.to_string());
            let running = matches!(core.clock, Clock::Running(_));
            o.member("running", &running);
        });
        o.member("cloud", core.service.cloud.name());
        let users = core.service.accounts();
        o.objects("users", users, |o, account| user(o, account, now));
        let faults = core.faults.armed();
        o.objects("faults", faults, |o, fault| {
            o.member("fault", &fault.to_string());
        });
        o.object("doubts", |o| {
            for doubt in Doubt::ALL {
                o.member(doubt.name(), &core.service.doubts().has(doubt));
            }
        });
        o.member("requestsReceived", &core.record.received());
        let last = core.record.requests().rev().take(LAST_REQUESTS);
        o.objects("lastRequests", last, summary);
    })
}

fn user(o: &mut Object<'_>, account: &Account, now: Timestamp) {
    let view = account.view(now);
    o.member("name", &account.name);
    o.member("id", &account.id);
    o.member("tenant", &account.tenant);
    o.member("availability", &view.pair.availability);
    o.member("activity", &view.pair.activity);
    o.member("outOfOffice", &view.out_of_office);
    if let Some(status) = &view.status {
        o.object("statusMessage", |o| {
            o.member("content", &status.content);
            o.member("published", &status.published.to_string());
            let expires = status.expiry.as_ref().map(|expiry| expiry.at.to_string());
            o.member("expires", &expires);
        });
    }
    if let Some((pair, until)) = account.preference(now) {
        o.object("preferred", |o| {
            o.member("availability", &pair.availability);
            o.member("activity", &pair.activity);
            o.member("until", &until.to_string());
        });
    }
    o.objects("sessions", account.sessions(now), |o, session| {
        let shows = session.shows(now);
        o.member("number", &session.id.0);
        o.member("availability", &shows.availability);
        o.member("activity", &shows.activity);
        o.member("active", &session.active.to_string());
        let expires = session.expires.map(|expires| expires.to_string());
        o.member("expires", &expires);
    });
}

/// Every request that is kept, with all of it.
pub(super) fn requests(core: &Core) -> Vec<u8> {
    json::object(|o| {
        o.objects("requests", core.record.requests(), |o, request| {
            summary(o, request);
            o.object("headers", |o| {
                for name in request.headers.keys() {
                    o.member(name.as_str(), &request.header(name.as_str()));
                }
            });
            match request.json() {
                Some(body) => o.member("body", &body),
                None => o.member("text", &*String::from_utf8_lossy(&request.body)),
            }
        });
    })
}

fn summary(o: &mut Object<'_>, request: &ReceivedRequest) {
    o.member("number", &request.number);
    o.member("at", &request.at.to_string());
    o.member("method", &request.method);
    o.member("path", &request.path);
    o.member("query", &request.query);
    o.member("operation", &request.operation);
    o.member("caller", &request.caller);
    o.member("status", &request.status);
    o.member("fault", &request.fault);
    o.member("remark", &request.remark);
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../README.md");

    #[test]
    fn the_readme_has_every_order_and_doubt() {
        for (method, path, ..) in ORDERS {
            let order = format!("| `{method} {ROOT}{path}` |");
            assert!(README.contains(&order), "{order}");
        }
        assert!(README.contains(&kinds()));
        for doubt in Doubt::ALL {
            let row = format!("| `{}` |", doubt.name());
            assert!(README.contains(&row), "{row}");
        }
    }
}
