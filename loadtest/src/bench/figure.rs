//! PURE. What a bench measures.

use serde::{Serialize, Serializer};

use super::load::{Honest, Load, Taken, Trouble};
use super::search::Search;
use crate::span::show_us;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Figure {
    HotSku512,
    HotSku64,
    ManySkus512,
    CartFlow512,
    SoldOutRefusals512,
    ProductPage,
    EmptyHandler,
    HalfPeakRate,
    HalfPeakP99,
    MixedRate,
    MixedP95,
    CommitP95,
    TransactionPool32,
    TransactionBest,
    StatementPool32,
    StatementBest,
    TransactionMany,
    TransactionManyBest,
    StatementMany,
    StatementManyBest,
    SlowHotSku512,
    SlowTransactionPool32,
    SlowStatementPool32,
    FreshHotSku512,
    GrownHotSku512,
    FreshOrders,
    GrownOrders,
    IdleMemory,
    KnownSku,
    AwakeSku,
    Waiting,
    WaitingConnection,
    /// Buying now, with a guest's token and with an access token.
    GuestsBuyNow,
    CustomersBuyNow,
    /// The 99th percentile of checkout in a sale, and in the same sale beside a storm of logins.
    CheckoutInPeace,
    CheckoutBesideLogins,
    LoginsOffered,
    /// Those that this program, which shares the machine, could send in time.
    LoginsSent,
    LoginsServed,
    LoginsLimited,
    LoginsTurnedAway,
    /// Neither let in nor sent away in order.
    LoginsFailed,
    LoginP99,
    LoginRefusedP50,
    /// What more buyers than the shop can serve are measured against.
    Peak,
    Overload(Load, Taken),
    /// Confirmations, cancellations and expiries that were due during the worst.
    Promised,
    PromisedBroken,
    PromisedP99,
    /// From the end of it until everybody is served in time again.
    Recovery,
    MemoryBefore,
    MemoryGrown,
    MemoryAfter,
    /// How much of it was done: connections or requests.
    Harm(Trouble),
    /// The 99th percentile of what honest shoppers wait.
    P99(Trouble, Honest),
    /// The search index beside a sale.
    Search(Search),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    PerSecond,
    PerMinute,
    Microseconds,
    Bytes,
    Count,
}

