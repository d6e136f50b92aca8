//! From a request to its answer: who calls, what for, whether that is allowed, what comes of it.

use http::header::{ALLOW, AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::UserId;

use super::account::{Account, Status};
use super::error::GraphError;
use super::presence_body::PresenceBody;
use super::requests;
use super::routing::{Match, find};
use super::service::Service;
use crate::doubt::Doubt;
use crate::generated::routes::Route;
use crate::token::{Caller, CallerKind, Cloud, PERSONAL_TENANT};

/// The version of Graph that is emulated.
pub(crate) const VERSION: &str = "/v1.0";

/// What an operation answers when it succeeds.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Vec<u8>>,
}

/// An answer, and what is to be noted about the request.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) result: Result<Answer, GraphError>,
    pub(crate) caller: Option<String>,
    pub(crate) remark: Option<String>,
}

impl Service {
    /// The operation that a method and a path lead to, whoever calls.
    pub(crate) fn operation(method: &str, path: &str) -> Option<Route> {
        match find(method, path.strip_prefix(VERSION)?) {
            Match::Operation(route, _) => Some(route),
            _ => None,
        }
    }

    /// Answers a request.
    pub(crate) fn answer<B: AsRef<[u8]>>(
        &mut self,
        request: &Request<B>,
        now: Timestamp,
    ) -> Outcome {
        let caller = match self.caller(request.headers(), now) {
            Ok(caller) => caller,
            Err(error) => {
                return Outcome {
                    result: Err(error),
                    caller: None,
                    remark: None,
                };
            }
        };
        let mut remark = None;
        let result = self.answer_to(&caller, request, now, &mut remark);
        Outcome {
            result,
            caller: self.name(&caller),
            remark,
        }
    }

    /// A few words on who calls, for the record; nothing without a good token.
    pub(crate) fn name_of_caller(
        &self,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Option<String> {
        self.name(&self.caller(headers, now).ok()?)
    }

    fn name(&self, caller: &Caller) -> Option<String> {
        match caller.kind {
            CallerKind::Application => Some("application".to_owned()),
            CallerKind::Delegated(id) => self.account(id).map(|user| user.name.clone()),
        }
    }

    /// Who calls.
    ///
    /// Not in the documentation of presence: a token's text may also be a user's name, or
    /// `application`, for every permission of its kind.
    fn caller(&self, headers: &HeaderMap, now: Timestamp) -> Result<Caller, GraphError> {
        let header = headers
            .get(AUTHORIZATION)
            .and_then(|text| text.to_str().ok());
        let Some((scheme, token)) = header.and_then(|text| text.split_once(' ')) else {
            return Err(GraphError::invalid_token("Access token is empty."));
        };
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(GraphError::invalid_token("Access token is empty."));
        }
        let token = token.trim();
        if token == "application" {
            return Ok(Caller::application());
        }
        if !token.contains('.')
            && let Some(user) = self.find(token)
        {
            return Ok(Caller::user(user.id, &user.tenant));
        }
        Caller::read(token, self.cloud, now).map_err(GraphError::invalid_token)
    }

    fn answer_to<B: AsRef<[u8]>>(
        &mut self,
        caller: &Caller,
        request: &Request<B>,
        now: Timestamp,
        remark: &mut Option<String>,
    ) -> Result<Answer, GraphError> {
        self.count(caller, now)?;
        let path = request.uri().path();
        let Some(path) = path.strip_prefix(VERSION) else {
            let version = path.split('/').nth(1).unwrap_or_default();
            return Err(GraphError::bad_request(format!(
                "Invalid version: {version}. The emulator knows v1.0 alone."
            )));
        };
        let (route, parameters) = match find(request.method().as_str(), path) {
            Match::Operation(route, parameters) => (route, parameters),
            Match::WrongMethod(allowed) => return Err(wrong_method(&allowed)),
            Match::Unknown(segment) => {
                return Err(GraphError::bad_request(format!(
                    "Resource not found for the segment '{segment}'."
                )));
            }
        };
        if self.cloud == Cloud::China {
            return Err(GraphError::bad_request(
                "Resource not found for the segment 'presence'.",
            ));
        }
        self.check_permission(caller, route)?;
        let user = match (parameters.first(), caller.kind) {
            (Some(id), _) => requests::user_id(id)?,
            (None, CallerKind::Delegated(user)) => user,
            (None, CallerKind::Application) => return Err(no_user()),
        };
        let call = Call {
            caller,
            user,
            query: request.uri().query().unwrap_or_default(),
            headers: request.headers(),
            body: request.body().as_ref(),
            now,
        };
        // By id and not by variant: an operation that is added to the API's description, or
        // taken from it, compiles.
        match route.operation_id() {
            "me.GetPresence" | "users.GetPresence" => self.get(&call, false),
            "communications.GetPresences" => self.get(&call, true),
            "users.user.presence.setStatusMessage" => {
                self.set_status_message(&call, remark)
            }
            "users.user.presence.setUserPreferredPresence" => {
                self.set_user_preferred_presence(&call, remark)
            }
            operation => Err(not_implemented(operation)),
        }
    }

    fn count(&mut self, caller: &Caller, now: Timestamp) -> Result<(), GraphError> {
        let counted = self
            .throttle
            .count(&caller.application, &caller.tenant, now);
        counted.map_err(|seconds| {
            let fraction = match self.doubts.has(Doubt::FractionalRetryAfter) {
                true => ".128",
                false => "",
            };
            let text = format!("{seconds}{fraction}");
            GraphError::of_status(StatusCode::TOO_MANY_REQUESTS).with(RETRY_AFTER, text)
        })
    }

