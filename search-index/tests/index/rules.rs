//! Pins, boosts and buries: when they apply, what they do, and what they leave alone.

use std::sync::Arc;

use search_index::{
    Effect, Filters, Language, Matching, Merchandising, Paging, ProductDocument, Query, Rules, Sort, Target, When,
};

use crate::fixture::{Described, Fixture, asking, ids, owned, product, query, shown};

fn pin(when: When, ids: &[&str]) -> Merchandising {
    Merchandising { name: "pin".to_owned(), when, effect: Effect::Pin(owned(ids)) }
}

fn weigh(when: When, target: Target, percent: u32) -> Merchandising {
    Merchandising { name: format!("weigh {percent}"), when, effect: Effect::Weigh { target, percent } }
}

fn of(rules: Vec<Merchandising>) -> Arc<Rules> {
    Arc::new(Rules::new(Vec::new(), rules))
}

fn is(text: &str) -> When {
    When::Is(text.to_owned())
}

fn contains(text: &str) -> When {
    When::Contains(text.to_owned())
}

fn brand(slug: &str) -> Target {
    Target::Brand(slug.to_owned())
}

fn shop() -> Fixture {
    Fixture::with(&[
        product("a", "Gaming mouse").brand("Acme").category("mice").created(9).price(500),
        product("b", "Gaming mouse").brand("Best").category("mice").created(8).price(400),
        product("c", "Gaming mouse").brand("Cheap").category("mice").created(7).price(300).attribute("colour", "pink"),
        product("d", "Office mouse").brand("Acme").category("mice").created(6).price(200),
        product("pad", "Gaming pad").brand("Acme").category("pads").created(5).price(100),
        product("lamp", "Lamp").brand("Best").category("lamps").created(4).price(50),
        product("gone", "Gaming mouse").brand("Best").created(3).sold_out(),
        product("foreign", "Gaming mouse").brand("Acme").store("other"),
        product("french", "Gaming mouse").brand("Acme").language(Language::French),
    ])
}

#[test]
fn pins_stand_first_in_their_order() {
    let shop = shop();
    let check = |rules: Vec<Merchandising>, text: &str, expected: &[&str]| {
        let page = shop.search(&Query { rules: of(rules), ..asking(text) });
        assert_eq!(ids(&page), expected, "{text}");
        assert_eq!(page.total, expected.len() as u64, "{text}");
    };
    check(vec![], "gaming mouse", &["a", "b", "c", "gone", "d", "pad"]);
    // Whatever their words, in stock or not.
    check(
        vec![pin(is("gaming mouse"), &["lamp", "gone", "c"])],
        "gaming mouse",
        &["lamp", "gone", "c", "a", "b", "d", "pad"],
    );
    // What two rules pin stands where the first puts it.
    check(
        vec![pin(contains("mouse"), &["c", "b"]), pin(contains("gaming"), &["pad", "c"])],
        "gaming mouse",
        &["c", "b", "pad", "a", "gone", "d"],
    );
    // Before an exact hit.
    check(vec![pin(is("lamp"), &["d"])], "lamp", &["d", "lamp"]);
    // What is not here leaves no hole, and does not leak.
    check(vec![pin(is("lamp"), &["nowhere", "foreign", "french", "d"])], "lamp", &["d", "lamp"]);
    // Pinned beats left out.
    check(vec![weigh(When::Always, brand("best"), 0), pin(is("lamp"), &["lamp"])], "lamp", &["lamp"]);
    shop.delete("d", 2);
    check(vec![pin(is("lamp"), &["d"])], "lamp", &["lamp"]);
}

#[test]
fn pins_obey_filters_and_are_counted_with_them() {
    let shop = shop();
    let rules = of(vec![pin(contains("mouse"), &["lamp", "d"])]);
    let filters = Filters { brands: owned(&["acme"]), ..Filters::default() };
    let page = shop.search(&Query { rules, filters, ..asking("mouse") });
    assert_eq!((ids(&page), page.total), (vec!["d", "a"], 2));
    assert_eq!(shown(&page, "brand"), "best 3, acme* 2, cheap 1");
    let rules = of(vec![pin(When::Always, &["lamp", "d"])]);
    let filters = Filters { categories: owned(&["mice"]), ..Filters::default() };
    let page = shop.search(&Query { rules, filters, ..query() });
    assert_eq!((ids(&page), page.total), (vec!["d", "a", "b", "c"], 4));
}

