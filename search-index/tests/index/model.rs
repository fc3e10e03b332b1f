//! Random shops, random questions: totals, order and every count as somebody would find them who goes through all products
//! with a pencil.

use std::collections::BTreeMap;

use search_index::{
    Availability, Bucket, Exclusions, Facet, Filters, Language, NumberRange, Paging, ProductDocument, Query, Sort,
};

use crate::fixture::{Described, Dice, Fixture, ids, product, query};

const CATEGORIES: [&str; 7] = ["a", "a/b", "a/b/c", "a/d", "e", "e/f", "g"];
const BRANDS: [&str; 5] = ["Dell", "Acme", "Razer", "Sony", "Novo"];
const COLOURS: [&str; 4] = ["red", "green", "blue", "grey"];
const TITLES: [&str; 3] = ["Mug", "Cup", "Plate"];

fn random_product(dice: &mut Dice, number: u64) -> ProductDocument {
    let title = format!("{} {}", dice.one_of(&TITLES), dice.one_of(&TITLES));
    let mut product = product(&format!("p{number:03}"), &title)
        .category(dice.one_of(&CATEGORIES))
        .price(i64::try_from(dice.below(3_000)).unwrap() - 100)
        .created(i64::try_from(dice.below(20)).unwrap())
        .rated(u32::try_from(dice.below(11)).unwrap() * 50)
        .discounted(u32::try_from(dice.below(14)).unwrap() * 500);
    if !dice.once_in(5) {
        product = product.brand(dice.one_of(&BRANDS));
    }
    for _ in 0..dice.below(3) {
        product = product.attribute("colour", dice.one_of(&COLOURS));
    }
    for _ in 0..dice.below(4) {
        product = product.attribute("size", &format!("{}.5", dice.below(40)));
    }
    if dice.once_in(2) {
        product = product.attribute("volts", dice.one_of(&["1.5", "3", "9", "12 V", "-5"]));
    }
    product.availability = dice.one_of(&Availability::ALL);
    if dice.once_in(6) {
        product = product.language(Language::German);
    }
    if dice.once_in(6) {
        product = product.store("other");
    }
    product
}

fn some(dice: &mut Dice, values: &[&str]) -> Vec<String> {
    let chosen = (0..=dice.below(2)).map(|_| dice.one_of(values).to_owned());
    chosen.collect()
}

fn random_filters(dice: &mut Dice) -> Filters {
    let mut filters = Filters::default();
    let slugs = ["a", "b", "c", "d", "e", "f", "g", "nowhere"];
    // What most people who look around ask for.
    if dice.once_in(4) {
        filters.categories = some(dice, &slugs);
        return filters;
    }
    let brands = ["dell", "acme", "razer", "sony", "novo", "nobody"];
    if dice.once_in(4) {
        filters.categories = some(dice, &slugs);
    }
    if dice.once_in(4) {
        filters.brands = some(dice, &brands);
    }
    if dice.once_in(4) {
        let min = i64::try_from(dice.below(2_000)).unwrap();
        filters.price_min = Some(min);
        filters.price_max = dice.once_in(2).then_some(min + 900);
    }
    if dice.once_in(5) {
        filters.availability = vec![dice.one_of(&Availability::ALL)];
    }
    filters.rating_min = dice.once_in(5).then_some(u32::try_from(dice.below(50)).unwrap());
    filters.discount_min = dice.once_in(5).then_some(u32::try_from(dice.below(60)).unwrap());
    if dice.once_in(4) {
        filters.attributes.insert("colour".to_owned(), some(dice, &COLOURS));
    }
    if dice.once_in(8) {
        filters.attributes.insert("size".to_owned(), some(dice, &["0.5", "1.5", "2.5", "17.5", "99"]));
    }

    if dice.once_in(4) {
        let min = i64::try_from(dice.below(30_000)).unwrap();
        let range = NumberRange { min: Some(min), max: dice.once_in(2).then_some(min + 9_000) };
        filters.attribute_ranges.insert(dice.one_of(&["size", "volts", "colour"]).to_owned(), range);
    }
    if dice.once_in(3) {
        filters.without = Exclusions {
            categories: if dice.once_in(2) { some(dice, &slugs) } else { Vec::new() },
            brands: if dice.once_in(2) { some(dice, &brands) } else { Vec::new() },
            attributes: BTreeMap::new(),
        };
        if dice.once_in(2) {
            filters.without.attributes.insert("colour".to_owned(), some(dice, &COLOURS));
        }
    }
    filters
}

fn random_query(dice: &mut Dice) -> Query {
    let sorts = [
        vec![],
        vec![Sort::PriceAscending],
        vec![Sort::PriceDescending, Sort::TitleAscending],
        vec![Sort::TitleDescending],
        vec![Sort::Oldest, Sort::PriceAscending, Sort::TitleAscending],
        vec![Sort::Newest],
    ];
    Query {
        text: dice.one_of(&["", "", "mug", "cups", "plate cup"]).to_owned(),
        language: if dice.once_in(6) { Language::German } else { Language::English },
        filters: random_filters(dice),
        sort: sorts[usize::try_from(dice.below(sorts.len() as u64)).unwrap()].clone(),
        paging: Paging::Page { page: 1, limit: 200 },
        ..query()
    }
}

