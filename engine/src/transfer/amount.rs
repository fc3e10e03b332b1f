//! PURE. Amounts as people and files write them, `1299.00`, to minor units and back: digit by digit, no float in between.
#![warn(clippy::arithmetic_side_effects)]

use crate::money::Currency;

/// How many digits stand behind the point (ISO 4217): none for yen, three for some dinars, else two.
pub(super) fn digits(currency: Currency) -> usize {
    match currency.code() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Minor units of a decimal number. Zeros beyond the currency's digits are let go; anything else there is refused.
pub(super) fn parse(text: &str, currency: Currency) -> Result<i64, String> {
    let digits = digits(currency);
    let refused = || format!("{text:?} is not an amount: digits, and at most {digits} behind one point");
    let text_only = text.trim();
    let (negative, number) = match text_only.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, text_only),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return Err(refused());
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(digits));
    if rest.bytes().any(|byte| byte != b'0') {
        return Err(refused());
    }
    let all = format!("{whole}{kept:0<digits$}");
    let minor: i64 = all.parse().map_err(|_| format!("{text:?} is more than can be counted"))?;
    Ok(if negative { minor.saturating_neg() } else { minor })
}

/// The decimal number of minor units.
pub(super) fn write(minor: i64, currency: Currency) -> String {
    let digits = digits(currency);
    let sign = if minor < 0 { "-" } else { "" };
    let all = format!("{:0>width$}", minor.unsigned_abs(), width = digits.saturating_add(1));
    let (whole, fraction) = all.split_at(all.len().saturating_sub(digits));
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_is_read_exactly_or_not_at_all() {
        let check = |code: &str, text: &str, minor: Option<i64>| {
            let currency = Currency::parse(code).expect("a currency");
            assert_eq!(parse(text, currency).ok(), minor, "{text} {code}");
        };
        check("INR", "1299", Some(129_900));
        check("INR", " 1299.5 ", Some(129_950));
        check("INR", "0.07", Some(7));
        check("INR", "28.990", Some(2899));
        check("INR", "-1", Some(-100));
        check("JPY", "500", Some(500));
        check("JPY", "500.0", Some(500));
        check("JPY", "500.5", None);
        check("KWD", "1.234", Some(1234));
        check("INR", "90071992547409.93", Some(9_007_199_254_740_993));
        for wrong in ["", ".", ".5", "1,5", "1.005", "1e3", "12 34", "₹5", "--1", "99999999999999999999"] {
            check("INR", wrong, None);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for code in ["INR", "JPY", "KWD"] {
            let currency = Currency::parse(code).expect("a currency");
            for minor in [0, 1, 99, 100, 129_900, -5, 1_000_000_000_000_000] {
                assert_eq!(parse(&write(minor, currency), currency), Ok(minor));
            }
        }
        assert_eq!(write(5, Currency::INR), "0.05");
    }

    proptest! {
        #[test]
        fn every_amount_is_read_as_it_was_written(minor in -i64::MAX..=i64::MAX, code in "[A-Z]{3}|JPY|KWD") {
            let currency = Currency::parse(&code).expect("three letters");
            prop_assert_eq!(parse(&write(minor, currency), currency), Ok(minor));
        }

        #[test]
        fn what_is_read_is_written_as_the_same_number(text in "-?[0-9]{0,20}[.]?[0-9]{0,4}|\\PC{0,12}") {
            if let Ok(minor) = parse(&text, Currency::INR) {
                prop_assert_eq!(parse(&write(minor, Currency::INR), Currency::INR), Ok(minor));
                let bare: String = text.chars().filter(|character| character.is_numeric()).collect();
                let written: String = write(minor, Currency::INR).chars().filter(char::is_ascii_digit).collect();
                prop_assert_eq!(bare.trim_matches('0'), written.trim_matches('0'));
            }
        }
    }
}
