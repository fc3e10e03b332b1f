//! Files sent at once: what is in them is there once. So many are read at a time; the rest is told to come back.

use super::salvo::{Fired, fire};
use super::stage::Stage;
use crate::app::OPERATOR_KEY;

async fn sent(stage: &Stage, what: &str, scope: &str, file: impl Fn(usize) -> String) -> Fired {
    let path = format!("/api/v1/admin/imports/{scope}");
    let fired = fire(what, |shot| {
        stage.app.client.post(&path).bearer(OPERATOR_KEY).header("content-type", "text/csv").body(file(shot))
    })
    .await;
    fired.expect_some(1, &["overloaded"]);
    assert!(fired.done().iter().all(|summary| summary["rejected"] == 0), "{fired}");
    fired
}

/// How often a file that was read changed a count.
fn counts_set(fired: &Fired) -> i64 {
    fired.done().iter().filter_map(|summary| summary["stock"]["set"].as_i64()).sum()
}

/// What is there is what one of the files that were read says.
fn is_of_a_file(on_hand: i64, fired: &Fired) -> bool {
    fired.shots("done").into_iter().any(|shot| on_hand == said(shot))
}

/// What each of many files says of everything in it.
fn said(shot: usize) -> i64 {
    100 + i64::try_from(shot).expect("a small number")
}

pub(super) async fn products(stage: &Stage) {
    let sku = stage.name("imported");
    let row = |units: i64| format!("product,title,status,sku,price,stock\n{sku},Lamp,active,{sku},499.00,{units}\n");
    let before = stage.count("/api/v1/admin/products").await;
    let fired = sent(stage, "a file of products, the same", "products", |_| row(7)).await;
    assert_eq!(stage.count("/api/v1/admin/products").await, before + 1, "{fired}");
    // Two at a time may both find something else, and both count.
    let counted = counts_set(&fired);
    assert_eq!(stage.level(&sku).await, [7, 0, counted], "{fired}");
    let fired = sent(stage, "a file of products, other numbers", "products", |shot| row(said(shot))).await;
    assert_eq!(stage.count("/api/v1/admin/products").await, before + 1, "{fired}");
    let [on_hand, _, seq] = stage.level(&sku).await;
    assert!(is_of_a_file(on_hand, &fired), "{on_hand}: {fired}");
    assert_eq!(seq, counted + counts_set(&fired), "{fired}");
}

pub(super) async fn stock(stage: &Stage) {
    let (one, other) = (stage.goods(1).await, stage.goods(1).await);
    let rows = |units: i64| format!("sku,stock\n{one},{units}\n{other},{units}\n");
    let fired = sent(stage, "a file of stock, the same", "stock", |_| rows(7)).await;
    let levels = [stage.level(&one).await, stage.level(&other).await];
    assert_eq!(levels.map(|[on_hand, ..]| on_hand), [7; 2], "{fired}");
    let counted = counts_set(&fired);
    let fired = sent(stage, "a file of stock, other numbers", "stock", |shot| rows(said(shot))).await;
    let levels = [stage.level(&one).await, stage.level(&other).await];
    // Two files at a time, row by row: the last count of one SKU may be in another file than the last of the other.
    assert!(levels.iter().all(|[on_hand, ..]| is_of_a_file(*on_hand, &fired)), "{levels:?}: {fired}");
    let changes: i64 = levels.iter().map(|[.., seq]| seq - 1).sum();
    assert_eq!(changes, counted + counts_set(&fired), "{levels:?}: {fired}");
}
