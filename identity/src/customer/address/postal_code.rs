//! Postal codes (in India: PIN codes), by country.
//!
//! The shapes are those that the postal services publish (the addressing sheets of the Universal Postal Union, and India
//! Post: six digits, the first not 0). Of the countries that are not in the table only what is the same everywhere is
//! asked: a short code of letters, digits, spaces and hyphens. A code that is well-formed may still not be in use.

/// In a shape `9` is a digit, `1` a digit that is not 0, `A` a letter, `?` a letter or a digit; all else stands for itself.
const SHAPES: &[(&str, &[&str])] = &[
    ("IN", &["199999", "199 999"]),
    // North and South America.
    ("US", &["99999", "99999-9999"]),
    ("CA", &["A9A 9A9", "A9A9A9"]),
    ("MX", &["99999"]),
    ("BR", &["99999-999", "99999999"]),
    ("AR", &["9999", "A9999AAA"]),
    ("CL", &["9999999", "999-9999"]),
    ("CO", &["999999"]),
    // Europe.
    ("GB", &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"]),
    ("IE", &["A9? ????", "A9?????"]),
    ("DE", &["99999"]),
    ("FR", &["99999"]),
    ("IT", &["99999"]),
    ("ES", &["99999"]),
    ("NL", &["1999 AA", "1999AA"]),
    ("BE", &["1999"]),
    ("LU", &["9999"]),
    ("AT", &["1999"]),
    ("CH", &["1999"]),
    ("PT", &["9999-999"]),
    ("PL", &["99-999"]),
    ("CZ", &["999 99", "99999"]),
    ("SK", &["999 99", "99999"]),
    ("HU", &["1999"]),
    ("RO", &["999999"]),
    ("BG", &["9999"]),
    ("GR", &["999 99", "99999"]),
    ("SE", &["999 99", "99999"]),
    ("NO", &["9999"]),
    ("DK", &["9999"]),
    ("FI", &["99999"]),
    ("UA", &["99999"]),
    ("RU", &["199999"]),
    ("TR", &["99999"]),
    // Asia and the Pacific.
    ("CN", &["999999"]),
    ("JP", &["999-9999", "9999999"]),
    ("KR", &["99999"]),
    ("SG", &["999999"]),
    ("MY", &["99999"]),
    ("TH", &["99999"]),
    ("ID", &["99999"]),
    ("PH", &["9999"]),
    ("BD", &["9999"]),
    ("LK", &["99999"]),
    ("NP", &["99999"]),
    ("PK", &["99999"]),
    ("AU", &["9999"]),
    ("NZ", &["9999"]),
    ("SA", &["99999", "99999-9999"]),
    ("IL", &["9999999", "99999"]),
    // Africa.
    ("ZA", &["9999"]),
    ("EG", &["99999"]),
];

const LENGTH_MAX: usize = 12;

/// Whether mail to this country may bear this code. `code` is in upper case.
pub(super) fn is_one(country: &str, code: &str) -> bool {
    match SHAPES.iter().find(|(known, _)| *known == country) {
        Some((_, shapes)) => shapes.iter().any(|shape| has_shape(code, shape)),
        None => {
            (2..=LENGTH_MAX).contains(&code.len())
                && code.bytes().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b' ' | b'-'))
                && code.bytes().any(|letter| letter.is_ascii_alphanumeric())
        }
    }
}

fn has_shape(code: &str, shape: &str) -> bool {
    code.len() == shape.len()
        && code.bytes().zip(shape.bytes()).all(|(letter, shape)| match shape {
            b'9' => letter.is_ascii_digit(),
            b'1' => letter.is_ascii_digit() && letter != b'0',
            b'A' => letter.is_ascii_uppercase(),
            b'?' => letter.is_ascii_uppercase() || letter.is_ascii_digit(),
            other => letter == other,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_the_shape_of_its_country() {
        for (country, code) in [
            ("IN", "560001"),
            ("IN", "110 001"),
            ("US", "94103"),
            ("US", "94103-1234"),
            ("CA", "K1A 0B1"),
            ("GB", "SW1A 1AA"),
            ("GB", "M1 1AE"),
            ("IE", "D02 AF30"),
            ("IE", "D6W XY00"),
            ("NL", "1012 AB"),
            ("PT", "1000-205"),
            ("JP", "100-0001"),
            // Not in the table.
            ("MT", "VLT 1117"),
            ("IS", "101"),
        ] {
            assert!(is_one(country, code), "{country} {code}");
        }
        for (country, code) in [
            ("IN", "060001"),
            ("IN", "56000"),
            ("IN", "5600011"),
            ("IN", "56000A"),
            ("IN", "५६०००१"),
            ("US", "9410"),
            ("CA", "K1A-0B1"),
            ("GB", "SW1A1AA1"),
            ("NL", "0012 AB"),
            ("DE", "1011"),
            ("MT", ""),
            ("MT", "- -"),
            ("MT", "VLT 1117 VLT 1117"),
            ("MT", "VLT\n1117"),
        ] {
            assert!(!is_one(country, code), "{country} {code}");
        }
    }
}
