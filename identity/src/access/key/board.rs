//! Every key that may still open something, in memory: checking one costs a digest and a look-up.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;
use chrono::DateTime;
use engine::clock::Timestamp;
use engine::id::ApiKeyId;

use super::api_key::{ApiKey, Unusable};
use super::secret::Digest;

/// A key that was shown, and opens what its scopes say.
pub type Shown = Arc<ApiKey>;

#[derive(Default)]
pub(super) struct Board(ArcSwap<HashMap<Digest, Entry>>);

struct Entry {
    key: Shown,
    use_of_it: Arc<Use>,
}

/// When it was last shown, and when of that the database knows, in microseconds.
#[derive(Default)]
struct Use {
    last: AtomicI64,
    written: AtomicI64,
}

impl Board {
    /// Looked up by its digest: what a comparison takes says nothing about a secret.
    pub(super) fn check(&self, shown: &str, now: Timestamp) -> Result<Shown, Unusable> {
        let board = self.0.load();
        let entry = board.get(&Digest::of(shown)).ok_or(Unusable::Unknown)?;
        entry.key.check(now)?;
        entry.use_of_it.last.fetch_max(now.timestamp_micros(), Ordering::Relaxed);
        Ok(Arc::clone(&entry.key))
    }

    /// These are all. What is known of their use stays.
    pub(super) fn replace(&self, keys: Vec<(Digest, ApiKey)>) {
        let before = self.0.load_full();
        let entry = |(digest, key)| {
            let use_of_it = before.get(&digest).map(|entry: &Entry| Arc::clone(&entry.use_of_it)).unwrap_or_default();
            (digest, Entry { key: Arc::new(key), use_of_it })
        };
        self.0.store(Arc::new(keys.into_iter().map(entry).collect()));
    }

    /// Until it is known what they are now, they open nothing.
    pub(super) fn strike(&self, id: ApiKeyId) {
        self.0.rcu(|board| {
            let others = board.iter().filter(|(_, entry)| entry.key.id != id);
            let entry = |entry: &Entry| Entry { key: entry.key.clone(), use_of_it: entry.use_of_it.clone() };
            others.map(|(digest, other)| (*digest, entry(other))).collect::<HashMap<_, _>>()
        });
    }

    /// Which were shown since that was last written down, and when.
    pub(super) fn unwritten(&self) -> Vec<(ApiKeyId, Timestamp)> {
        let board = self.0.load();
        let shown = board.values().filter_map(|entry| {
            let last = entry.use_of_it.last.load(Ordering::Relaxed);
            let is_new = last > entry.use_of_it.written.load(Ordering::Relaxed);
            is_new.then(|| Some((entry.key.id, DateTime::from_timestamp_micros(last)?))).flatten()
        });
        shown.collect()
    }

    pub(super) fn written(&self, uses: &[(ApiKeyId, Timestamp)]) {
        let uses: HashMap<_, _> = uses.iter().copied().collect();
        for entry in self.0.load().values() {
            if let Some(at) = uses.get(&entry.key.id) {
                entry.use_of_it.written.fetch_max(at.timestamp_micros(), Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use engine::id::StoreId;
    use uuid::Uuid;

    use super::super::api_key::KeyKind;
    use super::*;
    use crate::access::Scope;

    fn key(number: u128) -> ApiKey {
        let at = DateTime::from_timestamp(1_000, 0).expect("a time");
        let id = ApiKeyId::from_uuid(Uuid::from_u128(number));
        ApiKey {
            id,
            store: StoreId::MAIN,
            family: id,
            name: "a till".to_owned(),
            kind: KeyKind::Secret,
            prefix: "sk_".to_owned(),
            scopes: vec![Scope::StockRead],
            expires_at: Some(at + TimeDelta::seconds(10)),
            last_used_at: None,
            revoked_at: None,
            rotated_from: None,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn a_key_opens_until_it_expires_is_revoked_or_is_struck() {
        let board = Board::default();
        let now = key(1).created_at;
        let revoked = ApiKey { revoked_at: Some(now), ..key(2) };
        board.replace(vec![(Digest::of("one"), key(1)), (Digest::of("two"), revoked)]);
        assert_eq!(board.check("one", now).map(|key| key.id), Ok(key(1).id));
        assert_eq!(board.check("two", now), Err(Unusable::Revoked));
        assert_eq!(board.check("three", now), Err(Unusable::Unknown));
        assert_eq!(board.check("one", now + TimeDelta::seconds(10)), Err(Unusable::Expired));
        board.strike(key(1).id);
        assert_eq!(board.check("one", now), Err(Unusable::Unknown));
        assert_eq!(board.check("two", now), Err(Unusable::Revoked), "the others stay");
    }

    #[test]
    fn what_was_used_is_written_once_and_survives_a_new_board() {
        let board = Board::default();
        let now = key(1).created_at;
        board.replace(vec![(Digest::of("one"), key(1)), (Digest::of("two"), key(2))]);
        assert_eq!(board.unwritten(), []);
        board.check("one", now).expect("it opens");
        board.replace(vec![(Digest::of("one"), key(1))]);
        assert_eq!(board.unwritten(), [(key(1).id, now)]);
        board.written(&board.unwritten());
        assert_eq!(board.unwritten(), []);
        let later = now + TimeDelta::seconds(1);
        board.check("one", later).expect("it opens");
        assert_eq!(board.unwritten(), [(key(1).id, later)]);
    }
}
