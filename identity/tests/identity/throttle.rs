//! Who has to wait before the next guess: the same stories in one process, and over two that share a Redis.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use engine::clock::Timestamp;
use engine::id::StoreId;
use engine::runtime::Runtime;
use identity::redis::{Redis, Settings};
use identity::throttle::{Attempt, Throttle, Ticket, TooSoon};
use testdb::{Io, TestRedis, eventually_async};
use uuid::Uuid;

const SECRET: &[u8] = b"of all servers";

fn at(second: i64) -> Timestamp {
    DateTime::from_timestamp(1_800_000_000 + second, 0).expect("a time")
}

/// `SECOND ACCOUNT@ADDRESS[+device] ENDING [xTIMES] | answer`, where a device is one that signed in to that account before.
/// Servers take turns.
async fn check(servers: &[Throttle], story: &str) {
    let mut turn = 0;
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (what, expected) = line.split_once('|').expect("an answer");
        let words: Vec<&str> = what.split_whitespace().collect();
        let (account, from) = words[1].split_once('@').expect("an account and where from");
        let (address, device) = from.split_once('+').map_or((from, None), |(address, of)| (address, Some(of)));
        let shown = device.map(|of| servers[0].remember(StoreId::MAIN, of, Uuid::from_u128(1), at(0)));
        let address: IpAddr = address.parse().expect("an address");
        let times = words.get(3).map_or(1, |times| times.trim_start_matches('x').parse().expect("a number"));
        for n in 1..=times {
            turn += 1;
            let server = &servers[turn % servers.len()];
            // Every `#` is another account.
            let account = account.replace('#', &n.to_string());
            let attempt = Attempt { store: StoreId::MAIN, account: &account, address, device: shown.as_deref() };
            let begun = server.begin(&attempt, at(words[0].parse().expect("a second"))).await;
            let answer = match &begun {
                Ok(_) => "tried".to_owned(),
                Err(TooSoon { wait }) => format!("wait {} s", wait.num_seconds()),
            };
            match (begun, words[2]) {
                (Ok(ticket), "right") => server.succeeded(ticket).await,
                (Ok(ticket), "busy") => server.not_tried(ticket).await,
                (Ok(_), "wrong") | (Err(_), _) => {}
                (Ok(_), other) => panic!("{other}"),
            }
            assert_eq!(answer, expected.trim(), "{line} ({n})");
        }
    }
}

const A_GUESSER_WAITS_LONGER_AND_LONGER: &str = "
    0     ann@203.0.113.9 wrong x5   | tried
    0     ann@203.0.113.9 right      | wait 2 s
    1     ann@203.0.113.9 right      | wait 1 s
    2     ann@203.0.113.9 wrong      | tried
    5     ann@203.0.113.9 wrong      | wait 1 s
    6     ann@203.0.113.9 wrong      | tried
    6     ann@203.0.113.9 wrong      | wait 8 s
    14    ann@203.0.113.9 right      | tried
    14    ann@203.0.113.9 wrong x5   | tried
    14    ann@203.0.113.9 wrong      | wait 2 s
    30000 ann@203.0.113.9 wrong x5   | tried
";

const A_STRANGER_KEEPS_NOBODY_OUT: &str = "
    0     ann@203.0.113.9 wrong x5   | tried
    0     ann@203.0.113.9 wrong x99  | wait 2 s
    0     ann@198.51.100.7 right     | tried
    0     ann@203.0.113.9+ann right  | tried
    0     bob@203.0.113.9 right      | tried
";

const NOBODY_IS_KEPT_OUT_FROM_WHERE_THEY_ARE_KNOWN: &str = "
    0     a#@203.0.113.9 wrong x30   | tried
    0     ann@203.0.113.9 right      | wait 1 s
    0     ann@203.0.113.9+bob right  | wait 1 s
    0     ann@203.0.113.9+ann wrong x10 | tried
    0     ann@203.0.113.9+ann right  | wait 1 s
    2     ann@203.0.113.9+ann right  | tried
    2     ann@203.0.113.9+ann wrong x10 | tried
";

const A_LIST_OF_STOLEN_PASSWORDS_IS_SLOW: &str = "
    0     a#@203.0.113.1 wrong x25   | tried
    0     b#@203.0.113.2 wrong x25   | tried
    0     c#@203.0.113.3 wrong x25   | tried
    0     d#@203.0.113.4 wrong x25   | tried
    0     ann@203.0.113.5 wrong      | wait 1 s
    0     a1@203.0.113.1 wrong       | tried
    0     ann@203.0.112.5 wrong      | tried
    1     ann@203.0.113.5 wrong      | tried
    1     bob@203.0.113.6 wrong      | wait 2 s
    1     ann@203.0.113.5 right      | tried
