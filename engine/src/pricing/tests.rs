//! The example of the API's definition of totals, the refusals, and what must be true of every quote.

use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::clock::Timestamp;
use crate::id::VariantId;
use crate::money::{Currency, Money};
use crate::quantity::Quantity;

const NO_TAX: TaxRate = TaxRate { rate_bp: 0, inclusive: true };
const CONTAINED: TaxRate = TaxRate { rate_bp: 1800, inclusive: true };
const ADDED: TaxRate = TaxRate { rate_bp: 1800, inclusive: false };

fn noon() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists")
}

fn rules(flat_minor: i64, free_from_minor: Option<i64>, tax: TaxRate) -> Rules {
    let shipping = ShippingRules { flat_minor, free_from_minor, tax };
    Rules { currency: Currency::INR, shipping, valid_for: TimeDelta::minutes(15) }
}

fn item(mrp_minor: i64, price_minor: i64, quantity: i64, tax: TaxRate) -> Item {
    Item {
        variant_id: VariantId::from_uuid(Uuid::from_u128(7)),
        quantity: Quantity::new(quantity).expect("in range"),
        price: UnitPrice { currency: Currency::INR, mrp_minor, price_minor, sale: None, tax },
    }
}

fn free_shipping() -> Rules {
    rules(0, None, NO_TAX)
}

#[test]
fn two_shirts_at_1299_with_eighteen_percent_inside() {
    let quote = quote(&[item(149_900, 129_900, 2, CONTAINED)], &free_shipping(), noon()).expect("a price");
    assert_eq!(
        quote.totals,
        Totals {
            mrp_minor: 299_800,
            discount_minor: 40_000,
            tax_minor: 39_631,
            shipping_minor: 0,
            grand_minor: 259_800
        }
    );
}

#[test]
fn tax_that_is_not_in_the_price_is_added_to_the_grand_total() {
    let items = [item(100_000, 100_000, 1, ADDED), item(1180, 1180, 1, CONTAINED)];
    let quote = quote(&items, &rules(4900, Some(500_000), ADDED), noon()).expect("a price");
    assert_eq!(quote.lines[0].tax_minor, 18_000);
    assert_eq!(quote.lines[1].tax_minor, 180);
    assert_eq!((quote.shipping.charged_minor, quote.shipping.tax_minor), (4900, 882));
    assert_eq!(quote.totals.tax_minor, 18_000 + 180 + 882);
    assert_eq!(quote.totals.grand_minor, 100_000 + 1180 + 18_000 + 4900 + 882);
}

#[test]
fn shipping_is_free_from_the_sum_of_all_lines() {
    let rules = rules(4900, Some(50_000), NO_TAX);
    let charged = |items: &[Item]| quote(items, &rules, noon()).expect("a price").totals.shipping_minor;
    let half = item(30_000, 25_000, 1, NO_TAX);
    assert_eq!(charged(&[half]), 4900);
    assert_eq!(charged(&[half, half]), 0);
}

#[test]
fn a_quote_holds_until_the_next_price_or_its_own_end() {
    let sale = |starts: i64, ends: i64| {
        let at = |minute| Some(noon() + TimeDelta::minutes(minute));
        let mut item = item(100, 90, 1, NO_TAX);
        item.price.sale = Some(Sale { price_minor: 70, starts_at: at(starts), ends_at: at(ends) });
        item
    };
    for (items, minutes, grand) in [
        (vec![sale(-5, 10)], 10, 70),
        (vec![sale(5, 10)], 5, 90),
        (vec![sale(-5, 0)], 15, 90),
        (vec![sale(0, 60)], 15, 70),
        (vec![sale(-5, 10), sale(3, 4)], 3, 160),
    ] {
        let quote = quote(&items, &free_shipping(), noon()).expect("a price");
        assert_eq!(quote.valid_until, noon() + TimeDelta::minutes(minutes), "{items:?}");
        assert_eq!(quote.totals.grand_minor, grand, "{items:?}");
    }
}

