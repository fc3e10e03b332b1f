//! Signing in and out with an account.

use chrono::TimeDelta;
use futures_util::future::join_all;
use hyper::Method;
use serde_json::json;

use crate::app::{PASSWORD, TestApp, purchase};
use crate::client::Request;

fn orders(app: &TestApp, access: &str) -> Request {
    app.client.get("/api/v1/orders").bearer(access)
}

#[actix_web::test]
async fn somebody_registers_logs_in_and_buys() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let body = json!({ "email": "Ann@Example.com", "password": PASSWORD, "name": "Ann" });
    let answer = app.client.post("/api/v1/auth/register").json(&body).send().await;
    assert_eq!(answer.expect(202), json!({ "status": "accepted" }));

    let answer = app.login("ann@example.com", PASSWORD).await;
    let told = answer.expect(200);
    assert_eq!((&told["token_type"], &told["expires_in_ms"]), (&json!("Bearer"), &json!(900_000)));
    assert_eq!(told["expires_at"], "2027-01-15T08:15:00.000Z");
    assert_eq!(answer.header("cache-control"), "no-store");
    let account = &told["account"];
    assert_eq!((&account["email"], &account["email_verified"]), (&json!("Ann@Example.com"), &json!(false)));
    assert_eq!((&account["name"], &account["role"]), (&json!("Ann"), &json!("customer")));
    let cookie = format!("doorbuster_refresh={}", answer.refresh_cookie());
    let expected = format!("{cookie}; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=604800");
    assert_eq!(answer.header("set-cookie"), expected);

    let access = told["access_token"].as_str().expect("a token");
    let mut body = purchase(&[("TEE-M", 2)], 0);
    let quote = app.quote(access, &json!({ "items": body["items"] })).await.expect(200);
    body["expected_total"] = quote["totals"]["grand"].clone();
    let order = app.checkout(access, "first", &body).await.expect(201);
    let listed = orders(&app, access).send().await.expect(200);
    assert_eq!(listed["data"][0]["order_no"], order["order_no"]);
    // On another device it is the same customer.
    let elsewhere = app.login("ann@example.com", PASSWORD).await.expect(200);
    let listed = orders(&app, elsewhere["access_token"].as_str().expect("a token")).send().await.expect(200);
    assert_eq!(listed["data"][0]["order_no"], order["order_no"]);
}

#[actix_web::test]
async fn behind_tls_the_cookie_goes_through_it_alone() {
    let app = TestApp::start_with(|settings| settings.security.cookie_secure = true);
    app.customer("ann@example.com").await;
    let answer = app.login("ann@example.com", PASSWORD).await;
    assert!(answer.header("set-cookie").contains("; Secure;"), "{answer:?}");
}

#[actix_web::test]
async fn nobody_learns_who_is_a_customer() {
    let app = TestApp::start();
    app.customer("ann@example.com").await;
    let (known, unknown) =
        (app.register("ann@example.com", "another password").await, app.register("bob@example.com", PASSWORD).await);
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    let wrong = app.login("ann@example.com", "another password").await.problem(401, "invalid_credentials");
    let nobody = app.login("eve@example.com", "another password").await.problem(401, "invalid_credentials");
    assert_eq!((&wrong["detail"], &wrong["title"]), (&nobody["detail"], &nobody["title"]));
}

