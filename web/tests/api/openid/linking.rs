//! Who signs in elsewhere and has an account here.

use hyper::Method;
use serde_json::{Value, json};

use super::browser::Browser;
use super::{as_far_as_the_callback, shop, sign_in, who};
use crate::app::TestApp;

const PASSWORD: &str = "a long and quiet password";

/// Somebody with a password, whose address was proved or not, signed in.
async fn with_password(app: &TestApp, name: &str, proved: bool) -> String {
    let credentials = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
    app.client.post("/api/v1/auth/register").json(&credentials).send().await.expect(202);
    if proved {
        app.sql(&format!("update accounts set email_verified_at = now() where email_key = '{name}@example.com'"));
    }
    let session = app.client.post("/api/v1/auth/login").json(&credentials).send().await.expect(200);
    session["access_token"].as_str().expect("a token").to_owned()
}

async fn identities(app: &TestApp, token: &str) -> Vec<Value> {
    let listed = app.client.get("/api/v1/me/identities").bearer(token).send().await.expect(200);
    listed["data"].as_array().expect("a list").clone()
}

/// Links whoever signs in elsewhere as `login`, and says how that is answered.
async fn link(app: &TestApp, token: &str, provider: &str, login: &str) -> crate::client::Answer {
    let mut browser = Browser::new(app.client);
    let begin = app.client.post(&format!("/api/v1/me/identities/{provider}")).bearer(token);
    let begun = browser.send(begin.json(&json!({ "return_to": "/account" }))).await.expect(200);
    let back = browser.sign_in_at(begun["url"].as_str().expect("a URL"), login).await;
    let answer = browser.get(&back).await;
    assert_eq!(browser.cookie("doorbuster_refresh"), None, "who links is signed in already, and elsewhere");
    answer
}

async fn unlink(app: &TestApp, token: &str, provider: &str) -> crate::client::Answer {
    app.client.request(Method::DELETE, &format!("/api/v1/me/identities/{provider}")).bearer(token).send().await
}

#[actix_web::test]
async fn an_address_that_was_proved_on_both_sides_links_by_itself() {
    let app = shop();
    let token = with_password(&app, "both", true).await;
    let me = sign_in(&app, &mut Browser::new(app.client), "both").await;
    let listed = identities(&app, &token).await;
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["provider"], &me["email"]), (&json!("peer"), &json!("both@example.com")));
    let told = async || app.messages("provider_linked", "both@example.com").pop();
    testdb::eventually_async("its owner is told", told).await;
}

#[actix_web::test]
async fn an_address_that_was_not_proved_here_links_nothing() {
    let app = shop();
    // Somebody registered with an address that may be anybody's; as the provider has it, it is this one's.
    let token = with_password(&app, "proved-there", false).await;
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "proved-there").await;
    browser.get(&back).await.problem(409, "sign_in_and_link");
    assert_eq!(browser.cookie("doorbuster_refresh"), None);
    assert!(identities(&app, &token).await.is_empty());
}

#[actix_web::test]
async fn an_address_that_was_not_proved_there_links_nothing() {
    let app = shop();
    let token = with_password(&app, "there", true).await;
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "unproved-there").await;
    browser.get(&back).await.problem(409, "sign_in_and_link");
    assert_eq!(browser.cookie("doorbuster_refresh"), None);
    assert!(identities(&app, &token).await.is_empty());

    // Who has no namesake has an account, without the address.
    let nobody = sign_in(&app, &mut Browser::new(app.client), "unproved-alone").await;
    assert_eq!(nobody["email"], Value::Null);
}

