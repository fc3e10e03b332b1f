//! Signing in with a code that is sent to an address.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::authenticator::{Guarded, answer};
use crate::client::Answer;

/// Asks for a code: the challenge, and the code that arrived.
pub(crate) async fn asked(shop: &TestApp, to: &Value) -> (String, String) {
    let address = to["email"].as_str().or(to["phone"].as_str()).expect("an address").replace(' ', "");
    let before = shop.messages("one_time_code", &address).len();
    let sent = shop.client.post("/api/v1/auth/otp/send").json(to).send().await.expect(202);
    let arrived = async || shop.messages("one_time_code", &address).get(before).cloned();
    let message = testdb::eventually_async("the message", arrived).await;
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = message.split(|letter: char| !letter.is_ascii_alphanumeric()).find(is_code).expect("a code").to_owned();
    (sent["challenge"].as_str().expect("a challenge").to_owned(), code)
}

pub(crate) fn verify(shop: &TestApp, challenge: &str, code: &str) -> crate::client::Request {
    shop.client.post("/api/v1/auth/otp/verify").json(&json!({ "challenge": challenge, "code": code }))
}

/// One that is not it.
pub(crate) fn wrong(code: &str) -> &'static str {
    if code == "123456" { "654321" } else { "123456" }
}

async fn send(shop: &TestApp, to: &Value) -> Answer {
    shop.client.post("/api/v1/auth/otp/send").json(to).send().await
}

#[actix_web::test]
async fn a_code_signs_in_and_the_first_makes_an_account() {
    let shop = TestApp::start();
    for (to, field, shown) in [
        (json!({ "email": "Ann@Example.com" }), "email", "Ann@Example.com"),
        (json!({ "phone": "+91 98765 43210" }), "phone", "+919876543210"),
    ] {
        let (challenge, code) = asked(&shop, &to).await;
        let signed_in = verify(&shop, &challenge, &code).send().await;
        let account = signed_in.expect(200)["account"].clone();
        assert_eq!(account[field], shown);
        assert_eq!(account[format!("{field}_verified")], json!(true));
        assert_ne!(signed_in.refresh_cookie(), "");
        verify(&shop, &challenge, &code).send().await.problem(410, "challenge_over");

        shop.advance(TimeDelta::minutes(1));
        let (challenge, code) = asked(&shop, &to).await;
        let again = verify(&shop, &challenge, &format!("{} {}", &code[..3], &code[3..])).send().await.expect(200);
        assert_eq!(again["account"]["id"], account["id"], "the same somebody");
    }
}

#[actix_web::test]
async fn nobody_learns_who_is_a_customer() {
    let shop = TestApp::start();
    shop.customer("ann@example.com").await;
    let known = send(&shop, &json!({ "email": "ann@example.com" })).await.expect(202);
    let unknown = send(&shop, &json!({ "email": "bob@example.com" })).await.expect(202);
    for told in ["expires_at", "again_at", "expires_in_ms", "again_in_ms"] {
        assert_eq!(known[told], unknown[told], "{told}");
    }
    for to in ["ann@example.com", "bob@example.com"] {
        let refused = send(&shop, &json!({ "email": to })).await;
        refused.problem(429, "rate_limited");
        assert_eq!(refused.header("retry-after"), "60");
    }
}

#[actix_web::test]
async fn guesses_are_few_and_codes_grow_old() {
    let shop = TestApp::start();
    let (challenge, code) = asked(&shop, &json!({ "email": "ann@example.com" })).await;
    for left in [4, 3, 2, 1, 0] {
        let refused = verify(&shop, &challenge, wrong(&code)).send().await.problem(422, "code_wrong");
        assert_eq!(refused["tries_left"], json!(left));
    }
    verify(&shop, &challenge, &code).send().await.problem(410, "challenge_over");

    shop.advance(TimeDelta::minutes(1));
    let (challenge, code) = asked(&shop, &json!({ "email": "ann@example.com" })).await;
    shop.advance(TimeDelta::minutes(5));
    verify(&shop, &challenge, &code).send().await.problem(410, "challenge_over");
    shop.sql("do $$ begin assert not exists (select from accounts), 'nobody came in'; end $$");
}

