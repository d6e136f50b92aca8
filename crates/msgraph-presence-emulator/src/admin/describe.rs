//! What the administration API tells: itself, the state, the requests.

use super::ROOT;
use super::fault_order::kinds;
use super::orders::ORDERS;
use crate::clock::Clock;
use crate::core::Core;
use crate::doubt::Doubt;
use crate::json::{self, Object};
use crate::record::ReceivedRequest;
use crate::state::Account;
use jiff::Timestamp;

/// So many of the last requests are part of the state.
const LAST_REQUESTS: usize = 20;

/// The API in its own words.
pub(super) fn api() -> Vec<u8> {
    json::object(|o| {
        let about = "Orders to the emulator. {user} is a user's name or object id. Bodies are \
            JSON; every POST needs Content-Type: application/json.";
        o.member("about", about);
        o.objects("orders", ORDERS, |o, order| {
            o.member("method", order.method);
            o.member("path", &format!("{ROOT}{}", order.path));
            if !order.body.is_empty() {
                o.member("body", order.body);
            }
            o.member("does", order.does);
        });
        o.member("faultKinds", &kinds());
        o.member("doubts", &Doubt::names());
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
        o.member("cloud", core.service.cloud.as_str());
        let users = core.service.accounts();
        o.objects("users", users, |o, account| user(o, account, now));
        let faults = core.faults.armed();
        o.objects("faults", faults, |o, fault| {
            o.member("fault", &fault.to_string());
        });
        o.object("doubts", |o| {
            for &doubt in Doubt::ALL {
                o.member(doubt.as_str(), &core.service.doubts().has(doubt));
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
        for order in ORDERS {
            let (method, path) = (order.method, order.path);
            let order = format!("| `{method} {ROOT}{path}` |");
            assert!(README.contains(&order), "{order}");
        }
        assert!(README.contains(&kinds()));
        for doubt in Doubt::ALL {
            let row = format!("| `{}` |", doubt.as_str());
            assert!(README.contains(&row), "{row}");
        }
    }
}
