//! Orders as they are read back. They are put in by hand here: writing them is the journal's, tested with it.

use chrono::{DateTime, TimeDelta};
use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use engine::clock::Timestamp;
use engine::id::{LocationId, OrderId, PrincipalId, SellerId, StoreId, VariantId};
use engine::order::store::{self, Filter};
use engine::order::{OrderHold, OrderNumbers, OrderSnapshot, PaymentMethod, Status};
use engine::quantity::Quantity;
use uuid::Uuid;

use crate::fixture::Fixture;

fn noon() -> Timestamp {
    DateTime::from_timestamp(1_767_268_800, 0).expect("a time that exists")
}

fn minutes(minutes: i64) -> Timestamp {
    noon() + TimeDelta::minutes(minutes)
}

fn order_id(number: u128) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(number))
}

fn principal(number: u128) -> PrincipalId {
    PrincipalId::from_uuid(Uuid::from_u128(1000 + number))
}

/// The order `number` of `buyer`, placed `number` minutes after noon, with a line for each `(sku, quantity)`. While it
/// waits for payment it holds one account per SKU.
fn put(fixture: &Fixture, number: u128, buyer: u128, status: &str, lines: &[(&str, i64)]) {
    let minute = i64::try_from(number).expect("a small number");
    let (id, buyer) = (order_id(number).uuid(), principal(buyer).uuid());
    let expires = if status == "payment_pending" || status == "expiring" {
        format!("'{}'", minutes(minute + 15).to_rfc3339())
    } else {
        "null".to_owned()
    };
    let detail = r#"{"contact": {"email": "ann@example.com"}, "address": {"name": "Ann", "line1": "12 MG Road",
        "city": "Bengaluru", "postal_code": "560001", "country": "IN"}, "shipping_method": "standard",
        "trace": [{"grand": {"minor": 100}}]}"#;
    let mut sql = format!(
        "insert into orders (id, order_no, store_id, principal_id, idempotency_key, fingerprint, status, payment_status,
            payment_method, currency, mrp_minor, discount_minor, tax_minor, shipping_minor, grand_minor, detail, placed_at,
            placed_expires_at, expires_at, progress)
         values ('{id}', {number}, '{store}', '{buyer}', 'key-{number}', '\\x07', '{status}', 'unpaid', 'manual', 'INR',
            120, 20, 15, 0, 100, '{detail}', '{placed}', {expires}, {expires}, '{{\"carrier\": \"post\"}}');
         insert into order_events values ('{id}', 1, 'placed', 'buyer', null, '{placed}'),
            ('{id}', 2, '{status}', 'system', '{{\"a\": 1}}', '{placed}');",
        store = StoreId::MAIN.uuid(),
        placed = minutes(minute).to_rfc3339(),
    );
    for (place, (sku, quantity)) in lines.iter().enumerate() {
        let (variant, location) = (variant_of(sku).uuid(), LocationId::MAIN.uuid());
        let line_no = place + 1;
        sql += &format!(
            "insert into order_lines values ('{id}', {line_no}, '{variant}', '{location}', '{sku}', 'Title of {sku}',
                {quantity}, 120, 100, 100, 15, 1800, true, 4711);
             insert into stock_holds (variant_id, location_id, order_id, attempt, quantity, state, principal_id)
                values ('{variant}', '{location}', '{id}', 1, {quantity}, '{state}', '{buyer}') on conflict do nothing;",
            state = if expires == "null" { "confirmed" } else { "held" },
        );
    }
    fixture.own.sql(sql);
}

fn variant_of(sku: &str) -> VariantId {
    VariantId::from_uuid(Uuid::from_u128(sku.bytes().map(u128::from).sum()))
}

fn numbers(orders: &[OrderSnapshot]) -> Vec<u128> {
    orders.iter().map(|order| order.id.uuid().as_u128()).collect()
}

