//! What a sale sells: SKUs of its own, freshly made through the admin API, and the baskets people want.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::history::{self, Recorder, Said, Span, Told, Verb};
use crate::shop::{Account, Admin, Buyer, Item, Money, NewProduct, NumberedChange};
use crate::workload::{PLENTY, Payment, Sale};

/// The SKUs on sale, by number.
pub(crate) struct Goods {
    pub(crate) skus: Vec<String>,
}

/// What one shopper wants: SKU numbers and quantities, line by line.
pub(crate) type Basket = Vec<(usize, i64)>;

/// The sale, ready: goods on the shelf, shoppers at the door, the price known.
pub(crate) struct Stall {
    pub(crate) sale: Sale,
    pub(crate) goods: Goods,
    pub(crate) buyers: Vec<Buyer>,
    /// What every basket costs: all SKUs have one price.
    pub(crate) total: Money,
    /// Keys of this run begin with it.
    pub(crate) run: String,
    pub(crate) seed: u64,
    /// Where what is asked and told is written down, if it is.
    pub(crate) history: Option<Recorder>,
}

const VARIANTS_PER_PRODUCT: usize = 50;
const CONNECTIONS: usize = 16;
const SESSIONS: u64 = 1_000;
const SIGN_INS: usize = 32;

impl Stall {
    pub(crate) async fn set_up(
        admin: &Admin,
        sale: Sale,
        buyers: u64,
        run: String,
        seed: u64,
        history: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let skus: Vec<String> = (0..sale.skus).map(|number| format!("{run}-{number}")).collect();
        let history = history.map(|path| Recorder::create(path, &run, &skus)).transpose()?;
        let goods = Goods::put_on_the_shelf(admin, &sale, &run, skus, history.as_ref()).await?;
        let buyers = if sale.customers { sign_in(admin).await? } else { arrive(admin, buyers.max(1)).await? };
        let total = Money { amount: 0, currency: String::new() };
        let mut stall = Self { sale, goods, buyers, total, run, seed, history };
        stall.total = stall.ask_the_price(admin).await?;
        Ok(stall)
    }

    /// One SKU of which there is more than can be sold, bought one by one: for what is measured beside a sale.
    pub(crate) async fn with_plenty(admin: &Admin) -> anyhow::Result<Self> {
        let run = format!("lt{}", &uuid::Uuid::new_v4().simple().to_string()[..10]);
        let sale = Sale {
            units: PLENTY,
            skus: 1,
            lines: 1,
            same_sku: false,
            quantity: 1,
            cart: false,
            customers: false,
            payment: Payment::Manual,
        };
        Self::set_up(admin, sale, SESSIONS, run, 1, None).await
    }

    /// The same visit always wants the same, so that its request can be repeated and its order judged.
    pub(crate) fn basket(&self, visit: u64) -> Basket {
        basket(&self.sale, self.seed, visit)
    }

