//! Which other origins' pages may call the API: those in the configuration, none by default; `*` is any. Each for one store:
//! a page of one shop must not act for whoever is signed in next door.
//!
//! Cookies go along only where an origin is named. `*` is for storefronts that send their token as bearer: with cookies it
//! would let any page act for whoever looks at it.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::Slug;

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

/// The origins.
pub struct Cors {
    origins: Vec<Named>,
}

/// One, as scheme, host and port: `https://shop.example`; behind the slug of the store for which it is, if it is not the main
/// store: `next-door https://next-door.example`.
struct Named {
    store: Option<Slug>,
    origin: HeaderValue,
}

impl Cors {
    /// # Errors
    /// The first that cannot be a header value, is behind what is no slug, or is any at one store.
    pub fn new<S: AsRef<str>>(origins: &[S]) -> Result<Self, String> {
        let parse = |written: &S| {
            let refused = || written.as_ref().to_owned();
            let (store, origin) = match written.as_ref().split_once(' ') {
                Some((store, origin)) => (Some(store.parse().map_err(|_| refused())?), origin.trim()),
                None => (None, written.as_ref()),
            };
            // Any origin is of no one store.
            if store.is_some() && origin == ANY {
                return Err(refused());
            }
            let origin = HeaderValue::from_str(origin).map_err(|_| refused())?;
            Ok::<_, String>(Named { store, origin })
        };
        Ok(Self { origins: origins.iter().map(parse).collect::<Result<_, _>>()? })
    }

    /// The origin that the request comes from, if it is another one and is allowed. `is_asked`: whether it is this store that is
    /// asked; of the main one there is no slug.
    pub(super) fn allowed(&self, headers: &HeaderMap, is_asked: impl Fn(Option<&str>) -> bool) -> Option<HeaderValue> {
        if self.origins.is_empty() {
            return None;
        }
        let origin = headers.get(header::ORIGIN)?;
        let any = || self.origins.iter().map(|named| &named.origin).find(|allowed| *allowed == ANY);
        self.named(origin, is_asked).or_else(any).cloned()
    }

    /// Whether this very origin is allowed, and not merely any.
    pub(super) fn names(&self, origin: &HeaderValue, is_asked: impl Fn(Option<&str>) -> bool) -> bool {
        self.named(origin, is_asked).is_some()
    }

    fn named(&self, origin: &HeaderValue, is_asked: impl Fn(Option<&str>) -> bool) -> Option<&HeaderValue> {
        let is_it = |named: &&Named| {
            named.origin == origin && named.origin != ANY && is_asked(named.store.as_ref().map(Slug::as_str))
        };
        self.origins.iter().find(is_it).map(|named| &named.origin)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_for_one_store_and_any_is_for_all() {
        for (written, is_understood) in [
            ("https://shop.example", true),
            ("next-door https://next-door.example", true),
            ("*", true),
            ("next-door *", false),
            ("Next Door https://next-door.example", false),
            ("https://shop.example\n", false),
        ] {
            assert_eq!(Cors::new(&[written]).is_ok(), is_understood, "{written:?}");
        }
    }
}
