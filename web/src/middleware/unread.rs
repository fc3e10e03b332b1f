//! The body of a request that is refused without a look at it.
//!
//! A connection on which a body was not read has to be closed. The thousands who are told to come back later would all have
//! to connect again, just when there is no room. A small body is thrown away instead: mostly it is there with its head.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use futures_util::StreamExt;
use tokio::time::timeout;

/// An order is a tenth of it.
const SMALL: u64 = 16 * 1024;
/// Whoever sends so slowly is answered before the end, and disconnected.
const WAIT: Duration = Duration::from_secs(1);

/// What is left of it, if anything: then the framework closes the connection.
pub(super) async fn throw_away(request: &HttpRequest, mut payload: Payload) -> Option<Payload> {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let is_small = match length {
        Some(length) => length <= SMALL,
        // As long as it likes, or none.
        None => !headers.contains_key(TRANSFER_ENCODING),
    };
    if !is_small {
        return Some(payload);
    }
    let to_the_end = async { while let Some(Ok(_)) = payload.next().await {} };
    timeout(WAIT, to_the_end).await.is_err().then_some(payload)
}
