//! Several stores and languages in one index: no word of one finds, corrects, completes or counts in another.

use search_index::{Filters, Language, Matching, ProductDocument, Query, Suggest};

use crate::fixture::{Described, Fixture, STORE, asking, ids, product, query, shown, typing};

/// One thing, in English and in German; and other things that only one of them has.
fn documents(store: &str) -> Vec<ProductDocument> {
    let id = |name: &str| format!("{store}-{name}");
    let english = |document: ProductDocument| document.store(store).language(Language::English);
    let german = |document: ProductDocument| document.store(store).language(Language::German);
    let mut mice = german(product(&id("maus"), "Kabellose Maus").category("mice").brand("Logi"));
    mice.categories[0].label = "Mäuse".to_owned();
    vec![
        english(product(&id("mouse"), "Wireless mouse").category("mice").brand("Logi").attribute("colour", "grey")),
        english(product(&id("gift"), "Gift box").category("boxes").brand("Giftly").codes(&["G-1"])),
        mice.attribute("colour", "grau"),
        german(product(&id("gift-de"), "Rattengift").category("gifte").brand("Giftig").codes(&["G-2"])),
        german(product(&id("boot"), "Boot").category("boote")),
    ]
}

fn in_german(query: Query) -> Query {
    Query { language: Language::German, ..query }
}

#[test]
fn each_language_of_a_store_finds_its_own() {
    let shop = Fixture::with(&documents(STORE));
    let check = |query: Query, expected: &[&str]| {
        let page = shop.search(&query);
        assert_eq!(ids(&page), expected, "{} {}", query.language, query.text);
        assert_eq!(page.total, expected.len() as u64);
    };
    check(asking("mouse"), &["store-mouse"]);
    check(in_german(asking("wireless")), &[]);
    check(in_german(asking("kabellosen Mäusen")), &["store-maus"]);
    check(asking("kabellose"), &[]);
    check(asking("boot"), &[]);
    check(in_german(asking("boote")), &["store-boot"]);
    check(asking("logi"), &["store-mouse"]);
    check(asking("g2"), &[]);
    check(in_german(asking("g2")), &["store-gift-de"]);
    check(query(), &["store-gift", "store-mouse"]);
    check(Query { language: Language::French, ..query() }, &[]);
}

#[test]
fn what_a_word_is_corrected_to_is_of_the_same_language() {
    let shop = Fixture::with(&documents(STORE));
    // Rattengift is two letters from this, and German.
    let page = shop.search(&asking("ratengift"));
    assert_eq!((ids(&page).len(), page.did_you_mean.as_deref(), page.matching), (0, None, Matching::Nothing));
    let page = shop.search(&in_german(asking("ratengift")));
    assert_eq!((ids(&page), page.did_you_mean.as_deref()), (vec!["store-gift-de"], Some("rattengift")));
}

#[test]
fn facets_are_named_and_counted_in_the_language_that_was_asked() {
    // Either language written last.
    for turned in [false, true] {
        let mut documents = documents(STORE);
        if turned {
            documents.reverse();
        }
        let shop = Fixture::with(&documents[..1]);
        shop.write(&documents[1..], "1");
        let label = |query: &Query| {
            let page = shop.search(query);
            let facet = page.facets.iter().find(|facet| facet.key == "category").unwrap().clone();
            facet.buckets.iter().find(|bucket| bucket.value == "mice").unwrap().label.clone()
        };
        assert_eq!(label(&query()), "mice");
        assert_eq!(label(&in_german(query())), "Mäuse");
        let page = shop.search(&query());
        assert_eq!(shown(&page, "category"), "boxes 1, mice 1");
        assert_eq!(shown(&page, "brand"), "giftly 1, logi 1");
        let german_only = Filters { brands: vec!["giftig".to_owned()], ..Filters::default() };
        let page = shop.search(&Query { filters: german_only, ..query() });
        assert_eq!((page.total, shown(&page, "brand").as_str()), (0, "giftly 1, logi 1"));
    }
}

