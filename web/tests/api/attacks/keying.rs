//! Keys made, replaced and revoked while others use them.

use futures_util::future::join;
use serde_json::{Value, json};

use super::salvo::{SHOTS, fire};
use super::stage::Stage;

const KEYS: &str = "/api/v1/admin/keys";
const USED_FOR: &str = "/api/v1/admin/brands";

async fn a_key(stage: &Stage) -> (String, String) {
    let made = stage.app.admin_post(KEYS, &wish(stage)).send().await.expect(201);
    (format!("{KEYS}/{}", made["id"].as_str().expect("an id")), secret(&made))
}

fn wish(stage: &Stage) -> Value {
    json!({ "name": stage.name("till"), "kind": "secret", "scopes": ["catalog:read"] })
}

fn secret(made: &Value) -> String {
    made["secret"].as_str().expect("a secret").to_owned()
}

/// The answers are kept by nobody, so each is a key of its own.
pub(super) async fn create(stage: &Stage) {
    let before = stage.count(KEYS).await;
    let wish = wish(stage);
    let fired = fire("the same key", |_| stage.app.admin_post(KEYS, &wish)).await;
    fired.expect(SHOTS, &[]);
    let mut secrets: Vec<String> = fired.done().iter().map(secret).collect();
    secrets.sort();
    secrets.dedup();
    assert_eq!((secrets.len(), stage.count(KEYS).await), (SHOTS, before + SHOTS));
}

/// Of all who replace a key one does; whoever uses it meanwhile does not notice.
pub(super) async fn rotate(stage: &Stage) {
    let (path, old) = a_key(stage).await;
    let go = |overlap_s: i64| {
        let body = json!({ "overlap_s": overlap_s });
        stage.app.admin_post(&format!("{path}/rotate"), &body).header("if-match", "*")
    };
    let used = |secret: &str| stage.app.client.get(USED_FOR).bearer(secret);
    let (replaced, in_use) =
        join(fire("replacing a key", |_| go(60)), fire("a key that is replaced", |_| used(&old))).await;
    replaced.expect(1, &["invalid_state"]);
    in_use.expect(SHOTS, &[]);
    let (_, new) = replaced.winner();
    let path = format!("{KEYS}/{}/rotate", new["id"].as_str().expect("an id"));
    let new = secret(&new);
    // Without an overlap: until it is done the old one opens, and afterwards the new one alone.
    let end = |_| stage.app.admin_post(&path, &json!({ "overlap_s": 0 })).header("if-match", "*");
    let (ended, in_use) = join(fire("ending a key", end), fire("a key that ends", |_| used(&new))).await;
    ended.expect(1, &["invalid_state"]);
    in_use.expect_some(0, &["token_expired"]);
    fire("a key that has ended", |_| used(&new)).await.expect(0, &["token_expired"]);
    let newest = secret(&ended.winner().1);
    fire("the key in its place", |_| used(&newest)).await.expect(SHOTS, &[]);
}

/// Whoever is told that it is revoked never sees it open anything again.
pub(super) async fn revoke(stage: &Stage) {
    let (path, secret) = a_key(stage).await;
    let used = |_| stage.app.client.get(USED_FOR).bearer(&secret);
    let go = |_| stage.app.admin_post(&format!("{path}/revoke"), &json!({})).header("if-match", "*");
    let (revoked, in_use) = join(fire("revoking a key", go), fire("a key that is revoked", used)).await;
    revoked.expect(SHOTS, &[]);
    in_use.expect_some(0, &["unauthenticated"]);
    fire("a key that was revoked", used).await.expect(0, &["unauthenticated"]);
}
