//! Orders of before, and being forgotten, on the database's side.

use chrono::TimeDelta;
use engine::clock::IdSource;
use engine::id::{OrderId, StoreId};
use identity::Identity;
use identity::account::Account;
use identity::customer::{CONTACTS_CONSUMER, Error};

use crate::fixture::Fixture;

/// As the journal writes one, of a guest: the order, and what is said of it.
fn order(fixture: &Fixture, email: &str, status: &str) -> OrderId {
    let principal = fixture.ids.next(fixture.now());
    order_of(fixture, &principal.to_string(), email, status)
}

fn order_of(fixture: &Fixture, principal: &str, email: &str, status: &str) -> OrderId {
    let id = OrderId::from_uuid(fixture.ids.next(fixture.now()));
    let number = id.uuid().as_u128() as i64 & 0x7fff_ffff;
    let (uuid, store, at) = (id.uuid(), StoreId::MAIN.uuid(), fixture.now().to_rfc3339());
    fixture.own.sql(format!(
        r#"begin;
        insert into orders (id, order_no, store_id, principal_id, idempotency_key, fingerprint, status, payment_status,
                            payment_method, currency, mrp_minor, discount_minor, tax_minor, shipping_minor, grand_minor,
                            detail, placed_at, progress)
        values ('{uuid}', {number}, '{store}', '{principal}', '{uuid}', '', '{status}', 'unpaid', 'manual', 'INR', 1, 0, 0, 0,
                1, '{{"contact": {{"email": "{email}", "phone": "+919876543210"}},
                     "address": {{"name": "Ann", "line1": "12 MG Road", "line2": "top floor", "city": "Bengaluru",
                                  "postal_code": "560001", "country": "IN"}},
                     "shipping_method": "standard", "trace": {{}}}}', '{at}', '{{"cancel_reason": "I am Ann"}}');
        insert into outbox (store_id, topic, payload)
        values ('{store}', 'order', '[{{"order": "{id}", "event": "placed", "version": 1}}]');
        commit"#
    ));
    id
}

fn claim(fixture: &Fixture, identity: &Identity, account: &Account) -> Result<Vec<OrderId>, Error> {
    fixture.block_on(identity.customers().claim(account.store, account.id))
}

fn note(fixture: &Fixture, identity: &Identity) {
    fixture.block_on(identity.customers().note_contacts()).expect("the database is there");
}

#[test]
fn a_claim_finds_what_was_committed_before_it_however_far_the_notes_are() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let ann = fixture.customer(&identity, "ann@example.com");
    // Nothing was ever noted.
    let first = order(&fixture, "Ann@Example.com", "confirmed");
    order(&fixture, "bob@example.com", "confirmed");
    assert_eq!(claim(&fixture, &identity, &ann).expect("claimed"), [first]);

    let second = order(&fixture, "ann@example.com", "confirmed");
    note(&fixture, &identity);
    assert_eq!(fixture.read("select count(*)::text as told from order_contacts"), "3");
    assert_eq!(claim(&fixture, &identity, &ann).expect("claimed"), [second]);

    // Noted up to here; this one is not.
    let third = order(&fixture, "ANN@example.com", "confirmed");
    assert_eq!(claim(&fixture, &identity, &ann).expect("claimed"), [third]);

    // An old transaction that still runs keeps everybody from hearing of what came after it.
    let holding = fixture.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(fixture.own.url(), tokio_postgres::NoTls).await.expect("connected");
        tokio::spawn(connection);
        client.batch_execute("begin; select pg_current_xact_id()").await.expect("a transaction");
        client
    });
    let fourth = order(&fixture, "ann@example.com", "confirmed");
    note(&fixture, &identity);
    assert_eq!(claim(&fixture, &identity, &ann).expect("claimed"), [fourth]);
    drop(holding);

    // Whoever was away for days has no place to begin at.
    let fifth = order(&fixture, "ann@example.com", "confirmed");
    fixture.own.sql(format!("delete from outbox; delete from outbox_cursors where consumer = '{CONTACTS_CONSUMER}'"));
    assert_eq!(claim(&fixture, &identity, &ann).expect("claimed"), [fifth]);
    note(&fixture, &identity);
    assert_eq!(claim(&fixture, &identity, &ann).expect("nothing new"), []);
    assert_eq!(fixture.read("select count(*)::text as told from order_contacts"), "6");
}

