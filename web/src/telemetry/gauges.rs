//! Numbers that are looked up rather than counted: how full, how late, how large. What an operator watches in a sale.
//!
//! What memory knows is looked up with each scrape; what takes a query is asked for every few seconds, so that nobody
//! reaches the database by asking for `/metrics` again and again.

use std::sync::atomic::Ordering;

use engine::search::Status as Index;
use identity::notification::Waiting;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};

use crate::state::State;

/// What each of them means, for whoever reads the scrape.
pub fn describe() {
    for (name, unit, meaning) in GAUGES {
        describe_gauge!(*name, *unit, *meaning);
    }
    describe_counter!("doorbuster_http_requests_total", "answers, by route pattern and class of status");
    describe_counter!("doorbuster_http_requests_shed_total", "requests turned away at the door because it was full");
    describe_histogram!("doorbuster_http_request_duration_seconds", Unit::Seconds, "from the head to the answer");
    describe_counter!("doorbuster_orders_placed_total", "orders that became durable");
    describe_counter!("doorbuster_orders_expired_total", "unpaid orders whose time ran out");
    describe_counter!("doorbuster_order_moves_total", "orders moved along, by the state they went to");
    describe_counter!("doorbuster_stock_waits_total", "requests that had to wait in line for a SKU");
    describe_counter!("doorbuster_journal_batches_total", "commits of the journal");
    describe_counter!("doorbuster_journal_bundles_total", "orders and stock changes in them");
    describe_counter!("doorbuster_journal_failures_total", "commits that failed, by class");
    describe_counter!("doorbuster_journal_stopped_accounts_total", "stock accounts stopped by a failed check");
    describe_histogram!("doorbuster_journal_batch_bundles", "orders and stock changes in one commit");
    describe_histogram!("doorbuster_journal_commit_duration_seconds", Unit::Seconds, "one commit of the journal");
    describe_counter!("doorbuster_journal_accounts_stopped_for_good_total", "accounts stopped until the next start");
    describe_counter!("doorbuster_journal_history_backwards_total", "times the database knew less than it had told");
    describe_gauge!("doorbuster_inventory_variants_stopped", "SKUs whose stock is stopped by a failed check");
    describe_counter!("doorbuster_actor_rebuilds_total", "actors that panicked and were rebuilt");
    describe_counter!("doorbuster_actor_loads_overtaken_total", "loads that an eviction overtook");
    describe_counter!("doorbuster_desk_holds_unknown_total", "holds of an order that its SKU did not know");
    describe_histogram!(
        "doorbuster_search_visible_duration_seconds",
        Unit::Seconds,
        "from a change of a product or of stock until a search finds it so"
    );
    describe_counter!(
        "doorbuster_search_embeddings_total",
        "texts of searches and of products that the embedding model was to tell the meaning of, by outcome"
    );
    describe_counter!("doorbuster_pruned_rows_total", "rows removed because they were too old, by what they were");
    describe_counter!("doorbuster_searches_counted_total", "searches and clicks, and whether their text is told apart");
    describe_histogram!("doorbuster_cart_batch_carts", "carts in one write of the carts' lane");
    describe_counter!("doorbuster_cart_conflicts_total", "carts that differed from the database and were read anew");
    describe_counter!("doorbuster_redis_failures_total", "questions that Redis did not answer");
    describe_gauge!("doorbuster_redis_up", "1 while limits are shared through Redis; absent without one");
    describe_counter!("doorbuster_cart_merges_total", "carts of guests that went into an account's");
    describe_counter!("doorbuster_notices_total", "attempts to deliver a message, by channel and outcome");
    describe_counter!("doorbuster_clocks_apart_total", "times the clocks of server and database were seen apart");
    describe_counter!("doorbuster_passwords_total", "passwords that were hashed or compared");
    describe_counter!(
        "doorbuster_passwords_refused_total",
        "logins and registrations sent away because the line was full"
    );
    // From the start, so that a rate can be taken of what has not happened yet.
    for name in FROM_ZERO {
        counter!(*name).absolute(0);
    }
}

