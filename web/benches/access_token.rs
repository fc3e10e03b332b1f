//! What it costs to know who is asking: a guest's token, an access token, and the same by a library that reads any JWT.

use std::hint::black_box;

use chrono::{TimeDelta, TimeZone, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use engine::id::{AccountId, PrincipalId, SessionId, StoreId};
use identity::access::Role;
use identity::token::{Access, AccessTokens, Keyring};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};
use uuid::Uuid;
use web::extract::GuestTokens;

fn tokens(criterion: &mut Criterion) {
    let now = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists");
    let guests = GuestTokens::new(b"a secret, long enough for a bench", [], TimeDelta::days(30));
    let (_, guest) = guests.issue(StoreId::MAIN, PrincipalId::from_uuid(Uuid::from_u128(7)), now);
    criterion.bench_function("who is asking/a guest's token", |bencher| {
        bencher.iter(|| guests.verify(StoreId::MAIN, black_box(&guest), now));
    });

    let keyring = Keyring::new("a secret, long enough for a bench".into(), []);
    let customers = AccessTokens::new(&keyring, "doorbuster", TimeDelta::minutes(15));
    let access = Access {
        account: AccountId::from_uuid(Uuid::from_u128(7)),
        session: SessionId::from_uuid(Uuid::from_u128(8)),
        store: StoreId::MAIN,
        role: Role::Customer,
        second_factor: false,
        expires_at: now + TimeDelta::days(7),
    };
    let (_, token) = customers.issue(access, now);
    criterion.bench_function("who is asking/an access token", |bencher| {
        bencher.iter(|| customers.verify(black_box(&token), now));
    });

    let claims = json!({
        "iss": "doorbuster", "aud": "doorbuster-api", "sub": access.account.to_string(),
        "sid": access.session.to_string(), "store": access.store.to_string(), "role": "customer", "mfa": false,
        "iat": now.timestamp(), "exp": now.timestamp() + 900,
    });
    let secret = b"a secret, long enough for a bench";
    let token = encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret)).expect("a token");
    let key = DecodingKey::from_secret(secret);
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&["doorbuster-api"]);
    validation.set_issuer(&["doorbuster"]);
    validation.validate_exp = false;
    criterion.bench_function("who is asking/any JWT, by a library", |bencher| {
        bencher.iter(|| decode::<Value>(black_box(&token), &key, &validation));
    });
}

criterion_group!(benches, tokens);
criterion_main!(benches);
