//! PURE. What proxies say about the hops before them, nearest first: `X-Forwarded-For`, or `Forwarded` (RFC 7239).
//!
//! A proxy adds to the right of what it was given, so a list is read from the right, and no further than the hops are
//! trusted. What stands to the left is a stranger's: it may be anything, quotes that never end among it, and must not
//! change how the right end reads.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::http::header::{HeaderMap, HeaderName};
use serde::Deserialize;

/// The one header that is believed. A proxy that writes one of them hands on the other as a stranger sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    XForwardedFor,
    Forwarded,
}

impl ForwardedHeader {
    const fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            Self::Forwarded => HeaderName::from_static("forwarded"),
        }
    }

    /// The hops, nearest first. Ends with the first that is no address: `unknown`, a name that hides one, nonsense.
    pub(super) fn hops(self, headers: &HeaderMap) -> impl Iterator<Item = IpAddr> {
        let mut lines: Vec<Cow<'_, str>> =
            headers.get_all(self.name()).map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        lines.reverse();
        let hops: Vec<IpAddr> = lines
            .iter()
            .flat_map(|line| FromTheRight(Some(line.as_ref())))
            .map_while(|element| self.hop(element))
            .collect();
        hops.into_iter()
    }

    fn hop(self, element: &str) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => node(element.trim()),
            Self::Forwarded => node(&forwarded_for(element)?),
        }
    }
}

/// The elements of a list, the last one first. A comma in quotes is none of it.
struct FromTheRight<'a>(Option<&'a str>);

impl<'a> Iterator for FromTheRight<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let list = self.0?;
        let mut in_quotes = false;
        for (at, byte) in list.bytes().enumerate().rev() {
            match byte {
                // An escaped quote begins and ends nothing.
                b'"' if at == 0 || list.as_bytes()[at - 1] != b'\\' => in_quotes = !in_quotes,
                b',' if !in_quotes => {
                    self.0 = Some(&list[..at]);
                    return Some(&list[at + 1..]);
                }
                _ => {}
            }
        }
        self.0 = None;
        Some(list)
    }
}

/// What `for=` says in one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<Cow<'_, str>> {
    // An address has no semicolon, so one in quotes is in no `for` that is one.
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| unquoted(value.trim()))
    })?
}

/// None: a quote that does not end.
fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let Some(rest) = value.strip_prefix('"') else { return Some(value.into()) };
    let inside = rest.strip_suffix('"')?;
    Some(if inside.contains('\\') { inside.replace('\\', "").into() } else { inside.into() })
}

/// An address as proxies write it: bare, in brackets, with a port.
fn node(text: &str) -> Option<IpAddr> {
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let address = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|node| node.ip()));
    Some(address.or_else(in_brackets)?.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::ForwardedHeader::{Forwarded, XForwardedFor};
    use super::*;

    fn hops(header: ForwardedHeader, lines: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header.name(), HeaderValue::from_bytes(line).expect("a value"));
        }
        header.hops(&headers).map(|hop| hop.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn hops_are_read_from_the_nearest_on() {
        for (header, lines, nearest_first) in [
            (XForwardedFor, &["1.1.1.1, 9.9.9.9, 10.0.0.2"][..], "10.0.0.2 9.9.9.9 1.1.1.1"),
            (XForwardedFor, &["1.1.1.1,2.2.2.2", "3.3.3.3"], "3.3.3.3 2.2.2.2 1.1.1.1"),
            (XForwardedFor, &["1.1.1.1:4711, [2001:db8::1]:80, [2001:db8::2], 2001:db8::3"], {
                "2001:db8::3 2001:db8::2 2001:db8::1 1.1.1.1"
            }),
            (XForwardedFor, &["::ffff:1.1.1.1"], "1.1.1.1"),
            // Whoever comes before what is no address is not told about by anybody who is believed.
            (XForwardedFor, &["1.1.1.1, unknown, 2.2.2.2"], "2.2.2.2"),
            (XForwardedFor, &["1.1.1.1,,2.2.2.2"], "2.2.2.2"),
            (XForwardedFor, &["1.1.1.1, 2.2.2.2,"], ""),
            (XForwardedFor, &["", "999.1.1.1", "1.1.1", "1.1.1.1:99999", "[1.1.1.1]", "fe80::1%eth0"], ""),
            (XForwardedFor, &["\"1.1.1.1, 2.2.2.2"], "2.2.2.2"),
            (Forwarded, &["for=192.0.2.43, for=198.51.100.17;proto=https;by=203.0.113.43"], "198.51.100.17 192.0.2.43"),
            (Forwarded, &["For=\"[2001:db8:cafe::17]:4711\"", "proto=http ; FOR = \"1.1.1.1:80\""], {
                "1.1.1.1 2001:db8:cafe::17"
            }),
            (Forwarded, &["for=1.1.1.1;host=\"a, for=6.6.6.6\""], "1.1.1.1"),
            (Forwarded, &["for=\"1.1\\.1.1\""], "1.1.1.1"),
            (Forwarded, &["for=1.1.1.1, for=_hidden, for=2.2.2.2"], "2.2.2.2"),
            (Forwarded, &["for=1.1.1.1, by=2.2.2.2"], ""),
            // A stranger's quotes do not reach over what the proxy wrote.
            (Forwarded, &["for=\"6.6.6.6, for=1.1.1.1"], "1.1.1.1"),
            (Forwarded, &["for=\"6.6.6.6\\, for=\"[2001:db8::1]\""], "2001:db8::1"),
            (Forwarded, &["1.1.1.1", "for", "for=", "=1.1.1.1", ";;"], ""),
        ] {
            let bytes: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
            assert_eq!(hops(header, &bytes), nearest_first, "{lines:?}");
        }
        // Bytes that are no text hide nothing of what the proxy added.
        assert_eq!(hops(XForwardedFor, &[b"\xff\xfe, 2.2.2.2"]), "2.2.2.2");
    }

    proptest! {
        /// The one thing that must hold: nobody can write anything that changes what the proxy behind them says.
        #[test]
        fn whatever_a_stranger_sends_the_proxy_is_heard(
            sent in prop::collection::vec("[ -~]{0,40}", 0..4),
            address in any::<[u8; 4]>(),
            one_line in any::<bool>(),
        ) {
            let address = IpAddr::from(address);
            for (header, told) in [(XForwardedFor, address.to_string()), (Forwarded, format!("for={address}"))] {
                let mut lines = sent.clone();
                match lines.last_mut() {
                    Some(last) if one_line => *last = format!("{last}, {told}"),
                    _ => lines.push(told),
                }
                let bytes: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
                let heard = hops(header, &bytes);
                let nearest = heard.split(' ').next().unwrap_or("");
                prop_assert_eq!(nearest, address.to_string());
            }
        }

        #[test]
        fn no_bytes_break_it(line in prop::collection::vec(0x20_u8..=0xff, 0..200)) {
            if HeaderValue::from_bytes(&line).is_ok() {
                hops(XForwardedFor, &[&line]);
                hops(Forwarded, &[&line]);
            }
        }
    }
}
