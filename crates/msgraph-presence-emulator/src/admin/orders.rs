//! The orders: how each is given and what it takes.

use super::handlers::{self, Given};
use super::{Outcome, describe};
use crate::core::Core;
use crate::state::percent_decoded;
use std::borrow::Cow;

/// An order that can be given.
pub(super) struct Order {
    pub(super) method: &'static str,
    /// The path below the root; what is in braces stands for any segment.
    pub(super) path: &'static str,
    /// The body, as the API's description shows it.
    pub(super) body: &'static str,
    pub(super) does: &'static str,
    carry_out: fn(&mut Core, &Given<'_>) -> Outcome,
}

pub(super) const ORDERS: &[Order] = &[
    Order {
        method: "GET",
        path: "",
        body: "",
        does: "this list",
        carry_out: |_, _| Ok(describe::api()),
    },
    Order {
        method: "GET",
        path: "/state",
        body: "",
        does: "the clock, the users, the faults and doubts, the last requests",
        carry_out: |core, _| Ok(describe::state(core)),
    },
    Order {
        method: "POST",
        path: "/reset",
        body: "",
        does: "forgets sessions, preferences, messages, faults and requests; users stay",
        carry_out: handlers::reset,
    },
    Order {
        method: "POST",
        path: "/clock",
        body: r#"{"set":"2026-11-21T09:00:00Z"}, {"advanceSeconds":300} or {"run":true}"#,
        does: "sets, advances, starts or (false) stops the clock",
        carry_out: handlers::set_clock,
    },
    Order {
        method: "POST",
        path: "/users",
        body: r#"{"name":"Ada","id":"…","tenant":"…","outOfOffice":"…","workLocation":{"workLocationType":"office"},"signedIn":true,"sessions":[…]}, all but the name optional; signedIn is short for a session {}"#,
        does: "adds a user, in place of one with the same id, with sessions as below; answers the id",
        carry_out: handlers::add_user,
    },
    Order {
        method: "POST",
        path: "/users/{user}/sessions",
        body: r#"{"availability":"Busy","activity":"InACall","expiresInSeconds":3600}, all optional; {} is Available, without an end"#,
        does: "signs a user in; answers the session's number",
        carry_out: handlers::sign_in,
    },
    Order {
        method: "POST",
        path: "/users/{user}/sessions/{number}",
        body: "",
        does: "the user is active in the session",
        carry_out: handlers::touch,
    },
    Order {
        method: "DELETE",
        path: "/users/{user}/sessions/{number}",
        body: "",
        does: "ends a session",
        carry_out: handlers::end_session,
    },
    Order {
        method: "DELETE",
        path: "/users/{user}/sessions",
        body: "",
        does: "signs a user out",
        carry_out: handlers::sign_out,
    },
    Order {
        method: "POST",
        path: "/users/{user}/outOfOffice",
        body: r#"{"message":"…"} or {"message":null}"#,
        does: "sets a user out of office or back",
        carry_out: handlers::set_out_of_office,
    },
    Order {
        method: "POST",
        path: "/tokens",
        body: r#"{"user":"Ada","permissions":["Presence.Read"],"tenant":"…","application":"…","cloud":"global","expiresInSeconds":3600,"expired":false,"personalAccount":false}, all optional; without a user an application's"#,
        does: "makes a token",
        carry_out: handlers::make_token,
    },
    Order {
        method: "POST",
        path: "/faults",
        body: r#"{"kind":"status","status":503,"code":"…","message":"…","retryAfter":"2","location":"…","afterBytes":0,"bytes":16,"milliseconds":100,"applied":false,"onCall":1,"times":1,"always":false,"rate":0.1,"seed":42,"operation":"users.GetPresence"}, all but the kind optional"#,
        does: "arms a fault",
        carry_out: handlers::arm,
    },
    Order {
        method: "DELETE",
        path: "/faults",
        body: "",
        does: "disarms all faults",
        carry_out: handlers::disarm,
    },
    Order {
        method: "GET",
        path: "/requests",
        body: "",
        does: "the requests to Graph, with headers and bodies",
        carry_out: |core, _| Ok(describe::requests(core)),
    },
    Order {
        method: "DELETE",
        path: "/requests",
        body: "",
        does: "forgets the requests",
        carry_out: handlers::forget_requests,
    },
    Order {
        method: "POST",
        path: "/doubts",
        body: r#"{"camelCase":true}"#,
        does: "assumes doubts, or not",
        carry_out: handlers::assume,
    },
    Order {
        method: "POST",
        path: "/throttle",
        body: r#"{"on":false}"#,
        does: "limits the number of requests, or not",
        carry_out: handlers::throttle,
    },
];

/// Carries out the order of a method and a path below the root, or says that there is none.
pub(super) fn carry_out(core: &mut Core, method: &str, path: &str, body: &[u8]) -> Option<Outcome> {
    let orders = ORDERS.iter().filter(|order| order.method == method);
    let mut found = orders.filter_map(|order| Some((order, order.parameters(path)?)));
    let (order, parameters) = found.next()?;
    Some((order.carry_out)(core, &Given { parameters, body }))
}

impl Order {
    /// What a path has in the places of the braces, if it is this order's.
    fn parameters<'a>(&self, path: &'a str) -> Option<Vec<Cow<'a, str>>> {
        let mut found = path.split('/').filter(|segment| !segment.is_empty());
        let mut parameters = Vec::new();
        for wanted in self.path.split('/').skip(1) {
            let segment = found.next()?;
            if wanted.starts_with('{') {
                parameters.push(percent_decoded(segment));
            } else if segment != wanted {
                return None;
            }
        }
        found.next().is_none().then_some(parameters)
    }
}
