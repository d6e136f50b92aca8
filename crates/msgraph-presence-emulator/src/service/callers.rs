//! The callers: their tokens, their permissions and the limit on their requests.

use super::Service;
use super::routing::user_id;
use crate::generated::routes::Route;
use crate::response::GraphError;
use crate::token::{Caller, CallerKind, EXPIRED, GRAPH, INVALID_AUDIENCE, PERSONAL_TENANT};
use crate::undocumented::Undocumented;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use msgraph_presence_models::UserId;
use std::collections::HashMap;

/// The message for a request without the header.
const NO_HEADER: &str = "Access token is empty. The request has no Authorization header. \
    Microsoft's JavaScript client sends none over http: start the emulator with --tls, and name its \
    host in customHosts.";

/// The message for a token that is no JSON Web Token and no name.
const NO_SUCH_NAME: &str = "IDX14100: JWT is not well formed, there are no dots (.). The emulator \
    takes the name of a user as a token, too, but no user has this one: GET /_emulator/state lists \
    the users.";

/// The permission to read others.
const READ_ALL: &[&str] = &["Presence.Read.All"];

/// The window over which requests are counted, in seconds.
const WINDOW: usize = 30;

/// The number of pairs of application and tenant from which idle ones are forgotten.
const REMEMBERED: usize = 256;

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
            return Err(GraphError::invalid_token(
                if headers.contains_key(AUTHORIZATION) {
                    "Access token is empty."
                } else {
                    NO_HEADER
                },
            ));
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
        if !token.contains('.') {
            return Err(GraphError::invalid_token(NO_SUCH_NAME));
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
            let why = format!("Too many requests of one application in {WINDOW} seconds; the next after {seconds} on the emulator's clock.");
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
        // Of the POSTs, one only reads.
        let write = route.method() != "GET" && !route.path().ends_with("getPresencesByUserId");
        Err(self.missing_permission(write, caller, sufficient))
    }

    /// Checks that the caller may read another user, which the documentation leaves open.
    pub(super) fn check_reading_others(&self, caller: &Caller) -> Result<(), GraphError> {
        let allowed = !self.undocumented.has(Undocumented::ReadAllForOthers)
            || caller.kind == CallerKind::Application
            || caller.has_any(READ_ALL);
        if allowed {
            Ok(())
        } else {
            Err(self.missing_permission(false, caller, READ_ALL))
        }
    }

    fn missing_permission(&self, write: bool, caller: &Caller, sufficient: &[&str]) -> GraphError {
        let always_401 = self.undocumented.has(Undocumented::Missing401);
        let always_403 = self.undocumented.has(Undocumented::Missing403);
        let held = match caller.permissions.trim() {
            "" => "no permission",
            held => held,
        };
        let why = match sufficient {
            [] => "No permission of this kind of token is enough for the operation.".to_owned(),
            _ => format!(
                "The token has {held}; the operation takes {}.",
                sufficient.join(" or ")
            ),
        };
        GraphError::of_status(if always_403 || write && !always_401 {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::UNAUTHORIZED
        })
        .because(why)
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

/// Counts requests and says when a caller has to wait.
///
/// Requests are counted by the second. A refused request counts too, since the documentation
/// says that retrying at once makes it worse.
#[derive(Debug)]
pub(crate) struct Throttle {
    limit: Option<u32>,
    windows: HashMap<(String, String), Window>,
}

impl Throttle {
    /// At most `limit` requests in 30 seconds; none is refused without a limit.
    pub(crate) fn new(limit: Option<u32>) -> Self {
        Self {
            limit,
            windows: HashMap::new(),
        }
    }

    /// Changes the limit, and forgets what was counted.
    pub(crate) fn set_limit(&mut self, limit: Option<u32>) {
        *self = Self::new(limit);
    }

    /// Counts a request. `Err` holds the seconds to wait when there were too many.
    pub(crate) fn count(
        &mut self,
        application: &str,
        tenant: &str,
        now: Timestamp,
    ) -> Result<(), u64> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let second = now.as_second();
        if self.windows.len() >= REMEMBERED {
            self.windows.retain(|_, window| window.is_live(second));
        }
        let key = (application.to_owned(), tenant.to_owned());
        let window = self.windows.entry(key).or_default();
        window.count(second);
        match window.wait(limit) {
            0 => Ok(()),
            seconds => Err(seconds),
        }
    }
}

