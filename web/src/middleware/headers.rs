//! The headers that every response carries.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");
/// For what is no page. Pages bring a policy of their own, which lets their own scripts run.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");

/// Adds what is missing; what a handler said stands.
pub(super) fn secure(headers: &mut HeaderMap, behind_tls: bool) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    headers.insert(header::REFERRER_POLICY, NO_REFERRER);
    // No other page may show or run what is ours. Whoever is allowed to read it asks in CORS mode, to which this says nothing.
    headers.insert(RESOURCE_POLICY, SAME_ORIGIN);
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, NOTHING);
    } else {
        headers.insert(OPENER_POLICY, SAME_ORIGIN);
        headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    }
    // Carts and orders are nobody else's; what may be kept says so itself.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    }
    if behind_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, YEAR);
    }
}
