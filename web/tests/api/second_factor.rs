//! The second factor: enrolled, asked for, shown, given up.

use chrono::TimeDelta;
use engine::id::{AccountId, StoreId};
use identity::access::{Role, StaffSecondFactor};
use identity::second_factor::Error;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::authenticator::{Authenticator, Guarded, answer, post};

async fn status(shop: &TestApp, token: &str) -> Value {
    shop.client.get("/api/v1/me/second-factor").bearer(token).send().await.expect(200)
}

#[actix_web::test]
async fn it_is_asked_for_once_a_code_of_it_was_shown() {
    let shop = TestApp::start();
    let token = shop.customer("ann@example.com").await;
    let none = json!({ "enabled": false, "enabled_at": null, "recovery_codes_left": 0 });
    assert_eq!(status(&shop, &token).await, none);
    let offered = post(&shop, &token, "").send().await.expect(201);
    let url = offered["otpauth_url"].as_str().expect("a URL");
    assert!(url.starts_with("otpauth://totp/Doorbuster:ann"), "{url}");
    assert!(url.contains(offered["secret"].as_str().expect("a secret")), "{url}");
    shop.login("ann@example.com", PASSWORD).await.expect(200);
    assert_eq!(status(&shop, &token).await, none, "what was offered guards nothing");
    post(&shop, &token, "/confirm").json(&json!({ "code": "000000" })).send().await.problem(422, "code_wrong");

    let bob = Guarded::new(&shop, "bob@example.com").await;
    assert_eq!(bob.recovery_codes.len(), 10);
    let told = status(&shop, &bob.token).await;
    assert_eq!((&told["enabled"], &told["recovery_codes_left"]), (&json!(true), &json!(10)));
    let exported = shop.client.get("/api/v1/me/data").bearer(&bob.token).send().await.expect(200);
    assert_eq!(exported["second_factor_since"], told["enabled_at"]);
    let challenge = bob.challenge(&shop).await;
    answer(&shop, &challenge, "000000").send().await.problem(422, "code_wrong");
    let signed_in = answer(&shop, &challenge, &bob.code(&shop)).send().await;
    assert_eq!(signed_in.expect(200)["account"]["email"], "bob@example.com");
    assert_ne!(signed_in.refresh_cookie(), "");
    answer(&shop, &challenge, &bob.code(&shop)).send().await.problem(410, "challenge_over");
    post(&shop, &bob.token, "").send().await.problem(409, "invalid_state");
}

#[actix_web::test]
async fn a_code_is_good_once_and_a_clock_may_be_a_little_off() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    let code = ann.code(&shop);
    ann.sign_in(&shop, &code).await.expect(200);
    ann.sign_in(&shop, &code).await.problem(422, "code_wrong");
    shop.advance(TimeDelta::seconds(60));
    let slow = ann.code(&shop);
    shop.advance(TimeDelta::seconds(30));
    ann.sign_in(&shop, &slow).await.expect(200);
    let old = ann.code(&shop);
    shop.advance(TimeDelta::seconds(60));
    ann.sign_in(&shop, &old).await.problem(422, "code_wrong");
}

#[actix_web::test]
async fn paper_opens_once_and_new_paper_replaces_the_old() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    ann.sign_in(&shop, &ann.recovery_codes[0].to_uppercase()).await.expect(200);
    ann.sign_in(&shop, &ann.recovery_codes[0]).await.problem(422, "code_wrong");
    assert_eq!(status(&shop, &ann.token).await["recovery_codes_left"], json!(9));

    let renewed = post(&shop, &ann.token, "/recovery-codes").json(&json!({ "code": ann.code(&shop) }));
    let renewed = renewed.send().await.expect(200);
    assert_eq!(status(&shop, &ann.token).await["recovery_codes_left"], json!(10));
    ann.sign_in(&shop, &ann.recovery_codes[1]).await.problem(422, "code_wrong");
    let fresh = renewed["recovery_codes"][0].as_str().expect("a code");
    ann.sign_in(&shop, fresh).await.expect(200);
}

#[actix_web::test]
async fn giving_it_up_needs_a_code_of_it() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    let disable = |code: &str| post(&shop, &ann.token, "/disable").json(&json!({ "code": code }));
    disable("000000").send().await.problem(422, "code_wrong");
    disable("hello").send().await.problem(422, "validation_failed");
    disable(&ann.code(&shop)).send().await.expect(204);
    shop.login(&ann.email, PASSWORD).await.expect(200);
    disable(&ann.recovery_codes[0]).send().await.problem(409, "invalid_state");
}

#[actix_web::test]
async fn guesses_are_few_for_a_challenge_and_for_an_account() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    let challenge = ann.challenge(&shop).await;
    for _ in 0..5 {
        answer(&shop, &challenge, "000000").send().await.problem(422, "code_wrong");
    }
    answer(&shop, &challenge, &ann.code(&shop)).send().await.problem(410, "challenge_over");

    let challenge = ann.challenge(&shop).await;
    for _ in 0..5 {
        answer(&shop, &challenge, "000000").send().await.problem(422, "code_wrong");
    }
    let refused = ann.sign_in(&shop, &ann.code(&shop)).await;
    refused.problem(429, "rate_limited");
    // Counted since the code with which it was enrolled, half a minute ago.
    assert_eq!(refused.header("retry-after"), "870");
    // A stranger without the password uses up nothing; in a quarter of an hour its owner is in.
    shop.login(&ann.email, "not the password").await.problem(401, "invalid_credentials");
    shop.advance(TimeDelta::minutes(15));
    ann.sign_in(&shop, &ann.code(&shop)).await.expect(200);
}

