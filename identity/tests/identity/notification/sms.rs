//! Short messages at a provider that takes them over HTTP.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use engine::clock::Clock;
use identity::notification::{MailSettings, Notice, SmsSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{Couriers, notifications, open, phone, send, until};
use crate::fixture::Fixture;

/// Answers each request with the next of these, and tells what it was asked.
fn provider(fixture: &Fixture, answers: &'static [&'static str]) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = fixture.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
    let url = format!("http://{}/sms?shop=1", listener.local_addr().expect("an address"));
    let (heard, asked) = mpsc::unbounded_channel();
    fixture.io.handle().spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            let mut request = Vec::new();
            while !is_whole(&request) {
                let mut piece = [0; 4096];
                let length = stream.read(&mut piece).await.expect("a piece");
                request.extend_from_slice(&piece[..length]);
            }
            let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.expect("they listen");
            heard.send(String::from_utf8(request).expect("text")).expect("the test listens");
        }
    });
    (url, asked)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

fn settings(url: String, signing_secret: &str) -> SmsSettings {
    SmsSettings::Http {
        url,
        token: "provider-token".to_owned().into(),
        signing_secret: signing_secret.to_owned().into(),
        sender: "SHOP".to_owned(),
        timeout: Duration::from_secs(5),
    }
}

#[test]
fn a_short_message_is_handed_to_the_provider_until_it_takes_it() {
    let (fixture, folder) = (Fixture::new(), tempfile::tempdir().expect("a folder"));
    let (url, mut asked) =
        provider(&fixture, &["503 Not Now", "307 Elsewhere\r\nlocation: http://127.0.0.1:1/", "202 Taken"]);
    let mail = MailSettings::Folder(folder.path().to_owned());
    let messages = notifications(&fixture, mail, settings(url, "a signing secret"));
    let _couriers = Couriers::of(&messages);
    let expires_at = fixture.clock.now() + TimeDelta::minutes(5);
    let code = Notice::OneTimeCode { code: "314159".to_owned(), expires_at };
    send(&fixture, &messages, &phone("+91 98765 43210"), &code);

    let mut next = || fixture.block_on(asked.recv()).expect("a request");
    let first = next();
    assert!(first.starts_with("POST /sms?shop=1 HTTP/1.1\r\n"), "{first}");
    let head = first.to_lowercase();
    for header in ["authorization: bearer provider-token", "webhook-signature: v1,", "idempotency-key: msg_"] {
        assert!(head.contains(header), "{first}");
    }
    let (_, body) = first.split_once("\r\n\r\n").expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!((&body["to"], &body["from"]), (&"+919876543210".into(), &"SHOP".into()));
    assert!(body["text"].as_str().is_some_and(|text| text.starts_with("314159 is your code for Doorbuster")), "{body}");
    until(&fixture, "waiting", 1, Some("answered 503"));

    // Nobody is sent elsewhere with our token: an answer that makes no sense here refuses.
    fixture.pass(TimeDelta::seconds(5));
    next();
    until(&fixture, "given_up", 2, Some("answered 307"));

    fixture.own.sql("delete from messages");
    send(&fixture, &messages, &phone("+91 98765 43210"), &code);
    next();
    until(&fixture, "sent", 1, None);
}

#[test]
fn what_is_signed_is_verified_as_standard_webhooks_do() {
    let (fixture, folder) = (Fixture::new(), tempfile::tempdir().expect("a folder"));
    let (url, mut asked) = provider(&fixture, &["202 Taken"]);
    let mail = MailSettings::Folder(folder.path().to_owned());
    let messages = notifications(&fixture, mail, settings(url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    let _couriers = Couriers::of(&messages);
    send(&fixture, &messages, &phone("+91 98765 43210"), &Notice::AccountExists);

    let request = fixture.block_on(asked.recv()).expect("a request");
    let (head, body) = request.split_once("\r\n\r\n").expect("a body");
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).expect(name);
    let (id, at) = (header("webhook-id: "), header("webhook-timestamp: "));
    // The key, as `base64 -d | xxd -p` tells it.
    let key = [
        0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4, 0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48,
        0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0,
    ];
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), format!("{id}.{at}.{body}").as_bytes());
    assert_eq!(header("webhook-signature: "), format!("v1,{}", STANDARD.encode(tag)));
}

#[test]
fn a_signing_secret_that_cannot_be_read_is_refused_at_the_start() {
    let (fixture, folder) = (Fixture::new(), tempfile::tempdir().expect("a folder"));
    let mail = MailSettings::Folder(folder.path().to_owned());
    let refused = open(&fixture, mail, settings("https://sms.example".to_owned(), "whsec_not base64"));
    let refused = refused.err().expect("a refusal").to_string();
    assert!(refused.contains("sms.signing_secret"), "{refused}");
}
