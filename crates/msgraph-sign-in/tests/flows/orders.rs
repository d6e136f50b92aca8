//! Random orders of events: two processes with one store, a platform that fails, refuses and comes
//! back, a store that fails, a person who signs in and out. Each outcome is compared with a model.

use crate::fake::{Platform, Reply};
use crate::stores::Fragile;
use crate::{GRAPH, ask, sign_in};
use msgraph_runtime::{AccessToken, TokenRequest};
use msgraph_sign_in::{Account, ErrorKind, SignIn, Store};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

const ORDERS: u64 = 10_000;
const EVENTS: usize = 8;

/// The lifetime of a token, and how long before its end it is renewed. Events happen every ten
/// seconds, so never at a moment at which a few milliseconds decide.
const LIFETIME: Duration = Duration::from_secs(3605);
const AHEAD: Duration = Duration::from_secs(300);

/// In parts, which run beside each other.
#[test]
fn ten_thousand_orders_go_as_the_model_says() {
    let parts = 4;
    let run = |part: u64| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        for seed in (part..ORDERS).step_by(parts) {
            runtime.block_on(order(seed));
        }
    };
    std::thread::scope(|scope| {
        for part in 0..parts as u64 {
            scope.spawn(move || run(part));
        }
    });
}

/// A token in the model: its number, and its expiry.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Token {
    number: u32,
    end: Instant,
}

impl Token {
    fn lasts(&self, ahead: Duration) -> bool {
        Instant::now() + ahead < self.end
    }

    fn secret(&self) -> AccessToken {
        AccessToken::new(format!("SECRET-access-{}", self.number))
    }
}

/// A process in the model.
struct Process {
    account: Account,
    token: Option<Token>,
    /// The token that its cache gives without asking.
    cached: Option<Token>,
    /// Its refresh token is of this person; each response renews it.
    is_saved: bool,
    is_signed_out: bool,
    /// The refresh token that was refused, until when, and how often.
    pause: Option<(u32, Instant, u32)>,
    /// The number of its refresh token.
    refresh: u32,
}

/// The world: a platform, a store, two processes.
struct World {
    seed: u64,
    random: fastrand::Rng,
    begun: Instant,
    platform: Platform,
    store: Fragile,
    sign_in: SignIn,
    processes: Vec<Process>,
    /// The store's content: the number of the refresh token, and the access token.
    stored: Option<(u32, Token)>,
    is_up: bool,
    is_revoked: bool,
    is_writable: bool,
    is_readable: bool,
    /// The next response of the token endpoint is lost on its way.
    is_lost: bool,
    /// The number of tokens that the platform has given.
    count: u32,
    /// The events so far, for the message of a failure.
    log: Vec<String>,
}

async fn order(seed: u64) {
    let mut world = World::new(seed).await;
    for _ in 0..EVENTS {
        world.event().await;
    }
    // Everything works again: a process that has not signed out gets a token.
    world.is_up = true;
    world.is_revoked = false;
    world.is_writable = true;
    world.is_readable = true;
    world.apply();
    sleep(Duration::from_secs(2 * 3600)).await;
    for index in 0..world.processes.len() {
        world.asks(index, false).await;
    }
}

impl World {
    async fn new(seed: u64) -> Self {
        let platform = Platform::new();
        platform.lifetime(LIFETIME.as_secs());
        let store = Fragile::default();
        let sign_in = sign_in(&platform).store(Store::own(store.clone()));
        let mut world = Self {
            seed,
            random: fastrand::Rng::with_seed(seed),
            begun: Instant::now(),
            platform,
            store,
            sign_in,
            processes: Vec::new(),
            stored: None,
            is_up: true,
            is_revoked: false,
            is_writable: true,
            is_readable: true,
            is_lost: false,
            count: 0,
            log: Vec::new(),
        };
        let account = world
            .sign_in
            .clone()
            .device_code()
            .await
            .unwrap()
            .await
            .unwrap();
        let token = world.given();
        world.stored = Some((token.number, token));
        world.processes.push(Process::new(account, token));
        let account = world.sign_in.clone().silent().await.unwrap();
        world.processes.push(Process::new(account, token));
        world
    }

