//! The states of an order and the one table of moves between them.
//!
//! ```text
//! payment_pending ──────────▶ confirmed ─▶ packed ─▶ shipped ─▶ delivered
//!    │      │        ▲            │           │         │           │
//!    │      ▼        │            ▼           ▼         ▼           ▼
//!    │   expiring ───┘        cancelled   cancelled   returned   returned
//!    ▼      ▼
//! cancelled expired
//! ```
//!
//! Beside it runs the payment: unpaid, cash_on_delivery, authorized, paid, refunded, partly_refunded.

use std::fmt;
use std::str::FromStr;

/// A word that is none of an enum's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not a {what}")]
pub struct UnknownWord {
    what: &'static str,
    word: String,
}

/// An enum that is kept and shown as a word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(UnknownWord { what: $what, word: word.to_owned() }),
                }
            }
        }
    };
}

words! {
    /// Where the goods are.
    Status, "status of an order" {
        /// Stock is held and payment awaited, until `expires_at`.
        PaymentPending = "payment_pending",
        /// Too late; the gateway is being asked whether money came all the same. The stock is still held.
        Expiring = "expiring",
        Expired = "expired",
        Confirmed = "confirmed",
        Packed = "packed",
        Shipped = "shipped",
        Delivered = "delivered",
        Cancelled = "cancelled",
        Returned = "returned",
    }
}

words! {
    /// Where the money is.
    PaymentStatus, "payment status" {
        Unpaid = "unpaid",
        CashOnDelivery = "cash_on_delivery",
        Authorized = "authorized",
        Paid = "paid",
        Refunded = "refunded",
        PartlyRefunded = "partly_refunded",
    }
}

words! {
    /// How the buyer said that they would pay.
    PaymentMethod, "payment method" {
        /// The shop sees the money come in by its own means and confirms, or cancels.
        Manual = "manual",
        CashOnDelivery = "cash_on_delivery",
    }
}

/// What a move does to the stock that the order holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Keep,
    /// Sold: off the shelf.
    Confirm,
    Release,
    Expire,
    /// What was sold comes back, on the shelf if `restock`.
    Return {
        restock: bool,
    },
}

/// The two states together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    pub status: Status,
    pub payment: PaymentStatus,
}

/// A command without its details: what the table is indexed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Confirm,
    BeginExpiry,
    Expire,
    Cancel,
    Pack,
    Ship,
    Deliver,
    Return { restock: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Go(State, Holds),
    AlreadyDone,
    Illegal,
}

impl PaymentMethod {
    /// Where an order that will be paid this way begins.
    pub const fn first_state(self) -> State {
        match self {
            Self::Manual => State { status: Status::PaymentPending, payment: PaymentStatus::Unpaid },
            Self::CashOnDelivery => State { status: Status::Confirmed, payment: PaymentStatus::CashOnDelivery },
        }
    }
}

impl State {
    /// The table. A command on an order that went through its target already is done; the rest is illegal.
    pub(super) const fn judge(self, asked: Move) -> Verdict {
        use Status as S;
        let payment = self.payment;
        match (asked, self.status) {
            // Also while expiring: the gateway may answer that the money had come before it was asked to cancel.
            (Move::Confirm, S::PaymentPending | S::Expiring) => {
                go(S::Confirmed, payment.when_confirmed(), Holds::Confirm)
            }
            (Move::Confirm, S::Confirmed | S::Packed | S::Shipped | S::Delivered) => Verdict::AlreadyDone,
            (Move::Confirm, S::Expired | S::Cancelled | S::Returned) => Verdict::Illegal,

            (Move::BeginExpiry, S::PaymentPending) => go(S::Expiring, payment, Holds::Keep),
            (Move::BeginExpiry, S::Expiring | S::Expired) => Verdict::AlreadyDone,
            (Move::BeginExpiry, S::Confirmed | S::Packed | S::Shipped | S::Delivered | S::Cancelled | S::Returned) => {
                Verdict::Illegal
            }

            // A payment without a gateway has nobody to ask, and expires in one step.
            (Move::Expire, S::PaymentPending | S::Expiring) => go(S::Expired, payment, Holds::Expire),
            (Move::Expire, S::Expired) => Verdict::AlreadyDone,
            (Move::Expire, S::Confirmed | S::Packed | S::Shipped | S::Delivered | S::Cancelled | S::Returned) => {
                Verdict::Illegal
            }

            (Move::Cancel, S::PaymentPending) => go(S::Cancelled, payment, Holds::Release),
            (Move::Cancel, S::Confirmed | S::Packed) => {
                go(S::Cancelled, payment.when_cancelled(), Holds::Return { restock: true })
            }
            (Move::Cancel, S::Cancelled) => Verdict::AlreadyDone,
            // While it expires, only the gateway's answer decides.
            (Move::Cancel, S::Expiring | S::Expired | S::Shipped | S::Delivered | S::Returned) => Verdict::Illegal,

            (Move::Pack, S::Confirmed) => go(S::Packed, payment, Holds::Keep),
            (Move::Pack, S::Packed | S::Shipped | S::Delivered) => Verdict::AlreadyDone,
            (Move::Pack, S::PaymentPending | S::Expiring | S::Expired | S::Cancelled | S::Returned) => Verdict::Illegal,

            (Move::Ship, S::Packed) => go(S::Shipped, payment, Holds::Keep),
            (Move::Ship, S::Shipped | S::Delivered) => Verdict::AlreadyDone,
            (Move::Ship, S::PaymentPending | S::Expiring | S::Expired | S::Confirmed | S::Cancelled | S::Returned) => {
                Verdict::Illegal
            }

            (Move::Deliver, S::Shipped) => go(S::Delivered, payment.when_delivered(), Holds::Keep),
            (Move::Deliver, S::Delivered) => Verdict::AlreadyDone,
            (
                Move::Deliver,
                S::PaymentPending | S::Expiring | S::Expired | S::Confirmed | S::Packed | S::Cancelled | S::Returned,
            ) => Verdict::Illegal,

            // Also from shipped: it was refused at the door.
            (Move::Return { restock }, S::Shipped | S::Delivered) => {
                go(S::Returned, payment.when_cancelled(), Holds::Return { restock })
            }
            (Move::Return { .. }, S::Returned) => Verdict::AlreadyDone,
            (
                Move::Return { .. },
                S::PaymentPending | S::Expiring | S::Expired | S::Confirmed | S::Packed | S::Cancelled,
            ) => Verdict::Illegal,
        }
    }
}