/// The requests of one application and tenant, second by second.
#[derive(Debug, Default)]
struct Window {
    newest: i64,
    requests: [u32; WINDOW],
}

impl Window {
    fn count(&mut self, second: i64) {
        self.roll_to(second);
        let count = &mut self.requests[index(second)];
        *count = count.saturating_add(1);
    }

    /// Forgets what has left the window. A clock that was set back starts a new one.
    fn roll_to(&mut self, second: i64) {
        let passed = second.saturating_sub(self.newest);
        if passed < 0 || passed >= WINDOW as i64 {
            self.requests = [0; WINDOW];
        } else {
            for gone in self.newest + 1..=second {
                self.requests[index(gone)] = 0;
            }
        }
        self.newest = second;
    }

    /// The seconds until a request would be let through, 0 when the newest one is.
    fn wait(&self, limit: u32) -> u64 {
        let mut total: u64 = self.requests.iter().map(|&n| u64::from(n)).sum();
        if total <= u64::from(limit) {
            return 0;
        }
        let mut seconds = 0;
        while total >= u64::from(limit.max(1)) && seconds < WINDOW as u64 {
            seconds += 1;
            let leaving = self.newest + seconds as i64;
            total -= u64::from(self.requests[index(leaving)]);
        }
        seconds
    }

    fn is_live(&self, second: i64) -> bool {
        (0..WINDOW as i64).contains(&second.saturating_sub(self.newest))
    }
}

fn index(second: i64) -> usize {
    second.rem_euclid(WINDOW as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
    }

    fn counted(throttle: &mut Throttle, requests: u32, second: i64) -> Result<(), u64> {
        let mut last = Ok(());
        for _ in 0..requests {
            last = throttle.count("app", "tenant", at(second));
        }
        last
    }

    #[test]
    fn the_limit_holds_over_a_moving_window() {
        let mut throttle = Throttle::new(Some(1500));
        assert_eq!(counted(&mut throttle, 1000, 0), Ok(()));
        assert_eq!(counted(&mut throttle, 500, 10), Ok(()));
        // The thousand of second 0 leave the window at second 30.
        assert_eq!(counted(&mut throttle, 1, 12), Err(18));
        assert_eq!(counted(&mut throttle, 1, 30), Ok(()));
    }

    #[test]
    fn waiting_as_told_is_always_enough() {
        for (limit, burst) in [(1, 1), (1, 9), (3, 4), (1500, 1501), (1500, 40_000)] {
            let mut throttle = Throttle::new(Some(limit));
            let mut second = 0;
            while counted(&mut throttle, burst, second).is_ok() {
                second += 1;
            }
            let wait = counted(&mut throttle, 1, second).unwrap_err();
            let after = second + wait as i64;
            assert_eq!(counted(&mut throttle, 1, after), Ok(()), "{limit} {burst}");
        }
    }

    #[test]
    fn another_application_or_tenant_has_its_own_limit() {
        let mut throttle = Throttle::new(Some(1));
        assert_eq!(throttle.count("app", "tenant", at(0)), Ok(()));
        assert_eq!(throttle.count("app", "tenant", at(0)), Err(30));
        assert_eq!(throttle.count("other", "tenant", at(0)), Ok(()));
        assert_eq!(throttle.count("app", "other", at(0)), Ok(()));
    }

    #[test]
    fn a_clock_set_back_starts_anew() {
        let mut throttle = Throttle::new(Some(1));
        assert_eq!(counted(&mut throttle, 1, 100), Ok(()));
        assert_eq!(counted(&mut throttle, 1, 0), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut throttle = Throttle::new(Some(1));
        for n in 0..100_000 {
            let now = at(i64::from(n));
            assert_eq!(throttle.count(&n.to_string(), "tenant", now), Ok(()));
        }
        assert!(throttle.windows.len() <= REMEMBERED);
    }
}