#[test]
fn completions_are_of_the_same_store_and_language() {
    let other =
        ["Giftzwerg", "Giftshop"].map(|title| product(title, title).store("other").category(title).brand(title));
    let documents: Vec<ProductDocument> = documents(STORE).into_iter().chain(other).collect();
    let shop = Fixture::with(&documents);
    let check = |suggest: Suggest, queries: &[&str], products: &[&str], categories: &[&str], brands: &[&str]| {
        let found = shop.suggest(&suggest);
        let context = format!("{} {}", suggest.language, suggest.text);
        assert_eq!(found.queries, queries, "{context}");
        assert_eq!(found.products.iter().map(|product| product.id.as_str()).collect::<Vec<_>>(), products, "{context}");
        let labels = |names: &[search_index::SuggestedName]| -> Vec<String> {
            names.iter().map(|name| format!("{} {}", name.label, name.count)).collect()
        };
        assert_eq!(labels(&found.categories), categories, "{context}");
        assert_eq!(labels(&found.brands), brands, "{context}");
    };
    let german = |text: &str| Suggest { language: Language::German, ..typing(text) };
    check(typing("gift"), &["gift", "giftly"], &["store-gift"], &[], &["Giftly 1"]);
    check(german("gift"), &["gifte", "giftig"], &["store-gift-de"], &["gifte 1"], &["Giftig 1"]);
    check(typing("kabel"), &[], &[], &[], &[]);
    check(german("kabel"), &["kabellose"], &["store-maus"], &[], &[]);
    check(german("mäu"), &["maus", "mause"], &["store-maus"], &["Mäuse 1"], &[]);
    check(typing("log"), &["logi"], &["store-mouse"], &[], &["Logi 1"]);
    check(Suggest { store: "nobody".to_owned(), ..typing("gift") }, &[], &[], &[], &[]);
}

#[test]
fn nothing_of_another_store_is_found_counted_or_told() {
    let documents: Vec<ProductDocument> = ["one", "two"].iter().flat_map(|store| documents(store)).collect();
    let only: Vec<ProductDocument> = vec![
        product("secret", "Keyboard prototype").store("two").brand("Hidden").category("unreleased").codes(&["X-9"]),
    ];
    let shop = Fixture::with(&documents);
    shop.write(&only, "1");
    for text in ["", "keyboard", "keybaord", "prototype", "hidden", "X-9", "x9", "unreleased", "keyboard prototype"] {
        for explain in [false, true] {
            let page = shop.search(&Query { store: "one".to_owned(), explain, ..asking(text) });
            let told = format!("{page:?}").to_lowercase();
            assert!(!told.contains("two-") && !told.contains("secret"), "{text}: {told}");
            let typed = text.to_lowercase();
            assert!(typed.contains("hidden") || !told.contains("hidden"), "{text}: {told}");
            assert!(page.did_you_mean.is_none() && page.closest_categories.is_empty(), "{text}: {told}");
        }
        let found = shop.suggest(&Suggest { store: "one".to_owned(), ..typing(text) });
        let told = format!("{found:?}");
        assert!(text.is_empty() || found == search_index::Suggestions::default(), "{text}: {told}");
    }
}

/// A word is as rare as it is in its own store.
#[test]
fn how_much_a_word_says_does_not_depend_on_other_stores() {
    let own = |n: u32| {
        let title = if n.is_multiple_of(10) { "Red mug" } else { "Red cup" };
        product(&format!("p{n:02}"), title).store("own")
    };
    let own: Vec<ProductDocument> = (0..40).map(own).collect();
    let alone = Fixture::with(&own);
    let many = (0..400).map(|n| product(&format!("x{n}"), "Green plate with a long title to it").store("other"));
    let beside = Fixture::with(&own.into_iter().chain(many).collect::<Vec<_>>());
    let share = |shop: &Fixture| {
        let page = shop.search(&Query { store: "own".to_owned(), explain: true, ..asking("red mug") });
        let words = page.hits[0].explanation.clone().unwrap().words;
        f64::from(words[1].score) / f64::from(words[0].score)
    };
    let (alone, beside) = (share(&alone), share(&beside));
    assert!((alone - beside).abs() < 0.01, "{alone} {beside}");
}
