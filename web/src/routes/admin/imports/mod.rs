//! Files of products and stock into the running shop: read as a stream, written through its catalogue and its stock actors.
//!
//! ```text
//! worker: payload -> chunks ──┐ bounded channel ┌── thread: reads ── batches ── I/O runtime: writes
//!                             └─────────────────┘
//! ```
//! Constant memory whatever the file's size. An upload that breaks off ends the import where it is; what was written stays,
//! and sending the file again does the rest. There is no `Idempotency-Key`: repeating it doubles nothing.

mod chunks;
mod products;
mod run;
mod stock;
mod upload;
mod view;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, products, stock);
}
