//! Those who look after the shop, and who lets them in.

use futures_util::future::join_all;
use identity::access::Role;
use serde_json::{Value, json};

use crate::app::{ADMIN_KEY, OPERATOR_KEY, PASSWORD, TestApp};
use crate::client::Answer;

const USERS: &str = "/api/v1/admin/users";
const FIRST: &str = "/api/v1/admin/first";

async fn first(app: &TestApp, key: &str, email: &str) -> Answer {
    app.client.post(FIRST).bearer(key).json(&json!({ "email": email, "password": PASSWORD })).send().await
}

/// The path of an account, by its address.
async fn path_of(app: &TestApp, email: &str) -> String {
    let users = app.admin_get(&format!("{USERS}?limit=100")).send().await.expect(200);
    let user = users["data"].as_array().expect("a list").iter().find(|user| user["email"] == email);
    format!("{USERS}/{}", user.unwrap_or_else(|| panic!("{email} in {users}"))["id"].as_str().expect("an id"))
}

async fn log_in(app: &TestApp, email: &str) -> String {
    let answer = app.login(email, PASSWORD).await.expect(200);
    answer["access_token"].as_str().expect("a token").to_owned()
}

#[actix_web::test]
async fn the_key_of_the_configuration_makes_the_first_admin_and_opens_nothing_else() {
    let app = TestApp::start();
    app.client.get("/api/v1/admin/products").bearer(ADMIN_KEY).send().await.problem(401, "unauthenticated");
    for wrong in [OPERATOR_KEY, "guessed"] {
        first(&app, wrong, "ann@example.com").await.problem(401, "unauthenticated");
    }
    let weak = json!({ "email": "ann@example.com", "password": "short" });
    app.client.post(FIRST).bearer(ADMIN_KEY).json(&weak).send().await.problem(422, "validation_failed");
    let made = first(&app, ADMIN_KEY, "ann@example.com").await.expect(201);
    assert_eq!((&made["role"], &made["status"]), (&json!("admin"), &json!("active")));
    first(&app, ADMIN_KEY, "eve@example.com").await.problem(409, "already_exists");
    let told = app.admin_get("/api/v1/admin/audit?action=account.create").send().await.expect(200);
    assert_eq!(told["data"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(told["data"][0]["actor"]["kind"], "operator", "{told}");
    let admin = log_in(&app, "ann@example.com").await;
    app.client.get(USERS).bearer(&admin).send().await.expect(200);
}

#[actix_web::test]
async fn of_all_who_would_be_the_first_admin_one_is() {
    let app = TestApp::start();
    let emails: Vec<String> = (0..8).map(|n| format!("admin-{n}@example.com")).collect();
    let answers = join_all(emails.iter().map(|email| first(&app, ADMIN_KEY, email))).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let told = answers.iter().filter(|answer| answer.status != 201).all(|answer| {
        let code = answer.json()["code"].clone();
        // Hashing is for a few at a time.
        code == "already_exists" || code == "overloaded" || code == "rate_limited"
    });
    assert!(made == 1 && told, "{answers:?}");
}

#[actix_web::test]
async fn a_new_role_is_logged_in_to_anew_and_who_is_blocked_is_out() {
    let app = TestApp::start();
    let support = app.signed_in("sam@example.com", Role::Support).await;
    let path = path_of(&app, "sam@example.com").await;
    let keys = |token: &str| app.client.get("/api/v1/admin/keys").bearer(token).send();
    assert_eq!(keys(&support).await.problem(403, "forbidden")["required"], "keys:read");

    let patch = app.admin_patch(&path, "*", &json!({ "role": "admin" })).send().await.expect(200);
    assert_eq!(patch["role"], "admin");
    keys(&support).await.problem(401, "unauthenticated");
    let admin = log_in(&app, "sam@example.com").await;
    keys(&admin).await.expect(200);

    // There is another admin, so this one may go.
    app.signed_in("zoe@example.com", Role::Admin).await;
    let blocked = app.admin_verb(&path, "block").await.expect(200);
    assert_eq!(blocked["status"], "blocked");
    keys(&admin).await.problem(401, "unauthenticated");
    assert!(!app.login("sam@example.com", PASSWORD).await.status.is_success());
    app.admin_verb(&path, "unblock").await.expect(200);
    keys(&log_in(&app, "sam@example.com").await).await.expect(200);
    // What is so already is not done again, and nobody is thrown out for it.
    let admin = log_in(&app, "sam@example.com").await;
    app.admin_verb(&path, "unblock").await.expect(200);
    keys(&admin).await.expect(200);
}

#[actix_web::test]
async fn the_last_admin_stays_whoever_tries_at_once() {
    let app = TestApp::start();
    let emails = ["a@example.com", "b@example.com", "c@example.com"];
    let mut paths = Vec::new();
    for email in emails {
        app.account(email, Role::Admin).await;
        paths.push(path_of(&app, email).await);
    }
    let away = |turn: usize| {
        let path = &paths[turn % paths.len()];
        match turn % 2 {
            0 => app.admin_patch(path, "*", &json!({ "role": "support" })).send(),
            _ => app.admin_post(&format!("{path}/block"), &json!({})).header("if-match", "*").send(),
        }
    };
    let answers = join_all((0..18).map(away)).await;
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 200 | 409)), "{answers:?}");
    let admins = app.admin_get(&format!("{USERS}?role=admin")).send().await.expect(200);
    let active = admins["data"].as_array().expect("a list").iter().filter(|user| user["status"] == "active").count();
    assert_eq!(active, 1, "{admins}");
}

#[actix_web::test]
async fn who_is_invited_is_there_and_has_to_choose_a_password() {
    let app = TestApp::start();
    let invite = |email: &str, role: &str| app.admin_post(USERS, &json!({ "email": email, "role": role })).send();
    let answer = invite("sue@example.com", "seller").await;
    let invited = answer.expect(201);
    assert_eq!((&invited["role"], &invited["has_password"]), (&json!("seller"), &json!(false)));
    assert_eq!(app.admin_get(answer.header("location")).send().await.expect(200), invited);
    invite("Sue@Example.com", "support").await.problem(409, "already_exists");
    let chosen = json!({ "token": app.post_box().link("sue@example.com", "invitation").await, "password": PASSWORD });
    app.advance(chrono::TimeDelta::days(2));
    app.client.post("/api/v1/auth/password/reset").json(&chosen).send().await.expect(204);
    assert_eq!(app.login("sue@example.com", PASSWORD).await.expect(200)["account"]["role"], "seller");
    invite("nobody", "support").await.problem(422, "validation_failed");
    invite("tom@example.com", "customer").await.problem(422, "validation_failed");
    app.admin_get(&format!("{USERS}?role=customer")).send().await.problem(400, "bad_request");
    // A customer is not of the staff.
    app.account("cus@example.com", Role::Customer).await;
    let users = app.admin_get(USERS).send().await.expect(200);
    assert_eq!(users["data"].as_array().map(Vec::len), Some(1), "{users}");
    let stale: Value = json!({ "role": "support" });
    let path = path_of(&app, "sue@example.com").await;
    app.admin_patch(&path, "\"9\"", &stale).send().await.problem(412, "version_conflict");
}
