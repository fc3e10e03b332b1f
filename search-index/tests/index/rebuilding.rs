//! A new generation beside the old one.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use search_index::{Error, ProductDocument, Query, Status};

use crate::fixture::{Fixture, ids, product, query, rebuild};

fn generations(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
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
    assert_eq!(generations(shop.dir.path()), ["generation-9"]);
}

#[test]
fn a_writer_of_the_old_generation_is_told_to_leave() {
    let shop = Fixture::with(&[product("a", "A")]);
    let mut writer = shop.index.writer().unwrap();
    rebuild(&shop.index, &[product("b", "B")], "1");
    assert!(matches!(writer.upsert(&product("c", "C")), Err(Error::Superseded)));
    assert!(matches!(writer.delete("b", 9), Err(Error::Superseded)));
    assert!(matches!(writer.commit("2"), Err(Error::Superseded)));
    // Its generation goes with it.
    assert_eq!(generations(shop.dir.path()), ["generation-1", "generation-2"]);
    drop(writer);
    assert_eq!(generations(shop.dir.path()), ["generation-2"]);
    shop.write(&[product("c", "C")], "2");
    assert_eq!(ids(&shop.search(&query())), ["b", "c"]);
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
