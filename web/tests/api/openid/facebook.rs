//! Facebook's own OAuth 2. There is no provider of it to run here, so this is a small server of the tests' own that takes and
//! gives what Facebook documents, and is strict about it.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use hmac::{Hmac, KeyInit, Mac};
use identity::federation::{ProviderKind, ProviderSettings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::browser::Browser;
use super::{shop_with, start, who};

const APP: &str = "4711";
const SECRET: &str = "the app's secret";
const BACK: &str = "http://shop.test/api/v1/auth/oidc/facebook/callback";

/// Answers each connection once. A code is `NAME.CHALLENGE`: who it is of, and what its verifier has to hash to.
async fn graph() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

async fn serve(mut stream: TcpStream) {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    let request = loop {
        let count = stream.read(&mut chunk).await.expect("a request");
        read.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        let length: usize = length.map_or(0, |length| length.trim().parse().expect("a length"));
        if body.len() >= length {
            break text;
        }
    };
    let (head, body) = request.split_once("\r\n\r\n").expect("head and body");
    let path = head.split(' ').nth(1).expect("a path");
    let (status, answer) = match path.split_once('?') {
        None if path == "/oauth/access_token" => token(&pairs(body)),
        Some(("/me", query)) => me(head, &pairs(query)),
        Some(_) | None => ("404 Not Found", json!({})),
    };
    let answer = answer.to_string();
    let text = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
        answer.len()
    );
    stream.write_all(text.as_bytes()).await.expect("an answer");
}

fn token(form: &BTreeMap<String, String>) -> (&'static str, Value) {
    use base64::Engine as _;
    let (name, challenge) = form["code"].split_once('.').expect("a code of ours");
    let verifier = Sha256::digest(&form["code_verifier"]);
    let is_good = form["client_id"] == APP
        && form["client_secret"] == SECRET
        && form["redirect_uri"] == BACK
        && base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(verifier) == challenge;
    if is_good {
        ("200 OK", json!({ "access_token": format!("token of {name}"), "token_type": "bearer", "expires_in": 5_000 }))
    } else {
        ("400 Bad Request", json!({ "error": { "message": "This authorization code has been used.", "code": 100 } }))
    }
}

fn me(head: &str, query: &BTreeMap<String, String>) -> (&'static str, Value) {
    let shown = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).expect("a token");
    let mut mac: Hmac<Sha256> = Hmac::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(shown.as_bytes());
    let proof: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    if query["appsecret_proof"] != proof {
        return ("400 Bad Request", json!({ "error": { "message": "Invalid appsecret_proof" } }));
    }
    let name = shown.strip_prefix("token of ").expect("a token of ours");
    ("200 OK", json!({ "id": format!("fb-{name}"), "name": name, "email": format!("{name}@example.com") }))
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'+' => bytes.push(b' '),
                b'%' => {
                    let digits = [rest.next().expect("a digit"), rest.next().expect("a digit")];
                    let digits = String::from_utf8_lossy(&digits).into_owned();
                    bytes.push(u8::from_str_radix(&digits, 16).expect("hexadecimal"));
                }
                plain => bytes.push(plain),
            }
        }
        String::from_utf8(bytes).expect("UTF-8")
    };
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect()
}

fn facebook(address: SocketAddr) -> ProviderSettings {
    ProviderSettings {
        kind: ProviderKind::Facebook,
        issuer: String::new(),
        client_id: APP.to_owned(),
        client_secret: SECRET.into(),
        scopes: None,
        dialog_url: format!("http://{address}/dialog/oauth"),
        graph_url: format!("http://{address}"),
    }
}

/// What the dialog would send the browser back with, for somebody called `name`.
fn agreed(away: &str, name: &str) -> String {
    let asked = pairs(away.split_once('?').expect("a query").1);
    assert_eq!((asked["client_id"].as_str(), asked["redirect_uri"].as_str()), (APP, BACK));
    assert_eq!(asked["code_challenge_method"], "S256");
    let code = format!("{name}.{}", asked["code_challenge"]);
    format!("/api/v1/auth/oidc/facebook/callback?code={code}&state={}", asked["state"])
}

#[actix_web::test]
async fn its_flow_signs_in_and_its_addresses_prove_nothing() {
    let app = shop_with([("facebook", facebook(graph().await))]);
    let mut browser = Browser::new(app.client);
    let away = start(&mut browser, "facebook").await;
    browser.get(&agreed(&away, "ann")).await.expect(303);
    let ann = who(&app, &mut browser).await;
    assert_eq!((&ann["name"], &ann["email"]), (&json!("ann"), &Value::Null));

    app.sql("update accounts set email = 'bob@example.com', email_key = 'bob@example.com', email_verified_at = now()");
    let mut browser = Browser::new(app.client);
    let away = start(&mut browser, "facebook").await;
    browser.get(&agreed(&away, "bob")).await.problem(409, "sign_in_and_link");
    assert_eq!(browser.cookie("doorbuster_refresh"), None);
}

#[actix_web::test]
async fn a_provider_that_is_gone_when_the_browser_comes_back_leaves_nothing_half_done() {
    // Nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    let app = shop_with([("facebook", facebook(nobody))]);
    let mut browser = Browser::new(app.client);
    let back = agreed(&start(&mut browser, "facebook").await, "ann");
    browser.get(&back).await.problem(503, "temporarily_unavailable");
    assert_eq!(browser.cookie("doorbuster_refresh"), None);
    assert!(browser.cookie("doorbuster_signin").is_some(), "it can be tried again");
    app.sql("do $$ begin assert not exists (select from accounts), 'nobody'; end $$");
}

#[actix_web::test]
async fn a_code_of_another_attempt_is_refused() {
    let app = shop_with([("facebook", facebook(graph().await))]);
    let mut browser = Browser::new(app.client);
    let first = agreed(&start(&mut browser, "facebook").await, "ann");
    let second = agreed(&start(&mut browser, "facebook").await, "ann");
    let code = |path: &str| path.split(['=', '&']).nth(1).expect("a code").to_owned();
    let mixed = second.replace(&code(&second), &code(&first));
    browser.get(&mixed).await.problem(401, "sign_in_failed");
    browser.get(&second).await.expect(303);
}
