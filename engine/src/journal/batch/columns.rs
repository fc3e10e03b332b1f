//! A batch as the database takes it: a struct a table, a vector a column, bound to the parameters of one statement.

use std::borrow::Cow;

use uuid::Uuid;

use crate::clock::Timestamp;

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($column:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Default, Debug)]
        pub struct $name { $(pub $column: Vec<$type>,)* }
    };
}

columns!(OrderColumns {
    ids: Uuid,
    order_nos: i64,
    stores: Uuid,
    principals: Uuid,
    keys: String,
    fingerprints: Vec<u8>,
    carts: Option<Uuid>,
    cart_generations: Option<i64>,
    statuses: &'static str,
    payment_statuses: &'static str,
    payment_methods: &'static str,
    currencies: String,
    mrps: i64,
    discounts: i64,
    taxes: i64,
    shippings: i64,
    grands: i64,
    details: String,
    expirations: Option<Timestamp>,
});

columns!(LineColumns {
    orders: Uuid,
    line_nos: i32,
    variants: Uuid,
    locations: Uuid,
    skus: String,
    titles: String,
    quantities: i64,
    unit_mrps: i64,
    unit_prices: i64,
    nets: i64,
    taxes: i64,
    rates: i32,
    inclusives: bool,
    seqs: i64,
});

columns!(HoldColumns {
    variants: Uuid,
    locations: Uuid,
    orders: Uuid,
    attempts: i32,
    quantities: i64,
    states: &'static str,
    principals: Uuid,
    limit_windows: Option<i64>,
    expirations: Option<Timestamp>,
});

columns!(LevelColumns {
    variants: Uuid,
    locations: Uuid,
    stores: Uuid,
    old_seqs: i64,
    on_hands: i64,
    reserveds: i64,
    safeties: i64,
    seqs: i64,
    count_versions: i64,
});

columns!(LedgerColumns {
    variants: Uuid,
    locations: Uuid,
    seqs: i64,
    kinds: &'static str,
    on_hands: i64,
    reserveds: i64,
    orders: Option<Uuid>,
    reasons: Option<String>,
    references: Option<String>,
});

columns!(HoldMoveColumns {
    variants: Uuid,
    locations: Uuid,
    orders: Uuid,
    attempts: i32,
    from: &'static str,
    to: &'static str,
    expirations: Option<Timestamp>,
    returned_before: i64,
    returned: i64,
});

columns!(LimitColumns { variants: Uuid, principals: Uuid, windows: i64, deltas: i64 });

columns!(OrderMoveColumns {
    ids: Uuid,
    versions: i64,
    from: &'static str,
    to: &'static str,
    payments: Option<&'static str>,
    expirations: Option<Timestamp>,
    progresses: Option<String>,
});

columns!(EventColumns {
    orders: Uuid,
    versions: i64,
    kinds: &'static str,
    actors: Cow<'static, str>,
    data: Option<String>,
});

columns!(CartColumns { ids: Uuid, versions: i64, generations: i64, orders: Uuid });

columns!(AnswerColumns {
    stores: Uuid,
    principals: Uuid,
    routes: &'static str,
    keys: String,
    fingerprints: Vec<u8>,
    statuses: i32,
    bodies: String,
});

columns!(OutboxColumns {
    stores: Uuid,
    topics: &'static str,
    payloads: String,
});

columns!(AuditColumns {
    ids: Uuid,
    stores: Uuid,
    actor_kinds: &'static str,
    actor_ids: Option<Uuid>,
    addresses: Option<String>,
    trace_ids: Option<String>,
    actions: Cow<'static, str>,
    subject_kinds: &'static str,
    subject_ids: String,
    befores: Option<String>,
    afters: Option<String>,
});

/// The batch as the database takes it: a struct a table, a vector a column.
#[derive(Default, Debug)]
pub struct Rows {
    pub orders: OrderColumns,
    pub lines: LineColumns,
    pub holds: HoldColumns,
    pub levels: LevelColumns,
    pub ledger: LedgerColumns,
    pub hold_moves: HoldMoveColumns,
    pub limits: LimitColumns,
    pub order_moves: OrderMoveColumns,
    pub events: EventColumns,
    pub carts: CartColumns,
    pub answers: AnswerColumns,
    pub outbox: OutboxColumns,
    pub audit: AuditColumns,
}
