//! Stories of carts: one command and its exact answer per line.

use std::sync::Arc;

use chrono::{TimeDelta, TimeZone, Utc};
use uuid::Uuid;

use super::*;
use crate::catalog::{Attributes, Offer, Sku, Slug};
use crate::clock::Timestamp;
use crate::id::{OrderId, PrincipalId, ProductId, StoreId, VariantId};
use crate::money::Currency;
use crate::pricing::{LINES_MAX, Rules, ShippingRules, TaxRate, UnitPrice};
use crate::quantity::Quantity;

fn noon() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists")
}

fn owner() -> Owner {
    Owner { store: StoreId::MAIN, principal: PrincipalId::from_uuid(Uuid::from_u128(7)) }
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).expect("a SKU")
}

fn variant_of(text: &str) -> VariantId {
    VariantId::from_uuid(Uuid::from_u128(text.bytes().map(u128::from).sum()))
}

/// One `command | answer` a line. An answer is `v<version> g<generation>: lines`, or the refusal. `@3` behind a command
/// is the version that was seen.
fn check(story: &str) {
    let mut cart = Cart::new(Contents::empty(owner(), noon()));
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (command, expected) = line.split_once('|').expect("command | answer");
        let answer = match run(&mut cart, command.trim()) {
            Ok(()) => show(cart.contents()),
            Err(refused) => refused.to_string(),
        };
        assert_eq!(answer.trim_end(), expected.trim(), "{line}");
    }
}

fn run(cart: &mut Cart, command: &str) -> Result<(), Refused> {
    let (command, seen) = match command.split_once('@') {
        Some((command, seen)) => (command.trim(), Some(seen.trim().parse().expect("a version"))),
        None => (command, None),
    };
    let words: Vec<&str> = command.split(' ').collect();
    let number = |place: usize| words[place].parse::<i64>().expect("a number");
    let quantity = |place: usize| Quantity::new(number(place)).expect("in range");
    let edit = match words[0] {
        "add" => Edit::Add { variant_id: variant_of(words[1]), sku: sku(words[1]), quantity: quantity(2) },
        "change" => Edit::Change { sku: sku(words[1]), quantity: quantity(2) },
        "remove" => Edit::Remove { sku: sku(words[1]) },
        "freeze" => return cart.freeze(number(1).cast_unsigned(), seen, Purpose::Checkout),
        "thaw" => {
            cart.thaw(number(1).cast_unsigned());
            return Ok(());
        }
        "convert" => {
            cart.convert(number(1).cast_unsigned(), OrderId::from_uuid(Uuid::from_u128(9)), noon());
            return Ok(());
        }
        other => panic!("no such command: {other}"),
    };
    if let Outcome::Changed(contents) = cart.decide(&edit, seen, noon())? {
        cart.apply(contents);
    }
    Ok(())
}

fn show(contents: &Contents) -> String {
    let lines: Vec<_> = contents.lines.iter().map(|line| format!("{} {}", line.quantity, line.sku)).collect();
    format!("v{} g{}: {}", contents.version, contents.generation, lines.join(", "))
}

#[test]
fn a_cart_has_one_line_per_sku() {
    check(
        "
        add A 2    | v1 g0: 2 A
        add B 1    | v2 g0: 2 A, 1 B
        add A 3    | v3 g0: 5 A, 1 B
        change A 1 | v4 g0: 1 A, 1 B
        change A 1 | v4 g0: 1 A, 1 B
        change C 1 | C is not in the cart
        change C 0 | v4 g0: 1 A, 1 B
        add C 0    | v4 g0: 1 A, 1 B
        remove A   | v5 g0: 1 B
        remove A   | v5 g0: 1 B
        add A 1    | v6 g0: 1 B, 1 A
        change B 0 | v7 g0: 1 A
        ",
    );
}

#[test]
fn a_cart_has_bounds() {
    check(
        "
        add A 1000000 | v1 g0: 1000000 A
        add A 1       | 1000001 of A, a line has at most 1000000
        add A 1000000 | 2000000 of A, a line has at most 1000000
        change A 1    | v2 g0: 1 A
        ",
    );
    let mut cart = Cart::new(Contents::empty(owner(), noon()));
    for number in 0..LINES_MAX {
        run(&mut cart, &format!("add S{number} 1")).expect("there is room");
    }
    assert_eq!(run(&mut cart, "add ONE-MORE 1"), Err(Refused::TooManyLines));
    run(&mut cart, "add S7 1").expect("it has a line already");
    assert_eq!(cart.contents().lines.len(), LINES_MAX);
}

#[test]
fn who_saw_another_version_is_told_which_it_is() {
    check(
        "
        add A 1 @ 0    | v1 g0: 1 A
        add A 1 @ 0    | the cart is at version 1 by now
        remove A @ 2   | the cart is at version 1 by now
        freeze 1 @ 0   | the cart is at version 1 by now
        freeze 1 @ 1   | v1 g0: 1 A
        ",
    );
}

#[test]
fn a_frozen_cart_is_one_checkouts_alone() {
    check(
        "
        freeze 1   | the cart is empty
        add A 1    | v1 g0: 1 A
        freeze 1   | v1 g0: 1 A
        add B 1    | this cart is being checked out
        remove A   | this cart is being checked out
        freeze 2   | this cart is being checked out
        thaw 2     | v1 g0: 1 A
        convert 2  | v1 g0: 1 A
        add B 1    | this cart is being checked out
        thaw 1     | v1 g0: 1 A
        add B 1    | v2 g0: 1 A, 1 B
        convert 1  | v2 g0: 1 A, 1 B
        freeze 2   | v2 g0: 1 A, 1 B
        convert 2  | v3 g1:
        thaw 2     | v3 g1:
        freeze 3   | the cart is empty
        add C 1    | v4 g1: 1 C
        ",
    );
}

