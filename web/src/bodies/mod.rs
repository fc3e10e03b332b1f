//! Bodies of public pages, kept in memory: made once for everybody who asks meanwhile, never older than availability may be,
//! and never past the moment at which a price or an opening changes by itself. Unless the database cannot be asked: then what
//! was made last is shown, and says how old it is.
//!
//! ```text
//! age:  0 ........ half ........ max age ................................................... last known
//!       |  as it is  |  as it is,   |  made anew; who asks meanwhile waits for the same one,   |
//!                    |  made anew beside it              and is shown this one if there is none
//! ```
//!
//! Ages are counted from when a page began to be made, by the shop's clock.

mod details;
mod eras;
mod freshness;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::catalog::Slug;
use engine::clock::Timestamp;
use engine::id::StoreId;
use futures_util::FutureExt;
use futures_util::future::Shared;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::runtime::Handle as Runtime;

pub use details::Details;
use eras::Eras;
pub use freshness::{Freshness, OUTBOX_INTERVAL};

use crate::document::Document;
use crate::error::ApiError;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Page {
    Product(Slug),
    /// A listing, by its query as it was written.
    Listing(Arc<str>),
    Categories,
    /// A category with a listing of its products, by its query as it was written.
    Category(Slug, Arc<str>),
}

/// Whose page it is, and of which of its eras. Two stores may have products of the same name.
type Address = (StoreId, u64, Page);

/// A page as it was made.
pub struct Made {
    pub document: Document,
    /// When it changes by itself.
    pub until: Option<Timestamp>,
}

