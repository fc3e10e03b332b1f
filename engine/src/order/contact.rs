//! Who gets an order, and where. What is checked is that a parcel and a message can be sent at all: names and streets of
//! the world follow no pattern.

use serde::{Deserialize, Serialize};

/// At least one way to reach the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    pub name: String,
    pub line1: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    pub city: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// What is wrong with a field. `field` is its name inside the contact or the address; empty: the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub field: &'static str,
    pub code: &'static str,
    pub detail: &'static str,
}

const TEXT_MAX: usize = 200;
const EMAIL_MAX: usize = 254;
const POSTAL_CODE_MAX: usize = 20;

impl Contact {
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.email.is_none() && self.phone.is_none() {
            flaws.push(Flaw { field: "", code: "required", detail: "an e-mail address or a phone number is needed" });
        }
        if self.email.as_ref().is_some_and(|email| !is_email(email)) {
            flaws.push(Flaw { field: "email", code: "invalid", detail: "not an e-mail address" });
        }
        if self.phone.as_ref().is_some_and(|phone| !is_phone(phone)) {
            flaws.push(Flaw { field: "phone", code: "invalid", detail: "not a phone number of 6 to 15 digits" });
        }
        flaws
    }
}

impl Address {
    pub fn flaws(&self) -> Vec<Flaw> {
        let needed = [
            ("name", &self.name, TEXT_MAX),
            ("line1", &self.line1, TEXT_MAX),
            ("city", &self.city, TEXT_MAX),
            ("postal_code", &self.postal_code, POSTAL_CODE_MAX),
        ];
        let optional = [("line2", &self.line2), ("region", &self.region)];
        let mut flaws: Vec<Flaw> =
            needed.into_iter().filter_map(|(field, text, max)| flaw_of(field, text, max)).collect();
        flaws.extend(optional.into_iter().filter_map(|(field, text)| flaw_of(field, text.as_ref()?, TEXT_MAX)));
        if self.country.len() != 2 || !self.country.bytes().all(|letter| letter.is_ascii_uppercase()) {
            let detail = "a country is two upper-case letters (ISO 3166-1)";
            flaws.push(Flaw { field: "country", code: "invalid", detail });
        }
        flaws
    }
}

fn flaw_of(field: &'static str, text: &str, max: usize) -> Option<Flaw> {
    if text.trim().is_empty() {
        return Some(Flaw { field, code: "required", detail: "must not be empty" });
    }
    if text.chars().count() > max {
        return Some(Flaw { field, code: "too_long", detail: "is too long" });
    }
    // PostgreSQL's JSON cannot hold a NUL, and labels are printed on one line.
    text.chars().any(char::is_control).then_some(Flaw { field, code: "invalid", detail: "has control characters" })
}

/// Has a local part and a host with a dot. Whether mail arrives is found out by sending some.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_clean = !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    let is_host = host.contains('.') && host.split('.').all(|label| !label.is_empty());
    is_clean && is_host && !local.is_empty() && text.len() <= EMAIL_MAX
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_written_as_one = text.bytes().enumerate().all(|(place, letter)| {
        letter.is_ascii_digit() || matches!(letter, b' ' | b'-' | b'(' | b')' | b'.') || (place == 0 && letter == b'+')
    });
    is_written_as_one && (6..=15).contains(&digits) && text.len() <= 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flawed(email: Option<&str>, phone: Option<&str>) -> Vec<&'static str> {
        let contact = Contact { email: email.map(str::to_owned), phone: phone.map(str::to_owned) };
        contact.flaws().into_iter().map(|flaw| flaw.field).collect()
    }

    #[test]
    fn a_buyer_can_be_reached() {
        for good in ["ann@example.com", "a+b@sub.example.co.in", "ü@example.com", "\"a@b\"@example.com"] {
            assert!(flawed(Some(good), None).is_empty(), "{good}");
        }
        for bad in
            ["", "ann", "ann@", "@example.com", "ann@localhost", "a b@example.com", "ann@example..com", "ann@x.\0"]
        {
            assert_eq!(flawed(Some(bad), None), ["email"], "{bad}");
        }
        for good in ["+91 98765 43210", "(030) 123-456", "123456"] {
            assert!(flawed(None, Some(good)).is_empty(), "{good}");
        }
        for bad in ["", "12345", "1234567890123456", "12+34567", "call me 123456"] {
            assert_eq!(flawed(None, Some(bad)), ["phone"], "{bad}");
        }
        assert_eq!(flawed(None, None), [""]);
    }

    #[test]
    fn a_parcel_can_be_sent() {
        let address = |name: &str, line2: Option<&str>, postal_code: &str, country: &str| Address {
            name: name.to_owned(),
            line1: "12 MG Road".to_owned(),
            line2: line2.map(str::to_owned),
            city: "Bengaluru".to_owned(),
            region: None,
            postal_code: postal_code.to_owned(),
            country: country.to_owned(),
        };
        let flawed =
            |address: Address| -> Vec<_> { address.flaws().into_iter().map(|flaw| (flaw.field, flaw.code)).collect() };
        assert_eq!(flawed(address("Ann", None, "560001", "IN")), []);
        assert_eq!(
            flawed(address(" ", Some(""), "", "in")),
            [("name", "required"), ("postal_code", "required"), ("line2", "required"), ("country", "invalid")]
        );
        assert_eq!(flawed(address(&"ü".repeat(200), None, "560001", "IN")), []);
        assert_eq!(
            flawed(address(&"ü".repeat(201), None, &"5".repeat(21), "IN")),
            [("name", "too_long"), ("postal_code", "too_long")]
        );
        assert_eq!(flawed(address("Ann\0", None, "560001", "IND")), [("name", "invalid"), ("country", "invalid")]);
    }
}
