//! What each order does.

use super::bodies::{ClockOrder, OutOfOfficeOrder, ThrottleOrder, TokenOrder};
use super::fault_order::FaultOrder;
use super::user_entry::{SessionEntry, UserEntry};
use super::{Outcome, Problem};
use crate::clock::Clock;
use crate::core::Core;
use crate::doubt::Doubt;
use crate::json;
use crate::state::{Account, SessionId};
use http::StatusCode;
use jiff::Timestamp;
use msgraph_presence_models::UserId;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;
use std::time::Duration;

/// What an order was given with.
pub(super) struct Given<'a> {
    /// The segments that stand for something: a user's name or id, a session's number.
    pub(super) parameters: Vec<Cow<'a, str>>,
    pub(super) body: &'a [u8],
}

impl Given<'_> {
    fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(self.body).map_err(bad)
    }

    /// The user in the path.
    fn user(&self, core: &Core) -> Result<UserId, Problem> {
        find(core, self.parameters.first().map_or("", |name| name))
    }

    /// The session in the path.
    fn session(&self) -> Result<SessionId, Problem> {
        let number = self.parameters.get(1).map_or("", |number| number);
        let number = number.parse().map(SessionId);
        number.map_err(|_| bad("a session is named by its number"))
    }

    /// Changes the session in the path, of which `change` says whether there is one.
    fn with_session(
        &self,
        core: &mut Core,
        change: impl FnOnce(&mut Account, SessionId, Timestamp) -> bool,
    ) -> Outcome {
        let (user, session) = (self.user(core)?, self.session()?);
        if core.change(user, |account, now| change(account, session, now)) {
            return done();
        }
        let problem = "the user has no such session";
        Err((StatusCode::NOT_FOUND, problem.to_owned()))
    }
}

/// The user of that name or id.
fn find(core: &Core, name: &str) -> Result<UserId, Problem> {
    let account = core.service.find(name);
    let id = account.map(|account| account.id);
    id.ok_or_else(|| {
        let problem = "no such user; give a user's name or object id";
        (StatusCode::NOT_FOUND, problem.to_owned())
    })
}

fn bad(problem: impl ToString) -> Problem {
    (StatusCode::BAD_REQUEST, problem.to_string())
}

/// An order that has nothing to say beyond that it was carried out.
fn done() -> Outcome {
    Ok(b"{}".to_vec())
}

pub(super) fn reset(core: &mut Core, _: &Given<'_>) -> Outcome {
    core.reset();
    done()
}

pub(super) fn set_clock(core: &mut Core, given: &Given<'_>) -> Outcome {
    match given.body()? {
        ClockOrder::Set(time) => {
            let time = time
                .parse()
                .map_err(|_| bad("set: give a time such as 2026-11-21T09:00:00Z"))?;
            core.clock = Clock::Stopped(time);
        }
        ClockOrder::AdvanceSeconds(seconds) => {
            core.clock.advance(Duration::from_secs(seconds));
        }
        ClockOrder::Run(true) => core.clock.run(),
        ClockOrder::Run(false) => core.clock = Clock::Stopped(core.clock.now()),
    }
    let now = core.clock.now().to_string();
    Ok(json::object(|o| o.member("now", &now)))
}

pub(super) fn add_user(core: &mut Core, given: &Given<'_>) -> Outcome {
    let id = core.add(&given.body::<UserEntry>()?).map_err(bad)?;
    Ok(json::object(|o| o.member("id", &id)))
}

pub(super) fn sign_in(core: &mut Core, given: &Given<'_>) -> Outcome {
    let user = given.user(core)?;
    let session = given.body::<SessionEntry>()?.session();
    let session = core.sign_in(user, session);
    Ok(json::object(|o| o.member("session", &session.0)))
}

pub(super) fn touch(core: &mut Core, given: &Given<'_>) -> Outcome {
    given.with_session(core, Account::touch)
}

pub(super) fn end_session(core: &mut Core, given: &Given<'_>) -> Outcome {
    given.with_session(core, |account, session, now| {
        account.end(Some(session), now)
    })
}

pub(super) fn sign_out(core: &mut Core, given: &Given<'_>) -> Outcome {
    let user = given.user(core)?;
    core.change(user, |account, now| account.end(None, now));
    done()
}

pub(super) fn set_out_of_office(core: &mut Core, given: &Given<'_>) -> Outcome {
    let user = given.user(core)?;
    let order: OutOfOfficeOrder = given.body()?;
    core.set_out_of_office(user, order.message);
    done()
}

pub(super) fn make_token(core: &mut Core, given: &Given<'_>) -> Outcome {
    let order: TokenOrder = given.body()?;
    let user = order.user.as_deref();
    let user = user.map(|user| find(core, user)).transpose()?;
    let token = core.write_token(&order.token(user).map_err(bad)?);
    Ok(json::object(|o| o.member("token", &token)))
}

pub(super) fn arm(core: &mut Core, given: &Given<'_>) -> Outcome {
    let order: FaultOrder = given.body()?;
    core.faults.arm(order.fault().map_err(bad)?);
    done()
}

pub(super) fn disarm(core: &mut Core, _: &Given<'_>) -> Outcome {
    core.faults.clear();
    done()
}

pub(super) fn forget_requests(core: &mut Core, _: &Given<'_>) -> Outcome {
    core.record.clear();
    done()
}

pub(super) fn throttle(core: &mut Core, given: &Given<'_>) -> Outcome {
    let order: ThrottleOrder = given.body()?;
    core.service.set_throttled(order.on);
    done()
}

pub(super) fn assume(core: &mut Core, given: &Given<'_>) -> Outcome {
    let order: Value = given.body()?;
    let Some(doubts) = order.as_object() else {
        return Err(bad("give an object such as {\"camelCase\":true}"));
    };
    let mut switches = Vec::new();
    for (name, assumed) in doubts {
        let doubt = name.parse::<Doubt>();
        let doubt = doubt.map_err(|error| bad(format!("{name}: {error}")))?;
        let assumed = assumed.as_bool();
        let assumed = assumed.ok_or_else(|| bad(format!("{name}: true or false")))?;
        switches.push((doubt, assumed));
    }
    for (doubt, assumed) in switches {
        core.service.assume(doubt, assumed);
    }
    done()
}
