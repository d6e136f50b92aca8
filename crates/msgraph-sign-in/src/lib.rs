//! A person signs in to Microsoft Entra once, in a browser or with a device code; then the program
//! has tokens for Microsoft Graph.
//!
//! ```
//! use msgraph_sign_in::{SignIn, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = msgraph_presence_emulator::Emulator::start().await?;
//! # emulator.set_sign_ins(msgraph_presence_emulator::SignIns::by(emulator.add_user("Ada")));
//! let sign_in = SignIn::new("00000000-0000-4000-8000-000000000000")
//!     .tenant("contoso.onmicrosoft.com")
//!     .scopes(["Presence.Read", "Presence.ReadWrite"])
//!     .store(Store::for_app("focus-light"));
//! # let sign_in = sign_in.authority(emulator.origin()).store(Store::memory());
//! let account = match sign_in.clone().silent().await {
//!     Err(error) if error.is_sign_in_required() => {
//!         let browser = sign_in.browser().on_url(|url| println!("Opening {url}"));
//!         # let browser = browser.open_with(|url| {
//!         #     tokio::spawn(reqwest::get(url.to_owned()));
//!         #     Ok(())
//!         # });
//!         browser.await?
//!     }
//!     account => account?,
//! };
//! println!("The tokens are stored in {}.", account.stored_in());
//! # Ok(())
//! # }
//! ```
//!
//! The [`Account`] is a [`TokenProvider`](msgraph_runtime::TokenProvider): a client of Microsoft
//! Graph takes it as its token, as in `Client::new(account)`.
//!
//! # The registration
//!
//! An application is registered once, in the Entra admin center: the platform "Mobile and desktop
//! applications" with the redirect URI `http://localhost`, the delegated permissions of Microsoft
//! Graph that the scopes name, and, for device codes, "Allow public client flows". It has no secret,
//! and its client id may be published. A registration of each national cloud is made in that
//! cloud's own portal.
//!
//! # Browser or device code
//!
//! Prefer the [browser](SignIn::browser): policies about the device and phishing-resistant factors
//! work there. A [device code](SignIn::device_code) is for machines without a browser. Microsoft
//! recommends that organizations block device codes; people of such an organization get
//! AADSTS53003 or 530033.
//!
//! # Later starts
//!
//! [`SignIn::silent`] uses the tokens that an earlier sign-in has stored. The page of [`Account`]
//! says how tokens are renewed, and when a person has to sign in again.
//!
//! # Retries
//!
//! A request to the identity platform is sent up to four times in 50 seconds: after a connection that
//! broke, a 5xx, 408, 425, 429, `temporarily_unavailable` and `server_error`, and not before the end
//! of `Retry-After`. A refresh token is not revoked by its use, so the retry after a lost response is
//! safe. An authorization code and a device code are valid for one response; when that is lost, the
//! person signs in once more, as without the retry.
//!
//! # Errors
//!
//! The text of an [`Error`] says what happened, [who](Party) can fix it, and how. The OAuth error
//! code of the platform decides the [kind](ErrorKind); the AADSTS number adds an explanation:
//!
#![doc = include_str!("aadsts.md")]
//!
//! # Secrets
//!
//! No token, code, code verifier or user name is in the text of an error, in `Debug`, or in a trace.
//! Refresh tokens are sent to the authority and saved in the [`Store`] only. This crate wipes its
//! copies of tokens from memory; `oauth2` and the HTTP library do not wipe theirs.
//!
//! # Features
//!
//! | feature | what it adds | default |
//! |---|---|---|
//! | `rustls` | TLS by rustls, with the roots of the system | yes |
//! | `rustls-no-provider` | TLS by rustls, with a crypto provider that the program installs | no |
//! | `native-tls` | TLS of the system | no |
//! | `system-store` | the Keychain of macOS and the Credential Manager of Windows as stores; nothing on Linux | yes |
//! | `secret-service` | the Secret Service of a Linux desktop as a store, over D-Bus; its library is built from C source | no |
//! | `tracing` | an event for each request for a token | no |
//!
//! The minimum supported Rust version is 1.89. A sign-in runs in a tokio runtime with time and I/O
//! enabled.
//!
//! # The examples
//!
//! ```toml
//! [dependencies]
//! msgraph-sign-in = "0.1"
//! msgraph-runtime = "0.1"
//! ```
//!
//! An example that is neither a program nor a function is the body of this function:
//!
//! ```
//! async fn example() -> Result<(), Box<dyn std::error::Error>> {
//!     // an example
//!     Ok(())
//! }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod aadsts;
mod account;
mod app;
mod browser;
mod claims;
mod device;
mod error;
mod requests;
mod scopes;
mod sign_in;
mod store;
mod tokens;

pub use account::Account;
pub use browser::BrowserSignIn;
pub use device::{DeviceCode, DeviceSignIn};
pub use error::{Error, ErrorKind, Party, PlatformError};
pub use sign_in::SignIn;
pub use store::{SecretStore, Store};

/// The example of the README, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
