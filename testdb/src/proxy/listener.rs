//! The door of a proxy: open, or shut as if nobody had ever listened there.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket, UnixListener};
use tokio::sync::watch;

use super::connection::Connection;
use super::counts::{Counters, count};
use super::link::Link;
use super::stream::{Address, Stream, socket_in};

/// Of a TCP listener.
const BACKLOG: u32 = 1_024;

#[derive(Clone)]
pub(super) struct Door {
    place: Place,
    open: watch::Sender<bool>,
}

#[derive(Clone)]
enum Place {
    /// Bound and never listening: while the door is shut, nobody else gets the port.
    Port {
        port: u16,
        _kept: Arc<TcpSocket>,
    },
    Socket {
        folder: PathBuf,
    },
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// What whoever holds the proxy tells it.
pub(super) struct Told {
    pub(super) link: watch::Sender<Link>,
    pub(super) cuts: watch::Sender<u64>,
    pub(super) severed: watch::Sender<u64>,
}

/// Takes connections until the proxy is gone, and looks after each in a task of its own.
pub(super) async fn serve(door: Door, to: Address, told: Told, counters: Arc<Counters>) {
    let mut weather = told.link.subscribe();
    loop {
        let listener = door.listen().expect("the port is kept for this proxy");
        door.open.send_replace(true);
        loop {
            let accepted = tokio::select! {
                refusing = weather.wait_for(|link| *link == Link::Refuse) => {
                    if refusing.is_err() { return }
                    break;
                }
                accepted = listener.accept() => accepted,
            };
            // A client that gave up before it was taken is none of the proxy's business.
            let Ok(client) = accepted else { continue };
            count(&counters.accepted);
            let connection = Connection::new(client, &told.link, &told.cuts, &told.severed, Arc::clone(&counters));
            tokio::spawn(connection.run(to.clone()));
        }
        drop(listener);
        door.open.send_replace(false);
        if weather.wait_for(|link| *link != Link::Refuse).await.is_err() {
            return;
        }
    }
}

impl Door {
    pub(super) fn on_any_port() -> Self {
        let kept = bound(0).expect("a free port on 127.0.0.1");
        let port = kept.local_addr().expect("it is bound").port();
        Self { place: Place::Port { port, _kept: Arc::new(kept) }, open: watch::Sender::new(false) }
    }

    pub(super) fn on_socket(folder: &Path) -> Self {
        Self { place: Place::Socket { folder: folder.to_owned() }, open: watch::Sender::new(false) }
    }

    /// As a URL has them.
    pub(super) fn host_and_port(&self) -> String {
        match &self.place {
            Place::Port { port, .. } => format!("127.0.0.1:{port}"),
            Place::Socket { folder } => {
                let url = engine::postgres::embedded::socket_url(folder, "");
                url.split_once('@').map_or(url.clone(), |(_, host)| host.trim_end_matches('/').to_owned())
            }
        }
    }

    pub(super) fn is_open(&self) -> watch::Receiver<bool> {
        self.open.subscribe()
    }

    /// Leaves no socket behind in the folder.
    pub(super) fn remove(&self) {
        if let Place::Socket { folder } = &self.place {
            // The folder may be gone already.
            let _ = std::fs::remove_file(socket_in(folder, 5432));
        }
    }

    fn listen(&self) -> io::Result<Listener> {
        match &self.place {
            Place::Port { port, .. } => Ok(Listener::Tcp(bound(*port)?.listen(BACKLOG)?)),
            Place::Socket { folder } => {
                self.remove();
                Ok(Listener::Unix(UnixListener::bind(socket_in(folder, 5432))?))
            }
        }
    }
}

impl Listener {
    async fn accept(&self) -> io::Result<Stream> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream))
            }
            Self::Unix(listener) => Ok(Stream::Unix(listener.accept().await?.0)),
        }
    }
}

/// Several sockets of this program may be bound to one port, of which one listens.
fn bound(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    Ok(socket)
}
