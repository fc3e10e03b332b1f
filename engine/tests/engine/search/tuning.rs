//! A store says how it is searched.

use engine::audit::Actor;
use engine::postgres::Database;
use engine::search::{Error, Language, Ranking, Tuning, TuningPatch};

use super::*;

fn started(shop: &Shop) -> Search {
    let search = Search::start(shop.sources(), &settings(shop.dir.path())).expect("a search");
    testdb::eventually("an index", || search.heard());
    search
}

fn patch(shop: &Shop, search: &Search, expected: Option<i64>, patch: TuningPatch) -> Result<Tuning, Error> {
    shop.fixture.block_on(search.change_tuning(STORE, Actor::SHOP, expected, patch))
}

#[test]
fn what_is_left_out_stays_and_whoever_saw_another_version_changes_nothing() {
    let shop = Shop::new();
    let search = started(&shop);
    let was = shop.fixture.block_on(search.tuning(STORE)).expect("a tuning");
    assert_eq!((was.language, was.ranking, was.version), (Language::English, Ranking::default(), 1));
    let popularity = |percent| TuningPatch { popularity: Some(percent), ..TuningPatch::default() };
    let is = patch(&shop, &search, Some(1), popularity(70)).expect("a change");
    assert_eq!((is.ranking, is.version), (Ranking { popularity: 70, ..Ranking::default() }, 2));
    assert_eq!(shop.fixture.block_on(search.tuning(STORE)).expect("a tuning"), is);
    for (expected, wish) in [(Some(1), popularity(80)), (None, popularity(1_001))] {
        patch(&shop, &search, expected, wish).expect_err("refused");
        assert_eq!(shop.fixture.block_on(search.tuning(STORE)).expect("a tuning"), is);
    }
    shop.fixture.block_on(search.close());
}

#[test]
fn in_another_language_the_index_is_made_anew_and_serves_all_the_while() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let search = started(&shop);
    let generation = || match search.status() {
        search_index::Status::Ready { generation, .. } => generation,
        search_index::Status::NeedsRebuild(reason) => panic!("{reason}"),
    };
    let find = || search.search(STORE, Query { text: "lamp".to_owned(), ..Query::default() }).map(|page| page.total);
    testdb::eventually("the lamp", || (find().ok()? == 1).then_some(()));
    let before = generation();
    let german = TuningPatch { language: Some("de".to_owned()), ..TuningPatch::default() };
    patch(&shop, &search, None, german).expect("a change");
    testdb::eventually("another generation", || {
        assert_eq!(find().expect("an answer"), 1, "it is found in the language in which it was written");
        (generation() > before).then_some(())
    });
    let made = generation();
    // The weights alone are no reason to.
    patch(&shop, &search, None, TuningPatch { rating: Some(3), ..TuningPatch::default() }).expect("a change");
    shop.product(titled("Table", "T-1"));
    testdb::eventually("the table", || {
        let found = search.search(STORE, Query { text: "table".to_owned(), ..Query::default() }).ok()?;
        (found.total == 1).then_some(())
    });
    assert_eq!(generation(), made);
    shop.fixture.block_on(search.close());
    drop(search);
    // Whoever asks first is asked in it too, before the database has said a word.
    let io = testdb::Io::start();
    let nowhere = Database::new("postgresql://127.0.0.1:1/nowhere", 1, io.handle().clone());
    let sources = Sources::new(nowhere, shop.catalog.clone(), Arc::clone(&shop.fixture.clock) as Arc<dyn Clock>);
    let search = Search::start(sources, &settings(shop.dir.path())).expect("a search");
    let found = search.search(STORE, Query { text: "lamp".to_owned(), ..Query::default() }).expect("an answer");
    assert_eq!(found.total, 1);
    shop.fixture.block_on(search.close());
}