/// Why there is no page. Shared by all who waited for it.
#[derive(Debug, Clone)]
pub enum NotMade {
    NotFound(&'static str),
    Invalid(Arc<str>),
    Unavailable(Arc<str>),
    Failed(Arc<str>),
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Bodies(Arc<Parts>);

struct Parts {
    kept: Cache<Address, Arc<Kept>>,
    eras: Eras,
    in_the_making: Mutex<HashMap<Address, Making>>,
    freshness: Freshness,
    io: Runtime,
}

type Making = Shared<Pin<Box<dyn Future<Output = Result<Arc<Kept>, NotMade>> + Send>>>;

/// How long somebody waits for a page of which an older one is there.
const PATIENCE: Duration = Duration::from_secs(2);

struct Kept {
    answer: Result<Document, NotMade>,
    until: Option<Timestamp>,
    made_at: Timestamp,
    is_renewed: AtomicBool,
}

impl Bodies {
    /// At most `capacity_bytes` of bodies, none kept for longer than `freshness` allows. They are made on `io`.
    pub fn new(capacity_bytes: u64, freshness: Freshness, io: Runtime) -> Self {
        // A page that is not there takes room as well: the key, the map's own.
        let weigh = |_: &Address, kept: &Arc<Kept>| {
            let body = kept.answer.as_ref().map_or(0, Document::len);
            u32::try_from(body + 512).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder()
            // Else pages of an era that is over, which were popular in it, would keep new ones out.
            .eviction_policy(EvictionPolicy::lru())
            .max_capacity(capacity_bytes)
            .weigher(weigh)
            .expire_after(freshness)
            .build();
        Self(Arc::new(Parts { kept, eras: Eras::default(), in_the_making: Mutex::default(), freshness, io }))
    }

    /// The store's page, as kept or as `make` makes it.
    pub async fn get<F>(
        &self,
        store: StoreId,
        page: Page,
        now: Timestamp,
        make: impl FnOnce() -> F,
    ) -> Result<Document, ApiError>
    where
        F: Future<Output = Result<Made, NotMade>> + Send + 'static,
    {
        let address = self.address(store, page);
        let kept = self.0.kept.get(&address);
        if let Some(kept) = &kept
            && kept.until.is_none_or(|until| now < until)
        {
            let age = kept.age(now);
            let max_age = self.0.freshness.of(&address.2);
            if age < max_age {
                if age > max_age / 2 && !kept.is_renewed.swap(true, Ordering::Relaxed) {
                    // Whoever waits for it is served by its end, nobody waits now.
                    drop(self.make(address, now, make()));
                }
                return kept.answer.clone().map_err(ApiError::from);
            }
        }
        let making = self.make(address, now, make());
        let Some(last_known) = kept.and_then(|kept| kept.as_last_known(now)) else {
            return making.await.and_then(|made| made.answer.clone()).map_err(ApiError::from);
        };
        match tokio::time::timeout(PATIENCE, making).await {
            Ok(Err(NotMade::Unavailable(_))) | Err(_) => Ok(last_known),
            Ok(made) => made.and_then(|made| made.answer.clone()).map_err(ApiError::from),
        }
    }

    /// Forgets everything of a store: something changed that any page of it may show.
    pub fn forget_all(&self, store: StoreId) {
        self.0.eras.begin_another(store);
    }

    pub fn forget(&self, store: StoreId, page: Page) {
        self.0.kept.invalidate(&self.address(store, page));
    }

    fn address(&self, store: StoreId, page: Page) -> Address {
        (store, self.0.eras.of(store), page)
    }

    /// Starts to make the page, or joins whoever does.
    fn make<F>(&self, page: Address, now: Timestamp, making: F) -> Making
    where
        F: Future<Output = Result<Made, NotMade>> + Send + 'static,
    {
        let mut in_the_making = self.0.in_the_making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(making) = in_the_making.get(&page) {
            return making.clone();
        }
        let (bodies, name) = (self.clone(), page.clone());
        // On the I/O runtime, so that it goes on when the one who asked first goes away.
        let task = self.0.io.spawn(async move {
            let made = making.await;
            bodies.keep(&name, now, made)
        });
        let (bodies, name) = (self.clone(), page.clone());
        let making: Making = async move {
            match task.await {
                Ok(kept) => kept,
                Err(panic) => {
                    bodies.is_made(&name);
                    Err(NotMade::Failed(panic.to_string().into()))
                }
            }
        }
        .boxed()
        .shared();
        in_the_making.insert(page, making.clone());
        making
    }

    fn keep(&self, page: &Address, made_at: Timestamp, made: Result<Made, NotMade>) -> Result<Arc<Kept>, NotMade> {
        let (answer, until) = match made {
            Ok(made) => (Ok(made.document), made.until),
            // That it is not there is kept too: a name that is asked for again and again costs one query.
            Err(NotMade::NotFound(what)) => (Err(NotMade::NotFound(what)), None),
            Err(other) => {
                self.is_made(page);
                return Err(other);
            }
        };
        let kept = Arc::new(Kept { answer, until, made_at, is_renewed: AtomicBool::new(false) });
        self.0.kept.insert(page.clone(), Arc::clone(&kept));
        self.is_made(page);
        Ok(kept)
    }

    fn is_made(&self, page: &Address) {
        self.0.in_the_making.lock().unwrap_or_else(PoisonError::into_inner).remove(page);
    }
}

impl Kept {
    fn age(&self, now: Timestamp) -> Duration {
        (now - self.made_at).to_std().unwrap_or_default()
    }

    /// For when there is no other. That something is not there is no page: it may have come since.
    fn as_last_known(&self, now: Timestamp) -> Option<Document> {
        self.answer.as_ref().ok().map(|document| document.as_of_old(self.age(now)))
    }
}

/// For how long a page is kept, by the time of this machine.
impl moka::Expiry<Address, Arc<Kept>> for Freshness {
    fn expire_after_create(&self, (_, _, page): &Address, kept: &Arc<Kept>, _: Instant) -> Option<Duration> {
        Some(match (page, &kept.answer) {
            (Page::Product(_) | Page::Categories | Page::Category(..), Ok(_)) => self.last_known.max(self.product),
            (Page::Listing(_), _) | (_, Err(_)) => self.of(page),
        })
    }

    fn expire_after_update(
        &self,
        page: &Address,
        kept: &Arc<Kept>,
        updated: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.expire_after_create(page, kept, updated)
    }
}

impl Freshness {
    fn of(&self, page: &Page) -> Duration {
        match page {
            Page::Listing(_) | Page::Category(..) => self.listing,
            Page::Product(_) | Page::Categories => self.product,
        }
    }
}

impl From<NotMade> for ApiError {
    fn from(why: NotMade) -> Self {
        match why {
            NotMade::NotFound(what) => Self::not_found(what),
            NotMade::Invalid(detail) => Self::bad_request(detail.to_string()),
            NotMade::Unavailable(cause) => Self::temporarily_unavailable("try again in a moment").caused_by(cause),
            NotMade::Failed(cause) => Self::internal(cause),
        }
    }
}

impl From<engine::catalog::Error> for NotMade {
    fn from(error: engine::catalog::Error) -> Self {
        use engine::error::{Coded, ErrorCode};
        match error.code() {
            ErrorCode::NotFound => Self::NotFound("there is nothing of that name"),
            ErrorCode::Unavailable | ErrorCode::Busy => Self::Unavailable(error.to_string().into()),
            ErrorCode::Invalid
            | ErrorCode::Conflict
            | ErrorCode::Rejected
            | ErrorCode::Forbidden
            | ErrorCode::Internal => Self::Failed(error.to_string().into()),
        }
    }
}

/// What a page shows, as bytes.
pub fn json<T: serde::Serialize>(view: &T) -> Result<Document, NotMade> {
    let body = serde_json::to_vec(view).map_err(|error| NotMade::Failed(error.to_string().into()))?;
    Ok(Document::json(body))
}

#[cfg(test)]
mod tests;
