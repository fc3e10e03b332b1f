//! PURE. One product, with everything that a shop knows of it.
#![expect(clippy::float_arithmetic, reason = "statistics; no money changes hands")]

use search_index::{Attribute, Availability, Brand, Language, ProductDocument};

use super::categories::Leaf;
use super::lists::FUNCTION_WORDS;
use super::words::{Vocabulary, capital};
use super::{Catalogue, Dice};
use crate::contender::STORE;

const DESCRIPTION_WORDS: usize = 30;
/// 2020-09-13, and about five years.
const CREATED_FROM_MS: i64 = 1_600_000_000_000;
const CREATED_WITHIN_MS: usize = 160_000_000_000;
/// Half of all products cost less, in minor units; two thirds are between a third of it and three times as much.
const PRICE_MEDIAN: f64 = 4_900.0;
const PRICE_SPREAD: f64 = 1.1;

pub(super) fn product(catalogue: &Catalogue, number: u64, dice: &mut Dice) -> ProductDocument {
    let leaf = catalogue.categories.leaf(dice);
    let brand = &catalogue.brands[catalogue.brand.rank(dice)];
    let attributes = catalogue.attributes.of(leaf.kind, dice);
    let model = model(brand, dice);
    let title = title(&catalogue.vocabulary, brand, leaf, &attributes, &model, dice);
    let price = ((PRICE_MEDIAN.ln() + PRICE_SPREAD * dice.normal()).exp() as i64).clamp(50, 10_000_000);
    let discount_bp = if dice.percent(38) { 500 * (1 + dice.below(10)) } else { 0 };
    let brand = Brand { slug: brand.to_lowercase(), name: brand.clone() };
    let mut document = ProductDocument {
        id: id(dice),
        store: STORE.to_owned(),
        language: Language::English,
        version: 1,
        description: description(&catalogue.vocabulary, leaf, dice),
        categories: leaf.path.clone(),
        tags: (0..dice.below(4)).map(|_| catalogue.vocabulary.word(dice).to_owned()).collect(),
        codes: vec![model, barcode(number)],
        attributes,
        price,
        availability: match dice.below(20) {
            0 => Availability::SoldOut,
            1 => Availability::Low,
            _ => Availability::InStock,
        },
        discount_bp: u32::try_from(discount_bp).expect("at most half"),
        popularity: popularity(catalogue.len(), dice),
        rating: if dice.percent(70) { rating(dice) } else { 0 },
        created_at_ms: CREATED_FROM_MS + i64::try_from(dice.below(CREATED_WITHIN_MS)).expect("below it"),
        embedding: None,
        title,
        brand: Some(brand),
        stored: String::new(),
    };
    document.stored = card(&document);
    document
}

fn title(
    vocabulary: &Vocabulary,
    brand: &str,
    leaf: &Leaf,
    attributes: &[Attribute],
    model: &str,
    dice: &mut Dice,
) -> String {
    let mut words = Vec::with_capacity(10);
    if dice.percent(80) {
        words.push(brand.to_owned());
    }
    for _ in 0..1 + dice.below(3) {
        words.push(capital(vocabulary.word(dice)));
    }
    words.extend(leaf.noun.split(' ').map(capital));
    for attribute in attributes.iter().filter(|it| !matches!(it.value.as_str(), "yes" | "no")).take(dice.below(3)) {
        words.push(attribute.value_label.clone());
    }
    if dice.percent(60) {
        words.push(model.to_owned());
    }
    words.join(" ")
}

fn description(vocabulary: &Vocabulary, leaf: &Leaf, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = Vec::with_capacity(DESCRIPTION_WORDS + 3);
    while words.len() < DESCRIPTION_WORDS {
        match dice.below(20) {
            0 => words.extend(leaf.noun.split(' ')),
            1..8 => words.push(FUNCTION_WORDS[dice.below(FUNCTION_WORDS.len())]),
            _ => words.push(vocabulary.word(dice)),
        }
    }
    capital(&words.join(" ")) + "."
}

/// `KAV-2210B`.
fn model(brand: &str, dice: &mut Dice) -> String {
    let letters: String = brand.chars().take(2 + dice.below(2)).collect();
    let suffix = *dice.pick(&["", "", "A", "B", "X", "-S", "-XL"]);
    format!("{}-{}{suffix}", letters.to_uppercase(), 100 + dice.below(9_900))
}

/// Thirteen digits, of which the last checks the others.
fn barcode(number: u64) -> String {
    let digits = format!("40{number:010}");
    let sum: u32 =
        digits.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn id(dice: &mut Dice) -> String {
    let (time, random) = (dice.next(), dice.next());
    let [a, b, c, d] = [time >> 32, time >> 16 & 0xffff, time & 0xfff, random >> 48 & 0x3fff | 0x8000];
    format!("{a:08x}-{b:04x}-7{c:03x}-{d:04x}-{:012x}", random & 0xffff_ffff_ffff)
}

/// Sales fall with their rank by Zipf's law; who sells most has 1000, who sells a tenth of that is as far below as who sells a
/// tenth of that again.
fn popularity(products: u64, dice: &mut Dice) -> u32 {
    let share_of_best = 1.0 / (dice.unit() * products as f64).max(1.0);
    let steps = share_of_best.ln() / (products.max(2) as f64).ln();
    (1_000.0 * (1.0 + steps)).round() as u32
}

/// Most are content.
fn rating(dice: &mut Dice) -> u32 {
    (430.0 + 45.0 * dice.normal()).clamp(100.0, 500.0) as u32
}

/// What the shop keeps with a product for its listings, in the same shape and length.
fn card(document: &ProductDocument) -> String {
    let brand = document.brand.as_ref().expect("all have one");
    let category = document.categories.last().expect("all have one");
    let slug = document.title.to_lowercase().replace(' ', "-");
    serde_json::json!({
        "id": document.id, "slug": slug, "title": document.title,
        "brand": { "slug": brand.slug, "name": brand.name },
        "category": { "slug": category.slug, "name": category.label },
        "image": { "url": format!("https://images.example/{}/600.jpg", document.id), "alt": null },
        "currency": "INR", "price_minor": document.price, "mrp_minor": document.price,
        "until": null, "on_sale_from": null, "sku": document.codes[0], "variants": 1, "policy": "low",
        "created_at": "2021-06-01T12:00:00Z",
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn barcodes_check() {
        // A real one, of a pen.
        assert_eq!(barcode(638_133_393), "4006381333931");
        assert_eq!(barcode(0), "4000000000006");
        assert_eq!(barcode(1), "4000000000013");
        assert_eq!(barcode(2), "4000000000020");
    }

    #[test]
    fn the_wanted_are_few() {
        let mut dice = Dice::of(1, 1);
        let all: Vec<u32> = (0..10_000).map(|_| popularity(1_000_000, &mut dice)).collect();
        assert!(all.iter().all(|popularity| *popularity <= 1_000));
        let wanted = |at_least| all.iter().filter(|popularity| **popularity >= at_least).count();
        assert!((300..900).contains(&wanted(200)), "{}", wanted(200));
        assert!(wanted(500) < 40, "{}", wanted(500));
    }
}
