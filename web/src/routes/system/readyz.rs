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
    /// `owner`: this server takes the orders. `standby`: another one does, and this one serves what can be read until that
    /// one is gone. `halted`: it never takes orders again.
    role: Role,
    /// This server writes to its database, and heard from it a moment ago: it may sell, and say that something is sold out.
    speaks_for_the_shop: bool,
    /// There is an index to search. The first start builds it.
    search_index: bool,
    /// Items whose stock is awake.
    skus_awake: usize,
    /// Requests that are inside at this moment.
    requests_inside: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    Owner,
    Standby,
    Halted,
}

/// Whether it can take requests, and what is missing if not. A standby is ready for what can be read; `/readyz/owner` is
/// for whatever sends orders.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "system",
    responses((status = 200, body = Response), (status = 503, body = Response, description = "not now"))
)]
pub(super) async fn handler(state: Data<State>) -> HttpResponse {
    let response = Response::now(&state);
    response.answer(response.ready)
}

impl Response {
    pub(super) fn now(state: &State) -> Self {
        let draining = state.draining.load(Ordering::Relaxed);
        let status = state.engine.status();
        let role = match status.journal {
            journal if journal.halted => Role::Halted,
            journal if journal.standing_by => Role::Standby,
            _ => Role::Owner,
        };
        let speaks_for_the_shop = status.speaks_for_the_cell;
        // An owner that cannot speak for the shop has not heard from the database for seconds.
        let database = status.journal.database_up && (speaks_for_the_shop || !status.journal.owner);
        let search_index = state.search.is_ready();
        let parts = [
            ("draining", !draining),
            ("database", database),
            ("speaks_for_the_shop", speaks_for_the_shop || role == Role::Standby),
            ("search_index", search_index),
        ];
        let not_ready: Vec<_> = parts.into_iter().filter(|(_, is_ready)| !is_ready).map(|(name, _)| name).collect();
        Self {
            ready: not_ready.is_empty(),
            not_ready,
            draining,
            database,
            role,
            speaks_for_the_shop,
            search_index,
            skus_awake: status.skus_awake,
            requests_inside: state.load_shed.inside(),
        }
    }

    pub(super) fn takes_orders(&self) -> bool {
        self.ready && self.role == Role::Owner
    }

    pub(super) fn answer(&self, yes: bool) -> HttpResponse {
        if yes { HttpResponse::Ok().json(self) } else { HttpResponse::ServiceUnavailable().json(self) }
    }
}
