//! Changing things against the version that was seen: of those who saw the same, one changes it.

use serde_json::{Value, json};

use super::salvo::fire;
use super::stage::Stage;
use crate::app::inr;

/// What nearly identical changes differ in.
pub(super) type Wish = fn(turn: usize) -> Value;

pub(super) async fn made(stage: &Stage, things: &str, body: &Value) -> String {
    let made = stage.admin(things, &stage.name("key"), body).send().await;
    made.expect(201);
    made.header("location").to_owned()
}

pub(super) async fn version(stage: &Stage, path: &str) -> (String, Value) {
    let shown = stage.app.admin_get(path).send().await;
    let thing = shown.expect(200);
    (shown.header("etag").to_owned(), thing)
}

pub(super) async fn change(stage: &Stage, path: &str, field: &str, wish: Wish) {
    let (seen, _) = version(stage, path).await;
    let fired = fire(&format!("{path}, the same"), |_| stage.admin_patch(path, &seen, &wish(0))).await;
    fired.expect(1, &["version_conflict"]);
    let (seen, _) = version(stage, path).await;
    let fired = fire(&format!("{path}, one version"), |shot| stage.admin_patch(path, &seen, &wish(shot + 1))).await;
    fired.expect(1, &["version_conflict"]);
    let (_, thing) = version(stage, path).await;
    assert_eq!(thing[field], fired.done()[0][field], "whose change it is says what is there: {fired}");
}

/// `archive` or `restore`: of those who saw the same version one does it. Whoever takes whatever version is there does not
/// undo anything either.
async fn turn(stage: &Stage, path: &str, verb: &str) -> Value {
    let go = |version: &str| stage.app.admin_post(&format!("{path}/{verb}"), &json!({})).header("if-match", version);
    let (seen, _) = version(stage, path).await;
    let fired = fire(&format!("{verb} {path}, one version"), |_| go(&seen)).await;
    fired.expect(1, &["version_conflict"]);
    let done = version(stage, path).await;
    assert_ne!(done.0, seen, "it was changed: {fired}");
    let fired = fire(&format!("{verb} {path}, any version"), |_| go("*")).await;
    fired.expect(super::salvo::SHOTS, &[]);
    assert_eq!(version(stage, path).await, done, "nothing was done again: {fired}");
    done.1
}

async fn archive(stage: &Stage, path: &str) {
    let archived = turn(stage, path, "archive").await;
    assert!(archived["archived_at"].is_string(), "{archived}");
}

async fn restore(stage: &Stage, path: &str) {
    archived(stage, path).await;
    let restored = turn(stage, path, "restore").await;
    assert!(restored["archived_at"].is_null(), "{restored}");
}

async fn archived(stage: &Stage, path: &str) {
    stage.app.admin_verb(path, "archive").await.expect(200);
}

async fn a_product(stage: &Stage) -> String {
    made(stage, "products", &json!({ "title": "Lamp", "slug": stage.name("lamp") })).await
}

async fn a_variant(stage: &Stage) -> String {
    let product = a_product(stage).await;
    let below = product.strip_prefix("/api/v1/admin/").expect("a path of the admin's");
    made(stage, &format!("{below}/variants"), &json!({ "sku": stage.name("lamp"), "price": inr(100) })).await
}

async fn a_brand(stage: &Stage) -> String {
    made(stage, "brands", &json!({ "name": "Acme", "slug": stage.name("acme") })).await
}

async fn a_category(stage: &Stage) -> String {
    made(stage, "categories", &json!({ "name": "Home", "slug": stage.name("home") })).await
}

async fn a_location(stage: &Stage) -> String {
    made(stage, "locations", &json!({ "name": "Hall", "code": stage.name("hall") })).await
}

async fn a_tax_class(stage: &Stage) -> String {
    let body = json!({ "code": stage.name("rate"), "name": "Rate", "rate_bp": 500, "inclusive": true });
    made(stage, "tax-classes", &body).await
}

