//! Shipping: flat per order, free from a threshold on the goods, in its own tax class.

use crate::money::MoneyError;

use super::TaxRate;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippingRules {
    pub flat_minor: i64,
    /// From this sum of net line totals on it costs nothing; `None`: never free.
    pub free_from_minor: Option<i64>,
    pub tax: TaxRate,
}

/// What shipping costs an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotedShipping {
    pub flat_minor: i64,
    pub free_from_minor: Option<i64>,
    pub charged_minor: i64,
    pub tax_minor: i64,
    pub tax: TaxRate,
}

impl ShippingRules {
    pub(super) fn charge(&self, goods_minor: i64) -> Result<QuotedShipping, MoneyError> {
        let is_free = self.free_from_minor.is_some_and(|threshold| goods_minor >= threshold);
        let charged_minor = if is_free { 0 } else { self.flat_minor };
        Ok(QuotedShipping {
            flat_minor: self.flat_minor,
            free_from_minor: self.free_from_minor,
            charged_minor,
            tax_minor: self.tax.of(charged_minor)?,
            tax: self.tax,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipping_is_free_from_its_threshold_on() {
        let tax = TaxRate { rate_bp: 1800, inclusive: true };
        let rules = ShippingRules { flat_minor: 4900, free_from_minor: Some(49_900), tax };
        let charged = |goods| rules.charge(goods).map(|shipping| (shipping.charged_minor, shipping.tax_minor));
        assert_eq!(charged(49_899), Ok((4900, 747)));
        assert_eq!(charged(49_900), Ok((0, 0)));
        let never_free = ShippingRules { free_from_minor: None, ..rules };
        assert_eq!(never_free.charge(i64::MAX).map(|shipping| shipping.charged_minor), Ok(4900));
    }
}
