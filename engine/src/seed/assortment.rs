//! PURE. Products and variants out of the words: the same ones every time.

use serde_json::{Map, Value, json};

use crate::catalog::{AttributeValue, Attributes, BulkRow, ProductPatch, ProductStatus, VariantPatch};
use crate::money::{Currency, Money};

use super::words::{Axis, LINES, Line};

/// A row of the catalogue and how many of it there are.
pub(super) struct Good {
    pub(super) row: BulkRow,
    pub(super) units: i64,
}

pub(super) fn goods(currency: Currency) -> Vec<Good> {
    let mut goods = Vec::new();
    for line in LINES {
        let kinds = line.nouns.iter().flat_map(|noun| line.styles.iter().map(move |style| (style, noun)));
        for (n, (style, noun)) in kinds.enumerate() {
            product(line, n, &format!("{style} {noun}"), currency, &mut goods);
        }
    }
    goods
}

fn product(line: &Line, number: usize, name: &str, currency: Currency, goods: &mut Vec<Good>) {
    let dice = Dice::of(name);
    let brand = dice.pick(0, line.brands);
    let title = format!("{brand} {name}");
    let price = Price::roll(&dice, line.price);
    let grams = dice.between(3, line.grams);
    let specs: Map<String, Value> = (10..)
        .zip(line.specs)
        .map(|(salt, (key, values))| ((*key).to_owned(), json!(dice.pick(salt, values))))
        .collect();
    let [root, leaf] = line.category;
    let patch = ProductPatch {
        title: Some(title.clone()),
        description: Some(format!(
            "{}. The {name} by {brand}, from our {} shelf.\nMade up for the demo shop.",
            dice.pick(4, line.praise),
            leaf.to_lowercase()
        )),
        specs: Some(specs),
        tags: Some(vec![root.to_lowercase(), leaf.to_lowercase()]),
        status: Some(ProductStatus::Active),
        ..ProductPatch::default()
    };
    for (position, choice) in (0..).zip(choices(line.axes)) {
        let mut sku = format!("{}-{:02}", line.code, number + 1);
        let mut attributes = Attributes::new();
        // A bigger one costs more.
        let mut step = 0;
        for (key, value, rank) in choice {
            sku.push('-');
            let mark = value.to_string().to_uppercase();
            sku.push_str(&mark[..mark.len().min(3)]);
            if matches!(value, AttributeValue::Number(_)) {
                step += rank;
            }
            attributes.insert(key.to_owned(), value);
        }
        let (price, mrp) = price.larger(step);
        let units = match Dice::of(&sku).roll(5) % 20 {
            0 => 0,
            1 | 2 => 3,
            rest => i64::try_from(rest).expect("less than 20") * 15,
        };
        let variant = VariantPatch {
            attributes: Some(attributes),
            price: Some(Money::new(price, currency)),
            mrp: Some(Some(Money::new(mrp, currency))),
            tax_class: Some(line.tax_class.to_owned()),
            weight_grams: Some(grams),
            position: Some(position),
            ..VariantPatch::default()
        };
        let row = BulkRow {
            key: Some(title.clone()),
            product: patch.clone(),
            brand: Some(Some(brand.to_owned())),
            category: Some(Some(vec![root.to_owned(), leaf.to_owned()])),
            sku: Some(sku),
            variant,
        };
        goods.push(Good { row, units });
    }
}

/// One value of each axis with its rank there, in every combination.
fn choices(axes: &[Axis]) -> Vec<Vec<(&'static str, AttributeValue, i64)>> {
    let mut choices: Vec<Vec<(&'static str, AttributeValue, i64)>> = vec![Vec::new()];
    for axis in axes {
        let values: Vec<(&'static str, AttributeValue, i64)> = match *axis {
            Axis::Text(key, values) => {
                let value = |(rank, value): (i64, &&str)| (key, AttributeValue::Text((*value).to_owned()), rank);
                (0..).zip(values).map(value).collect()
            }
            Axis::Number(key, values) => {
                let value = |(rank, value): (i64, &i64)| (key, AttributeValue::Number((*value).into()), rank);
                (0..).zip(values).map(value).collect()
            }
        };
        choices = choices
            .iter()
            .flat_map(|before| {
                values.iter().map(move |value| [before.as_slice(), std::slice::from_ref(value)].concat())
            })
            .collect();
    }
    choices
}

/// In minor units.
struct Price {
    price: i64,
    mrp: i64,
}

impl Price {
    fn roll(dice: &Dice, (low, high): (i64, i64)) -> Self {
        let price = nice(dice.between(1, (low, high)));
        // 10 to 60 percent above.
        Self { price: price * 100, mrp: nice(price * dice.between(2, (110, 160)) / 100) * 100 }
    }

    fn larger(&self, step: i64) -> (i64, i64) {
        let grown = |minor: i64| nice(minor / 100 * (100 + 35 * step) / 100) * 100;
        let (price, mrp) = (grown(self.price), grown(self.mrp));
        (price, mrp.max(price))
    }
}

/// Prices end in nine.
fn nice(amount: i64) -> i64 {
    let step = if amount >= 10_000 { 1000 } else { 10 };
    (amount / step * step + step - 1).max(9)
}

/// Numbers that follow from a name and nothing else.
struct Dice(u64);

impl Dice {
    fn of(name: &str) -> Self {
        Self(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)),
        )
    }

    /// Another number for each `salt`.
    fn roll(&self, salt: u64) -> u64 {
        let mut mixed = self.0.wrapping_add(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick<'a>(&self, salt: u64, from: &[&'a str]) -> &'a str {
        from[(self.roll(salt) % from.len() as u64) as usize]
    }

    fn between(&self, salt: u64, (low, high): (i64, i64)) -> i64 {
        let span = u64::try_from(high - low).expect("ranges go upwards") + 1;
        low + i64::try_from(self.roll(salt) % span).expect("less than the span")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_demo_has_a_few_hundred_products_and_no_name_twice() {
        let goods = goods(Currency::INR);
        let mut skus = BTreeSet::new();
        let mut products: BTreeMap<&str, usize> = BTreeMap::new();
        for good in &goods {
            let sku = good.row.sku.as_deref().expect("every row has one");
            assert!(skus.insert(sku), "{sku} twice");
            *products.entry(good.row.key.as_deref().expect("every row has one")).or_default() += 1;
        }
        assert!((190..=300).contains(&products.len()), "{} products", products.len());
        assert!(products.values().all(|variants| *variants <= 12));
        assert!(goods.iter().any(|good| good.units == 0) && goods.iter().any(|good| good.units == 3));
    }

    #[test]
    fn prices_are_those_of_a_shop() {
        for good in goods(Currency::INR) {
            let (price, mrp) =
                (good.row.variant.price.expect("a price"), good.row.variant.mrp.flatten().expect("an MRP"));
            let sku = good.row.sku.expect("a SKU");
            assert!(price.minor >= 5_000 && price.minor <= 10_000_000, "{sku} {price:?}");
            assert!(price.minor <= mrp.minor && mrp.minor <= price.minor * 2, "{sku} {price:?} {mrp:?}");
            assert_eq!(price.minor / 100 % 10, 9, "{sku} {price:?}");
        }
    }

    #[test]
    fn every_seeding_makes_the_same() {
        let told =
            || goods(Currency::INR).iter().map(|good| format!("{:?} {}", good.row, good.units)).collect::<Vec<_>>();
        assert_eq!(told(), told());
    }
}
