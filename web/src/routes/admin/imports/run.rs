//! Runs an import: feeds it what arrives, within the limits, and says what became of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use engine::transfer::{self, ImportError, Kept, Options, Report, Scope, StockDesk, Summary};
use futures_util::StreamExt;

use super::chunks::{self, Sender};
use super::upload::{self, FileChunks, Upload};
use crate::error::ApiError;
use crate::extract::Staff;
use crate::extract::needs::ImportsWrite;
use crate::serving::Connection;
use crate::state::State;

/// Seconds after which somebody may ask whether another import has ended.
const COME_BACK_S: u64 = 5;

pub(super) async fn run(
    request: &HttpRequest,
    state: &State,
    staff: &Staff<ImportsWrite>,
    payload: Payload,
    scope: Scope,
) -> Result<(Summary, Kept), ApiError> {
    let limits = &state.imports;
    let Ok(seat) = Arc::clone(&limits.seats).try_acquire_owned() else {
        return Err(ApiError::overloaded(COME_BACK_S).leaving_unread(payload));
    };
    if let Some(connection) = Connection::of(request) {
        connection.take_leave(limits.timeout);
    }
    let idle = state.body_limits.timeout;
    let receiving = tokio::time::timeout(idle, upload::receive(request, payload, limits.max_bytes));
    let Upload { format, mapping, file, mut chunks } = receiving.await.map_err(|_| ApiError::request_timeout())??;

    let (sender, reader) = chunks::channel();
    let catalog = state.engine.catalog().on_behalf_of(staff.actor());
    let stockroom = state.engine.stockroom().on_behalf_of(staff.actor());
    let options = Options { store: staff.store, scope, format, mapping, file };
    let mut report = Report::keeping(limits.rejections_max);
    let rows = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&rows);
    // A task of its own: should the caller go, what is being written is still written whole.
    let importing = state.engine.io().spawn(async move {
        let _seat = seat;
        let desk: &dyn StockDesk = &stockroom;
        let progress = move |at: transfer::Progress| seen.store(at.rows, Ordering::Relaxed);
        let summary = transfer::import(&catalog, Some(desk), reader, options, &mut report, progress).await;
        summary.map(|summary| (summary, report.kept()))
    });
    let fed = feed(&mut chunks, sender, limits.max_bytes, idle).await;
    let imported = importing.await.map_err(ApiError::internal)?;
    // What was taken before it ended stays.
    let taken = rows.load(Ordering::Relaxed);
    let refused = match (fed, imported) {
        (Ok(()), Ok(done)) => return Ok(done),
        (Err(refused), _) => refused.member("rows_taken", taken),
        (Ok(()), Err(ImportError::Read(error))) => {
            ApiError::bad_request(format!("the file cannot be read: {error}")).member("rows_taken", taken)
        }
        (Ok(()), Err(error @ (ImportError::Report(_) | ImportError::Reader))) => ApiError::internal(error),
        (Ok(()), Err(ImportError::Catalog(error))) => error.into(),
    };
    Err(refused.leaving_unread(chunks))
}

/// Hands on what arrives. `idle` bounds the wait for the sender, not for the database.
async fn feed(chunks: &mut FileChunks, sender: Sender, max_bytes: u64, idle: Duration) -> Result<(), ApiError> {
    let mut received = 0;
    loop {
        let chunk = tokio::time::timeout(idle, chunks.next()).await.map_err(|_| ApiError::request_timeout())?;
        let Some(chunk) = chunk.transpose()? else {
            sender.end().await;
            return Ok(());
        };
        received += chunk.len() as u64;
        if received > max_bytes {
            return Err(upload::too_large(max_bytes));
        }
        if !sender.send(chunk).await {
            return Ok(());
        }
    }
}
