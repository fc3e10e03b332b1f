//! A phone number in the international form (ITU-T E.164): `+` and at most fifteen digits.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number with its country code, such as +91 98765 43210")]
pub struct NotAPhone;

#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Spaces, hyphens, dots and brackets are for the eye alone.
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let rest = text.trim().strip_prefix('+').ok_or(NotAPhone)?;
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let is_written_as_one =
            rest.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '.' | '(' | ')'));
        // No country code begins with a nought.
        if !is_written_as_one || !(8..=15).contains(&digits.len()) || digits.starts_with('0') || text.len() > 32 {
            return Err(NotAPhone);
        }
        Ok(Self(format!("+{digits}")))
    }

    /// `+919876543210`
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Numbers are personal: what is printed for developers does not tell them.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_one_way() {
        for (text, number) in [("+91 98765 43210", "+919876543210"), ("+49 (30) 123-456.7", "+49301234567")] {
            assert_eq!(Phone::parse(text).map(|phone| phone.to_string()), Ok(number.to_owned()));
        }
        for bad in
            ["", "98765 43210", "+", "+1234567", "+1234567890123456", "+0911234567", "+91x9876543210", "++919876543210"]
        {
            assert_eq!(Phone::parse(bad), Err(NotAPhone), "{bad:?}");
        }
    }
}
