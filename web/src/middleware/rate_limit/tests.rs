//! One process by itself; two that share a Redis.

use identity::redis;
use testdb::{Io, TestRedis, eventually_async};

use super::*;
use crate::middleware::ForwardedHeader;

/// Slow enough that nothing comes back while a test runs.
fn settings(burst: u32) -> Limits {
    Limits {
        enabled: true,
        exempt: vec!["127.0.0.0/8".parse().expect("a range")],
        trusted_proxies: Vec::new(),
        forwarded_header: ForwardedHeader::XForwardedFor,
        sessions_per_minute: 1,
        sessions_burst: burst,
        sign_ins_per_minute: 1,
        sign_ins_burst: burst,
        requests_per_second: 1,
        requests_burst: burst,
        carts_per_second: 1,
        carts_burst: burst,
        checkouts_per_second: 1,
        checkouts_burst: burst,
        admin_per_second: 1,
        admin_burst: burst,
        keys_max: 1_000_000,
        listeners_max: 1,
        listeners_per_address: 1,
    }
}

fn limits(burst: u32) -> RateLimits {
    RateLimits::new(&settings(burst), None)
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn a_caller_has_its_allowance_and_no_more() {
    let limits = limits(2);
    let from = |text| limits.check(Caller::Newcomer, address(text));
    for state in ["\"session\";r=1;t=60", "\"session\";r=0;t=120"] {
        let allowance = from("192.0.2.1").ok().flatten().expect("within the limit");
        assert_eq!(allowance.state, state);
        assert_eq!(allowance.policy, "\"session\";q=2;w=120");
    }
    let refused = from("192.0.2.1").err().expect("the third is one too many");
    assert!(refused.wait > Duration::from_secs(50), "{:?}", refused.wait);
    assert!(from("192.0.2.2").is_ok(), "another caller");
    assert!(limits.check(Caller::Anyone, address("192.0.2.1")).is_ok(), "another limit");
}

#[test]
fn a_network_counts_as_one_and_the_exempt_are_not_counted() {
    let limits = limits(1);
    let from = |text| limits.check(Caller::Newcomer, address(text));
    assert!(from("2001:db8::1").is_ok());
    assert!(from("2001:db8::2").is_err(), "the same /64");
    assert!(from("2001:db8:0:1::1").is_ok());
    for _ in 0..3 {
        assert!(matches!(from("127.0.0.1"), Ok(None)));
    }
}

#[test]
fn changes_of_a_cart_have_a_limit_of_their_own() {
    let limits = limits(1);
    let id = Uuid::from_u128(7);
    let caller = |method, path| Caller::principal(id, &method, path);
    assert_eq!(caller(Method::GET, "/api/v1/cart"), Caller::Principal(id));
    assert_eq!(caller(Method::POST, "/api/v1/cart/items"), Caller::Cart(id));
    assert_eq!(caller(Method::POST, "/api/v1/checkout"), Caller::Principal(id));
    let from = address("192.0.2.1");
    assert!(limits.check(Caller::Cart(id), from).is_ok() && limits.check(Caller::Cart(id), from).is_err());
    assert!(limits.check(Caller::Principal(id), from).is_ok());
    assert!(limits.check(Caller::Cart(Uuid::from_u128(8)), from).is_ok());
}

/// Two servers of one shop.
async fn two(io: &Io, redis: &TestRedis, settings: &Limits, timeout: Duration) -> [RateLimits; 2] {
    let runtime = Runtime::from(io.handle().clone());
    let open = || {
        let redis = redis::Settings { url: redis.url().into(), timeout, secret: "of both".into() };
        let redis = Redis::open(&redis, runtime.clone()).expect("a URL of Redis");
        RateLimits::new(settings, Some((redis, &runtime)))
    };
    let both = [open(), open()];
    for limits in &both {
        until_up(limits).await;
    }
    both
}

async fn until_up(limits: &RateLimits) {
    let shared = limits.shared.as_ref().expect("it has one");
    eventually_async("Redis to be found", async || shared.redis.is_up().then_some(())).await;
}

#[test]
fn newcomers_have_one_limit_on_both_servers() {
    let (io, redis) = (Io::start(), TestRedis::start());
    io.block_on(async {
        let both = two(&io, &redis, &settings(10), Duration::from_secs(5)).await;
        let newcomer = address("192.0.2.1");
        let mut granted = 0;
        for n in 0..30 {
            match both[n % 2].check_everywhere(Caller::Newcomer, newcomer).await {
                Ok(allowance) => {
                    granted += 1;
                    let state = allowance.expect("it is counted").state;
                    assert!(
                        state.to_str().expect("ASCII").starts_with(&format!("\"session\";r={};", 10 - granted)),
                        "{state:?}"
                    );
                }
                Err(refused) => assert!(refused.wait > Duration::from_secs(50), "{:?}", refused.wait),
            }
        }
        assert_eq!(granted, 10);
        assert!(both[0].check_everywhere(Caller::Newcomer, address("192.0.2.2")).await.is_ok());
        assert!(both[1].check_everywhere(Caller::SigningIn, newcomer).await.is_ok());
        assert!(matches!(both[1].check_everywhere(Caller::Newcomer, address("127.0.0.1")).await, Ok(None)));
    });
}

#[test]
fn what_one_server_gave_another_hears_of_soon() {
    let (io, redis) = (Io::start(), TestRedis::start());
    io.block_on(async {
        // So many that nobody comes to the end of them by asking every few milliseconds.
        let both = two(&io, &redis, &settings(100_000), Duration::from_secs(5)).await;
        let (caller, from) = (Caller::Principal(Uuid::from_u128(7)), address("192.0.2.1"));
        assert!((0..100_000).all(|_| both[0].check(caller, from).is_ok()));
        let mut granted = 0;
        let refused = eventually_async("the other server to hear of it", async || {
            let checked = both[1].check(caller, from);
            granted += u32::from(checked.is_ok());
            checked.err()
        });
        assert!(!refused.await.wait.is_zero());
        assert!(granted < 100_000, "it heard of nothing");
        assert!(both[1].check(Caller::Principal(Uuid::from_u128(8)), from).is_ok(), "somebody else");
        assert!(both[1].check(Caller::Cart(Uuid::from_u128(7)), from).is_ok(), "something else");
    });
}

#[test]
fn when_redis_goes_each_goes_by_itself_and_is_stricter_with_newcomers() {
    let (io, mut redis) = (Io::start(), TestRedis::start());
    io.block_on(async {
        let [here, _there] = two(&io, &redis, &settings(40), Duration::from_secs(5)).await;
        let granted = async |from: &str| {
            let mut granted = 0;
            while here.check_everywhere(Caller::Newcomer, address(from)).await.is_ok() {
                granted += 1;
            }
            granted
        };
        assert_eq!(granted("192.0.2.1").await, 40);
        redis.kill();
        assert_eq!(granted("192.0.2.2").await, 10, "from the one that found it gone");
        assert_eq!(granted("192.0.2.3").await, 10);
        let anyone = || here.check(Caller::Anyone, address("192.0.2.2")).is_ok();
        assert!((0..40).all(|_| anyone()) && !anyone(), "as ever");
        redis.start_again();
        until_up(&here).await;
        assert_eq!(granted("192.0.2.4").await, 40);
    });
}

#[test]
fn a_silent_redis_holds_nobody_up() {
    let (io, redis) = (Io::start(), TestRedis::start());
    io.block_on(async {
        let [here, there] = two(&io, &redis, &settings(40), Duration::from_millis(20)).await;
        redis.freeze();
        for (n, limits) in [&here, &there].into_iter().cycle().take(20).enumerate() {
            // It would be asked for ever.
            let from = format!("192.0.2.{n}");
            assert!(limits.check_everywhere(Caller::Newcomer, address(&from)).await.is_ok(), "{n}");
            assert!(limits.check(Caller::Anyone, address(&from)).is_ok(), "{n}");
        }
        redis.thaw();
        until_up(&here).await;
        until_up(&there).await;
    });
}
