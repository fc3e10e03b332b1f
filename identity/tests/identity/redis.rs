//! What several servers share, over a Redis that is killed, frozen and started again.

use std::sync::Arc;
use std::time::Duration;

use engine::runtime::Runtime;
use identity::redis::{Away, Draw, Redis, Settings};
use testdb::{Io, TestRedis, eventually_async};

/// Long enough that nothing comes back while a test runs.
const SLOW: Duration = Duration::from_secs(600);

fn open(io: &Io, url: &str) -> Redis {
    let settings = Settings { url: url.into(), timeout: Duration::from_secs(5), secret: "of all servers".into() };
    Redis::open(&settings, Runtime::from(io.handle().clone())).expect("a URL of Redis")
}

async fn until_up(redis: &Redis) {
    eventually_async("Redis to be found", async || redis.is_up().then_some(())).await;
}

fn one_of(redis: &Redis, burst: u32) -> Draw {
    Draw { key: redis.key("rate", b"192.0.2.1"), period: SLOW, burst, cost: 1 }
}

#[test]
fn two_servers_hold_one_allowance() {
    let io = Io::start();
    let redis = TestRedis::start();
    io.block_on(async {
        let (here, there) = (open(&io, &redis.url()), open(&io, &redis.url()));
        until_up(&here).await;
        until_up(&there).await;
        let draw = one_of(&here, 10);
        assert_eq!(draw, one_of(&there, 10), "they call it by the same name");
        let asked = (0..40).map(|n| {
            let (redis, draw) = (if n % 2 == 0 { here.clone() } else { there.clone() }, draw.clone());
            async move { redis.draw(draw).await.expect("it answers").was_there }
        });
        let granted = futures_util::future::join_all(asked).await;
        assert_eq!(granted.into_iter().filter(|granted| *granted).count(), 10);
        let level = here.draw(draw.clone()).await.expect("it answers");
        assert_eq!((level.was_there, level.left), (false, 0));
        assert!(level.wait > SLOW / 2 && level.wait <= SLOW, "{:?}", level.wait);
        // Nobody can read there who it is about, and it does not stay for ever.
        let keys = redis.say("KEYS doorbuster:rate:*");
        assert!(keys.contains(&draw.key) && !keys.contains("192.0.2"), "{keys}");
        let stays = redis.say(&format!("PTTL {}", draw.key));
        assert!(
            stays.trim_start_matches(':').split('\r').next().is_some_and(|ms| ms.parse::<u64>().is_ok()),
            "{stays}"
        );
    });
}

#[test]
fn what_was_given_already_is_owed_but_not_for_ever() {
    let io = Io::start();
    let redis = TestRedis::start();
    io.block_on(async {
        let here = open(&io, &redis.url());
        until_up(&here).await;
        let booked = |cost| Draw { cost, ..one_of(&here, 10) };
        let book = async |cost| here.book(vec![booked(cost)]).await.expect("it answers")[0];
        let level = book(4).await;
        assert_eq!((level.was_there, level.left, level.wait), (true, 6, Duration::ZERO));
        let level = book(10).await;
        assert_eq!((level.was_there, level.left), (false, 0));
        assert!(level.wait > SLOW * 4 && level.wait <= SLOW * 5, "{:?}: four too many, and one", level.wait);
        let level = book(1_000).await;
        assert!(level.wait <= SLOW * 11, "{:?}: a window, and one", level.wait);
    });
}

#[test]
fn what_may_be_used_once_is_used_once_over_all_servers() {
    let io = Io::start();
    let redis = TestRedis::start();
    io.block_on(async {
        let (here, there) = (open(&io, &redis.url()), open(&io, &redis.url()));
        until_up(&here).await;
        until_up(&there).await;
        let key = || here.key("proof", b"7");
        let asked = (0..20).map(|n| if n % 2 == 0 { &here } else { &there }.first_time(key(), SLOW));
        let first = futures_util::future::join_all(asked).await.into_iter().filter(|first| *first == Ok(true));
        assert_eq!(first.count(), 1);
    });
}

#[test]
fn a_redis_that_is_gone_is_found_again() {
    let io = Io::start();
    let mut redis = TestRedis::start();
    io.block_on(async {
        let here = open(&io, &redis.url());
        until_up(&here).await;
        assert!(here.draw(one_of(&here, 10)).await.is_ok());
        redis.kill();
        assert_eq!(here.draw(one_of(&here, 10)).await, Err(Away));
        assert!(!here.is_up());
        redis.start_again();
        until_up(&here).await;
        let level = here.draw(one_of(&here, 10)).await.expect("it answers, though it has forgotten the script");
        assert_eq!(level.left, 9);
    });
}

#[test]
fn a_redis_that_is_silent_is_asked_once() {
    let io = Io::start();
    let redis = TestRedis::start();
    io.block_on(async {
        let settings =
            Settings { url: redis.url().into(), timeout: Duration::from_millis(50), secret: "of all servers".into() };
        let here = Arc::new(Redis::open(&settings, Runtime::from(io.handle().clone())).expect("a URL of Redis"));
        until_up(&here).await;
        redis.freeze();
        assert_eq!(here.draw(one_of(&here, 10)).await, Err(Away), "and not after a minute");
        assert!(!here.is_up(), "nobody else waits for it");
        redis.thaw();
        until_up(&here).await;
        eventually_async("an answer in time", async || here.draw(one_of(&here, 10)).await.ok()).await;
    });
}

#[test]
fn a_shop_opens_without_it() {
    let io = Io::start();
    let mut redis = TestRedis::start();
    redis.kill();
    io.block_on(async {
        let here = open(&io, &redis.url());
        assert_eq!(here.draw(one_of(&here, 10)).await, Err(Away));
        redis.start_again();
        until_up(&here).await;
        assert!(here.draw(one_of(&here, 10)).await.is_ok());
    });
    let wrong = Settings { url: "postgres://db/shop".into(), timeout: SLOW, secret: "".into() };
    assert!(Redis::open(&wrong, Runtime::from(io.handle().clone())).is_err());
}
