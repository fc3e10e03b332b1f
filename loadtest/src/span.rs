//! Spans of time as people write and read them: `500ms`, `10s`, `2m`, `1h`.

use std::time::Duration;

pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| format!("{text}: not a time; write 500ms, 10s, 2m or 1h"))?;
    match unit.trim() {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        "h" => Ok(Duration::from_secs(number.saturating_mul(3600))),
        _ => Err(format!("{text}: a time needs a unit: ms, s, m or h")),
    }
}

/// Microseconds in the unit that reads best, with three digits where there are as many.
pub(crate) fn show_us(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} us"),
        1_000..10_000 => format!("{}.{:02} ms", us / 1_000, us % 1_000 / 10),
        10_000..100_000 => format!("{}.{} ms", us / 1_000, us % 1_000 / 100),
        100_000..1_000_000 => format!("{} ms", us / 1_000),
        1_000_000..100_000_000 => format!("{}.{:02} s", us / 1_000_000, us % 1_000_000 / 10_000),
        _ => format!("{} s", us / 1_000_000),
    }
}

/// `serde(deserialize_with)` for an optional span in a workload file.
pub(crate) fn optional<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let text: Option<String> = serde::Deserialize::deserialize(from)?;
    text.map(|text| parse(&text).map_err(serde::de::Error::custom)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_their_unit() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(parse("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(parse("1h"), Ok(Duration::from_secs(3600)));
        for text in ["", "10", "s", "-1s", "1.5s", "1d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn microseconds_are_shown_in_the_unit_that_reads_best() {
        let shown: Vec<String> = [7, 999, 1_234, 12_345, 123_456, 1_234_567, 123_000_000].map(show_us).to_vec();
        assert_eq!(shown, ["7 us", "999 us", "1.23 ms", "12.3 ms", "123 ms", "1.23 s", "123 s"]);
    }
}
