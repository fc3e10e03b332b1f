//! The embedding model behind HTTP, asked in the shape that OpenAI's has and most servers of models understand.
//!
//! ```text
//! POST url    Authorization: Bearer token
//! { "model": "...", "input": ["a text", "another"] }
//! { "data": [ { "index": 0, "embedding": [0.1, ...] }, { "index": 1, "embedding": [...] } ] }
//! ```
//!
//! <https://platform.openai.com/docs/api-reference/embeddings>

use std::time::Duration;

use engine::search::{Embedder, EmbedderError, Embedding};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::task;

/// More than a vector of the most dimensions takes, and what stands around it.
const ANSWER_BYTES_MAX_EACH: usize = 128 << 10;

pub struct HttpEmbedder {
    client: Client,
    url: Url,
    model: String,
    token: SecretString,
}

#[derive(Serialize)]
struct Question<'a> {
    model: &'a str,
    input: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    index: usize,
    embedding: Option<Vec<f32>>,
}

impl HttpEmbedder {
    pub fn new(url: Url, model: String, token: SecretString, timeout: Duration) -> reqwest::Result<Self> {
        // A service that sends us elsewhere would have us show the token there.
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            .timeout(timeout)
            .build()?;
        Ok(Self { client, url, model, token })
    }

    async fn ask(&self, texts: Vec<String>) -> Result<Vec<Embedding>, EmbedderError> {
        let bytes_max = ANSWER_BYTES_MAX_EACH * texts.len().max(1);
        let question = Question { model: &self.model, input: texts };
        let mut request = self.client.post(self.url.clone()).json(&question);
        if !self.token.expose_secret().is_empty() {
            request = request.bearer_auth(self.token.expose_secret());
        }
        let response = request.send().await.map_err(failure)?;
        judge(response.status())?;
        let body = body(response, bytes_max).await?;
        let model = self.model.clone();
        // Some megabytes of numbers: not for a thread that orders are answered from.
        let read = task::spawn_blocking(move || read(&model, &body)).await;
        read.map_err(|ended| unavailable(format!("reading its answer ended badly: {ended}")))?
    }
}

impl Embedder for HttpEmbedder {
    fn model(&self) -> &str {
        &self.model
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Embedding>, EmbedderError>> {
        self.ask(texts).boxed()
    }
}

async fn body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, EmbedderError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > bytes_max {
            return Err(unavailable(format!("its answer has more than {bytes_max} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What it says is not told: it may repeat what it was asked.
fn read(model: &str, body: &[u8]) -> Result<Vec<Embedding>, EmbedderError> {
    let Answer { mut data } = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        unavailable(format!("its answer is not understood at line {line}, column {column}: {:?}", error.classify()))
    })?;
    data.sort_by_key(|vector| vector.index);
    if data.iter().zip(0..).any(|(vector, index)| vector.index != index) {
        return Err(unavailable("the indexes of its vectors do not count from 0".to_owned()));
    }
    let embedding = |vector: Vector| match vector.embedding {
        Some(numbers) if numbers.len() > Embedding::DIMENSIONS_MAX => Err(unavailable(format!(
            "its vectors have {} numbers, {} at most are kept",
            numbers.len(),
            Embedding::DIMENSIONS_MAX
        ))),
        Some(numbers) => Embedding::of(model, &numbers).map_err(|error| EmbedderError::Refused(error.to_string())),
        None => Err(EmbedderError::Refused("it has no vector".to_owned())),
    };
    data.into_iter().map(embedding).collect()
}

/// It refuses the texts, or it is in no state to say.
fn judge(status: StatusCode) -> Result<(), EmbedderError> {
    match status.as_u16() {
        200..=299 => Ok(()),
        400 | 413 | 422 => Err(EmbedderError::Refused(format!("it answered {status}"))),
        _ => Err(unavailable(format!("it answered {status}"))),
    }
}

fn unavailable(reason: String) -> EmbedderError {
    EmbedderError::Unavailable(reason)
}

/// Without the address: a key may be part of it.
fn failure(error: reqwest::Error) -> EmbedderError {
    let kind = match &error {
        error if error.is_timeout() => "it did not answer in time",
        error if error.is_connect() => "it cannot be reached",
        _ => "asking it failed",
    };
    unavailable(format!("{kind}: {}", error.without_url()))
}
