//! Who calls, read from an access token.

use super::{DEFAULT_APPLICATION, DEFAULT_TENANT, all_permissions};
use crate::generated::routes::Route;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_PAD_INDIFFERENT;
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};
use serde_json::Value;

/// Who calls, as the token says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    pub(crate) kind: CallerKind,
    pub(crate) permissions: Vec<String>,
    pub(crate) tenant: String,
    pub(crate) application: String,
}

/// The two kinds of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallerKind {
    Delegated(UserId),
    Application,
}

impl Caller {
    /// A signed-in user with every delegated permission that the operations know.
    pub(crate) fn user(user: UserId, tenant: &str) -> Self {
        Self {
            kind: CallerKind::Delegated(user),
            permissions: all_permissions(Route::delegated),
            tenant: tenant.to_owned(),
            application: DEFAULT_APPLICATION.to_owned(),
        }
    }

    /// An application with every application permission that the operations know.
    pub(crate) fn application() -> Self {
        Self {
            kind: CallerKind::Application,
            permissions: all_permissions(Route::application),
            tenant: DEFAULT_TENANT.to_owned(),
            application: DEFAULT_APPLICATION.to_owned(),
        }
    }

    /// Reads the text of a token. `Err` says what the service would say is wrong with it.
    pub(crate) fn read(token: &str, cloud: Cloud, now: Timestamp) -> Result<Self, &'static str> {
        const MALFORMED: &str = "IDX14100: JWT is not well formed.";
        let mut parts = token.split('.');
        let (_, Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("IDX14100: JWT is not well formed, there are no dots (.).");
        };
        let claims = URL_SAFE_PAD_INDIFFERENT.decode(claims);
        let claims = claims.map_err(|_| MALFORMED)?;
        let claims: Value = serde_json::from_slice(&claims).map_err(|_| MALFORMED)?;
        let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();

        if claims["aud"].as_str() != Some(cloud.root()) {
            return Err("Access token validation failure. Invalid audience.");
        }
        let expires = claims["exp"].as_i64().unwrap_or(i64::MIN);
        if expires <= now.as_second() {
            return Err("Lifetime validation failed, the token is expired.");
        }
        let (kind, permissions) = if claims["scp"].is_string() {
            let user = text("oid").parse().map_err(|_| MALFORMED)?;
            let scopes = text("scp").split_whitespace().map(str::to_owned).collect();
            (CallerKind::Delegated(user), scopes)
        } else {
            let roles = claims["roles"].as_array().map(Vec::as_slice);
            let roles = roles.unwrap_or_default().iter().filter_map(Value::as_str);
            (CallerKind::Application, roles.map(str::to_owned).collect())
        };
        Ok(Self {
            kind,
            permissions,
            tenant: text("tid"),
            application: text("appid"),
        })
    }

    /// Whether the caller has one of these permissions.
    pub(crate) fn has_any(&self, permissions: &[&str]) -> bool {
        let wanted = |held: &String| permissions.contains(&held.as_str());
        self.permissions.iter().any(wanted)
    }

    /// Whether the caller is that user itself.
    pub(crate) fn is(&self, user: UserId) -> bool {
        self.kind == CallerKind::Delegated(user)
    }
}