/// Counters without labels: one that appears at its final value has no increase, and its alert would stay silent.
const FROM_ZERO: &[&str] = &[
    "doorbuster_orders_placed_total",
    "doorbuster_orders_expired_total",
    "doorbuster_stock_waits_total",
    "doorbuster_journal_batches_total",
    "doorbuster_journal_bundles_total",
    "doorbuster_journal_stopped_accounts_total",
    "doorbuster_journal_accounts_stopped_for_good_total",
    "doorbuster_journal_history_backwards_total",
    "doorbuster_actor_rebuilds_total",
    "doorbuster_actor_loads_overtaken_total",
    "doorbuster_cart_conflicts_total",
    "doorbuster_cart_merges_total",
    "doorbuster_clocks_apart_total",
    "doorbuster_passwords_total",
    "doorbuster_passwords_refused_total",
];

const GAUGES: &[(&str, Unit, &str)] = &[
    ("doorbuster_build_info", Unit::Count, "always 1; the version is its label"),
    ("doorbuster_ready", Unit::Count, "1 while requests should be sent here, as in /readyz"),
    ("doorbuster_http_requests_in_flight", Unit::Count, "requests that are being answered"),
    (
        "doorbuster_http_requests_in_flight_max",
        Unit::Count,
        "how many at once; browsers are turned away from half of it",
    ),
    (
        "doorbuster_http_buyers_in_flight_max",
        Unit::Count,
        "how many of them may place orders: fewer than that when buyers wait too long",
    ),
    ("doorbuster_live_listeners", Unit::Count, "who listens to live events"),
    ("doorbuster_journal_free_seats", Unit::Count, "orders and stock changes that may still join those on their way"),
    ("doorbuster_journal_epoch", Unit::Count, "how often the database's cell was taken"),
    ("doorbuster_journal_owner", Unit::Count, "1 while this process writes the stock"),
    ("doorbuster_journal_standing_by", Unit::Count, "1 while another process does, and this one waits for its end"),
    ("doorbuster_journal_speaks", Unit::Count, "1 while the owner heard from the database a moment ago"),
    ("doorbuster_database_up", Unit::Count, "1 while the journal reaches the database"),
    ("doorbuster_database_pool_connections", Unit::Count, "connections of the pool, by what they do"),
    ("doorbuster_database_pool_connections_max", Unit::Count, "how many the pool may have"),
    ("doorbuster_database_pool_waiting", Unit::Count, "callers that wait for a connection"),
    ("doorbuster_actors_awake", Unit::Count, "actors in memory, by kind"),
    ("doorbuster_cart_free_seats", Unit::Count, "cart changes that may still join those on their way"),
    ("doorbuster_search_documents", Unit::Count, "documents of the search index"),
    ("doorbuster_search_index_bytes", Unit::Bytes, "what the search index takes on disk"),
    ("doorbuster_search_corrupt", Unit::Count, "1 while an index serves that has to be made anew"),
    ("doorbuster_search_rebuild_products", Unit::Count, "products that the index being made has; 0 while none is"),
    ("doorbuster_search_rebuild_products_expected", Unit::Count, "how many it will have; 0 while none is made"),
    ("doorbuster_search_heard_age_seconds", Unit::Seconds, "since the search index last listened to what changed"),
    ("doorbuster_outbox_lag_rows", Unit::Count, "events the search index has not heard, counted to 10000"),
    ("doorbuster_outbox_lag_age_seconds", Unit::Seconds, "how old the oldest of them is"),
    ("doorbuster_notices_waiting", Unit::Count, "messages on their way, by channel"),
    ("doorbuster_notices_overdue_seconds", Unit::Seconds, "for how long the next of them is due, by channel"),
    ("doorbuster_process_resident_memory_bytes", Unit::Bytes, "memory of this process, without PostgreSQL's"),
    ("doorbuster_process_start_time_seconds", Unit::Seconds, "when this process began to serve, since 1970"),
];

