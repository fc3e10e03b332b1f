//! The index is left, lost, old or made anew, and is right again.

use super::*;

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
    let done = shop.fixture.block_on(reindex(&shop.sources(), shop.dir.path(), &progress)).expect("a reindex");
    assert_eq!(done, Reindexed::Done(7));
    assert_eq!(*told.borrow(), [(0, 7), (7, 7)]);

    // While somebody else has the index, that one is asked.
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!((kept.titles("").len(), kept.generation()), (7, 1));
    let asked = shop.fixture.block_on(reindex(&shop.sources(), shop.dir.path(), &|_| {})).expect("a wish");
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
    let settings = Settings {
        dir: shop.dir.path().join("index"),
        commit_interval: Duration::ZERO,
        writer_memory_bytes: 16 << 20,
        poll_interval: Duration::from_millis(5),
    };
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
    let settings = Settings {
        dir: shop.dir.path().to_path_buf(),
        commit_interval: Duration::from_millis(10),
        writer_memory_bytes: 16 << 20,
        poll_interval: Duration::from_millis(10),
    };
    let search = Search::start(shop.sources(), &settings).expect("a search");
    testdb::eventually("something heard", || search.heard());
    shop.fixture.own.sql("alter table outbox rename to mislaid");
    // A rebuild asks for the products alone; between two of them a step was tried.
    let try_a_step = || {
        for _ in 0..2 {
            shop.fixture.block_on(search.rebuild()).expect("a rebuild");
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