impl Figure {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HotSku512 => "buy now, one hot SKU, 512 in flight",
            Self::HotSku64 => "buy now, one hot SKU, 64 in flight",
            Self::ManySkus512 => "buy now, many SKUs, 512 in flight",
            Self::CartFlow512 => "cart flow (add, checkout), 512 in flight",
            Self::SoldOutRefusals512 => "refusals when sold out, 512 in flight",
            Self::ProductPage => "product page, 64 in flight",
            Self::EmptyHandler => "empty handler, 64 in flight",
            Self::HalfPeakRate => "half of the peak, open arrivals",
            Self::HalfPeakP99 => "checkout p99 at half of the peak",
            Self::MixedRate => "mixed load, visits, open arrivals",
            Self::MixedP95 => "p95 of the slowest request in mixed load",
            Self::CommitP95 => "p95 of a commit in mixed load, at most",
            Self::TransactionPool32 => "SQL transaction, one SKU, pool of 32",
            Self::TransactionBest => "SQL transaction, one SKU, best pool",
            Self::StatementPool32 => "SQL statement, one SKU, pool of 32",
            Self::StatementBest => "SQL statement, one SKU, best pool",
            Self::TransactionMany => "SQL transaction, many SKUs, pool of 32",
            Self::TransactionManyBest => "SQL transaction, many SKUs, best pool",
            Self::StatementMany => "SQL statement, many SKUs, pool of 32",
            Self::StatementManyBest => "SQL statement, many SKUs, best pool",
            Self::SlowHotSku512 => "slower commit: buy now, one hot SKU, 512 in flight",
            Self::SlowTransactionPool32 => "slower commit: SQL transaction, pool of 32",
            Self::SlowStatementPool32 => "slower commit: SQL statement, pool of 32",
            Self::FreshHotSku512 => "buy now at the beginning",
            Self::GrownHotSku512 => "buy now at the end",
            Self::FreshOrders => "orders in the books at the beginning",
            Self::GrownOrders => "orders in the books at the end",
            Self::IdleMemory => "idle server, resident",
            Self::KnownSku => "memory of a SKU that was asked for",
            Self::AwakeSku => "memory of an awake SKU more",
            Self::Waiting => "waiting connections",
            Self::WaitingConnection => "memory of a waiting connection",
            Self::GuestsBuyNow => "buy now by guests, 512 in flight",
            Self::CustomersBuyNow => "buy now by customers, 512 in flight",
            Self::CheckoutInPeace => "checkout p99, in peace",
            Self::CheckoutBesideLogins => "checkout p99, beside logins",
            Self::LoginsOffered => "logins offered",
            Self::LoginsSent => "logins sent",
            Self::LoginsServed => "logins: let in (200)",
            Self::LoginsLimited => "logins: too many from one address (429)",
            Self::LoginsTurnedAway => "logins: turned away (503)",
            Self::LoginsFailed => "logins: answered otherwise, or not at all",
            Self::LoginP99 => "p99 of those that were let in",
            Self::LoginRefusedP50 => "median of those that were sent away",
            Self::Peak => "peak: buy now, one hot SKU, as many in flight as serve it best",
            Self::Overload(load, taken) => taken.name(load),
            Self::Promised => "10x the peak: confirmed, cancelled or due to expire",
            Self::PromisedBroken => "10x the peak: of these refused, failed or not expired",
            Self::PromisedP99 => "10x the peak: p99 of confirming and cancelling",
            Self::Recovery => "after ten times: until served in time again",
            Self::MemoryBefore => "resident before ten times the peak",
            Self::MemoryGrown => "resident during ten times the peak, more",
            Self::MemoryAfter => "resident after it, more",
            Self::Harm(trouble) => trouble.harm(),
            Self::P99(trouble, honest) => honest.name(trouble),
            Self::Search(search) => search.name(),
        }
    }

    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Search(search) => search.unit(),
            Self::HalfPeakP99 | Self::MixedP95 | Self::CommitP95 | Self::Recovery | Self::P99(..) => Unit::Microseconds,
            Self::Overload(_, Taken::AdmittedP99 | Taken::TurnedAwayP50) | Self::PromisedP99 => Unit::Microseconds,
            Self::CheckoutInPeace | Self::CheckoutBesideLogins => Unit::Microseconds,
            Self::LoginP99 | Self::LoginRefusedP50 => Unit::Microseconds,
            Self::LoginsServed | Self::LoginsLimited | Self::LoginsTurnedAway | Self::LoginsFailed => Unit::Count,
            Self::IdleMemory | Self::KnownSku | Self::AwakeSku | Self::WaitingConnection => Unit::Bytes,
            Self::MemoryBefore | Self::MemoryGrown | Self::MemoryAfter => Unit::Bytes,
            Self::FreshOrders | Self::GrownOrders | Self::Waiting | Self::Harm(_) => Unit::Count,
            Self::Promised | Self::PromisedBroken | Self::Overload(_, Taken::Failed) => Unit::Count,
            Self::HotSku512
            | Self::HotSku64
            | Self::ManySkus512
            | Self::CartFlow512
            | Self::SoldOutRefusals512
            | Self::ProductPage
            | Self::EmptyHandler
            | Self::HalfPeakRate
            | Self::MixedRate
            | Self::TransactionPool32
            | Self::TransactionBest
            | Self::StatementPool32
            | Self::StatementBest
            | Self::TransactionMany
            | Self::TransactionManyBest
            | Self::StatementMany
            | Self::StatementManyBest
            | Self::SlowHotSku512
            | Self::SlowTransactionPool32
            | Self::SlowStatementPool32
            | Self::FreshHotSku512
            | Self::GrownHotSku512
            | Self::GuestsBuyNow
            | Self::CustomersBuyNow
            | Self::LoginsOffered
            | Self::LoginsSent
            | Self::Peak
            | Self::Overload(_, Taken::Offered | Taken::Sent | Taken::Goodput | Taken::TurnedAway) => Unit::PerSecond,
        }
    }

    pub(crate) fn show(self, value: u64) -> String {
        self.unit().show(value)
    }
}

impl Unit {
    pub(crate) fn show(self, value: u64) -> String {
        match self {
            Self::PerSecond => format!("{}/s", thousands(value)),
            Self::PerMinute => format!("{}/min", thousands(value)),
            Self::Microseconds => show_us(value),
            Self::Bytes if value >= 10_000_000 => format!("{} MB", value / 1_000_000),
            Self::Bytes => format!("{} bytes", thousands(value)),
            Self::Count => thousands(value),
        }
    }
}

fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_in_their_unit() {
        assert_eq!(Figure::HotSku512.show(1_234_567), "1,234,567/s");
        assert_eq!(Figure::HalfPeakP99.show(31_400), "31.4 ms");
        assert_eq!(Figure::IdleMemory.show(115_000_000), "115 MB");
        assert_eq!(Figure::AwakeSku.show(1_024), "1,024 bytes");
        assert_eq!(Figure::Waiting.show(100), "100");
    }
}
