//! Upserts, deletions, versions and watermarks.

use search_index::{Error, Index, ProductDocument, Query, Status, Written};

use crate::fixture::{Described, Fixture, ids, product, query};

fn titles(shop: &Fixture) -> Vec<String> {
    let page = shop.search(&query());
    page.hits.iter().map(|hit| hit.stored.clone()).collect()
}

fn versioned(version: u64) -> ProductDocument {
    ProductDocument { stored: format!("v{version}"), ..product("a", "A").version(version) }
}

#[test]
fn writes_are_seen_at_commit_and_not_before() {
    let shop = Fixture::with(&[]);
    let mut writer = shop.index.writer().unwrap();
    assert_eq!(writer.upsert(&versioned(1)).unwrap(), Written::Accepted);
    assert_eq!((writer.waiting(), shop.search(&query()).total), (1, 0));
    writer.commit("1").unwrap();
    assert_eq!((writer.waiting(), shop.search(&query()).total), (0, 1));
    assert_eq!(titles(&shop), ["v1"]);
}

#[test]
fn the_later_version_wins_in_whatever_order_they_come() {
    // What is done, before or after a commit (|), and what stands in the end.
    let check = |story: &str, expected: &[&str]| {
        let shop = Fixture::with(&[]);
        let mut writer = shop.index.writer().unwrap();
        for step in story.split_whitespace() {
            let (deed, version) = step.split_at(1);
            let version = version.trim_end_matches('!').parse().unwrap_or(0);
            let written = match deed {
                "|" => {
                    writer.commit(step).unwrap();
                    continue;
                }
                "w" => writer.upsert(&versioned(version)).unwrap(),
                "d" => writer.delete("a", version).unwrap(),
                _ => panic!("{step}"),
            };
            // An exclamation mark: ignored.
            assert_eq!(matches!(written, Written::Stale { .. }), step.ends_with('!'), "{step} in {story}");
        }
        writer.commit("end").unwrap();
        assert_eq!(titles(&shop), expected, "{story}");
    };
    check("w1 w2", &["v2"]);
    check("w1 | w2", &["v2"]);
    check("w2 w1!", &["v2"]);
    check("w2 | w1!", &["v2"]);
    check("w2 | w2", &["v2"]);
    check("w2 | w3 w2!", &["v3"]);
    check("w2 d3", &[]);
    check("w2 | d3 |", &[]);
    check("w2 d1!", &["v2"]);
    check("w2 | d1!", &["v2"]);
    check("d3 w2!", &[]);
    check("d3 | w2!", &[]);
    check("w1 | d2 | w1! | w3", &["v3"]);
}

#[test]
fn stale_tells_the_version_that_is_known() {
    let shop = Fixture::with(&[versioned(7)]);
    let mut writer = shop.index.writer().unwrap();
    assert_eq!(writer.upsert(&versioned(6)).unwrap(), Written::Stale { indexed: 7 });
}

#[test]
fn documents_without_identity_are_refused() {
    let shop = Fixture::with(&[]);
    let mut writer = shop.index.writer().unwrap();
    let check = |result: Result<Written, Error>, expected: &str| match result {
        Err(Error::BadDocument { reason, .. }) => assert_eq!(reason, expected),
        other => panic!("{other:?}"),
    };
    check(writer.upsert(&product("", "A")), "its id is empty");
    check(writer.upsert(&product(&"x".repeat(129), "A")), "its id is too long");
    check(writer.upsert(&ProductDocument { store: String::new(), ..product("a", "A") }), "its store is empty");
    writer.commit("").unwrap();
    assert_eq!(shop.search(&query()).total, 0);
}

#[test]
fn anything_may_stand_in_the_texts() {
    let odd = "\u{1f}\0<b>&amp; \"'\u{202e}𝕏 ٣ 漢字";
    let mut document = product("a", odd).brand(odd).described(odd).codes(&[odd]).tags(&[odd]).attribute(odd, odd);
    document.stored = odd.to_owned();
    document.title.push_str(&"long".repeat(50_000));
    let shop = Fixture::with(&[document]);
    for text in [odd, "漢字", "\u{1f}", "long", "+-!(){}[]^\"~*?:\\/"] {
        shop.search(&Query { text: text.to_owned(), ..query() });
    }
    assert_eq!(shop.search(&query()).hits[0].stored, odd);
}

#[test]
fn documents_and_watermark_survive_the_next_start() {
    let shop = Fixture::with(&[versioned(1)]);
    let watermark = |shop: &Fixture| match shop.index.status() {
        Status::Ready { watermark, .. } => watermark.unwrap(),
        Status::NeedsRebuild(reason) => panic!("{reason}"),
    };
    assert_eq!(watermark(&shop), "start");
    shop.write(&[versioned(2)], "event 17");
    assert_eq!(watermark(&shop), "event 17");
    {
        let mut writer = shop.index.writer().unwrap();
        assert_eq!(writer.upsert(&versioned(3)).unwrap(), Written::Accepted);
    }
    let shop = shop.reopen();
    assert_eq!(watermark(&shop), "event 17");
    assert_eq!(titles(&shop), ["v2"]);
    // A commit may move nothing but the watermark.
    shop.index.writer().unwrap().commit("event 18").unwrap();
    assert_eq!(watermark(&shop.reopen()), "event 18");
}

#[test]
fn many_small_commits_stay_searchable() {
    let shop = Fixture::with(&[]);
    let mut writer = shop.index.writer().unwrap();
    for n in 0..30u64 {
        let document = product(&format!("p{}", n % 10), "Mug").version(n).brand(&format!("B{n}"));
        assert_eq!(writer.upsert(&document).unwrap(), Written::Accepted);
        writer.commit(&n.to_string()).unwrap();
        let page = shop.search(&Query { text: "mug".to_owned(), ..query() });
        assert_eq!(page.total, (n + 1).min(10));
    }
    let page = shop.search(&query());
    assert_eq!(ids(&page).len(), 10);
    let brands = page.facets.iter().find(|facet| facet.key == "brand").unwrap();
    assert_eq!(brands.buckets.len(), 10);
}

#[test]
fn one_process_one_writer() {
    let shop = Fixture::with(&[]);
    assert!(matches!(Index::open(shop.dir.path()), Err(Error::InUse { .. })));
    let writer = shop.index.writer().unwrap();
    assert!(shop.index.writer().is_err());
    drop(writer);
    assert!(shop.index.writer().is_ok());
}
