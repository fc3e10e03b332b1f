//! API keys over several processes: each has a memory of its own, and all hear of what one of them does.

use chrono::TimeDelta;
use engine::clock::Clock;
use engine::id::StoreId;
use futures_util::future::join_all;
use identity::Identity;
use identity::access::{Issued, KeyDraft, KeyError, KeyKind, Keys, Overlap, Role, Scope, Unusable};
use secrecy::{ExposeSecret, SecretString};

use crate::fixture::Fixture;

/// One process.
fn process(fixture: &Fixture) -> Identity {
    let identity = fixture.identity();
    fixture.block_on(identity.start()).expect("it knows who may come in");
    identity
}

fn draft() -> KeyDraft {
    KeyDraft {
        name: "till".to_owned(),
        kind: KeyKind::Secret,
        scopes: vec![Scope::StockRead, Scope::StockWrite],
        expires_at: None,
    }
}

fn make(fixture: &Fixture, keys: &Keys) -> Issued {
    fixture.block_on(keys.create(StoreId::MAIN, draft())).expect("a key")
}

fn check(fixture: &Fixture, keys: &Keys, secret: &SecretString) -> Result<(), Unusable> {
    keys.check(secret.expose_secret(), fixture.clock.now()).map(|_| ())
}

#[test]
fn what_one_process_makes_and_revokes_another_knows_a_moment_later() {
    let fixture = Fixture::new();
    let (here, there) = (process(&fixture), process(&fixture));
    let Issued { key, secret } = make(&fixture, here.keys());
    assert_eq!(check(&fixture, here.keys(), &secret), Ok(()), "who made it need not wait");
    testdb::eventually("the other one to hear of it", || check(&fixture, there.keys(), &secret).ok());

    fixture.block_on(here.keys().revoke(StoreId::MAIN, key.id, Some(1))).expect("revoked");
    assert_eq!(check(&fixture, here.keys(), &secret), Err(Unusable::Unknown), "at once where it was asked for");
    testdb::eventually("the other one to hear of it", || check(&fixture, there.keys(), &secret).err());
    // Whoever starts later never knew it.
    assert_eq!(check(&fixture, process(&fixture).keys(), &secret), Err(Unusable::Unknown));
}

#[test]
fn a_key_that_was_replaced_opens_for_the_overlap_and_no_longer() {
    let fixture = Fixture::new();
    let keys = process(&fixture).keys().clone();
    let old = make(&fixture, &keys);
    let overlap = Overlap::seconds(60).expect("a minute");
    let new = fixture.block_on(keys.rotate(StoreId::MAIN, old.key.id, Some(1), overlap)).expect("another");
    assert_eq!(new.key.rotated_from, Some(old.key.id));
    assert_eq!((new.key.principal(), &new.key.scopes), (old.key.principal(), &old.key.scopes));
    for secret in [&old.secret, &new.secret] {
        assert_eq!(check(&fixture, &keys, secret), Ok(()));
    }
    let again = fixture.block_on(keys.rotate(StoreId::MAIN, old.key.id, None, overlap));
    assert!(matches!(again, Err(KeyError::Ended(_))), "{again:?}");

    fixture.clock.advance(TimeDelta::seconds(60));
    assert_eq!(check(&fixture, &keys, &old.secret), Err(Unusable::Expired));
    assert_eq!(check(&fixture, &keys, &new.secret), Ok(()));
    let newest = fixture.block_on(keys.rotate(StoreId::MAIN, new.key.id, None, Overlap::NONE)).expect("another");
    assert_eq!(check(&fixture, &keys, &new.secret), Err(Unusable::Expired), "at once");
    assert_eq!(newest.key.principal(), old.key.principal(), "of one family");
}

#[test]
fn of_all_who_replace_a_key_at_once_one_does() {
    let fixture = Fixture::new();
    let processes = [process(&fixture), process(&fixture)];
    let old = make(&fixture, processes[0].keys());
    let tries = (0..20).map(|turn| {
        processes[turn % 2].keys().rotate(StoreId::MAIN, old.key.id, None, Overlap::seconds(60).expect("a minute"))
    });
    let replaced = fixture.block_on(join_all(tries));
    assert_eq!(replaced.iter().filter(|tried| tried.is_ok()).count(), 1);
    assert!(replaced.iter().all(|tried| matches!(tried, Ok(_) | Err(KeyError::Ended(_)))), "{replaced:?}");
    let there = fixture.block_on(processes[0].keys().after(StoreId::MAIN, None, 100)).expect("a list");
    assert_eq!(there.len(), 2, "the old one and the one that has its place");
}

#[test]
fn when_a_key_was_used_is_written_down_and_no_later_use_lost() {
    let fixture = Fixture::new();
    let (here, there) = (process(&fixture), process(&fixture));
    let Issued { key, secret } = make(&fixture, here.keys());
    let first = fixture.clock.now();
    assert_eq!(check(&fixture, here.keys(), &secret), Ok(()));
    testdb::eventually("the other one to hear of it", || check(&fixture, there.keys(), &secret).ok());
    fixture.clock.advance(TimeDelta::seconds(5));
    assert_eq!(check(&fixture, there.keys(), &secret), Ok(()));
    let used = || fixture.block_on(here.keys().get(StoreId::MAIN, key.id)).expect("a key").last_used_at;
    // Written in the other order than they happened in.
    for process in [&there, &here] {
        fixture.block_on(process.keys().write_uses()).expect("written");
        assert_eq!(used(), Some(first + TimeDelta::seconds(5)));
    }
}

#[test]
fn a_key_that_was_adopted_and_revoked_stays_so() {
    let fixture = Fixture::new();
    let keys = process(&fixture).keys().clone();
    let secret: SecretString = "sk_made-somewhere-else-and-long-enough-to-be".into();
    let adopt = || fixture.block_on(keys.adopt(StoreId::MAIN, "operator", &secret, Role::Admin.scopes()));
    assert!(adopt().expect("adopted") && !adopt().expect("known"));
    assert_eq!(check(&fixture, &keys, &secret), Ok(()));
    let id = fixture.block_on(keys.after(StoreId::MAIN, None, 10)).expect("a list")[0].id;
    fixture.block_on(keys.revoke(StoreId::MAIN, id, None)).expect("revoked");
    assert!(!adopt().expect("known"));
    assert_eq!(check(&fixture, &keys, &secret), Err(Unusable::Unknown));
    let short = fixture.block_on(keys.adopt(StoreId::MAIN, "operator", &"sk_short".into(), Role::Admin.scopes()));
    assert!(matches!(short, Err(KeyError::Invalid { .. })), "{short:?}");
}
