//! Whether a change that nothing but a cookie authorizes was asked for by a page of ours.
//!
//! A browser sends cookies along whoever made it ask. `SameSite=Strict` stops other sites; this stops what it lets through
//! (another origin of the same site, a browser that does not know it). A bearer token is sent by nobody's accident, and
//! whoever is no browser sends neither `Sec-Fetch-Site` nor `Origin`.

use actix_web::dev::RequestHead;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::Cors;

/// All cookies of ours begin so.
const OURS: &[u8] = b"doorbuster_";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(super) fn is_forged(head: &RequestHead, cors: &Cors, is_asked: impl Fn(Option<&str>) -> bool) -> bool {
    let headers = &head.headers;
    if head.method.is_safe() || headers.contains_key(header::AUTHORIZATION) || !has_cookie_of_ours(headers) {
        return false;
    }
    let origin = headers.get(header::ORIGIN);
    if origin.is_some_and(|origin| cors.names(origin, is_asked)) {
        return false;
    }
    match headers.get(SEC_FETCH_SITE) {
        // `none`: a person did it, and no page.
        Some(site) => site != "same-origin" && site != "none",
        None => origin.is_some_and(|origin| !is_this_host(origin, headers.get(header::HOST))),
    }
}

fn has_cookie_of_ours(headers: &HeaderMap) -> bool {
    headers.get_all(header::COOKIE).any(|line| line.as_bytes().windows(OURS.len()).any(|part| part == OURS))
}

/// Whether we end TLS or a proxy does is not known here, so the scheme is not compared.
fn is_this_host(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    let host = host.and_then(|host| host.to_str().ok());
    authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_cookie_authorizes_only_what_a_page_of_ours_asks_for() {
        let origins = ["https://shop.example", "next-door https://next-door.example", "*"];
        let cors = Cors::new(&origins).expect("origins");
        let cookie = "cookie: a=b; doorbuster_session=guest_x";
        for (method, sent, forged) in [
            ("POST", &[cookie][..], false),
            ("POST", &[cookie, "sec-fetch-site: same-origin", "origin: https://api.example"], false),
            ("POST", &[cookie, "sec-fetch-site: none"], false),
            ("POST", &[cookie, "sec-fetch-site: same-site"], true),
            ("POST", &[cookie, "sec-fetch-site: cross-site"], true),
            ("DELETE", &[cookie, "sec-fetch-site: cross-site"], true),
            ("POST", &["cookie: a=b", "cookie: doorbuster_refresh=x", "sec-fetch-site: cross-site"], true),
            ("GET", &[cookie, "sec-fetch-site: cross-site"], false),
            ("POST", &[cookie, "sec-fetch-site: cross-site", "origin: https://shop.example"], false),
            ("POST", &[cookie, "sec-fetch-site: same-site", "origin: https://next-door.example"], true),
            ("POST", &[cookie, "sec-fetch-site: cross-site", "origin: *"], true),
            ("POST", &[cookie, "sec-fetch-site: cross-site", "authorization: Bearer x"], false),
            ("POST", &["cookie: theme=dark", "sec-fetch-site: cross-site"], false),
            ("POST", &["sec-fetch-site: cross-site"], false),
            // A browser that does not say where it stands says from where it asks.
            ("POST", &[cookie, "host: api.example", "origin: https://api.example"], false),
            ("POST", &[cookie, "host: api.example", "origin: https://evil.example"], true),
            ("POST", &[cookie, "host: api.example", "origin: null"], true),
            ("POST", &[cookie, "host: api.example:8080", "origin: http://api.example"], true),
            ("POST", &[cookie, "origin: https://api.example"], true),
        ] {
            let request = sent.iter().fold(TestRequest::default(), |request, line| {
                request.append_header(line.split_once(": ").expect("a header"))
            });
            let request = request.method(method.parse().expect("a method")).to_http_request();
            assert_eq!(is_forged(request.head(), &cors, |store| store.is_none()), forged, "{method} {sent:?}");
        }
    }
}