#[test]
fn an_empty_cart_says_what_it_became() {
    let mut cart = Cart::new(Contents::empty(owner(), noon()));
    assert_eq!(cart.freeze(1, None, Purpose::Checkout), Err(Refused::Empty { last_order: None }));
    for command in ["add A 1", "freeze 1", "convert 1"] {
        run(&mut cart, command).expect("done");
    }
    let order = OrderId::from_uuid(Uuid::from_u128(9));
    assert_eq!(cart.freeze(2, None, Purpose::Checkout), Err(Refused::Empty { last_order: Some(order) }));
}

#[test]
fn a_sku_that_means_another_thing_now_is_put_in_as_that() {
    let mut cart = Cart::new(Contents::empty(owner(), noon()));
    run(&mut cart, "add A 1").expect("done");
    let edit = Edit::Add { variant_id: variant_of("B"), sku: sku("A"), quantity: Quantity::new(1).expect("in range") };
    let Ok(Outcome::Changed(contents)) = cart.decide(&edit, None, noon()) else { panic!("it is put in") };
    assert_eq!((contents.lines[0].variant_id, contents.lines[0].quantity.get()), (variant_of("B"), 2));
}

fn offer(text: &str) -> Offer {
    Offer {
        variant_id: variant_of(text),
        store_id: StoreId::MAIN,
        product_id: ProductId::from_uuid(Uuid::from_u128(1)),
        product_slug: Slug::parse("a").expect("a slug"),
        sku: sku(text),
        title: text.to_owned(),
        attributes: Attributes::new(),
        price: UnitPrice {
            currency: Currency::INR,
            mrp_minor: 100,
            price_minor: 90,
            sale: None,
            tax: TaxRate { rate_bp: 0, inclusive: true },
        },
        tax_class: "zero".to_owned(),
        weight_grams: 0,
        on_sale_from: None,
        purchase_limit: None,
        hold_ttl_s: None,
        sellable: true,
        availability: crate::catalog::AvailabilityPolicy::Low,
    }
}

#[test]
fn a_line_says_what_is_the_matter_with_it() {
    let line = Line {
        sku: sku("A"),
        variant_id: variant_of("A"),
        quantity: Quantity::new(3).expect("in range"),
        added_at: noon(),
    };
    let offer = offer("A");
    let marked = |offer: &Offer, available| mark(&line, Some(offer), available, noon());
    assert_eq!(marked(&offer, None), Mark::Buyable);
    assert_eq!(marked(&offer, Some(3)), Mark::Buyable);
    assert_eq!(marked(&offer, Some(2)), Mark::Short { available: 2 });
    assert_eq!(marked(&offer, Some(0)), Mark::SoldOut);
    assert_eq!(marked(&Offer { sellable: false, ..offer.clone() }, Some(3)), Mark::Archived);
    assert_eq!(marked(&Offer { variant_id: variant_of("B"), ..offer.clone() }, Some(3)), Mark::Unknown);
    assert_eq!(mark(&line, None, Some(3), noon()), Mark::Unknown);
    let opens_at = noon() + TimeDelta::seconds(1);
    let early = Offer { on_sale_from: Some(opens_at), ..offer.clone() };
    assert_eq!(marked(&early, Some(3)), Mark::NotOnSaleYet { opens_at });
    assert_eq!(marked(&Offer { on_sale_from: Some(noon()), ..offer }, Some(3)), Mark::Buyable);
}

#[test]
fn a_cart_costs_what_is_still_for_sale_in_it() {
    let mut cart = Cart::new(Contents::empty(owner(), noon()));
    for command in ["add A 1", "add GONE 1", "add ARCHIVED 1", "add B 2"] {
        run(&mut cart, command).expect("done");
    }
    let archived = Offer { sellable: false, ..offer("ARCHIVED") };
    let offers = [Some(offer("A")), None, Some(archived), Some(offer("B"))].map(|offer| offer.map(Arc::new));
    let shipping = ShippingRules { flat_minor: 7, free_from_minor: None, tax: TaxRate { rate_bp: 0, inclusive: true } };
    let rules = Rules { currency: Currency::INR, shipping, valid_for: TimeDelta::minutes(15) };
    let view = |contents: &Arc<Contents>, offers: &[Option<Arc<Offer>>]| {
        CartView::of(Arc::clone(contents), offers.to_vec(), &[Some(0), None, None, Some(1)], &rules, noon())
    };
    let seen = view(cart.contents(), &offers);
    let lines: Vec<_> = seen.lines.iter().map(|line| (line.mark, line.price.map(|price| price.net_minor))).collect();
    assert_eq!(
        lines,
        [
            (Mark::SoldOut, Some(90)),
            (Mark::Unknown, None),
            (Mark::Archived, None),
            (Mark::Short { available: 1 }, Some(180))
        ]
    );
    assert_eq!(seen.quote.map(|quote| quote.totals.grand_minor), Ok(90 + 180 + 7));
    // What has no price can still be looked at, and taken out.
    let nothing = view(cart.contents(), &[None, None, None, None]);
    assert_eq!(nothing.quote, Err(crate::pricing::Error::NoLines));
    assert_eq!(nothing.lines.len(), 4);
}
