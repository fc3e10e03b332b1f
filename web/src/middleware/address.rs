//! Where a request comes from: the peer, or what a trusted proxy says about it.

use std::net::IpAddr;

use actix_web::http::header::{HeaderMap, HeaderName};

use crate::settings::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that asks: the last hop that is not one of our proxies. What stands before it in `X-Forwarded-For` is the
/// word of a stranger.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    if !is_one_of(peer, proxies) {
        return peer.to_canonical();
    }
    let hops: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut nearest = peer;
    for hop in hops.into_iter().rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        nearest = address;
        if !is_one_of(address, proxies) {
            break;
        }
    }
    nearest.to_canonical()
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
}

pub(super) fn is_one_of(address: IpAddr, networks: &[Network]) -> bool {
    networks.iter().any(|network| network.contains(address))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_the_hop_before_it() {
        let proxies = ["10.0.0.0/8".parse().expect("a range")];
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, HeaderValue::from_static("1.1.1.1, 9.9.9.9, 10.0.0.2"));
        assert_eq!(client_address(address("10.0.0.1"), &headers, &proxies), address("9.9.9.9"));
        assert_eq!(client_address(address("8.8.8.8"), &headers, &proxies), address("8.8.8.8"));
        assert_eq!(client_address(address("10.0.0.1"), &headers, &[]), address("10.0.0.1"));
        headers.insert(FORWARDED_FOR, HeaderValue::from_static("not an address"));
        assert_eq!(client_address(address("10.0.0.1"), &headers, &proxies), address("10.0.0.1"));
    }
}
