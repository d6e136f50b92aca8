//! A running emulator, as a test uses it.

use crate::expected::{Expected, Mismatch};
use crate::fault::Fault;
use crate::identity::state::SignIns;
use crate::record::ReceivedRequest;
use crate::server::Shared;
use crate::service::Service;
use crate::service::session::{Session, SessionId};
use crate::token::Token;
use crate::undocumented::Undocumented;
use crate::user::User;
use jiff::Timestamp;
use msgraph_presence_models::{Presence, UserId};
use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// A running emulator. Dropping it frees its port at once, and ends all connections.
///
/// An emulator runs on the tokio runtime on which it was started. Its methods neither wait nor
/// touch the network.
///
/// ```
/// use msgraph_presence_emulator::Emulator;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let ada = emulator.add_user("Ada");
/// emulator.sign_in(ada);
///
/// // The program under test takes a URL and a token.
/// let url = format!("{}/me/presence", emulator.base_url());
/// let call = reqwest::Client::new().get(url).bearer_auth(emulator.token_for(ada));
/// let body = call.send().await?.text().await?;
/// assert!(body.contains(r#""availability":"Available""#), "{body}");
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
    pub(crate) server: JoinHandle<()>,
}

impl Emulator {
    /// The root of the emulated Graph, `http://127.0.0.1:…/v1.0`, or `https://…` with TLS.
    ///
    /// When the emulator listens on all addresses, the URL has the loopback address: clients send
    /// tokens over `http` only there.
    pub fn base_url(&self) -> String {
        format!("{}/v1.0", self.origin())
    }

    /// The root URL of the emulator on this machine, `http://127.0.0.1:…`, with its page at `/`.
    pub fn origin(&self) -> String {
        let address = on_this_machine(self.address);
        let scheme = self.shared.scheme();
        format!("{scheme}://{address}")
    }

