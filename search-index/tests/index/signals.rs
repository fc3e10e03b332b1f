//! What a shop knows of a product beside its words.

use search_index::{Availability, Query, Ranking};

use crate::fixture::{Described, Fixture, asking, ids, product};

const DAY_MS: i64 = 86_400_000;
const NOW_MS: i64 = 1_000 * DAY_MS;

fn shop() -> Fixture {
    Fixture::with(&[
        product("plain", "Red mug"),
        product("wanted", "Red mug").popular(1_000),
        product("half-wanted", "Red mug").popular(500),
        product("liked", "Red mug").rated(500),
        product("disliked", "Red mug").rated(150),
        product("new", "Red mug").created(NOW_MS),
        product("newish", "Red mug").created(NOW_MS - 30 * DAY_MS),
        product("gone", "Red mug").popular(600).sold_out(),
        product("partly", "Mug").popular(1_000).rated(500).created(NOW_MS),
    ])
}

#[test]
fn each_signal_moves_a_product_by_its_weight_and_none_out_of_its_place() {
    let shop = shop();
    let check = |ranking: Ranking, expected: &[&str]| {
        let page = shop.search(&Query { ranking, now_ms: NOW_MS + 1_000, ..asking("red mug") });
        assert_eq!(ids(&page), expected, "{ranking:?}");
    };
    let none = Ranking { popularity: 0, rating: 0, newness: 0, newness_half_life_days: 30, sold_out: 0 };
    let equal = ["disliked", "gone", "half-wanted", "liked", "new", "newish", "plain", "wanted", "partly"];
    check(none, &equal);
    check(
        Ranking { sold_out: 20, ..none },
        &["disliked", "half-wanted", "liked", "new", "newish", "plain", "wanted", "gone", "partly"],
    );
    check(
        Ranking { popularity: 30, ..none },
        &["wanted", "gone", "half-wanted", "disliked", "liked", "new", "newish", "plain", "partly"],
    );
    check(
        Ranking { rating: 10, ..none },
        &["liked", "disliked", "gone", "half-wanted", "new", "newish", "plain", "wanted", "partly"],
    );
    check(
        Ranking { newness: 5, ..none },
        &["new", "newish", "disliked", "gone", "half-wanted", "liked", "plain", "wanted", "partly"],
    );
    check(
        Ranking::default(),
        &["wanted", "half-wanted", "liked", "new", "newish", "disliked", "plain", "gone", "partly"],
    );
}

#[test]
fn sold_out_sinks_at_once_and_is_still_found() {
    let shop = shop();
    let asked = Query { now_ms: NOW_MS, ..asking("red mug") };
    assert_eq!(ids(&shop.search(&asked))[0], "wanted");
    shop.index.set_availability([("half-wanted", Availability::SoldOut)]).unwrap();
    let page = shop.search(&asked);
    let place = |id: &str| ids(&page).iter().position(|found| *found == id).unwrap();
    assert!(place("half-wanted") > place("plain"), "{:?}", ids(&page));
    assert!(place("half-wanted") < place("partly"), "{:?}", ids(&page));
}
