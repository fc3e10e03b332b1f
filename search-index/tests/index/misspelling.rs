//! What is mistyped: how far it is looked past, what is said about it, and what is said where nothing is found.

use search_index::{Filters, Matching, Paging, ProductDocument, Query, Sort};

use crate::fixture::{Described, Fixture, asking, ids, product};

fn shop() -> Fixture {
    let mut documents = vec![
        product("keyboard", "Mechanical keyboard").category("computers/keyboards").brand("Logitech"),
        product("mouse", "Wireless mouse").category("computers/mice").brand("Logitech"),
        product("mouse-pad", "Mouse pad").category("computers/mice"),
        product("lamp", "Desk lamp").category("home/lamps"),
        product("t-shirt", "Blue T-shirt"),
        product("ramp", "Ramp").category("home/stairs"),
        product("drive", "Hard drive 2000 rpm").category("computers/drives").codes(&["WD2000"]),
        product("house", "Bird house").category("garden").described("For birds and a lesser mouse."),
        product("cat", "Cat food").category("pets"),
    ];
    documents.extend((0..60).map(|n| product(&format!("radio{n:02}"), "Kitchen radio").category("audio/radios")));
    documents.push(product("typo", "Kitchen raadio").category("audio/radios"));
    Fixture::with(&documents)
}

#[test]
fn by_how_many_letters_depends_on_the_length_and_the_first_one_counts() {
    let shop = shop();
    let check = |text: &str, expected: &[&str], did_you_mean: Option<&str>| {
        let page = shop.search(&asking(text));
        assert_eq!(ids(&page), expected, "{text}");
        assert_eq!(page.did_you_mean.as_deref(), did_you_mean, "{text}");
    };
    // From four letters one, from eight two; swapped neighbours are one.
    check("mosue", &["mouse", "mouse-pad", "house"], Some("mouse"));
    check("moue", &["mouse", "mouse-pad", "house"], Some("mouse"));
    check("moe", &[], None);
    check("keybaordd", &["keyboard"], Some("keyboard"));
    check("kyboad", &[], None);
    check("keybrad", &[], None);
    check("keyyboaard", &["keyboard"], Some("keyboard"));
    check("keyyyboaard", &[], None);
    // One letter away from a lamp and from a ramp: the one that begins alike, alone.
    check("lmap", &["lamp"], Some("lamp"));
    check("rammp", &["ramp"], Some("ramp"));
    // Short ones never.
    check("cta", &[], None);
    // Numbers and codes never.
    check("2001", &[], None);
    check("wd2001", &[], None);
    check("WD-2000", &["drive"], None);
    // With hyphens, as in one word.
    check("t-shrit", &["t-shirt"], Some("tshirt"));
    check("key-baord", &["keyboard"], Some("keyboard"));
    check("x-zeppelin", &[], None);
    // Two words in one.
    check("mousepad", &["mouse-pad"], Some("mouse pad"));
    check("desklamp", &["lamp"], Some("desk lamp"));
    check("logitech keyborad", &["keyboard", "mouse"], Some("logitech keyboard"));
}

#[test]
fn rare_spellings_are_found_and_the_usual_one_is_told() {
    let page = shop().search(&asking("raadio"));
    assert_eq!((ids(&page), page.did_you_mean.as_deref()), (vec!["typo"], Some("radio")));
    assert!(page.unknown_words.is_empty());
    // Nothing is told where enough is found as it was typed.
    assert_eq!(shop().search(&asking("radio")).did_you_mean, None);
}

#[test]
fn what_nobody_has_is_named() {
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(shop().search(&asking(text)).unknown_words, expected, "{text}");
    };
    check("Zeppelin mouse", &["zeppelin"]);
    check("mosue for a CÄT", &["mosue"]);
    check("mouse", &[]);
}

#[test]
fn nothing_good_is_said_plainly_with_where_to_look_instead() {
    let shop = shop();
    let check = |text: &str, matching: Matching, categories: &[&str]| {
        let page = shop.search(&asking(text));
        let closest: Vec<&str> = page.closest_categories.iter().map(|bucket| bucket.value.as_str()).collect();
        assert_eq!((page.matching, closest), (matching, categories.to_vec()), "{text}: {:?}", ids(&page));
    };
    check("zeppelin engine oil for mice", Matching::Nothing, &["mice"]);
    check("xylophone", Matching::Nothing, &[]);
    check("🎺", Matching::Nothing, &[]);
    check("mouse", Matching::AllWords, &[]);
    check("wireless mouse pad", Matching::SomeWords, &[]);
    check("", Matching::Everything, &[]);
}

#[test]
fn whether_it_was_any_good_does_not_depend_on_the_page_that_is_looked_at() {
    let mut documents: Vec<ProductDocument> =
        (0..40).map(|n| product(&format!("stand{n:02}"), "Stand").price(n).created(n)).collect();
    documents.extend((0..5).map(|n| product(&format!("tripod{n}"), "Carbon tripod").price(1_000 + n)));
    let shop = Fixture::with(&documents);
    let asked = Query { paging: Paging::Page { page: 1, limit: 12 }, ..asking("carbon tripod stand") };
    let first = shop.search(&asked);
    assert_eq!(first.matching, Matching::SomeWords);
    let mut next = first.next_cursor;
    while let Some(cursor) = next {
        let page = shop.search(&Query { paging: Paging::Cursor { cursor, limit: 12 }, ..asked.clone() });
        assert_eq!((page.matching, page.closest_categories.len()), (Matching::SomeWords, 0));
        next = page.next_cursor;
    }
    for sort in [Sort::PriceAscending, Sort::Oldest, Sort::TitleDescending] {
        let page = shop.search(&Query { sort: vec![sort], ..asked.clone() });
        assert_eq!(page.matching, Matching::SomeWords, "{sort}");
    }
    let dear = Filters { price_max: Some(30), ..Filters::default() };
    assert_eq!(shop.search(&Query { filters: dear, ..asked }).matching, Matching::SomeWords);
}
