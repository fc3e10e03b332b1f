//! Registering and logging in.

use engine::id::StoreId;
use identity::Identity;
use identity::account::{Error, LoginError, Registration};
use identity::password::Hashing;
use identity::reach::Email;
use secrecy::SecretString;

use crate::fixture::{Fixture, PASSWORD, settings};

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

fn wanted(address: &str, password: &str) -> Registration {
    Registration { email: email(address), password: password.into(), name: Some("Ann".to_owned()) }
}

fn log_in(fixture: &Fixture, identity: &Identity, address: &str, password: &str) -> Result<String, LoginError> {
    let password: SecretString = password.into();
    let account = fixture.block_on(identity.accounts().log_in(StoreId::MAIN, email(address), password))?;
    Ok(account.name.unwrap_or_default())
}

#[test]
fn an_address_has_one_account_and_nobody_is_told_that_it_has() {
    let (fixture, identity) = (Fixture::new(), Fixture::identity);
    let identity = identity(&fixture);
    let register = |address: &str, password: &str| {
        fixture.block_on(identity.accounts().register(StoreId::MAIN, wanted(address, password), fixture.now()))
    };
    register("Ann@example.com", PASSWORD).expect("an account");
    register("ann@EXAMPLE.com", "another password").expect("the same answer");
    assert_eq!(fixture.read("select count(*)::text as told from accounts"), "1");
    assert_eq!(log_in(&fixture, &identity, "ANN@example.com", PASSWORD).expect("it is hers"), "Ann");
    let refused = log_in(&fixture, &identity, "ann@example.com", "another password");
    assert!(matches!(refused, Err(LoginError::Wrong)), "{refused:?}");
    assert!(matches!(register("bob@example.com", "password123"), Err(Error::Weak(_))));
}

#[test]
fn who_is_blocked_is_told_so_with_the_right_password_alone() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    fixture.customer(&identity, "ann@example.com");
    fixture.own.sql("update accounts set status = 'blocked'");
    assert!(matches!(log_in(&fixture, &identity, "ann@example.com", PASSWORD), Err(LoginError::Blocked)));
    assert!(matches!(log_in(&fixture, &identity, "ann@example.com", "wrong"), Err(LoginError::Wrong)));
    fixture.own.sql("update accounts set status = 'erased'");
    assert!(matches!(log_in(&fixture, &identity, "ann@example.com", PASSWORD), Err(LoginError::Wrong)));
}

#[test]
fn a_password_that_was_little_work_is_kept_anew_when_its_owner_comes() {
    let fixture = Fixture::new();
    fixture.customer(&fixture.identity(), "ann@example.com");
    let kept = || fixture.read("select password_hash as told from accounts");
    assert!(kept().contains("m=64,"), "{}", kept());
    let mut harder = settings();
    harder.hashing = Hashing { memory_kib: 128, ..harder.hashing };
    let harder = fixture.identity_with(harder);
    assert!(matches!(log_in(&fixture, &harder, "ann@example.com", "wrong"), Err(LoginError::Wrong)));
    assert!(kept().contains("m=64,"), "{}", kept());
    log_in(&fixture, &harder, "ann@example.com", PASSWORD).expect("it is hers");
    assert!(kept().contains("m=128,"), "{}", kept());
    log_in(&fixture, &harder, "ann@example.com", PASSWORD).expect("it is hers still");
}

#[test]
fn where_the_shop_wants_it_an_address_is_confirmed_first() {
    let fixture = Fixture::new();
    let strict = fixture.identity_with(identity::Settings { confirmed_only: true, ..settings() });
    let registered = strict.accounts().register(StoreId::MAIN, wanted("ann@example.com", PASSWORD), fixture.now());
    fixture.block_on(registered).expect("an account");
    assert!(matches!(log_in(&fixture, &strict, "ann@example.com", PASSWORD), Err(LoginError::Unconfirmed)));
    assert!(matches!(log_in(&fixture, &strict, "ann@example.com", "wrong"), Err(LoginError::Wrong)));
    fixture.own.sql("update accounts set email_verified_at = now()");
    log_in(&fixture, &strict, "ann@example.com", PASSWORD).expect("it is confirmed");
}

#[test]
fn whoever_registers_with_the_address_of_another_keeps_no_letter_from_them() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    fixture.customer(&identity, "ann@example.com");
    let letters =
        |kind: &str| fixture.read(&format!("select count(*)::text as told from messages where kind = '{kind}'"));
    for _ in 0..7 {
        let asked = identity.accounts().register(StoreId::MAIN, wanted("ann@example.com", PASSWORD), fixture.now());
        fixture.block_on(asked).expect("the same answer");
    }
    assert_eq!(letters("account_exists"), "5", "a mailbox is not filled");
    let forgot = || {
        let asked = identity.accounts().forgot_password(StoreId::MAIN, email("ann@example.com"), fixture.now());
        fixture.block_on(asked).expect("it is asked for");
    };
    forgot();
    assert_eq!(letters("reset_password"), "1");
    (0..6).for_each(|_| forgot());
    assert_eq!(letters("reset_password"), "5", "nor with these");
}
