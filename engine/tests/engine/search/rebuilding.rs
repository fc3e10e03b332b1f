//! The index is left, lost, old or made anew, and is right again.

use super::*;

impl Shop {
    /// While somebody has the index.
    fn wish_for_rebuild(&self) {
        let sources = self.sources();
        let asked = reindex(&sources, self.dir.path(), Pace::default(), &|_| {});
        assert_eq!(self.fixture.block_on(asked).expect("a wish"), Reindexed::Requested);
    }
}

#[test]
fn it_goes_on_where_it_was_left() {
    let shop = Shop::new();
    let (_, variants) = shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    shop.product(titled("Table", "T-1"));
    // Heard, and lost before the commit.
    kept.step();
    drop(kept);
    shop.product(titled("Chair", "C-1"));
    shop.stock(&variants[0], 3, 0);
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!(kept.titles(""), ["Chair", "Lamp", "Table"]);
    assert_eq!(kept.availability("lamp"), Availability::Low);
    assert_eq!(kept.generation(), 1, "without building anew");
    drop(kept);
    // Nothing happened, but stock is only in memory and has to be told again.
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!(kept.availability("lamp"), Availability::Low);
}

#[test]
fn an_index_that_is_older_than_the_outbox_or_of_another_database_is_built_anew() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    drop(kept);
    let backup = tempfile::tempdir().expect("a directory");
    copy(shop.dir.path(), backup.path());

    shop.product(titled("Table", "T-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    drop(kept);
    // What happened since may be pruned, so the old copy cannot be brought up to date by the outbox.
    shop.fixture.own.sql("delete from outbox");
    let mut restored = Kept::open_in(&shop, backup.path());
    restored.catch_up();
    assert_eq!((restored.titles(""), restored.generation()), (vec!["Lamp".to_owned(), "Table".to_owned()], 2));
    let restored_as = restored.consumer();
    drop(restored);

    let other = Shop::new();
    other.product(titled("Chair", "C-1"));
    // It has an index too, so that only its name can tell that this is not it.
    let outbox = engine::outbox::Outbox::new(other.fixture.database.clone());
    let saved = outbox.save_cursor(&restored_as, engine::outbox::Position::default());
    other.fixture.block_on(saved).expect("a cursor");
    let mut taken = Kept::open_in(&other, backup.path());
    taken.catch_up();
    assert_eq!(taken.titles(""), ["Chair"]);
}

#[test]
fn a_reindex_fills_a_new_generation_and_tells_how_far_it_is() {
    let shop = Shop::new();
    for n in 0..7 {
        shop.product(titled(&format!("Lamp {n}"), &format!("L-{n}")));
    }
    let told = std::cell::RefCell::new(Vec::new());
    let progress = |progress: Progress| told.borrow_mut().push((progress.done, progress.total));
    let pace = Pace { memory_bytes: 16 << 20, ..Pace::default() };
    let done = shop.fixture.block_on(reindex(&shop.sources(), shop.dir.path(), pace, &progress)).expect("a reindex");
    assert_eq!(done, Reindexed::Done(7));
    // Read, merged, caught up.
    assert_eq!(*told.borrow(), [(0, 7), (7, 7), (7, 7), (7, 7)]);

    // While somebody else has the index, that one is asked.
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!((kept.titles("").len(), kept.generation()), (7, 1));
    let asked = shop.fixture.block_on(reindex(&shop.sources(), shop.dir.path(), pace, &|_| {})).expect("a wish");
    assert_eq!(asked, Reindexed::Requested);
    kept.catch_up();
    assert_eq!((kept.titles("").len(), kept.generation()), (7, 2));
    kept.catch_up();
    assert_eq!(kept.generation(), 2, "once");
}

#[test]
fn the_thread_builds_the_index_and_keeps_it() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let settings = settings(&shop.dir.path().join("index"));
    let search = Search::start(shop.sources(), &settings).expect("a search");
    let find = |text: &str| -> Option<Results> {
        let found = search.search(STORE, Query { text: text.to_owned(), ..Query::default() });
        found.ok().filter(|results| results.total == 1)
    };
    let results = testdb::eventually("the lamp", || find("lamp"));
    assert_eq!(results.products[0].card.title, "Lamp");
    shop.product(titled("Table", "T-1"));
    search.wake();
    testdb::eventually("the table", || find("table"));
    assert_eq!(shop.fixture.block_on(search.rebuild()).expect("a rebuild"), 2);
    assert!(search.is_ready());
    shop.fixture.block_on(search.close());
    drop(search);
    assert!(Index::open(settings.dir).is_ok(), "its directory is free again");
}

