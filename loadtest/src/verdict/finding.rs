//! What can be wrong with a sale, in the words of who was wronged.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    Oversold {
        sku: String,
        received: i64,
        sold: i64,
    },
    /// Acknowledged, and not there.
    Lost {
        key: String,
        order_no: String,
    },
    /// One attempt, several orders.
    Doubled {
        key: String,
        order_nos: Vec<String>,
    },
    OtherNumber {
        key: String,
        told: String,
        found: String,
    },
    OtherTotal {
        order_no: String,
        told_minor: i64,
        found_minor: i64,
    },
    OtherLines {
        order_no: String,
        told: String,
        found: String,
    },
    RefusedButPlaced {
        key: String,
        order_no: String,
    },
    /// Told sold out while there was enough.
    PhantomRefusal {
        sku: String,
        left: i64,
        refused: i64,
    },
    /// Cancelled, as the shopper was told, and still alive.
    CancelledButAlive {
        order_no: String,
        status: String,
    },
    /// An order of these goods that no shopper of this run asked for.
    Unasked {
        order_no: String,
        key: String,
    },
    /// The list of orders shows an order more or less often than it has SKUs.
    ListedWrong {
        order_no: String,
        times: u32,
        expected: u32,
    },
    Unresolved {
        attempts: u64,
    },
    Unreadable {
        attempts: u64,
    },
    /// Two acknowledgements claim the same change of stock.
    SeqTwice {
        sku: String,
        seq: i64,
    },
    /// An acknowledged change that the ledger does not have.
    SeqUnknown {
        sku: String,
        seq: i64,
        last: i64,
    },
    LedgerGap {
        sku: String,
        entries: usize,
        first: i64,
        last: i64,
        level_seq: i64,
    },
    LedgerSum {
        sku: String,
        ledger: (i64, i64),
        level: (i64, i64),
    },
    HoldsSum {
        sku: String,
        held: i64,
        reserved: i64,
    },
    /// Units that left the shelf or are promised, against the units of living orders.
    StockAgainstOrders {
        sku: String,
        taken: i64,
        ordered: i64,
    },
    ImpossibleLevel {
        sku: String,
        on_hand: i64,
        reserved: i64,
    },
    /// Looking the key up on its own shows something else than the list.
    LookupDiffers {
        key: String,
        listed: usize,
        looked_up: usize,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Oversold { sku, received, sold } => {
                write!(to, "oversold: {sold} units of {sku} sold, {received} received")
            }
            Self::Lost { key, order_no } => {
                write!(to, "lost: order {order_no} was acknowledged (key {key}) and is not there")
            }
            Self::Doubled { key, order_nos } => {
                write!(to, "doubled: one attempt (key {key}) became orders {}", order_nos.join(", "))
            }
            Self::OtherNumber { key, told, found } => {
                write!(to, "key {key} was answered with order {told}, but is order {found}")
            }
            Self::OtherTotal { order_no, told_minor, found_minor } => {
                write!(
                    to,
                    "order {order_no}: the shopper was told a total of {told_minor}, the books say {found_minor}"
                )
            }
            Self::OtherLines { order_no, told, found } => {
                write!(to, "order {order_no}: the shopper was told {told}, the books say {found}")
            }
            Self::RefusedButPlaced { key, order_no } => {
                write!(to, "key {key} was refused, and yet order {order_no} exists")
            }
            Self::PhantomRefusal { sku, left, refused } => {
                write!(to, "phantom refusal: {refused} of {sku} were refused as sold out, {left} are left")
            }
            Self::CancelledButAlive { order_no, status } => {
                write!(to, "order {order_no}: its shopper was told it is cancelled, it is {status}")
            }
            Self::Unasked { order_no, key } => {
                write!(to, "order {order_no} (key {key}) was asked for by nobody")
            }
            Self::ListedWrong { order_no, times, expected } => {
                write!(to, "order {order_no} is listed {times} times, under {expected} SKUs")
            }
            Self::Unresolved { attempts } => write!(to, "{attempts} attempts have no answer, not even after repeats"),
            Self::Unreadable { attempts } => {
                write!(to, "{attempts} acknowledgements could not be understood")
            }
            Self::SeqTwice { sku, seq } => {
                write!(to, "{sku}: change {seq} was acknowledged to two orders")
            }
            Self::SeqUnknown { sku, seq, last } => {
                write!(to, "{sku}: change {seq} was acknowledged, the ledger ends at {last}")
            }
            Self::LedgerGap { sku, entries, first, last, level_seq } => {
                write!(
                    to,
                    "{sku}: the ledger has {entries} entries from {first} to {last}, the level is at {level_seq}"
                )
            }
            Self::LedgerSum { sku, ledger, level } => {
                write!(
                    to,
                    "{sku}: the ledger adds up to {} on hand, {} reserved; the level says {}, {}",
                    ledger.0, ledger.1, level.0, level.1
                )
            }
            Self::HoldsSum { sku, held, reserved } => write!(to, "{sku}: {held} units are held, {reserved} reserved"),
            Self::StockAgainstOrders { sku, taken, ordered } => {
                write!(to, "{sku}: {taken} units are taken from stock, living orders have {ordered}")
            }
            Self::ImpossibleLevel { sku, on_hand, reserved } => {
                write!(to, "{sku}: {reserved} reserved of {on_hand} on hand")
            }
            Self::LookupDiffers { key, listed, looked_up } => {
                write!(to, "key {key}: {listed} orders in the list, {looked_up} when looked up by key")
            }
        }
    }
}
