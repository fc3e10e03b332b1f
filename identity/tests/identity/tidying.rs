//! What nobody needs any more goes by itself, however much of it there is.

use chrono::TimeDelta;
use engine::id::StoreId;
use testdb::eventually;
use tokio::task::JoinHandle;

use crate::fixture::Fixture;

/// So many that one delete does not remove them.
const MANY: u32 = 2_500;

/// A server that starts tidies up: in the end so many rows are left.
fn tidied(fixture: &Fixture, table: &str, left: u32) {
    let identity = fixture.identity();
    let tasks = fixture.block_on(identity.start()).expect("a start");
    let count = || fixture.read(&format!("select count(*)::text as told from {table}"));
    eventually(&format!("{left} rows in {table}"), || (count() == left.to_string()).then_some(()));
    tasks.iter().for_each(JoinHandle::abort);
}

#[test]
fn old_messages_go_however_many_there_are() {
    let fixture = Fixture::new();
    let noon = fixture.now();
    // What ended after a second is not old enough yet, and what waits is not over.
    for (state, after, rows) in [("sent", 0, MANY), ("given_up", 0, 10), ("sent", 1, 3), ("waiting", 0, 2)] {
        let (content, due) = if state == "waiting" { ("'sealed'", "'infinity'") } else { ("null", "null") };
        let created = noon + TimeDelta::seconds(after);
        fixture.own.sql(format!(
            "insert into messages (id, store_id, channel, kind, content, state, attempts, created_at, next_attempt_at,
                                   useless_after)
             select gen_random_uuid(), '{store}', case when n % 2 = 0 then 'email' else 'sms' end, 'account_exists',
                    {content}, '{state}', 1, '{created}', {due}, '{created}'
             from generate_series(1, {rows}) n",
            store = StoreId::MAIN.uuid(),
        ));
    }
    fixture.pass(TimeDelta::days(30) + TimeDelta::seconds(1));
    tidied(&fixture, "messages", 5);
}

#[test]
fn codes_of_yesterday_go_though_nobody_asks_for_another() {
    let fixture = Fixture::new();
    let noon = fixture.now();
    for (after, rows) in [(0, MANY), (1, 3)] {
        let sent = noon + TimeDelta::seconds(after);
        fixture.own.sql(format!(
            "insert into one_time_codes (id, store_id, channel, recipient, recipient_key, digest, sent_at, expires_at)
             select gen_random_uuid(), '{store}', 'email', address, address, '', '{sent}', '{sent}'
             from (select 'ann' || n || '@example.com' as address from generate_series(1, {rows}) n) addresses",
            store = StoreId::MAIN.uuid(),
        ));
    }
    fixture.pass(TimeDelta::days(1) + TimeDelta::seconds(1));
    tidied(&fixture, "one_time_codes", 3);
}
