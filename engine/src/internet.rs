//! PURE. Which addresses are of the public internet, and which URLs lead there as far as they say.
//!
//! What people give us as a URL must not make us, or whoever looks at our pages, knock at doors inside somebody's network.
//! A name says nothing about where it leads until it is resolved: whoever connects to one checks the address again
//! (`identity::outbound`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why a URL is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPublic {
    #[error("not a URL with a host, such as https://shop.example/1.jpg")]
    Unreadable,
    #[error("the scheme is https{}", if *.http_too { " or http" } else { "" })]
    Scheme { http_too: bool },
    #[error("a URL that is given away has no user and no password")]
    Credentials,
    #[error("the host is not of the public internet")]
    Private,
}

/// Reads a URL. Whatever way its host is written (octal, one number, full-width digits), it is looked at as it would be
/// connected to.
pub fn public_url(text: &str, http_too: bool) -> Result<Url, NotPublic> {
    let url = Url::parse(text).map_err(|_| NotPublic::Unreadable)?;
    if url.scheme() != "https" && !(http_too && url.scheme() == "http") {
        return Err(NotPublic::Scheme { http_too });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotPublic::Credentials);
    }
    let may_be_public = match url.host().ok_or(NotPublic::Unreadable)? {
        Host::Ipv4(address) => is_public_v4(address),
        Host::Ipv6(address) => is_public_v6(address),
        Host::Domain(name) => may_be_public_name(name),
    };
    if may_be_public { Ok(url) } else { Err(NotPublic::Private) }
}

pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Names that lead nowhere else, whatever the resolver says (RFC 6761, 6762, 8375, 9476).
fn may_be_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or(name);
    let known = ["localhost", "local", "internal", "lan", "intranet", "invalid", "alt"];
    !name.is_empty() && !known.contains(&last) && name != "home.arpa" && !name.ends_with(".home.arpa")
}

/// IANA's registry of special-purpose addresses, what is not globally reachable, and multicast.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, ..)              // this network, private, loopback
            | (100, 64..=127, _)        // shared by a carrier's customers
            | (169, 254, _)             // link-local, where clouds tell their secrets
            | (172, 16..=31, _)         // private
            | (192, 0, 0 | 2)           // protocol assignments, documentation
            | (192, 88, 99)             // relays of 6to4
            | (192, 168, _)             // private
            | (198, 18 | 19, _)         // benchmarks
            | (198, 51, 100)            // documentation
            | (203, 0, 113)             // documentation
            | (224..=255, ..) // multicast, reserved, broadcast
    )
}

/// Of the global unicast space only what has no IPv4 address inside and is no example. So loopback, link-local, unique
/// local, multicast, mapped (`::ffff:0:0/96`) and translated (`64:ff9b::/96`) addresses are out without being named.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (0x2000..=0x3fff).contains(&a)
        && !matches!(
            (a, b),
            (0x2001, 0..=0x1ff)         // protocol assignments, Teredo among them
                | (0x2001, 0xdb8)       // documentation
                | (0x2002, _)           // 6to4
                | (0x3fff, 0..=0xfff) // documentation
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_or_somebodys_own() {
        for public in
            ["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1", "128.0.0.1"]
        {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
        for public in
            ["169.253.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.0.1", "198.17.0.1", "198.20.0.1"]
        {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
        for public in ["223.255.255.255", "2606:4700::1111", "2001:200::1", "2a00:1450::8", "3fff:1000::1"] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
        for private in ["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1"] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for private in ["169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1"] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for private in ["192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1"] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for private in ["239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fec0::1", "fc00::1"] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for private in [
            "fd12::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:1.1.1.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for private in ["2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1", "100::1", "5f00::1", "4000::1"] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
    }

    #[test]
    fn a_url_is_looked_at_as_it_would_be_connected_to() {
        use NotPublic::{Credentials, Private, Scheme, Unreadable};
        for (text, found) in [
            ("https://shop.example/1.jpg", Ok("https://shop.example/1.jpg")),
            ("HTTPS://Shop.Example:8443/a?b#c", Ok("https://shop.example:8443/a?b#c")),
            ("https://1.1.1.1/", Ok("https://1.1.1.1/")),
            ("https://[2606:4700::1111]/", Ok("https://[2606:4700::1111]/")),
            ("https://localhost.example/", Ok("https://localhost.example/")),
            ("https://10.example/", Ok("https://10.example/")),
            // A fragment of one host is no other host.
            ("https://shop.example/@127.0.0.1", Ok("https://shop.example/@127.0.0.1")),
            ("http://shop.example/", Err(Scheme { http_too: false })),
            ("ftp://shop.example/", Err(Scheme { http_too: false })),
            ("file:///etc/passwd", Err(Scheme { http_too: false })),
            ("gopher://127.0.0.1:6379/_", Err(Scheme { http_too: false })),
            ("javascript:alert(1)", Err(Scheme { http_too: false })),
            ("//shop.example/", Err(Unreadable)),
            ("shop.example", Err(Unreadable)),
            ("", Err(Unreadable)),
            ("https://", Err(Unreadable)),
            ("https://[::1", Err(Unreadable)),
            ("https://256.256.256.256/", Err(Unreadable)),
            ("https://shop.example@10.0.0.1/", Err(Credentials)),
            ("https://shop.example:pass@1.1.1.1/", Err(Credentials)),
            ("https://127.0.0.1/", Err(Private)),
            ("https://127.1/", Err(Private)),
            ("https://2130706433/", Err(Private)),
            ("https://0x7f000001/", Err(Private)),
            ("https://0177.0.0.1/", Err(Private)),
            ("https://0/", Err(Private)),
            ("https://127.0.0.1./", Err(Private)),
            ("https://%31%32%37.0.0.1/", Err(Private)),
            ("https://１２７.0.0.1/", Err(Private)),
            ("https://①②⑦。0。0。1/", Err(Private)),
            ("https:\\\\10.0.0.1\\", Err(Private)),
            ("https:169.254.169.254", Err(Private)),
            ("\thttps://10.0.\n0.1/ ", Err(Private)),
            ("https://[::1]/", Err(Private)),
            ("https://[::ffff:127.0.0.1]/", Err(Private)),
            ("https://[::ffff:7f00:1]/", Err(Private)),
            ("https://[64:ff9b::10.0.0.1]/", Err(Private)),
            ("https://[2002:a00:1::]/", Err(Private)),
            ("https://[fd00::1]:8080/", Err(Private)),
            ("https://localhost/", Err(Private)),
            ("https://LOCALHOST./", Err(Private)),
            ("https://a.localhost/", Err(Private)),
            ("https://printer.local/", Err(Private)),
            ("https://metadata.google.internal/", Err(Private)),
            ("https://router.home.arpa/", Err(Private)),
        ] {
            let url = public_url(text, false);
            assert_eq!(url.as_ref().map(Url::as_str).map_err(|error| *error), found, "{text}");
        }
        assert!(public_url("http://shop.example/", true).is_ok());
        assert_eq!(public_url("http://10.0.0.1/", true), Err(Private));
        assert_eq!(public_url("ftp://shop.example/", true), Err(Scheme { http_too: true }));
    }
}
