//! Who calls, and whether the caller may do what it asks for.

use super::error::GraphError;
use super::requests;
use super::service::Service;
use crate::doubt::Doubt;
use crate::generated::routes::Route;
use crate::token::{Caller, CallerKind, PERSONAL_TENANT};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::UserId;

impl Service {
    /// A few words on who calls, for the record.
    pub(crate) fn name(&self, caller: &Caller) -> Option<String> {
        match caller.kind {
            CallerKind::Application => Some("application".to_owned()),
            CallerKind::Delegated(id) => self.account(id).map(|user| user.name.clone()),
        }
    }

    /// Who calls.
    ///
    /// Not in the documentation of presence: a token's text may also be a user's name, or
    /// `application`, for every permission of its kind.
    pub(crate) fn caller(&self, headers: &HeaderMap, now: Timestamp) -> Result<Caller, GraphError> {
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

    /// Whether the caller may use the operation at all.
    pub(super) fn check_permission(&self, caller: &Caller, route: Route) -> Result<(), GraphError> {
        if caller.tenant == PERSONAL_TENANT {
            return Err(GraphError::of_status(StatusCode::BAD_REQUEST));
        }
        let wanted = match caller.kind {
            CallerKind::Delegated(_) => route.delegated(),
            CallerKind::Application => route.application(),
        };
        if caller.has_any(wanted) {
            return Ok(());
        }
        Err(self.missing_permission(route.method() != "GET"))
    }

    /// Whether the caller may read somebody else, which is in doubt.
    pub(super) fn check_reading_others(&self, caller: &Caller) -> Result<(), GraphError> {
        let enough = !self.doubts.has(Doubt::ReadAllForOthers)
            || caller.kind == CallerKind::Application
            || caller.has_any(&["Presence.Read.All"]);
        if enough {
            Ok(())
        } else {
            Err(self.missing_permission(false))
        }
    }

    fn missing_permission(&self, write: bool) -> GraphError {
        let always_401 = self.doubts.has(Doubt::Missing401);
        let always_403 = self.doubts.has(Doubt::Missing403);
        GraphError::of_status(if always_403 || write && !always_401 {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::UNAUTHORIZED
        })
    }
}

/// The user that a call is about: the one in the path or, under `/me`, the one who calls.
pub(super) fn subject(caller: &Caller, id: Option<&str>) -> Result<UserId, GraphError> {
    match (id, caller.kind) {
        (Some(id), _) => requests::user_id(id),
        (None, CallerKind::Delegated(user)) => Ok(user),
        (None, CallerKind::Application) => Err(GraphError::bad_request(
            "/me request is only valid with delegated authentication flow.",
        )),
    }
}

/// A signed-in user sets its own presence alone.
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
