//! The books of a SKU.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::Answer;

async fn change(app: &TestApp, verb: &str, key: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/admin/stock/TEE-M/{verb}");
    app.admin_post(&path, body).header("idempotency-key", key).send().await
}

#[actix_web::test]
async fn stock_is_changed_once_for_its_key_and_every_change_is_in_the_books() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    let keyless = app.admin_post("/api/v1/admin/stock/TEE-M/receive", &json!({ "quantity": 1 })).send().await;
    keyless.problem(400, "idempotency_key_required");

    let received = change(&app, "receive", "a", &json!({ "quantity": 10, "reference": "delivery 7" })).await;
    assert_eq!(received.expect(200)["locations"][0]["on_hand"], 10);
    let again = change(&app, "receive", "a", &json!({ "quantity": 10, "reference": "delivery 7" })).await;
    assert_eq!(again.expect(200)["locations"][0]["on_hand"], 10);
    assert_eq!(again.header("idempotent-replayed"), "true");
    change(&app, "receive", "a", &json!({ "quantity": 11 })).await.problem(422, "idempotency_key_reused");

    let adjusted = change(&app, "adjust", "b", &json!({ "delta": -3, "reason": "broken" })).await.expect(200);
    let level = &adjusted["locations"][0];
    assert_eq!((&level["on_hand"], &level["sellable"]), (&json!(7), &json!(7)));
    change(&app, "adjust", "c", &json!({ "delta": -8, "reason": "stolen" })).await.problem(409, "out_of_stock");

    let counted = json!({ "on_hand": 6, "count_version": level["count_version"] });
    change(&app, "set", "d", &counted).await.expect(200);
    change(&app, "set", "e", &counted).await.problem(409, "version_conflict");

    let ledger = app.admin_get("/api/v1/admin/stock/TEE-M/ledger?limit=2").send().await.expect(200);
    let deltas = |page: &Value| -> Vec<Value> {
        page["data"].as_array().expect("rows").iter().map(|row| row["on_hand_delta"].clone()).collect()
    };
    assert_eq!(deltas(&ledger), [json!(10), json!(-3)]);
    let cursor = ledger["page"]["next_cursor"].as_str().expect("there is more");
    let rest = app.admin_get(&format!("/api/v1/admin/stock/TEE-M/ledger?limit=2&cursor={cursor}")).send().await;
    assert_eq!(deltas(&rest.expect(200)), [json!(-1)]);
}

#[actix_web::test]
async fn a_change_that_makes_no_sense_is_refused_where_it_is_wrong() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    let cases = [
        ("receive", json!({ "quantity": 0 }), "/quantity"),
        ("receive", json!({ "quantity": 1_000_000_001 }), "/quantity"),
        ("adjust", json!({ "delta": 1_000_000_001, "reason": "x" }), "/delta"),
        ("adjust", json!({ "delta": -1_000_000_001, "reason": "x" }), "/delta"),
        ("set", json!({ "on_hand": 1_000_000_001, "count_version": 0 }), "/on_hand"),
        ("set", json!({ "on_hand": 1, "safety": 1_000_000_001, "count_version": 0 }), "/safety"),
        ("transfer", json!({ "from": "main", "to": "main", "quantity": 1_000_000_001 }), "/quantity"),
        ("receive", json!({ "quantity": 1, "location": "nowhere" }), "/location"),
        ("adjust", json!({ "delta": 0, "reason": "x" }), "/delta"),
        ("adjust", json!({ "delta": 1 }), "/reason"),
        ("set", json!({ "on_hand": -1, "count_version": 0 }), "/on_hand"),
        ("set", json!({ "on_hand": 1 }), "/count_version"),
        ("transfer", json!({ "from": "main", "to": "nowhere", "quantity": 1 }), "/to"),
    ];
    for (number, (verb, body, pointer)) in cases.into_iter().enumerate() {
        let refused = change(&app, verb, &number.to_string(), &body).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{verb} {body}");
    }
    app.admin_get("/api/v1/admin/stock/NOTHING").send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn holds_say_to_whom_it_is_promised() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let guest = app.guest().await;
    let mut body = crate::app::purchase(&[("TEE-M", 2)], 0);
    let quote = app.quote(&guest, &json!({ "items": body["items"] })).await.expect(200);
    body["expected_total"] = quote["totals"]["grand"].clone();
    let order = app.checkout(&guest, "k", &body).await.expect(201);
    let holds = app.admin_get("/api/v1/admin/stock/TEE-M/holds?state=held").send().await.expect(200);
    let hold = &holds["data"][0];
    assert_eq!((&hold["order_id"], &hold["quantity"]), (&order["id"], &json!(2)));
    let none = app.admin_get("/api/v1/admin/stock/TEE-M/holds?state=expired").send().await.expect(200);
    assert_eq!(none["data"], json!([]));
    app.admin_get("/api/v1/admin/stock/TEE-M/holds?state=lost").send().await.problem(400, "bad_request");
}