const fn go(status: Status, payment: PaymentStatus, holds: Holds) -> Verdict {
    Verdict::Go(State { status, payment }, holds)
}

impl Move {
    const ALL: [Self; 8] = [
        Self::Confirm,
        Self::BeginExpiry,
        Self::Expire,
        Self::Cancel,
        Self::Pack,
        Self::Ship,
        Self::Deliver,
        Self::Return { restock: true },
    ];

    pub(super) const fn target(self) -> Status {
        match self {
            Self::Confirm => Status::Confirmed,
            Self::BeginExpiry => Status::Expiring,
            Self::Expire => Status::Expired,
            Self::Cancel => Status::Cancelled,
            Self::Pack => Status::Packed,
            Self::Ship => Status::Shipped,
            Self::Deliver => Status::Delivered,
            Self::Return { .. } => Status::Returned,
        }
    }
}

impl Status {
    /// Where an order may go from here.
    pub fn allowed(self) -> Vec<Self> {
        // The payment does not decide where the goods go.
        let state = State { status: self, payment: PaymentStatus::Unpaid };
        Move::ALL.into_iter().filter(|&asked| matches!(state.judge(asked), Verdict::Go(..))).map(Move::target).collect()
    }
}

impl PaymentStatus {
    const fn when_confirmed(self) -> Self {
        match self {
            // Confirming by hand says that the money is there.
            Self::Unpaid => Self::Paid,
            Self::CashOnDelivery | Self::Authorized | Self::Paid | Self::Refunded | Self::PartlyRefunded => self,
        }
    }

    const fn when_delivered(self) -> Self {
        match self {
            Self::CashOnDelivery => Self::Paid,
            Self::Unpaid | Self::Authorized | Self::Paid | Self::Refunded | Self::PartlyRefunded => self,
        }
    }

    const fn when_cancelled(self) -> Self {
        match self {
            // Nothing will be collected any more. Money that was taken stays `paid` until it is really paid back.
            Self::CashOnDelivery => Self::Unpaid,
            Self::Unpaid | Self::Authorized | Self::Paid | Self::Refunded | Self::PartlyRefunded => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for &status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for &status in PaymentStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for &method in PaymentMethod::ALL {
            assert_eq!(method.as_str().parse(), Ok(method));
        }
        assert!("Confirmed".parse::<Status>().is_err());
        assert_eq!("card".parse::<PaymentMethod>().expect_err("no").to_string(), "\"card\" is not a payment method");
    }

    /// Stock that was given back is never given back again, and what was sold is not released but returned.
    #[test]
    fn however_an_order_moves_its_stock_ends_once() {
        fn walk(state: State, sold: bool, ended: bool, seen: &mut Vec<(State, bool, bool)>) {
            if seen.contains(&(state, sold, ended)) {
                return;
            }
            seen.push((state, sold, ended));
            for asked in Move::ALL {
                let Verdict::Go(next, holds) = state.judge(asked) else { continue };
                let (sold_then, ended_then) = match holds {
                    Holds::Keep => (sold, ended),
                    Holds::Confirm => {
                        assert!(!sold && !ended, "sold twice: {state:?} {asked:?}");
                        (true, false)
                    }
                    Holds::Release | Holds::Expire => {
                        assert!(!sold && !ended, "let go of what is not held: {state:?} {asked:?}");
                        (false, true)
                    }
                    Holds::Return { .. } => {
                        assert!(sold && !ended, "returned what was not sold: {state:?} {asked:?}");
                        (true, true)
                    }
                };
                walk(next, sold_then, ended_then, seen);
            }
        }
        for &method in PaymentMethod::ALL {
            let first = method.first_state();
            let mut seen = Vec::new();
            walk(first, first.status == Status::Confirmed, false, &mut seen);
            let reached = |status| seen.iter().any(|(state, ..)| state.status == status);
            assert!(reached(Status::Delivered) && reached(Status::Cancelled) && reached(Status::Returned));
            for (state, _, ended) in seen {
                let is_over = matches!(state.status, Status::Expired | Status::Cancelled | Status::Returned);
                assert_eq!(is_over, ended, "{state:?}");
            }
        }
    }
}