pub(super) async fn product(stage: &Stage) {
    change(stage, &a_product(stage).await, "title", |turn| json!({ "title": format!("Lamp {turn}") })).await;
}

pub(super) async fn archive_product(stage: &Stage) {
    assert_eq!(turn(stage, &a_product(stage).await, "archive").await["status"], "archived");
}

pub(super) async fn variant(stage: &Stage) {
    change(stage, &a_variant(stage).await, "barcode", |turn| json!({ "barcode": format!("{turn:013}") })).await;
}

pub(super) async fn archive_variant(stage: &Stage) {
    archive(stage, &a_variant(stage).await).await;
}

pub(super) async fn restore_variant(stage: &Stage) {
    restore(stage, &a_variant(stage).await).await;
}

pub(super) async fn brand(stage: &Stage) {
    change(stage, &a_brand(stage).await, "name", |turn| json!({ "name": format!("Acme {turn}") })).await;
}

pub(super) async fn archive_brand(stage: &Stage) {
    archive(stage, &a_brand(stage).await).await;
}

pub(super) async fn restore_brand(stage: &Stage) {
    restore(stage, &a_brand(stage).await).await;
}

pub(super) async fn category(stage: &Stage) {
    change(stage, &a_category(stage).await, "name", |turn| json!({ "name": format!("Home {turn}") })).await;
}

pub(super) async fn archive_category(stage: &Stage) {
    archive(stage, &a_category(stage).await).await;
}

pub(super) async fn restore_category(stage: &Stage) {
    restore(stage, &a_category(stage).await).await;
}

pub(super) async fn location(stage: &Stage) {
    change(stage, &a_location(stage).await, "name", |turn| json!({ "name": format!("Hall {turn}") })).await;
}

pub(super) async fn archive_location(stage: &Stage) {
    archive(stage, &a_location(stage).await).await;
}

pub(super) async fn restore_location(stage: &Stage) {
    restore(stage, &a_location(stage).await).await;
}

pub(super) async fn tax_class(stage: &Stage) {
    change(stage, &a_tax_class(stage).await, "name", |turn| json!({ "name": format!("Rate {turn}") })).await;
}

pub(super) async fn archive_tax_class(stage: &Stage) {
    archive(stage, &a_tax_class(stage).await).await;
}

pub(super) async fn restore_tax_class(stage: &Stage) {
    restore(stage, &a_tax_class(stage).await).await;
}

/// There is one of it, and every quote rests on it: what it was is put back.
pub(super) async fn shipping(stage: &Stage) {
    const PATH: &str = "/api/v1/admin/shipping";
    let (_, before) = version(stage, PATH).await;
    change(stage, PATH, "flat", |turn| json!({ "flat": inr(100 + i64::try_from(turn).expect("a small number")) }))
        .await;
    stage.admin_patch(PATH, "*", &json!({ "flat": before["flat"] })).send().await.expect(200);
}

/// There is one of it too.
pub(super) async fn search_settings(stage: &Stage) {
    const PATH: &str = "/api/v1/admin/search/settings";
    let (_, before) = version(stage, PATH).await;
    change(stage, PATH, "popularity", |turn| json!({ "popularity": 100 + turn })).await;
    stage.admin_patch(PATH, "*", &json!({ "popularity": before["popularity"] })).send().await.expect(200);
}

/// However many ask, it is made one after the other, and what is found is found all the while.
pub(super) async fn search_index(stage: &Stage) {
    stage.app.until_ready().await;
    let ask = |_| stage.app.admin_post("/api/v1/admin/search/index/rebuild", &json!({}));
    let fired = fire("a new search index", ask).await;
    fired.expect(super::salvo::SHOTS, &[]);
    let index = stage.app.admin_get("/api/v1/admin/search/index").send().await.expect(200);
    assert_eq!(index["serves"], true, "{index}");
}
