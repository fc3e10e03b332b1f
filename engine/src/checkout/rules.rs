//! The shop's rules of price, as its row says.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::id::StoreId;
use crate::money::Currency;
use crate::postgres::schema::{stores, tax_classes};
use crate::pricing::{Rules, ShippingRules, TaxRate};

/// A quote is honoured so long at most.
const QUOTE_VALID_FOR: TimeDelta = TimeDelta::minutes(10);

pub(crate) async fn load(connection: &mut AsyncPgConnection, store: StoreId) -> anyhow::Result<Rules> {
    let (currency, flat_minor, free_from_minor, class): (String, i64, Option<i64>, String) = stores::table
        .find(store)
        .select((
            stores::currency,
            stores::shipping_flat_minor,
            stores::shipping_free_from_minor,
            stores::shipping_tax_class,
        ))
        .first(connection)
        .await?;
    let (rate_bp, inclusive): (i32, bool) = tax_classes::table
        .find((store, class))
        .select((tax_classes::rate_bp, tax_classes::inclusive))
        .first(connection)
        .await?;
    let tax = TaxRate { rate_bp: u32::try_from(rate_bp)?, inclusive };
    Ok(Rules {
        currency: Currency::parse(&currency)?,
        shipping: ShippingRules { flat_minor, free_from_minor, tax },
        valid_for: QUOTE_VALID_FOR,
    })
}