#[test]
fn an_order_is_found_by_whatever_names_it_and_by_nothing_else() {
    let fixture = Fixture::new();
    put(&fixture, 7, 1, "payment_pending", &[("B", 2), ("A", 1)]);
    fixture.block_on(async {
        let mut connection = fixture.database.connection().await.expect("a connection");
        let order = store::by_id(&mut connection, order_id(7)).await.expect("read").expect("there");
        assert_eq!(order.state.status, Status::PaymentPending);
        assert_eq!(order.payment_method, PaymentMethod::Manual);
        assert_eq!(order.totals.grand_minor, 100);
        assert_eq!(order.detail.address.city, "Bengaluru");
        assert_eq!(order.progress.carrier.as_deref(), Some("post"));
        assert_eq!((order.placed_at, order.expires_at), (minutes(7), Some(minutes(22))));
        let lines: Vec<_> = order.lines.iter().map(|line| (line.sku.as_str(), line.quantity.get(), line.seq)).collect();
        assert_eq!(lines, [("B", 2, 4711), ("A", 1, 4711)]);

        let number = order.number;
        let found = store::by_number(&mut connection, StoreId::MAIN, number).await.expect("read");
        assert_eq!(found.as_ref(), Some(&order));
        let found = store::by_key(&mut connection, StoreId::MAIN, principal(1), "key-7").await.expect("read");
        assert_eq!(found.as_ref(), Some(&order));

        let elsewhere = StoreId::from_uuid(Uuid::from_u128(9));
        assert_eq!(store::by_id(&mut connection, order_id(8)).await, Ok(None));
        assert_eq!(store::by_number(&mut connection, elsewhere, number).await, Ok(None));
        let unused = OrderNumbers::starting_at(0).next(noon());
        assert_eq!(store::by_number(&mut connection, StoreId::MAIN, unused).await, Ok(None));
        assert_eq!(store::by_key(&mut connection, StoreId::MAIN, principal(2), "key-7").await, Ok(None));
        assert_eq!(store::by_key(&mut connection, StoreId::MAIN, principal(1), "key-8").await, Ok(None));

        let events = store::events(&mut connection, order_id(7)).await.expect("read");
        let events: Vec<_> = events.iter().map(|event| (event.version, event.kind.as_str())).collect();
        assert_eq!(events, [(1, "placed"), (2, "payment_pending")]);
    });
}

#[test]
fn lists_begin_with_the_newest_and_go_on_behind_the_last() {
    let fixture = Fixture::new();
    for (number, buyer, status, sku) in
        [(1, 1, "expired", "A"), (2, 2, "confirmed", "A"), (3, 1, "confirmed", "B"), (4, 1, "payment_pending", "A")]
    {
        put(&fixture, number, buyer, status, &[(sku, 1), ("C", 1)]);
    }
    fixture.block_on(async {
        let mut connection = fixture.database.connection().await.expect("a connection");
        let page = store::of_principal(&mut connection, StoreId::MAIN, principal(1), None, 2).await.expect("read");
        assert_eq!(numbers(&page), [4, 3]);
        assert!(page.iter().all(|order| order.lines.len() == 2), "{page:?}");
        let rest = store::of_principal(&mut connection, StoreId::MAIN, principal(1), Some(page[1].id), 2).await;
        assert_eq!(numbers(&rest.expect("read")), [1]);

        for (filter, expected) in [
            (Filter::default(), vec![4, 3, 2, 1]),
            (Filter { status: Some(Status::Confirmed), ..Filter::default() }, vec![3, 2]),
            (Filter { sku: Some("A".to_owned()), ..Filter::default() }, vec![4, 2, 1]),
            (Filter { since: Some(minutes(3)), ..Filter::default() }, vec![4, 3]),
            (Filter { idempotency_key: Some("key-2".to_owned()), ..Filter::default() }, vec![2]),
            (Filter { status: Some(Status::Confirmed), sku: Some("A".to_owned()), ..Filter::default() }, vec![2]),
            (Filter { sku: Some("Z".to_owned()), ..Filter::default() }, vec![]),
        ] {
            let page = store::list(&mut connection, StoreId::MAIN, &filter, None, 10).await.expect("read");
            assert_eq!(numbers(&page), expected, "{filter:?}");
            let count = store::count(&mut connection, StoreId::MAIN, &filter).await;
            assert_eq!(count, Ok(i64::try_from(expected.len()).expect("few")), "{filter:?}");
        }
        let page = store::list(&mut connection, StoreId::MAIN, &Filter::default(), Some(order_id(3)), 1).await;
        assert_eq!(numbers(&page.expect("read")), [2]);
        let elsewhere = StoreId::from_uuid(Uuid::from_u128(9));
        assert_eq!(store::list(&mut connection, elsewhere, &Filter::default(), None, 10).await, Ok(vec![]));
    });
}

