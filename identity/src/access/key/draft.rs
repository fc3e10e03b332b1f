//! PURE. A key that somebody wants, and what becomes of one that another is to replace.

use chrono::TimeDelta;
use engine::clock::Timestamp;

use super::api_key::{ApiKey, KeyKind};
use super::error::KeyError;
use crate::access::Scope;

const NAME_MAX: usize = 200;

#[derive(Debug, Clone)]
pub struct KeyDraft {
    pub name: String,
    pub kind: KeyKind,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<Timestamp>,
}

/// For how long the old key of a rotation still opens what it opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap(TimeDelta);

impl KeyDraft {
    pub(super) fn check(&self, now: Timestamp) -> Result<(), KeyError> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
            return Err(KeyError::invalid("/name", "invalid", format!("1 to {NAME_MAX} characters on one line")));
        }
        if self.scopes.is_empty() {
            return Err(KeyError::invalid("/scopes", "required", "a key without scopes opens nothing"));
        }
        for (n, &scope) in self.scopes.iter().enumerate() {
            let refused = |code, why| Err(KeyError::invalid(format!("/scopes/{n}"), code, why));
            if self.scopes[..n].contains(&scope) {
                return refused("repeated", format!("{scope} is there already"));
            }
            if !self.kind.may_have(scope) {
                return refused("not_for_this_kind", format!("no {} key has {scope}", self.kind));
            }
        }
        if self.expires_at.is_some_and(|at| at <= now) {
            return Err(KeyError::invalid("/expires_at", "past", "it lies in the past"));
        }
        Ok(())
    }
}

impl Overlap {
    /// Long enough to change it everywhere in a working week.
    pub const MAX_S: i64 = 7 * 24 * 3600;
    pub const NONE: Self = Self(TimeDelta::zero());

    pub fn seconds(seconds: i64) -> Option<Self> {
        (0..=Self::MAX_S).contains(&seconds).then(|| Self(TimeDelta::seconds(seconds)))
    }

    /// When the old key ends: it does not live longer for being replaced.
    pub(super) fn end_of(self, old: &ApiKey, now: Timestamp) -> Timestamp {
        let over = now + self.0;
        old.expires_at.map_or(over, |at| at.min(over))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::access::Role;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    fn draft(kind: KeyKind, scopes: &[Scope]) -> KeyDraft {
        KeyDraft { name: "the till".to_owned(), kind, scopes: scopes.to_vec(), expires_at: None }
    }

    fn refusal(draft: &KeyDraft) -> (String, &'static str) {
        match draft.check(at(1_000)) {
            Err(KeyError::Invalid { pointer, code, .. }) => (pointer, code),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_key_has_what_its_kind_may_have() {
        use Scope as S;
        assert!(draft(KeyKind::Secret, Role::Admin.scopes()).check(at(0)).is_ok());
        assert!(draft(KeyKind::Publishable, &[S::StorefrontRead, S::CartsWrite]).check(at(0)).is_ok());
        for (kind, scopes, refused) in [
            (KeyKind::Secret, &[][..], ("/scopes", "required")),
            (KeyKind::Secret, &[S::StockRead, S::StockRead], ("/scopes/1", "repeated")),
            (KeyKind::Secret, &[S::SellerOrdersRead], ("/scopes/0", "not_for_this_kind")),
            (KeyKind::Publishable, &[S::CartsWrite, S::CatalogRead], ("/scopes/1", "not_for_this_kind")),
        ] {
            let (pointer, code) = refusal(&draft(kind, scopes));
            assert_eq!((pointer.as_str(), code), refused);
        }
        for name in ["", "  ", "a\nb", &"x".repeat(201)] {
            let draft = KeyDraft { name: name.to_owned(), ..draft(KeyKind::Secret, &[S::StockRead]) };
            assert_eq!(refusal(&draft).0, "/name");
        }
        let late = KeyDraft { expires_at: Some(at(1_000)), ..draft(KeyKind::Secret, &[S::StockRead]) };
        assert_eq!(refusal(&late), ("/expires_at".to_owned(), "past"));
    }
}
