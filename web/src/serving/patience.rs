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
//! What comes of a body achieves nothing: whoever is answered before it ends could send on for ever. "Go on" (`100 Continue`)
//! is no answer. A route whose work takes long takes leave (`Connection::take_leave`).
//!
//! Nor can it keep the others of its thread waiting by being fast: it is read at the `Pace` of others. And who is so far
//! ahead of what is being answered that the framework has no room for more (128 KiB) is disconnected: it would ask for more
//! again and again, for as long as the answer takes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection::Connection;
use super::pace::Pace;

/// What the framework writes, by itself, to whoever asks whether to send the body.
const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// How often in a row the framework may look at a connection without reading or writing. It does so whenever a handler is
/// woken that takes a body more slowly than it comes, and without end when it has no room for what comes. So often none is
/// woken for one piece of a body, and without end it takes some milliseconds.
const LOOKS_MAX: u32 = 10_000;

/// How long each phase may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) idle: Duration,
    pub(super) head: Duration,
    pub(super) answer: Duration,
}

pub(super) struct Patient<S> {
    stream: S,
    patience: Patience,
    connection: Connection,
    phase: Phase,
    /// When something was achieved.
    since: Instant,
    pace: Pace,
    rest: Option<Pin<Box<Sleep>>>,
    /// Since something was last read or written.
    looks: u32,
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
        Self {
            stream,
            patience,
            connection: Connection::default(),
            phase: Phase::Idle,
            since,
            pace: Pace::default(),
            rest: None,
            looks: 0,
            timer,
        }
    }

    pub(super) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    fn deadline(&self) -> Instant {
        self.since
            + match self.phase {
                Phase::Idle => self.patience.idle,
                Phase::Head(_) => self.patience.head,
                Phase::Answering => self.patience.answer + self.connection.leave(),
            }
    }

    fn came(&mut self, bytes: &[u8]) {
        let next = match self.phase {
            _ if bytes.is_empty() => return,
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
        // Another request may be under way already: of those that came together.
        if bytes != GO_ON && !self.connection.is_under_way() {
            self.phase = Phase::Idle;
            self.connection.take_leave(Duration::ZERO);
        }
        self.since = Instant::now();
    }

    /// How much may be read now.
    fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        loop {
            let (is_under_way, met, now) = (self.connection.is_under_way(), self.connection.met(), Instant::now());
            if let Some(room) = self.pace.room(is_under_way, met, now) {
                self.rest = None;
                return Poll::Ready(Ok(room));
            }
            // There may always be something to read.
            if now >= self.deadline() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            let until = self.pace.rests_until(met).unwrap_or(now);
            let rest = self.rest.get_or_insert_with(|| Box::pin(sleep_until(until)));
            if rest.deadline() != until {
                rest.as_mut().reset(until);
            }
            ready!(rest.as_mut().poll(context));
        }
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
        self.looks = 0;
        let room = ready!(self.poll_room(context))?.min(buffer.remaining());
        let mut piece = ReadBuf::new(buffer.initialize_unfilled_to(room));
        match Pin::new(&mut self.stream).poll_read(context, &mut piece) {
            Poll::Ready(Ok(())) => {
                let bytes = piece.filled();
                if self.connection.is_under_way() {
                    self.connection.wake_when_answered(context.waker());
                }
                self.pace.came(bytes.len());
                self.came(bytes);
                let read = bytes.len();
                buffer.advance(read);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let met = self.connection.met();
                self.pace.let_up(met);
                self.wait(context)
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(Ok(written)) => {
                self.looks = 0;
                self.went(bytes);
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.wait(context),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.looks += 1;
        // What was said has gone out. What was not read is lost, and with it perhaps the last word: to whoever did not wait.
        if flushed.is_ready() && (self.connection.is_over() || self.looks > LOOKS_MAX) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::super::pace::TURN_BYTES;
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

    /// Waits until there is something to read, then reads until there is nothing for now, and says how much that was.
    async fn read_a_turn(stream: &mut Patient<Endless>) -> io::Result<usize> {
        let (mut piece, mut read) = ([0; 4096], 0);
        poll_fn(|context| {
            while read < 10 * TURN_BYTES {
                let mut buffer = ReadBuf::new(&mut piece);
                match Pin::new(&mut *stream).poll_read(context, &mut buffer) {
                    Poll::Ready(answer) => answer?,
                    Poll::Pending if read == 0 => return Poll::Pending,
                    Poll::Pending => break,
                }
                read += buffer.filled().len();
            }
            Poll::Ready(Ok(read))
        })
        .await
    }

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn who_sends_without_end_lets_others_have_their_turn() {
        let mut stream = Patient::new(Endless(b' '), Patience { idle: LONG, head: LONG, answer: LONG });
        for _ in 0..3 {
            assert_eq!(read_a_turn(&mut stream).await.ok(), Some(TURN_BYTES));
            assert!(stream.rest.is_some(), "by the clock, not by the queue of this thread");
        }
    }

    #[tokio::test]
    async fn who_sends_without_end_comes_to_an_end() {
        let short = Duration::from_secs(60);
        // A head that never ends, and a body that nobody reads any more: it looks like a head, and then like its body.
        for sent in [b' ', b'\n'] {
            let mut stream = Patient::new(Endless(sent), Patience { idle: LONG, head: short, answer: short });
            assert_eq!(read_a_turn(&mut stream).await.ok(), Some(TURN_BYTES));
            assert_eq!(read_a_turn(&mut stream).await.ok(), Some(TURN_BYTES), "it has time left");
            stream.since = stream.since.checked_sub(short).expect("a minute ago");
            let ended = read_a_turn(&mut stream).await.map_err(|error| error.kind());
            assert_eq!(ended, Err(io::ErrorKind::TimedOut), "{sent}");
        }
    }

    #[tokio::test]
    async fn who_is_looked_at_without_end_is_disconnected() {
        let mut stream = Patient::new(io::Cursor::new(Vec::new()), Patience { idle: LONG, head: LONG, answer: LONG });
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut look = |stream: &mut Patient<io::Cursor<Vec<u8>>>| Pin::new(stream).poll_flush(&mut context);
        for _ in 0..LOOKS_MAX {
            assert!(matches!(look(&mut stream), Poll::Ready(Ok(()))));
        }
        stream.looks = 0;
        assert!((0..LOOKS_MAX).all(|_| matches!(look(&mut stream), Poll::Ready(Ok(())))));
        assert!(matches!(look(&mut stream), Poll::Ready(Err(_))));
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
