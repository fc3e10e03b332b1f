//! PURE: what the audit trail says of a bundle: the line that came with it, and the stock it touched as it was and is.

use serde_json::{Map, Value, json};

use crate::audit::Entry;
use crate::inventory::{AccountId, Level};

use super::columns::AuditColumns;

pub(super) struct Audited<'a> {
    entry: &'a Entry,
    /// In the order of the bundle's changes.
    before: Vec<Value>,
    after: Vec<Value>,
}

impl<'a> Audited<'a> {
    pub(super) fn new(entry: &'a Entry) -> Self {
        Self { entry, before: Vec::new(), after: Vec::new() }
    }

    /// What is the same before and after is left out.
    pub(super) fn account(&mut self, account: AccountId, before: Level, after: Level) {
        let mut was = Map::new();
        was.insert("variant".to_owned(), json!(account.variant));
        was.insert("location".to_owned(), json!(account.location));
        let mut is = was.clone();
        for (name, before, after) in [
            ("on_hand", before.on_hand, after.on_hand),
            ("reserved", before.reserved, after.reserved),
            ("safety", before.safety, after.safety),
            ("seq", before.seq, after.seq),
        ] {
            if before != after {
                was.insert(name.to_owned(), before.into());
                is.insert(name.to_owned(), after.into());
            }
        }
        self.before.push(was.into());
        self.after.push(is.into());
    }

    pub(super) fn lay_out(self, columns: &mut AuditColumns) {
        let Self { entry, before, after } = self;
        columns.ids.push(entry.id.uuid());
        columns.stores.push(entry.store.uuid());
        columns.actor_kinds.push(entry.actor.who.kind());
        columns.actor_ids.push(entry.actor.who.id());
        columns.addresses.push(entry.actor.address.map(|address| address.to_string()));
        columns.trace_ids.push(entry.actor.trace_id.clone());
        columns.actions.push(entry.action.clone());
        columns.subject_kinds.push(entry.subject.kind);
        columns.subject_ids.push(entry.subject.id.clone());
        columns.befores.push(with_stock(entry.before(), before));
        columns.afters.push(with_stock(entry.after(), after));
    }
}

fn with_stock(told: Option<&Value>, stock: Vec<Value>) -> Option<String> {
    let whole = match (told, stock.is_empty()) {
        (told, true) => told.cloned(),
        (Some(Value::Object(told)), false) => {
            let mut whole = told.clone();
            whole.insert("stock".to_owned(), stock.into());
            Some(whole.into())
        }
        (_, false) => Some(json!({ "stock": stock })),
    };
    whole.map(|whole| whole.to_string())
}
