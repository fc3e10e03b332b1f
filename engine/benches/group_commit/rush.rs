//! The shop's side: buyers without HTTP, each with its next order as soon as the last is durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use engine::Engine;
use engine::audit::Subject;
use engine::catalog::{ProductDraft, ProductStatus, Sku, VariantDraft};
use engine::checkout::{Basket, PlaceOrder, Want};
use engine::id::{LocationId, PrincipalId, StoreId};
use engine::inventory::{Command, StockChange};
use engine::money::{Currency, Money};
use engine::order::{Address, Contact, PaymentMethod};
use engine::quantity::Quantity;
use uuid::Uuid;

/// Makes `count` SKUs with more stock than will be sold.
pub(crate) async fn stock(engine: &Engine, count: usize) -> anyhow::Result<Arc<Vec<Sku>>> {
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
    for outcome in engine.stockroom().set_many(sets, Subject::new("bench", "rush")).await {
        outcome?;
    }
    Ok(Arc::new(skus))
}

/// What one run found.
pub(crate) struct Rush {
    pub(crate) orders: u64,
    pub(crate) batches: u64,
    pub(crate) took: Duration,
}

/// `flight` buyers, each with its next order as soon as the last is durable.
pub(crate) async fn rush(
    engine: &Engine,
    skus: &Arc<Vec<Sku>>,
    flight: usize,
    length: Duration,
) -> anyhow::Result<Rush> {
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