#[test]
fn the_same_lines_at_the_same_prices_have_the_same_id() {
    let id = |items: &[Item], rules: &Rules, now| quote(items, rules, now).expect("a price").id();
    let shirt = item(100, 90, 1, NO_TAX);
    let first = id(&[shirt], &free_shipping(), noon());
    assert_eq!(first, id(&[shirt], &free_shipping(), noon() + TimeDelta::days(3)));
    // A sale that does not change what is paid does not change the id either.
    let mut on_sale = shirt;
    on_sale.price.sale = Some(Sale { price_minor: 90, starts_at: Some(noon()), ends_at: None });
    assert_eq!(first, id(&[on_sale], &free_shipping(), noon()));
    for (other, rules) in [
        (vec![item(100, 89, 1, NO_TAX)], free_shipping()),
        (vec![item(101, 90, 1, NO_TAX)], free_shipping()),
        (vec![item(100, 90, 2, NO_TAX)], free_shipping()),
        (vec![item(100, 90, 1, CONTAINED)], free_shipping()),
        (vec![shirt, shirt], free_shipping()),
        (vec![shirt], rules(1, None, NO_TAX)),
    ] {
        assert_ne!(first, id(&other, &rules, noon()), "{other:?}");
    }
    let shown = first.to_string();
    assert!(shown.starts_with("quote_") && shown.len() == "quote_".len() + 20, "{shown}");
}

#[test]
fn what_has_no_price_is_refused_by_name() {
    let shirt = item(100, 90, 1, NO_TAX);
    let refused = |items: &[Item]| quote(items, &free_shipping(), noon()).expect_err("no price");
    assert_eq!(refused(&[]), Error::NoLines);
    assert_eq!(refused(&[shirt; 201]), Error::TooManyLines { lines: 201 });
    assert!(quote(&[shirt; 200], &free_shipping(), noon()).is_ok());
    assert_eq!(refused(&[shirt, item(100, 90, 0, NO_TAX)]), Error::NothingWanted { line: 2 });
    assert_eq!(refused(&[item(100, 101, 1, NO_TAX)]), Error::ImpossiblePrice { line: 1 });
    assert_eq!(refused(&[item(100, -1, 1, NO_TAX)]), Error::ImpossiblePrice { line: 1 });
    let euro = Currency::parse("EUR").expect("a currency");
    let mut foreign = shirt;
    foreign.price.currency = euro;
    let mixed = Error::CurrencyMismatch { line: 2, expected: Currency::INR, got: euro };
    assert_eq!(refused(&[shirt, foreign]), mixed);
}

#[test]
fn a_total_is_at_most_ten_to_the_fifteen() {
    let most = Money::MAX_TOTAL;
    let grand = |items: &[Item], rules| quote(items, &rules, noon()).map(|quote| quote.totals.grand_minor);
    assert_eq!(grand(&[item(most, most, 1, CONTAINED)], free_shipping()), Ok(most));
    assert_eq!(grand(&[item(most / 1_000_000, most / 1_000_000, 1_000_000, NO_TAX)], free_shipping()), Ok(most));
    for (items, rules) in [
        (vec![item(most, most, 2, NO_TAX)], free_shipping()),
        (vec![item(i64::MAX, i64::MAX, 1_000_000, NO_TAX)], free_shipping()),
        (vec![item(most, most, 1, ADDED)], free_shipping()),
        (vec![item(most, most, 1, NO_TAX)], rules(1, None, NO_TAX)),
        (vec![item(most, 0, 1, NO_TAX); 200], free_shipping()),
        (vec![item(most, most, 1, NO_TAX); 200], rules(i64::MAX, None, ADDED)),
    ] {
        assert_eq!(grand(&items, rules), Err(Error::Overflow), "{items:?}");
    }
}

