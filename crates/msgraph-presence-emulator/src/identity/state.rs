//! The state of the identity platform: the setting of sign-ins, open pages, codes, refresh tokens.

use super::consent::Consent;
use super::pages::Redirect;
use crate::clock::SplitMix;
use crate::encoding::Form;
use crate::error::{GraphError, aadsts, malformed};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use msgraph_presence_models::UserId;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
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

/// The page on which a person decides, or the decision without it.
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

    /// This user signs in at once, without a page; a `login_hint` that names another one picks
    /// that.
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

    /// The interval at which a program polls for a device code, in whole seconds: 5 by default.
    pub fn interval(mut self, pause: Duration) -> Self {
        self.interval = Some(pause);
        self
    }

    /// The lifetime of access tokens, in whole seconds on the emulator's clock: one hour by
    /// default, and a day for a program that declares `cp1`.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}

/// The state of the identity platform.
pub(crate) struct Identity {
    pub(crate) sign_ins: SignIns,
    /// The source of codes, tokens and page ids, with a random seed.
    random: SplitMix,
    /// The source of user codes, which are the same at every run.
    user_codes: SplitMix,
    /// The pages on which no user was picked yet, by their id.
    pub(super) open: BoundedMap<PendingPage>,
    pub(super) codes: BoundedMap<AuthorizationCode>,
    pub(super) devices: BoundedMap<DeviceCode>,
    pub(super) refresh_tokens: BoundedMap<RefreshToken>,
    /// The number of sign-ins so far.
    pub(super) signed_in: u64,
    /// The last revoked sign-in of each user.
    revoked: HashMap<UserId, u64>,
}

/// The access that a user has granted.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) user: UserId,
    pub(super) consent: Consent,
    /// The number of the sign-in.
    pub(super) number: u64,
}

impl Default for Identity {
    fn default() -> Self {
        // The standard library takes the key of a hash from the system's random numbers.
        let seed = RandomState::new().hash_one("identity");
        Self {
            sign_ins: SignIns::default(),
            random: SplitMix(seed),
            user_codes: SplitMix(0),
            open: BoundedMap::default(),
            codes: BoundedMap::default(),
            devices: BoundedMap::default(),
            refresh_tokens: BoundedMap::default(),
            signed_in: 0,
            revoked: HashMap::new(),
        }
    }
}

/// Shows no code and no token.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("sign_ins", &self.sign_ins)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// Forgets pages, codes and tokens, and keeps the setting.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            sign_ins: self.sign_ins.clone(),
            signed_in: self.signed_in,
            ..Self::default()
        };
    }

    /// Revokes all sign-ins of a user so far.
    pub(crate) fn revoke(&mut self, user: UserId) {
        self.revoked.insert(user, self.signed_in);
    }

    /// Returns whether a sign-in of a user was revoked.
    pub(crate) fn is_revoked(&self, user: UserId, number: u64) -> bool {
        self.revoked.get(&user).is_some_and(|last| number <= *last)
    }

    /// A new secret of so many random bytes, in base64.
    pub(super) fn secret(&mut self, bytes: usize) -> String {
        let words = std::iter::repeat_with(|| self.random.next().to_be_bytes());
        let bytes: Vec<u8> = words.flatten().take(bytes).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A new refresh token, as long as the service's are.
    pub(super) fn refresh_token(&mut self, grant: Grant, expires: Timestamp) -> String {
        let text = format!("1.A{}", self.secret(800));
        let token = RefreshToken { grant, expires };
        self.refresh_tokens.add(text.clone(), token);
        text
    }

    /// A new code for a person to type: nine letters and digits, the same at every run.
    pub(super) fn user_code(&mut self) -> String {
        const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ23456789";
        let next = || {
            let index = self.user_codes.next() % LETTERS.len() as u64;
            LETTERS.get(index as usize).map_or('B', |&c| char::from(c))
        };
        std::iter::repeat_with(next).take(9).collect()
    }

    /// The pending device code with this user code, in any letter case.
    pub(super) fn waiting_device(
        &self,
        entered: &str,
        now: Timestamp,
    ) -> Option<(String, &DeviceCode)> {
        let entered = entered.trim();
        let (code, device) = self.devices.iter().find(|(_, device)| {
            device.user_code.eq_ignore_ascii_case(entered)
                && matches!(device.state, DeviceState::Waiting)
                && device.expires > now
        })?;
        Some((code.to_owned(), device))
    }
}

/// A request of a program to sign a user in.
#[derive(Clone)]
pub(super) struct AuthorizeRequest {
    pub(super) consent: Consent,
    pub(super) back: Redirect,
    pub(super) challenge: Option<Challenge>,
}

/// An authorization code, which `token` exchanges for tokens.
pub(super) struct AuthorizationCode {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
    pub(super) expires: Timestamp,
    pub(super) used: bool,
}

/// The request that a page belongs to.
#[derive(Clone)]
pub(super) enum PendingPage {
    Authorize(Box<AuthorizeRequest>),
    /// The device code.
    Device(String),
}

/// A device code.
pub(super) struct DeviceCode {
    pub(super) user_code: String,
    pub(super) consent: Consent,
    /// The scopes, as they were written.
    pub(super) scope: String,
    pub(super) expires: Timestamp,
    pub(super) state: DeviceState,
}

/// The state of a device code.
pub(super) enum DeviceState {
    Waiting,
    Approved(Grant),
    Declined,
    Used,
}

/// A refresh token.
pub(super) struct RefreshToken {
    pub(super) grant: Grant,
    pub(super) expires: Timestamp,
}

/// The challenge of PKCE.
#[derive(Clone, PartialEq)]
pub(super) enum Challenge {
    Plain(String),
    Sha256(String),
}

impl Challenge {
    pub(super) fn read(form: &Form) -> Result<Option<Self>, GraphError> {
        let Some(text) = form.get("code_challenge") else {
            return Ok(None);
        };
        if !(43..=128).contains(&text.len()) {
            let text = "Invalid size of Code_Challenge parameter.";
            return Err(aadsts("invalid_request", 501491, text));
        }
        let text = text.to_owned();
        match form.get("code_challenge_method") {
            None | Some("plain") => Ok(Some(Self::Plain(text))),
            Some("S256") => Ok(Some(Self::Sha256(text))),
            Some(_) => Err(malformed("code_challenge_method is neither S256 nor plain")),
        }
    }

    pub(super) fn fits(&self, verifier: &str) -> bool {
        match self {
            Self::Plain(text) => text == verifier,
            Self::Sha256(text) => *text == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
        }
    }
}

/// The largest number of entries of each kind.
const MAX: usize = 1000;

/// A map from secrets to values that forgets its oldest entries.
pub(super) struct BoundedMap<T>(VecDeque<(String, T)>);

impl<T> Default for BoundedMap<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> BoundedMap<T> {
    pub(super) fn add(&mut self, secret: String, value: T) {
        if self.0.len() == MAX {
            self.0.pop_front();
        }
        self.0.push_back((secret, value));
    }

    pub(super) fn get_mut(&mut self, secret: &str) -> Option<&mut T> {
        let found = self.0.iter_mut().find(|(known, _)| known == secret);
        found.map(|(_, value)| value)
    }

    pub(super) fn take(&mut self, secret: &str) -> Option<T> {
        let index = self.0.iter().position(|(known, _)| known == secret)?;
        self.0.remove(index).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(secret, value)| (&**secret, value))
    }
}
