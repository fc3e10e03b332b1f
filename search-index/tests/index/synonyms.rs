//! Words that mean the same in a shop, one way and both ways.

use std::sync::Arc;

use search_index::{Matching, Query, Rules, Synonym};

use crate::fixture::{Described, Fixture, asking, ids, owned, product};

fn synonym(words: &[&str], means: &[&str]) -> Synonym {
    Synonym { words: owned(words), means: owned(means) }
}

#[test]
fn a_word_finds_what_it_means_here() {
    let shop = Fixture::with(&[
        product("laptop", "Slim laptop"),
        product("notebook", "Slim notebook"),
        product("paper", "Paper notepad"),
        product("telly", "OLED television"),
        product("flat", "Flat screen 50 inch"),
        product("hdd", "Seagate HDD"),
        product("hard", "Hard drive enclosure"),
        product("hard-hat", "Hard hat"),
        product("stick", "USB stick 64 GB"),
        product("bag", "Bag for the beach"),
        product("tote", "Tote"),
        product("cup", "Mug"),
    ]);
    let rules = Arc::new(Rules::new(
        vec![
            synonym(&["laptop", "Notebooks"], &[]),
            synonym(&["notepad"], &["notebook"]),
            synonym(&["TV", "television", "flat screen"], &[]),
            synonym(&["hard drive"], &["HDD"]),
            synonym(&["flash drive", "pen drive"], &["usb stick"]),
            synonym(&["bag for the beach", "tote"], &[]),
            synonym(&["", "..."], &["everything"]),
            synonym(&["beaker"], &["goblet"]),
        ],
        Vec::new(),
    ));
    let mut wrong = Vec::new();
    let mut check = |text: &str, expected: &[&str]| {
        let page = shop.search(&Query { rules: rules.clone(), ..asking(text) });
        if ids(&page) != expected {
            wrong.push(format!("{text:?}: {:?}", ids(&page)));
        }
    };
    // Both ways; what was typed before what it means.
    check("laptop", &["laptop", "notebook"]);
    check("notebooks", &["notebook", "laptop"]);
    check("slim laptops", &["laptop", "notebook"]);
    // One way.
    check("notepad", &["paper", "notebook"]);
    check("paper", &["paper"]);
    // Several words, on either side, in any form, and not one of them alone.
    check("tv", &["flat", "telly"]);
    check("flat screens", &["flat", "telly"]);
    check("oled tv", &["telly", "flat"]);
    check("flat", &["flat"]);
    check("hard drives", &["hard", "hdd", "hard-hat"]);
    check("hdd", &["hdd"]);
    check("hard hat", &["hard-hat", "hard"]);
    check("flash drive", &["stick", "hard"]);
    check("pen drive 64gb", &["stick", "hard"]);
    // Small words in them are small there, too.
    check("bag for the beach", &["bag", "tote"]);
    check("beach bag", &["bag"]);
    check("tote", &["tote", "bag"]);
    // A meaning that nobody has neither hides nor finds anything.
    check("beaker", &[]);
    check("mug", &["cup"]);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_synonym_counts_a_little_less_than_the_word_itself() {
    let shop = Fixture::with(&[product("sofa", "Corner sofa"), product("couch", "Corner couch").popular(300)]);
    let rules = Arc::new(Rules::new(vec![synonym(&["sofa", "couch"], &[])], Vec::new()));
    let score = |text: &str, id: &str| {
        let page = shop.search(&Query { rules: rules.clone(), explain: true, ..asking(text) });
        assert_eq!(page.matching, Matching::AllWords);
        let hit = page.hits.iter().find(|hit| hit.id == id).unwrap().clone();
        let word = hit.explanation.unwrap().words.remove(0);
        (word.matched.unwrap(), word.score)
    };
    let ((itself, own), (other, by_synonym)) = (score("sofa", "sofa"), score("couch", "sofa"));
    assert_eq!((itself.as_str(), other.as_str()), ("sofa", "sofa"));
    assert!(by_synonym < own && by_synonym > own * 0.8, "{own} {by_synonym}");
}
