//! Two servers that share a Redis, which goes away and comes back.

use testdb::{TestRedis, eventually_async};
use web::settings::Settings;

use crate::app::TestApp;

/// Whoever comes through the proxy is told apart; nothing comes back while a test runs.
fn server(redis: &TestRedis) -> TestApp {
    let url = redis.url();
    TestApp::start_with(move |settings: &mut Settings| {
        settings.limits.exempt = Vec::new();
        settings.limits.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
        settings.limits.sessions_per_minute = 1;
        settings.limits.sessions_burst = 8;
        settings.redis.url = url.into();
        // Longer than any test machine is busy: only silence counts as none.
        settings.redis.timeout_ms = 2_000;
    })
}

/// Until what this server is asked is counted there.
async fn until_shared(app: &TestApp, redis: &TestRedis, network: u8) {
    let mut host = 0;
    eventually_async("the limits to be shared", async || {
        host += 1;
        let known = redis.say("DBSIZE");
        begin(app, &format!("198.51.{network}.{}", host % 250)).await;
        (redis.say("DBSIZE") != known).then_some(())
    })
    .await;
}

async fn begin(app: &TestApp, address: &str) -> u16 {
    let answer = app.client.post("/api/v1/session").header("x-forwarded-for", address).send().await;
    if answer.status == 429 {
        answer.problem(429, "rate_limited");
    }
    answer.status.as_u16()
}

async fn begun(apps: &[&TestApp], address: &str) -> usize {
    let mut begun = 0;
    for n in 0..16 {
        begun += usize::from(begin(apps[n % apps.len()], address).await == 201);
    }
    begun
}

#[actix_web::test]
async fn two_servers_hold_one_limit_and_each_its_own_without_redis() {
    let mut redis = TestRedis::start();
    let (here, there) = (server(&redis), server(&redis));
    until_shared(&here, &redis, 1).await;
    until_shared(&there, &redis, 2).await;
    assert_eq!(begun(&[&here, &there], "192.0.2.1").await, 8);
    let refused = here.client.post("/api/v1/session").header("x-forwarded-for", "192.0.2.1").send().await;
    assert_eq!(refused.header("ratelimit-policy"), "\"session\";q=8;w=480");

    redis.freeze();
    assert_eq!(begun(&[&here, &there], "192.0.2.2").await, 4, "two on each: a quarter of eight");
    redis.thaw();
    until_shared(&here, &redis, 3).await;
    until_shared(&there, &redis, 4).await;
    assert_eq!(begun(&[&here, &there], "192.0.2.3").await, 8);

    redis.kill();
    assert_eq!(begun(&[&here, &there], "192.0.2.4").await, 4);
    let scrape = here.client.get("/metrics").send().await;
    let scrape = String::from_utf8_lossy(&scrape.body).into_owned();
    assert!(scrape.contains("\ndoorbuster_redis_up 0"), "{scrape}");
    redis.start_again();
    until_shared(&here, &redis, 5).await;
    assert_eq!(begun(&[&here], "192.0.2.5").await, 8);
}
