//! Codes and challenges: tried as often as they may be and used once, however many come together.

use chrono::TimeDelta;
use hyper::Method;
use serde_json::{Value, json};

use super::salvo::{SHOTS, fire};
use super::stage::Stage;
use crate::authenticator::{Authenticator, Guarded, answer, post};
use crate::one_time_code::{asked, verify, wrong};

fn address(stage: &Stage) -> Value {
    json!({ "email": format!("{}@example.com", stage.name("otp")) })
}

async fn guarded(stage: &Stage) -> Guarded {
    Guarded::new(&stage.app, &format!("{}@example.com", stage.name("guarded"))).await
}

fn code(code: &str) -> Value {
    json!({ "code": code })
}

pub(super) async fn send_code(stage: &Stage) {
    let to = address(stage);
    let fired = fire("send a code", |_| stage.app.client.post("/api/v1/auth/otp/send").json(&to)).await;
    fired.expect(1, &["rate_limited"]);
}

pub(super) async fn verify_code(stage: &Stage) {
    let (challenge, right) = asked(&stage.app, &address(stage)).await;
    let fired = fire("guess a code", |_| verify(&stage.app, &challenge, wrong(&right))).await;
    fired.expect(0, &["code_wrong", "challenge_over"]);
    assert_eq!(fired.count("code_wrong"), 5, "{fired}");
    verify(&stage.app, &challenge, &right).send().await.problem(410, "challenge_over");

    let (challenge, right) = asked(&stage.app, &address(stage)).await;
    let fired = fire("use a code", |_| verify(&stage.app, &challenge, &right)).await;
    fired.expect(1, &["challenge_over"]);
}

pub(super) async fn second_factor(stage: &Stage) {
    let ann = guarded(stage).await;
    let challenge = ann.challenge(&stage.app).await;
    let fired = fire("guess a second factor", |_| answer(&stage.app, &challenge, "000000")).await;
    fired.expect(0, &["code_wrong", "challenge_over"]);
    assert_eq!(fired.count("code_wrong"), 5, "{fired}");

    // Every one with a challenge of its own: the code is one.
    let bob = guarded(stage).await;
    let mut challenges = Vec::new();
    for _ in 0..SHOTS {
        challenges.push(bob.challenge(&stage.app).await);
    }
    let shown = bob.code(&stage.app);
    let fired = fire("use an app's code", |shot| answer(&stage.app, &challenges[shot], &shown)).await;
    fired.expect(1, &["code_wrong", "rate_limited"]);

    let eve = guarded(stage).await;
    let mut challenges = Vec::new();
    for _ in 0..SHOTS {
        challenges.push(eve.challenge(&stage.app).await);
    }
    let paper = &eve.recovery_codes[0];
    let fired = fire("use a recovery code", |shot| answer(&stage.app, &challenges[shot], paper)).await;
    fired.expect(1, &["code_wrong", "rate_limited"]);
}

pub(super) async fn enrol(stage: &Stage) {
    let token = stage.app.customer(&format!("{}@example.com", stage.name("enrol"))).await;
    fire("offer a second factor", |_| post(&stage.app, &token, "")).await.expect(SHOTS, &[]);
}

pub(super) async fn confirm(stage: &Stage) {
    let token = stage.app.customer(&format!("{}@example.com", stage.name("confirm"))).await;
    let offered = post(&stage.app, &token, "").send().await.expect(201);
    let shown = Authenticator::with(&offered["secret"]).code(stage.app.now());
    let fired = fire("confirm", |_| post(&stage.app, &token, "/confirm").json(&code(&shown))).await;
    fired.expect(1, &["code_wrong", "rate_limited", "invalid_state"]);
    let left = stage.app.client.get("/api/v1/me/second-factor").bearer(&token).send().await.expect(200);
    assert_eq!(left["recovery_codes_left"], json!(10));
}

pub(super) async fn recovery_codes(stage: &Stage) {
    let ann = guarded(stage).await;
    let shown = ann.code(&stage.app);
    let renew = |_| post(&stage.app, &ann.token, "/recovery-codes").json(&code(&shown));
    let fired = fire("renew recovery codes", renew).await;
    fired.expect(1, &["code_wrong", "rate_limited"]);
    let (_, kept) = fired.winner();
    let fresh = kept["recovery_codes"][0].as_str().expect("a code");
    stage.app.advance(TimeDelta::minutes(15));
    ann.sign_in(&stage.app, fresh).await.expect(200);
}

pub(super) async fn disable(stage: &Stage) {
    let ann = guarded(stage).await;
    let shown = ann.code(&stage.app);
    let fired = fire("give it up", |_| post(&stage.app, &ann.token, "/disable").json(&code(&shown))).await;
    fired.expect(1, &["code_wrong", "rate_limited", "invalid_state"]);
}

/// Nobody vouches for anybody in this shop: what is linked at once is tested where there is a provider.
pub(super) async fn link(stage: &Stage) {
    let token = stage.app.customer(&format!("{}@example.com", stage.name("link"))).await;
    let link = |_| stage.app.client.post("/api/v1/me/identities/peer").bearer(&token);
    fire("link", link).await.expect(0, &["not_found"]);
}

pub(super) async fn unlink(stage: &Stage) {
    let email = format!("{}@example.com", stage.name("unlink"));
    let token = stage.app.customer(&email).await;
    stage.app.sql(&format!(
        "insert into external_identities (store_id, issuer, subject, account_id, provider, linked_at, used_at)
         select store_id, 'https://peer.example', id::text, id, 'peer', now(), now() from accounts where email_key = '{email}'"
    ));
    let unlink = |_| stage.app.client.request(Method::DELETE, "/api/v1/me/identities/peer").bearer(&token);
    fire("unlink", unlink).await.expect(1, &["not_found"]);
}
