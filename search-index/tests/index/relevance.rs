//! Which products a text finds, and in which order: a table.

use search_index::{Matching, ProductDocument, Query, Sort};

use crate::fixture::{Described, Fixture, ids, product, query};

fn shop() -> Vec<ProductDocument> {
    vec![
        product("mouse", "Wireless Gaming Mouse").brand("Razer").category("electronics/mice"),
        product("keyboard", "Mechanical Gaming Keyboard").brand("Razer").category("electronics/keyboards"),
        product("pad", "Mouse Pad").brand("Acme").category("electronics/accessories"),
        product("laptop", "Ultrabook 13")
            .brand("Dell")
            .category("electronics/laptops")
            .described("Comes with a wireless mouse in the box."),
        product("bag", "Laptop Bag").brand("Targus").category("bags").tags(&["commuter"]),
        product("cable", "HDMI Cable 2 m").brand("Acme").codes(&["HDMI-2M", "4006381333931"]),
        product("adapter", "HDMI 2M Adapter for HDMI 2M").brand("Acme").codes(&["AD-1"]),
        product("speaker", "Speaker").attribute("bluetooth", "yes").attribute("color", "Crème"),
        product("radio", "Kitchen Radio").attribute("bluetooth", "no").attribute("color", "Red"),
        product("gone", "Wireless Gaming Mouse").brand("Razer").category("electronics/mice").sold_out(),
    ]
}

