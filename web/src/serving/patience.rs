//! A connection that nobody can keep for ever by being slow.
//!
//! The framework bounds the first head on a connection and, of our own, `Body` bounds a body. Neither sees a second head
//! that never ends, a body that no route reads, or a client that asks and does not take the answers. So the connection
//! itself has a deadline, which moves only when something is achieved:
//!
//! ```text
//!  idle --first bytes--> head --its end--> answering --bytes of an answer taken--> idle
//!  `idle`                `head`            `answer`: from the end of the head to the first of the answer
//! ```
//!
//! What comes of a body achieves nothing: whoever is answered before it ends could send on for ever. "Go on" (`100 Continue`) is no answer. A route whose work takes long asks for `Leave`.
//!
//! Nor can it keep the others of its thread waiting by being fast: what it sends is read `A_TURN` at a time, and then it is
//! the others' turn. Without that, a few that send without end (bodies that are read only to be thrown away) are read for
//! as long as something is there, and everybody else waits.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpRequest;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// What the framework writes, by itself, to whoever asks whether to send the body.
const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Bytes that are read of one connection before the others have their turn: some dozens of the tiniest requests. The runtime
/// looks for what came in on other connections only every sixty-one turns (`event_interval` of tokio), so a turn must be short.
const A_TURN: usize = 4 * 1024;

/// How long each phase may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) idle: Duration,
    pub(super) head: Duration,
    pub(super) answer: Duration,
}

/// How much longer than others the answer under way on a connection may take.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leave(Rc<Cell<Duration>>);

impl Leave {
    /// For this request alone, and only for one that is allowed what takes so long.
    pub(crate) fn take(request: &HttpRequest, time: Duration) {
        if let Some(leave) = request.conn_data::<Self>() {
            leave.0.set(time);
        }
    }
}

pub(super) struct Patient<S> {
    stream: S,
    patience: Patience,
    leave: Leave,
    phase: Phase,
    /// When something was achieved.
    since: Instant,
    /// Bytes read since it was last the others' turn.
    turn: usize,
    /// Set to no later than the deadline; looked at only when there is nothing to do.
    timer: Pin<Box<Sleep>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    /// With the last four bytes that came.
    Head(u32),
    Answering,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, patience: Patience) -> Self {
        let since = Instant::now();
        let timer = Box::pin(sleep_until(since + patience.idle));
        Self { stream, patience, leave: Leave::default(), phase: Phase::Idle, since, turn: 0, timer }
    }

    pub(super) fn leave(&self) -> Leave {
        self.leave.clone()
    }

    fn deadline(&self) -> Instant {
        self.since
            + match self.phase {
                Phase::Idle => self.patience.idle,
                Phase::Head(_) => self.patience.head,
                Phase::Answering => self.patience.answer + self.leave.0.get(),
            }
    }

    fn came(&mut self, bytes: &[u8]) {
        let next = match self.phase {
            Phase::Idle => after(0, bytes),
            Phase::Head(last) => after(last, bytes),
            Phase::Answering => return,
        };
        if self.phase == Phase::Idle || next == Phase::Answering {
            self.since = Instant::now();
        }
        self.phase = next;
    }

    fn went(&mut self, bytes: &[u8]) {
        if bytes != GO_ON {
            self.phase = Phase::Idle;
            self.leave.0.set(Duration::ZERO);
        }
        self.since = Instant::now();
    }

    /// What a stream that is not ready answers: still pending, or out of time.
    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let deadline = self.deadline();
        loop {
            if self.timer.deadline() > deadline {
                self.timer.as_mut().reset(deadline);
            }
            if self.timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            if self.timer.deadline() >= deadline {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            // What it was set to has been overtaken by something achieved.
            self.timer.as_mut().reset(deadline);
        }
    }
}

