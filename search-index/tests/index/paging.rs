//! Pages and cursors: every result once, in order, and nothing twice.

use std::collections::BTreeSet;

use search_index::{Embedding, Error, Filters, Paging, ProductDocument, Query, QueryError, Sort, Written};

use crate::fixture::{Described, Fixture, ids, owned, product, query};

/// Many equals, and three segments so that ordinals of one mean nothing in the other.
fn shop() -> Fixture {
    let documents = |range: std::ops::Range<i64>| -> Vec<ProductDocument> {
        range
            .map(|n| {
                let id = format!("p{:03}", (n * 37) % 120);
                let title = ["Mug", "Cup", "Émile's bowl", "plate"][usize::try_from(n % 4).unwrap()];
                let document = product(&id, title)
                    .category(["a", "a/b", "c"][usize::try_from(n % 3).unwrap()])
                    .price(n % 5 * 100 - 100)
                    .created(n % 7)
                    .described(["mug", "mug and mug", "plate"][usize::try_from(n % 3).unwrap()]);
                if n % 6 == 0 { document.sold_out() } else { document }
            })
            .collect()
    };
    let shop = Fixture::with(&documents(0..50));
    shop.write(&documents(50..90), "1");
    shop.write(&documents(90..120), "2");
    shop
}

fn all_by_pages(shop: &Fixture, query: &Query, limit: usize) -> Vec<String> {
    let mut all = Vec::new();
    for page in 1.. {
        let found = shop.search(&Query { paging: Paging::Page { page, limit }, ..query.clone() });
        all.extend(ids(&found).into_iter().map(str::to_owned));
        assert_eq!(found.next_cursor.is_some(), (all.len() as u64) < found.total);
        if found.hits.is_empty() {
            return all;
        }
    }
    unreachable!("pages end")
}

fn all_by_cursor(shop: &Fixture, query: &Query, limit: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut paging = Paging::Page { page: 1, limit };
    loop {
        let found = shop.search(&Query { paging, ..query.clone() });
        all.extend(ids(&found).into_iter().map(str::to_owned));
        match found.next_cursor {
            Some(cursor) => paging = Paging::Cursor { cursor, limit },
            None => return all,
        }
    }
}

fn sorts() -> Vec<Vec<Sort>> {
    use Sort::{Newest, Oldest, PriceAscending, PriceDescending, Relevance, TitleAscending, TitleDescending};
    vec![
        vec![],
        vec![Relevance],
        vec![PriceAscending],
        vec![PriceDescending],
        vec![Newest],
        vec![Oldest],
        vec![TitleAscending],
        vec![TitleDescending],
        vec![Newest, PriceAscending],
        vec![TitleDescending, PriceAscending, Newest],
        vec![TitleAscending, Relevance],
        vec![PriceDescending, TitleAscending],
    ]
}

#[test]
fn pages_and_cursors_give_every_result_once_in_the_same_order() {
    let shop = shop();
    for sort in sorts() {
        for (text, categories, total) in [
            ("", &[][..], 120),
            ("", &["a"], 80),
            ("", &["b", "a", "a"], 80),
            ("", &["c"; 9], 40),
            ("", &["nowhere"], 0),
            ("mug", &[], 90),
            ("mug plate", &[], 30),
            ("mug zeppelin", &[], 90),
        ] {
            let filters = Filters { categories: owned(categories), ..Filters::default() };
            let query = Query { text: text.to_owned(), filters, sort: sort.clone(), ..query() };
            let whole = shop.search(&Query { paging: Paging::Page { page: 1, limit: 200 }, ..query.clone() });
            let expected: Vec<String> = ids(&whole).into_iter().map(str::to_owned).collect();
            let story = format!("{sort:?} {text:?} in {categories:?}");
            assert_eq!(expected.len(), total, "{story}");
            for limit in if sort.is_empty() { [1, 50] } else { [13, 50] } {
                assert_eq!(all_by_pages(&shop, &query, limit), expected, "{story} by pages of {limit}");
                assert_eq!(all_by_cursor(&shop, &query, limit), expected, "{story} by cursor, {limit}");
            }
        }
    }
}

