//! Signing in with somebody else's account, at a provider that somebody else wrote (`provider.mjs`).

mod browser;
mod facebook;
mod linking;
mod provider;
mod refusals;

use std::collections::BTreeMap;

use identity::federation::{ProviderKind, ProviderSettings};
use serde_json::Value;

use crate::app::TestApp;
use crate::authenticator::{Guarded, answer};
use browser::Browser;
use provider::{CLIENT_ID, CLIENT_SECRET, Provider};

/// A shop whose clock shows the provider's time, and which knows that provider under two names.
fn shop() -> TestApp {
    let issuer = &Provider::running().issuer;
    shop_with([("peer", oidc(issuer)), ("twin", oidc(issuer))])
}

fn shop_with<const N: usize>(providers: [(&str, ProviderSettings); N]) -> TestApp {
    let providers: BTreeMap<_, _> = providers.into_iter().map(|(name, known)| (name.to_owned(), known)).collect();
    TestApp::start_at_this_hour(move |settings| settings.identity.providers = providers)
}

fn oidc(issuer: &str) -> ProviderSettings {
    ProviderSettings {
        kind: ProviderKind::Oidc,
        issuer: issuer.to_owned(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.into(),
        scopes: None,
        dialog_url: String::new(),
        graph_url: String::new(),
    }
}

/// Begins, and says where the browser is sent.
async fn start(browser: &mut Browser, provider: &str) -> String {
    let answer = browser.get(&format!("/api/v1/auth/oidc/{provider}/start?return_to=/account")).await;
    answer.expect(303);
    answer.header("location").to_owned()
}

/// All the way, to where the shop is asked with what the provider gave; not yet asked.
async fn as_far_as_the_callback(browser: &mut Browser, provider: &str, login: &str) -> String {
    let away = start(browser, provider).await;
    browser.sign_in_at(&away, login).await
}

/// All the way: whose account it is.
async fn sign_in(app: &TestApp, browser: &mut Browser, login: &str) -> Value {
    let back = as_far_as_the_callback(browser, "peer", login).await;
    let answer = browser.get(&back).await;
    answer.expect(303);
    assert_eq!(answer.header("location"), "/account", "{answer:?}");
    who(app, browser).await
}

/// Whose the browser's session is.
async fn who(app: &TestApp, browser: &mut Browser) -> Value {
    let refresh = app.client.post("/api/v1/auth/refresh");
    browser.send(refresh).await.expect(200)["account"].clone()
}

#[actix_web::test]
async fn the_whole_way_makes_an_account_and_finds_it_again() {
    let app = shop();
    let listed = app.client.get("/api/v1/auth/oidc").send().await.expect(200);
    assert_eq!(listed["data"][0]["start"], "/api/v1/auth/oidc/peer/start");

    let mut browser = Browser::new(app.client);
    let ann = sign_in(&app, &mut browser, "whole-way").await;
    assert_eq!((&ann["email"], &ann["email_verified"]), (&"whole-way@example.com".into(), &true.into()));
    assert_eq!((&ann["name"], &ann["role"]), (&"whole-way".into(), &"customer".into()));
    assert_eq!(browser.cookie("doorbuster_signin"), None, "what it left with is taken away again");

    let mut elsewhere = Browser::new(app.client);
    let again = sign_in(&app, &mut elsewhere, "whole-way").await;
    assert_eq!(again["id"], ann["id"], "another browser, the same somebody");
    assert_ne!(sign_in(&app, &mut Browser::new(app.client), "whole-way-2").await["id"], ann["id"]);
}

#[actix_web::test]
async fn somebody_without_an_address_has_an_account_all_the_same() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let nobody = sign_in(&app, &mut browser, "nameless-one").await;
    assert_eq!((&nobody["email"], &nobody["email_verified"]), (&Value::Null, &false.into()));
    assert_eq!(sign_in(&app, &mut Browser::new(app.client), "nameless-one").await["id"], nobody["id"]);
}

#[actix_web::test]
async fn an_account_that_the_shop_closed_is_not_opened() {
    let app = shop();
    let ann = sign_in(&app, &mut Browser::new(app.client), "closed").await;
    assert!(ann["id"].is_string());
    app.sql("update accounts set status = 'blocked' where email_key = 'closed@example.com'");
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "closed").await;
    browser.get(&back).await.problem(403, "account_blocked");
    assert_eq!(browser.cookie("doorbuster_refresh"), None);
}

#[actix_web::test]
async fn whoever_has_a_second_factor_is_asked_for_it_here_too() {
    let app = shop();
    let ann = Guarded::new(&app, "guarded@example.com").await;
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "guarded").await;
    let landed = browser.get(&back).await;
    landed.expect(303);
    assert_eq!(browser.cookie("doorbuster_refresh"), None, "not yet");
    let (path, challenge) = landed.header("location").split_once("#second_factor_challenge=").expect("a challenge");
    assert_eq!(path, "/account");
    let signed_in = answer(&app, challenge, &ann.code(&app)).send().await.expect(200);
    assert_eq!(signed_in["account"]["email"], "guarded@example.com");
}
