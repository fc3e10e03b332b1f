//! An explanation is not a story told about a score: the score can be reckoned from it.

use std::sync::Arc;

use search_index::{
    Availability, Effect, Explanation, Hit, Matching, Merchandising, Page, ProductDocument, Query, Rules, Synonym,
    Target, When,
};

use crate::fixture::{Described, Fixture, asking, owned, product, query};

fn shop() -> Fixture {
    let mut documents = vec![
        product("exact", "Gaming mouse").brand("Acme"),
        product("mouse", "Acme gaming mouse with cable").brand("Acme").popular(700).rated(450).category("mice"),
        product("office", "Office mouse").brand("Best").created(1_000_000).described("Not for gaming."),
        product("pad", "Pad").tags(&["mouse"]).attribute("size", "64 GB").sold_out(),
        product("tech", "Head phones XPS-13").brand("Best").attribute("memory", "64GB").popular(10),
        product("tech-too", "Headphones for XPS").described("13 pieces of 64 GB, and a gaming cable").popular(10),
        product("notebook", "Notebook").brand("Cheap"),
    ];
    documents.extend((0..5).map(|n| product(&format!("filler{n}"), "Gaming chair and table")));
    Fixture::with(&documents)
}

fn rules() -> Arc<Rules> {
    let weigh = |name: &str, slug: &str, percent| Merchandising {
        name: name.to_owned(),
        when: When::Always,
        effect: Effect::Weigh { target: Target::Brand(slug.to_owned()), percent },
    };
    let pin = Merchandising {
        name: "first".to_owned(),
        when: When::Contains("cable".to_owned()),
        effect: Effect::Pin(owned(&["pad"])),
    };
    let synonym = Synonym { words: owned(&["laptop", "notebook"]), means: Vec::new() };
    Arc::new(Rules::new(vec![synonym], vec![weigh("more", "acme", 150), weigh("less", "best", 40), pin]))
}

fn explained(text: &str) -> Page {
    shop().search(&Query { rules: rules(), explain: true, now_ms: 2_000_000, ..asking(text) })
}

#[expect(clippy::float_arithmetic, reason = "reckons scores")]
fn reckoned(explanation: &Explanation, matching: Matching) -> f32 {
    let tier = match (explanation.tier, matching) {
        ("exact", _) => 20_000.0,
        ("all_words", Matching::SomeWords | Matching::Nothing) => 2_000.0,
        ("all_words" | "some_words", _) => 0.0,
        (other, _) => panic!("{other}"),
    };
    let factor = |name: &str| explanation.factors.iter().find(|factor| factor.name == name).unwrap().factor;
    let gains: f32 = ["popularity", "rating", "newness"].iter().map(|name| factor(name) - 1.0).sum();
    let known = ["availability", "popularity", "rating", "newness"];
    let rules: f32 = explanation
        .factors
        .iter()
        .filter(|factor| !known.contains(&factor.name.as_str()))
        .map(|factor| factor.factor)
        .product();
    tier + explanation.text * factor("availability") * (1.0 + gains) * rules
}

#[expect(clippy::float_arithmetic, reason = "compares scores")]
fn is_near(a: f32, b: f32) -> bool {
    (a - b).abs() <= 0.001 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn scores_are_the_sum_of_what_is_told() {
    let texts = [
        "gaming mouse",
        "mouse",
        "gaming",
        "xps 13",
        "xps-13",
        "64gb",
        "64 gb mouse",
        "head phones",
        "laptop",
        "mosue",
        "gaming mouse xps-13 64 gb",
        "acme cable",
        "zeppelin gaming mouse",
        "laptop xps-13",
        "notebook",
    ];
    let mut wrong = Vec::new();
    for text in texts {
        let page = explained(text);
        assert!(!page.hits.is_empty(), "{text}");
        for Hit { id, score, explanation, .. } in &page.hits {
            let explanation = explanation.as_ref().unwrap();
            if explanation.tier == "pinned" {
                continue;
            }
            let words: f32 = explanation.words.iter().map(|word| word.score).sum();
            if !is_near(words, explanation.text) || !is_near(reckoned(explanation, page.matching), *score) {
                wrong.push(format!("{text:?} {id}: words {words}, score {score}, {explanation:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn tells_the_tier_the_words_and_the_rules() {
    let check = |text: &str, id: &str, expected: &str| {
        let page = explained(text);
        let hit = page.hits.iter().find(|hit| hit.id == id).unwrap();
        let explanation = hit.explanation.as_ref().unwrap();
        let words = explanation.words.iter().map(|word| {
            let matched = word.matched.as_deref().unwrap_or("nothing");
            format!("{} as {matched} in {}", word.typed, word.fields.join("+"))
        });
        let rules = explanation.factors.iter().skip(4).map(|factor| format!("{} {}", factor.name, factor.factor));
        let told: Vec<String> = words.chain(rules).collect();
        assert_eq!(format!("{}: {}", explanation.tier, told.join("; ")), expected, "{text} {id}");
    };
    check("gaming mouse", "exact", "exact: gaming as game in title; mouse as mous in title; more 1.5");
    check("gaming mouse", "office", "all_words: gaming as game in description; mouse as mous in title; less 0.4");
    check("gaming mouse", "pad", "some_words: gaming as nothing in ; mouse as mous in labels");
    check("mouse cable", "pad", "pinned: mouse as mous in labels; cable as nothing in ");
    check("laptop", "notebook", "all_words: laptop as notebook in title");
    check("xps13", "tech", "all_words: xps13 as xps13 in joined; less 0.4");
    check("xps 13", "tech-too", "all_words: xps 13 as xps 13 in title+description");
    check("mosue", "pad", "all_words: mosue as mous in labels");
    // A lesser part of what belongs together.
    check("xps-14", "tech-too", "some_words: xps-14 as xps in title");
}

#[test]
fn factors_are_what_signals_make_of_it() {
    let shop = shop();
    shop.index.set_availability([("mouse", Availability::SoldOut)]).unwrap();
    let page = shop.search(&Query { explain: true, now_ms: 0, ..asking("mouse") });
    let hit = page.hits.iter().find(|hit| hit.id == "mouse").unwrap();
    let factors: Vec<String> = hit
        .explanation
        .as_ref()
        .unwrap()
        .factors
        .iter()
        .map(|factor| format!("{} {:.2}", factor.name, factor.factor))
        .collect();
    assert_eq!(factors, ["availability 0.80", "popularity 1.21", "rating 1.08", "newness 1.05"]);
}

#[test]
fn without_text_there_is_nothing_but_rules() {
    let page = shop().search(&Query { explain: true, rules: rules(), ..query() });
    for hit in page.hits {
        let explanation = hit.explanation.unwrap();
        assert_eq!((explanation.tier, explanation.words.len()), ("everything", 0));
    }
    let documents: [ProductDocument; 0] = [];
    assert!(Fixture::with(&documents).search(&Query { explain: true, ..asking("mouse") }).hits.is_empty());
}