#[actix_web::test]
async fn a_challenge_is_good_for_five_minutes_and_is_not_made_up() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    let challenge = ann.challenge(&shop).await;
    shop.advance(TimeDelta::minutes(5));
    answer(&shop, &challenge, &ann.code(&shop)).send().await.problem(410, "challenge_over");
    let made_up = "chal_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7.AAAA";
    answer(&shop, made_up, &ann.code(&shop)).send().await.problem(410, "challenge_over");
    answer(&shop, "", &ann.code(&shop)).send().await.problem(410, "challenge_over");
}

#[actix_web::test]
async fn the_session_that_enrolled_it_has_shown_it() {
    let shop = TestApp::start();
    shop.account("ann@example.com", Role::Admin).await;
    let first = shop.login("ann@example.com", PASSWORD).await;
    let refresh = first.refresh_cookie();
    let token = first.expect(200)["access_token"].as_str().expect("a token").to_owned();
    let mfa = |token: &str| shop.identity.sessions().verify(token, shop.now()).expect("a good token").second_factor;
    assert!(!mfa(&token));
    let offered = post(&shop, &token, "").send().await.expect(201);
    let app = Authenticator::with(&offered["secret"]);
    post(&shop, &token, "/confirm").json(&json!({ "code": app.code(shop.now()) })).send().await.expect(200);
    let next = shop.refresh(&refresh).send().await.expect(200);
    assert!(mfa(next["access_token"].as_str().expect("a token")));
}

#[actix_web::test]
async fn the_secret_is_sealed_where_it_is_kept() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    shop.sql(
        "do $$ begin
             assert (select octet_length(secret) from second_factors) = 20 + 1 + 4 + 12 + 16, 'sealed';
             assert (select count(*) from recovery_codes where octet_length(digest) = 32) = 10, 'digests';
         end $$",
    );
    // Somebody with a hand in the database cannot put theirs in its place.
    let eve = Guarded::new(&shop, "eve@example.com").await;
    shop.sql(
        "update second_factors set secret = (
             select secret from second_factors f join accounts a on a.id = f.account_id where a.email_key = 'eve@example.com')
         where account_id = (select id from accounts where email_key = 'ann@example.com')",
    );
    ann.sign_in(&shop, &eve.code(&shop)).await.problem(500, "internal");
}

#[actix_web::test]
async fn its_owner_is_told_by_mail() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    let told = async |kind: &str, times: usize| {
        let there = async || (shop.messages(kind, "ann@example.com").len() == times).then_some(());
        testdb::eventually_async(kind, there).await;
    };
    told("second_factor_changed", 1).await;
    ann.sign_in(&shop, &ann.recovery_codes[0]).await.expect(200);
    told("recovery_code_used", 1).await;
    post(&shop, &ann.token, "/disable").json(&json!({ "code": ann.code(&shop) })).send().await.expect(204);
    told("second_factor_changed", 2).await;
}

#[actix_web::test]
async fn a_challenge_is_over_when_the_password_has_changed_since() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    let challenge = ann.challenge(&shop).await;
    let later = shop.now() + TimeDelta::seconds(1);
    shop.sql(&format!("update accounts set secured_at = to_timestamp({})", later.timestamp()));
    answer(&shop, &challenge, &ann.code(&shop)).send().await.problem(410, "challenge_over");
}

#[actix_web::test]
async fn an_old_password_is_asked_nothing_after_it_was_changed() {
    let shop = TestApp::start();
    let ann = Guarded::new(&shop, "ann@example.com").await;
    let me = shop.client.get("/api/v1/me").bearer(&ann.token).send().await.expect(200);
    let id: AccountId = me["id"].as_str().expect("an id").parse().expect("an account's");
    let as_it_was = shop.identity.accounts().find(StoreId::MAIN, id).await.expect("an answer").expect("it is there");
    let factors = shop.identity.second_factors();
    assert!(matches!(factors.question(&as_it_was).await, Ok(Some(_))));
    // While the old one waited in the line to be hashed.
    shop.sql("update accounts set secured_at = secured_at + interval '1 second'");
    assert!(matches!(factors.question(&as_it_was).await, Err(Error::ChallengeOver)));
}

#[actix_web::test]
async fn staff_work_with_it_where_the_shop_wants_that() {
    let shop = TestApp::start_with(|settings| settings.security.staff_second_factor = StaffSecondFactor::Required);
    shop.account("ann@example.com", Role::Admin).await;
    let first = shop.login("ann@example.com", PASSWORD).await;
    let refresh = first.refresh_cookie();
    let token = first.expect(200)["access_token"].as_str().expect("a token").to_owned();
    let brands = |token: &str| shop.client.get("/api/v1/admin/brands").bearer(token);
    brands(&token).send().await.problem(403, "second_factor_required");

    let offered = post(&shop, &token, "").send().await.expect(201);
    let app = Authenticator::with(&offered["secret"]);
    post(&shop, &token, "/confirm").json(&json!({ "code": app.code(shop.now()) })).send().await.expect(200);
    brands(&token).send().await.problem(403, "second_factor_required");
    let next = shop.refresh(&refresh).send().await.expect(200);
    brands(next["access_token"].as_str().expect("a token")).send().await.expect(200);
    let customer = shop.customer("bob@example.com").await;
    brands(&customer).send().await.problem(403, "forbidden");
}