#[test]
fn what_meaning_puts_in_order_is_turned_over_like_everything() {
    let documents: Vec<ProductDocument> = (0..130u8)
        .map(|n| {
            let degrees = f32::from(n.wrapping_mul(37));
            let meaning = Embedding::of("model", &[degrees.to_radians().cos(), degrees.to_radians().sin()]).unwrap();
            product(&format!("p{n:03}"), "Mug with handle").meaning(Some(meaning))
        })
        .collect();
    let shop = Fixture::with(&documents[..70]);
    shop.write(&documents[70..], "1");
    let words = Query { text: "mug".to_owned(), paging: Paging::Page { page: 1, limit: 200 }, ..query() };
    let meant = Query { embedding: Some(Embedding::of("model", &[1.0, 0.0]).unwrap()), ..words.clone() };
    let [by_words, expected] =
        [&words, &meant].map(|query| ids(&shop.search(query)).into_iter().map(str::to_owned).collect::<Vec<_>>());
    // The first hundred are put in order, and what comes behind them is not.
    let (head, rest) = expected.split_at(100);
    assert_ne!(head, &by_words[..100]);
    assert_eq!((head.iter().collect::<BTreeSet<_>>(), rest), (by_words[..100].iter().collect(), &by_words[100..]));
    for limit in [1, 13, 25, 50, 60, 100, 110] {
        assert_eq!(all_by_pages(&shop, &meant, limit), expected, "by pages of {limit}");
        assert_eq!(all_by_cursor(&shop, &meant, limit), expected, "by cursor, {limit}");
    }
}

#[test]
fn sorted_as_asked_with_ties_by_id() {
    let shop = Fixture::with(&[
        product("b", "banana").price(2).created(1),
        product("a", "Banana").price(2).created(2),
        product("c", "Äpfel").price(1).created(2),
        product("d", "cherry").price(-3).created(3),
    ]);
    shop.write(&[product("e", "apricot").price(2).created(1)], "1");
    let check = |sort: &str, expected: &[&str]| {
        let sort = sort.split(',').map(|name| name.parse().unwrap()).collect();
        assert_eq!(ids(&shop.search(&Query { sort, ..query() })), expected);
    };
    check("price", &["d", "c", "a", "b", "e"]);
    check("-price", &["a", "b", "e", "c", "d"]);
    check("title", &["c", "e", "a", "b", "d"]);
    check("-title", &["d", "a", "b", "e", "c"]);
    check("created_at", &["b", "e", "a", "c", "d"]);
    check("-created_at", &["d", "a", "c", "b", "e"]);
    check("-created_at,price", &["d", "c", "a", "b", "e"]);
    check("price,-title", &["d", "c", "a", "b", "e"]);
}

#[test]
fn a_cursor_neither_repeats_nor_skips_when_products_come_and_go() {
    let numbered = |n: i64| product(&format!("p{n:02}"), &format!("Title {n:02}")).price(n);
    for (sort, before, after) in [
        (Sort::PriceAscending, 3, 12),
        (Sort::TitleAscending, 3, 12),
        (Sort::PriceDescending, 15, 4),
        (Sort::TitleDescending, 15, 4),
    ] {
        let shop = Fixture::with(&(0..20).map(numbered).collect::<Vec<_>>());
        let asked = Query { sort: vec![sort], ..query() };
        let first = shop.search(&Query { paging: Paging::Page { page: 1, limit: 8 }, ..asked.clone() });
        let cursor = first.next_cursor.clone().unwrap();

        // The last one seen goes, one comes where the shopper has been, one ahead is written again.
        let mut writer = shop.index.writer().unwrap();
        assert_eq!(writer.delete(&first.hits[7].id, 2).unwrap(), Written::Accepted);
        writer.commit("1").unwrap();
        drop(writer);
        let come = ProductDocument { id: "new".to_owned(), ..numbered(before) };
        shop.write(&[come, numbered(after).version(2)], "2");

        let rest = shop.search(&Query { paging: Paging::Cursor { cursor, limit: 50 }, ..asked });
        let mut seen: Vec<&str> = [ids(&first), ids(&rest)].concat();
        seen.sort_unstable();
        let expected: Vec<String> = (0..20).map(|n| format!("p{n:02}")).collect();
        assert_eq!(seen, expected, "{sort}");
    }
}

#[test]
fn cursors_that_do_not_belong_here_are_refused() {
    let shop = shop();
    let asked = Query { sort: vec![Sort::PriceAscending], ..query() };
    let cursor = shop.search(&asked).next_cursor.unwrap();
    let with = |cursor: &str, query: &Query| {
        let paging = Paging::Cursor { cursor: cursor.to_owned(), limit: 10 };
        shop.index.search(&Query { paging, ..query.clone() })
    };
    assert!(with(&cursor, &asked).is_ok());
    let refused = |cursor: &str, query: &Query, expected: QueryError| match with(cursor, query) {
        Err(Error::Query(error)) => assert_eq!(error, expected, "{cursor}"),
        other => panic!("{other:?}"),
    };
    for malformed in ["", "garbage", "%%%", &cursor[1..], &cursor[..cursor.len() - 3], &"A".repeat(9_999)] {
        refused(malformed, &asked, QueryError::MalformedCursor);
    }
    for other in [
        Query { sort: vec![Sort::TitleAscending], ..asked.clone() },
        Query { text: "mug".to_owned(), ..asked.clone() },
        Query { store: "other".to_owned(), ..asked.clone() },
    ] {
        refused(&cursor, &other, QueryError::CursorOfAnotherQuery);
    }
}