#[test]
fn rules_apply_to_the_texts_that_they_name() {
    let shop = shop();
    let check = |when: When, text: &str, applies: bool| {
        let page = shop.search(&Query { rules: of(vec![pin(when.clone(), &["lamp"])]), ..asking(text) });
        assert_eq!(ids(&page).first() == Some(&"lamp"), applies, "{when:?} {text:?}");
    };
    check(is("gaming mouse"), "Gaming MOUSES", true);
    check(is("gaming mouse"), "mouse, gaming", true);
    check(is("gaming mouse"), "the gaming mouse", true);
    check(is("gaming mouse"), "mouse", false);
    check(is("gaming mouse"), "gaming mouse pink", false);
    check(contains("gaming mouse"), "pink gaming mouse", true);
    check(contains("gaming mouse"), "gaming", false);
    // The small words of a rule are as small as those of a text.
    check(is("a mouse for the gaming"), "mouse for gaming", true);
    check(contains("mouse for gaming"), "gaming mouse pink", true);
    check(is("The mouse"), "mouse", true);
    // Repeated words are one.
    check(is("mouse mouse"), "mouse", true);
    check(When::Always, "mouse", true);
    check(When::Always, "", true);
    check(is(""), "", false);
    check(is("--"), "mouse", false);
    check(contains(""), "mouse", false);
}

#[test]
fn weights_move_products_among_those_that_match_alike() {
    let shop = shop();
    let check = |rules: Vec<Merchandising>, expected: &[&str]| {
        let page = shop.search(&Query { rules: of(rules), ..asking("gaming mouse") });
        assert_eq!(ids(&page), expected);
        assert_eq!(page.total, expected.len() as u64);
    };
    let always = || When::Always;
    check(vec![weigh(always(), brand("cheap"), 150)], &["c", "a", "b", "gone", "d", "pad"]);
    check(vec![weigh(always(), brand("acme"), 50)], &["b", "c", "gone", "a", "d", "pad"]);
    check(vec![weigh(always(), Target::Product("b".to_owned()), 120)], &["b", "a", "c", "gone", "d", "pad"]);
    let pink = Target::Attribute { key: "colour".to_owned(), value: "pink".to_owned() };
    check(vec![weigh(contains("gaming"), pink, 110)], &["c", "a", "b", "gone", "d", "pad"]);
    // No weight lifts what has some of the words above what has all.
    check(vec![weigh(always(), Target::Category("pads".to_owned()), 100_000)], &["a", "b", "c", "gone", "pad", "d"]);
    check(vec![weigh(always(), Target::Category("mice".to_owned()), 1)], &["gone", "a", "b", "c", "pad", "d"]);
    // Several multiply.
    check(
        vec![weigh(always(), brand("best"), 200), weigh(always(), Target::Product("b".to_owned()), 25)],
        &["gone", "a", "c", "b", "d", "pad"],
    );
    // Nothing is left of what weighs nothing.
    check(vec![weigh(always(), brand("acme"), 0)], &["b", "c", "gone"]);
    // What nothing has, or another store has, moves nothing.
    check(vec![weigh(always(), brand("nobody"), 0)], &["a", "b", "c", "gone", "d", "pad"]);
    check(vec![weigh(always(), Target::Product("foreign".to_owned()), 0)], &["a", "b", "c", "gone", "d", "pad"]);
}

#[test]
fn what_is_left_out_is_not_counted_either() {
    let shop = shop();
    let page = shop.search(&Query { rules: of(vec![weigh(When::Always, brand("acme"), 0)]), ..asking("gaming") });
    assert_eq!((page.total, shown(&page, "brand").as_str()), (3, "best 2, cheap 1"));
    let page = shop.search(&Query { rules: of(vec![weigh(When::Always, brand("best"), 0)]), ..asking("lamp") });
    assert_eq!((page.total, page.matching), (0, Matching::Nothing));
    let mice = Filters { categories: owned(&["mice"]), ..Filters::default() };
    let left = |rules: Vec<Merchandising>| {
        let page = shop.search(&Query { rules: of(rules), filters: mice.clone(), ..query() });
        shown(&page, "category")
    };
    assert_eq!(left(vec![]), "mice* 4, lamps 1, pads 1");
    assert_eq!(left(vec![weigh(When::Always, brand("acme"), 50)]), "mice* 4, lamps 1, pads 1");
    assert_eq!(left(vec![weigh(When::Always, brand("acme"), 0)]), "mice* 2, lamps 1");
}

