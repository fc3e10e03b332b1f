//! Guests.

use serde_json::json;

use crate::app::TestApp;

#[actix_web::test]
async fn a_guest_gets_a_token_and_a_cookie() {
    let app = TestApp::start();
    let answer = app.begin_session().await;
    let session = answer.expect(201);
    assert_eq!(session["expires_in_ms"], json!(2_592_000_000_i64));
    assert_eq!(session["expires_at"], "2027-02-14T08:00:00.000Z");
    assert!(session["principal"].as_str().is_some_and(|principal| principal.starts_with("prin_")), "{session}");
    let token = session["token"].as_str().expect("a token");
    let cookie = answer.header("set-cookie");
    assert_eq!(cookie, format!("doorbuster_session={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000"));
    assert_ne!(app.guest().await, app.guest().await);
}

#[actix_web::test]
async fn an_address_gets_so_many_sessions_and_is_told_when_to_come_back() {
    let app = TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.limits.sessions_burst = 2;
        settings.limits.sessions_per_minute = 1;
    });
    let first = app.begin_session().await;
    first.expect(201);
    assert_eq!(first.header("ratelimit-policy"), "\"session\";q=2;w=120");
    assert_eq!(first.header("ratelimit"), "\"session\";r=1;t=60");
    app.begin_session().await.expect(201);
    let refused = app.begin_session().await;
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("ratelimit"), "\"session\";r=0;t=60");
    assert_eq!(refused.header("retry-after"), "60");
}
