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
use reqwest::{Client, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Far more than 32 vectors of the most dimensions there are.
const ANSWER_BYTES_MAX: usize = 16 << 20;

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
    embedding: Vec<f32>,
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

    async fn ask(&self, texts: Vec<String>) -> Result<Vec<Embedding>, String> {
        let question = Question { model: &self.model, input: texts };
        let mut request = self.client.post(self.url.clone()).json(&question);
        if !self.token.expose_secret().is_empty() {
            request = request.bearer_auth(self.token.expose_secret());
        }
        let response = request.send().await.map_err(told)?;
        if !response.status().is_success() {
            return Err(format!("it answered {}", response.status()));
        }
        let body = body(response).await?;
        let Answer { mut data } = serde_json::from_slice(&body).map_err(|error| format!("its answer: {error}"))?;
        data.sort_by_key(|vector| vector.index);
        if data.iter().zip(0..).any(|(vector, index)| vector.index != index) {
            return Err("its answer: the indexes of the vectors do not count from 0".to_owned());
        }
        let embedding = |vector: &Vector| Embedding::of(&vector.embedding);
        data.iter().map(embedding).collect::<Result<_, _>>().map_err(|error| format!("its answer: {error}"))
    }
}

impl Embedder for HttpEmbedder {
    fn model(&self) -> &str {
        &self.model
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Embedding>, EmbedderError>> {
        self.ask(texts).map(|answer| answer.map_err(EmbedderError)).boxed()
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(told)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(format!("its answer has more than {ANSWER_BYTES_MAX} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Without the address: a key may be part of it.
fn told(error: reqwest::Error) -> String {
    error.without_url().to_string()
}
