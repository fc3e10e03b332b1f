//! An authenticator app, as people have it on their phones; and an account that it guards.

use chrono::TimeDelta;
use engine::clock::{Clock, Timestamp};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, Request};

pub(crate) struct Authenticator(Totp);

/// Somebody who is asked for a second factor when they sign in.
pub(crate) struct Guarded {
    pub(crate) email: String,
    pub(crate) app: Authenticator,
    pub(crate) recovery_codes: Vec<String>,
    /// Of the session in which it was enrolled.
    pub(crate) token: String,
}

impl Authenticator {
    /// As it is typed in.
    pub(crate) fn with(secret: &Value) -> Self {
        let secret = Secret::try_from_base32(secret.as_str().expect("a secret")).expect("base 32");
        Self(Builder::new().with_secret(secret).build().expect("an app"))
    }

    pub(crate) fn code(&self, at: Timestamp) -> String {
        self.0.generate(u64::try_from(at.timestamp()).expect("after 1970")).to_string()
    }
}

impl Guarded {
    /// The clock goes on, so that the next code is a new one.
    pub(crate) async fn new(shop: &TestApp, email: &str) -> Self {
        let token = shop.customer(email).await;
        let offered = post(shop, &token, "").send().await.expect(201);
        let app = Authenticator::with(&offered["secret"]);
        let shown = json!({ "code": app.code(shop.ground.clock.now()) });
        let confirmed = post(shop, &token, "/confirm").json(&shown).send().await.expect(200);
        let codes = confirmed["recovery_codes"].as_array().expect("codes");
        let recovery_codes = codes.iter().map(|code| code.as_str().expect("text").to_owned()).collect();
        shop.advance(TimeDelta::seconds(30));
        Self { email: email.to_owned(), app, recovery_codes, token }
    }

    pub(crate) fn code(&self, shop: &TestApp) -> String {
        self.app.code(shop.ground.clock.now())
    }

    /// What a right password is answered with.
    pub(crate) async fn challenge(&self, shop: &TestApp) -> String {
        let asked = shop.login(&self.email, PASSWORD).await.problem(401, "second_factor_required");
        asked["challenge"].as_str().expect("a challenge").to_owned()
    }

    pub(crate) async fn sign_in(&self, shop: &TestApp, code: &str) -> Answer {
        answer(shop, &self.challenge(shop).await, code).send().await
    }
}

/// `POST /api/v1/me/second-factor...`
pub(crate) fn post(shop: &TestApp, token: &str, verb: &str) -> Request {
    shop.client.post(&format!("/api/v1/me/second-factor{verb}")).bearer(token)
}

pub(crate) fn answer(shop: &TestApp, challenge: &str, code: &str) -> Request {
    shop.client.post("/api/v1/auth/second-factor").json(&json!({ "challenge": challenge, "code": code }))
}
