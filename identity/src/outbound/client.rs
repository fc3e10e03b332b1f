//! One HTTP client for all that people name.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use engine::runtime::Runtime;
use reqwest::header::HeaderMap;
use reqwest::{Method, redirect};

use super::Target;
use super::resolver::{LeadsInside, Lookup, PublicOnly};

#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// From the first packet to the last byte of the answer.
    pub timeout: Duration,
    /// Nothing is read past it.
    pub answer_bytes_max: usize,
    /// Names may lead inside: for development, where the other side is this machine.
    pub inside_too: bool,
}

/// Cheap to clone. Works on the I/O runtime, wherever it is asked.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    settings: Settings,
    io: Runtime,
}

#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    pub target: Target,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// What came back. A redirect is an answer like any other: whoever asked decides what it means, and asks anew or not.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("the name leads to an address that is not of the public internet")]
    NotPublic,
    #[error("no connection")]
    Unreachable,
    #[error("it took too long")]
    TooLong,
    #[error("the answer is too large")]
    TooLarge,
    #[error("the connection broke")]
    Broken,
}

impl Client {
    /// # Errors
    /// This machine's certificates cannot be read.
    pub fn new(settings: Settings, lookup: Arc<dyn Lookup>, io: Runtime) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            // A proxy would resolve the name by itself.
            .no_proxy()
            .dns_resolver(PublicOnly { lookup, inside_too: settings.inside_too })
            .timeout(settings.timeout)
            .user_agent("Doorbuster")
            .referer(false)
            .build()?;
        Ok(Self { http, settings, io })
    }

    pub async fn ask(&self, call: Call) -> Result<Answer, Failure> {
        let (http, most) = (self.http.clone(), self.settings.answer_bytes_max);
        self.io.run(ask(http, call, most)).await.unwrap_or(Err(Failure::Broken))
    }
}

async fn ask(http: reqwest::Client, call: Call, most: usize) -> Result<Answer, Failure> {
    let Call { method, target, headers, body } = call;
    let sent = http.request(method, target.url().clone()).headers(headers).body(body).send().await;
    let mut answer = sent.map_err(|error| failure(&error))?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + piece.len() > most {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, headers, body })
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::TooLong;
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<LeadsInside>() {
            return Failure::NotPublic;
        }
        cause = inner.source();
    }
    if error.is_connect() { Failure::Unreachable } else { Failure::Broken }
}