#[test]
fn what_was_heard_last_grows_old_while_something_is_wrong() {
    let shop = Shop::new();
    let search = Search::start(shop.sources(), &settings(shop.dir.path())).expect("a search");
    testdb::eventually("something heard", || search.heard());
    shop.fixture.own.sql("alter table outbox rename to mislaid");
    // A rebuild is begun by one step, and its end told by another; a third was tried in between.
    let try_a_step = || {
        for _ in 0..2 {
            shop.fixture.block_on(search.rebuild()).expect_err("what changed meanwhile cannot be heard");
        }
    };
    try_a_step();
    let last = search.heard().expect("it is remembered");
    shop.fixture.clock.advance(TimeDelta::minutes(1));
    try_a_step();
    assert_eq!(search.heard(), Some(last));
    shop.fixture.block_on(search.close());
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).expect("a directory");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[test]
fn the_old_index_goes_on_hearing_while_the_new_one_is_filled_and_nothing_is_gone_when_it_takes_over() {
    let shop = Shop::new();
    for n in 0..40 {
        shop.product(titled(&format!("Lamp {n}"), &format!("L-{n}")));
    }
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    let wish = |kept: &mut Kept| {
        shop.wish_for_rebuild();
        kept.step();
        assert!(kept.indexer.is_building());
    };
    for round in 0..5 {
        wish(&mut kept);
        let mut made = 0;
        while kept.indexer.is_building() {
            let title = format!("Table {round} {made}");
            let (product, variants) = shop.product(titled(&title, &format!("T-{round}-{made}")));
            shop.stock(&variants[0], 2, 0);
            made += 1;
            kept.step();
            kept.step();
            shop.fixture.block_on(kept.indexer.flush()).expect("a commit");
            // Whichever serves: it was heard of.
            assert_eq!(kept.index.get(&product.id.to_string()).expect("an answer").map(|_| ()), Some(()), "{title}");
            assert_eq!(kept.availability(&format!("T-{round}-{made}", made = made - 1)), Availability::Low);
        }
        kept.catch_up();
        assert_eq!(kept.generation(), 2 + round);
        assert!(kept.compared().is_equal(), "{:?}", kept.compared());
    }
}

#[test]
fn what_moves_just_before_the_new_one_takes_over_is_known() {
    let shop = Shop::new();
    let (_, lamps) = shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    shop.wish_for_rebuild();
    kept.step();
    testdb::eventually("the new index", || kept.indexer.is_built().then_some(()));
    // It was read before, and whoever hears it next begins behind it.
    shop.stock(&lamps[0], 9, 0);
    kept.step();
    assert_eq!((kept.generation(), kept.availability("lamp")), (2, Availability::InStock));
}

#[test]
fn a_wish_for_a_new_index_outlives_the_process_that_heard_it() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    shop.wish_for_rebuild();
    kept.step();
    shop.fixture.block_on(kept.indexer.flush()).expect("a commit");
    assert_eq!(kept.generation(), 1, "it is heard and not done");
    drop(kept);
    let mut kept =
        testdb::eventually("the directory", || Index::open(shop.dir.path()).ok().map(drop).map(|()| Kept::open(&shop)));
    kept.catch_up();
    assert_eq!(kept.generation(), 2);
    kept.catch_up();
    assert_eq!(kept.generation(), 2, "once");
}