/// All the products of the shop that are in charge, as a list.
struct Model {
    products: Vec<ProductDocument>,
}

fn thousandths(value: &str) -> Option<i64> {
    let (whole, tenths) = value.split_once('.').unwrap_or((value, "0"));
    Some(whole.parse::<i64>().ok()? * 1_000 + tenths.parse::<i64>().ok()? * 100)
}

impl Model {
    fn matching(&self, query: &Query) -> Vec<&ProductDocument> {
        let words = query.text.split_whitespace().map(|word| word.trim_end_matches('s').to_owned());
        let words: Vec<String> = words.collect();
        let fits = |product: &&ProductDocument| {
            let title = product.title.to_lowercase();
            let has_words = words.iter().all(|word| title.split(' ').any(|own| own == word));
            product.store == query.store && product.language == query.language && has_words
        };
        self.products.iter().filter(fits).collect()
    }

    /// Those that all filters let pass, but for those of the facet that is named.
    fn passing(&self, query: &Query, but_for: &str) -> Vec<&ProductDocument> {
        let passes =
            |product: &&ProductDocument| misses(product, &query.filters).iter().all(|missed| missed == but_for);
        self.matching(query).into_iter().filter(passes).collect()
    }

    fn sorted(&self, query: &Query) -> Vec<&str> {
        let mut passing = self.passing(query, "");
        let newest =
            |product: &ProductDocument| (product.availability == Availability::SoldOut, -product.created_at_ms);
        passing.sort_by(|a, b| {
            let mut by = query.sort.iter().map(|sort| match sort {
                Sort::Relevance => newest(a).cmp(&newest(b)),
                Sort::PriceAscending => a.price.cmp(&b.price),
                Sort::PriceDescending => b.price.cmp(&a.price),
                Sort::Oldest => a.created_at_ms.cmp(&b.created_at_ms),
                Sort::Newest => b.created_at_ms.cmp(&a.created_at_ms),
                Sort::TitleAscending => a.title.cmp(&b.title),
                Sort::TitleDescending => b.title.cmp(&a.title),
            });
            let first = if query.sort.is_empty() { Some(newest(a).cmp(&newest(b))) } else { None };
            let decided = first.into_iter().chain(&mut by).find(|ordering| ordering.is_ne());
            decided.unwrap_or_else(|| a.id.cmp(&b.id))
        });
        passing.iter().map(|product| product.id.as_str()).collect()
    }

    fn count(&self, query: &Query, facet: &Facet, bucket: &Bucket) -> u64 {
        let passing = self.passing(query, &facet.key);
        passing.into_iter().filter(|product| is_in(product, facet, bucket)).count() as u64
    }
}

/// The facets whose filters a product misses, and "without".
fn misses(product: &ProductDocument, filters: &Filters) -> Vec<String> {
    let mut missed = Vec::new();
    let mut check = |facet: &str, holds: bool| {
        if !holds {
            missed.push(facet.to_owned());
        }
    };
    let has_category = |slugs: &[String]| product.categories.iter().any(|category| slugs.contains(&category.slug));
    let has_brand = |slugs: &[String]| product.brand.as_ref().is_some_and(|brand| slugs.contains(&brand.slug));
    let has = |key: &str, values: &[String]| {
        product.attributes.iter().any(|attribute| attribute.key == key && values.contains(&attribute.value))
    };
    check("category", filters.categories.is_empty() || has_category(&filters.categories));
    check("brand", filters.brands.is_empty() || has_brand(&filters.brands));
    check("price", filters.price_min.is_none_or(|min| product.price >= min));
    check("price", filters.price_max.is_none_or(|max| product.price <= max));
    check("availability", filters.availability.is_empty() || filters.availability.contains(&product.availability));
    check("rating", filters.rating_min.is_none_or(|min| product.rating >= min * 10));
    check("discount", filters.discount_min.is_none_or(|min| product.discount_bp >= min * 100));
    for (key, values) in &filters.attributes {
        check(&format!("attr.{key}"), has(key, values));
    }
    for (key, range) in &filters.attribute_ranges {
        check(&format!("attr.{key}"), is_within(product, key, range.min, range.max));
    }
    check("without", !has_category(&filters.without.categories) && !has_brand(&filters.without.brands));
    check("without", !filters.without.attributes.iter().any(|(key, values)| has(key, values)));
    missed
}

