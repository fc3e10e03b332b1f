//! Pages for people, and what they are made of. No part of the API.

mod assets;
mod docs;
mod home;
mod problem;

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};

use super::router::Routes;

pub(super) fn routes(routes: &mut Routes) {
    routes.undescribed("/", Method::GET, home::handler);
    routes.undescribed("/api/docs", Method::GET, docs::handler);
    routes.undescribed("/problems/{name}", Method::GET, problem::handler);
    routes.undescribed("/assets/{name}", Method::GET, assets::handler);
}

/// Our own scripts and styles, our own API, and nothing else.
const OURS_ALONE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

fn page(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, OURS_ALONE))
        .content_type("text/html; charset=utf-8")
        .body(html)
}
