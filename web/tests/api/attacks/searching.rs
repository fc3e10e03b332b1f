//! The rules of the shop's search, changed and removed by many at once; and clicks that many tell of at once.

use hyper::Method;
use serde_json::json;

use super::changing::{change, made, version};
use super::making::make_once;
use super::salvo::{SHOTS, fire};
use super::stage::Stage;
use crate::app::OPERATOR_KEY;

const SYNONYMS: &str = "search/synonyms";

async fn a_synonym(stage: &Stage) -> String {
    made(stage, SYNONYMS, &json!({ "words": ["sofa", stage.name("couch")] })).await
}

async fn a_rule(stage: &Stage) -> String {
    let weigh = json!({ "attribute": { "key": "color", "value": "red" }, "percent": 50 });
    made(stage, "search/rules", &json!({ "name": stage.name("rule"), "when": "always", "weigh": weigh })).await
}

/// Two may say the same; each is made once for its key.
pub(super) async fn synonyms(stage: &Stage) {
    let listed = async || stage.count("/api/v1/admin/search/synonyms").await;
    let before = listed().await;
    make_once(stage, SYNONYMS, |name, turn| json!({ "words": [name, format!("other {turn}")] })).await;
    assert_eq!(listed().await, before + 2);
}

pub(super) async fn change_synonym(stage: &Stage) {
    change(stage, &a_synonym(stage).await, "means", |turn| json!({ "means": [format!("settee {turn}")] })).await;
}

pub(super) async fn change_rule(stage: &Stage) {
    let wish = |turn| json!({ "when": "contains", "text": format!("shirt {turn}") });
    change(stage, &a_rule(stage).await, "text", wish).await;
}

/// Of those who saw the same version one removes it, and nobody finds it afterwards.
async fn remove(stage: &Stage, path: &str) {
    let (seen, _) = version(stage, path).await;
    let go =
        |version: &str| stage.app.client.request(Method::DELETE, path).bearer(OPERATOR_KEY).header("if-match", version);
    go("\"99\"").send().await.problem(412, "version_conflict");
    let fired = fire(&format!("remove {path}"), |shot| go(if shot % 2 == 0 { &seen } else { "*" })).await;
    fired.expect(1, &["not_found"]);
}

pub(super) async fn remove_synonym(stage: &Stage) {
    remove(stage, &a_synonym(stage).await).await;
}

pub(super) async fn remove_rule(stage: &Stage) {
    remove(stage, &a_rule(stage).await).await;
}

/// Nobody is told apart, so each is counted.
pub(super) async fn click(stage: &Stage) {
    let query = stage.name("clicked");
    let click = |_| {
        let body = json!({ "query": query, "product": "t-shirt", "position": 2 });
        stage.app.client.post("/api/v1/search/clicks").json(&body)
    };
    let fired = fire("clicks", click).await;
    fired.expect(SHOTS, &[]);
    stage.app.ground.engine.searched().write().await.expect("the database is there");
    let counted = stage.app.count(&format!("select sum(clicks)::bigint from search_queries where text = '{query}'"));
    assert_eq!(counted, i64::try_from(SHOTS).expect("fifty"), "{fired}");
}
