//! What is said about people in the log: nothing, however much it is asked to say.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::process::{DataDir, Shop};

const EMAIL: &str = "Annabel.Quistgaard@example.org";
const NAME: &str = "Annabel Quistgaard";
const STREET: &str = "77 Hidden Orchard Lane";
const PHONE: &str = "+91 98765 01234";
const PASSWORD: &str = "an osprey over the quarry, twice";
const BOB: &str = "Bartholomew.Oxenham@example.org";
const WANTED: &str = "Both.Want.This@example.org";
const WRONG: &str = "a heron under the bridge, once";

/// Status, head and body of an answer.
struct Heard {
    status: u16,
    head: String,
    body: Value,
}

fn ask(shop: &Shop, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Heard {
    let mut stream = TcpStream::connect(shop.address()).expect("it listens");
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        request.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    }
    write!(stream, "{request}\r\n{body}").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Heard { status, head: head.to_owned(), body: serde_json::from_str(body).unwrap_or(Value::Null) }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}")).to_owned()
}

#[test]
fn a_busy_day_of_a_customer_leaves_nothing_of_them_in_the_log() {
    let data = DataDir::new();
    let (shop, log) = data.serve_telling_all("debug");
    let send = |method: &str, path: &str, token: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        ask(&shop, method, path, &[("Authorization", &format!("Bearer {token}")), ("If-Match", "*")], &body)
    };
    let guest = text(&ask(&shop, "POST", "/api/v1/session", &[], "").body["token"]);
    let priced = |slug: &str| {
        let product = ask(&shop, "GET", &format!("/api/v1/products/{slug}"), &[], "");
        let variant = &product.body["variants"][0];
        let sku = variant["sku"].as_str()?.to_owned();
        let items = json!({ "items": [{ "sku": sku, "quantity": 1 }] });
        // What the flash sale sells has a price before it can be bought.
        let waits = sku.starts_with("DROP-") || variant["availability"] != "in_stock";
        (!waits && send("POST", "/api/v1/checkout/quote", &guest, items).status == 200).then_some(sku)
    };
    let sku = testdb::eventually("goods that are for sale", || {
        let products = ask(&shop, "GET", "/api/v1/products?limit=20", &[], "");
        products.body["data"].as_array()?.iter().find_map(|product| priced(product["slug"].as_str()?))
    });

    let put = send("POST", "/api/v1/cart/items", &guest, json!({ "sku": sku, "quantity": 1 }));
    assert_eq!(put.status, 200, "{}", put.body);
    let account = json!({ "email": EMAIL, "password": PASSWORD, "name": NAME });
    assert_eq!(ask(&shop, "POST", "/api/v1/auth/register", &[], &account.to_string()).status, 202);
    let login = |password: &str| {
        let body = json!({ "email": EMAIL, "password": password }).to_string();
        ask(&shop, "POST", "/api/v1/auth/login", &[("Authorization", &format!("Bearer {guest}"))], &body)
    };
    assert_eq!(login(WRONG).status, 401);
    let signed_in = login(PASSWORD);
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    let access = text(&signed_in.body["access_token"]);
    let cookie = signed_in.head.split("doorbuster_refresh=").nth(1).and_then(|rest| rest.split(';').next());
    let refresh = cookie.expect("a refresh token").to_owned();

    assert_eq!(send("PATCH", "/api/v1/me", &access, json!({ "name": NAME })).status, 200);
    let place = json!({ "name": NAME, "line1": STREET, "city": "Bengaluru", "postal_code": "560001", "country": "IN" });
    let mut address = place.clone();
    address["phone"] = PHONE.into();
    assert_eq!(send("POST", "/api/v1/me/addresses", &access, address.clone()).status, 201);
    assert_eq!(send("PUT", &format!("/api/v1/me/wishlist/{sku}"), &access, json!({})).status, 204);
    let contact = json!({ "email": EMAIL, "phone": PHONE });
    let mut order = json!({ "contact": contact, "address": place, "shipping_method": "standard",
                            "payment_method": "cash_on_delivery", "items": [{ "sku": sku, "quantity": 1 }] });
    let quote = send("POST", "/api/v1/checkout/quote", &access, json!({ "items": order["items"] }));
    order["expected_total"] = quote.body["totals"]["grand"].clone();
    let headers = [("Authorization", format!("Bearer {access}")), ("Idempotency-Key", "one".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let placed = ask(&shop, "POST", "/api/v1/checkout", &headers, &order.to_string());
    assert_eq!(placed.status, 201, "{}", placed.body);
    assert_eq!(send("GET", "/api/v1/me/data", &access, Value::Null).status, 200);

    // Mistakes: each has something of a person where it does not belong.
    address["phone"] = json!(9_876_501_234_i64);
    assert_eq!(send("POST", "/api/v1/me/addresses", &access, address.clone()).status, 422);
    address["phone"] = PHONE.into();
    address["country"] = NAME.into();
    assert_eq!(send("POST", "/api/v1/me/addresses", &access, address.clone()).status, 422);
    address[EMAIL] = STREET.into();
    assert_eq!(send("POST", "/api/v1/me/addresses", &access, address).status, 422);
    let mistyped = format!("{{\"email\": \"{EMAIL}\", \"password\": \"{PASSWORD}\"");
    assert_eq!(ask(&shop, "POST", "/api/v1/auth/login", &[], &mistyped).status, 400);
    assert_eq!(ask(&shop, "GET", &format!("/api/v1/orders?email={EMAIL}"), &headers, "").status, 400);
    let forged = format!("{access}x");
    assert_eq!(send("GET", "/api/v1/me", &forged, Value::Null).status, 401);
    let with_cookie = format!("doorbuster_refresh={refresh}");
    let refreshed = ask(&shop, "POST", "/api/v1/auth/refresh", &[("Cookie", &with_cookie)], "");
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    let newer = text(&refreshed.body["access_token"]);
    let bob = in_the_way(&shop, &data, &newer);
    let wrong = send("DELETE", "/api/v1/me", &newer, json!({ "current_password": WRONG }));
    assert_eq!(wrong.status, 401, "{}", wrong.body);
    assert_eq!(send("DELETE", "/api/v1/me", &newer, json!({ "current_password": PASSWORD })).status, 204);
    assert_eq!(send("GET", "/api/v1/me", &newer, Value::Null).status, 401);

    shop.end(Signal::SIGTERM);
    let said = fs::read_to_string(log).expect("a log");
    assert!(said.contains("DEBUG"), "it was asked to say much: {said}");
    scan(&said, &[EMAIL, "quistgaard", NAME, STREET, PHONE, "+919876501234", "98765 01234", "9876501234"]);
    scan(&said, &[PASSWORD, WRONG, &guest, &access, &forged, &newer, &refresh, &bob]);
    scan(&said, &[WANTED, BOB]);
    let said = fs::read_to_string(data.path().join("postgres.log")).expect("PostgreSQL's log");
    assert!(said.contains("accounts_email_key"), "it was asked to refuse a row: {said}");
    scan(&said, &[EMAIL, "quistgaard", NAME, STREET, "+919876501234", "9876501234", WANTED, BOB]);
}

/// Codes and letters for her; and somebody who takes the address that she was about to take. Says his access token.
fn in_the_way(shop: &Shop, data: &DataDir, access: &str) -> String {
    for to in [json!({ "email": EMAIL }), json!({ "phone": PHONE })] {
        assert_eq!(ask(shop, "POST", "/api/v1/auth/otp/send", &[], &to.to_string()).status, 202);
    }
    let forgot = json!({ "email": EMAIL }).to_string();
    assert_eq!(ask(shop, "POST", "/api/v1/auth/password/forgot", &[], &forgot).status, 202);
    let account = json!({ "email": BOB, "password": PASSWORD }).to_string();
    assert_eq!(ask(shop, "POST", "/api/v1/auth/register", &[], &account).status, 202);
    let signed_in = ask(shop, "POST", "/api/v1/auth/login", &[], &account);
    let bob = text(&signed_in.body["access_token"]);
    for who in [access, &bob] {
        let body = json!({ "email": WANTED, "current_password": PASSWORD }).to_string();
        let bearer = format!("Bearer {who}");
        let changed = ask(shop, "POST", "/api/v1/me/email", &[("Authorization", &bearer)], &body);
        assert_eq!(changed.status, 202, "{}", changed.body);
    }
    let outbox = data.path().join("outbox");
    let links = testdb::eventually("two letters to the wanted address", || {
        let letters = fs::read_dir(&outbox).ok()?.map(|file| fs::read_to_string(file.expect("a file").path()));
        let to_it = letters.map(|letter| letter.expect("a letter")).filter(|letter| letter.contains(WANTED));
        let link = |letter: String| letter.split("once_").nth(1).map(|rest| rest[..43].to_owned());
        let links: Vec<String> = to_it.filter_map(link).collect();
        (links.len() == 2).then_some(links)
    });
    // Either link is one of theirs; with the other's it leads nowhere.
    let confirm = |who: &str, link: &str| {
        let body = json!({ "token": format!("once_{link}") }).to_string();
        ask(shop, "POST", "/api/v1/auth/email/confirm", &[("Authorization", &format!("Bearer {who}"))], &body).status
    };
    let mut told: Vec<u16> = links.iter().flat_map(|link| [access, &bob].map(|who| confirm(who, link))).collect();
    told.sort_unstable();
    assert_eq!(told, [204, 409, 410, 410]);
    bob
}

/// In letters of any size, and as the numbers that bytes are printed as.
#[track_caller]
fn scan(said: &str, secrets: &[&str]) {
    let lines: Vec<(&str, String)> = said.lines().map(|line| (line, line.to_lowercase())).collect();
    for secret in secrets {
        let bytes = |text: &str| text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
        let shapes = [secret.to_lowercase(), bytes(secret), bytes(&secret.to_lowercase())];
        let told = lines.iter().find(|(_, line)| shapes.iter().any(|shape| line.contains(shape)));
        assert!(told.is_none(), "{secret:?} is told: {}", told.map_or("", |(line, _)| line));
    }
}
