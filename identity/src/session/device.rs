//! From where somebody signed in, for the list in which they look for what they do not know.

use std::net::IpAddr;

const NAME_MAX: usize = 200;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// What it calls itself.
    pub name: Option<String>,
    pub address: Option<IpAddr>,
}

impl Device {
    /// `name` as it came (`User-Agent`): cut to a length, without what is no letter.
    pub fn new(name: Option<&str>, address: IpAddr) -> Self {
        let clean = |name: &str| -> String { name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect() };
        let name = name.map(clean).filter(|name| !name.trim().is_empty());
        Self { name, address: Some(address) }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn what_it_calls_itself_is_taken_with_care() {
        let named = |name: Option<&str>| Device::new(name, Ipv4Addr::LOCALHOST.into()).name;
        assert_eq!(named(Some("Mozilla/5.0 (X11)\r\n")), Some("Mozilla/5.0 (X11)".to_owned()));
        let long = "ü".repeat(500);
        assert_eq!(named(Some(&long)).map(|name| name.chars().count()), Some(NAME_MAX));
        assert_eq!((named(Some(" \0 ")), named(None)), (None, None));
    }
}
