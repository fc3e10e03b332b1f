//! `GET /readyz`

use std::sync::atomic::Ordering;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::State;

#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
pub(super) struct Response {
    ready: bool,
    /// What it waits for, by the names of the fields below; empty when it is ready.
    not_ready: Vec<&'static str>,
    /// It is being stopped: what it accepted is finished, nothing new should be sent.
    draining: bool,
    /// The database is reachable.
    database: bool,
    /// This server writes to its database, and heard from it a moment ago: it may sell, and say that something is sold out.
    speaks_for_the_shop: bool,
    /// There is an index to search. The first start builds it.
    search_index: bool,
    /// Items whose stock is awake.
    skus_awake: usize,
    /// Requests that are inside at this moment.
    requests_inside: usize,
}

/// Whether it can take requests, and what is missing if not.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "system",
    responses((status = 200, body = Response), (status = 503, body = Response, description = "not now"))
)]
pub(super) async fn handler(state: Data<State>) -> HttpResponse {
    let draining = state.draining.load(Ordering::Relaxed);
    let status = state.engine.status();
    let speaks_for_the_shop = status.speaks_for_the_cell;
    // An owner that cannot speak for the shop has not heard from the database for seconds.
    let database = status.journal.database_up && (speaks_for_the_shop || !status.journal.owner);
    let search_index = state.search.is_ready();
    let parts = [
        ("draining", !draining),
        ("database", database),
        ("speaks_for_the_shop", speaks_for_the_shop),
        ("search_index", search_index),
    ];
    let not_ready: Vec<_> = parts.into_iter().filter(|(_, is_ready)| !is_ready).map(|(name, _)| name).collect();
    let response = Response {
        ready: not_ready.is_empty(),
        not_ready,
        draining,
        database,
        speaks_for_the_shop,
        search_index,
        skus_awake: status.skus_awake,
        requests_inside: state.load_shed.inside(),
    };
    if response.ready { HttpResponse::Ok().json(response) } else { HttpResponse::ServiceUnavailable().json(response) }
}
