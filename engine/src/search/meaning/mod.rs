//! What products and searches mean, as a model says that somebody runs beside the shop.
//!
//! ```text
//!  products whose text, or model, is another --> model --> product_embeddings --outbox--> indexers --> documents
//!  what somebody typed --memory, or the model within a moment--------------------------> order of the first results
//! ```
//!
//! Nothing waits for it but a search, and that only for a moment: without an answer the words alone decide.

mod asked;
mod keeper;
mod store;

use futures_util::future::BoxFuture;
use search_index::Embedding;

pub(super) use asked::Asked;
pub(super) use keeper::keep;
pub use keeper::{Told, tell_meanings};
pub(super) use store::embeddings_of_products;

/// A model that makes vectors of texts, near ones of texts that mean alike.
pub trait Embedder: Send + Sync {
    /// By which its vectors are told from those of others.
    fn model(&self) -> &str;

    /// One for each text, in their order.
    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Embedding>, EmbedderError>>;
}

/// Why there are no vectors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbedderError {
    /// It may be asked the same later.
    #[error("the embedding model: {0}")]
    Unavailable(String),
    /// It will not say what one of these texts means, however often it is asked.
    #[error("the embedding model refuses a text: {0}")]
    Refused(String),
}

/// Whoever answers more, or less, than it was asked cannot be understood.
async fn embedded(embedder: &dyn Embedder, texts: Vec<String>) -> Result<Vec<Embedding>, EmbedderError> {
    let asked = texts.len();
    let answered = embedder.embed(texts).await?;
    match answered.len() {
        given if given == asked => Ok(answered),
        given => Err(EmbedderError::Unavailable(format!("{given} vectors for {asked} texts"))),
    }
}
