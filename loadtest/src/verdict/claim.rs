//! What one shopper was told about one attempt.

use crate::shop::{Placed, PlacedLine};

#[derive(Debug)]
pub(crate) enum Claim {
    /// "Your order is placed."
    Acknowledged(Box<Receipt>),
    /// A final no: there must never be an order.
    Refused,
    /// No answer: there may be an order or not, and only a repeat can tell. `buyer` is who asked.
    Unknown { buyer: usize },
    /// Accepted, in words that could not be understood.
    Unreadable,
}

/// What an acknowledgement promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) order_no: Box<str>,
    pub(crate) grand_minor: i64,
    /// The shopper cancelled it afterwards, and was told that it is cancelled.
    pub(crate) cancelled: bool,
    pub(crate) lines: Box<[Line]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) sku: Box<str>,
    pub(crate) quantity: i64,
    /// The number of the stock change that this line is.
    pub(crate) seq: Option<i64>,
}

impl Receipt {
    pub(crate) fn of(placed: &Placed<'_>) -> Self {
        let line = |line: &PlacedLine<'_>| Line { sku: (*line.sku).into(), quantity: line.quantity, seq: line.seq };
        Self {
            order_no: (*placed.order_no).into(),
            grand_minor: placed.totals.grand.amount,
            cancelled: false,
            lines: placed.lines.iter().map(line).collect(),
        }
    }
}