#[test]
fn a_trace_is_stored_in_few_words() {
    let quote = quote(&[item(149_900, 129_900, 2, CONTAINED)], &rules(4900, Some(49_900), CONTAINED), noon());
    let trace = quote.expect("a price").trace();
    let stored = serde_json::to_string(&trace).expect("numbers and names");
    assert_eq!(
        stored,
        concat!(
            r#"[{"price":{"line":1,"by":"list","unit_mrp":149900,"unit":129900,"quantity":2,"net":259800}},"#,
            r#"{"tax":{"line":1,"rate_bp":1800,"added":false,"tax":39631}},"#,
            r#"{"shipping":{"flat":4900,"free_from":49900,"goods":259800,"charged":0}},"#,
            r#"{"grand":{"minor":259800}}]"#,
        )
    );
    assert_eq!(serde_json::from_str::<Trace>(&stored).expect("what was stored"), trace);
}

prop_compose! {
    fn any_tax()(rate_bp in prop_oneof![Just(0_u32), Just(500), Just(1800), 0..=100_000_u32], inclusive: bool) -> TaxRate {
        TaxRate { rate_bp, inclusive }
    }
}

prop_compose! {
    fn any_item()(
        mrp in 0..1_000_000_000_i64,
        price_share in 0..=100_i64,
        sale_share in proptest::option::of(0..=100_i64),
        quantity in 1..=1000_i64,
        tax in any_tax(),
    ) -> Item {
        let mut item = item(mrp, mrp * price_share / 100, quantity, tax);
        item.price.sale = sale_share.map(|share| Sale {
            price_minor: item.price.price_minor * share / 100,
            starts_at: Some(noon()),
            ends_at: None,
        });
        item
    }
}

proptest! {
    #[test]
    fn totals_are_the_sum_of_what_the_trace_says(
        items in proptest::collection::vec(any_item(), 1..20),
        flat in 0..1_000_000_i64,
        free_from in proptest::option::of(0..1_000_000_000_i64),
        tax in any_tax(),
    ) {
        let quote = quote(&items, &rules(flat, free_from, tax), noon()).expect("within limits");
        prop_assert_eq!(quote.trace().totals(), Some(quote.totals));
        let net: i64 = quote.lines.iter().map(|line| line.net_minor).sum();
        prop_assert_eq!(quote.totals.mrp_minor - quote.totals.discount_minor, net);
        prop_assert!(quote.totals.discount_minor >= 0);
        for line in &quote.lines {
            prop_assert_eq!(line.mrp_minor - line.discount_minor, line.net_minor);
            prop_assert!(!line.tax.inclusive || line.tax_minor <= line.net_minor);
        }
    }

    #[test]
    fn the_order_of_the_lines_changes_no_total(
        items in proptest::collection::vec(any_item(), 1..20),
        by in 0..20_usize,
    ) {
        let rules = rules(4900, Some(49_900), CONTAINED);
        let mut turned = items.clone();
        turned.rotate_left(by % items.len());
        let totals = |items: &[Item]| quote(items, &rules, noon()).expect("within limits").totals;
        prop_assert_eq!(totals(&items), totals(&turned));
    }

    #[test]
    fn one_more_of_something_costs_no_less(item in any_item()) {
        let rules = rules(4900, None, CONTAINED);
        let mut more = item;
        more.quantity = Quantity::new(item.quantity.get() + 1).expect("in range");
        let grand = |item| quote(&[item], &rules, noon()).expect("within limits").totals.grand_minor;
        prop_assert!(grand(item) <= grand(more));
    }

    #[test]
    fn no_input_makes_it_panic(
        mrp: i64, price: i64, sale: Option<i64>, quantity in 0..=Quantity::MAX, flat: i64, free_from: Option<i64>,
        rate_bp: u32, inclusive: bool, lines in 1..=200_usize,
    ) {
        let tax = TaxRate { rate_bp, inclusive };
        let mut item = item(mrp, price, quantity, tax);
        item.price.sale = sale.map(|price_minor| Sale { price_minor, starts_at: None, ends_at: Some(noon()) });
        let answer = quote(&vec![item; lines], &rules(flat, free_from, tax), noon());
        if let Ok(quote) = answer {
            prop_assert!((0..=Money::MAX_TOTAL).contains(&quote.totals.grand_minor));
        }
    }
}
