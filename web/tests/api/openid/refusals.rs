//! What is not what was asked for opens nothing, and leaves nothing behind.

use chrono::TimeDelta;

use super::browser::Browser;
use super::{as_far_as_the_callback, oidc, shop, shop_with, sign_in, start};
use crate::app::TestApp;

/// The callback is refused so, and nobody is signed in.
async fn refused(browser: &mut Browser, back: &str, status: u16, code: &str) {
    browser.get(back).await.problem(status, code);
    assert_eq!(browser.cookie("doorbuster_refresh"), None);
}

/// No account bears this address.
fn nobody_is(app: &TestApp, login: &str) {
    app.sql(&format!(
        "do $$ begin assert not exists (select from accounts where email_key = '{login}@example.com'), 'an account'; end $$"
    ));
}

/// With a parameter of the path's query changed.
fn with(path: &str, name: &str, value: &str) -> String {
    let (path, query) = path.split_once('?').expect("a query");
    let change = |pair: &str| match pair.split_once('=') {
        Some((known, _)) if known == name => format!("{name}={value}"),
        Some(_) | None => pair.to_owned(),
    };
    format!("{path}?{}", query.split('&').map(change).collect::<Vec<_>>().join("&"))
}

#[actix_web::test]
async fn another_state_is_not_ours() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "another-state").await;
    refused(&mut browser, &with(&back, "state", "made-up"), 401, "sign_in_failed").await;
    nobody_is(&app, "another-state");
}

#[actix_web::test]
async fn an_answer_in_another_browser_opens_nothing() {
    let app = shop();
    let mut attacker = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut attacker, "peer", "attacker").await;
    let mut victim = Browser::new(app.client);
    refused(&mut victim, &back, 401, "sign_in_failed").await;
    // Not even if the victim is on the way itself.
    start(&mut victim, "peer").await;
    refused(&mut victim, &back, 401, "sign_in_failed").await;
    nobody_is(&app, "attacker");
}

#[actix_web::test]
async fn a_token_that_was_made_for_another_attempt_is_refused() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let away = start(&mut browser, "peer").await;
    let back = browser.sign_in_at(&with(&away, "nonce", "of-another-attempt"), "another-nonce").await;
    refused(&mut browser, &back, 401, "sign_in_failed").await;
    nobody_is(&app, "another-nonce");
}

#[actix_web::test]
async fn a_code_without_its_verifier_is_refused_by_the_provider() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let away = start(&mut browser, "peer").await;
    let other = "E9Melhoa2OwvFrEMTJguCHaoeGt8XqxXtHm3y_9HKB0";
    let back = browser.sign_in_at(&with(&away, "code_challenge", other), "another-verifier").await;
    refused(&mut browser, &back, 401, "sign_in_failed").await;
    nobody_is(&app, "another-verifier");
}

#[actix_web::test]
async fn a_code_is_good_once() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "replayed").await;
    let carried = browser.cookie("doorbuster_signin").expect("on its way").to_owned();
    browser.get(&back).await.expect(303);
    // Whoever has seen all of it, cookie and address, has nothing.
    let mut thief = Browser::new(app.client);
    thief.set_cookie("doorbuster_signin", &carried);
    refused(&mut thief, &back, 401, "sign_in_failed").await;
}

#[actix_web::test]
async fn a_token_for_somebody_else_is_refused() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "misaddressed-one").await;
    refused(&mut browser, &back, 401, "sign_in_failed").await;
    nobody_is(&app, "one");
}

#[actix_web::test]
async fn a_token_that_somebody_else_signed_is_refused() {
    let app = shop();
    for login in ["forged-two", "rekeyed-two"] {
        let mut browser = Browser::new(app.client);
        let back = as_far_as_the_callback(&mut browser, "peer", login).await;
        // Under a key that nobody has heard of: the keys are read once more, which does not help it.
        app.advance(TimeDelta::minutes(1));
        refused(&mut browser, &back, 401, "sign_in_failed").await;
    }
    nobody_is(&app, "two");
}

#[actix_web::test]
async fn a_token_that_is_too_old_is_refused() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "too-old").await;
    // The attempt is good for ten minutes, the token for two.
    app.advance(TimeDelta::minutes(5));
    refused(&mut browser, &back, 401, "sign_in_failed").await;
    nobody_is(&app, "too-old");
}

#[actix_web::test]
async fn whoever_takes_too_long_begins_anew() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "too-long").await;
    app.advance(TimeDelta::minutes(10));
    refused(&mut browser, &back, 401, "sign_in_failed").await;
}

#[actix_web::test]
async fn one_provider_does_not_answer_for_another() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let back = as_far_as_the_callback(&mut browser, "peer", "mixed-up").await;
    refused(&mut browser, &back.replace("/peer/", "/twin/"), 401, "sign_in_failed").await;
    refused(&mut browser, &with(&back, "iss", "https%3A%2F%2Fevil.example"), 401, "sign_in_failed").await;
    browser.get("/api/v1/auth/oidc/unheard-of/start").await.problem(404, "not_found");
}

#[actix_web::test]
async fn whoever_says_no_there_is_told_so_here() {
    let app = shop();
    let mut browser = Browser::new(app.client);
    let away = start(&mut browser, "peer").await;
    let state = away.split('&').find_map(|pair| pair.strip_prefix("state=")).expect("a state");
    let back = format!("/api/v1/auth/oidc/peer/callback?error=access_denied&state={state}");
    refused(&mut browser, &back, 401, "sign_in_failed").await;
}

#[actix_web::test]
async fn a_browser_is_never_sent_out_of_the_shop() {
    let app = shop();
    for away in ["https://evil.example", "//evil.example", "/%5Cevil.example", "/%09/evil.example", "evil", ""] {
        let path = format!("/api/v1/auth/oidc/peer/start?return_to={away}");
        app.client.get(&path).send().await.problem(400, "bad_request");
    }
    app.client.get("/api/v1/auth/oidc/peer/start?next=/account").send().await.problem(400, "bad_request");
}

#[actix_web::test]
async fn a_provider_that_is_away_is_said_to_be_and_nothing_is_half_done() {
    // Nobody listens there: the port was free a moment ago and is nobody's since.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    let app = shop_with([("peer", oidc(&format!("http://{free}")))]);
    let answer = app.client.get("/api/v1/auth/oidc/peer/start").send().await;
    answer.problem(503, "temporarily_unavailable");
    assert_eq!(answer.header("set-cookie"), "");
    assert_ne!(answer.header("retry-after"), "");
}

#[actix_web::test]
async fn many_at_once_make_one_account() {
    let app = shop();
    let mut browsers: Vec<Browser> = (0..8).map(|_| Browser::new(app.client)).collect();
    let mut arriving = Vec::new();
    for browser in &mut browsers {
        arriving.push(as_far_as_the_callback(browser, "peer", "all-at-once").await);
    }
    let landings = browsers.iter_mut().zip(&arriving).map(|(browser, back)| browser.get(back));
    for answer in futures_util::future::join_all(landings).await {
        answer.expect(303);
    }
    app.sql(
        "do $$ begin
             assert (select count(*) from accounts where email_key = 'all-at-once@example.com') = 1, 'one account';
             assert (select count(*) from external_identities where subject = 'all-at-once') = 1, 'one identity';
         end $$",
    );
    sign_in(&app, &mut Browser::new(app.client), "all-at-once").await;
}