#[actix_web::test]
async fn who_is_signed_in_links_and_unlinks() {
    let app = shop();
    let token = with_password(&app, "linker", true).await;
    let answer = link(&app, &token, "peer", "somebody-else").await;
    answer.expect(303);
    assert_eq!(answer.header("location"), "/account");
    let me = sign_in(&app, &mut Browser::new(app.client), "somebody-else").await;
    assert_eq!(me["email"], "linker@example.com");
    link(&app, &token, "peer", "somebody-else").await.expect(303);
    link(&app, &token, "peer", "a-second-one").await.problem(409, "already_linked");
    assert_eq!(identities(&app, &token).await.len(), 1);

    let other = with_password(&app, "other", true).await;
    link(&app, &other, "peer", "somebody-else").await.problem(409, "already_linked");
    unlink(&app, &other, "peer").await.problem(404, "not_found");

    unlink(&app, &token, "peer").await.expect(204);
    assert!(identities(&app, &token).await.is_empty());
    unlink(&app, &token, "peer").await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_last_way_in_stays() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let nobody = sign_in(&app, &mut browser, "nameless-two").await;
    let again = browser.send(app.client.post("/api/v1/auth/refresh")).await.expect(200);
    let token = again["access_token"].as_str().expect("a token");
    unlink(&app, token, "peer").await.problem(409, "invalid_state");
    assert_eq!(identities(&app, token).await.len(), 1);
    assert_eq!(who(&app, &mut browser).await["id"], nobody["id"]);
}

#[actix_web::test]
async fn nobody_links_for_somebody_else() {
    let app = shop();
    app.client.post("/api/v1/me/identities/peer").send().await.problem(401, "unauthenticated");
    let guest = app.guest().await;
    app.client.post("/api/v1/me/identities/peer").bearer(&guest).send().await.problem(401, "unauthenticated");
    let token = with_password(&app, "careful", false).await;
    let away = app.client.post("/api/v1/me/identities/peer").bearer(&token).json(&json!({ "return_to": "//x" }));
    away.send().await.problem(422, "validation_failed");
}

#[actix_web::test]
async fn who_wrote_an_address_down_and_did_not_prove_it_links_nothing() {
    let app = shop();
    let token = with_password(&app, "unproved", false).await;
    let begin = app.client.post("/api/v1/me/identities/peer").bearer(&token).send().await;
    begin.problem(403, "email_not_confirmed");
}

#[actix_web::test]
async fn a_session_that_ended_meanwhile_links_nothing() {
    let app = shop();
    let token = with_password(&app, "meanwhile", true).await;
    let mut browser = Browser::new(app.client);
    let begin = app.client.post("/api/v1/me/identities/peer").bearer(&token);
    let begun = browser.send(begin).await.expect(200);
    let back = browser.sign_in_at(begun["url"].as_str().expect("a URL"), "meanwhile-elsewhere").await;
    let everywhere = app.client.post("/api/v1/auth/logout").bearer(&token).json(&json!({ "everywhere": true }));
    everywhere.send().await.expect(204);
    browser.get(&back).await.problem(401, "sign_in_failed");
    let again = json!({ "email": "meanwhile@example.com", "password": PASSWORD });
    let again = app.client.post("/api/v1/auth/login").json(&again).send().await.expect(200);
    assert!(identities(&app, again["access_token"].as_str().expect("a token")).await.is_empty());
}

#[actix_web::test]
async fn a_guest_s_cart_comes_along_though_the_way_back_does_not_show_the_guest() {
    let app = shop();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let guest = app.guest().await;
    let item = json!({ "sku": "TEE-M", "quantity": 2 });
    app.client.post("/api/v1/cart/items").bearer(&guest).json(&item).send().await.expect(200);
    let mut browser = Browser::new(app.client);
    browser.set_cookie("doorbuster_session", &guest);
    let back = as_far_as_the_callback(&mut browser, "peer", "with-a-cart").await;
    // `SameSite=Strict`: a browser that another site sends does not bring it.
    browser.set_cookie("doorbuster_session", "not brought");
    browser.get(&back).await.expect(303);
    let again = browser.send(app.client.post("/api/v1/auth/refresh")).await.expect(200);
    let token = again["access_token"].as_str().expect("a token");
    let cart = app.client.get("/api/v1/cart").bearer(token).send().await.expect(200);
    assert_eq!((&cart["lines"][0]["sku"], &cart["lines"][0]["quantity"]), (&json!("TEE-M"), &json!(2)));
}
