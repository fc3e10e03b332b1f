//! A client for the tests: one connection per request, every answer read whole, and held against the API description.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::contract;

#[derive(Clone, Copy)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
}

/// A request in the making.
pub(crate) struct Request {
    client: Client,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// A request that has its connection already.
pub(crate) struct Connected {
    sender: SendRequest<Full<Bytes>>,
    request: hyper::Request<Full<Bytes>>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    pub(crate) fn get(self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    pub(crate) fn request(self, method: Method, path: &str) -> Request {
        Request { client: self, method, path: path.to_owned(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Bytes as they are, and what came back until the server closed.
    pub(crate) async fn raw(self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.write_all(bytes).await.expect("bytes sent");
        let mut answer = Vec::new();
        // A server that closes with something unread resets the connection after its answer.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Request {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
        self.headers.append(HeaderName::from_static(name), value);
        self
    }

    /// A value that need not be text.
    pub(crate) fn raw_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Which shop is called.
    pub(crate) fn host(mut self, name: &str) -> Self {
        self.headers.insert(HOST, HeaderValue::try_from(name).expect("a host"));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn send(self) -> Answer {
        self.connect().await.send().await
    }

    /// Connects, and waits to be sent.
    pub(crate) async fn connect(self) -> Connected {
        let stream = TcpStream::connect(self.client.address).await.expect("a connection");
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
        tokio::spawn(connection);
        let mut request = hyper::Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().expect("a path");
        *request.headers_mut() = self.headers;
        request.headers_mut().entry(HOST).or_insert(HeaderValue::from_static("shop.test"));
        Connected { sender, request }
    }
}

impl Connected {
    pub(crate) async fn send(mut self) -> Answer {
        let (method, target) = (self.request.method().clone(), self.request.uri().to_string());
        let (head, body) = self.sender.send_request(self.request).await.expect("an answer").into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let answer = Answer { status: head.status, headers: head.headers, body };
        contract::compare(&method, &target, &answer);
        answer
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// What the answer sets the refresh cookie to.
    #[track_caller]
    pub(crate) fn refresh_cookie(&self) -> String {
        let cookies = self.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        let value = cookies.filter_map(|cookie| cookie.strip_prefix("doorbuster_refresh=")).next();
        value.and_then(|cookie| cookie.split(';').next()).unwrap_or_else(|| panic!("no cookie: {self:?}")).to_owned()
    }

    /// The JSON of an answer with this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem document of a refusal, which has to be complete.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{text}");
        let document = self.json();
        assert_eq!(document["code"], code, "{text}");
        assert_eq!(document["status"], status, "{text}");
        assert_eq!(document["type"], format!("/problems/{}", code.replace('_', "-")), "{text}");
        assert_eq!(document["trace_id"].as_str().map(str::len), Some(32), "{text}");
        assert!(self.header("traceparent").contains(document["trace_id"].as_str().expect("a string")), "{text}");
        assert!(document["title"].is_string() && document["instance"].is_string(), "{text}");
        if status == 429 || status == 503 {
            assert!(!self.header("retry-after").is_empty(), "{text}");
        }
        document
    }
}
