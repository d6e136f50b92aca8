//! A user signs in with a device code: for programs without a browser of their own.
//!
//! ```console
//! $ GRAPH_CLIENT_ID=… cargo run -p sign-in-examples --example device_code
//! ```
//!
//! `GRAPH_CLIENT_ID` is the id of an application registration that allows public client
//! flows; `GRAPH_TENANT` its tenant, when it is not open to all organizations. Without them
//! emulators take the place of the identity platform and of the service.

use msgraph_presence::{AccessToken, Client, Cloud};
use msgraph_presence::{BoxError, BoxFuture};
use msgraph_presence::{TokenCache, TokenProvider, TokenRequest};
use msgraph_presence_emulator::Emulator;
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, RefreshToken, Scope, StandardDeviceAuthorizationResponse,
    TokenResponse, TokenUrl,
};
use std::env;
use std::io;
use std::time::SystemTime;
use tokio::sync::Mutex;

/// What carries the requests of `oauth2` over the wire: a closure.
struct Http(Box<dyn Fn(HttpRequest) -> Answer + Send + Sync>);

type Answer = BoxFuture<'static, io::Result<HttpResponse>>;

impl AsyncHttpClient<'_> for Http {
    type Error = io::Error;
    type Future = Answer;

    fn call(&self, request: HttpRequest) -> Answer {
        (self.0)(request)
    }
}

/// An application at the identity platform, as `oauth2` sees it.
type Application =
    BasicClient<EndpointNotSet, EndpointSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// `offline_access` is what gives a refresh token; without it the user signs in every hour.
const SCOPES: [&str; 2] = [
    "https://graph.microsoft.com/Presence.Read",
    "offline_access",
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Ok(id) = env::var("GRAPH_CLIENT_ID") else {
        return with_emulators().await;
    };
    let user = sign_in(&id, over_reqwest()?).await?;
    show(&Client::new(TokenCache::new(user))?).await
}

async fn with_emulators() -> Result<(), Box<dyn std::error::Error>> {
    let graph = Emulator::start().await?;
    let ada = graph.add_user("Ada");
    graph.sign_in(ada);
    let id = "00000000-0000-4000-8000-000000000000";
    let user = sign_in(id, emulated(graph.token_for(ada))).await?;
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(TokenCache::new(user)).build()?;
    show(&client).await?;
    // The first token is about to expire by now: the second call has a fresh one.
    show(&client).await
}

async fn show(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let me = client.me().presence().get().await?;
    println!("You are {}.", me.availability.unwrap_or_default());
    Ok(())
}

/// Asks for a code, shows it, and waits until the user has typed it in.
async fn sign_in(client_id: &str, http: Http) -> Result<SignedIn, Box<dyn std::error::Error>> {
    let tenant = env::var("GRAPH_TENANT").unwrap_or_else(|_| "organizations".to_owned());
    let url = |what| format!("{}/{tenant}/oauth2/v2.0/{what}", Cloud::Global.authority());
    let application = BasicClient::new(ClientId::new(client_id.to_owned()))
        .set_device_authorization_url(DeviceAuthorizationUrl::new(url("devicecode"))?)
        .set_token_uri(TokenUrl::new(url("token"))?)
        .set_auth_type(AuthType::RequestBody);
    let scopes = SCOPES.map(|scope| Scope::new(scope.to_owned()));
    let code: StandardDeviceAuthorizationResponse = application
        .exchange_device_code()
        .add_scopes(scopes)
        .request_async(&http)
        .await?;
    let (page, text) = (code.verification_uri(), code.user_code().secret());
    println!("Open {} and type in {text}.", page.as_str());
    let tokens = application
        .exchange_device_access_token(&code)
        .request_async(&http, tokio::time::sleep, None)
        .await?;
    Ok(SignedIn {
        application,
        http,
        tokens: Mutex::new((Some(access_token(&tokens)), tokens.refresh_token().cloned())),
    })
}

fn access_token(tokens: &BasicTokenResponse) -> AccessToken {
    let expiry = tokens.expires_in().map(|time| SystemTime::now() + time);
    AccessToken::new(tokens.access_token().secret()).expires_at(expiry)
}

/// A user who has signed in: gives the first token, and then fresh ones.
///
/// A program that is started often keeps the refresh token in the system's key store.
struct SignedIn {
    application: Application,
    http: Http,
    tokens: Mutex<(Option<AccessToken>, Option<RefreshToken>)>,
}

impl TokenProvider for SignedIn {
    fn token(&self, request: TokenRequest) -> BoxFuture<'_, Result<AccessToken, BoxError>> {
        Box::pin(async move {
            let (first, refresh) = &mut *self.tokens.lock().await;
            if let Some(first) = first.take() {
                return Ok(first);
            }
            let kept = refresh
                .clone()
                .ok_or("sign in again: there is no refresh token")?;
            let mut exchange = self.application.exchange_refresh_token(&kept);
            if let Some(claims) = request.claims_json() {
                exchange = exchange.add_extra_param("claims", claims);
            }
            let tokens = exchange.request_async(&self.http).await?;
            // Each response may bring a new refresh token in the place of the old one.
            *refresh = tokens.refresh_token().cloned().or(Some(kept));
            Ok(access_token(&tokens))
        })
    }
}

/// Sends the requests of `oauth2` over reqwest.
fn over_reqwest() -> Result<Http, reqwest::Error> {
    // An identity platform that redirects is none.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build()?;
    Ok(Http(Box::new(move |request| {
        let client = client.clone();
        Box::pin(async move {
            let send = async {
                let answer = client.execute(request.try_into()?).await?;
                let mut response = http::Response::new(Vec::new());
                *response.status_mut() = answer.status();
                *response.headers_mut() = answer.headers().clone();
                *response.body_mut() = answer.bytes().await?.to_vec();
                Ok(response)
            };
            send.await
                .map_err(|error: reqwest::Error| io::Error::other(error.without_url()))
        })
    })))
}

/// Answers in the place of the identity platform: the user is quick, is Ada, and gets tokens
/// that are about to expire.
fn emulated(token: String) -> Http {
    Http(Box::new(move |request| {
        let path = request.uri().path();
        let body = if path.ends_with("/devicecode") {
            let page = "https://microsoft.com/devicelogin";
            format!(
                r#"{{"device_code":"d","user_code":"F7K2M9","verification_uri":"{page}","expires_in":900,"interval":0}}"#
            )
        } else {
            format!(
                r#"{{"token_type":"Bearer","access_token":"{token}","refresh_token":"r","expires_in":60}}"#
            )
        };
        let mut response = http::Response::new(body.into_bytes());
        let json = http::HeaderValue::from_static("application/json");
        response.headers_mut().insert("content-type", json);
        Box::pin(async { Ok(response) })
    }))
}