";

const A_RANGE_OF_IPV6_IS_A_48: &str = "
    0     a#@2001:db8:1:1::1 wrong x30 | tried
    0     x@2001:db8:1:1::2 wrong      | wait 1 s
    0     b#@2001:db8:1:2::1 wrong x30 | tried
    0     c#@2001:db8:1:3::1 wrong x30 | tried
    0     d#@2001:db8:1:4::1 wrong x10 | tried
    0     x@2001:db8:1:5::1 wrong      | wait 1 s
    0     x@2001:db8:2:5::1 wrong      | tried
";

const WHAT_WAS_NOT_TRIED_COSTS_NOTHING: &str = "
    0     ann@203.0.113.9 busy x50   | tried
    0     ann@203.0.113.9 wrong x4   | tried
    0     ann@203.0.113.9 busy x50   | tried
    0     ann@203.0.113.9 wrong      | tried
    0     ann@203.0.113.9 busy       | wait 2 s
";

const STORIES: [&str; 6] = [
    A_GUESSER_WAITS_LONGER_AND_LONGER,
    A_STRANGER_KEEPS_NOBODY_OUT,
    NOBODY_IS_KEPT_OUT_FROM_WHERE_THEY_ARE_KNOWN,
    A_LIST_OF_STOLEN_PASSWORDS_IS_SLOW,
    A_RANGE_OF_IPV6_IS_A_48,
    WHAT_WAS_NOT_TRIED_COSTS_NOTHING,
];

#[test]
fn the_stories_in_one_process() {
    Io::start().block_on(async {
        for story in STORIES {
            check(&[Throttle::new(SECRET, None)], story).await;
        }
    });
}

#[test]
fn the_stories_over_two_servers_that_share_a_redis() {
    let io = Io::start();
    let redis = TestRedis::start();
    io.block_on(async {
        for story in STORIES {
            redis.say("FLUSHALL");
            check(&[shared(&io, &redis).await, shared(&io, &redis).await], story).await;
        }
    });
}

#[test]
fn without_its_redis_a_server_goes_on_by_itself() {
    let io = Io::start();
    let mut redis = TestRedis::start();
    io.block_on(async {
        let throttle = shared(&io, &redis).await;
        redis.kill();
        check(std::slice::from_ref(&throttle), A_GUESSER_WAITS_LONGER_AND_LONGER).await;
        redis.start_again();
        eventually_async("Redis to count again", async || {
            let ticket = throttle.begin(&of("bob"), at(40_000)).await.expect("nothing failed");
            let counted = redis.say("KEYS doorbuster:throttle:*");
            throttle.not_tried(ticket).await;
            counted.contains("doorbuster:throttle:").then_some(())
        })
        .await;
    });
}

#[test]
fn a_thousand_at_once_are_no_better_than_one_after_the_other() {
    let io = Io::start();
    let redis = TestRedis::start();
    io.block_on(async {
        for servers in [[Throttle::new(SECRET, None), Throttle::new(SECRET, None)], {
            [shared(&io, &redis).await, shared(&io, &redis).await]
        }] {
            let one = servers[0].clone();
            let attempts = (0..200).map(|_| {
                let one = one.clone();
                async move { one.begin(&of("ann"), at(0)).await }
            });
            let begun: Vec<Result<Ticket, TooSoon>> = futures_util::future::join_all(attempts).await;
            assert_eq!(begun.iter().filter(|begun| begun.is_ok()).count(), 5);
        }
    });
}

fn of(account: &str) -> Attempt<'_> {
    Attempt { store: StoreId::MAIN, account, address: IpAddr::from([203, 0, 113, 9]), device: None }
}

async fn shared(io: &Io, redis: &TestRedis) -> Throttle {
    let settings = Settings { url: redis.url().into(), timeout: Duration::from_secs(5), secret: "names".into() };
    let redis = Redis::open(&settings, Runtime::from(io.handle().clone())).expect("a URL of Redis");
    eventually_async("Redis to be found", async || redis.is_up().then_some(())).await;
    Throttle::new(SECRET, Some(redis))
}

#[test]
fn another_shop_is_another_matter() {
    Io::start().block_on(async {
        let throttle = Throttle::new(SECRET, None);
        let here = of("ann");
        for _ in 0..5 {
            let _ = throttle.begin(&here, at(0)).await.expect("within what is free");
        }
        assert_eq!(throttle.begin(&here, at(0)).await.err(), Some(TooSoon { wait: TimeDelta::seconds(2) }));
        let there = Attempt { store: StoreId::from_uuid(Uuid::from_u128(7)), ..here };
        assert!(throttle.begin(&there, at(0)).await.is_ok());
    });
}
