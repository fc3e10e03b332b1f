//! Lines are added and read, and nobody changes one.

use std::net::IpAddr;

use chrono::TimeDelta;
use engine::audit::{Actor, Entry, Filter, Place, Record, Subject, Who, store};
use engine::clock::{Clock, IdSource};
use engine::id::{AccountId, AuditId, StoreId};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::Fixture;

fn ann() -> Who {
    Who::Account(AccountId::from_uuid(Uuid::from_u128(1)))
}

fn from(who: Who, address: &str, trace_id: &str) -> Actor {
    let address = Some(address.parse::<IpAddr>().expect("an address"));
    Actor { who, address, trace_id: Some(trace_id.to_owned()) }
}

impl Fixture {
    fn entry(&self, actor: Actor, action: &'static str, subject: Subject) -> Entry {
        Entry::new(&*self.ids, self.clock.now(), StoreId::MAIN, actor, action, subject)
    }

    fn write(&self, entries: &[Entry]) {
        self.block_on(async {
            let mut connection = self.database.connection().await.expect("a connection");
            store::insert_all(&mut connection, entries).await.expect("written");
        });
    }

    fn page(&self, filter: &Filter, after: Option<Place>, limit: i64) -> Vec<Record> {
        self.block_on(async {
            let mut connection = self.database.connection().await.expect("a connection");
            store::page(&mut connection, StoreId::MAIN, filter, after, limit).await.expect("read")
        })
    }

    fn actions(&self, filter: &Filter) -> Vec<String> {
        self.page(filter, None, 100).into_iter().map(|record| record.action).collect()
    }

    fn find(&self, store: StoreId, id: AuditId) -> Option<Record> {
        self.block_on(async {
            let mut connection = self.database.connection().await.expect("a connection");
            store::find(&mut connection, store, id).await.expect("read")
        })
    }
}

#[test]
fn a_line_is_read_as_it_was_written_and_in_its_own_store_alone() {
    let fixture = Fixture::new();
    let entry = fixture
        .entry(from(ann(), "2001:db8::1", "4bf92f35"), "brand.change", Subject::new("brand", "brand_1"))
        .changed(json!({ "name": "Acme", "slug": "acme" }), json!({ "name": "Acme Ltd", "slug": "acme" }));
    fixture.write(std::slice::from_ref(&entry));
    let record = fixture.find(StoreId::MAIN, entry.id).expect("it is there");
    assert_eq!((record.id, record.at, record.who), (entry.id, fixture.clock.now(), ann()));
    assert_eq!(record.address.as_deref(), Some("2001:db8::1"));
    assert_eq!(record.trace_id.as_deref(), Some("4bf92f35"));
    assert_eq!(record.before, Some(json!({ "name": "Acme" })));
    assert_eq!(record.after, Some(json!({ "name": "Acme Ltd" })));
    let elsewhere = StoreId::from_uuid(fixture.ids.next(fixture.clock.now()));
    assert_eq!(fixture.find(elsewhere, entry.id), None);
}

#[test]
fn each_filter_leaves_what_it_names() {
    let fixture = Fixture::new();
    let begun = fixture.clock.now();
    let brand = || Subject::new("brand", "brand_1");
    fixture.write(&[fixture.entry(from(ann(), "10.0.0.1", "aa"), "brand.create", brand())]);
    fixture.clock.advance(TimeDelta::minutes(1));
    fixture.write(&[fixture.entry(Actor::OPERATOR, "brand.change", brand())]);
    fixture.clock.advance(TimeDelta::minutes(1));
    fixture.write(&[fixture.entry(from(ann(), "10.0.0.2", "bb"), "product.change", Subject::new("product", "prod_1"))]);

    let all = ["product.change", "brand.change", "brand.create"];
    assert_eq!(fixture.actions(&Filter::default()), all, "the newest first");
    let any = Filter::default;
    let check = |filter: Filter, found: &[&str]| assert_eq!(fixture.actions(&filter), found, "{filter:?}");
    check(Filter { actor: Some(ann()), ..any() }, &["product.change", "brand.create"]);
    check(Filter { actor: Some(Who::Operator), ..any() }, &["brand.change"]);
    check(Filter { actor: Some(Who::Account(AccountId::from_uuid(Uuid::from_u128(2)))), ..any() }, &[]);
    check(Filter { action: Some("brand.create".to_owned()), ..any() }, &["brand.create"]);
    check(Filter { subject_kind: Some("brand".to_owned()), ..any() }, &["brand.change", "brand.create"]);
    check(Filter { subject_id: Some("prod_1".to_owned()), ..any() }, &["product.change"]);
    check(Filter { address: Some("10.0.0.1".to_owned()), ..any() }, &["brand.create"]);
    check(Filter { trace_id: Some("bb".to_owned()), ..any() }, &["product.change"]);
    check(Filter { since: Some(begun + TimeDelta::minutes(1)), ..any() }, &["product.change", "brand.change"]);
    check(Filter { until: Some(begun + TimeDelta::minutes(1)), ..any() }, &["brand.create"]);
    let both = Filter { actor: Some(ann()), subject_kind: Some("brand".to_owned()), ..any() };
    check(both, &["brand.create"]);
}

#[test]
fn pages_follow_each_other_without_a_gap_even_within_one_moment() {
    let fixture = Fixture::new();
    let subject = || Subject::new("brand", "brand_1");
    let entries: Vec<Entry> = (0..7).map(|_| fixture.entry(Actor::SHOP, "brand.change", subject())).collect();
    fixture.write(&entries);
    let (mut read, mut place) = (Vec::new(), None);
    loop {
        let page = fixture.page(&Filter::default(), place, 3);
        let Some(last) = page.last() else { break };
        place = Some(last.place());
        read.extend(page.iter().map(|record| record.id));
    }
    let mut written: Vec<AuditId> = entries.iter().map(|entry| entry.id).collect();
    written.reverse();
    assert_eq!(read, written);
}

#[test]
fn a_line_stays_as_it_is_whoever_tries() {
    let fixture = Fixture::new();
    fixture.write(&[fixture.entry(Actor::SHOP, "brand.change", Subject::new("brand", "brand_1"))]);
    let before = fixture.page(&Filter::default(), None, 10);
    for statement in ["update audit_log set action = 'nothing'", "delete from audit_log", "truncate audit_log"] {
        // As the owner of the table, which is what the journal connects as.
        let refusal = fixture.own.try_sql(statement).expect_err("refused");
        assert!(refusal.contains("the audit trail is added to and never changed"), "{statement}: {refusal}");
    }
    assert_eq!(fixture.page(&Filter::default(), None, 10), before);
}