#[test]
fn finds_in_this_order() {
    let shop = Fixture::with(&shop());
    let mut wrong = Vec::new();
    let mut check = |text: &str, expected: &[&str]| {
        let page = shop.search(&Query { text: text.to_owned(), ..query() });
        if ids(&page) != expected || page.total != expected.len() as u64 {
            wrong.push(format!("{text:?}: {:?}, of {}", ids(&page), page.total));
        }
    };
    // What it is called before what it comes with; sold out below its equal.
    check("mouse", &["pad", "mouse", "gone", "laptop"]);
    // All words first, wherever they stand, then some of them, a title before a description.
    check("wireless mouse", &["mouse", "gone", "laptop", "pad"]);
    check("razer mouse", &["mouse", "gone", "pad", "keyboard", "laptop"]);
    // Plural, case, accents, word forms.
    check("MICE KEYBOARDS", &["keyboard", "mouse", "gone"]);
    check("creme", &["speaker"]);
    check("laptops", &["bag", "laptop"]);
    // Tags and categories.
    check("commuter", &["bag"]);
    check("accessories", &["pad"]);
    // A yes is searched by its name, a no is not there.
    check("bluetooth", &["speaker"]);
    // Whole codes win, in any case, and nothing is guessed beside them.
    check("hdmi-2m", &["cable", "adapter"]);
    check("hdmi 2m", &["cable", "adapter"]);
    check(" 4006381333931 ", &["cable"]);
    // Small words say nothing beside others.
    check("the bag for a laptop", &["bag", "laptop"]);
    // Nothing.
    check("zeppelin", &[]);
    check("--", &[]);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_hyphen_may_be_there_or_not() {
    let shop = Fixture::with(&[
        product("hyphen", "Blue T-Shirt"),
        product("joined", "Blue Tshirt"),
        product("parts", "Letter T on a Shirt"),
        product("code", "Ink").codes(&["PG-50"]),
    ]);
    let check = |text: &str, expected: &[&str]| {
        let mut found: Vec<String> = Vec::new();
        let page = shop.search(&Query { text: text.to_owned(), ..query() });
        found.extend(ids(&page).into_iter().map(str::to_owned));
        found.sort();
        assert_eq!(found, expected, "{text}");
    };
    check("t-shirt", &["hyphen", "joined", "parts"]);
    check("T-shirts", &["hyphen", "joined", "parts"]);
    check("tshirt", &["hyphen", "joined"]);
    check("pg50", &["code"]);
    check("pg-50", &["code"]);
}

#[test]
fn a_word_that_nobody_has_is_read_as_those_like_it() {
    let shop = Fixture::with(&shop());
    let check = |text: &str, expected: &[&str], unknown: &[&str]| {
        let page = shop.search(&Query { text: text.to_owned(), ..query() });
        assert_eq!(ids(&page), expected, "{text}");
        assert_eq!(page.unknown_words, unknown, "{text}");
    };
    check("Keybaord", &["keyboard"], &["keybaord"]);
    check("razr keyboard", &["keyboard", "mouse", "gone"], &["razr"]);
    check("lpatop bag", &["bag", "laptop"], &["lpatop"]);
    // Known words are meant, however rare; short ones and codes are not guessed at.
    check("keyboard", &["keyboard"], &[]);
    check("bgg", &[], &[]);
    check("hdmi2n", &[], &[]);
}

#[test]
fn tells_how_the_words_were_used() {
    let shop = Fixture::with(&shop());
    let check = |text: &str, matching| {
        let page = shop.search(&Query { text: text.to_owned(), ..query() });
        assert_eq!(page.matching, matching, "{text}");
    };
    check("", Matching::Everything);
    check("mouse", Matching::AllWords);
    check("razer mouse", Matching::SomeWords);
}

#[test]
fn what_most_products_have_finds_nothing_where_something_rarer_does() {
    let shop = Fixture::with(&[
        product("shelf", "Shelf 80 cm"),
        product("table", "Table 80 cm"),
        product("lamp", "Lamp 20 cm"),
        product("desk", "Desk without measures"),
    ]);
    let check = |text: &str, expected: &[&str]| {
        let page = shop.search(&Query { text: text.to_owned(), ..query() });
        assert_eq!(ids(&page), expected, "{text}");
    };
    check("lamp 30 cm", &["lamp"]);
    // With it, more of the words are met.
    check("80 table cm desk", &["table", "desk", "shelf"]);
    // Nobody has anything rarer.
    check("zeppelin cm", &["lamp", "shelf", "table"]);
}

#[test]
fn a_sorted_list_holds_full_matches_only_where_there_are_any() {
    let shop = Fixture::with(&shop());
    let check = |text: &str, expected: &[&str]| {
        let sort = vec![Sort::TitleAscending];
        let page = shop.search(&Query { text: text.to_owned(), sort, ..query() });
        assert_eq!(ids(&page), expected, "{text}");
    };
    check("razer mouse", &["gone", "mouse"]);
    check("zeppelin mouse", &["pad", "laptop", "gone", "mouse"]);
}

#[test]
fn without_text_shows_what_can_be_bought_then_the_newest() {
    let shop = Fixture::with(&[
        product("old", "A").created(1),
        product("new-but-gone", "B").created(9).sold_out(),
        product("newer", "C").created(5),
        product("same-day-b", "D").created(3),
        product("same-day-a", "E").created(3),
    ]);
    let page = shop.search(&query());
    assert_eq!(ids(&page), ["newer", "same-day-a", "same-day-b", "old", "new-but-gone"]);
}

#[test]
fn stores_that_use_one_slug_keep_their_own_names_for_it() {
    let mut foreign = product("foreign", "Mouse").brand("acme").category("mice").attribute("color", "red");
    // After the own one in every order, so that whatever it left behind would be seen.
    foreign.store = "zz".to_owned();
    let shop =
        Fixture::with(&[product("own", "Mouse").brand("Acme").category("mice").attribute("color", "red"), foreign]);
    let page = shop.search(&query());
    let brand = page.facets.iter().find(|facet| facet.key == "brand").unwrap();
    assert_eq!((brand.buckets[0].label.as_str(), brand.buckets[0].count), ("Acme", 1));
}

#[test]
fn another_stores_products_are_never_found() {
    let mut foreign = product("foreign", "Mouse").category("electronics/mice").codes(&["M-1"]);
    foreign.store = "other".to_owned();
    let shop = Fixture::with(&[product("own", "Mouse"), foreign]);
    for text in ["", "mouse", "M-1", "foreign"] {
        let page = shop.search(&Query { text: text.to_owned(), ..query() });
        assert!(!ids(&page).contains(&"foreign"), "{text}");
        assert!(page.facets.iter().all(|facet| facet.key != "category"), "{text}");
    }
}