    pub(crate) fn items(&self, basket: &Basket) -> Vec<Item<'_>> {
        basket.iter().map(|(sku, quantity)| Item { sku: &self.goods.skus[*sku], quantity: *quantity }).collect()
    }

    /// All of one length: a request can be written once and sent under many keys.
    pub(crate) fn key(&self, visit: u64) -> String {
        format!("{}-{visit:010}", self.run)
    }

    /// Which visit sent this key, if one of ours did.
    pub(crate) fn visit_of(&self, key: &str) -> Option<u64> {
        key.strip_prefix(&self.run)?.strip_prefix('-')?.parse().ok()
    }

    /// New products take a moment to become known to checkout.
    async fn ask_the_price(&self, admin: &Admin) -> anyhow::Result<Money> {
        let mut tries = 0;
        loop {
            let basket = self.basket(tries);
            let items = self.items(&basket);
            match self.buyers[0].quote(&admin.client, &items, self.sale.payment.name()).await {
                Ok(total) => return Ok(total),
                Err(error) if tries >= 50 => {
                    return Err(error).context("the new products cannot be bought");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
            tries += 1;
        }
    }
}

impl Goods {
    async fn put_on_the_shelf(
        admin: &Admin,
        sale: &Sale,
        run: &str,
        skus: Vec<String>,
        history: Option<&Recorder>,
    ) -> anyhow::Result<Self> {
        stream::iter(skus.chunks(VARIANTS_PER_PRODUCT).enumerate())
            .map(|(number, skus)| async move {
                let slug = format!("{run}-{number}");
                let title = format!("Load test {run} no. {number}");
                let product = NewProduct {
                    slug: &slug,
                    title: &title,
                    skus,
                    mrp_minor: 149_900,
                    price_minor: 129_900,
                    currency: "INR",
                };
                admin.create_product(&product).await
            })
            .buffer_unordered(CONNECTIONS)
            .try_collect::<()>()
            .await?;
        if sale.units > 0 {
            stream::iter(skus.iter().enumerate())
                .map(|(number, sku)| deliver(admin, number, sku, sale.units, history))
                .buffer_unordered(CONNECTIONS)
                .try_collect::<()>()
                .await?;
        }
        Ok(Self { skus })
    }
}

async fn deliver(
    admin: &Admin,
    number: usize,
    sku: &str,
    units: i64,
    history: Option<&Recorder>,
) -> anyhow::Result<()> {
    let asked = Instant::now();
    let received = admin.receive(sku, units, "receive").await?;
    if let Some(history) = history {
        let numbered = received.changes.iter();
        let numbered = numbered.map(|NumberedChange { location_id, seq }| Told {
            sku: Some(number),
            location: location_id,
            quantity: units,
            seq: Some(*seq),
            left: None,
        });
        let told: Vec<Told<'_>> = numbered.collect();
        history.call(&Said {
            span: Span { asked, answered: Some(Instant::now()) },
            verb: Verb::Receive,
            key: number as u64,
            answer: history::Answer::Done,
            asked: &[(number, units)],
            told: &told,
        });
    }
    Ok(())
}

async fn arrive(admin: &Admin, buyers: u64) -> anyhow::Result<Vec<Buyer>> {
    stream::iter(0..buyers).map(|_| Buyer::arrive(&admin.client)).buffered(CONNECTIONS * 4).try_collect().await
}

/// A login is meant to be much work for the shop: a few are shared by all.
async fn sign_in(admin: &Admin) -> anyhow::Result<Vec<Buyer>> {
    let account = Account::register(&admin.client).await?;
    stream::iter(0..SIGN_INS).map(|_| account.sign_in(&admin.client)).buffered(CONNECTIONS).try_collect().await
}

fn basket(sale: &Sale, seed: u64, visit: u64) -> Basket {
    let mut dice = SmallRng::seed_from_u64(seed ^ visit.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let skus = sale.skus as usize;
    let mut basket = Basket::with_capacity(sale.lines as usize);
    let mut sku = dice.random_range(0..skus);
    for _ in 0..sale.lines {
        while !sale.same_sku && basket.iter().any(|(taken, _)| *taken == sku) {
            sku = dice.random_range(0..skus);
        }
        basket.push((sku, sale.quantity));
    }
    basket
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(skus: u32, lines: u32, same_sku: bool) -> Sale {
        Sale { units: 1, skus, lines, same_sku, quantity: 2, cart: false, customers: false, payment: Payment::Manual }
    }

    #[test]
    fn lines_are_of_different_skus_unless_they_are_meant_not_to_be() {
        for visit in 0..500 {
            let mut numbers: Vec<_> = basket(&sale(4, 4, false), 1, visit).into_iter().map(|(sku, _)| sku).collect();
            numbers.sort_unstable();
            assert_eq!(numbers, [0, 1, 2, 3]);
            let twice = basket(&sale(64, 2, true), 1, visit);
            assert_eq!(twice[0], twice[1]);
        }
    }

    #[test]
    fn a_visit_always_wants_the_same_and_visits_differ() {
        let sale = sale(10_000, 1, false);
        assert_eq!(basket(&sale, 3, 9), basket(&sale, 3, 9));
        let wanted: std::collections::HashSet<_> = (0..1000).map(|visit| basket(&sale, 3, visit)[0].0).collect();
        assert!(wanted.len() > 900, "{}", wanted.len());
    }
}
