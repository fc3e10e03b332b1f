//! Guesses at passwords: what they cost the guesser, and what they do not cost anybody else.

use chrono::TimeDelta;
use hyper::Method;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::Answer;

const PASSWORD: &str = "violet tractor 71 umbrella";

fn shop() -> TestApp {
    TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.limits.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
        settings.limits.sign_ins_burst = 10_000;
    })
}

async fn login(app: &TestApp, from: &str, email: &str, password: &str, device: Option<&str>) -> Answer {
    let body = json!({ "email": email, "password": password });
    let request = app.client.post("/api/v1/auth/login").header("x-forwarded-for", from).json(&body);
    let request = match device {
        Some(device) => request.header("cookie", device),
        None => request,
    };
    request.send().await
}

async fn register(app: &TestApp, email: &str) {
    let body = json!({ "email": email, "password": PASSWORD });
    app.client
        .post("/api/v1/auth/register")
        .header("x-forwarded-for", "192.0.2.200")
        .json(&body)
        .send()
        .await
        .expect(202);
    app.sql(&format!("update accounts set email_verified_at = now() where email_key = '{email}'"));
}

/// The cookie that names the device.
fn device(answer: &Answer) -> String {
    let mut cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("ASCII"));
    let cookie = cookies.find(|cookie| cookie.starts_with("doorbuster_device=dev_")).expect("a device");
    assert!(cookie.contains("; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=15552000"), "{cookie}");
    cookie.split(';').next().expect("a pair").to_owned()
}

#[actix_web::test]
async fn a_guesser_waits_and_keeps_nobody_out() {
    let app = shop();
    register(&app, "ann@example.com").await;
    let known = device(&login(&app, "192.0.2.1", "ann@example.com", PASSWORD, None).await);
    let guess = async |email: &str| login(&app, "198.51.100.7", email, "guess", None).await;
    for _ in 0..5 {
        guess("ann@example.com").await.problem(401, "invalid_credentials");
        // Whether there is such an account makes no difference.
        guess("nobody@example.com").await.problem(401, "invalid_credentials");
    }
    for email in ["ann@example.com", "Ann@Example.com", "nobody@example.com"] {
        let refused = guess(email).await;
        refused.problem(429, "rate_limited");
        assert_eq!(refused.header("retry-after"), "2");
    }
    // Not even the right one is looked at, from there; from anywhere else it is.
    login(&app, "198.51.100.7", "ann@example.com", PASSWORD, None).await.problem(429, "rate_limited");
    login(&app, "192.0.2.1", "ann@example.com", PASSWORD, None).await.expect(200);
    login(&app, "203.0.113.1", "ann@example.com", PASSWORD, None).await.expect(200);
    // And from there too, on a device that was signed in before.
    login(&app, "198.51.100.7", "ann@example.com", PASSWORD, Some(&known)).await.expect(200);
    login(&app, "198.51.100.7", "nobody@example.com", "guess", Some(&known)).await.problem(429, "rate_limited");
    app.advance(TimeDelta::seconds(2));
    login(&app, "198.51.100.7", "ann@example.com", PASSWORD, None).await.expect(200);
}

#[actix_web::test]
async fn whoever_stole_a_session_guesses_no_faster_than_a_stranger() {
    let app = shop();
    register(&app, "ann@example.com").await;
    let signed_in = login(&app, "192.0.2.1", "ann@example.com", PASSWORD, None).await;
    let access = signed_in.expect(200)["access_token"].as_str().expect("a token").to_owned();
    let ask = async |method, path: &str, from: &str, body: Value| {
        app.client.request(method, path).header("x-forwarded-for", from).bearer(&access).json(&body).send().await
    };
    let change = async |from, current: &str| {
        let body = json!({ "current_password": current, "password": "quiet harbor 22 lantern" });
        ask(Method::POST, "/api/v1/me/password", from, body).await
    };
    let thief = "198.51.100.7";
    for n in 0..5 {
        let guess = match n % 3 {
            0 => change(thief, "guess").await,
            1 => {
                let body = json!({ "email": "thief@example.com", "current_password": "guess" });
                ask(Method::POST, "/api/v1/me/email", thief, body).await
            }
            _ => ask(Method::DELETE, "/api/v1/me", thief, json!({ "current_password": "guess" })).await,
        };
        guess.problem(401, "invalid_credentials");
    }
    change(thief, PASSWORD).await.problem(429, "rate_limited");
    // Their owner is somewhere else, and is not kept out.
    change("192.0.2.1", PASSWORD).await.expect(204);
}

#[actix_web::test]
async fn a_list_of_stolen_passwords_is_slow_from_wherever_in_a_range_it_comes() {
    let app = shop();
    let mut refused = 0;
    for n in 0..120 {
        let (from, email) = (format!("198.51.100.{}", n % 60), format!("victim{n}@example.com"));
        let answer = login(&app, &from, &email, "from a list", None).await;
        refused += usize::from(answer.status == 429);
    }
    assert_eq!(refused, 20);
    login(&app, "198.51.101.1", "victim0@example.com", "from a list", None).await.problem(401, "invalid_credentials");
}

#[actix_web::test]
async fn a_registration_costs_a_proof_where_one_is_asked_for() {
    let app = TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.proof_of_work.required_for = vec!["registration".to_owned()];
        settings.proof_of_work.difficulty = 0;
    });
    let register = || {
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        app.client.post("/api/v1/auth/register").json(&body)
    };
    let refused = register().send().await.problem(428, "proof_of_work_required");
    let proof = format!("{}:0", refused["proof_of_work"]["challenge"].as_str().expect("a challenge"));
    register().header("proof-of-work", &proof).send().await.expect(202);
    register().header("proof-of-work", &proof).send().await.problem(428, "proof_of_work_required");
}