fn is_within(product: &ProductDocument, key: &str, min: Option<i64>, max: Option<i64>) -> bool {
    let numbers = product.attributes.iter().filter(|attribute| attribute.key == key);
    let mut numbers = numbers.filter_map(|attribute| thousandths(&attribute.value));
    numbers.any(|number| min.is_none_or(|min| min <= number) && max.is_none_or(|max| number <= max))
}

fn is_in(product: &ProductDocument, facet: &Facet, bucket: &Bucket) -> bool {
    let value = &bucket.value;
    match facet.key.as_str() {
        "category" => product.categories.iter().any(|category| category.slug == *value),
        "brand" => product.brand.as_ref().is_some_and(|brand| brand.slug == *value),
        "price" => {
            bucket.from.is_none_or(|from| from <= product.price) && bucket.to.is_none_or(|to| product.price <= to)
        }
        "rating" => product.rating >= value.parse::<u32>().unwrap() * 100,
        "discount" => product.discount_bp >= value.parse::<u32>().unwrap() * 100,
        "availability" => product.availability.name() == value,
        attribute => {
            let key = attribute.strip_prefix("attr.").unwrap();
            match facet.kind {
                search_index::FacetKind::Range => is_within(product, key, bucket.from, bucket.to),
                search_index::FacetKind::Term | search_index::FacetKind::AtLeast => {
                    product.attributes.iter().any(|attribute| attribute.key == key && attribute.value == *value)
                }
            }
        }
    }
}

/// In three commits, with some written again and some deleted.
fn random_shop(dice: &mut Dice) -> (Fixture, Model) {
    let mut products: BTreeMap<String, ProductDocument> = BTreeMap::new();
    let mut write = |range: std::ops::Range<u64>, version: u64, dice: &mut Dice| -> Vec<ProductDocument> {
        let written: Vec<_> = range.map(|number| random_product(dice, number).version(version)).collect();
        products.extend(written.iter().map(|product| (product.id.clone(), product.clone())));
        written
    };
    let shop = Fixture::with(&write(0..150, 1, dice));
    shop.write(&write(140..220, 2, dice), "1");
    shop.write(&write(30..60, 3, dice), "2");
    for id in ["p000", "p035", "p150"] {
        shop.delete(id, 9);
        products.remove(id);
    }
    for id in ["p001", "p036", "p160"] {
        shop.index.set_availability([(id, Availability::Low)]).unwrap();
        products.get_mut(id).unwrap().availability = Availability::Low;
    }
    (shop, Model { products: products.into_values().collect() })
}

#[test]
fn as_with_a_pencil() {
    let mut facets_seen: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..3 {
        let mut dice = Dice(seed);
        let (shop, model) = random_shop(&mut dice);
        for _ in 0..100 {
            let query = random_query(&mut dice);
            let page = shop.search(&query);
            let expected = model.sorted(&query);
            // The order of relevance is told elsewhere.
            let is_by_score = query.sort.is_empty() && !query.text.is_empty();
            if is_by_score && page.matching == search_index::Matching::SomeWords {
                continue;
            }
            assert_eq!(page.total, expected.len() as u64, "{query:?}");
            if is_by_score {
                let mut found = ids(&page);
                found.sort_unstable();
                let mut expected = expected.clone();
                expected.sort_unstable();
                assert_eq!(found, expected, "{query:?}");
                assert!(page.hits.is_sorted_by(|a, b| a.score >= b.score), "{query:?}");
            } else {
                assert_eq!(ids(&page), expected, "{query:?}");
            }
            for facet in &page.facets {
                *facets_seen.entry(format!("{} {:?}", facet.key, facet.kind)).or_default() += 1;
                for bucket in &facet.buckets {
                    let count = model.count(&query, facet, bucket);
                    assert_eq!(bucket.count, count, "{} {} of {query:?}", facet.key, bucket.value);
                }
                if facet.key == "category" {
                    let roots = model.passing(&query, "category");
                    let roots = roots.iter().map(|product| product.categories[0].slug.as_str());
                    let is_listed = |root: &str| facet.buckets.iter().any(|bucket| bucket.value == root);
                    assert!(roots.into_iter().all(is_listed), "{query:?}");
                }
                if facet.key == "brand" {
                    let passing = model.passing(&query, "brand");
                    let listed = |product: &&&ProductDocument| {
                        let slug = product.brand.as_ref().map(|brand| brand.slug.as_str());
                        slug.is_none_or(|slug| facet.buckets.iter().any(|bucket| bucket.value == slug))
                    };
                    assert!(passing.iter().all(|product| listed(&product)), "{query:?}");
                }
            }
        }
    }
    // The dice fell on everything that there is to see.
    let kinds = [
        "category Term",
        "brand Term",
        "price Range",
        "rating AtLeast",
        "discount AtLeast",
        "availability Term",
        "attr.colour Term",
        "attr.size Range",
        "attr.size Term",
        "attr.volts Term",
    ];
    assert!(kinds.iter().all(|kind| facets_seen.get(*kind).is_some_and(|times| *times > 10)), "{facets_seen:?}");
}
