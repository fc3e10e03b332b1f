//! An e-mail address: shown as it was written, compared without regard to case.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnEmail;

/// RFC 5321, 4.5.3.1: a path has 256 octets with its brackets.
const MAX: usize = 254;

#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    written: String,
    key: String,
}

impl Email {
    /// A local part and a host with a dot. Whether mail arrives is found out by sending some.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(NotAnEmail)?;
        let is_clean = !text.chars().any(|letter| {
            letter.is_whitespace() || letter.is_control() || matches!(letter, '<' | '>' | ',' | ';' | '(' | ')')
        });
        let is_host = host.contains('.')
            && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if !is_clean || !is_host || local.is_empty() || text.len() > MAX {
            return Err(NotAnEmail);
        }
        Ok(Self { written: text.to_owned(), key: text.to_lowercase() })
    }

    /// As its owner wrote it: where mail is sent.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The same for every way of writing it. Hosts have no case, and no provider of note tells local parts apart by theirs.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Addresses are personal: what is printed for developers does not tell them.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_as_it_is_meant() {
        let email = Email::parse(" Ann@Example.COM ").expect("an address");
        assert_eq!((email.as_str(), email.key()), ("Ann@Example.COM", "ann@example.com"));
        assert!(!format!("{email:?}").contains("Ann"));
        for good in ["a+b@sub.example.co.in", "ü@example.com", "o'neil@example.com"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in [
            "",
            "ann",
            "ann@",
            "@example.com",
            "ann@localhost",
            "a b@example.com",
            "ann@example..com",
            "ann@x.\0",
            "ann@-x.com",
            "a@example.com,b@example.com",
            "<a@example.com>",
            "a@example.com\r\nBcc: b@example.com",
            &long,
        ] {
            assert_eq!(Email::parse(bad), Err(NotAnEmail), "{bad:?}");
        }
    }
}
