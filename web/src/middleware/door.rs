//! The door: what every request passes on its way in and every response on its way out.
//!
//! ```text
//! in:   after the last word? no answer -> stamp (now, trace) -> preflight? -> a seat or 503 -> another's? 503 -> forged? 403 -> handler, with a deadline,
//!       its panics caught
//! out:  errors become problem documents -> compressed -> headers (security, trace, limits, origin) -> counted
//! ```
//!
//! It writes no line for a request that went well: counters say that. A fault of ours is one line with the trace id.

use std::future::{Future, Ready, pending, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse};
use engine::clock::Timestamp;
use engine::id::StoreId;
use futures_util::FutureExt;

use super::address::is_one_of;
use super::compress::compress;
use super::in_charge::is_the_owners;
use super::which_store::which_store;
use super::{
    Allowance, Caller, Class, Cors, RouteMetrics, Trace, TraceIds, client_address, headers, same_site, unread,
};
use crate::error::{ApiError, Code, Context, Rendered, render};
use crate::extract::has_shown;
use crate::routes::IMPORTS;
use crate::serving::Connection;
use crate::state::State;

/// When, from where, for which shop and under which trace a request came. Handlers find it in the request's extensions.
#[derive(Clone)]
pub struct Arrival {
    /// Stamped once: everything that the request decides, it decides at this moment.
    pub now: Timestamp,
    pub address: IpAddr,
    /// Whose shop is asked.
    pub store: StoreId,
    pub trace: Trace,
}

impl Arrival {
    /// # Panics
    /// If the request did not come through the door, which is a mistake of this program.
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().expect("the door stamps every request").clone()
    }
}

impl FromRequest for Arrival {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// One per worker.
#[derive(Clone)]
pub struct Door {
    frame: Rc<Frame>,
}

/// What the door needs to know.
struct Frame {
    state: Data<State>,
    trace_ids: TraceIds,
    /// For what no route answers.
    unrouted: RouteMetrics,
}

pub struct DoorService<S> {
    inner: S,
    frame: Rc<Frame>,
}

impl Door {
    pub fn new(state: Data<State>) -> Self {
        Self { frame: Rc::new(Frame { state, trace_ids: TraceIds::new(), unrouted: RouteMetrics::new("none") }) }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Door
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = DoorService<S>;
    type InitError = ();
    type Future = Ready<Result<DoorService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(DoorService { inner, frame: Rc::clone(&self.frame) }))
    }
}

impl<S, B> Service<ServiceRequest> for DoorService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let under_way = Connection::of(request.request()).map(Connection::meet);
        if matches!(under_way, Some(None)) {
            return Box::pin(pending());
        }
        let started = Instant::now();
        let frame = Rc::clone(&self.frame);
        let state = &frame.state;
        let trace = frame.trace_ids.begin(request.headers());
        // A browser that asks first shows no key: it may be any store that is meant. What it asks then is looked at anew.
        let origin = state.cors.allowed(request.headers(), |_| true);

        if let Some(response) = Cors::preflight(request.request()) {
            let response = request.into_response(response).map_into_right_body();
            return Box::pin(ready(Ok(frame.see_out(response, &trace, origin, started))));
        }
        let now = state.engine.clock().now();
        let is_proxied = frame.is_proxied(request.request());
        let store = match which_store(request.request(), state, is_proxied, now) {
            Ok(store) => store,
            Err(error) => {
                return Box::pin(async move {
                    let _under_way = under_way;
                    turn_away(frame, request, error, trace, origin, started).await
                });
            }
        };
        let is_asked =
            |slug: Option<&str>| slug.map_or(Some(StoreId::MAIN), |slug| state.tenants.called(slug)) == Some(store);
        let origin = state.cors.allowed(request.headers(), is_asked);
        let has_shown = |asker| has_shown(request.request(), asker, store, now);
        let class = Class::of(request.method(), request.path(), has_shown);
        let Some(seat) = state.load_shed.enter(class) else {
            let full = ApiError::overloaded(1 + trace.luck() % 3);
            return Box::pin(async move {
                let _under_way = under_way;
                turn_away(frame, request, full, trace, origin, started).await
            });
        };

        if state.engine.stands_by() && is_the_owners(request.method(), request.path()) {
            let of_another = ApiError::standing_by(1 + trace.luck() % 2);
            return Box::pin(async move {
                let _under_way = under_way;
                turn_away(frame, request, of_another, trace, origin, started).await
            });
        }

        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let address = client_address(peer, request.headers(), &state.trusted_proxies, state.forwarded_header);
        if same_site::is_forged(request.head(), &state.cors, is_asked) {
            let forged = match state.rate_limits.check(Caller::Anyone, address) {
                Ok(_) => ApiError::cross_site_request(),
                Err(refused) => refused.into_parts().0,
            };
            return Box::pin(async move {
                let _under_way = under_way;
                turn_away(frame, request, forged, trace, origin, started).await
            });
        }
        request.extensions_mut().insert(Arrival { now, address, store, trace: trace.clone() });
        // The request itself is gone when its handler panics or is too late.
        let uri = request.uri().clone();
        let changes = !request.method().is_safe();
        let answer = self.inner.call(request);

        Box::pin(async move {
            let _under_way = under_way;
            let answer = AssertUnwindSafe(answer).catch_unwind();
            let outcome = tokio::time::timeout(frame.patience(uri.path()), answer).await;
            let error = match outcome {
                Ok(Ok(Ok(response))) => {
                    drop(seat);
                    let response = response.map_into_left_body();
                    return Ok(frame.see_out(response, &trace, origin, started));
                }
                Ok(Ok(Err(error))) => api_error(&error),
                Ok(Err(panic)) => ApiError::internal(format_args!("panic: {}", panic_message(panic.as_ref()))),
                // The work goes on in the engine; only the waiting ends here.
                Err(_) if changes => ApiError::outcome_unknown(),
                Err(_) => ApiError::overloaded(1 + trace.luck() % 3),
            };
            Err(frame.write_off(&error, uri.path(), &trace, origin, started).into())
        })
    }
}

