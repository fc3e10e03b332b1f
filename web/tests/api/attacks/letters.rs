//! Letters and what they open: once, whoever comes with the same link together.

use serde_json::json;

use super::salvo::{SHOTS, fire};
use super::signing_in::{address, orders, post};
use super::stage::Stage;
use crate::app::PASSWORD;
use crate::post_box::link;

pub(super) async fn forgot_password(stage: &Stage) {
    let email = address(stage);
    stage.app.account(&email, identity::access::Role::Customer).await;
    let body = json!({ "email": email });
    let fired = fire("forgot", |_| post(stage, "password/forgot", &body)).await;
    fired.expect(SHOTS, &[]);
    let sent = "select count(*) from one_time_tokens t join accounts a on a.id = t.account_id where a.email = ";
    assert_eq!(stage.app.count(&format!("{sent}'{email}'")), 5, "a mailbox is not filled: {fired}");
}

pub(super) async fn reset_password(stage: &Stage) {
    let email = address(stage);
    stage.app.account(&email, identity::access::Role::Customer).await;
    let access = stage.app.login(&email, PASSWORD).await.expect(200)["access_token"].clone();
    let access = access.as_str().expect("a token");
    post(stage, "password/forgot", &json!({ "email": email })).send().await.expect(202);
    let token = stage.app.post_box().link(&email, "reset_password").await;
    let chosen = |shot: usize| format!("{PASSWORD}, anew {shot}");
    let reset = |shot: usize| post(stage, "password/reset", &json!({ "token": token, "password": chosen(shot) }));
    let fired = fire("reset", reset).await;
    fired.expect(1, &["link_invalid"]);
    let (winner, _) = fired.winner();
    stage.app.login(&email, &chosen(winner)).await.expect(200);
    stage.app.login(&email, &chosen(SHOTS)).await.problem(401, "invalid_credentials");
    stage.app.login(&email, PASSWORD).await.problem(401, "invalid_credentials");
    orders(stage, access).send().await.problem(401, "unauthenticated");
}

pub(super) async fn confirm_email(stage: &Stage) {
    let email = address(stage);
    stage.app.register(&email, PASSWORD).await.expect(202);
    let token = stage.app.post_box().link(&email, "verify_email").await;
    let access = stage.app.login(&email, PASSWORD).await.expect(200)["access_token"].clone();
    let access = access.as_str().expect("a token");
    let confirm = |_| post(stage, "email/confirm", &json!({ "token": token })).bearer(access);
    let fired = fire("confirm", confirm).await;
    fired.expect(1, &["link_invalid"]);
    assert_eq!(stage.app.login(&email, PASSWORD).await.expect(200)["account"]["email_verified"], true);
}

pub(super) async fn change_password(stage: &Stage) {
    let email = address(stage);
    stage.app.account(&email, identity::access::Role::Customer).await;
    let access = stage.app.login(&email, PASSWORD).await.expect(200)["access_token"].clone();
    let access = access.as_str().expect("a token");
    let chosen = |shot: usize| format!("{PASSWORD}, anew {shot}");
    let change = |shot: usize| {
        let body = json!({ "current_password": PASSWORD, "password": chosen(shot) });
        stage.app.client.post("/api/v1/me/password").bearer(access).json(&body)
    };
    let fired = fire("change the password", change).await;
    fired.expect(1, &["invalid_credentials"]);
    let (winner, _) = fired.winner();
    stage.app.login(&email, &chosen(winner)).await.expect(200);
    orders(stage, access).send().await.expect(200);
}

pub(super) async fn change_email(stage: &Stage) {
    // Two customers want one address at once, and each follows their link at once.
    let (ann, bob, wanted) = (address(stage), address(stage), address(stage));
    let mut tokens = Vec::new();
    for email in [&ann, &bob] {
        stage.app.account(email, identity::access::Role::Customer).await;
        let access = stage.app.login(email, PASSWORD).await.expect(200)["access_token"].clone();
        let body = json!({ "email": wanted, "current_password": PASSWORD });
        let ask = |_| {
            let access = access.as_str().expect("a token");
            stage.app.client.post("/api/v1/me/email").bearer(access).json(&body)
        };
        fire("ask for another address", ask).await.expect(SHOTS, &[]);
        let letters = stage.app.post_box().letters(&wanted, "verify_email", 5 * (tokens.len() + 1)).await;
        tokens.push((link(letters.last().expect("five and more")), access));
    }
    let confirm = |shot: usize| {
        let (token, access) = &tokens[shot % 2];
        post(stage, "email/confirm", &json!({ "token": token })).bearer(access.as_str().expect("a token"))
    };
    let fired = fire("two for one address", confirm).await;
    fired.expect(1, &["link_invalid", "already_exists"]);
    stage.app.login(&wanted, PASSWORD).await.expect(200);
}

pub(super) async fn ask_to_confirm(stage: &Stage) {
    let email = address(stage);
    stage.app.register(&email, PASSWORD).await.expect(202);
    let access = stage.app.login(&email, PASSWORD).await.expect(200)["access_token"].clone();
    let access = access.as_str().expect("a token");
    let ask = |_| stage.app.client.post("/api/v1/me/email/confirmation").bearer(access);
    fire("ask for a confirmation", ask).await.expect(SHOTS, &[]);
}
