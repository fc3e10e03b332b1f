//! What a move does to the stock, change by change: told to whoever asked for it, and kept under its key, so that a repeat is
//! told the same.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{LocationId, VariantId};
use crate::inventory::Taken;

/// One change of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockMove {
    pub variant: VariantId,
    pub location: LocationId,
    /// The ledger's word for it.
    pub kind: String,
    pub on_hand: i64,
    pub reserved: i64,
    /// Its number in the ledger of the account. Given when it is written.
    #[serde(skip)]
    pub seq: i64,
}

/// What is about to be written, in the order in which it will be numbered.
pub(super) fn of(takes: &[Taken]) -> Vec<StockMove> {
    let changes = takes.iter().flat_map(Taken::changes);
    let about = |change: &crate::inventory::Change| StockMove {
        variant: change.account.variant,
        location: change.account.location,
        kind: change.kind.name().to_owned(),
        on_hand: change.delta.on_hand,
        reserved: change.delta.reserved,
        seq: 0,
    };
    changes.map(about).collect()
}

pub(super) fn numbered(mut moves: Vec<StockMove>, seqs: &[i64]) -> Vec<StockMove> {
    for (one, seq) in moves.iter_mut().zip(seqs) {
        one.seq = *seq;
    }
    moves
}

/// For the answer that is kept.
pub(super) fn context(moves: &[StockMove]) -> String {
    serde_json::to_string(&serde_json::json!({ "stock": moves })).expect("ids, words and integers are always JSON")
}

/// From an answer that was kept, with what the journal added to it. Empty where nothing moved.
pub(super) fn kept(mut answer: Value) -> Vec<StockMove> {
    let mut part = |pointer: &str| answer.pointer_mut(pointer).map(Value::take).unwrap_or_default();
    let (moves, seqs) = (part("/context/stock"), part("/receipt/seqs"));
    let moves = serde_json::from_value(moves).unwrap_or_default();
    let seqs: Vec<i64> = serde_json::from_value(seqs).unwrap_or_default();
    numbered(moves, &seqs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_told_again_with_its_numbers() {
        let one = |seq| StockMove {
            variant: VariantId::from_uuid(uuid::Uuid::from_u128(1)),
            location: LocationId::MAIN,
            kind: "release".to_owned(),
            on_hand: 0,
            reserved: -2,
            seq,
        };
        let answer = format!(r#"{{"context":{},"receipt":{{"batch":3,"seqs":[7]}}}}"#, context(&[one(0)]));
        assert_eq!(kept(serde_json::from_str(&answer).expect("JSON")), [one(7)]);
        // Kept before moves were told.
        assert_eq!(kept(serde_json::json!({ "context": {}, "receipt": { "batch": 3, "seqs": [7] } })), []);
    }
}
