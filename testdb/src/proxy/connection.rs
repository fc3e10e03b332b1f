//! One connection through the proxy, and its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::counts::{Counters, count};
use super::link::Link;
use super::stream::{Address, Stream};

/// Pieces under way in one direction. More than a link's delay needs, less than memory has.
const UNDER_WAY: usize = 256;
/// A statement that is sent in several pieces is whole after a silence of this long.
const WHOLE_AFTER: Duration = Duration::from_millis(20);
/// The server works off what reached it without its client, at most for so long.
const WORK_OFF: Duration = Duration::from_secs(30);
/// What was sent to a server has reached it by then.
const QUIET: Duration = Duration::from_millis(200);

pub(super) struct Connection {
    client: Stream,
    link: watch::Receiver<Link>,
    cuts: watch::Receiver<u64>,
    severed: watch::Receiver<u64>,
    counters: Arc<Counters>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToServer,
    ToClient,
}

/// Why a connection is over.
enum End {
    /// One of the two ended it, and the other has been told everything that was sent before.
    Over,
    Reset,
    Severed,
    CutBefore,
    /// With what was not told.
    CutAfter {
        untold: Vec<u8>,
    },
    /// With what was sent last.
    Late {
        statement: Vec<u8>,
        by: Duration,
    },
}

impl Connection {
    pub(super) fn new(
        client: Stream,
        link: &watch::Sender<Link>,
        cuts: &watch::Sender<u64>,
        severed: &watch::Sender<u64>,
        counters: Arc<Counters>,
    ) -> Self {
        Self { client, link: link.subscribe(), cuts: cuts.subscribe(), severed: severed.subscribe(), counters }
    }

    pub(super) async fn run(self, to: Address) {
        let counters = Arc::clone(&self.counters);
        let server = match to.connect().await {
            Ok(server) => server,
            Err(_) => {
                count(&counters.server_away);
                return self.client.reset();
            }
        };
        match self.carry(&server).await {
            End::Over => {}
            End::Reset => {
                count(&counters.reset);
                self.client.reset();
                server.reset();
            }
            End::Severed => {
                count(&counters.severed);
                drop(server);
                swallow(&self.client, self.cuts).await;
                self.client.reset();
            }
            End::CutBefore => {
                count(&counters.cut_before);
                self.client.reset();
            }
            End::CutAfter { untold } => {
                count(&counters.cut_after);
                self.client.reset();
                work_off(&server, &untold).await;
            }
            End::Late { statement, by } => {
                count(&counters.held_back);
                self.client.reset();
                sleep(by).await;
                if server.write(&statement).await.is_ok() && work_off(&server, &[]).await {
                    count(&counters.delivered_late);
                }
            }
        }
    }

    async fn carry(&self, server: &Stream) -> End {
        let (mut link, mut cuts, mut severed) = (self.link.clone(), self.cuts.clone(), self.severed.clone());
        tokio::select! {
            biased;
            _ = link.wait_for(|link| link.resets_at_once()) => End::Reset,
            _ = cuts.changed() => End::Reset,
            _ = severed.changed() => End::Severed,
            end = self.pump(Direction::ToServer, &self.client, server) => end,
            end = self.pump(Direction::ToClient, server, &self.client) => end,
        }
    }

    /// Carries pieces until something ends the connection. What was read before that has been written.
    async fn pump(&self, direction: Direction, from: &Stream, to: &Stream) -> End {
        let (due, pieces) = mpsc::channel(UNDER_WAY);
        let (end, ()) = tokio::join!(self.take(direction, from, due), deliver(to, pieces));
        end
    }

    async fn take(&self, direction: Direction, from: &Stream, due: mpsc::Sender<(Instant, Vec<u8>)>) -> End {
        let mut link = self.link.clone();
        loop {
            // Also an end is not heard through a black hole.
            let piece = from.read().await;
            let now = self.out_of_the_hole(&mut link).await;
            let piece = match piece {
                Ok(piece) if !piece.is_empty() => piece,
                _ => return End::Over,
            };
            let delay = match (now, direction) {
                (Link::CutBefore, Direction::ToServer) => return End::CutBefore,
                (Link::CutAfter, Direction::ToClient) => return End::CutAfter { untold: piece },
                (Link::Late { by }, Direction::ToServer) => {
                    return End::Late { statement: whole(from, piece).await, by };
                }
                (Link::Delay { to_server, .. }, Direction::ToServer) => to_server,
                (Link::Delay { to_client, .. }, Direction::ToClient) => to_client,
                (Link::Reset | Link::Refuse, _) => return End::Reset,
                (Link::Pass | Link::CutBefore | Link::CutAfter | Link::Late { .. } | Link::BlackHole, _) => {
                    Duration::ZERO
                }
            };
            if !delay.is_zero() {
                count(&self.counters.delayed);
            }
            if due.send((Instant::now() + delay, piece)).await.is_err() {
                return End::Over;
            }
        }
    }

    /// What the link is, once it is not a black hole.
    async fn out_of_the_hole(&self, link: &mut watch::Receiver<Link>) -> Link {
        if *link.borrow() == Link::BlackHole {
            count(&self.counters.swallowed);
        }
        link.wait_for(|link| *link != Link::BlackHole).await.map_or(Link::Reset, |link| *link)
    }
}

/// Each piece when it is due. Ends when no more come, or nobody takes them.
async fn deliver(to: &Stream, mut pieces: mpsc::Receiver<(Instant, Vec<u8>)>) {
    while let Some((due, piece)) = pieces.recv().await {
        sleep_until(due).await;
        if to.write(&piece).await.is_err() {
            return;
        }
    }
}

/// Takes what the client sends, and says nothing, until it gives up or is cut.
async fn swallow(client: &Stream, mut cuts: watch::Receiver<u64>) {
    let sending = async { while client.read().await.is_ok_and(|piece| !piece.is_empty()) {} };
    tokio::select! {
        () = sending => {}
        _ = cuts.changed() => {}
    }
}

/// A statement from its first piece on.
async fn whole(from: &Stream, mut statement: Vec<u8>) -> Vec<u8> {
    while let Ok(Ok(piece)) = timeout(WHOLE_AFTER, from.read()).await {
        if piece.is_empty() {
            break;
        }
        statement.extend(piece);
    }
    statement
}

/// Reads and forgets what the server answers until it is ready for the next statement, and says whether it ever was. A
/// connection that is closed earlier would be noticed in the middle of the statement, by the first notice it sends, and
/// undo it. `heard`: what it has answered so far. If it is ready already, there may still be something under way to it, though
/// not for long: a connection that is kept for nothing takes another's place, and the server has only so many.
async fn work_off(server: &Stream, heard: &[u8]) -> bool {
    let is_ready = ends_ready(heard);
    let ready = async {
        let mut tail = heard.to_vec();
        loop {
            let piece: io::Result<Vec<u8>> = server.read().await;
            match piece {
                Ok(piece) if !piece.is_empty() => tail.extend(piece),
                _ => return false,
            }
            if ends_ready(&tail) {
                return true;
            }
            tail.drain(..tail.len().saturating_sub(5));
        }
    };
    timeout(if is_ready { QUIET } else { WORK_OFF }, ready).await.unwrap_or(is_ready)
}

/// With `ReadyForQuery`: Z, a length of five, and one byte of status.
fn ends_ready(said: &[u8]) -> bool {
    matches!(said, [.., b'Z', 0, 0, 0, 5, _])
}
