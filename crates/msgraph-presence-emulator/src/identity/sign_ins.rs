//! The setting of sign-ins: on a page, or without one.

use msgraph_presence_models::UserId;
use std::time::Duration;

/// The way in which persons sign in at the emulated identity platform: on a page, by default, or
/// without one, so that a test needs no browser.
///
/// ```
/// use msgraph_presence_emulator::{Emulator, SignIns, User};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ada = User::new("Ada");
/// let sign_ins = SignIns::by(ada.user_id());
/// let emulator = Emulator::builder().user(ada).sign_ins(sign_ins).start().await?;
///
/// // The program under test signs in at the authority, here by browser: Ada comes back at once.
/// let url = format!(
///     "{}/oauth2/v2.0/authorize?client_id=my-app&scope=Presence.Read&response_type=code\
///      &redirect_uri=http://localhost:{}/_emulator",
///     emulator.authority(),
///     emulator.address().port(),
/// );
/// let response = reqwest::get(url).await?;
/// assert!(response.url().query().unwrap_or_default().starts_with("code="));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct SignIns {
    pub(super) interaction: Interaction,
    pub(super) granted: Option<Vec<String>>,
    pub(super) interval: Option<Duration>,
    pub(super) lifetime: Option<Duration>,
}

/// The page, or the choice that is made without it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Interaction {
    #[default]
    Page,
    User(UserId),
    Decline,
}

impl SignIns {
    /// A person picks a user on a page: at the address that `authorize` is called with, or at
    /// `/devicelogin`.
    pub fn on_a_page() -> Self {
        Self::default()
    }

    /// This user signs in at once, without a page; a `login_hint` that names another one picks that.
    pub fn by(user: UserId) -> Self {
        Self {
            interaction: Interaction::User(user),
            ..Self::default()
        }
    }

    /// The person declines at once, without a page.
    pub fn declined() -> Self {
        Self {
            interaction: Interaction::Decline,
            ..Self::default()
        }
    }

    /// Grants only these permissions, by name such as `Presence.Read`, of those that are asked for.
    /// By default all are granted.
    pub fn granting<P: Into<String>>(mut self, permissions: impl IntoIterator<Item = P>) -> Self {
        self.granted = Some(permissions.into_iter().map(Into::into).collect());
        self
    }

    /// The pause that a program is told to make while it waits for a device code, in whole seconds:
    /// 5 by default.
    pub fn interval(mut self, pause: Duration) -> Self {
        self.interval = Some(pause);
        self
    }

    /// The lifetime of access tokens, in whole seconds on the emulator's clock: one hour by default,
    /// and a day for a program that declares `cp1`.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}
