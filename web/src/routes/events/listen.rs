//! `GET /api/v1/events`

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::StreamExt;

use crate::error::ApiError;
use crate::extract::{FromQuery, Parameters, Principal, Query, admit};
use crate::live::{NoSeat, Topic, stream};
use crate::middleware::{Arrival, Caller, NetworkId};
use crate::state::State;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const TOPICS_MAX: usize = 20;

pub(super) struct Request {
    topics: String,
    /// For those who cannot send the header.
    last: Option<i64>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let topics = parameters.text("topics", 2000)?.ok_or_else(|| ApiError::bad_request("say which topics"))?;
        let last = parameters.integer("last_event_id", 0..=i64::MAX)?;
        Ok(Self { topics, last })
    }
}

/// What stands in one event of the stream.
#[derive(utoipa::ToSchema)]
#[schema(as = LiveEvent)]
#[expect(dead_code, reason = "events are written as text; this says what is in them")]
struct Event {
    /// Grows. Shown again as `Last-Event-ID` by whoever comes back.
    #[schema(example = "42")]
    id: String,
    /// What kind of topic it is about.
    #[schema(example = "stock")]
    event: String,
    /// JSON.
    #[schema(example = "{\"sku\":\"TSHIRT-RED-M\",\"availability\":\"low\"}")]
    data: String,
}

/// Listens: server-sent events, as they happen.
///
/// Topics, separated by commas: `stock:<sku>` (availability and opening), `order:<order_no>` (an own order: state and the end
/// of its hold), `orders` (how many a second). Events have growing ids; whoever comes back with `Last-Event-ID` is told what
/// was missed, as far as it is remembered. So many may listen from one address (429), and so many in all (503).
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "live",
    security((), ("guest" = [])),
    params(
        ("topics" = String, Query, description = "what to listen to", example = "stock:TSHIRT-RED-M,orders"),
        ("last_event_id" = Option<i64>, Query, minimum = 0, description = "the same as the header"),
        ("Last-Event-ID" = Option<String>, Header)
    ),
    responses((status = 200, content_type = "text/event-stream", body = Event))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    Query(Request { topics, last }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let mut principal = None;
    let mut listener = || match principal {
        Some(known) => Ok(known),
        None => Principal::extract(&request).into_inner().map(|shown| principal.insert(shown.id).to_owned()),
    };
    let mut wanted: Vec<Topic> = Vec::new();
    for topic in topics.split(',').map(str::trim).filter(|topic| !topic.is_empty()) {
        let topic = Topic::parse(arrival.store, topic, &mut listener)?;
        if !wanted.contains(&topic) {
            wanted.push(topic);
        }
    }
    if wanted.is_empty() || wanted.len() > TOPICS_MAX {
        return Err(ApiError::bad_request(format!("1 to {TOPICS_MAX} topics")));
    }
    if principal.is_none() {
        // Whoever listens to what is public need not say who they are, whatever token their browser still has.
        admit(&request, Caller::Anyone)?;
    }
    let header = request.headers().get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    let last = header.or(last.and_then(|last| u64::try_from(last).ok()));
    let network = (!state.rate_limits.spares(arrival.address)).then(|| NetworkId::of(arrival.address));
    let listener = state.hub.listen(wanted, last, network).map_err(|why| match why {
        NoSeat::Full => ApiError::overloaded(5 + arrival.trace.luck() % 10),
        NoSeat::TooMany { max } => ApiError::rate_limited(30).detail(format!("{max} listen from your address already")),
    })?;
    // The first bytes at once: a page knows then that it is listening.
    let greeting = futures_util::stream::iter([Ok(Bytes::from_static(b"retry: 2000\n\n"))]);
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, HeaderValue::from_static("text/event-stream")));
    response.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
    // nginx would wait for more.
    response.insert_header((HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")));
    Ok(response.streaming(greeting.chain(stream(listener))))
}
