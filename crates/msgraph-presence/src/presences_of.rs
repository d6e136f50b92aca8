//! The presences of any number of users, read in chunks.

use crate::bodies::GetPresencesByUserIdRequest;
use crate::{BoxFuture, Client, Error, ErrorKind, Presence, PresenceCollection, Request, UserId};
use std::collections::{HashMap, HashSet, VecDeque};
use std::future::{IntoFuture, poll_fn};
use std::task::Poll;

/// The largest number of ids in one request: `maxItems` in the spec.
pub(crate) const CHUNK: usize = 650;

/// The largest number of requests that are added because refused chunks are split.
const SPLITTING: usize = 256;

/// The number of refusals in a row after which no chunk is split any more: the service then refuses
/// the caller or the operation, not an id.
const ALL_REFUSED: usize = 24;

/// A request for one chunk of the users of [`Client::presences_of`].
pub type ChunkRequest = Request<PresenceCollection, GetPresencesByUserIdRequest>;

impl Client {
    /// Reads the presences of any number of users.
    ///
    /// Each request of [`get_presences_by_user_id`] has up to 650 ids, so 10,000 users take 16
    /// requests. Four requests are in flight at a time. Duplicate ids are sent once. Presences are
    /// matched by id, never by position.
    ///
    /// Microsoft does not document the response to an unknown id. Its presence may be found, with
    /// `PresenceUnknown`; a user who is not in the response is [missing](Presences::missing). When
    /// the service refuses a chunk, its two halves are sent, and so on, until each refused id has a
    /// request of its own: about 20 requests for one such id, at most 256 for all of them. A
    /// response that cannot be decoded, or is larger than the client's body limit, is handled in
    /// the same way.
    ///
    /// The requests keep the [`Pace`](crate::Pace) of the client, by default half of the documented
    /// rate limit ([`ClientBuilder::pace`](crate::runtime::ClientBuilder::pace) changes it): up to
    /// 20 at once, and at least a minute for a million users. Timeouts do not include these waits.
    ///
    /// A chunk that fails does not stop the others: see [`Presences::failed`].
    ///
    /// ```
    /// # use msgraph_presence::Client;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let graph = msgraph_presence_emulator::Emulator::start().await?;
    /// # let team: Vec<_> = (0..1000).map(|n| graph.add_user(format!("{n}").as_str())).collect();
    /// # let builder = Client::builder().base_url(graph.base_url());
    /// # let client = builder.token(graph.application_token()).build()?;
    /// let presences = client.presences_of(team.iter().copied()).await;
    /// for id in &team {
    ///     match presences.found.get(id) {
    ///         Some(presence) => println!("{id}: {:?}", presence.availability),
    ///         None => println!("{id}: unknown"),
    ///     }
    /// }
    /// for failure in &presences.failed {
    ///     eprintln!("{} users: {}", failure.ids.len(), failure.error);
    /// }
    /// # assert_eq!((presences.found.len(), graph.requests_received()), (1000, 2));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`get_presences_by_user_id`]: crate::handles::Communications::get_presences_by_user_id
    pub fn presences_of(&self, ids: impl IntoIterator<Item = UserId>) -> PresencesOf {
        PresencesOf {
            client: self.clone(),
            ids: ids.into_iter().collect(),
            at_once: 4,
            each: Box::new(|request| request),
        }
    }
}

/// A read of the presences of many users: see [`Client::presences_of`]. `.await` sends it.
#[must_use = "nothing is sent until it is awaited"]
pub struct PresencesOf {
    client: Client,
    ids: Vec<UserId>,
    at_once: usize,
    each: Box<dyn Fn(ChunkRequest) -> ChunkRequest + Send + Sync>,
}

impl PresencesOf {
    /// Sets the number of requests in flight at a time; 4 by default, at least 1.
    pub fn at_once(mut self, requests: usize) -> Self {
        self.at_once = requests.max(1);
        self
    }

    /// Changes each request before it is sent, such as its timeout, retry policy or headers.
    pub fn each(
        mut self,
        change: impl Fn(ChunkRequest) -> ChunkRequest + Send + Sync + 'static,
    ) -> Self {
        self.each = Box::new(change);
        self
    }

    /// Reads the presences without `async`, one request after the other.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Presences {
        let mut work = Work::new(&self.ids);
        while let Some(ids) = work.next() {
            let response = self.request(&ids).send_blocking();
            work.take(ids, response.map(crate::Response::into_value));
        }
        work.done(self.ids)
    }

    async fn run(self) -> Presences {
        let mut work = Work::new(&self.ids);
        let mut calls: Vec<(Vec<UserId>, BoxFuture<'static, _>)> = Vec::new();
        loop {
            while calls.len() < self.at_once
                && let Some(ids) = work.next()
            {
                let call = self.request(&ids).into_future();
                calls.push((ids, call));
            }
            if calls.is_empty() {
                return work.done(self.ids);
            }
            let (at, result) = poll_fn(|context| {
                for (at, (_, call)) in calls.iter_mut().enumerate() {
                    if let Poll::Ready(result) = call.as_mut().poll(context) {
                        return Poll::Ready((at, result));
                    }
                }
                Poll::Pending
            })
            .await;
            let (ids, _) = calls.swap_remove(at);
            work.take(ids, result);
        }
    }

    fn request(&self, ids: &[UserId]) -> ChunkRequest {
        let communications = self.client.communications();
        let request = communications.get_presences_by_user_id(ids.iter().copied());
        (self.each)(request.paced())
    }
}

