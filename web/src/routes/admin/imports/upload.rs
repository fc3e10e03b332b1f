//! What is uploaded: a file as the body, in the format that its media type says; or a form with a file and the mapping that
//! translates it.

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use bytes::{Bytes, BytesMut};
use engine::transfer::{Format, Mapping};
use futures_util::stream::LocalBoxStream;
use futures_util::{StreamExt, TryStreamExt};
use utoipa::ToSchema;

use crate::error::{ApiError, FieldError};

/// What a file may be sent as.
const TAKEN: &str = "text/csv, text/tab-separated-values, application/jsonl, multipart/form-data";
/// A mapping is a page or two.
const MAPPING_MAX: usize = 64 << 10;

pub(super) struct Upload {
    pub(super) format: Format,
    pub(super) mapping: Option<Mapping>,
    /// What it is called, where it has a name.
    pub(super) file: Option<String>,
    pub(super) chunks: FileChunks,
}

pub(super) type FileChunks = LocalBoxStream<'static, Result<Bytes, ApiError>>;

/// A file in another system's words.
#[derive(ToSchema)]
#[schema(as = ImportForm)]
#[expect(dead_code, reason = "it is read part by part")]
pub(super) struct Form {
    /// How its columns become this shop's: a TOML file. Before the file.
    mapping: Option<String>,
    #[schema(format = Binary)]
    file: String,
}

/// What was sent, up to the file's first byte.
pub(super) async fn receive(request: &HttpRequest, payload: Payload, max_bytes: u64) -> Result<Upload, ApiError> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > max_bytes) {
        return Err(too_large(max_bytes).leaving_unread(payload));
    }
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|media_type| media_type.to_str().ok()).unwrap_or("");
    let essence = essence(media_type);
    if essence == "multipart/form-data" {
        return form(Multipart::new(request.headers(), payload)).await;
    }
    let Some(format) = format_of(&essence) else {
        return Err(ApiError::no_media_type_of(TAKEN).leaving_unread(payload));
    };
    let chunks = payload.map_err(|error| ApiError::bad_request("the file broke off").caused_by(error)).boxed_local();
    Ok(Upload { format, mapping: None, file: None, chunks })
}

pub(super) fn too_large(max_bytes: u64) -> ApiError {
    ApiError::payload_too_large(usize::try_from(max_bytes).unwrap_or(usize::MAX))
}

/// The parts `mapping` and `file`, in this order: what follows the file is not looked at.
async fn form(mut parts: Multipart) -> Result<Upload, ApiError> {
    let mut mapping = None;
    loop {
        let part = match parts.next().await {
            Some(Ok(part)) => part,
            Some(Err(error)) => return Err(broken_form(error).leaving_unread(parts)),
            None => return Err(wrong_part("/file", "required", "the form has a part called file")),
        };
        let refused = match part.name() {
            Some("mapping") => match read_mapping(part).await {
                Ok(read) => {
                    mapping = Some(read);
                    continue;
                }
                Err(error) => error,
            },
            Some("file") => match part_format(&part, mapping.as_ref()) {
                Ok(format) => {
                    let file = file_name(&part).map(str::to_owned);
                    let chunks = part.map_err(broken_form);
                    // The form is kept: the part reads from it.
                    let chunks = chunks.chain(futures_util::stream::poll_fn(move |_| {
                        let _form = &parts;
                        std::task::Poll::Ready(None)
                    }));
                    return Ok(Upload { format, mapping, file, chunks: chunks.boxed_local() });
                }
                Err(error) => error,
            },
            Some(_) | None => wrong_part("", "unknown", "the form has the parts mapping and file"),
        };
        return Err(refused.leaving_unread(parts));
    }
}

async fn read_mapping(mut part: Field) -> Result<Mapping, ApiError> {
    let mut text = BytesMut::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(broken_form)?;
        if text.len() + chunk.len() > MAPPING_MAX {
            return Err(wrong_part("/mapping", "too_long", &format!("at most {MAPPING_MAX} bytes")));
        }
        text.extend_from_slice(&chunk);
    }
    let text = std::str::from_utf8(&text).map_err(|_| wrong_part("/mapping", "invalid", "a mapping is UTF-8"))?;
    Mapping::parse(text).map_err(|error| wrong_part("/mapping", "invalid", &error.to_string()))
}

/// What the part says of itself, what the mapping is for, or what the file's name ends in.
fn part_format(part: &Field, mapping: Option<&Mapping>) -> Result<Format, ApiError> {
    let told = part.content_type().and_then(|media_type| format_of(media_type.essence_str()));
    let meant = mapping.and_then(|mapping| mapping.format().ok().flatten());
    let named = file_name(part).and_then(|name| name.rsplit_once('.')).and_then(|(_, ending)| ending.parse().ok());
    // A mapping may know the delimiter as well.
    let format = meant.or(told).or(named);
    format.ok_or_else(|| wrong_part("/file", "invalid", "neither its Content-Type nor its name says its format"))
}

fn file_name(part: &Field) -> Option<&str> {
    part.content_disposition().and_then(|disposition| disposition.get_filename())
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

fn format_of(essence: &str) -> Option<Format> {
    match essence {
        "text/csv" => Some(Format::Csv { delimiter: b',' }),
        "text/tab-separated-values" => Some(Format::Csv { delimiter: b'\t' }),
        "application/jsonl" | "application/x-ndjson" | "application/x-jsonlines" => Some(Format::JsonLines),
        _ => None,
    }
}

fn broken_form(error: actix_multipart::MultipartError) -> ApiError {
    ApiError::bad_request(format!("the form cannot be read: {error}"))
}

fn wrong_part(pointer: &str, code: &'static str, detail: &str) -> ApiError {
    ApiError::validation(vec![FieldError::new(pointer, code, detail)])
}
