//! What shoppers want comes into the documents: counted from what was sold, and written where it changed much.

use engine::search::{Counted, count_sales};

use super::*;

impl Shop {
    /// Sells `units` of a variant, as the journal's next batch tells it.
    fn sell(&self, variant: &Variant, batch: i64, units: i64) {
        let at = self.fixture.clock.now().to_rfc3339();
        self.fixture.own.sql(format!(
            "begin;
             insert into stock_ledger (variant_id, location_id, seq, batch, kind, on_hand_delta, reserved_delta, order_id, at)
             values ('{}', '{}', {batch}, {batch}, 'confirm', -({units}), -({units}), gen_random_uuid(), '{at}');
             update cells set last_batch = {batch};
             commit",
            variant.id.uuid(),
            LocationId::MAIN.uuid(),
        ));
    }

    fn count(&self) -> Counted {
        self.fixture.block_on(count_sales(&self.sources())).expect("a count")
    }

    fn shown(&self, product: &Product) -> i32 {
        #[derive(diesel::QueryableByName)]
        struct Shown {
            #[diesel(sql_type = diesel::sql_types::Integer)]
            shown: i32,
        }
        let sql = format!("select shown from product_sales where product_id = '{}'", product.id.uuid());
        let read = async {
            use diesel_async::RunQueryDsl;
            let mut connection = self.fixture.database.connection().await.expect("a connection");
            diesel::sql_query(sql).get_result::<Shown>(&mut connection).await.map_or(0, |row| row.shown)
        };
        self.fixture.block_on(read)
    }
}

#[test]
fn what_sells_best_counts_a_thousand_and_others_less_by_a_logarithm() {
    let shop = Shop::new();
    let (lamp, lamps) = shop.product(titled("Lamp", "L-1"));
    let (table, tables) = shop.product(titled("Table", "T-1"));
    let (chair, _) = shop.product(titled("Chair", "C-1"));
    shop.sell(&lamps[0], 1, 99);
    shop.sell(&tables[0], 2, 9);
    assert_eq!(shop.count(), Counted { moved: 2, more: false });
    // ln 10 is half of ln 100.
    assert_eq!([&lamp, &table, &chair].map(|product| shop.shown(product)), [1000, 500, 0]);
    assert_eq!(shop.count(), Counted::default(), "nothing is counted twice");
    // A unit more does not change what is shown.
    shop.sell(&tables[0], 3, 1);
    assert_eq!((shop.count().moved, shop.shown(&table)), (0, 500));
    // What others sold is forgotten while this one goes on.
    shop.fixture.clock.advance(TimeDelta::days(28));
    shop.sell(&tables[0], 4, 100);
    assert_eq!(shop.count().moved, 2);
    assert_eq!(shop.shown(&table), 1000);
    assert!((500..800).contains(&shop.shown(&lamp)), "{}", shop.shown(&lamp));
}

#[test]
fn what_comes_back_is_taken_off_whenever_it_comes() {
    let shop = Shop::new();
    let (lamp, lamps) = shop.product(titled("Lamp", "L-1"));
    let (table, tables) = shop.product(titled("Table", "T-1"));
    shop.sell(&lamps[0], 1, 99);
    shop.sell(&tables[0], 2, 99);
    shop.count();
    assert_eq!([&lamp, &table].map(|product| shop.shown(product)), [1000, 1000]);
    shop.sell(&lamps[0], 3, -90);
    shop.count();
    // ln 10 is half of ln 100.
    assert_eq!([&lamp, &table].map(|product| shop.shown(product)), [500, 1000]);
    shop.sell(&lamps[0], 4, -200);
    shop.count();
    shop.sell(&lamps[0], 5, 99);
    shop.count();
    assert_eq!(shop.shown(&lamp), 1000, "nothing is wanted less than not at all");
}

#[test]
fn one_sale_makes_no_bestseller() {
    let shop = Shop::new();
    let (lamp, lamps) = shop.product(titled("Lamp", "L-1"));
    shop.sell(&lamps[0], 1, 1);
    shop.count();
    assert!((1..400).contains(&shop.shown(&lamp)), "{}", shop.shown(&lamp));
}

#[test]
fn products_that_are_wanted_more_are_written_again() {
    let shop = Shop::new();
    let (lamp, lamps) = shop.product(titled("Lamp", "L-1"));
    shop.product(titled("Lamp of brass", "L-2"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    // What it is worth above its equals, as an explanation tells it.
    let wanted = |kept: &Kept| {
        let page = kept.find(Query { text: "lamp".to_owned(), explain: true, ..Query::default() });
        let told = |hit: search_index::Hit| {
            let factors = hit.explanation.expect("it was asked for").factors;
            factors.into_iter().any(|factor| factor.name == "popularity" && factor.factor > 1.0).then_some(hit.id)
        };
        page.hits.into_iter().filter_map(told).collect::<Vec<_>>()
    };
    assert_eq!(wanted(&kept), [""; 0]);
    shop.sell(&lamps[0], 1, 50);
    assert_eq!(shop.count().moved, 1);
    kept.catch_up();
    assert_eq!(wanted(&kept), [lamp.id.to_string()]);
    assert_eq!(kept.generation(), 1);
}