#[actix_web::test]
async fn an_address_is_written_to_five_times_an_hour() {
    let shop = TestApp::start();
    let to = json!({ "phone": "+919876543210" });
    for _ in 0..5 {
        send(&shop, &to).await.expect(202);
        shop.advance(TimeDelta::minutes(1));
    }
    let refused = send(&shop, &to).await;
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "3300");
    send(&shop, &json!({ "phone": "+919876543211" })).await.expect(202);
    shop.advance(TimeDelta::minutes(55));
    send(&shop, &to).await.expect(202);
}

#[actix_web::test]
async fn what_is_no_address_is_told() {
    let shop = TestApp::start();
    for (body, pointer) in [
        (json!({}), ""),
        (json!({ "email": "ann@example.com", "phone": "+919876543210" }), ""),
        (json!({ "email": "ann" }), "/email"),
        (json!({ "phone": "98765" }), "/phone"),
    ] {
        let refused = send(&shop, &body).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{body}");
    }
    let challenge = "chal_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7";
    verify(&shop, challenge, "123456").send().await.problem(410, "challenge_over");
    verify(&shop, "nonsense", "123456").send().await.problem(410, "challenge_over");
    verify(&shop, challenge, "12345").send().await.problem(422, "validation_failed");
}

#[actix_web::test]
async fn whoever_registered_with_somebody_else_s_address_is_out() {
    let shop = TestApp::start();
    // A stranger is there first, with an address that is not theirs.
    shop.register("ann@example.com", PASSWORD).await.expect(202);
    let stranger = shop.login("ann@example.com", PASSWORD).await;
    let refresh = stranger.refresh_cookie();
    let token = stranger.expect(200)["access_token"].as_str().expect("a token").to_owned();

    let (challenge, code) = asked(&shop, &json!({ "email": "ann@example.com" })).await;
    let ann = verify(&shop, &challenge, &code).send().await.expect(200);
    assert_eq!(ann["account"]["email_verified"], json!(true));
    shop.login("ann@example.com", PASSWORD).await.problem(401, "invalid_credentials");
    shop.refresh(&refresh).send().await.problem(401, "unauthenticated");
    let gone = async || {
        let orders = shop.client.get("/api/v1/orders").bearer(&token).send().await;
        (orders.status == 401).then_some(())
    };
    testdb::eventually_async("the stranger's session to end", gone).await;
}

#[actix_web::test]
async fn an_address_that_somebody_only_wrote_down_is_its_owner_s() {
    let shop = TestApp::start();
    shop.customer("eve@example.com").await;
    shop.sql("update accounts set phone = '+919876543210' where email_key = 'eve@example.com'");
    let (challenge, code) = asked(&shop, &json!({ "phone": "+919876543210" })).await;
    let owner = verify(&shop, &challenge, &code).send().await.expect(200);
    assert_eq!((&owner["account"]["email"], &owner["account"]["phone_verified"]), (&Value::Null, &json!(true)));
    let eve = shop.login("eve@example.com", PASSWORD).await.expect(200);
    assert_eq!(eve["account"]["phone"], Value::Null);
    assert_ne!(eve["account"]["id"], owner["account"]["id"]);
}

#[actix_web::test]
async fn whoever_has_a_second_factor_is_asked_for_it_here_too() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    let (challenge, code) = asked(&shop, &json!({ "email": "ann@example.com" })).await;
    let question = verify(&shop, &challenge, &code).send().await.problem(401, "second_factor_required");
    let challenge = question["challenge"].as_str().expect("a challenge");
    answer(&shop, challenge, &ann.code(&shop)).send().await.expect(200);
}

#[actix_web::test]
async fn a_closed_account_stays_closed() {
    let shop = TestApp::start();
    shop.customer("ann@example.com").await;
    shop.sql("update accounts set status = 'blocked'");
    let (challenge, code) = asked(&shop, &json!({ "email": "ann@example.com" })).await;
    verify(&shop, &challenge, &code).send().await.problem(403, "account_blocked");
}
