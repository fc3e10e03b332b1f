//! The id of a quote as clients see it: which prices, and until when they hold. `quote_<digest>_<milliseconds>`.
//!
//! Not signed: whoever changes it only gives themselves an earlier or a later refusal; the price is checked by the total.

use chrono::DateTime;
use engine::clock::Timestamp;
use engine::pricing::Quote;

pub(super) fn format(quote: &Quote) -> String {
    format!("{}_{:x}", quote.id(), quote.valid_until.timestamp_millis())
}

/// Until when the quote holds.
pub(super) fn valid_until(id: &str) -> Option<Timestamp> {
    let (digest, millis) = id.strip_prefix("quote_")?.split_once('_')?;
    let is_digest = digest.len() == 20 && digest.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !is_digest {
        return None;
    }
    DateTime::from_timestamp_millis(i64::from_str_radix(millis, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_how_long_it_holds() {
        let at = valid_until("quote_00112233445566778899_19000000000").expect("an id");
        assert_eq!(at.timestamp_millis(), 0x190_0000_0000);
        for wrong in ["", "quote_", "quote_00112233445566778899", "quote_0011_19", "quote_00112233445566778899_x"] {
            assert_eq!(valid_until(wrong), None, "{wrong}");
        }
    }
}
