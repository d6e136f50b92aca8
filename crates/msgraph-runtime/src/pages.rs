//! The items of a collection, page by page.

use crate::decoder::Decoder;
use crate::exchange::Plan;
use crate::headers::client_request_id;
use crate::transport::Target;
use crate::{BoxFuture, Client, Error, driver};
use futures_core::Stream;
use reqwest::Url;
use std::collections::HashSet;
use std::fmt;
use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec::IntoIter;

/// The items of a collection: a [`Stream`] that requests the next page when it has no item left.
///
/// Each page is a separate call, with the retries, the timeout and the headers of the request. The
/// link to a next page is followed only to the origin of the base URL and below its path; any
/// other link, and one that was followed before, is an error of the kind
/// [`Body`](crate::ErrorKind::Body). The stream ends after an error or the last item.
///
/// The stream owns a clone of its client, so that a task can own it. [`next`](Self::next) needs no
/// trait in scope. With the feature `blocking`, `blocking` returns an iterator.
#[must_use = "nothing is sent before an item is asked for"]
pub struct Items<T> {
    #[cfg(feature = "blocking")]
    client: Client,
    ready: IntoIter<T>,
    next: Option<Fetch<T>>,
}

/// The call for a page.
type Fetch<T> = BoxFuture<'static, Result<Page<T>, Error>>;

struct Page<T> {
    items: Vec<T>,
    next: Option<Fetch<T>>,
}

/// The decoder of a page, and the links that were followed.
struct Chain<P, T> {
    client: Client,
    decoder: Decoder<P>,
    split: fn(P) -> (Vec<T>, Option<String>),
    /// Hashes of the followed links, of which a collection may have many.
    hasher: RandomState,
    followed: HashSet<u64>,
}

impl<T: Send + 'static> Items<T> {
    pub(crate) fn new<P: 'static>(
        #[cfg(feature = "blocking")] client: Client,
        prepared: Result<(Client, Plan, Decoder<P>), Error>,
        split: fn(P) -> (Vec<T>, Option<String>),
    ) -> Self {
        let first = prepared.map(|(client, plan, decoder)| {
            let chain = Chain {
                client,
                decoder,
                split,
                hasher: RandomState::new(),
                followed: HashSet::new(),
            };
            (chain, plan)
        });
        Self {
            #[cfg(feature = "blocking")]
            client,
            ready: Vec::new().into_iter(),
            next: Some(fetch(first)),
        }
    }

    /// The next item, or the error of its page; `None` at the end.
    ///
    /// Dropping the future loses no item.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    /// The items as an iterator, without `async`: this thread waits for each page, as in
    /// [`send_blocking`](crate::Request::send_blocking).
    #[cfg(feature = "blocking")]
    pub fn blocking(mut self) -> impl Iterator<Item = Result<T, Error>> {
        std::iter::from_fn(move || {
            let client = self.client.clone();
            match client.inner.blocking.block_on(self.next()) {
                Ok(item) => item,
                Err(error) => self.next.take().map(|_| Err(error)),
            }
        })
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let Some(fetch) = &mut self.next else {
                return Poll::Ready(None);
            };
            let page = ready!(fetch.as_mut().poll(cx));
            self.next = None;
            match page {
                Ok(page) => {
                    self.ready = page.items.into_iter();
                    self.next = page.next;
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl<T: Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(cx)
    }
}

impl<T> Unpin for Items<T> {}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ready, is_over) = (self.ready.len(), self.next.is_none());
        let mut shown = f.debug_struct("Items");
        shown.field("ready", &ready).field("is_over", &is_over);
        shown.finish_non_exhaustive()
    }
}

/// The call for a page, or its error.
fn fetch<P: 'static, T: Send + 'static>(page: Result<(Chain<P, T>, Plan), Error>) -> Fetch<T> {
    Box::pin(async move {
        let (mut chain, plan) = page?;
        let same = plan.page(client_request_id());
        let page = driver::call(&chain.client.inner, plan, chain.decoder, None).await?;
        let (items, link) = (chain.split)(page.value);
        let next = link.filter(|link| !link.is_empty()).map(|link| {
            let target = chain.target(&same.target.url(), &link);
            let target = target.map_err(|detail| Error::link(same.operation, detail));
            fetch(target.map(|target| (chain, Plan { target, ..same })))
        });
        Ok(Page { items, next })
    })
}

impl<P, T> Chain<P, T> {
    /// The target of a link on a page, or the reason why it is not followed.
    fn target(&mut self, from: &Url, link: &str) -> Result<Target, &'static str> {
        let base = &self.client.inner.base;
        let mut url = from.join(link).map_err(|_| NO_URL)?;
        let is_below = |path: &str| {
            let rest = path.strip_prefix(base.path().trim_end_matches('/'));
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        if url.origin() != base.origin() || !url.username().is_empty() || url.password().is_some() {
            return Err(ELSEWHERE);
        }
        if !is_below(url.path()) {
            return Err(NOT_BELOW);
        }
        url.set_fragment(None);
        let is_first = url != *from && self.followed.insert(self.hasher.hash_one(url.as_str()));
        match Target::new(url) {
            Some(target) if is_first => Ok(target),
            Some(_) => Err(AGAIN),
            None => Err(NO_URL),
        }
    }
}

const NO_URL: &str = "the link to the next page is not a valid URL";
const ELSEWHERE: &str = "the link to the next page leads to another scheme, host or port; it is \
    not followed, because the token is sent to the base URL only";
const NOT_BELOW: &str = "the link to the next page leaves the path of the base URL; it is not \
    followed";
const AGAIN: &str = "the link to the next page leads to a page that was read before; it is not \
    followed again";
