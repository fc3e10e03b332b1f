//! PURE: who moves an order, and what the audit trail says of it. Buyers move their own orders; the trail tells of staff.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::audit::{Actor, Entry, Subject};
use crate::clock::{IdSource, Timestamp};
use crate::order::{Change, Command, OrderSnapshot, Progress, State};

use super::moves::Step;

/// Who gives a command. The order's events say it of all of them; the audit trail tells of staff alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    Buyer,
    /// Its time ran out.
    Shop,
    Staff(Actor),
}

impl By {
    /// What an order's event says.
    pub(super) fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Buyer => "buyer".into(),
            Self::Shop => "system".into(),
            Self::Staff(actor) => actor.who.to_string().into(),
        }
    }
}

/// None: it was not staff.
pub(super) fn entry(
    ids: &dyn IdSource,
    now: Timestamp,
    by: &By,
    step: &Step,
    order: &OrderSnapshot,
    change: &Change,
) -> Option<Entry> {
    let By::Staff(actor) = by else { return None };
    let subject = Subject::new("order", order.number);
    let entry = Entry::new(ids, now, order.store_id, actor.clone(), action(step), subject);
    let before = picture(change.from, change.from_version, order.expires_at, &order.progress);
    let after = picture(change.to, change.version, change.expires_at, &change.progress);
    Some(entry.changed(before, after))
}

/// As much of an order as a move may change.
fn picture(state: State, version: i64, expires_at: Option<Timestamp>, progress: &Progress) -> Value {
    json!({
        "status": state.status.as_str(),
        "payment_status": state.payment.as_str(),
        "expires_at": expires_at,
        "version": version,
        "carrier": progress.carrier,
        "tracking": progress.tracking,
        "cancel_reason": progress.cancel_reason,
        "restocked": progress.restocked,
    })
}

fn action(step: &Step) -> &'static str {
    match step {
        Step::Move(Command::Confirm) => "order.confirm",
        Step::Move(Command::BeginExpiry) => "order.begin_expiry",
        Step::Move(Command::Expire) => "order.expire",
        Step::Move(Command::Cancel { .. }) => "order.cancel",
        Step::Move(Command::Pack) => "order.pack",
        Step::Move(Command::Ship { .. }) => "order.ship",
        Step::Move(Command::Deliver) => "order.deliver",
        Step::Move(Command::Return { .. }) => "order.return",
        Step::Extend { .. } => "order.extend",
    }
}
