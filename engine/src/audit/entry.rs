//! PURE. One line of the trail as it is written.

use std::borrow::Cow;

use serde_json::Value;

use crate::clock::{IdSource, Timestamp};
use crate::id::{AuditId, StoreId};

use super::actor::Actor;
use super::difference::difference;
use super::personal;

/// What was done to what, by whom. Made before the change is committed; each has one id however often its transaction is
/// tried, so that none is there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: AuditId,
    pub store: StoreId,
    pub at: Timestamp,
    pub actor: Actor,
    /// `thing.verb`
    pub action: Cow<'static, str>,
    pub subject: Subject,
    before: Option<Value>,
    after: Option<Value>,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub kind: &'static str,
    /// Its id, or the name by which staff know it. Nothing personal: it stays for ever.
    pub id: String,
}

impl Subject {
    pub fn new(kind: &'static str, id: impl ToString) -> Self {
        Self { kind, id: id.to_string() }
    }
}

impl Entry {
    /// That `action` was done to `subject`. What it was before and is after is said with what follows.
    pub fn new(
        ids: &dyn IdSource,
        now: Timestamp,
        store: StoreId,
        actor: Actor,
        action: impl Into<Cow<'static, str>>,
        subject: Subject,
    ) -> Self {
        let id = AuditId::from_uuid(ids.next(now));
        Self { id, store, at: now, actor, action: action.into(), subject, before: None, after: None }
    }

    /// It was not there before.
    #[must_use]
    pub fn made(mut self, after: Value) -> Self {
        self.after = Some(self.shown(after));
        self
    }

    /// What of it is different. What is the same before and after is left out.
    #[must_use]
    pub fn changed(mut self, before: Value, after: Value) -> Self {
        let (before, after) = difference(before, after);
        self.before = Some(self.shown(before));
        self.after = Some(self.shown(after));
        self
    }

    /// It is not there any more.
    #[must_use]
    pub fn removed(mut self, before: Value) -> Self {
        self.before = Some(self.shown(before));
        self
    }

    pub fn before(&self) -> Option<&Value> {
        self.before.as_ref()
    }

    pub fn after(&self) -> Option<&Value> {
        self.after.as_ref()
    }

    fn shown(&self, mut value: Value) -> Value {
        personal::hide(self.subject.kind, &mut value);
        value
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::CountedIds;

    fn entry(kind: &'static str) -> Entry {
        let subject = Subject::new(kind, "x");
        Entry::new(&CountedIds::lane(1), Timestamp::UNIX_EPOCH, StoreId::MAIN, Actor::SHOP, "x.do", subject)
    }

    #[test]
    fn a_line_says_what_is_different_and_nothing_about_people() {
        let changed = entry("account").changed(
            json!({ "email": "a@example.org", "phone": "+91", "role": "support" }),
            json!({ "email": "b@example.org", "phone": "+91", "role": "admin" }),
        );
        assert_eq!(changed.before(), Some(&json!({ "email": "(personal)", "role": "support" })));
        assert_eq!(changed.after(), Some(&json!({ "email": "(personal)", "role": "admin" })));
        let made = entry("brand").made(json!({ "name": "Acme" }));
        assert_eq!((made.before(), made.after()), (None, Some(&json!({ "name": "Acme" }))));
        let removed = entry("account").removed(json!({ "name": "Ann" }));
        assert_eq!((removed.before(), removed.after()), (Some(&json!({ "name": "(personal)" })), None));
    }
}
