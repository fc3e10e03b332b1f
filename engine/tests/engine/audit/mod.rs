//! The audit trail: what is written is read back, found by each filter, and stays as it is; each change leaves its line, in its
//! own transaction, and what was refused or repeated leaves none.

mod catalog;
mod imports;
mod orders;
mod stock;
mod trail;

use engine::audit::{Actor, Filter, Record, Who, store};
use engine::id::{ApiKeyId, StoreId};
use uuid::Uuid;

use crate::fixture::Fixture;

/// A machine that changes the shop.
fn machine() -> Actor {
    let address = Some("192.0.2.7".parse().expect("an address"));
    Actor { who: Who::Key(ApiKeyId::from_uuid(Uuid::from_u128(7))), address, trace_id: Some("4bf92f35".to_owned()) }
}

/// What the trail tells of it, the oldest first.
fn lines_of(fixture: &Fixture, who: Who) -> Vec<Record> {
    let filter = Filter { actor: Some(who), ..Filter::default() };
    let mut lines = fixture.block_on(async {
        let mut connection = fixture.database.connection().await.expect("a connection");
        store::page(&mut connection, StoreId::MAIN, &filter, None, 1_000).await.expect("read")
    });
    lines.reverse();
    for line in &lines {
        assert_eq!(line.address.is_some(), who == machine().who, "{line:?}");
    }
    lines
}

fn actions(lines: &[Record]) -> Vec<&str> {
    lines.iter().map(|line| line.action.as_str()).collect()
}
