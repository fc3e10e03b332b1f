//! A file made while it is sent: the next page is read when the last one has been taken.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Data;
use bytes::Bytes;
use engine::id::StoreId;
use engine::transfer::{ExportError, Format, Pages, Scope};

use crate::error::ApiError;
use crate::extract::{FromQuery, Parameters};
use crate::state::State;

/// The format of the file.
pub(super) struct Request {
    format: FileFormat,
}

#[derive(Clone, Copy)]
struct FileFormat {
    format: Format,
    ending: &'static str,
    media_type: &'static str,
}

const CSV: FileFormat =
    FileFormat { format: Format::Csv { delimiter: b',' }, ending: "csv", media_type: "text/csv; charset=utf-8" };
const TSV: FileFormat = FileFormat {
    format: Format::Csv { delimiter: b'\t' },
    ending: "tsv",
    media_type: "text/tab-separated-values; charset=utf-8",
};
const JSON_LINES: FileFormat =
    FileFormat { format: Format::JsonLines, ending: "jsonl", media_type: "application/jsonl" };

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let known = |word: &str| {
            let formats = [CSV, TSV, JSON_LINES];
            formats.into_iter().find(|format| format.ending == word).ok_or("one of csv, tsv, jsonl")
        };
        Ok(Self { format: parameters.parsed("format", known)?.unwrap_or(JSON_LINES) })
    }
}

/// An export that breaks off is a body that breaks off: no complete answer is ever half of the products.
pub(super) async fn stream(
    state: Data<State>,
    store: StoreId,
    request: Request,
    scope: Scope,
    name: &str,
) -> Result<HttpResponse, ApiError> {
    let Request { format } = request;
    let mut pages = Pages::new(store, scope, format.format);
    // The first page decides whether there is an answer at all.
    let first = next(&mut pages, &state).await.map_err(refused)?;
    let rest = futures_util::stream::unfold((Some(first), pages, state), |(first, mut pages, state)| async move {
        let page = match first {
            Some(first) => Ok(first),
            None => next(&mut pages, &state).await,
        };
        match page {
            Ok(None) => None,
            Ok(Some(page)) => Some((Ok(Bytes::from(page)), (None, pages, state))),
            Err(error) => {
                tracing::error!(%error, "an export broke off");
                Some((Err(error), (None, pages, state)))
            }
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{}\"", format.ending)))
        .content_type(format.media_type)
        .streaming(rest))
}

async fn next(pages: &mut Pages, state: &State) -> Result<Option<Vec<u8>>, ExportError> {
    pages.next(state.engine.catalog(), Some(state.engine.stockroom())).await
}

fn refused(error: ExportError) -> ApiError {
    match error {
        ExportError::Catalog(error) => error.into(),
        ExportError::Stock(error) => ApiError::temporarily_unavailable("try again in a moment").caused_by(error),
        ExportError::Write(error) => ApiError::internal(error),
    }
}
