//! Letters, and what they open.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::client::Answer;
use crate::post_box::link;

const NEW: &str = "another battery staple";

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.client.post(&format!("/api/v1/auth/{path}")).json(body).send().await
}

async fn mine(app: &TestApp, access: &str, path: &str, body: &Value) -> Answer {
    app.client.post(&format!("/api/v1/me/{path}")).bearer(access).json(body).send().await
}

async fn access(app: &TestApp, email: &str, password: &str) -> String {
    let signed_in = app.login(email, password).await.expect(200);
    signed_in["access_token"].as_str().expect("a token").to_owned()
}

async fn sessions(app: &TestApp, access: &str) -> Answer {
    app.client.get("/api/v1/me/sessions").bearer(access).send().await
}

#[actix_web::test]
async fn a_new_account_is_confirmed_by_who_reads_its_mail() {
    let app = TestApp::start();
    app.register("ann@example.com", PASSWORD).await.expect(202);
    assert_eq!(app.login("ann@example.com", PASSWORD).await.expect(200)["account"]["email_verified"], false);
    let token = app.post_box().link("ann@example.com", "verify_email").await;
    let confirm = async || post(&app, "email/confirm", &json!({ "token": token, "password": PASSWORD })).await;
    // Who only reads the mail did not make the account: perhaps it was somebody else's idea.
    let confirms = async |body: Value| post(&app, "email/confirm", &body).await;
    confirms(json!({ "token": token })).await.problem(401, "unauthenticated");
    confirms(json!({ "token": token, "password": "a guess" })).await.problem(401, "invalid_credentials");
    let bob = app.customer("bob@example.com").await;
    let by_bob = app.client.post("/api/v1/auth/email/confirm").bearer(&bob).json(&json!({ "token": token }));
    by_bob.send().await.problem(410, "link_invalid");
    confirm().await.expect(204);
    assert_eq!(app.login("ann@example.com", PASSWORD).await.expect(200)["account"]["email_verified"], true);
    confirm().await.problem(410, "link_invalid");
    for wrong in ["", "once_", "once_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u{0}"] {
        post(&app, "email/confirm", &json!({ "token": wrong, "password": PASSWORD }))
            .await
            .problem(410, "link_invalid");
    }
}

#[actix_web::test]
async fn a_link_for_one_thing_opens_no_other_and_none_for_ever() {
    let app = TestApp::start();
    app.register("ann@example.com", PASSWORD).await.expect(202);
    let confirmation = app.post_box().link("ann@example.com", "verify_email").await;
    post(&app, "password/forgot", &json!({ "email": "Ann@Example.com" })).await.expect(202);
    // However whoever asks writes the address, it goes to it as its owner wrote it.
    let reset = app.post_box().link("ann@example.com", "reset_password").await;
    post(&app, "password/reset", &json!({ "token": confirmation, "password": NEW })).await.problem(410, "link_invalid");
    post(&app, "email/confirm", &json!({ "token": reset, "password": PASSWORD })).await.problem(410, "link_invalid");
    app.advance(TimeDelta::minutes(30));
    post(&app, "password/reset", &json!({ "token": reset, "password": NEW })).await.problem(410, "link_invalid");
    app.advance(TimeDelta::hours(24));
    post(&app, "email/confirm", &json!({ "token": confirmation, "password": PASSWORD }))
        .await
        .problem(410, "link_invalid");
    app.login("ann@example.com", PASSWORD).await.expect(200);
}

#[actix_web::test]
async fn whoever_forgot_their_password_chooses_another_and_everybody_else_is_out() {
    let app = TestApp::start();
    let thief = app.customer("ann@example.com").await;
    let known = post(&app, "password/forgot", &json!({ "email": "ann@example.com" })).await;
    let unknown = post(&app, "password/forgot", &json!({ "email": "bob@example.com" })).await;
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    let token = app.post_box().link("ann@example.com", "reset_password").await;
    let weak = post(&app, "password/reset", &json!({ "token": token, "password": "password" })).await;
    assert_eq!(weak.problem(422, "validation_failed")["errors"][0]["pointer"], "/password");
    post(&app, "password/reset", &json!({ "token": token, "password": NEW })).await.expect(204);
    post(&app, "password/reset", &json!({ "token": token, "password": PASSWORD })).await.problem(410, "link_invalid");
    sessions(&app, &thief).await.problem(401, "unauthenticated");
    app.login("ann@example.com", PASSWORD).await.problem(401, "invalid_credentials");
    app.login("ann@example.com", NEW).await.expect(200);
    app.post_box().letters("ann@example.com", "password_changed", 1).await;
}

#[actix_web::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_what_goes_on_elsewhere() {
    let app = TestApp::start();
    let elsewhere = app.customer("ann@example.com").await;
    let here = access(&app, "ann@example.com", PASSWORD).await;
    let change = async |current: &str, new: &str| {
        mine(&app, &here, "password", &json!({ "current_password": current, "password": new })).await
    };
    change("a guess", NEW).await.problem(401, "invalid_credentials");
    change(PASSWORD, "short").await.problem(422, "validation_failed");
    sessions(&app, &elsewhere).await.expect(200);
    change(PASSWORD, NEW).await.expect(204);
    sessions(&app, &elsewhere).await.problem(401, "unauthenticated");
    assert_eq!(sessions(&app, &here).await.expect(200)["data"].as_array().map(Vec::len), Some(1));
    app.login("ann@example.com", PASSWORD).await.problem(401, "invalid_credentials");
    app.login("ann@example.com", NEW).await.expect(200);
    app.post_box().letters("ann@example.com", "password_changed", 1).await;
}

