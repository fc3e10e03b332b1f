//! The first results by words are put in order by what they mean as well. Nothing else changes.

use std::sync::Arc;

use search_index::{Effect, Embedding, Matching, Merchandising, Query, Rules, Sort, Target, When};

use crate::fixture::{Described, Fixture, asking, ids, owned, product, query, rebuild};

/// Of a model of two dimensions: north and east.
fn pointing(north: f32, east: f32) -> Option<Embedding> {
    Some(Embedding::of("model", &[north, east]).unwrap())
}

/// By words alone: `case`, `cell`, `charger`, `unknown`: of equals, the first by its id.
fn shop_of_phones() -> Fixture {
    let shop = Fixture::with(&[
        product("case", "Phone thing").meaning(pointing(-1.0, 0.2)).brand("Acme"),
        product("cell", "Phone thing").meaning(pointing(1.0, 0.1)).brand("Acme"),
        product("elsewhere", "Handset thing").meaning(pointing(1.0, 0.0)),
    ]);
    // In another segment.
    shop.write(
        &[
            product("charger", "Phone thing").meaning(pointing(0.1, 1.0)).brand("Acme"),
            product("unknown", "Phone thing").brand("Acme"),
        ],
        "1",
    );
    shop
}

fn meaning_north(text: &str) -> Query {
    Query { embedding: pointing(1.0, 0.0), ..asking(text) }
}

#[test]
fn what_means_alike_comes_forward_among_what_the_words_found() {
    let shop = shop_of_phones();
    let plain = shop.search(&asking("phone"));
    assert_eq!(ids(&plain), ["case", "cell", "charger", "unknown"]);
    let found = shop.search(&meaning_north("phone"));
    assert_eq!(ids(&found), ["cell", "case", "charger", "unknown"]);
    // Whatever lies nearest was not found, and is not counted.
    assert_eq!((found.total, &found.facets, found.matching), (4, &plain.facets, Matching::AllWords));
    assert_eq!(ids(&shop.search(&meaning_north("handset"))), ["elsewhere"]);
    assert_eq!(shop.search(&meaning_north("zeppelin")).matching, Matching::Nothing);
}

#[test]
fn what_is_pinned_or_exact_stays_where_it_is() {
    let shop = Fixture::with(&[
        product("exact", "Phone").meaning(pointing(-1.0, 0.0)),
        product("near", "Phone with a long cable").meaning(pointing(1.0, 0.0)),
        product("far", "Phone cable").meaning(pointing(-1.0, 0.0)),
        product("other", "Phone with a long and very elastic cable").meaning(pointing(0.0, 1.0)),
        product("pinned", "Hat").meaning(pointing(-1.0, 0.0)),
    ]);
    let pin = Merchandising {
        name: "hats first".to_owned(),
        when: When::Contains("phone".to_owned()),
        effect: Effect::Pin(owned(&["pinned"])),
    };
    let rules = Arc::new(Rules::new(Vec::new(), vec![pin]));
    let words = Query { rules, ..asking("phone") };
    assert_eq!(ids(&shop.search(&words)), ["pinned", "exact", "far", "near", "other"]);
    let meant = Query { embedding: pointing(1.0, 0.0), ..words };
    assert_eq!(ids(&shop.search(&meant)), ["pinned", "exact", "near", "far", "other"]);
}