#[test]
fn only_guests_orders_under_a_confirmed_address_are_claimed_and_once() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let (ann, bob) = (fixture.customer(&identity, "ann@example.com"), fixture.customer(&identity, "bob@example.com"));
    let theirs = order(&fixture, "ann@example.com", "confirmed");
    order_of(&fixture, &bob.id.uuid().to_string(), "ann@example.com", "confirmed");
    fixture.own.sql("update accounts set email_verified_at = null where email_key = 'ann@example.com'");
    let refused = claim(&fixture, &identity, &ann).expect_err("nobody has shown that it is hers");
    assert!(matches!(refused, Error::Unconfirmed), "{refused}");
    fixture.own.sql("update accounts set email_verified_at = now() where email_key = 'ann@example.com'");
    assert_eq!(claim(&fixture, &identity, &ann).expect("claimed"), [theirs]);

    // The address goes to another account: what was claimed stays where it is.
    fixture.own.sql(
        "update accounts set email = null, email_key = null, email_verified_at = null
                     where email_key = 'ann@example.com'",
    );
    fixture.own.sql(
        "update accounts set email = 'ann@example.com', email_key = 'ann@example.com'
                     where email_key = 'bob@example.com'",
    );
    assert_eq!(claim(&fixture, &identity, &bob).expect("nothing"), []);
    let has = |account: &Account| {
        fixture.block_on(identity.customers().has_claimed(StoreId::MAIN, account.id, theirs)).expect("an answer")
    };
    assert_eq!((has(&ann), has(&bob)), (true, false));
}

#[test]
fn an_order_on_its_way_is_forgotten_too() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let (ann, bob) = (fixture.customer(&identity, "ann@example.com"), fixture.customer(&identity, "bob@example.com"));
    let of = |email: &str, who: &Account, status: &str| order_of(&fixture, &who.id.uuid().to_string(), email, status);
    let contacts = || fixture.read("select count(*)::text as told from order_contacts");
    let email = |order: OrderId| {
        let email = "coalesce(detail->'contact'->>'email', 'none')";
        fixture.read(&format!("select {email} as told from orders where id = '{}'", order.uuid()))
    };
    let bobs = of("bob@example.com", &bob, "delivered");
    let open = of("ann@example.com", &ann, "shipped");
    fixture.block_on(identity.customers().erase(StoreId::MAIN, ann.id)).expect("forgotten");
    // Committed afterwards, and heard of.
    let late = of("ann@example.com", &ann, "delivered");
    note(&fixture, &identity);
    assert_eq!(contacts(), "2", "of Bob's, and of the one that came late");
    assert_eq!(fixture.block_on(identity.customers().erase_due()).expect("erased"), 1);
    assert_eq!((email(late), email(open)), ("none".to_owned(), "ann@example.com".to_owned()));
    assert_eq!((email(bobs), contacts()), ("bob@example.com".to_owned(), "1".to_owned()));

    // What was noted by whoever had read it before goes with the rest.
    fixture.own.sql(format!("insert into order_contacts values ('{}', '{}', 'x')", open.uuid(), StoreId::MAIN.uuid()));
    fixture.own.sql("update orders set status = 'delivered'");
    fixture.pass(TimeDelta::hours(2));
    assert_eq!(fixture.block_on(identity.customers().erase_due()).expect("erased"), 1);
    assert_eq!((email(open), contacts()), ("none".to_owned(), "1".to_owned()));
}

