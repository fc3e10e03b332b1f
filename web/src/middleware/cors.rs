//! Which other origins' pages may call the API: those in the configuration, none by default; `*` is any.
//!
//! Cookies go along only where an origin is named. `*` is for storefronts that send their token as bearer: with cookies it
//! would let any page act for whoever looks at it.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, proof-of-work, \
     traceparent, x-doorbuster-key, x-request-id",
);
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static(
    "etag, idempotent-replayed, link, location, ratelimit, ratelimit-policy, retry-after, traceparent, x-request-id",
);
const ANY: &str = "*";
const TRUE: HeaderValue = HeaderValue::from_static("true");
const HOUR: HeaderValue = HeaderValue::from_static("3600");

/// The origins, as scheme, host and port: `https://shop.example`.
pub struct Cors {
    origins: Vec<HeaderValue>,
}

impl Cors {
    /// # Errors
    /// The first origin that cannot be a header value.
    pub fn new<S: AsRef<str>>(origins: &[S]) -> Result<Self, String> {
        let parse = |origin: &S| HeaderValue::from_str(origin.as_ref()).map_err(|_| origin.as_ref().to_owned());
        Ok(Self { origins: origins.iter().map(parse).collect::<Result<_, _>>()? })
    }

    /// The origin that the request comes from, if it is another one and is allowed.
    pub(super) fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        if self.origins.is_empty() {
            return None;
        }
        let origin = headers.get(header::ORIGIN)?;
        self.named(origin).or_else(|| self.origins.iter().find(|allowed| *allowed == ANY)).cloned()
    }

    /// Whether this very origin is allowed, and not merely any.
    pub(super) fn names(&self, origin: &HeaderValue) -> bool {
        self.named(origin).is_some()
    }

    fn named(&self, origin: &HeaderValue) -> Option<&HeaderValue> {
        self.origins.iter().find(|allowed| *allowed == origin && *allowed != ANY)
    }

    /// The answer to a browser that asks first.
    pub(super) fn preflight(request: &HttpRequest) -> Option<HttpResponse> {
        let asks = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ORIGIN)
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        asks.then(|| {
            let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, HOUR);
            response
        })
    }

    /// Lets the page at `origin` read the response.
    pub(super) fn write(&self, origin: Option<HeaderValue>, headers: &mut HeaderMap) {
        if self.origins.is_empty() {
            return;
        }
        // A cache must not hand one origin's answer to another.
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = origin {
            if origin != ANY {
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
            }
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
        }
    }
}
