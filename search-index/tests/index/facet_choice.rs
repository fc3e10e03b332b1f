//! Which facets are offered, and what their choices promise.

use search_index::{Facet, FacetKind, Filters, NumberRange, Page, Paging, ProductDocument, Query};

use crate::fixture::{Described, Dice, Fixture, asking, owned, product, query, shown};

fn facet<'a>(page: &'a Page, key: &str) -> &'a Facet {
    page.facets.iter().find(|facet| facet.key == key).unwrap()
}

/// Shoes in several sizes, with stars, reductions and weights of their own.
fn shoes() -> Fixture {
    let mut dice = Dice(5);
    let mut shoe = |n: u32| -> ProductDocument {
        let mut shoe = product(&format!("p{n:03}"), "Running shoe")
            .brand(dice.one_of(&["Dash", "Leap", "Walk"]))
            .category(dice.one_of(&["men/running", "women/running", "women"]))
            .price(i64::from(n) * 37 % 9_000)
            .rated(n * 7 % 501)
            .discounted(n * 53 % 6_000)
            .attribute("weight_g", &(200 + n * 11 % 190).to_string())
            .attribute("colour", dice.one_of(&["red", "blue", "black"]));
        for _ in 0..3 {
            shoe = shoe.attribute("lace_mm", &(700 + 10 * dice.below(120)).to_string());
        }
        for _ in 0..4 {
            shoe = shoe.attribute("size", &format!("{}.{}", 36 + dice.below(12), dice.one_of(&["0", "5"])));
        }
        shoe
    };
    Fixture::with(&(0..240).map(&mut shoe).collect::<Vec<_>>())
}

#[test]
fn every_count_of_every_kind_is_kept_when_clicked() {
    let shop = shoes();
    let none = Filters::default;
    let sizes = NumberRange { min: Some(38_000), max: Some(41_500) };
    let filtered = [
        none(),
        Filters { brands: owned(&["dash"]), price_max: Some(6_000), ..none() },
        Filters { rating_min: Some(30), discount_min: Some(10), ..none() },
        Filters { attribute_ranges: [("size".to_owned(), sizes)].into(), ..none() },
        Filters {
            categories: owned(&["women"]),
            attributes: [("colour".to_owned(), owned(&["red", "blue"]))].into(),
            ..none()
        },
    ];
    for filters in filtered {
        let asked = Query { filters, paging: Paging::Page { page: 1, limit: 1 }, ..asking("running shoes") };
        let page = shop.search(&asked);
        let keys: Vec<&str> = page.facets.iter().map(|facet| facet.key.as_str()).collect();
        let expected = ["category", "brand", "price", "rating", "discount", "availability"];
        assert_eq!(keys[..6], expected, "{:?}", asked.filters);
        // Numbers that lie near each other are themselves.
        assert_eq!(facet(&page, "attr.size").kind, FacetKind::Term);
        for key in ["attr.lace_mm", "attr.weight_g"] {
            assert_eq!(facet(&page, key).kind, FacetKind::Range, "{key}");
        }
        for facet in &page.facets {
            assert!(!facet.approximate);
            for bucket in &facet.buckets {
                let mut clicked = asked.clone();
                let filters = &mut clicked.filters;
                let value = bucket.value.clone();
                match (facet.key.as_str(), facet.kind) {
                    ("category", _) => filters.categories = vec![value],
                    ("brand", _) => filters.brands = vec![value],
                    ("price", _) => (filters.price_min, filters.price_max) = (bucket.from, bucket.to),
                    ("rating", _) => filters.rating_min = Some(value.parse::<u32>().unwrap() * 10),
                    ("discount", _) => filters.discount_min = Some(value.parse().unwrap()),
                    ("availability", _) => filters.availability = vec![value.parse().unwrap()],
                    (attribute, kind) => {
                        let key = attribute.strip_prefix("attr.").unwrap().to_owned();
                        match kind {
                            FacetKind::Range => {
                                let range = NumberRange { min: bucket.from, max: bucket.to };
                                filters.attribute_ranges.insert(key, range);
                            }
                            FacetKind::Term | FacetKind::AtLeast => {
                                filters.attribute_ranges.remove(&key);
                                filters.attributes.insert(key, vec![value]);
                            }
                        }
                    }
                }
                let found = shop.search(&clicked);
                let context = format!("{} {} with {:?}", facet.key, bucket.value, asked.filters);
                assert_eq!(found.total, bucket.count, "{context}");
                let again = found.facets.iter().find(|again| again.key == facet.key).unwrap();
                let selected: Vec<&str> =
                    again.buckets.iter().filter(|bucket| bucket.selected).map(|bucket| bucket.value.as_str()).collect();
                assert_eq!(selected, [bucket.value.as_str()], "{context}");
            }
        }
    }
}