    /// The platform has given one more token.
    fn given(&mut self) -> Token {
        self.count += 1;
        Token {
            number: self.count,
            end: Instant::now() + LIFETIME,
        }
    }

    fn apply(&self) {
        self.platform.revoke(self.is_revoked);
        self.platform.down(!self.is_up);
        self.store.set(self.is_writable, self.is_readable);
    }

    async fn event(&mut self) {
        let index = self.random.usize(..self.processes.len());
        let event = self.random.u32(..20);
        self.log.push(format!("{event} in {index}"));
        match event {
            0 => self.is_up = !self.is_up,
            1 => self.is_revoked = !self.is_revoked,
            2 => self.is_writable = !self.is_writable,
            3 => self.is_readable = !self.is_readable,
            4 => self.signs_in_again(index).await,
            5 if self.random.bool() => self.signs_out(index).await,
            6..10 => sleep(Duration::from_secs(self.random.u64(1..400) * 10)).await,
            10..13 => self.asks(index, true).await,
            13 => self.loses_a_response(),
            _ => self.asks(index, false).await,
        }
        self.apply();
        let since = self.begun.elapsed().as_secs();
        sleep_until(self.begun + Duration::from_secs(since / 10 * 10 + 10)).await;
    }

    /// The platform carries the next request out, and the connection breaks.
    fn loses_a_response(&mut self) {
        if !self.is_lost {
            self.is_lost = true;
            let lost = Reply::Break { is_done: true };
            self.platform.then("token", lost);
        }
    }

    /// A caller asks a process for a token; with `is_refused` Graph has refused the one at hand.
    async fn asks(&mut self, index: usize, is_refused: bool) {
        let before = self.platform.refreshes();
        let refused = self.processes[index].token.filter(|_| is_refused);
        let request = TokenRequest::new(GRAPH);
        let request = match refused {
            Some(token) => request.with_refused(token.secret()),
            None => request,
        };
        let expected = self.expected(index, refused);
        let got = ask(&self.processes[index].account, request).await;
        let at = format!("seed {}, events {:?}", self.seed, self.log);
        let requests = self.platform.refreshes() - before;
        match (expected, got) {
            (Expected::Token(token, sent), Ok(got)) => {
                assert!(got == token.secret(), "{at}: not {token:?}");
                assert_eq!(requests, sent, "{at}");
                assert!(token.lasts(Duration::ZERO), "{at}");
            }
            (Expected::Failure(kind, sent), Err(error)) => {
                assert_eq!(error.kind(), kind, "{at}: {error}");
                assert_eq!(requests, sent, "{at}");
            }
            (expected, got) => {
                panic!("{at}: expected {expected:?}, got {got:?}");
            }
        }
    }

    /// The expected action of a process, and the model after that.
    fn expected(&mut self, index: usize, refused: Option<Token>) -> Expected {
        let process = &self.processes[index];
        if process.is_signed_out {
            return Expected::Failure(ErrorKind::SignInRequired, 0);
        }
        let current = process.token.filter(|token| token.lasts(Duration::ZERO));
        let mut sent = 0;
        // A token that is not the newest one any more is renewed before anything else.
        if let Some(old) = process.cached.filter(|cached| Some(*cached) != current) {
            match self.renewed(index, Some(old)) {
                Expected::Token(_, requests) => sent = requests,
                failure => return failure,
            }
        }
        match self.processes[index].cached {
            Some(cached) if Some(cached) != refused => Expected::Token(cached, sent),
            _ => match self.renewed(index, refused) {
                Expected::Token(token, requests) => Expected::Token(token, sent + requests),
                Expected::Failure(kind, requests) => Expected::Failure(kind, sent + requests),
            },
        }
    }

