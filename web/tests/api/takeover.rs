//! Ways into somebody else's account that lead nowhere.

use chrono::TimeDelta;
use hyper::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::authenticator::{Authenticator, post};
use crate::client::{Answer, Request};
use crate::one_time_code::{asked, verify};

const EVES: &str = "an evening in november";

/// Somebody registers with an address that is not theirs, and signs in to be there when its owner comes.
async fn eve_as_ann(app: &TestApp) -> String {
    app.register("ann@example.com", EVES).await.expect(202);
    let signed_in = app.login("ann@example.com", EVES).await.expect(200);
    signed_in["access_token"].as_str().expect("a token").to_owned()
}

fn me(app: &TestApp, method: Method, access: &str, path: &str) -> Request {
    app.client.request(method, &format!("/api/v1/me{path}")).bearer(access)
}

async fn follow(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.client.post(&format!("/api/v1/auth/{path}")).json(body).send().await
}

#[actix_web::test]
async fn a_second_factor_of_a_stranger_s_goes_with_the_stranger() {
    let app = TestApp::start();
    let eve = eve_as_ann(&app).await;
    let offered = post(&app, &eve, "").send().await.expect(201);
    let code = Authenticator::with(&offered["secret"]).code(app.now());
    post(&app, &eve, "/confirm").json(&json!({ "code": code })).send().await.expect(200);

    app.register("ann@example.com", PASSWORD).await.expect(202);
    let token = app.post_box().link("ann@example.com", "reset_password").await;
    follow(&app, "password/reset", &json!({ "token": token, "password": PASSWORD })).await.expect(204);
    app.login("ann@example.com", PASSWORD).await.expect(200);
    me(&app, Method::GET, &eve, "").send().await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn what_a_stranger_had_sent_opens_nothing_when_the_owner_has_come() {
    let app = TestApp::start();
    let eve = eve_as_ann(&app).await;
    let elsewhere = json!({ "email": "eve@example.com", "current_password": EVES });
    me(&app, Method::POST, &eve, "/email").json(&elsewhere).send().await.expect(202);
    let link = app.post_box().link("eve@example.com", "verify_email").await;

    let (challenge, code) = asked(&app, &json!({ "email": "ann@example.com" })).await;
    verify(&app, &challenge, &code).send().await.expect(200);
    let followed = follow(&app, "email/confirm", &json!({ "token": link, "password": EVES })).await;
    followed.problem(410, "link_invalid");
}

#[actix_web::test]
async fn a_stolen_token_alone_enrols_nothing() {
    let app = TestApp::start();
    let stolen = app.customer("ann@example.com").await;
    app.advance(TimeDelta::minutes(11));
    let enrol = |body: Value| post(&app, &stolen, "").json(&body).send();
    let refused = enrol(json!({})).await.problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["pointer"], "/current_password");
    enrol(json!({ "current_password": "a guess" })).await.problem(401, "invalid_credentials");
    enrol(json!({ "current_password": PASSWORD })).await.expect(201);
}

#[actix_web::test]
async fn nobody_appoints_somebody_who_may_do_more() {
    let app = TestApp::start();
    let draft = json!({ "name": "people", "kind": "secret", "scopes": ["staff:read", "staff:write"] });
    let key = app.admin_post("/api/v1/admin/keys", &draft).send().await.expect(201);
    let key = key["secret"].as_str().expect("a secret");
    let users = "/api/v1/admin/users";
    let invite = |email: &str, role: &str| {
        app.client.post(users).bearer(key).json(&json!({ "email": email, "role": role })).send()
    };
    assert!(invite("eve@example.com", "admin").await.problem(403, "forbidden")["required"].is_string());
    invite("eve@example.com", "support").await.problem(403, "forbidden");
    let seller = invite("sue@example.com", "seller").await.expect(201);
    let path = format!("{users}/{}", seller["id"].as_str().expect("an id"));
    let turn = |path: String, role: &str| {
        let request = app.client.request(Method::PATCH, &path).bearer(key).header("if-match", "*");
        request.json(&json!({ "role": role })).send()
    };
    turn(path.clone(), "admin").await.problem(403, "forbidden");
    let admin = app.admin_post(users, &json!({ "email": "ada@example.com", "role": "admin" })).send().await.expect(201);
    turn(format!("{users}/{}", admin["id"].as_str().expect("an id")), "customer").await.problem(403, "forbidden");
    turn(path, "customer").await.expect(200);
    let admin = format!("{users}/{}", admin["id"].as_str().expect("an id"));
    for verb in ["block", "unblock"] {
        let request = app.client.post(&format!("{admin}/{verb}")).bearer(key).header("if-match", "*");
        request.json(&json!({})).send().await.problem(403, "forbidden");
    }
}

#[actix_web::test]
async fn whoever_registered_as_a_colleague_is_not_taken_on() {
    let app = TestApp::start();
    let eve = eve_as_ann(&app).await;
    let id = me(&app, Method::GET, &eve, "").send().await.expect(200)["id"].clone();
    let path = format!("/api/v1/admin/users/{}", id.as_str().expect("an id"));
    let turn = || app.admin_patch(&path, "*", &json!({ "role": "support" })).send();
    turn().await.problem(409, "invalid_state");
    app.sql("update accounts set email_verified_at = now() where email_key = 'ann@example.com'");
    turn().await.expect(200);
}

#[actix_web::test]
async fn who_wrote_down_the_address_that_somebody_changes_to_is_not_in_the_way() {
    let app = TestApp::start();
    let bob = app.customer("bob@example.com").await;
    let change = async || {
        let body = json!({ "email": "ann@example.com", "current_password": PASSWORD });
        app.client.post("/api/v1/me/email").bearer(&bob).json(&body).send().await.expect(202);
    };
    change().await;
    let link = app.post_box().link("ann@example.com", "verify_email").await;
    eve_as_ann(&app).await;
    // Bob is not told that he has an account there.
    change().await;
    assert_eq!(app.post_box().letters("ann@example.com", "verify_email", 3).await.len(), 3);
    let confirm = app.client.post("/api/v1/auth/email/confirm").bearer(&bob).json(&json!({ "token": link }));
    confirm.send().await.expect(204);
    assert_eq!(me(&app, Method::GET, &bob, "").send().await.expect(200)["email"], "ann@example.com");
    app.login("ann@example.com", EVES).await.problem(401, "invalid_credentials");
}
