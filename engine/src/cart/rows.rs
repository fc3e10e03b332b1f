//! What the carts ask of their rows. The database has them; in a simulation somebody else does.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::id::CartId;
use crate::postgres::{Database, DatabaseError};

use super::cart::Contents;
use super::store::{self, Connection};

pub trait CartRows: Send + Sync + 'static {
    /// Those of the carts that are there, in no order.
    fn load(&self, ids: Vec<CartId>) -> BoxFuture<'_, Result<Vec<Contents>, DatabaseError>>;

    /// A connection to write on.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn CartLink>, Fault>>;
}

/// A connection that writes carts.
pub trait CartLink: Send + Sync {
    fn is_closed(&self) -> bool;

    /// Writes each cart whose row is what it follows on; answers which. One transaction.
    fn keep<'a>(&'a self, carts: &'a [Successor]) -> BoxFuture<'a, Result<HashSet<CartId>, Fault>>;
}

/// What a cart is to be next.
pub struct Successor {
    pub contents: Arc<Contents>,
    /// The version it was made of; 0: there was no row. The generation is the same: only orders move it.
    pub follows: i64,
}

/// Why carts were not written.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A conflict of locks: certainly nothing happened.
    #[error("not applied: {0}")]
    NotApplied(String),
    /// The database will not have one of them.
    #[error("refused: {0}")]
    Data(String),
    /// There is no connection: nothing was sent.
    #[error("the database is away: {0}")]
    Away(String),
    /// It was sent, and not answered.
    #[error("the database did not answer: {0}")]
    NoAnswer(String),
}

impl CartRows for Database {
    fn load(&self, ids: Vec<CartId>) -> BoxFuture<'_, Result<Vec<Contents>, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move { Ok(store::load(&mut connection, &ids).await?) }))
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn CartLink>, Fault>> {
        Box::pin(async move { Ok(Box::new(Connection::open(self.url()).await?) as Box<dyn CartLink>) })
    }
}

impl CartLink for Connection {
    fn is_closed(&self) -> bool {
        self.is_closed()
    }

    fn keep<'a>(&'a self, carts: &'a [Successor]) -> BoxFuture<'a, Result<HashSet<CartId>, Fault>> {
        Box::pin(self.keep(carts))
    }
}
