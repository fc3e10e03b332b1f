//! Which sessions ended a short while ago: so an access token is known to be worthless before it runs out, without asking
//! anybody.
//!
//! In pieces, each behind a lock of its own: every request of a customer looks here, and in a sale many log out.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use engine::clock::Timestamp;
use engine::id::SessionId;

const PIECES: usize = 64;

pub(crate) struct Board {
    /// When each ended.
    pieces: [RwLock<HashMap<SessionId, Timestamp>>; PIECES],
}

impl Board {
    pub(crate) fn new() -> Self {
        Self { pieces: std::array::from_fn(|_| RwLock::default()) }
    }

    pub(crate) fn is_ended(&self, session: SessionId) -> bool {
        let piece = self.piece(session).read().unwrap_or_else(PoisonError::into_inner);
        // Nobody has ended one, as a rule.
        !piece.is_empty() && piece.contains_key(&session)
    }

    pub(crate) fn note(&self, session: SessionId, ended_at: Timestamp) {
        write(self.piece(session)).insert(session, ended_at);
    }

    /// Forgets what ended before `before`: no access token of theirs is valid any more.
    pub(crate) fn forget(&self, before: Timestamp) {
        for piece in &self.pieces {
            let mut piece = write(piece);
            piece.retain(|_, ended_at| *ended_at >= before);
            piece.shrink_to_fit();
        }
    }

    fn piece(&self, session: SessionId) -> &RwLock<HashMap<SessionId, Timestamp>> {
        // The last bytes of such an id are random.
        &self.pieces[usize::from(session.uuid().as_bytes()[15]) % PIECES]
    }
}

fn write(piece: &RwLock<HashMap<SessionId, Timestamp>>) -> RwLockWriteGuard<'_, HashMap<SessionId, Timestamp>> {
    piece.write().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_ended_is_known_until_its_tokens_have_run_out() {
        let board = Board::new();
        let noon = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let sessions: Vec<_> = (0..200).map(|n| SessionId::from_uuid(Uuid::from_u128(n))).collect();
        for (minute, session) in (0..).zip(&sessions) {
            board.note(*session, noon + TimeDelta::minutes(minute));
        }
        assert!(board.is_ended(sessions[0]) && board.is_ended(sessions[199]));
        board.forget(noon + TimeDelta::minutes(150));
        assert_eq!(sessions.iter().filter(|session| board.is_ended(**session)).count(), 50);
        assert!(!board.is_ended(sessions[149]) && board.is_ended(sessions[150]));
    }
}