#[test]
fn tiers_and_what_the_shop_weighs_stand_above_meaning() {
    let lamp = |id: &str, title: &str, north: f32| product(id, title).meaning(pointing(north, 0.1));
    let mut documents = vec![
        lamp("all", "Desk lamp of brass", -1.0),
        lamp("all-too", "Desk lamp of steel", -0.9),
        lamp("near", "Brass lamp", 1.0),
        lamp("nearer", "Steel lamp", 1.1),
    ];
    documents.extend((0..8).map(|n| product(&format!("chair{n}"), "Chair")));
    let shop = Fixture::with(&documents);
    let found = shop.search(&meaning_north("desk lamp"));
    assert_eq!((ids(&found), found.matching), (vec!["all", "all-too", "near", "nearer"], Matching::SomeWords));

    let shop = shop_of_phones();
    let bury = Merchandising {
        name: "no cells".to_owned(),
        when: When::Always,
        effect: Effect::Weigh { target: Target::Product("cell".to_owned()), percent: 1 },
    };
    let buried = Query { rules: Arc::new(Rules::new(Vec::new(), vec![bury])), ..meaning_north("phone") };
    assert_eq!(ids(&shop.search(&buried)).last(), Some(&"cell"), "it means just what was asked for");
    // A brand that is to stand first does, whatever the others mean.
    let lamp = |id: &str, brand: &str, north: f32| lamp(id, "Lamp of brass", north).brand(brand);
    let shop = Fixture::with(&[
        lamp("a", "Acme", -1.0),
        lamp("b", "Acme", 0.0),
        lamp("c", "Bolt", -1.0),
        lamp("d", "Bolt", -0.9),
        lamp("e", "Bolt", 1.0),
    ]);
    let boost = Merchandising {
        name: "acme".to_owned(),
        when: When::Always,
        effect: Effect::Weigh { target: Target::Brand("acme".to_owned()), percent: 300 },
    };
    let boosted = Query { rules: Arc::new(Rules::new(Vec::new(), vec![boost])), ..meaning_north("lamp") };
    assert_eq!(ids(&shop.search(&boosted))[..2], ["a", "b"]);
}

#[test]
fn another_order_is_left_alone() {
    let shop = shop_of_phones();
    for query in [
        Query { sort: vec![Sort::TitleAscending, Sort::Relevance], ..meaning_north("phone") },
        Query { sort: vec![Sort::PriceAscending], ..meaning_north("phone") },
        Query { embedding: pointing(1.0, 0.0), ..query() },
    ] {
        let words = Query { embedding: None, ..query.clone() };
        assert_eq!(ids(&shop.search(&query)), ids(&shop.search(&words)), "{query:?}");
    }
}

/// A model was changed, and not all products were asked about again.
#[test]
fn vectors_of_another_model_say_nothing() {
    let shop = shop_of_phones();
    for other in [Embedding::of("model", &[1.0, 0.0, 0.0]), Embedding::of("other", &[1.0, 0.0])] {
        let found = shop.search(&Query { embedding: Some(other.unwrap()), ..asking("phone") });
        assert_eq!(ids(&found), ["case", "cell", "charger", "unknown"]);
    }
}

#[test]
fn what_a_product_means_is_kept_and_changed_with_it() {
    let shop = shop_of_phones();
    shop.write(&[product("unknown", "Phone thing").brand("Acme").version(2).meaning(pointing(1.0, 0.0))], "2");
    shop.write(&[product("cell", "Phone thing").brand("Acme").version(2)], "3");
    let shop = shop.reopen();
    assert_eq!(ids(&shop.search(&meaning_north("phone"))), ["case", "cell", "unknown", "charger"]);
    let north = |id: &str| if id == "c" { 1.0 } else { -1.0 };
    let again = ["c", "a", "b"].map(|id| product(id, "Phone thing").meaning(pointing(north(id), 0.1)));
    rebuild(&shop.index, &again, "4");
    assert_eq!(ids(&shop.search(&meaning_north("phone"))), ["a", "c", "b"]);
}

#[test]
fn explanations_tell_both_ranks() {
    let shop = shop_of_phones();
    let page = shop.search(&Query { explain: true, ..meaning_north("phone") });
    let told = page.hits.iter().map(|hit| {
        let meaning = hit.explanation.as_ref().unwrap().meaning.unwrap();
        let known = meaning.known.map(|known| (known.by_meaning, format!("{:.1}", known.similarity)));
        (hit.id.as_str(), meaning.by_words, known)
    });
    let told: Vec<_> = told.collect();
    let known = |rank, similarity: &str| Some((rank, similarity.to_owned()));
    assert_eq!(
        told,
        [
            ("cell", 2, known(1, "1.0")),
            ("case", 1, known(3, "-1.0")),
            ("charger", 3, known(2, "0.1")),
            ("unknown", 4, None),
        ]
    );
    let plain = shop.search(&Query { explain: true, ..asking("phone") });
    assert!(plain.hits.iter().all(|hit| hit.explanation.as_ref().unwrap().meaning.is_none()));
}
