//! Files sent at once: what is in them is there once. So many are read at a time; the rest is told to come back.

use super::salvo::{Fired, fire};
use super::stage::Stage;
use crate::app::ADMIN_KEY;

async fn sent(stage: &Stage, what: &str, scope: &str, file: impl Fn(usize) -> String) -> Fired {
    let path = format!("/api/v1/admin/imports/{scope}");
    let fired = fire(what, |shot| {
        stage.app.client.post(&path).bearer(ADMIN_KEY).header("content-type", "text/csv").body(file(shot))
    })
    .await;
    assert!(fired.count("done") >= 1, "{fired}");
    fired.expect(fired.count("done"), &["overloaded"]);
    fired
}

pub(super) async fn products(stage: &Stage) {
    let sku = stage.name("imported");
    let row = |units: usize| format!("product,title,status,sku,price,stock\n{sku},Lamp,active,{sku},499.00,{units}\n");
    let before = stage.count("/api/v1/admin/products").await;
    let fired = sent(stage, "a file of products, the same", "products", |_| row(7)).await;
    assert_eq!(stage.count("/api/v1/admin/products").await, before + 1, "{fired}");
    assert_eq!(stage.level(&sku).await[..2], [7, 0], "{fired}");
    let fired = sent(stage, "a file of products, other numbers", "products", |shot| row(100 + shot)).await;
    assert_eq!(stage.count("/api/v1/admin/products").await, before + 1, "{fired}");
    assert!((100..150).contains(&stage.level(&sku).await[0]), "{fired}");
}

pub(super) async fn stock(stage: &Stage) {
    let (one, other) = (stage.goods(1).await, stage.goods(1).await);
    let rows = |units: usize| format!("sku,stock\n{one},{units}\n{other},{units}\n");
    let fired = sent(stage, "a file of stock, the same", "stock", |_| rows(7)).await;
    assert_eq!(stage.level(&one).await[0], 7, "{fired}");
    // One file says the same of both, and is read from the top.
    let fired = sent(stage, "a file of stock, other numbers", "stock", |shot| rows(100 + shot)).await;
    let levels = [stage.level(&one).await[0], stage.level(&other).await[0]];
    assert!(levels.iter().all(|level| (100..150).contains(level)), "{levels:?}: {fired}");
}
