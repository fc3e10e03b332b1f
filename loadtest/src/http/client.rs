//! A client for the unhurried work before and after a rush: it keeps a few connections, repeats what
//! failed in passing, and hands the body back. What it does is never measured.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Connection, Request, Target};

const TIMEOUT: Duration = Duration::from_secs(30);
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(250);

pub(crate) struct Client {
    pub(crate) target: Arc<Target>,
    idle: RefCell<Vec<Connection>>,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(target: Arc<Target>) -> Self {
        Self { target, idle: RefCell::default() }
    }

    /// The first answer that is not "come back later". Give only requests that may be repeated.
    pub(crate) async fn ask(&self, request: &Request) -> anyhow::Result<Reply> {
        let idle = self.idle.borrow_mut().pop();
        let mut connection = idle.unwrap_or_else(|| Connection::new(self.target.clone(), TIMEOUT));
        let mut last = String::new();
        for _ in 0..TRIES {
            let pause = match connection.exchange(request).await {
                Ok(head) if matches!(head.status, 429 | 502 | 503 | 504) => {
                    last = format!("{} {}", head.status, String::from_utf8_lossy(connection.body()));
                    head.retry_after_s.map_or(PAUSE, |seconds| Duration::from_secs(seconds.into()))
                }
                Ok(head) => {
                    let body = connection.body().to_vec();
                    self.idle.borrow_mut().push(connection);
                    return Ok(Reply { status: head.status, body });
                }
                Err(fault) => {
                    last = fault.name().to_owned();
                    PAUSE
                }
            };
            tokio::time::sleep(pause).await;
        }
        bail!("{} did not answer: {last}", self.target.authority)
    }
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn expect_success(self, what: &str) -> anyhow::Result<Self> {
        if self.is_success() {
            return Ok(self);
        }
        bail!("{what}: the shop answered {} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    pub(crate) fn read<T: DeserializeOwned>(&self, what: &str) -> anyhow::Result<T> {
        serde_json::from_slice(&self.body).with_context(|| {
            format!("{what}: not understood: {}", String::from_utf8_lossy(&self.body[..self.body.len().min(600)]))
        })
    }
}

impl Request {
    pub(crate) fn json_of(self, body: &impl Serialize) -> Self {
        self.json(&serde_json::to_vec(body).expect("a body of strings and numbers is JSON"))
    }
}
