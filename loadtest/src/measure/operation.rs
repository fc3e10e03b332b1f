//! The things a shopper does, and how each can end.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// From the planned arrival until the shopper leaves, whatever it took.
    Visit,
    Checkout,
    /// The same, after the shop had more to do than it could.
    CheckoutAfterwards,
    AddToCart,
    Product,
    Listing,
    Search,
    Category,
    Cancel,
    Login,
    /// The empty handler, and the plain SQL endpoints of the baseline.
    Plain,
}

impl Operation {
    pub(crate) const ALL: [Self; 11] = [
        Self::Visit,
        Self::Checkout,
        Self::CheckoutAfterwards,
        Self::AddToCart,
        Self::Product,
        Self::Listing,
        Self::Search,
        Self::Category,
        Self::Cancel,
        Self::Login,
        Self::Plain,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Visit => "whole visit",
            Self::Checkout => "checkout",
            Self::CheckoutAfterwards => "checkout afterwards",
            Self::AddToCart => "add to cart",
            Self::Product => "product page",
            Self::Listing => "listing",
            Self::Search => "search",
            Self::Category => "category",
            Self::Cancel => "cancel",
            Self::Login => "login",
            Self::Plain => "plain request",
        }
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

/// How a request ended for the shopper, after all repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 2xx or 304.
    Accepted,
    /// The shop said no, as a shop may: sold out, limit reached, price changed.
    Refused,
    /// An answer that no shopper should see, or no answer within the shopper's patience.
    Failed,
}

impl Outcome {
    pub(crate) const ALL: [Self; 3] = [Self::Accepted, Self::Refused, Self::Failed];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_whole_and_in_order() {
        assert!(Operation::ALL.iter().enumerate().all(|(at, operation)| operation.index() == at));
        assert!(Outcome::ALL.iter().enumerate().all(|(at, outcome)| outcome.index() == at));
    }
}
