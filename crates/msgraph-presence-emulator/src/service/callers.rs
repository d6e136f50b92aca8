//! The callers: their tokens, their permissions and the limit on their requests.

use super::Service;
use super::routing::user_id;
use crate::generated::routes::Route;
use crate::response::GraphError;
use crate::token::{Caller, CallerKind, PERSONAL_TENANT};
use crate::undocumented::Undocumented;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::UserId;

impl Service {
    /// Reads the caller from the `Authorization` header.
    ///
    /// Not in the documentation of presence: a token's text may also be a user's name, or
    /// `application`, for every permission of its kind.
    pub(super) fn caller(&self, headers: &HeaderMap, now: Timestamp) -> Result<Caller, GraphError> {
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

    /// The caller as the record shows it: `application` or a user's name.
    pub(super) fn caller_name(&self, caller: &Caller) -> Option<String> {
        match caller.kind {
            CallerKind::Application => Some("application".to_owned()),
            CallerKind::Delegated(id) => self.account(id).map(|user| user.name.clone()),
        }
    }

    /// Counts the request against the caller's limit.
    pub(super) fn count(&mut self, caller: &Caller, now: Timestamp) -> Result<(), GraphError> {
        let counted = self
            .throttle
            .count(&caller.application, &caller.tenant, now);
        counted.map_err(|seconds| {
            let fractional = self.undocumented.has(Undocumented::FractionalRetryAfter);
            let fraction = if fractional { ".128" } else { "" };
            let text = format!("{seconds}{fraction}");
            GraphError::of_status(StatusCode::TOO_MANY_REQUESTS).with(RETRY_AFTER, text)
        })
    }

    /// Checks that the caller may use the operation.
    pub(super) fn check_permission(&self, caller: &Caller, route: Route) -> Result<(), GraphError> {
        if caller.tenant == PERSONAL_TENANT {
            return Err(GraphError::of_status(StatusCode::BAD_REQUEST));
        }
        let sufficient = match caller.kind {
            CallerKind::Delegated(_) => route.delegated(),
            CallerKind::Application => route.application(),
        };
        if caller.has_any(sufficient) {
            return Ok(());
        }
        // Of the POSTs, one only reads.
        let write = route.method() != "GET" && !route.path().ends_with("getPresencesByUserId");
        Err(self.missing_permission(write))
    }

    /// Checks that the caller may read another user, which the documentation leaves open.
    pub(super) fn check_reading_others(&self, caller: &Caller) -> Result<(), GraphError> {
        let allowed = !self.undocumented.has(Undocumented::ReadAllForOthers)
            || caller.kind == CallerKind::Application
            || caller.has_any(&["Presence.Read.All"]);
        if allowed {
            Ok(())
        } else {
            Err(self.missing_permission(false))
        }
    }

    fn missing_permission(&self, write: bool) -> GraphError {
        let always_401 = self.undocumented.has(Undocumented::Missing401);
        let always_403 = self.undocumented.has(Undocumented::Missing403);
        GraphError::of_status(if always_403 || write && !always_401 {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::UNAUTHORIZED
        })
    }
}

/// The user that a call is about: the one in the path or, under `/me`, the caller.
pub(super) fn subject(caller: &Caller, id: Option<&str>) -> Result<UserId, GraphError> {
    match (id, caller.kind) {
        (Some(id), _) => user_id(id),
        (None, CallerKind::Delegated(user)) => Ok(user),
        (None, CallerKind::Application) => Err(no_user()),
    }
}

/// The error for an application under `/me`.
pub(super) fn no_user() -> GraphError {
    GraphError::bad_request("/me request is only valid with delegated authentication flow.")
}

/// A signed-in user may set only its own presence.
pub(super) fn may_set(caller: &Caller, user: UserId) -> Result<(), GraphError> {
    if caller.kind == CallerKind::Application || caller.is(user) {
        return Ok(());
    }
    let message = "Cannot set the presence of another user";
    Err(GraphError::new(
        StatusCode::UNAUTHORIZED,
        "Unauthorized",
        message,
    ))
}
