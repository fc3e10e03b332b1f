//! Compressed bodies: who takes them, what is worth it, how it is done.

use std::io::Write;

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Below it, compressing costs more than it saves: such an answer fits into one packet as it is.
pub(crate) const COMPRESS_FROM_BYTES: usize = 1024;

/// Fast rather than small: it is done while somebody waits. `None`: it could not be done.
pub(crate) fn gzip(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    encoder.write_all(plain).ok()?;
    Some(encoder.finish().ok()?.into())
}

pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let Some(accepted) = headers.get(ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()) else { return false };
    accepted.split(',').any(|choice| {
        let (coding, parameters) = choice.split_once(';').unwrap_or((choice, ""));
        let refused = parameters.split(';').any(|parameter| {
            let quality = parameter.trim().strip_prefix("q=");
            quality.is_some_and(|quality| {
                quality.trim_start_matches('0').trim_matches('.').trim_matches('0').is_empty()
                    && !quality.starts_with('1')
            })
        });
        coding.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn an_encoding_may_be_refused() {
        let takes = |accepted: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
            takes_gzip(&headers)
        };
        assert!(takes("gzip") && takes("deflate, GZIP") && takes("gzip;q=1.0") && takes("gzip; q=0.5"));
        assert!(!takes("") && !takes("br") && !takes("gzip;q=0") && !takes("gzip;q=0.0"));
    }
}