/// A seller's product with these SKUs, sold from two locations.
fn sells(fixture: &Fixture, seller: u128, skus: &[&str]) -> SellerId {
    let (id, store) = (Uuid::from_u128(5000 + seller), StoreId::MAIN.uuid());
    let mut sql = format!(
        "insert into accounts (id, store_id, role, status, secured_at, version, created_at, updated_at)
            values ('{id}', '{store}', 'seller', 'active', now(), 1, now(), now());
         insert into sellers (id, store_id, account_id) values ('{id}', '{store}', '{id}');
         insert into products (id, store_id, slug, title, seller_id) values ('{id}', '{store}', 'of-{seller}', 'Wares', '{id}');",
    );
    for sku in skus {
        let (variant, main, annex) = (variant_of(sku).uuid(), LocationId::MAIN.uuid(), Uuid::from_u128(8));
        sql += &format!(
            "insert into variants (id, store_id, product_id, sku, currency, mrp_minor, price_minor)
                values ('{variant}', '{store}', '{id}', '{sku}', 'INR', 100, 100);
             insert into stock_levels (variant_id, location_id, store_id, on_hand, reserved, seq)
                values ('{variant}', '{main}', '{store}', 9, 0, 1), ('{variant}', '{annex}', '{store}', 9, 0, 1);",
        );
    }
    fixture.own.sql(sql);
    SellerId::from_uuid(id)
}

#[test]
fn a_seller_leafs_through_what_was_sold_of_their_own() {
    let fixture = Fixture::new();
    let (ann, bob) = (sells(&fixture, 1, &["A", "B", "C"]), sells(&fixture, 2, &["X"]));
    let nobody = sells(&fixture, 3, &["Y"]);
    // The newest order of each of Ann's is the same one; A sold most, C once and long ago.
    put(&fixture, 1, 1, "delivered", &[("C", 1)]);
    put(&fixture, 2, 1, "cancelled", &[("A", 1), ("X", 1)]);
    put(&fixture, 3, 1, "confirmed", &[("X", 1)]);
    put(&fixture, 4, 2, "confirmed", &[("A", 1), ("A", 2)]);
    put(&fixture, 5, 2, "payment_pending", &[("A", 1)]);
    put(&fixture, 6, 2, "confirmed", &[("B", 1), ("X", 1)]);
    put(&fixture, 7, 3, "confirmed", &[("A", 1), ("B", 1), ("X", 1)]);
    let annex = Uuid::from_u128(8);
    fixture.own.sql(format!(
        "update order_lines set location_id = '{annex}' where order_id = '{id}';
         update stock_holds set location_id = '{annex}' where order_id = '{id}';
         insert into stock_holds select variant_id, location_id, order_id, 2, quantity, returned, state, principal_id
            from stock_holds where order_id = '{id}'",
        id = order_id(4).uuid(),
    ));
    let leaf = |seller, limit| {
        fixture.block_on(async {
            let mut connection = fixture.database.connection().await.expect("a connection");
            let (mut all, mut before) = (Vec::new(), None);
            loop {
                let page = store::of_seller(&mut connection, StoreId::MAIN, seller, before, limit).await.expect("read");
                assert!(page.len() <= usize::try_from(limit).expect("a small number"));
                let Some(last) = page.last() else { return all };
                before = Some(last.id);
                all.extend(page);
            }
        })
    };
    for limit in 1..=8 {
        assert_eq!(numbers(&leaf(ann, limit)), [7, 6, 5, 4, 2, 1], "by {limit}");
        assert_eq!(numbers(&leaf(bob, limit)), [7, 6, 3, 2], "by {limit}");
        assert_eq!(numbers(&leaf(nobody, limit)), [0_u128; 0]);
    }
    let lines: Vec<Vec<_>> =
        leaf(ann, 3).iter().map(|order| order.lines.iter().map(|line| line.sku.clone()).collect()).collect();
    assert_eq!(lines, [vec!["A", "B"], vec!["B"], vec!["A"], vec!["A", "A"], vec!["A"], vec!["C"]]);
}