#[actix_web::test]
async fn what_cannot_be_an_account_is_told_field_by_field() {
    let app = TestApp::start();
    for (body, pointer, code) in [
        (json!({ "email": "ann", "password": PASSWORD }), "/email", "invalid"),
        (json!({ "email": "ann@example.com", "password": "short" }), "/password", "weak"),
        (json!({ "email": "ann@example.com", "password": "password123" }), "/password", "weak"),
        (json!({ "email": "annabelle@example.com", "password": "Annabelle" }), "/password", "weak"),
        (json!({ "email": "ann@example.com", "password": PASSWORD, "name": "A\u{0}" }), "/name", "invalid"),
        (json!({ "email": "ann@example.com", "password": PASSWORD, "role": "admin" }), "/role", "unknown"),
        (json!({ "email": "ann@example.com" }), "/password", "required"),
    ] {
        let refused = app.client.post("/api/v1/auth/register").json(&body).send().await;
        let refused = refused.problem(422, "validation_failed");
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
    app.login("ann@example.com", PASSWORD).await.problem(401, "invalid_credentials");
}

#[actix_web::test]
async fn an_access_token_runs_out_and_the_cookie_gets_the_next() {
    let app = TestApp::start();
    let first = app.customer("ann@example.com").await;
    let cookie = app.login("ann@example.com", PASSWORD).await.refresh_cookie();
    app.advance(TimeDelta::minutes(15));
    let expired = orders(&app, &first).send().await;
    expired.problem(401, "token_expired");
    assert!(expired.header("www-authenticate").contains("invalid_token"), "{expired:?}");
    let refreshed = app.refresh(&cookie).send().await;
    let told = refreshed.expect(200);
    assert_ne!(refreshed.refresh_cookie(), cookie);
    assert_eq!(told["account"]["email"], "ann@example.com");
    orders(&app, told["access_token"].as_str().expect("a token")).send().await.expect(200);

    app.client.post("/api/v1/auth/refresh").send().await.problem(401, "unauthenticated");
    for wrong in ["", "rt_", "guest_x", &cookie[..20], &format!("{cookie}A"), "%00"] {
        app.refresh(wrong).send().await.problem(401, "unauthenticated");
    }
}

#[actix_web::test]
async fn who_logs_out_is_out_at_once_here_or_everywhere() {
    let app = TestApp::start();
    app.customer("ann@example.com").await;
    let log_in = async || {
        let answer = app.login("ann@example.com", PASSWORD).await;
        (answer.expect(200)["access_token"].as_str().expect("a token").to_owned(), answer.refresh_cookie())
    };
    let ((phone, _), (laptop, laptop_cookie), (tablet, tablet_cookie)) =
        (log_in().await, log_in().await, log_in().await);

    let out = app.client.post("/api/v1/auth/logout").bearer(&phone).send().await;
    out.expect(204);
    assert_eq!(
        out.header("set-cookie"),
        "doorbuster_refresh=; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=0"
    );
    orders(&app, &phone).send().await.problem(401, "unauthenticated");
    orders(&app, &laptop).send().await.expect(200);

    // Its access token has run out meanwhile; the cookie says who it is.
    let cookie = format!("doorbuster_refresh={laptop_cookie}");
    app.client.post("/api/v1/auth/logout").header("cookie", &cookie).send().await.expect(204);
    orders(&app, &laptop).send().await.problem(401, "unauthenticated");
    app.refresh(&laptop_cookie).send().await.problem(401, "unauthenticated");
    orders(&app, &tablet).send().await.expect(200);

    let (desk, _) = log_in().await;
    let everywhere = app.client.post("/api/v1/auth/logout").bearer(&desk).json(&json!({ "everywhere": true }));
    everywhere.send().await.expect(204);
    orders(&app, &desk).send().await.problem(401, "unauthenticated");
    orders(&app, &tablet).send().await.problem(401, "unauthenticated");
    app.refresh(&tablet_cookie).send().await.problem(401, "unauthenticated");
    app.client.post("/api/v1/auth/logout").send().await.expect(204);
}

#[actix_web::test]
async fn somebody_sees_where_they_are_signed_in_and_signs_out_there() {
    let app = TestApp::start();
    let here = app.customer("ann@example.com").await;
    app.advance(TimeDelta::minutes(1));
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let login = app.client.post("/api/v1/auth/login").header("user-agent", "A phone").json(&body);
    let there = login.send().await.expect(200)["access_token"].as_str().expect("a token").to_owned();
    let listed = app.client.get("/api/v1/me/sessions").bearer(&here).send().await.expect(200);
    let (phone, own) = (&listed["data"][0], &listed["data"][1]);
    assert_eq!((&phone["device"], &phone["is_current"]), (&json!("A phone"), &json!(false)));
    assert_eq!((&phone["address"], &phone["begun_at"]), (&json!("127.0.0.1"), &json!("2027-01-15T08:01:00.000Z")));
    assert_eq!((&own["device"], &own["is_current"]), (&json!(null), &json!(true)));

    let path = format!("/api/v1/me/sessions/{}", phone["id"].as_str().expect("an id"));
    let end = |access: &str| app.client.request(Method::DELETE, &path).bearer(access);
    let stranger = app.customer("bob@example.com").await;
    end(&stranger).send().await.problem(404, "not_found");
    end(&app.guest().await).send().await.problem(401, "unauthenticated");
    orders(&app, &there).send().await.expect(200);
    end(&here).send().await.expect(204);
    orders(&app, &there).send().await.problem(401, "unauthenticated");
    end(&here).send().await.problem(404, "not_found");
    let listed = app.client.get("/api/v1/me/sessions").bearer(&here).send().await.expect(200);
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn an_access_token_is_no_admin_and_a_guest_is_no_customer() {
    let app = TestApp::start();
    let customer = app.customer("ann@example.com").await;
    app.client.get("/api/v1/admin/brands").bearer(&customer).send().await.problem(403, "forbidden");
    let guest = app.guest().await;
    // Where it is about an account, a guest has none to show.
    app.client.post("/api/v1/auth/logout").bearer(&guest).send().await.expect(204);
    orders(&app, &guest).send().await.expect(200);
    orders(&app, &format!("{customer}x")).send().await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_crowd_of_logins_is_served_a_few_at_a_time_and_the_rest_come_back() {
    let app = TestApp::start_with(|settings| {
        // As much work as in earnest, and one to do it.
        settings.security.password_memory_kib = 19_456;
        settings.security.password_passes = 2;
        settings.security.password_hashes_at_once = 1;
        settings.security.password_hashes_waiting = 2;
    });
    let access = app.customer("ann@example.com").await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let crowd = (0..30).map(|_| app.client.post("/api/v1/auth/login").json(&body).connect());
    let crowd = join_all(crowd).await;
    let answers = join_all(crowd.into_iter().map(crate::client::Connected::send)).await;
    let (served, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    // As many as may wait; one more if the first was at work when the others came.
    assert!(served.len() >= 2, "{} of 30", served.len());
    assert!(!refused.is_empty(), "nobody had to come back");
    for answer in refused {
        answer.problem(503, "overloaded");
    }
    orders(&app, &access).send().await.expect(200);
    app.login("ann@example.com", PASSWORD).await.expect(200);
}
