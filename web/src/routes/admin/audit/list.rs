//! `GET /api/v1/admin/audit`

use std::net::IpAddr;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use engine::audit::{Filter, Place, Record, store};
use engine::clock::Timestamp;
use engine::postgres::DatabaseError;

use super::view::RecordView;
use crate::error::ApiError;
use crate::extract::needs::AuditRead;
use crate::extract::{FromQuery, PageRequest, Parameters, Query, Staff};
use crate::state::State;
use crate::view::Listing;

/// Names of actions and things are shorter, and so are trace ids.
const WORD_MAX: usize = 100;

pub(super) struct Request {
    filter: Filter,
    page: PageRequest,
    place: Option<Place>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let filter = Filter {
            actor: parameters.parsed("actor", str::parse)?,
            action: parameters.word("action", WORD_MAX)?,
            subject_kind: parameters.word("subject_kind", WORD_MAX)?,
            subject_id: parameters.word("subject_id", WORD_MAX)?,
            since: moment(parameters, "since")?,
            until: moment(parameters, "until")?,
            // As it is kept: a client may well write one address in another way.
            address: parameters
                .parsed("address", str::parse::<IpAddr>)?
                .map(|address| address.to_canonical().to_string()),
            trace_id: parameters.word("trace_id", WORD_MAX)?,
        };
        let page = PageRequest::take(parameters)?;
        let place = page.cursor_as()?;
        Ok(Self { filter, page, place })
    }
}

fn moment(parameters: &mut Parameters, name: &str) -> Result<Option<Timestamp>, ApiError> {
    Ok(parameters.parsed(name, DateTime::parse_from_rfc3339)?.map(|at| at.with_timezone(&Utc)))
}

/// Who changed what, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/audit",
    tag = "admin: audit",
    security(("account" = ["audit:read"]), ("key" = ["audit:read"])),
    params(
        ("actor" = Option<String>, Query, pattern = "^(acct_[0-9a-f]{32}|key_[0-9a-f]{32}|operator|shop)$",
            description = "who did it: the id of an account or of a key, `operator`, or `shop`"),
        ("action" = Option<String>, Query, max_length = 100, example = "product.change",
            description = "what was done"),
        ("subject_kind" = Option<String>, Query, max_length = 100, example = "product",
            description = "to a thing of this kind"),
        ("subject_id" = Option<String>, Query, max_length = 100,
            description = "to the thing with this id, or of this name"),
        ("since" = Option<String>, Query, format = DateTime, description = "done then or later"),
        ("until" = Option<String>, Query, format = DateTime, description = "done before then"),
        ("address" = Option<String>, Query, description = "where the request came from: an IPv4 or IPv6 address"),
        ("trace_id" = Option<String>, Query, max_length = 100,
            description = "in the request with this trace, as its answer said in `traceparent`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<RecordView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<AuditRead>,
    Query(Request { filter, page, place }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (shop, wanted) = (staff.store, i64::from(page.limit) + 1);
    let records = state
        .engine
        .database()
        .run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::page(&mut connection, shop, &filter, place, wanted).await?)
        })
        .await?;
    let cursor = |record: &Record| record.place().to_string();
    let listing = Listing::cut(records, page.limit, cursor, RecordView::from);
    Ok(listing.respond(request.path(), request.query_string()))
}
