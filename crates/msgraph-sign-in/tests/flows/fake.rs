//! An identity platform for tests: a transport that answers, counts and remembers.

use msgraph_runtime::{Attempt, Body, BoxFuture, Transport, TransportError};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

/// Clones are the same platform.
#[derive(Clone, Default)]
pub struct Platform(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The responses that come before all others, to requests of these endpoints.
    script: VecDeque<(&'static str, Reply)>,
    requests: Vec<Request>,
    /// The number of tokens that were given.
    count: u32,
    /// The refresh tokens that are good.
    refresh: Vec<String>,
    revoked: bool,
    down: bool,
    lifetime: u64,
    identity: String,
    scope: Option<String>,
}

/// A raw request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The last segment of the path.
    pub endpoint: String,
    pub path: String,
    pub form: BTreeMap<String, String>,
    pub at: tokio::time::Instant,
}

/// The platform's action upon a request.
#[derive(Clone)]
pub enum Reply {
    /// A status, a header `Retry-After`, a body.
    Answer(u16, Option<&'static str>, String),
    /// The connection breaks; the request was carried out before, or was not.
    Break { is_done: bool },
    /// The connection cannot be made.
    Refuse,
    /// No response ever comes.
    Silence,
}

/// An error of OAuth, with its number.
pub fn error(code: &str, number: u32) -> Reply {
    Reply::Answer(
        400,
        None,
        format!(
            r#"{{"error":"{code}","error_description":"AADSTS{number}: of ada@contoso.com","error_codes":[{number}],"trace_id":"7a-1","correlation_id":"7a-2"}}"#
        ),
    )
}

pub fn page(status: u16) -> Reply {
    Reply::Answer(status, None, "<html>gateway</html>".to_owned())
}

impl Platform {
    pub fn new() -> Self {
        let platform = Self::default();
        let mut state = platform.state();
        state.lifetime = 3600;
        state.identity = "ada".to_owned();
        drop(state);
        platform
    }

    /// Answers the next request to this endpoint so.
    pub fn then(&self, endpoint: &'static str, reply: Reply) -> &Self {
        self.state().script.push_back((endpoint, reply));
        self
    }

    /// Refuses all refresh tokens, or no longer.
    pub fn revoke(&self, is_revoked: bool) {
        self.state().revoked = is_revoked;
    }

    /// Answers everything with 503, or no longer.
    pub fn down(&self, is_down: bool) {
        self.state().down = is_down;
    }

    pub fn lifetime(&self, seconds: u64) {
        self.state().lifetime = seconds;
    }

    pub fn identity(&self, name: &str) {
        name.clone_into(&mut self.state().identity);
    }

    pub fn scope(&self, scope: &str) {
        self.state().scope = Some(scope.to_owned());
    }

    /// The requests to an endpoint.
    pub fn requests(&self, endpoint: &str) -> Vec<Request> {
        let state = self.state();
        let requests = state.requests.iter();
        requests
            .filter(|request| request.endpoint == endpoint)
            .cloned()
            .collect()
    }

    /// The requests for tokens by a refresh token.
    pub fn refreshes(&self) -> usize {
        let requests = self.requests("token");
        let is_refresh = |request: &&Request| request.form["grant_type"] == "refresh_token";
        requests.iter().filter(is_refresh).count()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The reply to a request, by status and body.
    pub fn reply(&self, path: &str, body: &[u8]) -> Reply {
        let form = form(body);
        let endpoint = path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut state = self.state();
        state.requests.push(Request {
            endpoint: endpoint.clone(),
            path: path.to_owned(),
            form: form.clone(),
            at: tokio::time::Instant::now(),
        });
        let due = state.script.iter().position(|(name, _)| *name == endpoint);
        let reply = due
            .and_then(|at| state.script.remove(at))
            .map(|(_, reply)| reply);
        match reply {
            None if state.down => page(503),
            None => state.usual(&endpoint, &form),
            Some(reply) => {
                if matches!(reply, Reply::Break { is_done: true }) {
                    state.usual(&endpoint, &form);
                }
                reply
            }
        }
    }
}

impl State {
    fn usual(&mut self, endpoint: &str, form: &BTreeMap<String, String>) -> Reply {
        if endpoint == "devicecode" {
            let body = r#"{"device_code":"SECRET-device-code","user_code":"F7K2M9","verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":5,"message":"Open the page and enter F7K2M9."}"#;
            return Reply::Answer(200, None, body.to_owned());
        }
        let used = form.get("refresh_token");
        if self.revoked && used.is_some() {
            return error("invalid_grant", 50173);
        }
        if used.is_some_and(|token| !self.refresh.contains(token)) {
            return error("invalid_grant", 70000);
        }
        self.count += 1;
        let refresh = format!("SECRET-refresh-{}", self.count);
        self.refresh.push(refresh.clone());
        let scope = self.scope.as_ref().or(form.get("scope")).cloned();
        let scope = scope.unwrap_or_else(|| "Presence.Read".to_owned());
        use base64::Engine;
        let info = format!(r#"{{"uid":"{}","utid":"t"}}"#, self.identity);
        let info = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(info);
        Reply::Answer(
            200,
            None,
            format!(
                r#"{{"token_type":"Bearer","scope":"{scope}","expires_in":{},"access_token":"SECRET-access-{}","refresh_token":"{refresh}","client_info":"{info}"}}"#,
                self.lifetime, self.count
            ),
        )
    }
}

pub fn form(body: &[u8]) -> BTreeMap<String, String> {
    let pairs = oauth2::url::form_urlencoded::parse(body);
    pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

impl Transport for Platform {
    fn send(
        &self,
        attempt: Attempt,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let path = attempt.url().split(['?', '#']).next().unwrap_or_default();
        let reply = self.reply(path, &attempt.body);
        Box::pin(async move {
            match reply {
                Reply::Answer(status, retry_after, body) => {
                    let mut response = http::Response::builder().status(status);
                    if let Some(value) = retry_after {
                        response = response.header("retry-after", value);
                    }
                    Ok(response.body(Body::from(body)).unwrap())
                }
                Reply::Break { .. } => Err(TransportError::interrupted("reset")),
                Reply::Refuse => Err(TransportError::not_sent("refused")),
                Reply::Silence => std::future::pending().await,
            }
        })
    }
}