    /// Whether the caller may use the operation at all.
    fn check_permission(&self, caller: &Caller, route: Route) -> Result<(), GraphError> {
        if caller.tenant == PERSONAL_TENANT {
            return Err(GraphError::of_status(StatusCode::BAD_REQUEST));
        }
        let wanted = match caller.kind {
            CallerKind::Delegated(_) => route.delegated(),
            CallerKind::Application => route.application(),
        };
        let under_me = route.path().starts_with("/me/");
        if under_me && caller.kind == CallerKind::Application {
            return Err(no_user());
        }
        if caller.has_any(wanted) {
            return Ok(());
        }
        Err(self.missing_permission(route.method() != "GET"))
    }

    fn missing_permission(&self, write: bool) -> GraphError {
        let always_401 = self.doubts.has(Doubt::Missing401);
        let always_403 = self.doubts.has(Doubt::Missing403);
        let status = match write && !always_401 || always_403 {
            true => StatusCode::FORBIDDEN,
            false => StatusCode::UNAUTHORIZED,
        };
        GraphError::of_status(status)
    }

    fn get(
        &mut self,
        call: &Call<'_>,
        communications: bool,
    ) -> Result<Answer, GraphError> {
        let own = call.caller.is(call.user);
        let others = ["Presence.Read.All"];
        if !own
            && matches!(call.caller.kind, CallerKind::Delegated(_))
            && self.doubts.has(Doubt::ReadAllForOthers)
            && !call.caller.has_any(&others)
        {
            return Err(self.missing_permission(false));
        }
        let select = requests::select(call.query)?;
        if select.is_some() && self.doubts.has(Doubt::SelectRefused) {
            return Err(GraphError::bad_request("The query is not supported."));
        }
        let (doubts, cloud) = (self.doubts, self.cloud);
        let mut sequence = self.sequence;
        let account = self.reachable(call)?;
        let (version, view) = account.publish(call.now, &mut sequence);
        self.sequence = sequence;
        let context = match communications {
            true => "communications/presences/$entity".to_owned(),
            false => format!("users('{}')/presence/$entity", call.user),
        };
        let body = PresenceBody {
            id: call.user,
            sequence: version,
            view: &view,
            own,
            select: select.as_deref(),
            context,
            enveloped: communications && doubts.has(Doubt::Envelope),
            doubts,
            cloud,
        };
        Ok(Answer {
            status: StatusCode::OK,
            body: Some(body.write()),
        })
    }

    fn set_status_message(
        &mut self,
        call: &Call<'_>,
        remark: &mut Option<String>,
    ) -> Result<Answer, GraphError> {
        own_or_application(call)?;
        let new = requests::status_message(call.headers, call.body)?;
        *remark = new.remark;
        self.reachable(call)?.set_status(Some(Status {
            content: new.content,
            published: call.now,
            expiry: new.expiry,
        }));
        Ok(self.done())
    }

    fn set_user_preferred_presence(
        &mut self,
        call: &Call<'_>,
        remark: &mut Option<String>,
    ) -> Result<Answer, GraphError> {
        own_or_application(call)?;
        let new = requests::preferred_presence(call.headers, call.body)?;
        *remark = new.remark;
        self.reachable(call)?
            .prefer(new.preferred, new.lasts, call.now);
        Ok(self.done())
    }

    /// The user that a call is about, if the caller's tenant knows it.
    fn reachable(&mut self, call: &Call<'_>) -> Result<&mut Account, GraphError> {
        let account = self.accounts.get_mut(&call.user);
        let account = account.filter(|account| account.tenant == call.caller.tenant);
        account.ok_or_else(|| {
            let message = "The requested user was not found.";
            GraphError::new(StatusCode::NOT_FOUND, "NotFound", message)
        })
    }

    fn done(&self) -> Answer {
        let status = match self.doubts.has(Doubt::NoContent) {
            true => StatusCode::NO_CONTENT,
            false => StatusCode::OK,
        };
        Answer { status, body: None }
    }
}

/// A call that may be made, and what it is about.
struct Call<'a> {
    caller: &'a Caller,
    user: UserId,
    query: &'a str,
    headers: &'a HeaderMap,
    body: &'a [u8],
    now: Timestamp,
}

/// A signed-in user sets its own presence alone.
fn own_or_application(call: &Call<'_>) -> Result<(), GraphError> {
    if call.caller.kind == CallerKind::Application || call.caller.is(call.user) {
        return Ok(());
    }
    let message = "Cannot set the presence of another user";
    Err(GraphError::new(
        StatusCode::UNAUTHORIZED,
        "Unauthorized",
        message,
    ))
}

/// An application has no `/me`.
fn no_user() -> GraphError {
    GraphError::bad_request(
        "/me request is only valid with delegated authentication flow.",
    )
}

fn wrong_method(allowed: &[&str]) -> GraphError {
    let message = "Specified HTTP method is not allowed for the request target.";
    GraphError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
        .with(ALLOW, allowed.join(", "))
}

fn not_implemented(operation: &str) -> GraphError {
    let message =
        format!("The emulator has no behaviour for the operation {operation}.");
    GraphError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
}
