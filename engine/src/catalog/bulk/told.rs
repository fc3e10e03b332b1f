//! PURE. What the audit trail says of a batch: one line, however many things the batch touches. What was made is named, for
//! the file says what it was; of what was there, it shows what changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::picture::Pictured;

#[derive(Default)]
pub(super) struct Told {
    created: BTreeMap<&'static str, Vec<Value>>,
    before: BTreeMap<&'static str, Map<String, Value>>,
    after: BTreeMap<&'static str, Map<String, Value>>,
}

impl Told {
    pub(super) fn created<T: Pictured>(&mut self, thing: &T) {
        self.created.entry(T::KIND).or_default().push(thing.key().into());
    }

    pub(super) fn changed<T: Pictured>(&mut self, before: &T, after: &T) {
        let (was, is) = before.difference(after);
        self.before.entry(T::KIND).or_default().insert(after.key(), was.into());
        self.after.entry(T::KIND).or_default().insert(after.key(), is.into());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.created.is_empty() && self.after.is_empty()
    }

    /// Before and after.
    pub(super) fn pictures(self) -> (Value, Value) {
        (json!({ "changed": self.before }), json!({ "created": self.created, "changed": self.after }))
    }
}
