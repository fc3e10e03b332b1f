//! Stock that changes faster than documents are written.

use search_index::{Availability, Filters, ProductDocument, Query};

use crate::fixture::{Described, Fixture, ids, product, query, rebuild, shown};

use Availability::{InStock, Low, SoldOut};

fn shop() -> Fixture {
    Fixture::with(&[product("a", "Mug").created(3), product("b", "Mug").created(2), product("c", "Mug").created(1)])
}

fn availability_of(shop: &Fixture, id: &str) -> Availability {
    let page = shop.search(&query());
    page.hits.iter().find(|hit| hit.id == id).unwrap().availability
}

#[test]
fn a_change_is_seen_at_once_in_hits_filters_facets_and_order() {
    let shop = shop();
    shop.index.set_availability([("a", SoldOut), ("b", Low)]).unwrap();
    let page = shop.search(&query());
    assert_eq!(ids(&page), ["b", "c", "a"]);
    assert_eq!(page.hits.iter().map(|hit| hit.availability).collect::<Vec<_>>(), [Low, InStock, SoldOut]);
    assert_eq!(shown(&page, "availability"), "in_stock 1, low 1, sold_out 1");

    let buyable = Filters { availability: vec![InStock, Low], ..Filters::default() };
    let page = shop.search(&Query { filters: buyable, text: "mug".to_owned(), ..query() });
    assert_eq!(ids(&page), ["b", "c"]);
    assert_eq!(shown(&page, "availability"), "in_stock* 1, low* 1, sold_out 1");

    shop.index.set_availability([("a", InStock)]).unwrap();
    assert_eq!(ids(&shop.search(&query())), ["a", "b", "c"]);
}

#[test]
fn the_last_word_holds_over_commits_and_rebuilds() {
    let shop = shop();
    shop.index.set_availability([("a", SoldOut)]).unwrap();
    shop.write(&[product("b", "Cup").version(2)], "1");
    assert_eq!(availability_of(&shop, "a"), SoldOut);
    assert_eq!(availability_of(&shop, "b"), InStock);
    rebuild(&shop.index, &[product("a", "Mug"), product("b", "Cup")], "2");
    assert_eq!(availability_of(&shop, "a"), SoldOut);

    // A document written later is the last word again, even before its commit.
    let mut writer = shop.index.writer().unwrap();
    let written = product("a", "Mug").version(3);
    let _ = writer.upsert(&ProductDocument { availability: Low, ..written }).unwrap();
    assert_eq!(availability_of(&shop, "a"), Low);
    writer.commit("3").unwrap();
    assert_eq!(availability_of(&shop, "a"), Low);
    // And then the next change.
    shop.index.set_availability([("a", InStock)]).unwrap();
    assert_eq!(availability_of(&shop, "a"), InStock);
}

#[test]
fn a_stale_document_says_nothing_about_stock() {
    let shop = Fixture::with(&[product("a", "Mug").version(5)]);
    shop.index.set_availability([("a", SoldOut)]).unwrap();
    let _ = shop.index.writer().unwrap().upsert(&product("a", "Mug").version(4)).unwrap();
    assert_eq!(availability_of(&shop, "a"), SoldOut);
}

#[test]
fn what_is_told_of_a_product_before_it_is_written_is_remembered() {
    let shop = Fixture::with(&[]);
    shop.index.set_availability([("late", Low)]).unwrap();
    rebuild(&shop.index, &[product("late", "Mug")], "1");
    assert_eq!(availability_of(&shop, "late"), Low);
}

#[test]
fn after_the_next_start_the_documents_hold_until_told_again() {
    let shop = shop();
    shop.index.set_availability([("a", SoldOut)]).unwrap();
    let shop = shop.reopen();
    assert_eq!(availability_of(&shop, "a"), InStock);
}

#[test]
fn a_deleted_products_stock_is_forgotten() {
    let shop = shop();
    shop.index.set_availability([("a", SoldOut)]).unwrap();
    let mut writer = shop.index.writer().unwrap();
    let _ = writer.delete("a", 2).unwrap();
    writer.commit("1").unwrap();
    let _ = writer.upsert(&product("a", "Mug").version(3)).unwrap();
    writer.commit("2").unwrap();
    assert_eq!(availability_of(&shop, "a"), InStock);
}