#[test]
fn the_generation_before_serves_while_a_damaged_one_is_made_anew() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    shop.wish_for_rebuild();
    kept.catch_up();
    shop.product(titled("Table", "T-1"));
    kept.catch_up();
    assert_eq!((kept.generation(), kept.titles("")), (2, vec!["Lamp".to_owned(), "Table".to_owned()]));
    drop(kept);
    std::fs::write(shop.dir.path().join("generation-2/meta.json"), "{").expect("damage");
    let mut kept = Kept::open(&shop);
    assert_eq!((kept.generation(), kept.titles("")), (1, vec!["Lamp".to_owned()]), "what there was before");
    kept.catch_up();
    assert_eq!(kept.titles(""), ["Lamp", "Table"]);
    assert_eq!((kept.generation(), kept.index.damage()), (2, None));
    assert!(kept.compared().is_equal());
}

#[test]
fn what_sold_out_while_nothing_was_heard_is_known_when_the_new_one_takes_over() {
    let shop = Shop::new();
    let (_, lamps) = shop.product(titled("Lamp", "L-1"));
    shop.stock(&lamps[0], 9, 0);
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    shop.wish_for_rebuild();
    kept.catch_up();
    assert_eq!(kept.generation(), 2);
    let damaged = kept.consumer();
    damage(&shop, 2);
    let found = kept.index.search(&Query { store: STORE.to_string(), text: "lamp".to_owned(), ..Query::default() });
    let is_for_later = matches!(found, Err(search_index::Error::NotBuilt(_)));
    assert!(is_for_later && kept.index.is_suspected(), "{found:?}");
    // The generation before serves, and its place in the outbox is forgotten.
    kept.step();
    assert!(kept.index.damage().is_some() && kept.indexer.is_building());
    assert_eq!(kept.generation(), 1);
    shop.stock(&lamps[0], 9, 9);
    kept.catch_up();
    assert_eq!((kept.index.damage(), kept.availability("lamp")), (None, Availability::SoldOut));
    let left = format!("select count(*) from outbox_cursors where consumer = '{damaged}'");
    assert_eq!(shop.fixture.own.number(left), 0);
    // Another one in the same moment: that the first was looked at says nothing of it.
    damage(&shop, kept.generation());
    let found = kept.index.search(&Query { store: STORE.to_string(), text: "lamp".to_owned(), ..Query::default() });
    assert!(found.is_err() && kept.index.is_suspected(), "{found:?}");
    kept.step();
    assert_eq!((kept.generation(), kept.titles("lamp")), (1, vec!["Lamp".to_owned()]));
}

/// Its texts are overwritten while it serves.
fn damage(shop: &Shop, generation: u64) {
    for entry in std::fs::read_dir(shop.dir.path().join(format!("generation-{generation}"))).expect("a directory") {
        let file = entry.expect("an entry").path();
        if file.extension().is_some_and(|extension| extension == "store") {
            let bytes = std::fs::metadata(&file).expect("its size").len();
            let file = std::fs::OpenOptions::new().write(true).open(file).expect("a file");
            std::os::unix::fs::FileExt::write_all_at(&file, &vec![0xff; usize::try_from(bytes).expect("small")], 0)
                .expect("damage");
        }
    }
}

#[test]
fn a_comparison_tells_what_is_missing_left_over_and_different() {
    let shop = Shop::new();
    let (lamp, _) = shop.product(titled("Lamp", "L-1"));
    let (table, _) = shop.product(titled("Table", "T-1"));
    let (stool, stools) = shop.product(titled("Stool", "S-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!(kept.compared(), Comparison { same: 3, ..Comparison::default() });
    shop.change(&lamp, ProductPatch { title: Some("Lantern".to_owned()), ..ProductPatch::default() });
    shop.change(&table, ProductPatch { status: Some(ProductStatus::Draft), ..ProductPatch::default() });
    let (chair, _) = shop.product(titled("Chair", "C-1"));
    shop.stock(&stools[0], 9, 0);
    let compared = kept.compared();
    assert_eq!(compared.missing, [chair.id.to_string()]);
    assert_eq!(compared.left_over, [table.id.to_string()]);
    let mut different = [lamp.id.to_string(), stool.id.to_string()];
    different.sort_unstable();
    assert_eq!(compared.different, different);
    kept.catch_up();
    assert!(kept.compared().is_equal());
}