/// All that memory knows. Called with each scrape.
pub fn look(state: &State) {
    let status = state.engine.status();
    let (journal, pool) = (status.journal, state.engine.database().pool_status());
    let is_ready = (status.speaks_for_the_cell || journal.standing_by && journal.database_up)
        && state.search.is_ready()
        && !state.draining.load(Ordering::Relaxed);
    gauge!("doorbuster_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    gauge!("doorbuster_ready").set(one_if(is_ready));
    gauge!("doorbuster_http_requests_in_flight").set(state.load_shed.inside() as f64);
    gauge!("doorbuster_http_requests_in_flight_max").set(state.load_shed.max_inside() as f64);
    gauge!("doorbuster_http_buyers_in_flight_max").set(state.load_shed.max_buyers() as f64);
    gauge!("doorbuster_live_listeners").set(state.hub.listeners() as f64);
    gauge!("doorbuster_journal_free_seats").set(journal.free_seats as f64);
    gauge!("doorbuster_journal_epoch").set(journal.epoch as f64);
    gauge!("doorbuster_journal_owner").set(one_if(journal.owner));
    gauge!("doorbuster_journal_standing_by").set(one_if(journal.standing_by));
    gauge!("doorbuster_journal_speaks").set(one_if(status.speaks_for_the_cell));
    gauge!("doorbuster_database_up").set(one_if(journal.database_up));
    gauge!("doorbuster_database_pool_connections", "state" => "in_use").set(pool.in_use as f64);
    gauge!("doorbuster_database_pool_connections", "state" => "idle").set(pool.idle as f64);
    gauge!("doorbuster_database_pool_connections_max").set(pool.size_max as f64);
    gauge!("doorbuster_database_pool_waiting").set(pool.waiting as f64);
    gauge!("doorbuster_actors_awake", "kind" => "sku").set(status.skus_awake as f64);
    gauge!("doorbuster_actors_awake", "kind" => "cart").set(status.carts.awake as f64);
    gauge!("doorbuster_cart_free_seats").set(status.carts.free_seats as f64);
    if let Index::Ready { documents, .. } = state.search.status() {
        gauge!("doorbuster_search_documents").set(documents as f64);
    }
    if let Some(heard) = state.search.heard() {
        let age = state.engine.clock().now() - heard.at;
        gauge!("doorbuster_search_heard_age_seconds").set(seconds(age));
    }
    let rebuild = state.search.rebuilding();
    gauge!("doorbuster_search_rebuild_products").set(rebuild.map_or(0, |rebuild| rebuild.done) as f64);
    gauge!("doorbuster_search_rebuild_products_expected").set(rebuild.map_or(0, |rebuild| rebuild.total) as f64);
    if let Some(bytes) = resident_bytes() {
        gauge!("doorbuster_process_resident_memory_bytes").set(bytes as f64);
    }
}

/// What takes a query, or a look at the disk. Called every few seconds; while the database is away, the last known value stands beside
/// `doorbuster_database_up`.
pub async fn ask(state: &State) {
    let health = state.search.health();
    gauge!("doorbuster_search_index_bytes").set(health.bytes_on_disk as f64);
    gauge!("doorbuster_search_corrupt").set(one_if(health.damage.is_some()));
    ask_for_lag(state).await;
    ask_for_messages(state).await;
}

async fn ask_for_messages(state: &State) {
    let Ok(waiting) = state.identity.notifications().waiting().await else { return };
    for Waiting { channel, messages, oldest } in waiting {
        let overdue = oldest.map_or(0.0, |oldest| seconds(state.engine.clock().now() - oldest));
        gauge!("doorbuster_notices_waiting", "channel" => channel.name()).set(messages as f64);
        gauge!("doorbuster_notices_overdue_seconds", "channel" => channel.name()).set(overdue);
    }
}

async fn ask_for_lag(state: &State) {
    let Some(heard) = state.search.heard() else { return };
    let Ok(lag) = state.engine.outbox().lag(heard.up_to).await else { return };
    let age = lag.oldest.map_or(0.0, |oldest| seconds(state.engine.clock().now() - oldest));
    gauge!("doorbuster_outbox_lag_rows").set(lag.rows as f64);
    gauge!("doorbuster_outbox_lag_age_seconds").set(age);
}

/// When this process began to serve.
pub fn started(state: &State) {
    let now = state.engine.clock().now().timestamp_millis();
    gauge!("doorbuster_process_start_time_seconds").set(std::time::Duration::from_millis(now.unsigned_abs()));
}

fn one_if(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

fn seconds(span: chrono::TimeDelta) -> f64 {
    span.to_std().unwrap_or_default().as_secs_f64()
}

/// As the system says; `None` where it has no `/proc`.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
