//! Where the shop is: an address to connect to and the name to put into `Host`.

use std::net::{SocketAddr, ToSocketAddrs};

use anyhow::{Context, bail};

#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// `host:port`, as it stands in the `Host` header.
    pub(crate) authority: String,
    /// What precedes every path, without a trailing slash. Usually empty.
    pub(crate) prefix: String,
}

impl Target {
    pub(crate) fn parse(url: &str) -> anyhow::Result<Self> {
        let Some(rest) = url.strip_prefix("http://") else {
            bail!("{url}: only http:// is spoken here; point at the shop's own port");
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let authority = if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
        let prefix = match path.trim_end_matches('/') {
            "" => String::new(),
            path => format!("/{path}"),
        };
        let address = authority
            .to_socket_addrs()
            .with_context(|| format!("{authority} is not an address"))?
            .next()
            .with_context(|| format!("{authority} has no address"))?;
        Ok(Self { address, authority, prefix })
    }

    pub(crate) fn local(address: SocketAddr) -> Self {
        Self { address, authority: address.to_string(), prefix: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_becomes_an_address_a_host_and_a_prefix() {
        let target = Target::parse("http://127.0.0.1:8080/shop/").unwrap();
        assert_eq!(target.address, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(target.authority, "127.0.0.1:8080");
        assert_eq!(target.prefix, "/shop");
        assert_eq!(Target::parse("http://127.0.0.1").unwrap().address.port(), 80);
        assert!(Target::parse("https://127.0.0.1").is_err());
    }
}