/// Answers a request that nobody has looked at.
async fn turn_away<B: MessageBody + 'static>(
    frame: Rc<Frame>,
    request: ServiceRequest,
    error: ApiError,
    trace: Trace,
    origin: Option<HeaderValue>,
    started: Instant,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let (request, payload) = request.into_parts();
    let error = match unread::throw_away(&request, payload).await {
        Some(rest) => error.leaving_unread(rest),
        None => error,
    };
    let response = ServiceResponse::new(request, HttpResponse::from_error(error)).map_into_right_body();
    Ok(frame.see_out(response, &trace, origin, started))
}

impl Frame {
    /// From the head to the answer. A file takes as long as it takes, within a limit of its own.
    fn patience(&self, path: &str) -> Duration {
        if path.starts_with(IMPORTS) { self.state.imports.timeout } else { self.state.request_timeout }
    }

    fn is_proxied(&self, request: &HttpRequest) -> bool {
        request.peer_addr().is_some_and(|peer| is_one_of(peer.ip(), &self.state.trusted_proxies))
    }

    /// Finishes a response: documents for errors, headers for all, counted.
    fn see_out<B: MessageBody + 'static>(
        &self,
        response: ServiceResponse<EitherBody<B>>,
        trace: &Trace,
        origin: Option<HeaderValue>,
        started: Instant,
    ) -> ServiceResponse<EitherBody<B>> {
        let status = response.status();
        let is_to_end = match Connection::of(response.request()) {
            // A proxy's connection is of many: one of them must not end it.
            Some(connection) if status == StatusCode::TOO_MANY_REQUESTS => {
                !self.is_proxied(response.request()) && connection.warn()
            }
            Some(connection) => {
                connection.forgive();
                false
            }
            None => false,
        };
        let response = if lacks_document(&response) { document(response, trace) } else { response };
        let mut response = compress(response);
        if is_to_end {
            response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        }

        let allowance = response.request().extensions_mut().remove::<Allowance>();
        let headers = response.headers_mut();
        if let Some(allowance) = allowance {
            allowance.write(headers);
        }
        self.write_headers(headers, trace, origin);
        let took = started.elapsed();
        match response.request().app_data::<RouteMetrics>() {
            Some(route) => route.record(status, took),
            None => self.unrouted.record(status, took),
        }
        response
    }

    /// The same for a request that is gone.
    fn write_off(
        &self,
        error: &ApiError,
        path: &str,
        trace: &Trace,
        origin: Option<HeaderValue>,
        started: Instant,
    ) -> Rendered {
        let context = Context { instance: path, trace_id: trace.id() };
        log_fault(error, &context);
        let mut headers = HeaderMap::new();
        self.write_headers(&mut headers, trace, origin);
        self.unrouted.record(error.status(), started.elapsed());
        Rendered::new(error, &context, headers)
    }

    fn write_headers(&self, headers: &mut HeaderMap, trace: &Trace, origin: Option<HeaderValue>) {
        headers::secure(headers, self.state.behind_tls);
        trace.write(headers);
        self.state.cors.write(origin, headers);
    }
}

/// A refusal that nobody has written out yet. A handler that wrote a body of its own (readiness) meant it.
fn lacks_document<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    let refused = response.status().is_client_error() || response.status().is_server_error();
    refused && (response.response().error().is_some() || !response.headers().contains_key(CONTENT_TYPE))
}

/// Replaces the body of an error by its problem document.
fn document<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B>>,
    trace: &Trace,
) -> ServiceResponse<EitherBody<B>> {
    let (request, response) = response.into_parts();
    let written = {
        let context = Context { instance: request.path(), trace_id: trace.id() };
        let made;
        let error = match response.error().map(Error::as_error::<ApiError>) {
            Some(Some(error)) => error,
            Some(None) => {
                made = response.error().map(api_error).unwrap_or_else(|| ApiError::new(Code::Internal));
                &made
            }
            None => {
                made = ApiError::new(Code::of_status(response.status())).with_status(response.status());
                &made
            }
        };
        log_fault(error, &context);
        render(error, &context)
    };
    ServiceResponse::new(request, written.map_into_right_body())
}

/// An error of the framework in our words. Its text is about our insides, so it is not shown.
fn api_error(error: &Error) -> ApiError {
    let status = error.as_response_error().status_code();
    ApiError::new(Code::of_status(status)).with_status(status).caused_by(error)
}

/// Once, here at the edge. What the caller did wrong is no fault of ours and is counted only; being full is counted too.
fn log_fault(error: &ApiError, context: &Context<'_>) {
    let cause = error.cause().unwrap_or("");
    if error.code() == Code::Internal {
        tracing::error!(trace.id = context.trace_id, http.path = context.instance, cause, "a request failed");
    } else if error.status().is_server_error() && !cause.is_empty() {
        tracing::warn!(trace.id = context.trace_id, code = error.code().name(), cause, "a request could not be served");
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