#[test]
fn who_is_forgotten_is_in_no_table_any_more() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let ann = fixture.customer(&identity, "ann@example.com");
    let ended = order_of(&fixture, &ann.id.uuid().to_string(), "ann@example.com", "delivered");
    let open = order(&fixture, "ann@example.com", "shipped");
    note(&fixture, &identity);
    assert_eq!(claim(&fixture, &identity, &ann).expect("claimed"), [open]);
    fixture.own.sql(format!(
        "insert into addresses values ('{id}', '{store}', '{id}', 'Ann', '12 MG Road', null, 'Bengaluru', null, '560001',
                                      'IN', '+919876543210', true, 1, now(), now());
         insert into wishlist_items values ('{id}', 'TEE-M', '{store}', now());
         insert into messages (id, store_id, account_id, channel, kind, content, state, attempts, created_at,
                               next_attempt_at, useless_after)
         values ('{id}', '{store}', '{id}', 'email', 'new_login', 'x', 'waiting', 0, now(), now(), now());
         insert into order_events values
             ('{ended}', 2, 'cancelled', 'buyer', jsonb_build_object('cancel_reason', 'I left MG Road', 'carrier', 'Post'), now());
         insert into idempotency_keys values ('{store}', '{id}', 'POST /x', 'k', '', 200, '{{}}', now())",
        id = ann.id.uuid(),
        ended = ended.uuid(),
        store = StoreId::MAIN.uuid(),
    ));
    fixture.block_on(identity.customers().erase(StoreId::MAIN, ann.id)).expect("forgotten");

    // Whatever table there is, in whatever column: her address, number and name are in none but where the law keeps them.
    let everywhere = fixture.read(
        "select string_agg(c.relname || ': ' || query_to_xml('select * from ' || quote_ident(c.relname), true, false, '')::text,
                           e'\\n') as told
         from pg_class c where c.relnamespace = (select oid from pg_namespace where nspname = current_schema()) and c.relkind = 'r'
           and c.relname not in ('orders', '__diesel_schema_migrations')",
    );
    for hers in ["ann@example.com", "9876543210", "MG Road"] {
        assert!(!everywhere.contains(hers), "{hers} in {everywhere}");
    }
    let of = |order: OrderId, what: &str| {
        fixture.read(&format!("select coalesce({what}, 'none') as told from orders where id = '{}'", order.uuid()))
    };
    let (email, city, street) =
        ("detail->'contact'->>'email'", "detail->'address'->>'city'", "detail->'address'->>'line1'");
    assert_eq!(of(ended, email), "none");
    assert_eq!(of(ended, "progress->>'cancel_reason'"), "none");
    let carrier = fixture.read("select string_agg(data->>'carrier', '') as told from order_events");
    assert_eq!(carrier, "Post", "the rest of the history stays");
    // Where it went is kept for a year here; who is still waiting for a parcel can be reached.
    assert_eq!((of(ended, street), of(open, email)), ("12 MG Road".to_owned(), "ann@example.com".to_owned()));

    fixture.own.sql("update orders set status = 'delivered'");
    fixture.pass(TimeDelta::days(1));
    assert_eq!(fixture.block_on(identity.customers().erase_due()).expect("erased"), 1);
    assert_eq!((of(open, email), of(open, city)), ("none".to_owned(), "Bengaluru".to_owned()));
    fixture.pass(TimeDelta::days(365));
    assert_eq!(fixture.block_on(identity.customers().erase_due()).expect("erased"), 2);
    for order in [ended, open] {
        assert_eq!((of(order, street), of(order, city)), (String::new(), String::new()));
        assert_eq!(of(order, "detail->'address'->>'line2'"), "none");
        assert_eq!(of(order, "detail->'address'->>'country'"), "IN", "taxes were counted by it");
        assert_eq!(of(order, "detail->>'shipping_method'"), "standard");
    }
    assert_eq!(fixture.block_on(identity.customers().erase_due()).expect("nothing left"), 0);
    // Once more: there is nobody to forget.
    let again = fixture.block_on(identity.customers().erase(StoreId::MAIN, ann.id)).expect_err("gone");
    assert!(matches!(again, Error::NoAccount), "{again}");
}

#[test]
fn what_was_ordered_as_a_guest_is_forgotten_though_it_was_never_claimed() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let ann = fixture.customer(&identity, "ann@example.com");
    let before = order(&fixture, "Ann@example.com", "delivered");
    let others = order(&fixture, "bob@example.com", "delivered");
    fixture.block_on(identity.customers().erase(StoreId::MAIN, ann.id)).expect("forgotten");
    let email = |order: OrderId| {
        let email = "coalesce(detail->'contact'->>'email', 'none')";
        fixture.read(&format!("select {email} as told from orders where id = '{}'", order.uuid()))
    };
    assert_eq!((email(before), email(others)), ("none".to_owned(), "bob@example.com".to_owned()));
}