#[actix_web::test]
async fn whoever_guesses_at_the_codes_of_many_waits() {
    let app = shop();
    let mut refused = 0;
    for n in 0..8 {
        let from = "198.51.100.7";
        let send = app.client.post("/api/v1/auth/otp/send").header("x-forwarded-for", from);
        let sent = send.json(&json!({ "email": format!("victim{n}@example.com") })).send().await.expect(202);
        for code in 0..5 {
            let body = json!({ "challenge": sent["challenge"], "code": format!("00000{code}") });
            let verify = app.client.post("/api/v1/auth/otp/verify").header("x-forwarded-for", from);
            refused += usize::from(verify.json(&body).send().await.status == 429);
        }
    }
    assert_eq!(refused, 10, "thirty that are wrong, and then one after the other");
}

#[actix_web::test]
async fn a_stranger_who_asks_for_codes_keeps_their_owner_from_none() {
    let app = shop();
    let send = async |from: &str| {
        let send = app.client.post("/api/v1/auth/otp/send").header("x-forwarded-for", from);
        send.json(&json!({ "phone": "+919876543210" })).send().await
    };
    for _ in 0..5 {
        send("198.51.100.7").await.expect(202);
        app.advance(TimeDelta::minutes(1));
    }
    send("198.51.100.7").await.problem(429, "rate_limited");
    send("192.0.2.1").await.expect(202);
    send("192.0.2.1").await.problem(429, "rate_limited");
}

#[actix_web::test]
async fn strangers_from_everywhere_keep_no_code_from_a_device_that_is_known() {
    let app = shop();
    let send = async |from: &str, device: Option<&str>| {
        let send = app.client.post("/api/v1/auth/otp/send").header("x-forwarded-for", from);
        let send = device.into_iter().fold(send, |send, device| send.header("cookie", device));
        send.json(&json!({ "phone": "+919876543210" })).send().await
    };
    let sent = send("192.0.2.1", None).await.expect(202);
    let arrived = async || app.messages("one_time_code", "+919876543210").pop();
    let message = testdb::eventually_async("the message", arrived).await;
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = message.split(|letter: char| !letter.is_ascii_alphanumeric()).find(is_code).expect("a code").to_owned();
    let verify = app.client.post("/api/v1/auth/otp/verify").header("x-forwarded-for", "192.0.2.1");
    let known = device(&verify.json(&json!({ "challenge": sent["challenge"], "code": code })).send().await);
    for n in 0..19 {
        send(&format!("198.51.{n}.7"), None).await.expect(202);
    }
    send("203.0.113.9", None).await.problem(429, "rate_limited");
    send("203.0.113.9", Some(&known)).await.expect(202);
    // Somebody else's device is a stranger's.
    let body = json!({ "phone": "+919876543211" });
    for n in 0..20 {
        let send = app.client.post("/api/v1/auth/otp/send").header("x-forwarded-for", &format!("198.51.{n}.8"));
        send.json(&body).send().await.expect(202);
    }
    let send = app.client.post("/api/v1/auth/otp/send").header("x-forwarded-for", "203.0.113.9");
    send.header("cookie", &known).json(&body).send().await.problem(429, "rate_limited");
}

#[actix_web::test]
async fn who_shares_an_address_with_guessers_gets_in_on_a_device_that_is_known() {
    let app = TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.limits.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
        settings.limits.sign_ins_burst = 10;
    });
    let office = "198.51.100.7";
    register(&app, "ann@example.com").await;
    let known = login(&app, "192.0.2.1", "ann@example.com", PASSWORD, None).await;
    let access = known.json()["access_token"].as_str().expect("a token").to_owned();
    let known = device(&known);
    for n in 0..10 {
        login(&app, office, &format!("victim{n}@example.com"), "guess", None).await.problem(401, "invalid_credentials");
    }
    login(&app, office, "ann@example.com", PASSWORD, None).await.problem(429, "rate_limited");
    login(&app, office, "ann@example.com", PASSWORD, Some(&known)).await.expect(200);
    login(&app, office, "bob@example.com", PASSWORD, Some(&known)).await.problem(429, "rate_limited");
    let body = json!({ "current_password": PASSWORD, "password": "quiet harbor 22 lantern" });
    let change = app.client.post("/api/v1/me/password").header("x-forwarded-for", office).bearer(&access);
    change.json(&body).send().await.expect(204);
    // What a device is let do is bounded too.
    let mut let_in = 0;
    for _ in 0..12 {
        let answer = login(&app, office, "ann@example.com", "guess", Some(&known)).await;
        let_in += usize::from(answer.status != 429);
    }
    assert!(let_in < 10, "{let_in}");
}

#[actix_web::test]
async fn half_a_code_is_no_guess() {
    let app = shop();
    let from = "198.51.100.7";
    let verify = |code: &str| {
        let body = json!({ "challenge": "chal_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7", "code": code });
        app.client.post("/api/v1/auth/otp/verify").header("x-forwarded-for", from).json(&body).send()
    };
    for _ in 0..40 {
        verify("123").await.problem(422, "validation_failed");
    }
    verify("123456").await.problem(410, "challenge_over");
}

#[actix_web::test]
async fn whoever_merely_wrote_an_address_down_has_no_device_of_its_owner_s() {
    let app = shop();
    register(&app, "ann@example.com").await;
    app.sql("update accounts set email_verified_at = null");
    let signed_in = login(&app, "192.0.2.1", "ann@example.com", PASSWORD, None).await;
    signed_in.expect(200);
    let named = |cookie: &hyper::header::HeaderValue| cookie.as_bytes().starts_with(b"doorbuster_device");
    assert!(!signed_in.headers.get_all("set-cookie").iter().any(named), "{signed_in:?}");
}