#[test]
fn ranges_of_numbers_have_ends_that_a_shopper_would_choose() {
    let shop = Fixture::with(
        &(0..60)
            .map(|n| product(&format!("p{n}"), "Screen").attribute("inches", &format!("{}.{}", 10 + n / 2, n % 2 * 5)))
            .collect::<Vec<_>>(),
    );
    let page = shop.search(&query());
    assert_eq!(shown(&page, "attr.inches"), "..19.999 20, 20..29.999 20, 30.. 20");
    let bucket = &facet(&page, "attr.inches").buckets[1];
    assert_eq!((bucket.from, bucket.to), (Some(20_000), Some(29_999)));
}

#[test]
fn stars_and_reductions_are_offered_as_at_least() {
    let shop = Fixture::with(&[
        product("a", "A").rated(450).discounted(5_500),
        product("b", "B").rated(400).discounted(1_000),
        product("c", "C").rated(399).discounted(999),
        product("d", "D"),
    ]);
    let page = shop.search(&query());
    assert_eq!(shown(&page, "rating"), "4 2, 3 3, 2 3, 1 3");
    assert_eq!(shown(&page, "discount"), "50 1, 30 1, 20 1, 10 2");
    let filters = Filters { rating_min: Some(40), discount_min: Some(30), ..Filters::default() };
    let page = shop.search(&Query { filters, ..query() });
    assert_eq!((page.total, shown(&page, "rating").as_str()), (1, "4* 1, 3 1, 2 1, 1 1"));
    assert_eq!(shown(&page, "discount"), "50 1, 30* 1, 20 1, 10 2");
    // Nobody was rated, nothing is reduced: no such facets.
    let page = Fixture::with(&[product("a", "A"), product("b", "B")]).search(&query());
    assert_eq!((shown(&page, "rating").as_str(), shown(&page, "discount").as_str()), ("absent", "absent"));
}

#[test]
fn of_thousands_of_sparse_attributes_the_useful_ones_are_offered() {
    let documents: Vec<ProductDocument> = (0..600u32)
        .map(|n| {
            let mut document = product(&format!("p{n}"), "Part")
                .attribute("colour", ["red", "blue", "green"][n as usize % 3])
                .attribute("warranty", if n == 0 { "3 years" } else { "2 years" })
                .attribute("ean", &format!("400{n:07}"))
                .attribute("made_in", "Earth");
            if n % 2 == 0 {
                document = document
                    .attribute("voltage", &(n % 24).to_string())
                    .attribute("plug", ["c", "f"][n as usize / 2 % 2]);
            }
            if n % 25 == 0 {
                document = document.attribute("four_percent", ["x", "y"][n as usize / 25 % 2]);
            }
            if n % 10 == 0 {
                document = document.attribute("ten_percent", ["x", "y"][n as usize / 10 % 2]);
            }
            // Ten that hardly another product has.
            for k in 0..10 {
                document =
                    document.attribute(&format!("sparse_{:04}", (n * 10 + k) % 5_000), ["x", "y"][n as usize % 2]);
            }
            document
        })
        .collect();
    let shop = Fixture::with(&documents);
    let attributes = |query: &Query| -> Vec<String> {
        let page = shop.search(query);
        page.facets.into_iter().filter_map(|facet| facet.key.strip_prefix("attr.").map(str::to_owned)).collect()
    };
    // What all have before what half have before what a tenth has; a number in ranges. Not what nearly all have alike, nor
    // what tells each from each other, nor what few have.
    assert_eq!(attributes(&query()), ["voltage", "colour", "plug", "ten_percent", "warranty"]);
    // What is filtered by stands first, however rare.
    let sparse = Filters { attributes: [("sparse_0001".to_owned(), owned(&["x"]))].into(), ..Filters::default() };
    assert_eq!(attributes(&Query { filters: sparse, ..query() })[0], "sparse_0001");
    // Where few are left, what is rare among all is frequent among them.
    let rare = Filters { attributes: [("four_percent".to_owned(), owned(&["x"]))].into(), ..Filters::default() };
    assert_eq!(attributes(&Query { filters: rare, ..query() })[0], "four_percent");
}

#[test]
fn the_numbers_that_were_chosen_stay_chosen_beside_other_filters() {
    let shop = shoes();
    let all = shop.search(&query());
    let range = facet(&all, "attr.weight_g").buckets[1].clone();
    let ranges = [("weight_g".to_owned(), NumberRange { min: range.from, max: range.to })];
    let filters = Filters { attribute_ranges: ranges.into(), ..Filters::default() };
    let page = shop.search(&Query { filters: filters.clone(), ..query() });
    assert_eq!((page.total, facet(&page, "attr.weight_g").buckets[1].selected), (range.count, true));
    let page = shop.search(&Query { filters: Filters { brands: owned(&["dash"]), ..filters }, ..query() });
    assert!(page.total < range.count && page.total > 0);
    assert!(page.facets.iter().any(|facet| facet.key == "attr.weight_g"));
}
