//! HTTP to whichever of the two servers answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A server that was stopped takes requests and never answers.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// One connection at a time, to one of the ports. Whoever gets no answer tries the other one next.
pub(crate) struct Wire {
    ports: Arc<[u16]>,
    at: usize,
    connection: Option<SendRequest<Full<Bytes>>>,
}

pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) bearer: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) body: Bytes,
}

impl Ask {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), bearer: None, headers: Vec::new(), body: None }
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self { method: Method::POST, ..Self::get(path) }
    }

    pub(crate) fn bearer(mut self, token: &str) -> Self {
        self.bearer = Some(format!("Bearer {token}"));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

impl Wire {
    pub(crate) fn new(ports: &Arc<[u16]>) -> Self {
        Self { ports: Arc::clone(ports), at: 0, connection: None }
    }

    /// Begins with another server than the others.
    pub(crate) fn starting_at(mut self, at: usize) -> Self {
        self.at = at;
        self
    }

    pub(crate) fn turn_to_the_other(&mut self) {
        self.at += 1;
        self.connection = None;
    }

    /// The answer, or why there is none. Never repeats anything by itself.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Result<Reply, String> {
        let asked = timeout(PATIENCE, self.exchange(ask)).await.unwrap_or_else(|_| Err("no answer in time".to_owned()));
        if asked.is_err() {
            self.turn_to_the_other();
        }
        asked
    }

    async fn exchange(&mut self, ask: &Ask) -> Result<Reply, String> {
        let mut sender = match self.connection.take() {
            Some(sender) if !sender.is_closed() => sender,
            Some(_) | None => self.connect().await?,
        };
        let mut request = Request::builder().method(ask.method.clone()).uri(&ask.path).header("host", "shop.test");
        if let Some(bearer) = &ask.bearer {
            request = request.header("authorization", bearer);
        }
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let body = match &ask.body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
        let response = sender.send_request(request).await.map_err(|error| format!("lost: {error}"))?;
        let (status, replayed) = (response.status().as_u16(), response.headers().contains_key("idempotent-replayed"));
        let body = response.into_body().collect().await.map_err(|error| format!("lost: {error}"))?.to_bytes();
        self.connection = Some(sender);
        Ok(Reply { status, replayed, body })
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, String> {
        let port = self.ports[self.at % self.ports.len()];
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|error| format!("not sent: {error}"))?;
        stream.set_nodelay(true).map_err(|error| format!("not sent: {error}"))?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|error| format!("not sent: {error}"))?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body[..self.body.len().min(400)]).into_owned()
    }
}
