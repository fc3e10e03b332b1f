//! An address as somebody wrote it down, and what is wrong with it. Pure.

use engine::order;

use super::{country, postal_code};
use crate::reach::Phone;

/// What is wrong with a field. `field` is its name in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub field: &'static str,
    pub code: &'static str,
    pub detail: &'static str,
}

/// An address that a parcel can be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub(super) place: order::Address,
    /// In the international form: whom the courier calls.
    pub(super) phone: Option<Phone>,
    pub(super) is_default: bool,
}

impl Draft {
    pub fn parse(mut place: order::Address, phone: Option<String>, is_default: bool) -> Result<Self, Vec<Flaw>> {
        place.postal_code = place.postal_code.trim().to_ascii_uppercase();
        let mut flaws: Vec<Flaw> = place
            .flaws()
            .into_iter()
            .map(|flaw| Flaw { field: flaw.field, code: flaw.code, detail: flaw.detail })
            .collect();
        let is_flawed = |flaws: &[Flaw], field| flaws.iter().any(|flaw| flaw.field == field);
        if !is_flawed(&flaws, "country") && !country::is_one(&place.country) {
            let detail = "there is no such country (ISO 3166-1)";
            flaws.push(Flaw { field: "country", code: "invalid", detail });
        }
        let may_be_asked = !is_flawed(&flaws, "country") && !is_flawed(&flaws, "postal_code");
        if may_be_asked && !postal_code::is_one(&place.country, &place.postal_code) {
            let detail = "not a postal code of this country";
            flaws.push(Flaw { field: "postal_code", code: "invalid", detail });
        }
        let phone = phone.as_deref().map(Phone::parse).transpose().unwrap_or_else(|_| {
            let detail = "not a phone number with its country code, such as +91 98765 43210";
            flaws.push(Flaw { field: "phone", code: "invalid", detail });
            None
        });
        if flaws.is_empty() { Ok(Self { place, phone, is_default }) } else { Err(flaws) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(postal_code: &str, country: &str) -> order::Address {
        order::Address {
            name: "Ann".to_owned(),
            line1: "12 MG Road".to_owned(),
            city: "Bengaluru".to_owned(),
            postal_code: postal_code.to_owned(),
            country: country.to_owned(),
            ..order::Address::default()
        }
    }

    #[test]
    fn an_address_says_all_that_is_wrong_with_it() {
        let parsed = Draft::parse(place(" 560001 ", "IN"), Some("+91 98765-43210".to_owned()), true).expect("good");
        assert_eq!(parsed.place.postal_code, "560001");
        assert_eq!(parsed.phone.map(|phone| phone.to_string()), Some("+919876543210".to_owned()));
        assert_eq!(Draft::parse(place("k1a 0b1", "CA"), None, false).expect("good").place.postal_code, "K1A 0B1");

        let flawed = |place, phone: &str| -> Vec<_> {
            let flaws = Draft::parse(place, Some(phone.to_owned()), false).expect_err("flaws");
            flaws.into_iter().map(|flaw| flaw.field).collect()
        };
        assert_eq!(flawed(place("060001", "IN"), "98765"), ["postal_code", "phone"]);
        assert_eq!(flawed(place("560001", "XX"), "+91 98765 43210 0 0 0 0"), ["country", "phone"]);
        assert_eq!(flawed(place("", "india"), "+919876543210 ext. 1"), ["postal_code", "country", "phone"]);
    }
}
