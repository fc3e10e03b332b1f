//! PURE. The name of a host, as a browser says it and as it is written down.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a host, such as shop.example")]
pub struct NotAHost;

/// RFC 1035, 2.3.4.
const MAX: usize = 253;

/// In lower case, without a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Host(String);

impl Host {
    /// Of a `Host` header or an address line: a port and the case of letters do not matter.
    pub fn parse(text: &str) -> Result<Self, NotAHost> {
        let name = match text.rsplit_once(':') {
            Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            Some(_) => return Err(NotAHost),
            None => text,
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let is_label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if name.len() > MAX || !name.split('.').all(is_label) {
            return Err(NotAHost);
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Host {
    type Err = NotAHost;

    fn from_str(text: &str) -> Result<Self, NotAHost> {
        Self::parse(text)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_the_same_however_it_is_written() {
        for text in ["shop.example", "Shop.EXAMPLE", "shop.example:8080", "shop.example."] {
            assert_eq!(Host::parse(text).map(|host| host.to_string()), Ok("shop.example".to_owned()), "{text}");
        }
        for odd in ["localhost", "127.0.0.1:80", "xn--bcher-kva.example"] {
            assert!(Host::parse(odd).is_ok(), "{odd}");
        }
        let long = format!("{}.example", "a".repeat(64));
        for wrong in
            ["", ":80", "shop..example", "-shop.example", "shop_example", "a b", "shop:", "shop:x", "[::1]", &long]
        {
            assert_eq!(Host::parse(wrong), Err(NotAHost), "{wrong}");
        }
    }
}
