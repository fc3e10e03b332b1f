//! A connection, TCP or Unix, of which both directions are used at once.

use std::io;
use std::path::{Path, PathBuf};

use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::Host;

#[derive(Clone, Debug)]
pub(super) enum Address {
    Tcp(String, u16),
    Unix(PathBuf),
}

pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Address {
    pub(super) fn of_url(url: &str) -> Self {
        let config: tokio_postgres::Config = url.parse().expect("the URL of a PostgreSQL server");
        let port = config.get_ports().first().copied().unwrap_or(5432);
        match config.get_hosts().first().expect("a URL with a host") {
            Host::Tcp(host) => Self::Tcp(host.clone(), port),
            Host::Unix(folder) => Self::Unix(socket_in(folder, port)),
        }
    }

    pub(super) async fn connect(&self) -> io::Result<Stream> {
        match self {
            Self::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream))
            }
            Self::Unix(path) => Ok(Stream::Unix(UnixStream::connect(path).await?)),
        }
    }
}

/// Where drivers look for the socket of a server.
pub(super) fn socket_in(folder: &Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

impl Stream {
    /// Nothing: the other side has ended it.
    pub(super) async fn read(&self) -> io::Result<Vec<u8>> {
        loop {
            let mut piece = vec![0; 64 * 1024];
            let read = match self {
                Self::Tcp(stream) => {
                    stream.readable().await?;
                    stream.try_read(&mut piece)
                }
                Self::Unix(stream) => {
                    stream.readable().await?;
                    stream.try_read(&mut piece)
                }
            };
            match read {
                Ok(length) => {
                    piece.truncate(length);
                    return Ok(piece);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) async fn write(&self, mut piece: &[u8]) -> io::Result<()> {
        while !piece.is_empty() {
            let written = match self {
                Self::Tcp(stream) => {
                    stream.writable().await?;
                    stream.try_write(piece)
                }
                Self::Unix(stream) => {
                    stream.writable().await?;
                    stream.try_write(piece)
                }
            };
            match written {
                Ok(length) => piece = &piece[length..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What was not read yet is lost to the other side. A Unix socket knows no reset: there it is an end.
    pub(super) fn reset(self) {
        if let Self::Tcp(stream) = &self {
            // Not possible any more on one that the other side has ended: then that is what it sees.
            let _ = stream.set_zero_linger();
        }
    }
}
