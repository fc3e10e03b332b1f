//! A new generation beside the old one.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use search_index::{Availability, Error, ProductDocument, Query, Status};

use crate::fixture::{Described, Fixture, ids, product, query, rebuild};

fn generations(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut generations: Vec<String> = entries.filter(|name| name.starts_with("generation-")).collect();
    generations.sort();
    generations
}

#[test]
fn searches_go_on_while_the_index_is_replaced_under_them() {
    let documents =
        |count: usize| -> Vec<ProductDocument> { (0..count).map(|n| product(&format!("p{n}"), "Mug")).collect() };
    let shop = Fixture::with(&documents(50));
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let searchers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut searched = 0;
                    while !ended.load(Ordering::Acquire) || searched == 0 {
                        let page = shop.search(&Query { text: "mug".to_owned(), ..query() });
                        // One generation or another, never a mixture or a hole.
                        assert!(page.total >= 50 && page.total.is_multiple_of(10), "{}", page.total);
                        assert_eq!(page.hits.len(), 25);
                        assert!(page.hits.iter().all(|hit| !hit.stored.is_empty()));
                        searched += 1;
                    }
                    searched
                })
            })
            .collect();
        for round in 1..=8 {
            rebuild(&shop.index, &documents(50 + 10 * round), "again");
        }
        ended.store(true, Ordering::Release);
        for searcher in searchers {
            assert!(searcher.join().unwrap() > 0);
        }
    });
    assert_eq!(shop.search(&query()).total, 130);
    assert_eq!(generations(shop.dir.path()), ["generation-8", "generation-9"], "the last one and the one before");
}

#[test]
fn a_writer_of_the_old_generation_is_told_to_leave() {
    let shop = Fixture::with(&[product("a", "A")]);
    let mut writer = shop.index.writer().unwrap();
    rebuild(&shop.index, &[product("b", "B")], "1");
    assert!(matches!(writer.upsert(&product("c", "C")), Err(Error::Superseded)));
    assert!(matches!(writer.delete("b", 9), Err(Error::Superseded)));
    assert!(matches!(writer.commit("2"), Err(Error::Superseded)));
    // Its generation stays as the one before, and goes with it when there is another.
    assert_eq!(generations(shop.dir.path()), ["generation-1", "generation-2"]);
    rebuild(&shop.index, &[product("b", "B")], "1");
    assert_eq!(generations(shop.dir.path()), ["generation-1", "generation-2", "generation-3"]);
    drop(writer);
    assert_eq!(generations(shop.dir.path()), ["generation-2", "generation-3"]);
    shop.write(&[product("c", "C")], "2");
    assert_eq!(ids(&shop.search(&query())), ["b", "c"]);
}

#[test]
fn what_happens_while_it_is_filled_is_added_before_it_takes_over() {
    let shop = Fixture::with(&[product("a", "A"), product("gone", "G")]);
    let mut next = shop.index.rebuild_with_memory(16 << 20).unwrap();
    for document in [product("a", "A"), product("b", "B"), product("gone", "G")] {
        next.add(&document).unwrap();
    }
    // The old one is written and searched all the while.
    shop.write(&[product("c", "C")], "1");
    next.settle().unwrap();
    assert_eq!(ids(&shop.search(&query())), ["a", "c", "gone"]);
    next.add(&ProductDocument { stored: "later".to_owned(), ..product("a", "A").version(2) }).unwrap();
    next.add(&product("c", "C")).unwrap();
    next.delete("gone", 2).unwrap();
    next.delete("never", 2).unwrap();
    next.delete("b", 2).unwrap();
    next.add(&product("b", "B").version(3)).unwrap();
    assert_eq!(next.products(), 3);
    next.finish("2").unwrap();
    let page = shop.search(&query());
    assert_eq!((ids(&page), page.hits[0].stored.as_str()), (vec!["a", "b", "c"], "later"));
    // What was deleted is remembered, so that a late word of it is not believed.
    let mut writer = shop.index.writer().unwrap();
    assert_eq!(writer.upsert(&product("gone", "G")).unwrap(), search_index::Written::Stale { indexed: 2 });
}

