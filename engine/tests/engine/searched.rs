//! What people searched for, over PostgreSQL: counted by day and text, shown from a floor on, forgotten in time.

use chrono::{NaiveDate, TimeDelta};
use engine::clock::Clock;
use engine::id::StoreId;
use engine::searched::{Log, Only, Order, Outcome, Place, Report, Row, Sort};
use search_index::PopularQueries;

use crate::fixture::Fixture;
use crate::shop;

const STORE: StoreId = StoreId::MAIN;

struct Searched {
    log: Log,
    fixture: Fixture,
}

impl Searched {
    fn new() -> Self {
        let fixture = Fixture::new();
        Self { log: Log::new(fixture.database.clone(), fixture.clock.clone()), fixture }
    }

    fn search(&self, text: &str, times: usize) {
        (0..times).for_each(|_| self.log.note_search(STORE, text, Outcome::Found));
    }

    fn miss(&self, text: &str, times: usize) {
        (0..times).for_each(|_| self.log.note_search(STORE, text, Outcome::Nothing));
    }

    fn mistype(&self, text: &str, times: usize) {
        (0..times).for_each(|_| self.log.note_search(STORE, text, Outcome::FoundWithUnknownWords));
    }

    fn write(&self) {
        self.fixture.block_on(self.log.write()).expect("the database is there");
    }

    fn today(&self) -> NaiveDate {
        self.fixture.clock.now().date_naive()
    }

    fn report(&self, only: Only, by: Order, descending: bool, after: Option<Place>) -> Report {
        let sort = Sort { from: self.today() - TimeDelta::days(30), to: self.today(), only, by, descending };
        self.fixture.block_on(self.log.report(STORE, sort, after, 100)).expect("a report")
    }

    fn texts(&self, only: Only, by: Order, descending: bool) -> Vec<String> {
        self.report(only, by, descending, None).rows.into_iter().map(|row| row.text).collect()
    }

    fn popular(&self) -> PopularQueries {
        self.fixture.block_on(self.log.look_at_what_is_popular()).expect("the database is there");
        PopularQueries::clone(&self.log.popular().of(STORE))
    }
}

fn row(text: &str, [searches, without_results, clicks, click_position_sum]: [i64; 4]) -> Row {
    Row { text: text.to_owned(), searches, without_results, clicks, click_position_sum, ..Row::default() }
}

#[test]
fn searches_and_clicks_are_counted_by_text() {
    let here = Searched::new();
    here.search("Red  Shirt", 2);
    here.miss("red shirt", 1);
    for position in [1, 4] {
        here.log.note_click(STORE, "RED shirt", position);
    }
    here.search("sofa", 4);
    here.mistype("soffa", 3);
    here.write();
    here.search("red shirt", 2);
    here.write();
    here.write();
    here.log.note_search(StoreId::from_uuid(uuid::Uuid::nil()), "  ", Outcome::Found);
    here.write();
    let report = here.report(Only::All, Order::Searches, true, None);
    let mistyped = Row { with_unknown_words: 3, ..row("soffa", [3, 0, 0, 0]) };
    assert_eq!(report.rows, [row("red shirt", [5, 1, 2, 5]), row("sofa", [4, 0, 0, 0]), mistyped]);
    assert_eq!(report.all, Row { with_unknown_words: 3, ..row("", [12, 1, 2, 5]) });
    let rest = here.report(Only::All, Order::Searches, true, Some(report.rows[0].place(Order::Searches)));
    assert_eq!(rest.rows, report.rows[1..]);
    assert_eq!(here.texts(Only::All, Order::Searches, false), ["soffa", "sofa", "red shirt"]);
    assert_eq!(here.texts(Only::All, Order::Clicks, true), ["red shirt", "sofa", "soffa"]);
    assert_eq!(here.texts(Only::WithoutResults, Order::WithoutResults, true), ["red shirt"]);
}

