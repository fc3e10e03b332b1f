//! The attackers: a thread of connections that do one kind of harm until they are called off, and count how often they did.
//!
//! Whatever is answered is thrown away, and a connection that is closed is made again.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::bench::{EACH_ADDRESS, Trouble, connect, source};
use crate::http::Target;

/// Under way until `call_off`.
pub(super) struct Attack {
    trouble: Trouble,
    harm: Arc<Harm>,
    over: Arc<AtomicBool>,
    thread: thread::JoinHandle<anyhow::Result<()>>,
}

/// What every attacker of a kind knows.
#[derive(Clone)]
struct Plan {
    trouble: Trouble,
    target: Arc<Target>,
    /// Of guest sessions: what is refused for want of one does little harm.
    tokens: Arc<[String]>,
    harm: Arc<Harm>,
    over: Arc<AtomicBool>,
}

/// What was begun.
#[derive(Default)]
struct Harm {
    /// Connections, or requests.
    done: AtomicU64,
    open: AtomicU64,
    open_most: AtomicU64,
}

/// A connection of an attacker, while it is open.
struct Open(Arc<Harm>);

/// Why a connection was over.
type Ended = std::io::Result<Infallible>;

const SLOW_HEADS: u64 = 5_000;
const HUGE_BODIES: u64 = 32;
const DEEP_JSON: u64 = 16;
const TINY_REQUESTS: u64 = 16;
/// Half-open requests say one letter in so long.
const LETTER_EVERY: Duration = Duration::from_secs(1);
/// Pipelined requests in one write.
const AT_ONCE: usize = 500;
const MEBIBYTE: usize = 1 << 20;
/// They come one after the other, and by then all of them are there.
const ALL_HERE: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_millis(20);

impl Attack {
    pub(super) fn begin(trouble: Trouble, target: Arc<Target>, tokens: Vec<String>) -> anyhow::Result<Self> {
        ensure!(!tokens.is_empty(), "attackers without a session do little harm");
        let (harm, over) = (Arc::<Harm>::default(), Arc::new(AtomicBool::new(false)));
        let plan = Plan { trouble, target, tokens: tokens.into(), harm: harm.clone(), over: over.clone() };
        let thread = thread::Builder::new().name("attackers".into()).spawn(move || plan.carry_out())?;
        Ok(Self { trouble, harm, over, thread })
    }

    /// Ends it, and says how much harm was done: slow heads open at once, connections with huge bodies, else requests.
    pub(super) fn call_off(self) -> anyhow::Result<u64> {
        self.over.store(true, Relaxed);
        self.thread.join().map_err(|_| anyhow!("the attackers panicked"))??;
        Ok(match self.trouble {
            Trouble::SlowHeads => self.harm.open_most.load(Relaxed),
            Trouble::None | Trouble::HugeBodies | Trouble::DeepJson | Trouble::TinyRequests => {
                self.harm.done.load(Relaxed)
            }
        })
    }
}

impl Plan {
    fn carry_out(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("the attackers")?;
        let local = LocalSet::new();
        local.block_on(&runtime, async move {
            for number in 0..self.attackers() {
                let plan = self.clone();
                tokio::task::spawn_local(async move { plan.attack_again_and_again(number).await });
            }
            while !self.over.load(Relaxed) {
                tokio::time::sleep(AGAIN).await;
            }
        });
        Ok(())
    }

    fn attackers(&self) -> u64 {
        match self.trouble {
            Trouble::None => 0,
            Trouble::SlowHeads => SLOW_HEADS,
            Trouble::HugeBodies => HUGE_BODIES,
            Trouble::DeepJson => DEEP_JSON,
            Trouble::TinyRequests => TINY_REQUESTS,
        }
    }

    /// Half-open connections come from wherever there is a port; all others each from an address of its own, which on a
    /// loopback is none of the honest shoppers'.
    fn source(&self, number: u64) -> Option<Ipv4Addr> {
        let of_its_own = number % 250 * EACH_ADDRESS;
        source(self.target.address, if self.trouble == Trouble::SlowHeads { number } else { of_its_own })
    }