#[test]
fn a_pin_for_every_text_is_no_good_result_for_every_text() {
    let shop = shop();
    let always = of(vec![pin(When::Always, &["lamp"])]);
    for text in ["zeppelin", "zeppelin hangar", "🎈"] {
        let page = shop.search(&Query { rules: always.clone(), ..asking(text) });
        assert_eq!((ids(&page), page.matching), (vec!["lamp"], Matching::Nothing), "{text}");
    }
    let page = shop.search(&Query { rules: always.clone(), ..asking("mosue") });
    assert_eq!(
        (ids(&page)[0], page.matching, page.did_you_mean.as_deref()),
        ("lamp", Matching::AllWords, Some("mouse"))
    );
}

#[test]
fn listings_without_text_know_pins_and_weights() {
    let shop = shop();
    let check = |rules: Vec<Merchandising>, expected: &[&str]| {
        let page = shop.search(&Query { rules: of(rules), ..query() });
        assert_eq!(ids(&page), expected);
    };
    check(vec![], &["a", "b", "c", "d", "pad", "lamp", "gone"]);
    check(vec![pin(When::Always, &["gone", "pad"])], &["gone", "pad", "a", "b", "c", "d", "lamp"]);
    check(vec![weigh(When::Always, brand("cheap"), 120)], &["c", "a", "b", "d", "pad", "lamp", "gone"]);
    check(vec![weigh(When::Always, brand("acme"), 90)], &["b", "c", "lamp", "gone", "a", "d", "pad"]);
    check(vec![weigh(When::Always, brand("acme"), 0)], &["b", "c", "lamp", "gone"]);
    check(
        vec![pin(is("mouse"), &["lamp"]), weigh(contains("mouse"), brand("acme"), 0)],
        &["a", "b", "c", "d", "pad", "lamp", "gone"],
    );
}

#[test]
fn who_asks_for_an_order_gets_it() {
    let shop = shop();
    let rules = of(vec![pin(When::Always, &["lamp"]), weigh(When::Always, brand("acme"), 0)]);
    let check = |text: &str, sort: &[Sort], expected: &[&str]| {
        let page = shop.search(&Query { rules: rules.clone(), sort: sort.to_vec(), ..asking(text) });
        assert_eq!(ids(&page), expected, "{text} {sort:?}");
    };
    // But for what the shop leaves out.
    check("mouse", &[Sort::PriceAscending], &["c", "b", "gone"]);
    check("", &[Sort::PriceAscending], &["lamp", "c", "b", "gone"]);
    // Relevance only decides between equals.
    check("mouse", &[Sort::PriceAscending, Sort::Relevance], &["c", "b", "gone"]);
    check("mouse", &[Sort::Relevance], &["lamp", "b", "c", "gone"]);
}

/// Through what is pinned, boosted, exact, has all words and some, over three segments.
#[test]
fn paging_goes_through_all_of_it_once() {
    let many = |range: std::ops::Range<u32>| -> Vec<ProductDocument> {
        let title = |n: u32| ["Red mug", "Mug", "Red plate", "Blue mug of stone"][n as usize % 4];
        let one = |n: u32| {
            let brand = ["Acme", "Best", "Cheap"][n as usize % 3];
            product(&format!("p{:02}", n * 7 % 60), title(n)).brand(brand).popular(n * 31 % 1_000)
        };
        range.map(one).collect()
    };
    let shop = Fixture::with(&many(0..25));
    shop.write(&many(25..45), "1");
    shop.write(&many(45..60), "2");
    let rules = of(vec![
        pin(contains("mug"), &["p59", "p03", "p30", "p11"]),
        weigh(When::Always, brand("acme"), 300),
        weigh(When::Always, brand("cheap"), 20),
        pin(When::Always, &["p40"]),
    ]);
    for text in ["red mug", "mug", "red stone mug", ""] {
        let asked = Query { rules: rules.clone(), paging: Paging::Page { page: 1, limit: 200 }, ..asking(text) };
        let whole = shop.search(&asked);
        let expected: Vec<String> = whole.hits.iter().map(|hit| hit.id.clone()).collect();
        assert_eq!(expected.len() as u64, whole.total);
        if text.contains("mug") {
            assert_eq!(&expected[..5], ["p59", "p03", "p30", "p11", "p40"], "{text}");
        }
        for limit in [1, 3, 7] {
            let mut seen: Vec<String> = Vec::new();
            let mut paging = Paging::Page { page: 1, limit };
            loop {
                let page = shop.search(&Query { paging, ..asked.clone() });
                assert_eq!((page.total, page.matching), (whole.total, whole.matching), "{text}");
                seen.extend(page.hits.iter().map(|hit| hit.id.clone()));
                match page.next_cursor {
                    Some(cursor) => paging = Paging::Cursor { cursor, limit },
                    None => break,
                }
            }
            assert_eq!(seen, expected, "{text} by {limit}");
        }
    }
}
