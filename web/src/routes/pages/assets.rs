//! `GET /assets/{name}`

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};

use crate::document::Document;
use crate::error::ApiError;

/// Built into the program: it runs wherever it is put.
static ASSETS: LazyLock<[(&str, Document); 4]> = LazyLock::new(|| {
    let script = "text/javascript; charset=utf-8";
    let style = "text/css; charset=utf-8";
    [
        ("home.js", Document::new(script, include_str!("../../../assets/home.js"))),
        ("docs.js", Document::new(script, include_str!("../../../assets/docs.js"))),
        ("page.css", Document::new(style, include_str!("../../../assets/page.css"))),
        ("docs.css", Document::new(style, include_str!("../../../assets/docs.css"))),
    ]
});

pub(super) async fn handler(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let name = request.match_info().query("name");
    let asset = ASSETS.iter().find(|(known, _)| *known == name);
    let (_, document) = asset.ok_or_else(|| ApiError::not_found("there is no such file"))?;
    Ok(document.respond(&request))
}
