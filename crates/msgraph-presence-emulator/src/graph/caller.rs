//! Callers: their tokens, their permissions and the limit on their requests.

use crate::error::GraphError;
use crate::generated::routes::Route;
use crate::service::Service;
use crate::service::throttle::WINDOW;
use crate::token::{DEFAULT_APPLICATION, DEFAULT_TENANT, GRAPH, PERSONAL_TENANT, all_permissions};
use crate::undocumented::Undocumented;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_PAD_INDIFFERENT;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::{Cloud, UserId};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// The caller of a request, as its token says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Caller {
    pub(super) kind: CallerKind,
    /// The names of the permissions, with spaces between them.
    pub(super) permissions: String,
    pub(super) tenant: String,
    pub(super) application: String,
    /// The sign-in whose revocation ends the token at once, for a program that handles claims
    /// challenges.
    pub(super) revocable: Option<u64>,
}

/// The two kinds of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallerKind {
    Delegated(UserId),
    Application,
}

/// The claims that are read, for each request: a `Value` of all claims takes a quarter of the time
/// of a response.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims<'a> {
    #[serde(borrow)]
    aud: Claim<'a>,
    exp: Claim<'a>,
    scp: Claim<'a>,
    roles: Claim<'a>,
    oid: Claim<'a>,
    tid: Claim<'a>,
    appid: Claim<'a>,
    sid: Claim<'a>,
}

/// A claim of any type; one of another type than expected counts as missing.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Claim<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Number(i64),
    List(Vec<Claim<'a>>),
    Other(IgnoredAny),
    #[default]
    #[serde(skip)]
    Missing,
}

impl Claim<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Caller {
    /// A signed-in user with every delegated permission that an operation lists.
    pub(super) fn user(user: UserId, tenant: &str) -> Self {
        let permissions = all_permissions(Route::delegated);
        Self::with(CallerKind::Delegated(user), &permissions, tenant)
    }

    /// An application with every application permission that an operation lists.
    pub(super) fn application() -> Self {
        let permissions = all_permissions(Route::application);
        Self::with(CallerKind::Application, &permissions, DEFAULT_TENANT)
    }

    fn with(kind: CallerKind, permissions: &[String], tenant: &str) -> Self {
        Self {
            kind,
            permissions: permissions.join(" "),
            tenant: tenant.to_owned(),
            application: DEFAULT_APPLICATION.to_owned(),
            revocable: None,
        }
    }

    /// Reads the text of a token. `Err` is the message of the service's 401.
    pub(super) fn read(token: &str, cloud: Cloud, now: Timestamp) -> Result<Self, &'static str> {
        const MALFORMED: &str = "IDX14100: JWT is not well formed.";
        let mut parts = token.split('.');
        let (_, Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("IDX14100: JWT is not well formed, there are no dots (.).");
        };
        let claims = URL_SAFE_PAD_INDIFFERENT.decode(claims);
        let claims = claims.map_err(|_| MALFORMED)?;
        let claims: Claims = serde_json::from_slice(&claims).map_err(|_| MALFORMED)?;

        let audience = claims.aud.text().unwrap_or_default();
        let root = audience.strip_suffix('/').unwrap_or(audience);
        if root != cloud.root() && audience != GRAPH {
            return Err(INVALID_AUDIENCE);
        }
        if !matches!(claims.exp, Claim::Number(expires) if expires > now.as_second()) {
            return Err(EXPIRED);
        }
        let (kind, permissions) = match (claims.scp.text(), &claims.roles) {
            (Some(scopes), _) => {
                let user = claims.oid.text().unwrap_or_default();
                let user = user.parse().map_err(|_| MALFORMED)?;
                (CallerKind::Delegated(user), scopes.to_owned())
            }
            (None, Claim::List(roles)) => {
                let roles: Vec<&str> = roles.iter().filter_map(Claim::text).collect();
                (CallerKind::Application, roles.join(" "))
            }
            (None, _) => (CallerKind::Application, String::new()),
        };
        Ok(Self {
            kind,
            permissions,
            tenant: claims.tid.text().unwrap_or_default().to_owned(),
            application: claims.appid.text().unwrap_or_default().to_owned(),
            revocable: claims.sid.text().and_then(|number| number.parse().ok()),
        })
    }

    /// Returns whether the caller has one of these permissions.
    pub(super) fn has_any(&self, permissions: &[&str]) -> bool {
        let mut held = self.permissions.split_whitespace();
        held.any(|held| permissions.contains(&held))
    }

    /// Returns whether the caller is this user.
    pub(super) fn is(&self, user: UserId) -> bool {
        self.kind == CallerKind::Delegated(user)
    }
}

/// The message for a token of another audience.
pub(super) const INVALID_AUDIENCE: &str = "Access token validation failure. Invalid audience.";

/// The message for a token that has expired.
pub(super) const EXPIRED: &str = "Lifetime validation failed, the token is expired.";

/// The message for a request without the header.
const NO_HEADER: &str = "Access token is empty. The request has no Authorization header. \
    Microsoft's JavaScript client sends none over http: start the emulator with --tls, and name its \
    host in customHosts.";

/// The message for a token that is neither a JSON Web Token nor the name of a user.
const NO_SUCH_NAME: &str = "IDX14100: JWT is not well formed, there are no dots (.). The emulator \
    takes the name of a user as a token, too, but no user has this one: GET /_emulator/state lists \
    the users.";

