//! What an emulator consists of, but for its socket, and the way of a request through it.

use crate::clock::Clock;
use crate::doubt::Doubt;
use crate::fault::{Fault, FaultPlan};
use crate::generated::routes::Route;
use crate::random::SplitMix;
use crate::record::{ReceivedRequest, Record};
use crate::reply::{CLIENT_REQUEST_ID, Reply, Stamp};
use crate::state::{Account, Answer, Service, Session, SessionId, Target};
use crate::token::{DEFAULT_TENANT, Token};
use crate::user::office;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};

/// What an emulator consists of, but for its socket.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) clock: Clock,
    pub(crate) service: Service,
    pub(crate) faults: FaultPlan,
    pub(crate) record: Record,
    request_ids: SplitMix,
    /// The last second that was written as a header.
    date: (i64, HeaderValue),
}

impl Core {
    pub(crate) fn new(cloud: Cloud, clock: Clock) -> Self {
        Self {
            clock,
            service: Service::new(cloud),
            faults: FaultPlan::default(),
            record: Record::default(),
            request_ids: SplitMix(0),
            date: (i64::MIN, HeaderValue::from_static("")),
        }
    }

    /// Answers a request under Graph's paths, and records it.
    pub(crate) fn answer(&mut self, request: Request<Bytes>) -> Reply {
        let now = self.clock.now();
        let target = Target::of(&request);
        let route = target.as_ref().ok().map(|target| target.route);
        let operation = route.map(Route::operation_id);
        let fault = self.faults.draw(operation);
        let stamp = self.stamp(request.headers(), now);
        let caller = self.service.caller(request.headers(), now);
        let caller_name = caller.as_ref().ok();
        let caller_name = caller_name.and_then(|caller| self.service.name(caller));
        let mut result = if fault.as_ref().is_some_and(Fault::replaces) {
            Ok(Answer::NOTHING)
        } else {
            caller.and_then(|caller| self.service.answer(&caller, target, &request, now))
        };
        let remark = result.as_mut().ok();
        let remark = remark.and_then(|answer| answer.remark.take());
        let response = stamp.response(result);
        let reply = match &fault {
            Some(fault) => fault.strike(response, &stamp),
            None => Reply::of(response),
        };
        self.record.add(ReceivedRequest {
            caller: caller_name,
            operation,
            status: reply.response.status().as_u16(),
            fault: fault.map(|fault| fault.to_string()),
            remark,
            ..ReceivedRequest::new(request, now)
        });
        reply
    }

    fn stamp(&mut self, headers: &HeaderMap, now: Timestamp) -> Stamp {
        let lower_case = self.service.doubts().has(Doubt::LowerCaseInnerError);
        Stamp {
            request_id: self.request_ids.guid().to_string(),
            client_request_id: headers.get(CLIENT_REQUEST_ID).cloned(),
            now,
            date: self.date(now),
            inner_error: if lower_case {
                "innererror"
            } else {
                "innerError"
            },
        }
    }

    /// The emulator's time, as HTTP writes it; written once a second.
    fn date(&mut self, now: Timestamp) -> HeaderValue {
        if self.date.0 != now.as_second() {
            let text = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let empty = HeaderValue::from_static("");
            let date = HeaderValue::try_from(text).unwrap_or(empty);
            self.date = (now.as_second(), date);
        }
        self.date.1.clone()
    }

    /// Starts a session of a user, who is added first if nobody has that id.
    pub(crate) fn sign_in(&mut self, user: UserId, session: Session) -> SessionId {
        self.service.sign_in(user, session, self.clock.now())
    }

    /// Changes a user. False without one, or when `change` says so.
    pub(crate) fn change(
        &mut self,
        user: UserId,
        change: impl FnOnce(&mut Account, Timestamp) -> bool,
    ) -> bool {
        let account = self.service.account_mut(user);
        account.is_some_and(|account| change(account, self.clock.now()))
    }

    /// Sets a user out of office with a message, or back in office without one.
    pub(crate) fn set_out_of_office(&mut self, user: UserId, message: Option<String>) {
        if let Some(account) = self.service.account_mut(user) {
            account.out_of_office = office(message);
        }
    }

    /// The text of a token, with its user's tenant unless it has one of its own.
    pub(crate) fn write_token(&self, token: &Token) -> String {
        let user = token.user.and_then(|id| self.service.account(id));
        let home = user.map_or(DEFAULT_TENANT, |user| &user.tenant);
        token.write(home, self.clock.now())
    }

    /// Forgets everything that has happened; the users, the clock and the doubts stay.
    pub(crate) fn reset(&mut self) {
        self.service.reset();
        self.faults.clear();
        self.record.clear();
    }
}
