//! As much of a browser as signing in takes: it keeps cookies for each host, follows where it is sent, and fills in the
//! provider's forms.

use std::collections::BTreeMap;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::client::{Answer, Client, Request};

/// What the shop is called here.
const SHOP: &str = "http://shop.test";

pub(super) struct Browser {
    shop: Client,
    /// By host, by name.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

impl Browser {
    pub(super) fn new(shop: Client) -> Self {
        Self { shop, cookies: BTreeMap::new() }
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        let request = self.shop.get(path);
        self.send(request).await
    }

    /// A request to the shop with the shop's cookies.
    pub(super) async fn send(&mut self, request: Request) -> Answer {
        let cookies = self.cookies_of(SHOP);
        let answer = if cookies.is_empty() { request } else { request.header("cookie", &cookies) }.send().await;
        self.keep(SHOP, &answer);
        answer
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(SHOP)?.get(name).map(String::as_str)
    }

    pub(super) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.entry(SHOP.to_owned()).or_default().insert(name.to_owned(), value.to_owned());
    }

    /// Goes to the provider at `url`, signs in there as `login`, agrees to everything, and says which path of the shop it is
    /// sent back to.
    pub(super) async fn sign_in_at(&mut self, url: &str, login: &str) -> String {
        let mut url = url.to_owned();
        for _ in 0..12 {
            if let Some(path) = url.strip_prefix(SHOP) {
                return path.to_owned();
            }
            let page = self.visit(&url, None).await;
            if page.status.is_redirection() {
                url = from(&url, page.header(LOCATION.as_str()));
                continue;
            }
            let text = String::from_utf8_lossy(&page.body).into_owned();
            assert_eq!(page.status.as_u16(), 200, "{text}");
            let form = if text.contains("name=\"login\"") {
                format!("prompt=login&login={login}&password=x")
            } else {
                "prompt=consent".to_owned()
            };
            let answer = self.visit(&url, Some(form)).await;
            assert!(answer.status.is_redirection(), "{answer:?}");
            url = from(&url, answer.header(LOCATION.as_str()));
        }
        panic!("the provider sends the browser in circles: {url}");
    }

    /// At the provider: a page, or a form that is sent.
    async fn visit(&mut self, url: &str, form: Option<String>) -> Answer {
        let (host, path) = apart(url);
        let stream = TcpStream::connect(host.strip_prefix("http://").expect("plain HTTP")).await.expect("a connection");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
        tokio::spawn(connection);
        let mut request = hyper::Request::builder()
            .method(if form.is_some() { "POST" } else { "GET" })
            .uri(path)
            .header(HOST, host.strip_prefix("http://").expect("plain HTTP"))
            .header(COOKIE, self.cookies_of(host));
        if form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body: Full<Bytes> = Full::new(form.unwrap_or_default().into());
        let request = request.body(body).expect("a request");
        let (head, body) = sender.send_request(request).await.expect("an answer").into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let answer = Answer { status: head.status, headers: head.headers, body };
        self.keep(host, &answer);
        answer
    }

    fn cookies_of(&self, host: &str) -> String {
        let pairs = self.cookies.get(host).into_iter().flatten();
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, host: &str, answer: &Answer) {
        let kept = self.cookies.entry(host.to_owned()).or_default();
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("name=value");
            let is_gone = value.is_empty() || cookie.contains("Max-Age=0") || cookie.contains("1970");
            if is_gone {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Where a page at `url` leads to.
fn from(url: &str, location: &str) -> String {
    if location.starts_with('/') { format!("{}{location}", apart(url).0) } else { location.to_owned() }
}

/// Host with its scheme, and path with its query.
fn apart(url: &str) -> (&str, &str) {
    let rest = url.find("://").expect("an absolute URL") + 3;
    let slash = url[rest..].find('/').map_or(url.len(), |slash| rest + slash);
    (&url[..slash], if slash == url.len() { "/" } else { &url[slash..] })
}