#[test]
fn what_is_said_of_stock_while_it_is_filled_holds_in_the_new_one() {
    let shop = Fixture::with(&[product("a", "A"), product("b", "B")]);
    let say = |id, availability| shop.index.set_availability([(id, availability)]).unwrap();
    let told = || shop.search(&query()).hits.iter().map(|hit| hit.availability).collect::<Vec<_>>();
    say("a", Availability::Low);
    let mut next = shop.index.rebuild().unwrap();
    for id in ["a", "b", "c"] {
        next.add(&product(id, "A")).unwrap();
    }
    say("b", Availability::Low);
    next.settle().unwrap();
    say("b", Availability::SoldOut);
    say("c", Availability::SoldOut);
    next.add(&product("d", "D")).unwrap();
    say("d", Availability::Low);
    next.finish("1").unwrap();
    let mut shown = told();
    shown.sort();
    assert_eq!(shown, [Availability::SoldOut, Availability::SoldOut, Availability::Low, Availability::Low]);
    say("b", Availability::InStock);
    assert!(told().contains(&Availability::InStock));
    // One that is given up leaves nothing behind either.
    let mut given_up = shop.index.rebuild().unwrap();
    given_up.settle().unwrap();
    drop(given_up);
    say("a", Availability::SoldOut);
    rebuild(&shop.index, &[product("a", "A")], "2");
    assert_eq!(told(), [Availability::SoldOut]);
}

#[test]
fn one_that_was_settled_and_never_finished_is_not_taken_for_an_index() {
    let shop = Fixture::with(&[product("a", "A")]);
    let mut next = shop.index.rebuild().unwrap();
    next.add(&product("b", "B")).unwrap();
    next.settle().unwrap();
    let left = shop.dir.path().join("generation-2");
    let copy = shop.dir.path().join("copy");
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(&left).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    drop(next);
    // As a process leaves it that is killed there, and nothing says which one was in charge.
    fs::rename(copy, left).unwrap();
    fs::remove_file(shop.dir.path().join("CURRENT")).unwrap();
    let shop = shop.reopen();
    assert_eq!(ids(&shop.search(&query())), ["a"]);
}

#[test]
fn the_documents_of_an_index_can_be_counted_one_by_one() {
    let shop = Fixture::with(&[product("a", "A"), product("b", "B")]);
    let mut writer = shop.index.writer().unwrap();
    let _ = writer.delete("b", 2).unwrap();
    let _ = writer.upsert(&product("c", "C").version(7)).unwrap();
    writer.commit("1").unwrap();
    let mut there = Vec::new();
    shop.index.each_id(|id| there.push(id.to_owned())).unwrap();
    there.sort();
    assert_eq!(there, ["a", "c"]);
    assert_eq!(shop.index.get("c").unwrap().map(|indexed| indexed.version), Some(7));
    assert_eq!(shop.index.get("a").unwrap().map(|indexed| indexed.stored), Some(product("a", "A").stored));
    for absent in ["b", "d"] {
        assert_eq!(shop.index.get(absent).unwrap(), None);
    }
    shop.index.set_availability([("a", Availability::SoldOut)]).unwrap();
    assert_eq!(shop.index.get("a").unwrap().map(|indexed| indexed.availability), Some(Availability::SoldOut));
    assert!(shop.index.bytes_on_disk() > 0);
}

#[test]
fn an_abandoned_rebuild_leaves_nothing_behind() {
    let shop = Fixture::with(&[product("a", "A")]);
    let mut abandoned = shop.index.rebuild().unwrap();
    abandoned.add(&product("b", "B")).unwrap();
    assert!(matches!(shop.index.rebuild(), Err(Error::RebuildRunning)));
    // The old one is written meanwhile.
    shop.write(&[product("c", "C")], "1");
    drop(abandoned);
    assert_eq!(generations(shop.dir.path()), ["generation-1"]);
    assert_eq!(ids(&shop.search(&query())), ["a", "c"]);
    rebuild(&shop.index, &[], "2");
    assert_eq!(shop.search(&query()).total, 0);
}

#[test]
fn of_several_with_one_id_the_last_stays() {
    let later = ProductDocument { stored: "later".to_owned(), ..product("a", "A") };
    let shop = Fixture::with(&[product("a", "A"), later]);
    let page = shop.search(&query());
    assert_eq!((page.total, page.hits[0].stored.as_str()), (1, "later"));
}

#[test]
fn the_new_generation_is_there_at_the_next_start() {
    let shop = Fixture::with(&[product("a", "A")]);
    rebuild(&shop.index, &[product("b", "B")], "event 5");
    let shop = shop.reopen();
    let watermark = Some("event 5".to_owned());
    assert_eq!(shop.index.status(), Status::Ready { generation: 2, documents: 1, watermark });
    assert_eq!(ids(&shop.search(&query())), ["b"]);
}
