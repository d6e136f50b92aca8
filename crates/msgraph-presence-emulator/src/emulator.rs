//! The emulator as a value: it listens while it lives, and a test does with it what it likes.

use crate::builder::Builder;
use crate::clock::Clock;
use crate::core::Core;
use crate::doubt::Doubt;
use crate::fault::Fault;
use crate::record::{Expected, Mismatch, ReceivedRequest};
use crate::server::Shared;
use crate::state::{Session, SessionId};
use crate::token::Token;
use crate::user::User;
use jiff::Timestamp;
use msgraph_presence_models::{Presence, UserId};
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;
use tokio::task::JoinHandle;

/// A running emulator. Dropped, it stops listening and ends its connections.
///
/// It runs on the tokio runtime on which it was started. All its methods are quick: none waits,
/// and none touches the network.
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
/// // What the program under test does with a URL and a token.
/// let url = format!("{}/me/presence", emulator.base_url());
/// let call = reqwest::Client::new().get(url).bearer_auth(emulator.token_for(ada));
/// let body = call.send().await?.text().await?;
/// assert!(body.contains(r#""availability":"Available""#), "{body}");
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Emulator {
    /// Starts an emulator without users, with a running clock, on a free port of the loopback
    /// interface.
    ///
    /// # Errors
    /// When no port can be had.
    ///
    /// # Panics
    /// Outside of a tokio runtime, or on one without its network driver.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// An emulator that is to be different.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn running(
        shared: Arc<Shared>,
        address: SocketAddr,
        server: JoinHandle<()>,
    ) -> Self {
        Self {
            shared,
            address,
            server,
        }
    }

    /// The root of the emulated Graph, `http://127.0.0.1:…/v1.0`.
    ///
    /// Of an emulator that listens on all addresses it is the one of this machine: no client
    /// sends a token over `http` elsewhere.
    pub fn base_url(&self) -> String {
        format!("{}/v1.0", self.origin())
    }

    /// Where the emulator is found on this machine, `http://127.0.0.1:…`, with its page at `/`.
    pub fn origin(&self) -> String {
        let address = on_this_machine(self.address);
        format!("http://{address}")
    }

    /// The address on which the emulator listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a user by name, or a [`User`] with more to it. The answer is its object id.
    ///
    /// It replaces a user with the same id.
    pub fn add_user(&self, user: impl Into<User>) -> UserId {
        self.core().service.add(user.into())
    }

    /// Signs the user in to Teams: a session that is Available, and ages when time passes.
    ///
    /// A user who was never added is added, with the id as name.
    pub fn sign_in(&self, user: UserId) -> SessionId {
        self.sign_in_with(user, Session::default())
    }

    /// Starts a session of the user, of any presence, as [`sign_in`](Self::sign_in) does.
    pub fn sign_in_with(&self, user: UserId, session: Session) -> SessionId {
        self.core().sign_in(user, session)
    }

    /// Ends all sessions of the user, who is Offline from then on. Nothing happens when there is no
    /// such user.
    pub fn sign_out(&self, user: UserId) {
        self.core()
            .change(user, |account, now| account.end(None, now));
    }

    /// Ends one session of the user. Says whether there was one.
    pub fn end_session(&self, user: UserId, session: SessionId) -> bool {
        self.core()
            .change(user, |account, now| account.end(Some(session), now))
    }

    /// The user is active in a session: it stops looking idle. Says whether there is one.
    pub fn touch_session(&self, user: UserId, session: SessionId) -> bool {
        self.core()
            .change(user, |account, now| account.touch(session, now))
    }

    /// Sets the user out of office with a message, or back in office with `None`. Nothing happens
    /// when there is no such user.
    pub fn set_out_of_office(&self, user: UserId, message: Option<&str>) {
        self.core()
            .set_out_of_office(user, message.map(str::to_owned));
    }

    /// What the user reads as its own presence, or nothing when there is no such user.
    ///
    /// ```
    /// # use msgraph_presence_emulator::{Emulator, models::Availability};
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
        let mut core = self.core();
        let now = core.clock.now();
        let body = core.service.own_presence(user, now)?;
        serde_json::from_slice(&body).ok()
    }

    /// A token of the signed-in user with all delegated permissions, good for one hour.
    pub fn token_for(&self, user: UserId) -> String {
        self.token(Token::delegated(user))
    }

    /// A token of an application with all application permissions, good for one hour.
    pub fn application_token(&self) -> String {
        self.token(Token::application())
    }

    /// The text of a token, to stand after `Bearer` in the `Authorization` header.
    ///
    /// It is made at the emulator's time, from which on it ages.
    pub fn token(&self, token: Token) -> String {
        self.core().write_token(&token)
    }

    /// The emulator's time.
    pub fn now(&self) -> Timestamp {
        self.core().clock.now()
    }

    /// Sets the clock, which stands still from then on.
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
    /// What a read presence has shown as expired stays so when the clock is set back.
    pub fn set_clock(&self, time: Timestamp) {
        self.core().clock = Clock::Stopped(time);
    }

    /// Lets a clock that stands still run on from the time that it shows.
    pub fn run_clock(&self) {
        self.core().clock.run();
    }

    /// Puts the clock forward, one that stands still and a running one alike. Nothing waits.
    pub fn advance(&self, by: Duration) {
        self.core().clock.advance(by);
    }

    /// Arms a fault, besides those that are armed already.
    pub fn inject(&self, fault: Fault) {
        self.core().faults.arm(fault);
    }

    /// Disarms all faults.
    pub fn clear_faults(&self) {
        self.core().faults.clear();
    }

    /// Assumes a doubt from now on.
    pub fn assume(&self, doubt: Doubt) {
        self.core().service.assume(doubt, true);
    }

    /// Assumes a doubt no longer.
    pub fn dismiss(&self, doubt: Doubt) {
        self.core().service.assume(doubt, false);
    }

    /// Forgets everything that has happened: sessions, preferences, messages, faults, requests.
    ///
    /// The users, the clock and the doubts stay.
    pub fn reset(&self) {
        self.core().reset();
    }

    /// The requests to Graph that were received, the oldest first: the last thousand of them, or
    /// fewer when their bodies are larger than 8 MiB altogether.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.core().record.requests().cloned().collect()
    }

    /// How many requests to Graph were received altogether, forgotten ones too.
    pub fn requests_received(&self) -> u64 {
        self.core().record.received()
    }

    /// Forgets the requests that were received. Their numbers go on.
    pub fn clear_requests(&self) {
        self.core().record.clear();
    }

    /// Compares what was received with what was expected, as far back as it is kept.
    ///
    /// # Errors
    /// When it was not received as often as expected; the error says what was.
    pub fn received(&self, expected: Expected) -> Result<(), Mismatch> {
        expected.check(&self.core().record)
    }

    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        self.shared.core()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
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

/// Where this machine finds what listens on an address.
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