    /// The certificate, in PEM, by which a client trusts the emulator, if it speaks
    /// [https](crate::Builder::tls).
    ///
    /// The certificate is that of an authority, which has signed only the emulator's. The
    /// authority's private key no longer exists; the emulator's own is in memory only.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn certificate(&self) -> Option<&str> {
        self.shared.tls.as_ref().map(|tls| &*tls.certificate)
    }

    /// The authority at which programs sign in users, `http://127.0.0.1:…/organizations`.
    ///
    /// `organizations` means the tenants of all users, except personal accounts. It may be replaced
    /// by `common`, a tenant's id, or a domain of the users' names, such as `contoso.com`.
    pub fn authority(&self) -> String {
        format!("{}/organizations", self.origin())
    }

    /// The address on which the emulator listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a user, by name or as a [`User`], and returns its object id.
    ///
    /// A user with the same id is replaced.
    pub fn add_user(&self, user: impl Into<User>) -> UserId {
        self.service().add(user.into())
    }

    /// Signs the user in to Teams: a session that is Available, and ages when time passes.
    ///
    /// An unknown user is added, with the id as name.
    pub fn sign_in(&self, user: UserId) -> SessionId {
        self.sign_in_with(user, Session::default())
    }

    /// Starts a session of the user, of any presence, as [`sign_in`](Self::sign_in) does.
    pub fn sign_in_with(&self, user: UserId, session: Session) -> SessionId {
        self.service().sign_in(user, session)
    }

    /// Ends all sessions of the user, who is Offline from then on. Nothing happens when there is no
    /// such user.
    pub fn sign_out(&self, user: UserId) {
        self.service()
            .change(user, |account, now| account.end(None, now));
    }

    /// Ends one session of the user. Returns whether there was one.
    pub fn end_session(&self, user: UserId, session: SessionId) -> bool {
        self.service()
            .change(user, |account, now| account.end(Some(session), now))
    }

    /// Marks a session as active now, so that it is no longer idle. Returns whether there is one.
    pub fn touch_session(&self, user: UserId, session: SessionId) -> bool {
        self.service()
            .change(user, |account, now| account.touch(session, now))
    }

    /// Sets the user out of office with a message, or back in office with `None`. Nothing happens
    /// when there is no such user.
    pub fn set_out_of_office(&self, user: UserId, message: Option<&str>) {
        self.service()
            .set_out_of_office(user, message.map(str::to_owned));
    }

    /// The presence as its user reads it, or `None` when there is no such user.
    ///
    /// ```
    /// use msgraph_presence_emulator::models::Availability;
    ///
    /// # use msgraph_presence_emulator::Emulator;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// # let emulator = Emulator::start().await?;
    /// let ada = emulator.add_user("Ada");
    /// let presence = emulator.presence(ada).unwrap_or_default();
    /// assert_eq!(presence.availability, Some(Availability::Offline));
    /// # Ok(())
    /// # }
    /// ```
    pub fn presence(&self, user: UserId) -> Option<Presence> {
        let body = self.service().own_presence(user)?;
        serde_json::from_slice(&body).ok()
    }

    /// A token of the signed-in user with all delegated permissions, valid for one hour.
    pub fn token_for(&self, user: UserId) -> String {
        self.token(Token::delegated(user))
    }

    /// A token of an application with all application permissions, valid for one hour.
    pub fn application_token(&self) -> String {
        self.token(Token::application())
    }

    /// The text of a token, to be sent after `Bearer` in the `Authorization` header.
    ///
    /// Its lifetime begins at the emulator's current time.
    pub fn token(&self, token: Token) -> String {
        self.service().write_token(&token)
    }

    /// Sets how persons sign in from now on: on a page, or without one.
    pub fn set_sign_ins(&self, sign_ins: SignIns) {
        self.service().identity.sign_ins = sign_ins;
    }

    /// Approves the pending device code with this user code, in any letter case. Returns whether
    /// there was one, for a tenant of the user.
    pub fn approve_device_code(&self, user_code: &str, user: UserId) -> bool {
        self.service().decide_user_code(user_code, Some(user))
    }

    /// Declines the pending device code with this user code. Returns whether there was one.
    pub fn decline_device_code(&self, user_code: &str) -> bool {
        self.service().decide_user_code(user_code, None)
    }

    /// Revokes all sign-ins of the user so far, as a new password does: their refresh tokens are
    /// refused with `invalid_grant`, and access tokens of programs that declare `cp1` with a claims
    /// challenge. Other access tokens stay valid until they expire.
    pub fn revoke_sign_ins(&self, user: UserId) {
        self.service().identity.revoke(user);
    }

    /// The emulator's time.
    pub fn now(&self) -> Timestamp {
        self.service().clock.now()
    }

    /// Sets the clock and stops it. From then on the expiry of a message is taken as it is written,
    /// on this clock.
    ///
    /// ```
    /// # use msgraph_presence_emulator::Emulator;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::start().await?;
    /// emulator.set_clock("2026-11-21T09:00:00Z".parse()?);
    /// # assert_eq!(emulator.now().to_string(), "2026-11-21T09:00:00Z");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A preference, message or session that a read has found expired stays expired when the clock
    /// is set back.
    pub fn set_clock(&self, time: Timestamp) {
        self.service().clock.set(time);
    }

    /// Lets a stopped clock run on from its current time.
    pub fn run_clock(&self) {
        self.service().clock.run();
    }

    /// Advances the clock, stopped or running. Nothing waits.
    ///
    /// A client computes the expiry of a message by the machine's clock. Unless the emulator's was
    /// [set](Self::set_clock), a new message lasts as long as the client intends, however far the
    /// clock was advanced.
    pub fn advance(&self, by: Duration) {
        self.service().clock.advance(by);
    }

    /// Injects a fault, in addition to those that are pending.
    pub fn inject(&self, fault: Fault) {
        self.service().faults.inject(fault);
    }

    /// Removes all pending faults.
    pub fn clear_faults(&self) {
        self.service().faults.clear();
    }

    /// Assumes an undocumented behaviour from now on.
    pub fn assume(&self, behaviour: Undocumented) {
        self.service().assume(behaviour, true);
    }

    /// Stops assuming an undocumented behaviour.
    pub fn dismiss(&self, behaviour: Undocumented) {
        self.service().assume(behaviour, false);
    }

    /// Goes back to the state of the start: the users of the builder as they were, the clock, the
    /// assumed behaviours and the limit on requests as they were configured, and no session,
    /// sign-in, fault or request. Users who were added later are gone.
    ///
    /// A clock that ran at the start shows the machine's time again. Sequence numbers go on.
    pub fn reset(&self) {
        self.service().reset();
    }

    /// The requests to Graph and to the identity platform that were received, the oldest first: the
    /// last thousand of them, or fewer when their bodies are larger than 8 MiB altogether.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.service().record.requests().cloned().collect()
    }

    /// The number of those requests since the start or the last [`reset`](Self::reset), including
    /// forgotten ones.
    pub fn requests_received(&self) -> u64 {
        self.service().record.received()
    }

    /// Forgets the requests that were received. Their numbers go on.
    pub fn clear_requests(&self) {
        self.service().record.clear();
    }

    /// Compares the requests that were received and are still stored with an expectation.
    ///
    /// # Errors
    /// When the request was not received as often as expected; the error lists what was received.
    pub fn received(&self, expected: Expected) -> Result<(), Mismatch> {
        expected.check(&self.service().record)
    }

    /// Adds users, of whom every third is offline, and lets the first one sign in to programs
    /// without a page. While the future is polled, one presence changes every second, every other
    /// time that of the first user.
    ///
    /// The future does not end, and does not keep the emulator running.
    ///
    /// ```
    /// use msgraph_presence_emulator::{Emulator, User, models::Activity};
    /// use std::time::Duration;
    /// use tokio::time::timeout;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::start().await?;
    /// let [ada, ..] = User::demo().map(|user| user.user_id());
    /// let activity = || emulator.presence(ada)?.activity;
    ///
    /// let demo = emulator.demo(User::demo().into());
    /// assert_eq!(activity(), Some(Activity::Available));
    /// let _ = timeout(Duration::from_millis(1500), demo).await;
    /// assert_eq!(activity(), Some(Activity::InAMeeting));
    /// # Ok(())
    /// # }
    /// ```
    pub fn demo(&self, users: Vec<User>) -> impl Future<Output = Infallible> + Send + use<> {
        let users = users.into_iter().map(|user| self.add_user(user));
        let users: Vec<UserId> = users.collect();
        for (user, place) in users.iter().zip(0..) {
            if place % 3 != 2 {
                self.sign_in(*user);
            }
        }
        if let Some(first) = users.first() {
            self.set_sign_ins(SignIns::by(*first).interval(Duration::from_secs(1)));
        }
        let shared = Arc::clone(&self.shared);
        async move {
            loop {
                for turn in 0..4 * users.len() {
                    let (availability, activity) = DAY[turn % 4];
                    for place in [0, turn % users.len()] {
                        sleep(Duration::from_secs(1)).await;
                        let mut service = shared.service();
                        service.change(users[place], |account, now| account.end(None, now));
                        service.sign_in(users[place], Session::new(availability, activity));
                    }
                }
                // Without users nothing changes.
                sleep(Duration::from_secs(1)).await;
            }
        }
    }

    pub(crate) fn service(&self) -> MutexGuard<'_, Service> {
        self.shared.service()
    }
}

/// The presences of a user in a demonstration, in their order.
const DAY: [(&str, &str); 4] = [
    ("Busy", "InAMeeting"),
    ("Available", "Available"),
    ("Busy", "InACall"),
    ("DoNotDisturb", "Presenting"),
];

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shared.stop_listening();
        self.server.abort();
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// The address at which this machine reaches a listener.
fn on_this_machine(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_are_this_machine_too() {
        let cases = [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("192.168.1.2:80", "192.168.1.2:80"),
        ];
        for (listens, found) in cases {
            let address = on_this_machine(listens.parse().unwrap());
            assert_eq!(address.to_string(), found);
        }
    }
}
