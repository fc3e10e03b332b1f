//! One keep-alive connection of the measured path: one request at a time, one write, usually one read.
//!
//! It never repeats a request by itself: whether a repeat is right is the shopper's decision, and it is counted. A
//! connection that is known to have been closed before the request was sent is made again, as browsers do.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::request::Request;
use super::response::{Framing, Head, Malformed, dechunk, parse_head};
use super::target::Target;

const INBOX: usize = 8 * 1024;

/// Why there is no answer. After `Timeout`, `Lost` and `Malformed` the request may have been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection: the request did not leave.
    Refused,
    Timeout,
    /// The connection ended before the answer was complete.
    Lost,
    Malformed,
}

pub(crate) struct Connection {
    target: Arc<Target>,
    timeout: Duration,
    stream: Option<TcpStream>,
    inbox: Vec<u8>,
    unchunked: Vec<u8>,
    /// The answer's body: in `inbox` from here to here, or all of `unchunked`.
    body: Body,
}

enum Body {
    InInbox(usize, usize),
    Unchunked,
}

impl Connection {
    /// Connects at the first exchange, or when told to.
    pub(crate) fn new(target: Arc<Target>, timeout: Duration) -> Self {
        Self { target, timeout, stream: None, inbox: Vec::new(), unchunked: Vec::new(), body: Body::InInbox(0, 0) }
    }

    /// Over a connection that was made in another way.
    pub(crate) fn over(stream: TcpStream, target: Arc<Target>, timeout: Duration) -> Self {
        Self { stream: Some(stream), ..Self::new(target, timeout) }
    }

    /// What is left when nothing more is to be said; `None` if the other side has closed it.
    pub(crate) fn into_stream(self) -> Option<TcpStream> {
        self.stream
    }

    pub(crate) async fn connect(&mut self) -> Result<(), Fault> {
        let connecting = TcpStream::connect(self.target.address);
        let stream = match tokio::time::timeout(self.timeout, connecting).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(_)) => return Err(Fault::Refused),
            Err(_) => return Err(Fault::Timeout),
        };
        stream.set_nodelay(true).map_err(|_| Fault::Refused)?;
        self.stream = Some(stream);
        Ok(())
    }

    /// Sends and waits for the whole answer; `body` then holds what came with it.
    pub(crate) async fn exchange(&mut self, request: &Request) -> Result<Head, Fault> {
        if !self.stream.as_ref().is_some_and(is_open) {
            self.connect().await?;
        }
        let answered = match tokio::time::timeout(self.timeout, self.send_and_receive(request)).await {
            Ok(answered) => answered,
            Err(_) => Err(Fault::Timeout),
        };
        if !matches!(answered, Ok(head) if head.keep_alive) {
            // An answer that comes late must not be taken for the next one's.
            self.stream = None;
        }
        answered
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        match self.body {
            Body::InInbox(from, to) => &self.inbox[from..to],
            Body::Unchunked => &self.unchunked,
        }
    }

    async fn send_and_receive(&mut self, request: &Request) -> Result<Head, Fault> {
        let stream = self.stream.as_mut().ok_or(Fault::Lost)?;
        self.inbox.clear();
        stream.write_all(request.bytes()).await.map_err(|_| Fault::Lost)?;
        let mut head = None;
        loop {
            self.inbox.reserve(INBOX);
            let read = stream.read_buf(&mut self.inbox).await.map_err(|_| Fault::Lost)?;
            if head.is_none() {
                head = parse_head(&self.inbox, request.is_head)?;
            }
            let Some(head) = head else {
                if read == 0 {
                    return Err(Fault::Lost);
                }
                continue;
            };
            let closed = read == 0;
            match head.framing {
                Framing::Length(length) if self.inbox.len() >= head.length + length => {
                    self.body = Body::InInbox(head.length, head.length + length);
                    return Ok(head);
                }
                Framing::Chunked if dechunk(&self.inbox[head.length..], &mut self.unchunked)?.is_some() => {
                    self.body = Body::Unchunked;
                    return Ok(head);
                }
                Framing::UntilClose if closed => {
                    self.body = Body::InInbox(head.length, self.inbox.len());
                    return Ok(Head { keep_alive: false, ..head });
                }
                Framing::Length(_) | Framing::Chunked if closed => return Err(Fault::Lost),
                Framing::Length(_) | Framing::Chunked | Framing::UntilClose => {}
            }
        }
    }
}

/// Nobody has ended it while nothing was asked, as a shop does with connections that wait too long for their first request.
/// What it said then is no answer to the request that comes now.
fn is_open(stream: &TcpStream) -> bool {
    stream.try_read(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

impl From<Malformed> for Fault {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl Fault {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Timeout => "timeout",
            Self::Lost => "connection lost",
            Self::Malformed => "malformed answer",
        }
    }
}