#[actix_web::test]
async fn another_address_is_confirmed_first_and_the_old_one_is_told() {
    let app = TestApp::start();
    let ann = app.customer("ann@example.com").await;
    app.account("bob@example.com", identity::access::Role::Customer).await;
    let change = async |to: &str, password: &str| {
        mine(&app, &ann, "email", &json!({ "email": to, "current_password": password })).await
    };
    change("new@example.com", "a guess").await.problem(401, "invalid_credentials");
    let (free, taken) = (change("new@example.com", PASSWORD).await, change("bob@example.com", PASSWORD).await);
    assert_eq!((free.status.as_u16(), &free.body), (202, &taken.body), "nobody is told whose addresses there are");
    app.post_box().letters("bob@example.com", "account_exists", 1).await;
    app.login("ann@example.com", PASSWORD).await.expect(200);
    app.login("new@example.com", PASSWORD).await.problem(401, "invalid_credentials");

    let token = app.post_box().link("new@example.com", "verify_email").await;
    post(&app, "email/confirm", &json!({ "token": token, "password": PASSWORD })).await.expect(204);
    assert_eq!(app.login("new@example.com", PASSWORD).await.expect(200)["account"]["email_verified"], true);
    app.login("ann@example.com", PASSWORD).await.problem(401, "invalid_credentials");
    app.post_box().letters("ann@example.com", "email_changed", 1).await;
}

#[actix_web::test]
async fn who_registers_with_the_address_of_another_is_out_when_its_owner_comes() {
    let app = TestApp::start();
    app.register("ann@example.com", "the thief's password").await.expect(202);
    let thief = access(&app, "ann@example.com", "the thief's password").await;
    app.register("ann@example.com", PASSWORD).await.expect(202);
    app.login("ann@example.com", PASSWORD).await.problem(401, "invalid_credentials");
    let unasked = app.post_box().link("ann@example.com", "verify_email").await;
    let token = app.post_box().link("ann@example.com", "reset_password").await;
    post(&app, "password/reset", &json!({ "token": token, "password": PASSWORD })).await.expect(204);
    assert_eq!(app.login("ann@example.com", PASSWORD).await.expect(200)["account"]["email_verified"], true);
    app.login("ann@example.com", "the thief's password").await.problem(401, "invalid_credentials");
    sessions(&app, &thief).await.problem(401, "unauthenticated");
    post(&app, "email/confirm", &json!({ "token": unasked, "password": PASSWORD })).await.problem(410, "link_invalid");
}

#[actix_web::test]
async fn the_owner_of_an_address_is_told_that_somebody_wants_an_account_for_it() {
    let app = TestApp::start();
    app.customer("ann@example.com").await;
    for _ in 0..7 {
        app.register("ann@example.com", NEW).await.expect(202);
    }
    app.post_box().letters("ann@example.com", "account_exists", 5).await;
    app.login("ann@example.com", PASSWORD).await.expect(200);
    // And again when they have been read.
    app.advance(TimeDelta::minutes(15));
    app.register("ann@example.com", NEW).await.expect(202);
    app.post_box().letters("ann@example.com", "account_exists", 6).await;
}

#[actix_web::test]
async fn a_confirmation_is_sent_again_until_it_was_given() {
    let app = TestApp::start();
    app.register("ann@example.com", PASSWORD).await.expect(202);
    let ann = access(&app, "ann@example.com", PASSWORD).await;
    mine(&app, &ann, "email/confirmation", &json!({})).await.expect(202);
    let letters = app.post_box().letters("ann@example.com", "verify_email", 2).await;
    let confirm = app.client.post("/api/v1/auth/email/confirm").bearer(&ann);
    confirm.json(&json!({ "token": link(&letters[1]) })).send().await.expect(204);
    mine(&app, &ann, "email/confirmation", &json!({})).await.expect(202);
    assert_eq!(app.count("select count(*) from one_time_tokens"), 2, "there is nothing left to confirm");
}

#[actix_web::test]
async fn a_sign_in_on_a_device_that_is_not_known_is_told() {
    let app = TestApp::start();
    app.account("ann@example.com", identity::access::Role::Customer).await;
    let log_in = async |agent: &str| {
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        app.client.post("/api/v1/auth/login").header("user-agent", agent).json(&body).send().await.expect(200)
    };
    log_in("Browser/1.0 (Phone)").await;
    log_in("Browser/1.1 (Phone)").await;
    log_in("Browser/1.0 (Laptop)").await;
    log_in("Browser/2.0 (Phone)").await;
    let letters = app.post_box().letters("ann@example.com", "new_login", 1).await;
    assert!(letters[0].contains("Browser/1.0 (Laptop)"), "{letters:?}");
}
