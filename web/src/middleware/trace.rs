//! Who can find this request again: the W3C trace context, taken over or begun, and the request id beside it.

use std::cell::RefCell;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// `00-<trace id>-<span id>-<flags>`
const LENGTH: usize = 55;
const TRACE_ID: std::ops::Range<usize> = 3..35;
const SPAN_ID: std::ops::Range<usize> = 36..52;
const FLAGS: std::ops::Range<usize> = 53..55;

/// The trace of one request. Cheap to clone.
#[derive(Clone)]
pub struct Trace {
    /// The header as it goes out: the caller's trace id, our span id.
    header: Bytes,
    /// What the caller calls it, if it named it.
    request_id: Option<HeaderValue>,
}

/// Where fresh trace and span ids come from. One per worker.
pub struct TraceIds(RefCell<StdRng>);

impl TraceIds {
    pub fn new() -> Self {
        let generator = StdRng::try_from_rng(&mut SysRng).expect("the system has randomness to give");
        Self(RefCell::new(generator))
    }

    /// Takes over the caller's trace, or begins one.
    pub fn begin(&self, headers: &HeaderMap) -> Trace {
        let theirs = headers.get(&TRACEPARENT).map(HeaderValue::as_bytes).filter(|value| is_traceparent(value));
        let mut header = [b'-'; LENGTH];
        header[..2].copy_from_slice(b"00");
        let mut fresh = [0_u8; 24];
        self.0.borrow_mut().fill_bytes(&mut fresh);
        match theirs {
            Some(theirs) => {
                header[TRACE_ID].copy_from_slice(&theirs[TRACE_ID]);
                header[FLAGS].copy_from_slice(&theirs[FLAGS]);
            }
            None => {
                write_hex(&fresh[..16], &mut header[TRACE_ID]);
                header[FLAGS].copy_from_slice(b"00");
            }
        }
        write_hex(&fresh[16..], &mut header[SPAN_ID]);
        let request_id = headers.get(&REQUEST_ID).filter(|value| is_request_id(value.as_bytes())).cloned();
        Trace { header: Bytes::copy_from_slice(&header), request_id }
    }
}

impl Default for TraceIds {
    fn default() -> Self {
        Self::new()
    }
}

impl Trace {
    /// 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        std::str::from_utf8(&self.header[TRACE_ID]).expect("hexadecimal digits")
    }

    /// A number that differs from request to request, for jitter.
    pub fn luck(&self) -> u64 {
        self.header[SPAN_ID]
            .iter()
            .fold(0, |number: u64, digit| number.wrapping_mul(31).wrapping_add(u64::from(*digit)))
    }

    pub fn write(&self, headers: &mut HeaderMap) {
        let traceparent = HeaderValue::from_maybe_shared(self.header.clone()).expect("hexadecimal digits");
        let request_id = self.request_id.clone().unwrap_or_else(|| {
            HeaderValue::from_maybe_shared(self.header.slice(TRACE_ID)).expect("hexadecimal digits")
        });
        headers.insert(TRACEPARENT, traceparent);
        headers.insert(REQUEST_ID, request_id);
    }
}

/// A version we can read (later versions may only append), ids that are not all zero.
fn is_traceparent(value: &[u8]) -> bool {
    let dashes = |value: &[u8]| value[2] == b'-' && value[35] == b'-' && value[52] == b'-';
    let length_fits = value.len() == LENGTH || (value.len() > LENGTH && &value[..2] != b"00" && value[LENGTH] == b'-');
    length_fits
        && dashes(value)
        && is_lower_hex(&value[..2])
        && &value[..2] != b"ff"
        && [TRACE_ID, SPAN_ID]
            .into_iter()
            .all(|part| is_lower_hex(&value[part.clone()]) && value[part].iter().any(|digit| *digit != b'0'))
        && is_lower_hex(&value[FLAGS])
}

fn is_lower_hex(digits: &[u8]) -> bool {
    digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// Short and harmless in a log.
fn is_request_id(value: &[u8]) -> bool {
    (1..=128).contains(&value.len())
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(byte))
}

fn write_hex(bytes: &[u8], out: &mut [u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (byte, pair) in bytes.iter().zip(out.chunks_exact_mut(2)) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn answered(traceparent: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, HeaderValue::from_str(traceparent).expect("a header"));
        let mut out = HeaderMap::new();
        TraceIds::new().begin(&headers).write(&mut out);
        out.get(&TRACEPARENT).and_then(|value| value.to_str().ok()).expect("always there").to_owned()
    }

    #[test]
    fn a_trace_is_taken_over_with_a_span_of_our_own() {
        let answered = answered(THEIRS);
        assert_eq!(answered[..36], THEIRS[..36]);
        assert_eq!(answered[52..], THEIRS[52..]);
        assert_ne!(answered[36..52], THEIRS[36..52]);
    }

    #[test]
    fn what_is_no_trace_begins_a_new_one() {
        let wrong = [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        ];
        for wrong in wrong {
            let answered = answered(wrong);
            assert!(is_traceparent(answered.as_bytes()), "{wrong} -> {answered}");
            assert!(!answered.contains("4bf92f3577b34da6"), "{wrong} -> {answered}");
        }
    }
}