    /// The token in memory, in the store, or of a refresh.
    fn renewed(&mut self, index: usize, refused: Option<Token>) -> Expected {
        let (stored, is_readable) = (self.stored, self.is_readable);
        let process = &mut self.processes[index];
        let good = |token: &Token| Some(*token) != refused && token.lasts(AHEAD);
        if let Some(token) = process.token.filter(good) {
            process.cached = Some(token);
            return Expected::Token(token, 0);
        }
        if process.is_saved && is_readable {
            let Some((refresh, token)) = stored else {
                return Expected::Failure(ErrorKind::SignInRequired, 0);
            };
            process.refresh = refresh;
            // The system clock does not move here: by it, a token from the store has its whole
            // lifetime left.
            let fresh = Token {
                end: Instant::now() + LIFETIME,
                ..token
            };
            let own = process.token.filter(|own| own.number == token.number);
            let token = own.unwrap_or(fresh);
            process.token = Some(token);
            if good(&token) {
                process.cached = Some(token);
                return Expected::Token(token, 0);
            }
        }
        self.refreshed(index)
    }

    /// A refresh with the refresh token at hand.
    fn refreshed(&mut self, index: usize) -> Expected {
        let now = Instant::now();
        let process = &mut self.processes[index];
        let paused = process
            .pause
            .filter(|(refresh, ..)| *refresh == process.refresh);
        if paused.is_some_and(|(_, until, _)| now < until) {
            return Expected::Failure(ErrorKind::SignInRequired, 0);
        }
        let lost = u32::from(std::mem::take(&mut self.is_lost));
        if !self.is_revoked {
            self.count += lost;
        }
        if !self.is_up {
            // The lost response was one of four attempts.
            return Expected::Failure(ErrorKind::Unavailable, 4);
        }
        if self.is_revoked {
            let count = paused.map_or(0, |(.., count)| count + 1);
            let pause = Duration::from_secs(30 << count.min(7)).min(Duration::from_secs(3600));
            // The attempt after a lost response comes a little later.
            let until = now + pause + Duration::from_secs(lost.into());
            process.pause = Some((process.refresh, until, count));
            return Expected::Failure(ErrorKind::SignInRequired, 1 + lost as usize);
        }
        let token = self.given();
        self.takes(index, token);
        Expected::Token(token, 1 + lost as usize)
    }

    /// A process takes a new token, and stores it if it can.
    fn takes(&mut self, index: usize, token: Token) {
        let is_saved = self.is_readable && self.is_writable;
        if is_saved {
            self.stored = Some((token.number, token));
        }
        let process = &mut self.processes[index];
        process.token = Some(token);
        process.cached = Some(token);
        process.refresh = token.number;
        process.is_saved = is_saved;
        process.pause = None;
    }

    /// The person signs in again, where the platform and the store are there.
    async fn signs_in_again(&mut self, index: usize) {
        if !(self.is_up && self.is_writable && self.is_readable) {
            return;
        }
        let again = self.processes[index].account.sign_in_again();
        again.device_code().await.unwrap().await.unwrap();
        self.count += u32::from(std::mem::take(&mut self.is_lost));
        let token = self.given();
        let cached = self.processes[index].cached;
        self.takes(index, token);
        let process = &mut self.processes[index];
        process.cached = cached;
        process.is_signed_out = false;
    }

    async fn signs_out(&mut self, index: usize) {
        let process = &mut self.processes[index];
        process.account.sign_out().await.unwrap();
        process.is_signed_out = true;
        process.token = None;
        process.is_saved = true;
        process.pause = None;
        self.stored = None;
    }
}

impl Process {
    fn new(account: Account, token: Token) -> Self {
        Self {
            account,
            token: Some(token),
            cached: None,
            is_saved: true,
            is_signed_out: false,
            pause: None,
            refresh: token.number,
        }
    }
}

#[derive(Debug)]
enum Expected {
    /// A token, and the number of requests.
    Token(Token, usize),
    Failure(ErrorKind, usize),
}
