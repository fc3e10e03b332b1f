//! What was answered before. The database has it; in a simulation somebody else does.

use futures_util::future::BoxFuture;

use crate::postgres::{Database, DatabaseError};

use super::call::Call;
use super::store::{Known, known};

pub trait AnswerRows: Send + Sync + 'static {
    fn known(&self, call: Call) -> BoxFuture<'_, Result<Option<Known>, DatabaseError>>;
}

impl AnswerRows for Database {
    fn known(&self, call: Call) -> BoxFuture<'_, Result<Option<Known>, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move { Ok(known(&mut connection, &call).await?) }))
    }
}
