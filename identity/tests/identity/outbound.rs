//! Asking whom people named, with a server in our own network that must not be reached.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::internet::NotPublic;
use engine::runtime::Runtime;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use identity::outbound::{Answer, Call, Client, Failure, Lookup, Settings, Target};
use reqwest::Method;
use reqwest::header::HeaderMap;
use testdb::Io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Public as it is written; whether anybody is there does not matter.
const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1));

/// Answers as it is told to, the last answer again and again.
#[derive(Default)]
struct Names {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    fn saying(answers: &[&[IpAddr]]) -> Arc<Self> {
        let answers = answers.iter().map(|answer| answer.to_vec()).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: AtomicUsize::new(0) })
    }
}

impl Lookup for Names {
    fn addresses(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut answers = self.answers.lock().expect("nobody panicked");
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        async move { answer.ok_or_else(|| io::Error::other("no such name")) }.boxed()
    }
}

/// A server of this machine: what it is asked is counted, and each gets `answer`.
struct Inside {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Inside {
    async fn answering(answer: &'static str) -> Self {
        let listener = TcpListener::bind((HERE, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut asked = [0; 4096];
                    // Whoever asks may have gone.
                    if stream.read(&mut asked).await.is_ok() && !answer.is_empty() {
                        let _ = stream.write_all(answer.as_bytes()).await;
                        return;
                    }
                    let _ = stream.read(&mut asked).await;
                });
            }
        });
        Self { port, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::Relaxed)
    }
}

fn client(io: &Io, names: &Arc<Names>, inside_too: bool) -> Client {
    let settings = Settings { timeout: Duration::from_millis(500), answer_bytes_max: 1_000, inside_too };
    let names: Arc<dyn Lookup> = Arc::<Names>::clone(names);
    Client::new(settings, names, Runtime::from(io.handle().clone())).expect("a client")
}

async fn ask(client: &Client, url: &str) -> Result<Answer, Failure> {
    let target = Target::parse(url, true).expect("a URL that may be asked");
    client.ask(Call { method: Method::POST, target, headers: HeaderMap::new(), body: b"{}".to_vec() }).await
}

#[test]
fn a_name_that_leads_inside_leads_nowhere() {
    let io = Io::start();
    io.block_on(async {
        let inside = Inside::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        let url = format!("http://hook.example:{}/", inside.port);
        let mapped = IpAddr::V6(Ipv4Addr::LOCALHOST.to_ipv6_mapped());
        for answer in [&[HERE][..], &[PUBLIC, HERE], &[HERE, PUBLIC], &[mapped]] {
            let asked = ask(&client(&io, &Names::saying(&[answer]), false), &url).await;
            assert_eq!(asked.err(), Some(Failure::NotPublic), "{answer:?}");
        }
        assert_eq!(inside.visits(), 0);
        // It would have been reached: whoever tries webhooks on one machine may.
        let answer = ask(&client(&io, &Names::saying(&[&[HERE]]), true), &url).await.expect("an answer");
        assert_eq!((answer.status, answer.body.as_slice(), inside.visits()), (200, &b"ok"[..], 1));
    });
}

#[test]
fn a_name_that_means_something_else_a_moment_later_is_asked_once() {
    let io = Io::start();
    io.block_on(async {
        let inside = Inside::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        let names = Names::saying(&[&[PUBLIC], &[HERE]]);
        let url = format!("http://hook.example:{}/", inside.port);
        // Whatever came of the public address, what was checked is what was connected to.
        assert!(ask(&client(&io, &names, false), &url).await.is_err());
        assert_eq!((names.asked.load(Ordering::Relaxed), inside.visits()), (1, 0));
    });
}

#[test]
fn an_address_inside_is_no_target_at_all() {
    for url in ["http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/", "http://169.254.169.254/latest/meta-data"] {
        assert_eq!(Target::parse(url, true), Err(NotPublic::Private), "{url}");
    }
    assert_eq!(Target::parse("http://hook.example/", false), Err(NotPublic::Scheme { http_too: false }));
}

#[test]
fn an_answer_that_sends_elsewhere_is_an_answer() {
    let io = Io::start();
    io.block_on(async {
        let elsewhere = Inside::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        let answer = format!(
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{}/\r\ncontent-length: 0\r\n\r\n",
            elsewhere.port
        );
        let inside = Inside::answering(answer.leak()).await;
        let client = client(&io, &Names::saying(&[&[HERE]]), true);
        let answer = ask(&client, &format!("http://hook.example:{}/", inside.port)).await.expect("an answer");
        assert_eq!((answer.status, inside.visits(), elsewhere.visits()), (302, 1, 0));
    });
}

#[test]
fn nobody_is_listened_to_for_long_or_for_much() {
    let io = Io::start();
    io.block_on(async {
        let client = client(&io, &Names::saying(&[&[HERE]]), true);
        let silent = Inside::answering("").await;
        let asked = ask(&client, &format!("http://hook.example:{}/", silent.port)).await;
        assert_eq!(asked.err(), Some(Failure::TooLong));
        let much = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(1_001));
        let talkative = Inside::answering(much.leak()).await;
        let asked = ask(&client, &format!("http://hook.example:{}/", talkative.port)).await;
        assert_eq!(asked.err(), Some(Failure::TooLarge));
    });
}