/// Whoever sold little has their orders found without looking at everybody else's.
#[test]
fn what_others_sold_is_not_looked_at() {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        read: i64,
    }
    let fixture = Fixture::new();
    let ann = sells(&fixture, 1, &["A"]);
    put(&fixture, 1, 1, "delivered", &[("A", 1)]);
    put(&fixture, 2, 1, "delivered", &[("X", 1)]);
    for table in ["orders", "order_lines", "stock_holds"] {
        let key = if table == "orders" { "id" } else { "order_id" };
        fixture.own.sql(format!(
            "insert into {table}
             select (jsonb_populate_record(one, jsonb_build_object(
                 '{key}', ('ffff0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'order_no', n + 10,
                 'idempotency_key', n::text))).*
             from generate_series(1, 20000) n, {table} one where one.{key} = '{id}'",
            id = order_id(2).uuid(),
        ));
    }
    fixture.own.sql("analyze orders, order_lines, stock_holds");
    let read = fixture.block_on(async {
        let mut connection = fixture.database.connection().await.expect("a connection");
        connection.batch_execute("begin").await.expect("a transaction");
        let sold = store::of_seller(&mut connection, StoreId::MAIN, ann, None, 21).await.expect("read");
        assert_eq!(numbers(&sold), [1]);
        let read = "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint as read from pg_stat_xact_user_tables
                    where relname in ('orders', 'order_lines', 'stock_holds')";
        let read = diesel::sql_query(read).get_result::<Row>(&mut connection).await.expect("a count").read;
        connection.batch_execute("rollback").await.expect("it ends");
        read
    });
    assert!(read < 100, "{read} rows were read");
}

#[test]
fn overdue_orders_come_with_what_they_still_hold() {
    let fixture = Fixture::new();
    put(&fixture, 1, 1, "confirmed", &[("A", 1)]);
    // Two lines of one SKU, and so one hold of theirs.
    put(&fixture, 2, 1, "payment_pending", &[("B", 3), ("A", 1), ("B", 3)]);
    put(&fixture, 3, 1, "expiring", &[("A", 2)]);
    put(&fixture, 4, 1, "payment_pending", &[("A", 1)]);
    let hold = |sku, quantity| OrderHold {
        variant_id: variant_of(sku),
        location_id: LocationId::MAIN,
        attempt: 1,
        quantity: Quantity::new(quantity).expect("in range"),
    };
    fixture.block_on(async {
        let mut connection = fixture.database.connection().await.expect("a connection");
        let due = store::due(&mut connection, minutes(0), minutes(16), &[], 10).await.expect("read");
        assert_eq!(due.len(), 0);
        let due = store::due(&mut connection, minutes(0), minutes(18), &[], 10).await.expect("read");
        let seen: Vec<_> = due.iter().map(|due| (due.order.id, due.holds.clone())).collect();
        assert_eq!(seen, [(order_id(2), vec![hold("B", 3), hold("A", 1)]), (order_id(3), vec![hold("A", 2)])]);
        assert_eq!(due[1].order.state.status, Status::Expiring);
        let due = store::due(&mut connection, minutes(0), minutes(60), &[], 2).await.expect("read");
        assert_eq!(due.iter().map(|due| due.order.id).collect::<Vec<_>>(), [order_id(2), order_id(3)]);
        let due = store::due(&mut connection, minutes(0), minutes(60), &[order_id(2)], 2).await.expect("read");
        assert_eq!(due.iter().map(|due| due.order.id).collect::<Vec<_>>(), [order_id(3), order_id(4)], "but for some");

        let due = store::due(&mut connection, minutes(17), minutes(60), &[], 10).await.expect("read");
        assert_eq!(due.iter().map(|due| due.order.id).collect::<Vec<_>>(), [order_id(3), order_id(4)]);

        let held = store::held_by(&mut connection, order_id(4)).await.expect("read").expect("there");
        assert_eq!((held.order.id, held.holds), (order_id(4), vec![hold("A", 1)]));
        let confirmed = store::held_by(&mut connection, order_id(1)).await.expect("read").expect("there");
        assert_eq!((confirmed.order.state.status, confirmed.holds), (Status::Confirmed, vec![]));
        assert_eq!(store::held_by(&mut connection, order_id(9)).await, Ok(None));
    });
}