#[test]
fn what_may_be_about_somebody_is_not_told_apart() {
    let here = Searched::new();
    here.search("ann@example.com", 5);
    here.miss("+91 98765 43210", 5);
    here.log.note_click(STORE, "ann@example.com", 2);
    here.search("rare", 2);
    here.search("sofa", 3);
    here.write();
    assert_eq!(here.texts(Only::All, Order::Searches, true), ["sofa"]);
    assert_eq!(here.report(Only::All, Order::Searches, true, None).all, row("", [15, 5, 1, 2]));
    let kept =
        here.fixture.own.number("select count(*) from search_queries where text like '%ann%' or text like '%98765%'");
    assert_eq!(kept, 0);
    assert_eq!(here.popular(), PopularQueries::new(vec![("sofa".to_owned(), 3)]));
}

#[test]
fn a_day_has_room_for_so_many_texts() {
    let here = Searched::new();
    here.search("sofa", 1);
    here.write();
    here.fixture.own.sql(format!(
        "insert into search_queries 
             (store_id, day, text, searches, without_results, with_unknown_words, clicks, click_position_sum)
         select '{}', '{}', 'text ' || n, 1, 0, 0, 0, 0 from generate_series(1, 19998) n",
        STORE.uuid(),
        here.today()
    ));
    here.search("sofa", 1);
    here.search("seldom", 1);
    here.search("lamp", 4);
    here.search("chair", 3);
    here.write();
    // One place was left, for what was wanted most.
    assert_eq!(here.texts(Only::All, Order::Searches, true), ["lamp"]);
    let others = here.fixture.own.number("select searches from search_queries where text = ''");
    assert_eq!(others, 4);
    assert_eq!(here.fixture.own.number("select searches from search_queries where text = 'sofa'"), 2);
}

#[test]
fn what_was_popular_long_ago_counts_less() {
    let here = Searched::new();
    here.search("heater", 8);
    here.miss("unicorn", 50);
    // What a filter let nothing pass of counts as found; asked without one, it was missed.
    here.search("dodo", 3);
    here.miss("dodo", 4);
    // Mostly mistyped; that what it was a mistake for is there by now makes it no better.
    here.mistype("haeter", 20);
    here.search("haeter", 3);
    here.write();
    here.fixture.clock.advance(TimeDelta::days(14));
    here.search("fan", 3);
    here.write();
    let queries = |queries: &[(&str, u64)]| {
        PopularQueries::new(queries.iter().map(|(text, weight)| ((*text).to_owned(), *weight)).collect())
    };
    assert_eq!(here.popular(), queries(&[("fan", 3), ("heater", 2)]));
    here.fixture.clock.advance(TimeDelta::days(14));
    assert_eq!(here.popular(), queries(&[("fan", 1)]));
    assert_eq!(here.log.popular().of(StoreId::from_uuid(uuid::Uuid::nil())).as_ref(), &PopularQueries::default());
}

#[test]
fn counting_outlives_a_database_that_is_away() {
    let here = Searched::new();
    here.search("sofa", 3);
    here.fixture.own.sql("alter table search_queries rename to away");
    here.fixture.block_on(here.log.write()).expect_err("the table is away");
    here.search("sofa", 1);
    here.fixture.own.sql("alter table away rename to search_queries");
    here.fixture.block_on(here.log.close());
    assert_eq!(here.report(Only::All, Order::Searches, true, None).rows, [row("sofa", [4, 0, 0, 0])]);
}

#[test]
fn a_day_is_forgotten_after_ninety() {
    let shop = shop::Shop::open();
    let log = shop.engine.searched();
    let note = |text: &str| {
        log.note_search(STORE, text, Outcome::Found);
        shop.fixture.block_on(log.write()).expect("written");
    };
    note("sofa");
    shop.fixture.clock.advance(TimeDelta::days(1));
    note("lamp");
    shop.fixture.clock.advance(TimeDelta::days(89));
    let prune = || shop.fixture.block_on(shop.engine.pruning().turn()).expect("pruned").searched;
    assert_eq!(prune(), 0);
    shop.fixture.clock.advance(TimeDelta::days(1));
    assert_eq!(prune(), 1);
    assert_eq!(shop.sql("select count(*) from search_queries where text = 'lamp'"), 1);
}