    async fn attack_again_and_again(&self, number: u64) {
        // They do not know of each other. All at once they would be a load of this machine, once a second, and nothing else.
        let share = u32::try_from(self.attackers()).unwrap_or(u32::MAX).max(1);
        tokio::time::sleep(ALL_HERE / share * u32::try_from(number).unwrap_or(u32::MAX)).await;
        loop {
            // That they are turned away is the point.
            if let Ok(stream) = connect(self.target.address, self.source(number)).await {
                let _turned_away = self.attack(stream, number).await;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn attack(&self, stream: TcpStream, number: u64) -> Ended {
        match self.trouble {
            Trouble::None | Trouble::SlowHeads => self.slow_head(stream).await,
            Trouble::HugeBodies => self.huge_body(stream, number).await,
            Trouble::DeepJson => {
                let deep = "[".repeat(MEBIBYTE - 1);
                self.flood(stream, &self.post(number, deep.len(), &deep), 1).await
            }
            Trouble::TinyRequests => {
                // What is limited, and what is not: a balancer must always be told.
                let path = if number.is_multiple_of(2) { "/" } else { "/healthz" };
                let tiny = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.target.authority);
                self.flood(stream, &tiny.repeat(AT_ONCE).into_bytes(), AT_ONCE as u64).await
            }
        }
    }

    fn post(&self, number: u64, length: usize, body: &str) -> Vec<u8> {
        let Self { target, tokens, .. } = self;
        let token = &tokens[number as usize % tokens.len()];
        let head = format!(
            "POST {}/api/v1/checkout HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\nidempotency-key: harm\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n",
            target.prefix, target.authority
        );
        [head.as_bytes(), body.as_bytes()].concat()
    }

    async fn slow_head(&self, mut stream: TcpStream) -> Ended {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: shop\r\nx-slow: ").await?;
        let _open = Open::now(self.harm.clone());
        let mut byte = [0];
        // Quiet for so long: nobody has thrown it out yet.
        while tokio::time::timeout(LETTER_EVERY, stream.read(&mut byte)).await.is_err() {
            stream.write_all(b"x").await?;
        }
        Err(std::io::ErrorKind::ConnectionAborted.into())
    }

    /// Says that more comes than there is room for anywhere, and sends until it is stopped.
    async fn huge_body(&self, mut stream: TcpStream, number: u64) -> Ended {
        stream.write_all(&self.post(number, MEBIBYTE * MEBIBYTE, "")).await?;
        self.harm.done.fetch_add(1, Relaxed);
        let piece = vec![b' '; 16 * 1024];
        loop {
            stream.write_all(&piece).await?;
        }
    }

    /// The same again and again.
    async fn flood(&self, stream: TcpStream, requests: &[u8], count: u64) -> Ended {
        let (mut answers, mut sending) = stream.into_split();
        let mut inbox = vec![0; 64 * 1024];
        let reading = async {
            while answers.read(&mut inbox).await? > 0 {}
            Err(std::io::ErrorKind::ConnectionAborted.into())
        };
        let writing = async {
            loop {
                if count == 1 {
                    // A large one that is refused is never taken to its end.
                    self.harm.done.fetch_add(count, Relaxed);
                }
                sending.write_all(requests).await?;
                if count > 1 {
                    self.harm.done.fetch_add(count, Relaxed);
                }
                // The attackers run on the shop's machine: what the making takes must not be what is measured.
                tokio::time::sleep(AGAIN).await;
            }
        };
        tokio::select! {
            ended = reading => ended,
            ended = writing => ended,
        }
    }
}

impl Open {
    fn now(harm: Arc<Harm>) -> Self {
        let open = harm.open.fetch_add(1, Relaxed) + 1;
        harm.open_most.fetch_max(open, Relaxed);
        Self(harm)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}