impl IntoFuture for PresencesOf {
    type Output = Presences;
    type IntoFuture = BoxFuture<'static, Presences>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl std::fmt::Debug for PresencesOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = f.debug_struct("PresencesOf");
        debug.field("ids", &self.ids.len());
        debug.finish_non_exhaustive()
    }
}

/// The result of [`Client::presences_of`]: each user is in one of its three fields.
#[derive(Debug, Default)]
#[must_use = "some of the requests may have failed"]
#[non_exhaustive]
pub struct Presences {
    /// The presences, by the ids of the users.
    pub found: HashMap<UserId, Presence>,

    /// The users whom the service left out without an error, in the order of the arguments.
    pub missing: Vec<UserId>,

    /// The users who could not be read, with the error of their request.
    pub failed: Vec<FailedRead>,
}

/// Users who could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailedRead {
    /// The users of the request that failed. If there are several, any of them may be the cause.
    pub ids: Vec<UserId>,

    /// The error of the request.
    pub error: Error,
}

impl Presences {
    /// Returns the presences if no request has failed. Users who are missing are left out.
    ///
    /// # Errors
    ///
    /// The first error in [`failed`](Self::failed).
    pub fn into_result(self) -> Result<HashMap<UserId, Presence>, Error> {
        match self.failed.into_iter().next() {
            Some(failure) => Err(failure.error),
            None => Ok(self.found),
        }
    }
}

/// The chunks that are not sent yet and the results so far, without any IO.
struct Work {
    waiting: VecDeque<Vec<UserId>>,
    /// The number of requests that splitting may still add.
    spare: usize,
    /// The number of refusals since the last success.
    refused: usize,
    missing: HashSet<UserId>,
    presences: Presences,
}

impl Work {
    fn new(ids: &[UserId]) -> Self {
        let mut seen = HashSet::with_capacity(ids.len());
        let once: Vec<_> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        Self {
            waiting: once.chunks(CHUNK).map(<[UserId]>::to_vec).collect(),
            spare: SPLITTING,
            refused: 0,
            missing: HashSet::new(),
            presences: Presences::default(),
        }
    }

    fn next(&mut self) -> Option<Vec<UserId>> {
        self.waiting.pop_front()
    }

    fn take(&mut self, ids: Vec<UserId>, result: Result<PresenceCollection, Error>) {
        match result {
            Ok(collection) => self.found(&ids, collection),
            Err(error) if ids.len() > 1 && is_refusal(&error) && self.may_split() => {
                let (first, second) = ids.split_at(ids.len() / 2);
                self.waiting.push_front(second.to_vec());
                self.waiting.push_front(first.to_vec());
            }
            Err(error) => self.presences.failed.push(FailedRead { ids, error }),
        }
    }

    fn found(&mut self, ids: &[UserId], collection: PresenceCollection) {
        self.refused = 0;
        let is_page = collection.additional_data.get("@odata.nextLink").is_some();
        let named = collection.value.into_iter();
        let named = named.filter_map(|presence| Some((presence.user_id().ok()?, presence)));
        let mut named: HashMap<_, _> = named.collect();
        let mut left = Vec::new();
        for id in ids {
            match named.remove(id) {
                Some(presence) => drop(self.presences.found.insert(*id, presence)),
                None => left.push(*id),
            }
        }
        // The link to the next page is not followed: the users who are left are sent again.
        if is_page && left.len() < ids.len() && !left.is_empty() && self.spare > 0 {
            self.spare -= 1;
            self.waiting.push_front(left);
        } else {
            self.missing.extend(left);
        }
    }

    /// Counts a refusal. Returns `true` if the two halves of the chunk are to be sent.
    fn may_split(&mut self) -> bool {
        self.refused += 1;
        let may = self.spare >= 2 && self.refused < ALL_REFUSED;
        self.spare -= if may { 2 } else { 0 };
        may
    }

    fn done(self, mut ids: Vec<UserId>) -> Presences {
        let mut missing = self.missing;
        ids.retain(|id| missing.remove(id));
        Presences {
            missing: ids,
            ..self.presences
        }
    }
}

/// Returns `true` if the cause may be one of several ids, or one presence in the response.
fn is_refusal(error: &Error) -> bool {
    let is_response = matches!(error.kind(), ErrorKind::Service | ErrorKind::Body);
    is_response && !(error.is_retryable() || error.is_unauthorized() || error.is_forbidden())
}