/// The permission to read others.
const READ_ALL: &[&str] = &["Presence.Read.All"];

impl Service {
    /// Reads the caller from the `Authorization` header.
    ///
    /// Not in the documentation of Graph: a token may also be a user's name or id, or `application`,
    /// with every permission of its kind.
    pub(super) fn caller(&self, headers: &HeaderMap, now: Timestamp) -> Result<Caller, GraphError> {
        let header = headers.get(AUTHORIZATION);
        let header = header.ok_or_else(|| GraphError::invalid_token(NO_HEADER))?;
        let header = header.to_str().ok().and_then(|text| text.split_once(' '));
        let token = match header {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
            _ => return Err(GraphError::invalid_token("Access token is empty.")),
        };
        if token == "application" {
            return Ok(Caller::application());
        }
        if !token.contains('.') {
            let user = self.find(token);
            let user = user.ok_or_else(|| GraphError::invalid_token(NO_SUCH_NAME))?;
            return Ok(Caller::user(user.id, &user.tenant));
        }
        let caller = Caller::read(token, self.cloud, now).map_err(|message| {
            let more = match message {
                EXPIRED => format!("The emulator's clock shows {now}."),
                INVALID_AUDIENCE => format!("It takes {} or {GRAPH}.", self.cloud.root()),
                _ => return GraphError::invalid_token(message),
            };
            GraphError::invalid_token(message).because(format!("{message} {more}"))
        })?;
        if let (CallerKind::Delegated(user), Some(sign_in)) = (caller.kind, caller.revocable)
            && self.identity.is_revoked(user, sign_in)
        {
            return Err(GraphError::claims_challenge(now));
        }
        Ok(caller)
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
            let why = format!(
                "Too many requests of one application in {WINDOW} seconds; the next after \
                 {seconds} on the emulator's clock."
            );
            let error = GraphError::of_status(StatusCode::TOO_MANY_REQUESTS);
            error.with(RETRY_AFTER, text).because(why)
        })
    }

    /// Checks that the caller may use the operation.
    pub(super) fn check_permission(&self, caller: &Caller, route: Route) -> Result<(), GraphError> {
        if caller.tenant == PERSONAL_TENANT {
            let why = "A personal account has no presence.".to_owned();
            return Err(GraphError::of_status(StatusCode::BAD_REQUEST).because(why));
        }
        let sufficient = match caller.kind {
            CallerKind::Delegated(_) => route.delegated(),
            CallerKind::Application => route.application(),
        };
        if caller.has_any(sufficient) {
            return Ok(());
        }
        // One of the POST operations is a read.
        let write = route.method() != "GET" && !route.path().ends_with("getPresencesByUserId");
        Err(self.missing_permission(write, caller, sufficient))
    }

    /// Checks that the caller may read another user; the documentation contradicts itself here.
    pub(super) fn check_reading_others(&self, caller: &Caller) -> Result<(), GraphError> {
        let needs_all = self.undocumented.has(Undocumented::ReadAllForOthers)
            && caller.kind != CallerKind::Application;
        if needs_all && !caller.has_any(READ_ALL) {
            return Err(self.missing_permission(false, caller, READ_ALL));
        }
        Ok(())
    }

    fn missing_permission(&self, write: bool, caller: &Caller, sufficient: &[&str]) -> GraphError {
        let always_401 = self.undocumented.has(Undocumented::Missing401);
        let always_403 = self.undocumented.has(Undocumented::Missing403);
        let held = match caller.permissions.trim() {
            "" => "no permission",
            held => held,
        };
        let takes = sufficient.join(" or ");
        let why = if takes.is_empty() {
            "No permission of this kind of token is enough for the operation.".to_owned()
        } else {
            format!("The token has {held}; the operation takes {takes}.")
        };
        GraphError::of_status(if always_403 || write && !always_401 {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::UNAUTHORIZED
        })
        .because(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[test]
    fn a_claim_of_another_type_counts_as_missing() {
        let read = |claims: &str| {
            let start = r#""aud":"https:\/\/graph.microsoft.com","exp":9999999999"#;
            let claims = URL_SAFE_NO_PAD.encode(format!("{{{start},{claims}}}"));
            Caller::read(
                &format!("e30.{claims}."),
                Cloud::Global,
                Timestamp::UNIX_EPOCH,
            )
        };
        let caller = read(r#""roles":["A\u002eB",1,null,"C"],"tid":{"a":[2]},"x":1e400"#).unwrap();
        assert_eq!(caller.permissions, "A.B C");
        assert_eq!(caller.tenant, "");
        let caller = read(r#""scp":["A"],"roles":"B","appid":false"#).unwrap();
        assert_eq!(
            (caller.kind, &*caller.permissions),
            (CallerKind::Application, "")
        );
        assert_eq!(
            read(r#""scp":"A","oid":7"#),
            Err("IDX14100: JWT is not well formed.")
        );
        let late = read(r#""exp":"9999999999""#);
        assert!(late.is_err(), "a property that comes twice: {late:?}");
        for text in ["", "ada", "a.b", "a.b.c", "a.b.c.d", "..", "e30.bnVsbA.x"] {
            let read = Caller::read(text, Cloud::Global, Timestamp::UNIX_EPOCH);
            assert!(read.is_err(), "{text}");
        }
    }
}
