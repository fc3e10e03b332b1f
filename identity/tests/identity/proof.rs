//! A proof over two servers that share a Redis.

use std::time::Duration;

use chrono::DateTime;
use engine::runtime::Runtime;
use identity::proof::{Invalid, Task, Verifier, Work};
use identity::redis::{Redis, Settings};
use testdb::{Io, TestRedis, eventually_async};
use uuid::Uuid;

#[test]
fn what_was_shown_to_one_server_is_worth_nothing_to_another() {
    let (io, mut redis) = (Io::start(), TestRedis::start());
    let server = async || {
        let settings = Settings { url: redis.url().into(), timeout: Duration::from_secs(5), secret: "names".into() };
        let redis = Redis::open(&settings, Runtime::from(io.handle().clone())).expect("a URL of Redis");
        eventually_async("Redis to be found", async || redis.is_up().then_some(())).await;
        // Nothing has to be computed: every answer is one.
        Work::new(b"of both", 0, 120, Some(redis))
    };
    let (here, there) = io.block_on(async { (server().await, server().await) });
    let now = DateTime::from_timestamp(1_000, 0).expect("a time");
    let fresh = |n| format!("{}:0", here.challenge(Task::Cart, b"ann", Uuid::from_u128(n), now).text);
    io.block_on(async {
        let shown = fresh(1);
        assert_eq!(here.check(&shown, Task::Cart, b"ann", now).await, Ok(()));
        assert_eq!(there.check(&shown, Task::Cart, b"ann", now).await, Err(Invalid::Used));
        redis.kill();
        let shown = fresh(2);
        assert_eq!(here.check(&shown, Task::Cart, b"ann", now).await, Ok(()), "each goes by itself");
        assert_eq!(here.check(&shown, Task::Cart, b"ann", now).await, Err(Invalid::Used));
    });
}
