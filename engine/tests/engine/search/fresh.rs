//! A page shows prices and stock of now, however late the index is.

use super::*;

impl Shop {
    /// A search that has heard of everything, and hears no more.
    fn deaf_search(&self) -> Search {
        let search = Search::start(self.sources(), &settings(self.dir.path())).expect("a search");
        testdb::eventually("all products", || {
            let found = search.search(STORE, Query::default()).ok()?;
            (found.total == 2).then_some(())
        });
        self.fixture.block_on(search.close());
        search
    }

    fn page(&self, search: &Search) -> Vec<(String, i64, Availability)> {
        let sort = vec![Sort::TitleAscending];
        let page = self.fixture.block_on(search.page(STORE, Query { sort, ..Query::default() })).expect("a page");
        let told = page.products.into_iter();
        told.map(|listed| (listed.card.title, listed.card.price_minor, listed.availability)).collect()
    }
}

#[test]
fn prices_stock_and_what_is_public_are_those_of_now() {
    let shop = Shop::new();
    let (lamp, lamps) = shop.product(titled("Lamp", "L-1"));
    let (_, tables) = shop.product(titled("Table", "T-1"));
    let search = shop.deaf_search();
    let told = |title: &str, price, availability| (title.to_owned(), price, availability);
    assert_eq!(
        shop.page(&search),
        [told("Lamp", 90_000, Availability::SoldOut), told("Table", 90_000, Availability::SoldOut)]
    );
    let now = shop.fixture.clock.now();
    let sale = SaleDraft { price: inr(50_000), starts_at: Some(now + TimeDelta::minutes(1)), ends_at: None };
    let price = VariantPatch { price: Some(inr(80_000)), sale: Some(Some(sale)), ..VariantPatch::default() };
    let changed = shop.catalog.change_variant(STORE, lamps[0].id, lamps[0].version, price);
    shop.fixture.block_on(changed).expect("a change");
    shop.stock(&tables[0], 3, 0);
    assert_eq!(
        shop.page(&search),
        [told("Lamp", 80_000, Availability::SoldOut), told("Table", 90_000, Availability::Low)]
    );
    shop.fixture.clock.advance(TimeDelta::minutes(1));
    assert_eq!(shop.page(&search)[0], told("Lamp", 50_000, Availability::SoldOut));
    // A cheaper variant is the one that is shown.
    let cheaper = VariantDraft::new("L-2", inr(40_000));
    shop.fixture.block_on(shop.catalog.create_variant(STORE, lamp.id, cheaper)).expect("a variant");
    let page = shop.fixture.block_on(search.page(STORE, Query { text: "lamp".to_owned(), ..Query::default() }));
    let shown = page.expect("a page").products.remove(0).card;
    assert_eq!((shown.sku.as_str(), shown.price_minor, shown.variants), ("L-2", 40_000, 2));
    shop.change(&lamp, ProductPatch { status: Some(ProductStatus::Draft), ..ProductPatch::default() });
    assert_eq!(shop.page(&search), [told("Table", 90_000, Availability::Low)], "what is not public is left out");
}

#[test]
fn without_the_database_a_page_is_as_the_index_has_it() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let (_, tables) = shop.product(titled("Table", "T-1"));
    let search = shop.deaf_search();
    shop.stock(&tables[0], 3, 0);
    shop.fixture.own.sql("alter table variants rename to mislaid");
    let page = shop.page(&search);
    assert_eq!(page.len(), 2);
    assert!(page.iter().all(|(_, price, availability)| (*price, *availability) == (90_000, Availability::SoldOut)));
    // Nobody waits for it again at once; then it is asked again.
    shop.fixture.own.sql("alter table mislaid rename to variants");
    assert_eq!(shop.page(&search), page);
    shop.fixture.clock.advance(TimeDelta::seconds(2));
    assert_eq!(shop.page(&search)[1].2, Availability::Low);
}
