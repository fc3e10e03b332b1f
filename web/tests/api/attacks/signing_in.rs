//! Accounts and sessions: one account for an address, one successor for a token, and nothing left of a session that ended,
//! however many come together.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::future::join_all;
use hyper::Method;
use serde_json::{Value, json};

use super::salvo::{SHOTS, fire};
use super::stage::Stage;
use crate::app::PASSWORD;
use crate::client::Request;

/// Somebody who has signed in.
struct SignedIn {
    access: String,
    refresh: String,
}

pub(super) fn post(stage: &Stage, verb: &str, body: &Value) -> Request {
    stage.app.client.post(&format!("/api/v1/auth/{verb}")).json(body)
}

pub(super) fn address(stage: &Stage) -> String {
    format!("{}@example.com", stage.name("ann"))
}

async fn sign_in(stage: &Stage) -> SignedIn {
    let email = address(stage);
    stage.app.account(&email, identity::access::Role::Customer).await;
    let answer = stage.app.login(&email, PASSWORD).await;
    let access = answer.expect(200)["access_token"].as_str().expect("a token").to_owned();
    SignedIn { access, refresh: answer.refresh_cookie() }
}

pub(super) fn orders(stage: &Stage, access: &str) -> Request {
    stage.app.client.get("/api/v1/orders").bearer(access)
}

pub(super) async fn register(stage: &Stage) {
    let email = address(stage);
    let fired =
        fire("register, the same", |_| post(stage, "register", &json!({ "email": email, "password": PASSWORD })));
    fired.await.expect(SHOTS, &[]);
    stage.app.login(&email, PASSWORD).await.expect(200);

    let email = address(stage);
    let password = |shot| format!("{PASSWORD} {shot}");
    let wanted = |shot| json!({ "email": email, "password": password(shot) });
    fire("register, one address", |shot| post(stage, "register", &wanted(shot))).await.expect(SHOTS, &[]);
    let logins = join_all((0..SHOTS).map(|shot| post(stage, "login", &wanted(shot)).send())).await;
    let let_in = logins.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(let_in, 1, "one password of all those that were chosen for one account");
}

pub(super) async fn login(stage: &Stage) {
    let email = address(stage);
    stage.app.account(&email, identity::access::Role::Customer).await;
    let fired = fire("log in", |_| post(stage, "login", &json!({ "email": email, "password": PASSWORD }))).await;
    fired.expect(SHOTS, &[]);
    let refresh: BTreeSet<String> = fired.refresh_cookies().into_iter().collect();
    assert_eq!(refresh.len(), SHOTS, "each is a session of its own");
    let wrong = |shot: usize| json!({ "email": email, "password": format!("{PASSWORD}{shot}") });
    let fired = fire("log in, guessing", |shot| post(stage, "login", &wrong(shot))).await;
    fired.expect(0, &["invalid_credentials"]);
}

pub(super) async fn refresh(stage: &Stage) {
    let SignedIn { refresh: first, .. } = sign_in(stage).await;
    let fired = fire("refresh, the same", |_| stage.app.refresh(&first)).await;
    fired.expect(SHOTS, &[]);
    let successors: BTreeSet<String> = fired.refresh_cookies().into_iter().collect();
    assert_eq!(successors.len(), 1, "all tabs get the same one: {fired}");
    let second = successors.first().expect("one").clone();
    assert_ne!(first, second);

    // Half a minute later the first is in the hands of somebody else, and they and the owner come together.
    stage.app.advance(TimeDelta::seconds(31));
    let fired = fire("refresh, stolen", |_| stage.app.refresh(&first)).await;
    fired.expect(0, &["unauthenticated"]);
    stage.app.refresh(&second).send().await.problem(401, "unauthenticated");

    let SignedIn { access, refresh: first } = sign_in(stage).await;
    let second = stage.app.refresh(&first).send().await.refresh_cookie();
    stage.app.advance(TimeDelta::seconds(31));
    let both = [&first, &second];
    let fired = fire("refresh, thief and owner", |shot| stage.app.refresh(both[shot % 2])).await;
    // Whoever of the owner's tabs came before the thief got one that is worth nothing now.
    fired.expect_some(0, &["unauthenticated"]);
    for cookie in fired.refresh_cookies().iter().chain([&first, &second]) {
        stage.app.refresh(cookie).send().await.problem(401, "unauthenticated");
    }
    orders(stage, &access).send().await.problem(401, "unauthenticated");
}

pub(super) async fn logout(stage: &Stage) {
    let SignedIn { access, refresh } = sign_in(stage).await;
    let logout = |access: &str| stage.app.client.post("/api/v1/auth/logout").bearer(access);
    let turns = |shot: usize| if shot.is_multiple_of(2) { stage.app.refresh(&refresh) } else { logout(&access) };
    let fired = fire("log out against refresh", turns).await;
    // A tab that comes after its session ended learns that; whoever logs out twice is out.
    fired.expect_some(SHOTS / 2, &["unauthenticated"]);
    let given: Vec<Value> = fired.done();
    for access in given.iter().filter_map(|signed_in| signed_in["access_token"].as_str()).chain([access.as_str()]) {
        orders(stage, access).send().await.problem(401, "unauthenticated");
    }
    stage.app.refresh(&refresh).send().await.problem(401, "unauthenticated");
}

pub(super) async fn end_session(stage: &Stage) {
    let email = address(stage);
    stage.app.account(&email, identity::access::Role::Customer).await;
    let here = stage.app.login(&email, PASSWORD).await.expect(200)["access_token"].clone();
    let here = here.as_str().expect("a token");
    let elsewhere = stage.app.login(&email, PASSWORD).await;
    let (there, cookie) = (elsewhere.expect(200)["access_token"].clone(), elsewhere.refresh_cookie());
    let listed = stage.app.client.get("/api/v1/me/sessions").bearer(here).send().await.expect(200);
    let other = listed["data"].as_array().expect("a list").iter().find(|session| session["is_current"] == false);
    let path = format!("/api/v1/me/sessions/{}", other.expect("the other one")["id"].as_str().expect("an id"));
    let end = |_| stage.app.client.request(Method::DELETE, &path).bearer(here);
    let fired = fire("end a session", end).await;
    fired.expect(1, &["not_found"]);
    orders(stage, there.as_str().expect("a token")).send().await.problem(401, "unauthenticated");
    stage.app.refresh(&cookie).send().await.problem(401, "unauthenticated");
}
