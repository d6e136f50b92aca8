//! Where tokens come from: a user's, an application's, a machine's.
//!
//! This crate sends tokens and does not get them. How a user or an application signs in is
//! the business of libraries that are made for it, of which two are shown here:
//! `azure_identity` (Microsoft's, for applications and machines) and `oauth2` (for users).
//!
//! # Which kind
//!
//! | | delegated: a user has signed in | application: nobody has |
//! |---|---|---|
//! | `me()` | yes | no: there is no "me" |
//! | read others | yes | yes |
//! | set one's own presence | yes | — |
//! | set another user's presence | no | yes |
//! | who consents to the permissions of presence | the user, where the organization lets users | an administrator |
//! | good for | a desktop program, a busy light at home | a telephone system, a dashboard |
//!
//! The front page of this crate lists the permissions of each operation. A program that reads
//! and writes for its user asks for both `Presence.Read` and `Presence.ReadWrite`: the second
//! one is not listed for any read. To read *other* users with a user's token, Microsoft's
//! [page][get] asks for `Presence.Read` in its table and for `Presence.Read.All` in its
//! examples: ask for the second one. Personal Microsoft accounts have no presence in Graph.
//!
//! # A token at hand
//!
//! Good for trying something out: it ends after an hour or so, and then every call fails.
//!
//! ```
//! # use msgraph_presence::{Client, Error, ErrorKind};
//! # fn client() -> Result<Client, Error> {
//! let client = Client::new("eyJ0…")?;
//! # Ok(client)
//! # }
//! # // A machine without roots of trust has no client.
//! # let kind = client().err().map(|error| error.kind());
//! # assert!(matches!(kind, None | Some(ErrorKind::Configuration)), "{kind:?}");
//! ```
//!
//! # A closure
//!
//! Anything that can be asked for a token: a key store, a broker, a program. It is asked
//! before every call, so it should be quick, or stand in a cache.
//!
//! ```
//! use msgraph_presence::{Client, TokenCache, TokenRequest};
//! # use msgraph_presence::AccessToken;
//! # use std::time::{Duration, SystemTime};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let token = graph.token_for(graph.add_user("Ada"));
//! # let ask_the_broker = move |scope: String| {
//! #     assert_eq!(scope, "https://graph.microsoft.com/.default");
//! #     let token = token.clone();
//! #     async move { Ok::<_, std::io::Error>((token, SystemTime::now() + Duration::from_secs(3600))) }
//! # };
//! let tokens = TokenCache::new(move |request: TokenRequest| {
//!     let answer = ask_the_broker(request.scope().to_owned());
//!     async move {
//!         let (token, expiry) = answer.await?;
//!         Ok::<_, std::io::Error>(AccessToken::new(token).expires_at(expiry))
//!     }
//! });
//! let client = Client::builder().token(tokens);
//! # let client = client.base_url(graph.base_url()).build()?;
//! # client.me().presence().get().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # `TokenCache`
//!
//! [`TokenCache`] keeps a token until five minutes before it expires. One caller asks for the
//! next one and all others wait for the answer. When the service refuses a token with 401 the
//! provider is asked once more, and the call is sent again with what it gives; a cache asks
//! the provider behind it then, whatever the time of expiry says.
//!
//! The asking outlives the call, for a minute at most: a provider that is slower than a call
//! may take still gets its token, and a refresh token that it was given is not lost. Tokens
//! are kept by scope, so that one cache in an `Arc` may serve clients of several clouds.
//!
//! # An application with a secret
//!
//! With the feature `azure` any credential of the Azure SDK for Rust gives the tokens:
//!
//! ```toml
//! [dependencies]
//! azure_identity = "1"
//! msgraph-presence = { version = "0.1", features = ["azure"] }
//! ```
//!
//! ```
//! # #[cfg(feature = "azure")] mod feature_azure {
//! use azure_identity::ClientSecretCredential;
//! use msgraph_presence::{AzureToken, Client, TokenCache};
//!
//! # pub fn client() -> Result<Client, Box<dyn std::error::Error>> {
//! let tenant = "11111111-2222-4333-8444-555555555555";
//! let (id, secret) = ("…".to_owned(), "…".to_owned()); // from a key store
//! let credential = ClientSecretCredential::new(tenant, id, secret.into(), None)?;
//! let client = Client::new(TokenCache::new(AzureToken::new(credential)))?;
//! # Ok(client)
//! # }
//! # }
//! # #[cfg(feature = "azure")]
//! # if let Err(error) = feature_azure::client() {
//! #     // A machine without roots of trust has no client.
//! #     assert!(error.to_string().contains("roots"), "{error}");
//! # }
//! ```
//!
//! The example `app_only` is this as a program, and runs without a tenant too.
//!
//! # A machine in Azure
//!
//! A managed identity needs no secret. It has application permissions, which an
//! administrator gives to its service principal ([how][assign]).
//!
//! ```
//! # #[cfg(feature = "azure")] mod feature_azure {
//! use azure_identity::ManagedIdentityCredential;
//! # use msgraph_presence::{AzureToken, Client, TokenCache};
//!
//! # pub fn client() -> Result<Client, Box<dyn std::error::Error>> {
//! let credential = ManagedIdentityCredential::new(None)?;
//! let client = Client::new(TokenCache::new(AzureToken::new(credential)))?;
//! # Ok(client)
//! # }
//! # }
//! # #[cfg(feature = "azure")]
//! # if let Err(error) = feature_azure::client() {
//! #     // A machine without roots of trust has no client.
//! #     assert!(error.to_string().contains("roots"), "{error}");
//! # }
//! ```
//!
//! # A developer at a machine with the Azure CLI
//!
//! ```
//! # #[cfg(feature = "azure")] mod feature_azure {
//! use azure_identity::AzureCliCredential;
//! # use msgraph_presence::{AzureToken, Client, TokenCache};
//!
//! # pub fn client() -> Result<Client, Box<dyn std::error::Error>> {
//! let credential = AzureCliCredential::new(None)?;
//! let client = Client::new(TokenCache::new(AzureToken::new(credential)))?;
//! # Ok(client)
//! # }
//! # }
//! # #[cfg(feature = "azure")]
//! # if let Err(error) = feature_azure::client() {
//! #     // A machine without roots of trust has no client.
//! #     assert!(error.to_string().contains("roots"), "{error}");
//! # }
//! ```
//!
//! It will most likely not do what you hope. The Azure CLI is an application of Microsoft's
//! with [a fixed list][cli] of Graph permissions, and a user cannot consent to more. Where
//! presence is not on it the call is refused, and the hint in the error lists what the token
//! has. It works after `az login --service-principal`, with the permissions of that
//! application.
//!
//! # A user at a device without a browser
//!
//! The device code flow: the program shows a code, and the user types it in on another
//! device. `azure_identity` 1.0 has no credential for it; `oauth2` does it:
//!
//! ```toml
//! [dependencies]
//! oauth2 = { version = "5", default-features = false }
//! ```
//!
//! ```
//! use msgraph_presence::{AccessToken, Client, Cloud};
//! use oauth2::basic::BasicClient;
//! use oauth2::{AuthType, ClientId, DeviceAuthorizationUrl, Scope, TokenUrl};
//! use oauth2::{StandardDeviceAuthorizationResponse, TokenResponse};
//! # use oauth2::{HttpRequest, HttpResponse};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let token = graph.token_for(graph.add_user("Ada"));
//! # let http = move |request: HttpRequest| {
//! #     let body = match request.uri().path().ends_with("/devicecode") {
//! #         true => r#"{"device_code":"d","user_code":"F7K2M9","verification_uri":"https://microsoft.com/devicelogin","expires_in":900}"#.to_owned(),
//! #         false => format!(r#"{{"token_type":"Bearer","access_token":"{token}","expires_in":3599}}"#),
//! #     };
//! #     async move { Ok::<HttpResponse, std::io::Error>(http::Response::new(body.into_bytes())) }
//! # };
//! let url = |what| format!("{}/organizations/oauth2/v2.0/{what}", Cloud::Global.authority());
//! let application = BasicClient::new(ClientId::new("your application's id".to_owned()))
//!     .set_device_authorization_url(DeviceAuthorizationUrl::new(url("devicecode"))?)
//!     .set_token_uri(TokenUrl::new(url("token"))?)
//!     .set_auth_type(AuthType::RequestBody);
//!
//! let scope = "https://graph.microsoft.com/Presence.Read".to_owned();
//! let code: StandardDeviceAuthorizationResponse = application
//!     .exchange_device_code()
//!     .add_scope(Scope::new(scope))
//!     .request_async(&http)
//!     .await?;
//! let (page, text) = (code.verification_uri(), code.user_code().secret());
//! println!("Open {} and type in {text}.", page.as_str());
//!
//! let tokens = application
//!     .exchange_device_access_token(&code)
//!     .request_async(&http, tokio::time::sleep, None)
//!     .await?;
//! let client = Client::builder().token(AccessToken::new(tokens.access_token().secret()));
//! # let client = client.base_url(graph.base_url()).build()?;
//! # client.me().presence().get().await?;
//! # Ok(())
//! # }
//! ```
//!
//! `http` is a closure that carries a request over the wire; the example `device_code` has it
//! over reqwest 0.13, and goes on for as long as the program runs: with `offline_access` among
//! the scopes there is a refresh token, from which a [`TokenProvider`] gets fresh ones.
//!
//! # When the service wants more than a fresh token
//!
//! With [continuous access evaluation][cae] a refusal carries claims that the next token must
//! have. They are handed to the provider, in [`TokenRequest::claims_json`]: add them to the
//! request for a token. Only applications that declare the capability `cp1` get such
//! refusals. The credentials of `azure_core` 1.1 cannot pass claims on; then the call fails
//! with the service's 401.
//!
//! # Other clouds
//!
//! Tokens of one cloud are refused by the others. [`Cloud::authority`] says where a cloud
//! issues them, and the client asks for the scope that goes with its cloud. In a setting it
//! is `global`, `usGovernmentL4`, `usGovernmentL5` or `china`, which `parse` reads.
//!
//! # What happens to a token here
//!
//! It is sent to the origin of the base URL and to no other, over https (http to loopback
//! alone). The client's copy is wiped from memory when it is dropped; those in the buffers of
//! the transport are not. Nothing prints it. When a call fails, its claims are read to choose a
//! hint, for that and for nothing else.
//!
//! # Sources
//!
//! [Device code][device], [client credentials][secret], [managed identities][managed],
//! [national clouds][clouds], [`oauth2`](https://docs.rs/oauth2/5),
//! [`azure_identity`](https://docs.rs/azure_identity/1).
//!
//! [get]: https://learn.microsoft.com/graph/api/presence-get?view=graph-rest-1.0
//! [assign]: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-assign-app-role-managed-identity
//! [cli]: https://github.com/Azure/azure-cli/issues/22775
//! [cae]: https://learn.microsoft.com/entra/identity-platform/app-resilience-continuous-access-evaluation
//! [device]: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
//! [secret]: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
//! [managed]: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
//! [clouds]: https://learn.microsoft.com/graph/deployments
//! [`TokenCache`]: crate::TokenCache
//! [`TokenProvider`]: crate::TokenProvider
//! [`TokenRequest::claims_json`]: crate::TokenRequest::claims_json
//! [`Cloud::authority`]: crate::Cloud::authority
