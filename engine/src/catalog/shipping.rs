//! PURE. What shipping costs, as an admin changes it: flat per order, free from a threshold, in a tax class of its own. There
//! is one of it in a store; nobody makes or archives it.

use crate::clock::Timestamp;
use crate::money::{Currency, Money};

use super::field::Fields;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipping {
    pub flat: Money,
    /// From this sum of net line totals on it costs nothing; none: never free.
    pub free_from: Option<Money>,
    pub tax_class: String,
    pub version: i64,
    pub updated_at: Timestamp,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct ShippingPatch {
    pub flat: Option<Money>,
    /// `Some(None)`: never free.
    pub free_from: Option<Option<Money>>,
    pub tax_class: Option<String>,
}

impl ShippingPatch {
    /// What is wrong goes to `fields`.
    pub(super) fn onto(self, shipping: Shipping, fields: &mut Fields) -> Shipping {
        let changed = Shipping {
            flat: self.flat.unwrap_or(shipping.flat),
            free_from: self.free_from.unwrap_or(shipping.free_from),
            tax_class: self.tax_class.unwrap_or(shipping.tax_class),
            ..shipping
        };
        let currency = shipping.flat.currency;
        check("/flat", changed.flat, currency, fields);
        if let Some(free_from) = changed.free_from {
            check("/free_from", free_from, currency, fields);
        }
        changed
    }
}

fn check(pointer: &str, amount: Money, currency: Currency, fields: &mut Fields) {
    fields.range(pointer, amount.minor, 0..=Money::MAX_TOTAL);
    if amount.currency != currency {
        let told = format_args!("this store sells in {currency}, not {}", amount.currency);
        fields.refuse(pointer, "wrong_currency", told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipping_costs_what_the_store_can_add_up() {
        let inr = |minor| Money::new(minor, Currency::INR);
        let now = Shipping {
            flat: inr(4900),
            free_from: Some(inr(49_900)),
            tax_class: "standard".to_owned(),
            version: 1,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        let check = |patch: ShippingPatch, answer: &str| {
            let mut fields = Fields::default();
            patch.onto(now.clone(), &mut fields);
            assert_eq!(fields.finish().map_or_else(|errors| errors.to_string(), |()| "fine".to_owned()), answer);
        };
        check(ShippingPatch { flat: Some(inr(0)), free_from: Some(None), tax_class: None }, "fine");
        check(ShippingPatch { flat: Some(inr(-1)), ..Default::default() }, "/flat: 0 to 1000000000000000, not -1");
        let dollars = Money::new(1, Currency::parse("USD").expect("a currency"));
        check(
            ShippingPatch { free_from: Some(Some(dollars)), ..Default::default() },
            "/free_from: this store sells in INR, not USD",
        );
    }
}
