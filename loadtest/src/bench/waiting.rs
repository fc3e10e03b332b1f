//! Shoppers who wait: connections that were served once and stay open.
//!
//! From several loopback addresses: one address has only so many ports.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::net::{TcpSocket, TcpStream};

use crate::http::{Connection, Request, Target};

/// Fewer than the ports that systems give out by themselves.
pub(crate) const EACH_ADDRESS: u64 = 20_000;
const AT_ONCE: usize = 64;
const TIMEOUT: Duration = Duration::from_secs(30);

pub(super) struct Waiting(Vec<TcpStream>);

impl Waiting {
    /// `count` shoppers who were told that the shop is alive, or as many of them as it let in.
    pub(super) async fn come(target: &Arc<Target>, count: u64) -> Self {
        let hello = Request::get(target, "/healthz").empty();
        let came: Vec<Option<TcpStream>> = stream::iter(0..count)
            .map(|number| say_hello(target, &hello, source(target.address, number)))
            .buffered(AT_ONCE)
            .collect()
            .await;
        Self(came.into_iter().flatten().collect())
    }

    /// How many are still open: they have nothing to say, and have not been hung up on.
    pub(super) fn still_open(&self) -> u64 {
        let mut byte = [0];
        let open = |stream: &&TcpStream| matches!(stream.try_read(&mut byte), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock);
        self.0.iter().filter(open).count() as u64
    }
}

/// `None`: turned away, or the connection was not to stay open.
async fn say_hello(target: &Arc<Target>, hello: &Request, source: Option<Ipv4Addr>) -> Option<TcpStream> {
    let stream = connect(target.address, source).await.ok()?;
    let mut connection = Connection::over(stream, target.clone(), TIMEOUT);
    let head = connection.exchange(hello).await.ok()?;
    if head.status < 400 { connection.into_stream() } else { None }
}

/// On a loopback the whole of 127.0.0.0/8 is this machine; anywhere else the system chooses.
pub(crate) fn source(target: SocketAddr, number: u64) -> Option<Ipv4Addr> {
    let last = u8::try_from(2 + number / EACH_ADDRESS).ok()?;
    target.ip().is_loopback().then_some(Ipv4Addr::new(127, 0, 0, last)).filter(|_| target.is_ipv4())
}

pub(crate) async fn connect(target: SocketAddr, source: Option<Ipv4Addr>) -> std::io::Result<TcpStream> {
    let Some(source) = source else { return TcpStream::connect(target).await };
    let socket = TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    socket.connect(target).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_shoppers_come_from_as_many_addresses_as_they_need() {
        let shop = "127.0.0.1:8080".parse().unwrap();
        let sources = [0, 19_999, 20_000, 99_999].map(|number| source(shop, number).unwrap().octets()[3]);
        assert_eq!(sources, [2, 2, 3, 6]);
        assert_eq!(source("10.0.0.1:80".parse().unwrap(), 0), None);
        assert_eq!(source("[::1]:80".parse().unwrap(), 0), None);
    }
}
