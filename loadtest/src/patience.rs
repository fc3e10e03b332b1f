//! PURE. What a shopper does with an answer: be content, accept the refusal, or ask again with the same key.
//!
//! "Come back later" (503, 429), "still working on it" (409 in flight) and silence (time-out, connection lost)
//! say nothing about the order: only the same request with the same key can tell. A refusal is final.

use std::time::Duration;

use crate::http::{Fault, Head};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From the first sending on; then the shopper leaves without knowing.
    pub(crate) whole: Duration,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Content,
    Refused,
    /// Pause at least this long, and a random part of it more.
    Again {
        pause: Duration,
        because: &'static str,
    },
}

/// What came back, as far as it matters here. `code` is the problem document's.
pub(crate) type Heard<'a> = Result<(Head, &'a str), Fault>;

impl Patience {
    pub(crate) const DEFAULT: Self = Self {
        whole: Duration::from_secs(60),
        first_pause: Duration::from_millis(20),
        longest_pause: Duration::from_secs(2),
    };

    /// `tries` counts the sendings so far, this one included.
    pub(crate) fn next(&self, heard: &Heard<'_>, tries: u32) -> Next {
        let (because, at_least) = match heard {
            Ok((head, code)) => match (head.status, *code) {
                (200..=299 | 304, _) => return Next::Content,
                (409, "idempotency_key_in_flight" | "completion_in_progress") => {
                    ("still in flight", head.retry_after_s)
                }
                (408, _) => ("request timeout (408)", head.retry_after_s),
                (429, _) => ("rate limited (429)", head.retry_after_s),
                (503, "outcome_unknown") => ("outcome unknown (503)", head.retry_after_s),
                (503, _) => ("busy (503)", head.retry_after_s),
                (500..=599, _) => ("server error (5xx)", head.retry_after_s),
                _ => return Next::Refused,
            },
            Err(fault) => (fault.name(), None),
        };
        let doubled = self.first_pause.saturating_mul(1 << tries.saturating_sub(1).min(10));
        let pause = doubled.min(self.longest_pause).max(Duration::from_secs(at_least.unwrap_or(0).into()));
        Next::Again { pause, because }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(status: u16, code: &str, retry_after_s: Option<u32>, tries: u32) -> Next {
        Patience::DEFAULT.next(&Ok((Head::of(status, retry_after_s), code)), tries)
    }

    #[test]
    fn an_answer_is_an_answer() {
        assert_eq!(next(201, "", None, 1), Next::Content);
        assert_eq!(next(304, "", None, 1), Next::Content);
        assert_eq!(next(409, "out_of_stock", None, 1), Next::Refused);
        assert_eq!(next(409, "price_changed", Some(1), 1), Next::Refused);
        assert_eq!(next(422, "validation_failed", None, 1), Next::Refused);
    }

    #[test]
    fn what_may_still_happen_is_asked_again() {
        for (status, code) in [
            (409, "idempotency_key_in_flight"),
            (409, "completion_in_progress"),
            (429, "rate_limited"),
            (503, "overloaded"),
            (503, "outcome_unknown"),
            (500, "internal"),
        ] {
            assert!(matches!(next(status, code, None, 1), Next::Again { .. }), "{status} {code}");
        }
        for fault in [Fault::Refused, Fault::Timeout, Fault::Lost, Fault::Malformed] {
            assert!(matches!(Patience::DEFAULT.next(&Err(fault), 1), Next::Again { .. }), "{fault:?}");
        }
    }

    #[test]
    fn pauses_grow_to_a_bound_and_honour_retry_after() {
        let pause = |retry_after_s, tries| match next(503, "overloaded", retry_after_s, tries) {
            Next::Again { pause, .. } => pause.as_millis(),
            Next::Content | Next::Refused => panic!("a 503 is asked again"),
        };
        assert_eq!([1, 2, 3, 8, 60].map(|tries| pause(None, tries)), [20, 40, 80, 2000, 2000]);
        assert_eq!(pause(Some(3), 1), 3000);
        assert_eq!(pause(Some(0), 2), 40);
    }
}
