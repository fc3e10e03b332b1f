//! Group commit, in process and without HTTP: durable buy-now orders a second with the real bundle, and what each costs the
//! processors on both sides. Against what plain ingest of the same rows would reach it is not compared yet.
//!
//! Own PostgreSQL with `fsync` on, in a temporary folder. `cargo bench --bench group_commit`; `SECONDS=3 FLIGHT=64,512`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use engine::catalog::{ProductDraft, ProductStatus, Sku, VariantDraft};
use engine::checkout::{Basket, PlaceOrder, Want};
use engine::id::{LocationId, PrincipalId, StoreId};
use engine::inventory::{Command, StockChange};
use engine::money::{Currency, Money};
use engine::order::{Address, Contact, PaymentMethod};
use engine::postgres::embedded::{Embedded, Tuning};
use engine::postgres::{Database, migrate};
use engine::quantity::Quantity;
use engine::{Engine, Settings};
use uuid::Uuid;

fn main() -> anyhow::Result<()> {
    let seconds = number("SECONDS", 3);
    let folder = PathBuf::from(std::env::var("CARGO_TARGET_TMPDIR").unwrap_or_else(|_| "target/tmp".to_owned()));
    let folder = folder.join(format!("group-commit-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let tuning = Tuning { shared_buffers_mb: 256, commit_delay_us: u32::try_from(number("COMMIT_DELAY_US", 0))? };
    let cluster = Embedded::run(&folder, &tuning)?;
    let io = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    io.block_on(migrate(cluster.url()))?;
    let database = Database::new(cluster.url(), 4, io.handle().clone());
    let engine = io.block_on(Engine::open(database, Settings::default()))?;

    let flights: Vec<usize> = std::env::var("FLIGHT")
        .unwrap_or_else(|_| "64,512".to_owned())
        .split(',')
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    for skus in [1, 10_000] {
        let skus = io.block_on(stock(&engine, skus))?;
        for flight in &flights {
            let backend = io.block_on(journal_backend(&engine))?;
            let before = (cpu_time("self"), cpu_time(&backend));
            let rush = io.block_on(rush(&engine, &skus, *flight, Duration::from_secs(seconds)))?;
            let after = (cpu_time("self"), cpu_time(&backend));
            report(&format!("{} SKU(s), {flight} in flight", skus.len()), &rush, before, after);
        }
    }
    io.block_on(engine.close());
    drop(engine);
    drop(io);
    drop(cluster);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Makes `count` SKUs with more stock than will be sold.
async fn stock(engine: &Engine, count: usize) -> anyhow::Result<Arc<Vec<Sku>>> {
    let mut skus = Vec::with_capacity(count);
    let mut sets = Vec::with_capacity(count);
    for product in 0..count.div_ceil(100) {
        let variants = (0..count.min(100))
            .map(|n| VariantDraft::new(format!("S{count}-{product}-{n}"), Money::new(60_000, Currency::INR)))
            .collect();
        let draft = ProductDraft {
            title: format!("Product {count} {product}"),
            status: ProductStatus::Active,
            variants,
            ..ProductDraft::default()
        };
        let (_, variants) = engine.catalog().create_product(StoreId::MAIN, draft).await?;
        for variant in variants {
            skus.push(variant.sku.clone());
            let command = Command::Set {
                location: LocationId::MAIN,
                on_hand: 1_000_000_000,
                safety: None,
                count_version: None,
                reference: None,
            };
            sets.push(StockChange { variant: variant.id, command });
        }
    }
    for outcome in engine.stockroom().set_many(sets).await {
        outcome?;
    }
    Ok(Arc::new(skus))
}

/// What one run found.
struct Rush {
    orders: u64,
    batches: u64,
    took: Duration,
}

/// `flight` buyers, each with its next order as soon as the last is durable.
async fn rush(engine: &Engine, skus: &Arc<Vec<Sku>>, flight: usize, length: Duration) -> anyhow::Result<Rush> {
    let before = engine.status().journal;
    let placed = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let buyers: Vec<_> = (0..flight)
        .map(|buyer| {
            let (engine, skus, placed) = (engine.clone(), Arc::clone(skus), Arc::clone(&placed));
            tokio::spawn(async move {
                let mut turn = buyer;
                while began.elapsed() < length {
                    let sku = skus[turn.wrapping_mul(7_919) % skus.len()].clone();
                    engine.checkout().place(order(&engine, sku)).await?;
                    placed.fetch_add(1, Ordering::Relaxed);
                    turn += flight;
                }
                Ok::<_, engine::checkout::Error>(())
            })
        })
        .collect();
    for buyer in buyers {
        buyer.await??;
    }
    let after = engine.status().journal;
    let orders = placed.load(Ordering::Relaxed);
    Ok(Rush { orders, batches: (after.batches - before.batches).max(1), took: began.elapsed() })
}

/// The process of PostgreSQL that writes the batches.
async fn journal_backend(engine: &Engine) -> anyhow::Result<String> {
    #[derive(diesel::QueryableByName)]
    struct Backend {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        pid: i32,
    }
    use diesel_async::RunQueryDsl;
    let mut connection = engine.database().connection().await?;
    let found: Backend = diesel::sql_query(
        "select pid from pg_stat_activity where application_name = 'doorbuster journal' and datname = current_database()",
    )
    .get_result(&mut connection)
    .await?;
    Ok(found.pid.to_string())
}

/// What a process has used of the processors, where `/proc` tells it. Wall time says little on a machine that others use.
fn cpu_time(process: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name in parentheses: the 12th and 13th fields are user and system time, in hundredths of a second.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

fn order(engine: &Engine, sku: Sku) -> PlaceOrder {
    let key = Uuid::new_v4();
    PlaceOrder {
        store: StoreId::MAIN,
        principal: PrincipalId::from_uuid(engine.ids().next(engine.clock().now())),
        idempotency_key: key.to_string().into(),
        fingerprint: [7; 32],
        basket: Basket::Items(vec![Want { sku, quantity: Quantity::wanted(1).expect("one is a quantity") }]),
        contact: Contact { email: Some("ann@example.com".to_owned()), phone: None },
        address: address(),
        shipping_method: "standard".to_owned(),
        payment_method: PaymentMethod::Manual,
        expected_total: Money::new(60_000, Currency::INR),
        quote_valid_until: None,
        hold_ttl_s: None,
    }
}

fn address() -> Address {
    Address {
        name: "Ann Example".to_owned(),
        line1: "1 High Street".to_owned(),
        city: "Pune".to_owned(),
        postal_code: "411001".to_owned(),
        country: "IN".to_owned(),
        ..Address::default()
    }
}

type CpuTimes = (Option<Duration>, Option<Duration>);

#[expect(clippy::print_stdout, reason = "a benchmark prints what it found")]
fn report(what: &str, rush: &Rush, before: CpuTimes, after: CpuTimes) {
    let orders = u128::from(rush.orders.max(1));
    let rate = orders * 1000 / rush.took.as_millis().max(1);
    let each = |before: Option<Duration>, after: Option<Duration>| match (before, after) {
        (Some(before), Some(after)) => format!("{} us", (after - before).as_micros() / orders),
        _ => "?".to_owned(),
    };
    println!(
        "{what:<28} {rate:>8} orders/s, {:>4} orders a batch; CPU an order: engine and buyers {}, PostgreSQL {}",
        rush.orders / rush.batches,
        each(before.0, after.0),
        each(before.1, after.1),
    );
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}
