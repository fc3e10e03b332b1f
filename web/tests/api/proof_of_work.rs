//! Computing time before a cart, where it is asked for.

use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::TestApp;
use crate::client::Answer;

fn shop() -> TestApp {
    TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.proof_of_work.required_for = vec!["cart".to_owned()];
        settings.proof_of_work.difficulty = 8;
    })
}

async fn add(app: &TestApp, guest: &str, proof: Option<&str>) -> Answer {
    let request = app.client.post("/api/v1/cart/items").bearer(guest).json(&json!({ "sku": "TEE", "quantity": 1 }));
    let request = match proof {
        Some(proof) => request.header("proof-of-work", proof),
        None => request,
    };
    request.send().await
}

/// As a client does it that has read the documentation.
fn solve(challenge: &Value) -> String {
    assert_eq!(challenge["algorithm"], "sha-256");
    let (text, difficulty) = (challenge["challenge"].as_str().expect("a text"), &challenge["difficulty"]);
    let difficulty = difficulty.as_u64().and_then(|bits| u32::try_from(bits).ok()).expect("a number");
    let answers = (0_u64..).map(|answer| format!("{text}:{answer}"));
    let begins_with_zeros = |shown: &String| {
        let begin: [u8; 8] = Sha256::digest(shown)[..8].try_into().expect("eight bytes");
        u64::from_be_bytes(begin).leading_zeros() >= difficulty
    };
    answers.into_iter().find(begins_with_zeros).expect("there is one")
}

#[actix_web::test]
async fn a_cart_costs_a_proof_and_each_proof_counts_once() {
    let app = shop();
    app.create_product("tee", &["TEE"]).await;
    let (ann, bob) = (app.guest().await, app.guest().await);
    let refused = add(&app, &ann, None).await.problem(428, "proof_of_work_required");
    assert_eq!(
        (&refused["proof_of_work"]["for"], &refused["proof_of_work"]["expires_in_ms"]),
        (&json!("cart"), &json!(120_000))
    );
    let proof = solve(&refused["proof_of_work"]);

    // What is refused tells the next challenge; nothing was put anywhere.
    for (guest, shown) in
        [(&bob, proof.as_str()), (&ann, "nonsense"), (&ann, "pow_x:1"), (&ann, &proof[..proof.len() - 1])]
    {
        let refused = add(&app, guest, Some(shown)).await.problem(428, "proof_of_work_required");
        assert!(refused["proof_of_work"]["challenge"].is_string(), "{refused}");
    }
    let cart = add(&app, &ann, Some(&proof)).await.expect(200);
    assert_eq!(cart["lines"][0]["quantity"], 1);
    let again = add(&app, &ann, Some(&proof)).await.problem(428, "proof_of_work_required");
    assert_eq!(again["detail"], "the proof has been used");

    let proof = solve(&again["proof_of_work"]);
    app.advance(TimeDelta::seconds(120));
    let late = add(&app, &ann, Some(&proof)).await.problem(428, "proof_of_work_required");
    assert_eq!(late["detail"], "the challenge has expired");
}

#[actix_web::test]
async fn a_challenge_can_be_had_before_it_is_needed() {
    let app = shop();
    app.create_product("tee", &["TEE"]).await;
    let guest = app.guest().await;
    let get = |query: &str| app.client.get(&format!("/api/v1/challenge{query}")).bearer(&guest);
    let answer = get("?for=cart").send().await.expect(200);
    assert_eq!(answer["required"], true);
    add(&app, &guest, Some(&solve(&answer["challenge"]))).await.expect(200);
    let answer = get("?for=registration").send().await.expect(200);
    assert_eq!((&answer["required"], &answer["challenge"]["for"]), (&json!(false), &json!("registration")));
    let other = add(&app, &guest, Some(&solve(&answer["challenge"]))).await;
    other.problem(428, "proof_of_work_required");
    get("").send().await.problem(400, "bad_request");
    get("?for=checkout").send().await.problem(400, "bad_request");
    get("?for=cart&bits=1").send().await.problem(400, "bad_request");
    app.client.get("/api/v1/challenge?for=cart").send().await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn by_default_and_for_the_exempt_nothing_is_asked() {
    let off = TestApp::start_with(|settings| settings.limits.exempt = Vec::new());
    off.create_product("tee", &["TEE"]).await;
    let guest = off.guest().await;
    add(&off, &guest, None).await.expect(200);
    let exempt = TestApp::start_with(|settings| settings.proof_of_work.required_for = vec!["cart".to_owned()]);
    exempt.create_product("tee", &["TEE"]).await;
    let guest = exempt.guest().await;
    add(&exempt, &guest, None).await.expect(200);
    // As soon as anybody is inside.
    let busy = TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.proof_of_work.from_load_percent = 1;
        settings.server.requests_max = 4;
    });
    busy.create_product("tee", &["TEE"]).await;
    let guest = busy.guest().await;
    add(&busy, &guest, None).await.problem(428, "proof_of_work_required");
}