/// Where a head is when `bytes` follow the four bytes `last`: it ends with an empty line.
fn after(last: u32, bytes: &[u8]) -> Phase {
    if bytes.ends_with(b"\r\n\r\n") {
        return Phase::Answering;
    }
    let mut last = last;
    for byte in bytes {
        last = last << 8 | u32::from(*byte);
        if last == u32::from_be_bytes(*b"\r\n\r\n") || last & 0xffff == 0x0a0a {
            return Phase::Answering;
        }
    }
    Phase::Head(last)
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.turn >= A_TURN {
            self.turn = 0;
            // There may always be something to read.
            if Instant::now() >= self.deadline() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(Ok(())) => {
                let bytes = &buffer.filled()[before..];
                self.turn += bytes.len();
                self.came(bytes);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                self.turn = 0;
                self.wait(context)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(Ok(written)) => {
                self.went(bytes);
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.wait(context),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever sends this without end.
    struct Endless(u8);

    impl AsyncRead for Endless {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            buffer.initialize_unfilled().fill(self.0);
            buffer.advance(buffer.remaining());
            Poll::Ready(Ok(()))
        }
    }

    /// Reads until there is nothing for now, and says how much that was.
    fn read_a_turn(stream: &mut Patient<Endless>) -> io::Result<usize> {
        let (mut piece, mut read) = ([0; 4096], 0);
        let mut context = Context::from_waker(std::task::Waker::noop());
        while read < 10 * A_TURN {
            let mut buffer = ReadBuf::new(&mut piece);
            match Pin::new(&mut *stream).poll_read(&mut context, &mut buffer) {
                Poll::Ready(answer) => answer?,
                Poll::Pending => break,
            }
            read += buffer.filled().len();
        }
        Ok(read)
    }

    #[tokio::test]
    async fn who_sends_without_end_lets_others_have_their_turn() {
        let long = Duration::from_secs(3600);
        let mut stream = Patient::new(Endless(b' '), Patience { idle: long, head: long, answer: long });
        for _ in 0..3 {
            assert_eq!(read_a_turn(&mut stream).ok(), Some(A_TURN));
        }
    }

    #[tokio::test]
    async fn who_sends_without_end_comes_to_an_end() {
        let (long, short) = (Duration::from_secs(3600), Duration::from_secs(60));
        // A head that never ends, and a body that nobody reads any more: it looks like a head, and then like its body.
        for sent in [b' ', b'\n'] {
            let mut stream = Patient::new(Endless(sent), Patience { idle: long, head: short, answer: short });
            assert_eq!(read_a_turn(&mut stream).ok(), Some(A_TURN));
            assert_eq!(read_a_turn(&mut stream).ok(), Some(A_TURN), "it has time left");
            stream.since = stream.since.checked_sub(short).expect("a minute ago");
            let ended = read_a_turn(&mut stream).map_err(|error| error.kind());
            assert_eq!(ended, Err(io::ErrorKind::TimedOut), "{sent}");
        }
    }

    #[test]
    fn a_head_ends_with_an_empty_line_however_it_comes() {
        let come = |pieces: &[&[u8]]| {
            pieces.iter().fold(Phase::Idle, |phase, piece| match phase {
                Phase::Idle => after(0, piece),
                Phase::Head(last) => after(last, piece),
                Phase::Answering => Phase::Answering,
            })
        };
        let ends = |pieces: &[&[u8]]| come(pieces) == Phase::Answering;
        assert!(ends(&[b"GET / HTTP/1.1\r\n\r\n"]));
        assert!(ends(&[b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}"]));
        assert!(ends(&[b"GET / HTTP/1.1\r\n\r", b"\n"]));
        assert!(ends(&[b"GET / HTTP/1.1\r", b"\n", b"\r", b"\n"]));
        assert!(ends(&[b"GET / HTTP/1.1\n\n"]));
        assert!(!ends(&[b"GET / HTTP/1.1\r\n"]));
        assert!(!ends(&[b"GET / HTTP/1.1\r\nhost: a\r\n", b"x: y\r\n"]));
    }
}
