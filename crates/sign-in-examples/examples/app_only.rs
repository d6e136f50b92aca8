//! An application with a client secret reads the presence of users, without a signed-in user.
//!
//! ```console
//! $ cargo run -p sign-in-examples --example app_only -- USER_ID …
//! ```
//!
//! `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET` name the application, which needs
//! the application permission Presence.Read.All. Without these variables the example uses a fake
//! identity platform and an emulator.

use async_trait::async_trait;
use azure_core::Bytes;
use azure_core::credentials::Secret;
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, HttpClient, Request, StatusCode, Transport};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use msgraph_presence::{AzureToken, Client, TokenCache, UserId};
use msgraph_presence_emulator::Emulator;
use std::env;
use std::error::Error;
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Ok(tenant) = env::var("AZURE_TENANT_ID") else {
        return with_emulator().await;
    };
    let (id, secret) = (
        env::var("AZURE_CLIENT_ID")?,
        env::var("AZURE_CLIENT_SECRET")?,
    );
    let users = env::args().skip(1).map(|id| id.parse());
    let users = users.collect::<Result<Vec<UserId>, _>>()?;
    if users.is_empty() {
        return Err("name the users to show, by their object ids".into());
    }
    let client = Client::new(application(&tenant, id, secret.into(), None)?)?;
    show(&client, &users).await
}

/// Returns the token provider of an application with a client secret.
///
/// The credential caches its token as well; with the `TokenCache` it is not called for each request.
fn application(
    tenant: &str,
    id: String,
    secret: Secret,
    transport: Option<Transport>,
) -> azure_core::Result<TokenCache<AzureToken>> {
    let mut options = ClientSecretCredentialOptions::default();
    options.client_options.transport = transport;
    let credential = ClientSecretCredential::new(tenant, id, secret, Some(options))?;
    Ok(TokenCache::new(AzureToken::new(credential)))
}

async fn show(client: &Client, users: &[UserId]) -> Result<(), Box<dyn Error>> {
    for user in users {
        let presence = client.users(*user).presence().get().await?;
        println!("{user} is {}.", presence.availability.unwrap_or_default());
    }
    Ok(())
}

/// Runs the example with a fake identity platform and an emulator.
async fn with_emulator() -> Result<(), Box<dyn Error>> {
    let graph = Emulator::start().await?;
    let users = ["Ada", "Grace"].map(|name| graph.add_user(name));
    graph.sign_in(users[0]);
    let platform = Arc::new(Platform {
        token: graph.application_token(),
    });
    let tenant = "11111111-2222-4333-8444-555555555555";
    let (id, transport) = ("an application".to_owned(), Transport::new(platform));
    let tokens = application(tenant, id, "a secret".into(), Some(transport))?;
    let builder = Client::builder().base_url(graph.base_url());
    show(&builder.token(tokens).build()?, &users).await
}

/// A fake of the identity platform.
struct Platform {
    token: String,
}

#[async_trait]
impl HttpClient for Platform {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        assert!(request.url().path().ends_with("/oauth2/v2.0/token"));
        let token = &self.token;
        let body = format!(
            r#"{{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"{token}"}}"#
        );
        let (status, headers) = (StatusCode::Ok, Headers::new());
        Ok(AsyncRawResponse::from_bytes(
            status,
            headers,
            Bytes::from(body),
        ))
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform").finish_non_exhaustive()
    }
}
