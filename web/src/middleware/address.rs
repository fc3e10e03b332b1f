//! Where a request comes from: the peer, or what a trusted proxy says about it.

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;

use super::ForwardedHeader;
use crate::settings::Network;

/// The address that asks: the last hop that is not one of our proxies. What stands before it is the word of a stranger.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[Network], header: ForwardedHeader) -> IpAddr {
    let mut nearest = peer.to_canonical();
    if !is_one_of(nearest, proxies) {
        return nearest;
    }
    for hop in header.hops(headers) {
        nearest = hop;
        if !is_one_of(hop, proxies) {
            break;
        }
    }
    nearest
}

/// Whom an address is counted as: whoever has one IPv6 address has the whole /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NetworkId(u8, u64);

impl NetworkId {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(4, address.to_bits().into()),
            IpAddr::V6(address) => Self(6, (address.to_bits() >> 64) as u64),
        }
    }

    /// The same on every server.
    pub fn bytes(self) -> [u8; 9] {
        let mut bytes = [self.0; 9];
        bytes[1..].copy_from_slice(&self.1.to_be_bytes());
        bytes
    }
}

pub(super) fn is_one_of(address: IpAddr, networks: &[Network]) -> bool {
    networks.iter().any(|network| network.contains(address))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_the_hop_before_it() {
        let proxies = ["10.0.0.0/8".parse().expect("a range"), "fd00::/8".parse().expect("a range")];
        let through = "1.1.1.1, 9.9.9.9, 10.0.0.2";
        for (peer, header, value, client) in [
            ("10.0.0.1", "x-forwarded-for", through, "9.9.9.9"),
            ("::ffff:10.0.0.1", "x-forwarded-for", through, "9.9.9.9"),
            ("fd00::1", "x-forwarded-for", "2001:db8::1", "2001:db8::1"),
            // A stranger may say what he likes.
            ("8.8.8.8", "x-forwarded-for", through, "8.8.8.8"),
            ("8.8.8.8", "x-forwarded-for", "127.0.0.1", "8.8.8.8"),
            ("10.0.0.1", "x-forwarded-for", "not an address", "10.0.0.1"),
            ("10.0.0.1", "x-forwarded-for", "1.1.1.1, unknown, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "x-forwarded-for", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
            // The proxy does not write this one: a stranger did.
            ("10.0.0.1", "forwarded", "for=1.1.1.1", "10.0.0.1"),
            ("10.0.0.1", "x-real-ip", "1.1.1.1", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static(header), HeaderValue::from_static(value));
            let address = |text: &str| text.parse::<IpAddr>().expect("an address");
            let found = client_address(address(peer), &headers, &proxies, ForwardedHeader::XForwardedFor);
            assert_eq!(found, address(client), "{peer} {header}: {value}");
        }
    }

    #[test]
    fn without_proxies_nobody_is_believed() {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("forwarded"), HeaderValue::from_static("for=1.1.1.1"));
        let peer = IpAddr::from([10, 0, 0, 1]);
        assert_eq!(client_address(peer, &headers, &[], ForwardedHeader::Forwarded), peer);
    }
}
