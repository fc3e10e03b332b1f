//! Orders as they are read back. They are put in by hand here: writing them is the journal's, tested with it.

use chrono::{DateTime, TimeDelta};
use engine::clock::Timestamp;
use engine::id::{LocationId, OrderId, PrincipalId, StoreId, VariantId};
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
