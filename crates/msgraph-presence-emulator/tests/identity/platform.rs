//! A program that signs in users, without any library for it: forms, JSON, redirects.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use msgraph_presence_emulator::{Emulator, User, models::UserId};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, Url};
use serde_json::Value;

/// The application of the tests.
pub const CLIENT: &str = "11111111-2222-4333-8444-555555555555";

/// The verifier and the challenge of RFC 7636's example.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The URL to which a browser comes back.
pub const REDIRECT: &str = "http://localhost:4321/back";

pub const SCOPE: &str = "Presence.Read Presence.ReadWrite offline_access openid profile";

/// An emulator with Ada and Bob, and Eve in another tenant.
pub struct Platform {
    pub emulator: Emulator,
    pub ada: UserId,
    pub bob: UserId,
    pub http: Client,
}

/// The parameters of a query or a form.
pub type Pairs<'a> = &'a [(&'a str, &'a str)];

impl Platform {
    pub async fn start() -> Self {
        let clock = "2026-11-21T09:00:00Z".parse().unwrap();
        let eve = User::new("Eve")
            .principal_name("eve@fabrikam.com")
            .tenant("another");
        let (ada, bob) = (User::new("Ada"), User::new("Bob"));
        let (ada_id, bob_id) = (ada.user_id(), bob.user_id());
        let builder = Emulator::builder().clock(clock).user(eve);
        let emulator = builder.user(ada).user(bob).start().await.unwrap();
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        Self {
            emulator,
            ada: ada_id,
            bob: bob_id,
            http,
        }
    }

    pub fn url(&self, path: &str, query: Pairs<'_>) -> Url {
        let url = format!("{}{path}", self.emulator.origin());
        Url::parse_with_params(&url, query).unwrap()
    }

    pub async fn get(&self, path: &str, query: Pairs<'_>) -> Response {
        self.http.get(self.url(path, query)).send().await.unwrap()
    }

    /// Posts a form.
    pub async fn post(&self, path: &str, form: Pairs<'_>) -> Response {
        let body = self.url("/", form).query().unwrap_or_default().to_owned();
        let request = self.http.post(self.url(path, &[])).body(body);
        let kind = "application/x-www-form-urlencoded";
        request.header(CONTENT_TYPE, kind).send().await.unwrap()
    }

    /// Posts a form to an endpoint of `organizations`, and reads the status and the JSON.
    pub async fn oauth(&self, endpoint: &str, form: Pairs<'_>) -> (u16, Value) {
        let path = format!("/organizations/oauth2/v2.0/{endpoint}");
        let mut form = form.to_vec();
        form.push(("client_id", CLIENT));
        json(self.post(&path, &form).await).await
    }

    /// A successful token response.
    pub async fn token(&self, form: Pairs<'_>) -> Value {
        let (status, body) = self.oauth("token", form).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// The error of a token request: its status, `error` and number.
    pub async fn token_error(&self, form: Pairs<'_>) -> (u16, String, u64) {
        let (status, body) = self.oauth("token", form).await;
        let number = body["error_codes"][0].as_u64().unwrap_or_default();
        (status, text(&body["error"]), number)
    }

    /// `GET authorize` with the usual parameters and others, which come first.
    pub async fn authorize(&self, others: Pairs<'_>) -> Response {
        let mut query = others.to_vec();
        query.extend([
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("scope", SCOPE),
            ("state", "my state&x=y"),
            ("nonce", "my-nonce"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        self.get("/organizations/oauth2/v2.0/authorize", &query)
            .await
    }

    /// Exchanges a code.
    pub async fn redeem(&self, code: &str, others: Pairs<'_>) -> (u16, Value) {
        let mut form = others.to_vec();
        form.extend([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ]);
        self.oauth("token", &form).await
    }

    /// The status of a request to Graph with a token, and its challenge.
    pub async fn graph(&self, token: &Value) -> (u16, String) {
        let url = format!("{}/me/presence", self.emulator.base_url());
        let request = self.http.get(url).bearer_auth(text(token));
        let response = request.send().await.unwrap();
        let challenge = response.headers().get("WWW-Authenticate");
        let challenge = challenge.map(|text| text.to_str().unwrap().to_owned());
        (response.status().as_u16(), challenge.unwrap_or_default())
    }

    /// An administration request.
    pub async fn admin(&self, path: &str, body: Value) -> u16 {
        let url = format!("{}/_emulator/{path}", self.emulator.origin());
        let request = self.http.post(url).body(body.to_string());
        let request = request.header(CONTENT_TYPE, "application/json");
        request.send().await.unwrap().status().as_u16()
    }

    /// A request with these headers only, and its status.
    pub async fn with(&self, method: Method, path: &str, headers: Pairs<'_>) -> Response {
        let mut request = self.http.request(method, self.url(path, &[]));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or("(missing)").to_owned()
}

pub async fn json(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    let json = serde_json::from_str(&body).unwrap_or_else(|_| panic!("no JSON: {body}"));
    (status, json)
}

/// The address of a redirect, and a parameter of it.
pub fn location(response: &Response) -> Url {
    let location = response.headers().get(LOCATION);
    let location = location.unwrap_or_else(|| panic!("no redirect: {response:?}"));
    location.to_str().unwrap().parse().unwrap()
}

pub fn parameter(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(found, _)| found == name);
    found.map_or_else(|| "(missing)".to_owned(), |(_, value)| value.into_owned())
}

/// The claims of a token.
pub fn claims(token: &Value) -> Value {
    let token = text(token);
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

/// The number in a page's form.
pub fn page_number(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"request\" value=\"").expect(html);
    rest.split('"').next().unwrap().to_owned()
}
