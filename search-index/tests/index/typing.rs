//! One thing, however it is typed; and who types all of a title or a code, means that product.

use search_index::{Matching, Query};

use crate::fixture::{Described, Fixture, asking, ids, product};

/// For every way in which a shop may have written it, every way in which it may be typed.
#[test]
fn written_one_way_and_typed_another() {
    let mut wrong = Vec::new();
    let mut check = |written: &[&str], typed: &[&str]| {
        for title in written {
            let shop = Fixture::with(&[
                product("meant", &format!("Acme {title} black")),
                product("other", "Acme 32 TB hard tea phone 13 shirt 2111 silver"),
            ]);
            for text in typed {
                let page = shop.search(&Query { explain: true, ..asking(text) });
                let tiers = page.hits.iter().map(|hit| (hit.id.as_str(), hit.explanation.as_ref().unwrap().tier));
                let tiers: Vec<_> = tiers.collect();
                if tiers.first() != Some(&("meant", "all_words")) || page.matching == Matching::Nothing {
                    wrong.push(format!("{title:?} by {text:?}: {:?} {tiers:?}", page.matching));
                }
            }
        }
    };
    check(&["64GB", "64 GB", "64-GB", "64 Gb"], &["64gb", "64 gb", "64 GB", "64-GB", "acme 64gb", "64GB black"]);
    check(&["XPS 13", "XPS-13", "XPS13"], &["xps 13", "XPS-13", "xps13", "black xps 13"]);
    check(&["TN-2110", "TN 2110", "TN2110"], &["tn-2110", "tn 2110", "TN2110", "tn2110 black"]);
    check(&["WH-1000XM4", "WH 1000XM4", "WH1000XM4"], &["wh-1000xm4", "wh 1000xm4", "WH1000XM4"]);
    check(&["Head Phones", "Head-Phones"], &["head phones", "head-phones", "headphones", "headphone"]);
    check(&["Headphones"], &["headphones", "head phones", "HEADPHONE", "head-phones"]);
    check(&["T-Shirt", "Tshirt"], &["t-shirt", "tshirt", "t shirt", "T-SHIRTS"]);
    check(&["15.6\" Screen", "15.6 inch Screen", "15.6-inch screen"], &["15.6\" screen", "15.6 inch screen"]);
    check(&["10,000 mAh", "10000 mAh", "10000mAh"], &["10000mah", "10,000 mah", "10000 mah"]);
    check(&["Wi-Fi Router", "WiFi Router"], &["wifi router", "wi-fi router", "wi fi router"]);
    check(&["Crème Brûlée", "Creme brulee", "CRÈME BRÛLÉE"], &["creme brulee", "crème brûlée", "Creme Brûlée"]);
    check(&["Levi's 501", "Levis 501"], &["levis 501", "levi's 501", "Levi’s 501"]);
    check(&["iPhone 7", "iPhone7", "iPhone-7"], &["iphone 7", "iphone7"]);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn all_of_a_code_or_a_title_comes_first() {
    let shop = Fixture::with(&[
        // Better by every other measure than what is meant.
        product("louder", "Brother TN-2110 toner Brother TN 2110 toner 4006381333931").brand("Brother").popular(1_000),
        product("cover", "Cover for the Kindle Voyage").popular(1_000).rated(500),
        product("toner", "Black toner").codes(&["TN-2110", "4006381333931"]).sold_out(),
        product("kindle", "Kindle, Voyage (2014)").sold_out(),
        product("kindle-short", "Kindle").sold_out(),
    ]);
    let check = |text: &str, expected: &str| {
        let page = shop.search(&Query { explain: true, ..asking(text) });
        assert_eq!(
            (page.hits[0].id.as_str(), page.hits[0].explanation.as_ref().unwrap().tier),
            (expected, "exact"),
            "{text}"
        );
        assert_ne!(page.matching, Matching::Nothing, "{text}");
    };
    for text in ["tn-2110", "TN 2110", "Tn2110", " tn2110 ", "4006381333931", "400-6381-333931"] {
        check(text, "toner");
    }
    for text in ["kindle voyage 2014", "Kindle Voyage (2014)", "KINDLE   voyage, 2014"] {
        check(text, "kindle");
    }
    check("kindle", "kindle-short");
    assert_eq!(ids(&shop.search(&asking("Kindles cover")))[0], "cover");
}

#[test]
fn small_words_are_all_there_is_to_some_titles() {
    let shop = Fixture::with(&[
        product("it", "It"),
        product("who", "The Who"),
        product("be", "To be or not to be"),
        product("the", "The The"),
        product("king", "The king of the hill"),
        product("hamlet", "Hamlet, to whom it is not given to be the king"),
    ]);
    let check = |text: &str, expected: &str| {
        let page = shop.search(&asking(text));
        assert_eq!(ids(&page).first(), Some(&expected), "{text}");
    };
    check("It", "it");
    check("the who", "who");
    check("who", "who");
    check("to be or not to be", "be");
    check("or not to be", "be");
    check("the the", "the");
    check("king of the hill", "king");
    check("the hill", "king");
}
