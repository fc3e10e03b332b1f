//! Sessions over two servers and many tabs.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use chrono::TimeDelta;
use engine::id::StoreId;
use futures_util::future::join_all;
use identity::Identity;
use identity::account::Account;
use identity::session::{Begun, Device, EndReason, Error};
use identity::token::InvalidToken;
use secrecy::{ExposeSecret, SecretString};

use crate::fixture::{Fixture, settings};

const STORE: StoreId = StoreId::MAIN;

fn begin(fixture: &Fixture, identity: &Identity, account: &Account) -> Begun {
    let device = Device::new(Some("A browser"), Ipv4Addr::LOCALHOST.into());
    let begun = identity.sessions().begin(account.clone(), device, false, fixture.now());
    fixture.block_on(begun).expect("a session")
}

fn refresh(fixture: &Fixture, identity: &Identity, token: &SecretString) -> Result<Begun, Error> {
    fixture.block_on(identity.sessions().refresh(STORE, token.expose_secret(), fixture.now()))
}

fn verify(fixture: &Fixture, identity: &Identity, begun: &Begun) -> Result<(), InvalidToken> {
    let access = identity.sessions().verify(begun.access_token.expose_secret(), fixture.now())?;
    assert_eq!(access, begun.access);
    Ok(())
}

#[test]
fn many_tabs_at_two_servers_get_one_successor() {
    let fixture = Fixture::new();
    let (here, there) = (fixture.identity(), fixture.identity());
    let account = fixture.customer(&here, "ann@example.com");
    let first = begin(&fixture, &here, &account);
    let token = first.refresh_token.expose_secret();
    let tabs = (0..40).map(|tab| {
        let server = if tab % 2 == 0 { &here } else { &there };
        server.sessions().refresh(STORE, token, fixture.now())
    });
    let answers = fixture.block_on(join_all(tabs));
    let successors: BTreeSet<String> = answers
        .into_iter()
        .map(|answer| answer.expect("none is taken for a thief").refresh_token.expose_secret().to_owned())
        .collect();
    assert_eq!(successors.len(), 1);
    assert!(!successors.contains(token));
    assert_eq!(fixture.read("select refresh_number::text as told from sessions"), "1");
}

#[test]
fn a_stolen_token_ends_the_session_for_the_thief_and_the_owner_everywhere() {
    let fixture = Fixture::new();
    let (here, there) = (fixture.identity(), fixture.identity());
    fixture.block_on(there.start()).expect("it listens");
    let account = fixture.customer(&here, "ann@example.com");
    let first = begin(&fixture, &here, &account);
    let second = refresh(&fixture, &here, &first.refresh_token).expect("its successor");
    let other = begin(&fixture, &here, &account);
    fixture.pass(TimeDelta::seconds(31));
    verify(&fixture, &there, &second).expect("good until then");
    assert!(matches!(refresh(&fixture, &here, &first.refresh_token), Err(Error::Stolen)));
    assert!(matches!(refresh(&fixture, &there, &second.refresh_token), Err(Error::Over)));
    assert_eq!(verify(&fixture, &here, &second), Err(InvalidToken::Ended), "at once where it was noticed");
    let heard = || verify(&fixture, &there, &second).err().filter(|error| *error == InvalidToken::Ended);
    testdb::eventually("the other server to hear of it", heard);
    verify(&fixture, &there, &other).expect("another sign-in goes on");
    let told = "select string_agg(coalesce(end_reason, 'goes on'), ', ' order by id) as told from sessions";
    assert_eq!(fixture.read(told), "stolen, goes on");
}

#[test]
fn a_server_that_starts_knows_what_ended_before() {
    let fixture = Fixture::new();
    let here = fixture.identity();
    let account = fixture.customer(&here, "ann@example.com");
    let begun = begin(&fixture, &here, &account);
    let (session, now) = (begun.access.session, fixture.now());
    let end = || here.sessions().end(STORE, account.id, session, EndReason::LoggedOut, now);
    assert!(fixture.block_on(end()).expect("ended"));
    assert!(!fixture.block_on(end()).expect("it is over"), "there is nothing left to end");
    let late = fixture.identity();
    verify(&fixture, &late, &begun).expect("it has not looked yet");
    fixture.block_on(late.start()).expect("it listens");
    assert_eq!(verify(&fixture, &late, &begun), Err(InvalidToken::Ended));
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let ann = fixture.customer(&identity, "ann@example.com");
    let bob = fixture.customer(&identity, "bob@example.com");
    let phone = begin(&fixture, &identity, &ann);
    fixture.pass(TimeDelta::minutes(1));
    let laptop = begin(&fixture, &identity, &ann);
    let list = || {
        let listed = fixture.block_on(identity.sessions().list(STORE, ann.id, fixture.now())).expect("a list");
        listed.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(list(), [laptop.access.session, phone.access.session]);
    fixture.pass(TimeDelta::minutes(1));
    let phone = refresh(&fixture, &identity, &phone.refresh_token).expect("it goes on");
    assert_eq!(list(), [phone.access.session, laptop.access.session], "the one that was seen last first");

    let end = |who: &Account| {
        let (session, now) = (phone.access.session, fixture.now());
        fixture.block_on(identity.sessions().end(STORE, who.id, session, EndReason::EndedElsewhere, now))
    };
    assert!(!end(&bob).expect("an answer"), "it is not his");
    verify(&fixture, &identity, &phone).expect("it goes on");
    assert!(end(&ann).expect("an answer"));
    assert_eq!(list(), [laptop.access.session]);
    let tablet = begin(&fixture, &identity, &ann);
    let but = Some(tablet.access.session);
    let others = identity.sessions().end_all(STORE, ann.id, but, EndReason::PasswordChanged, fixture.now());
    assert_eq!(fixture.block_on(others).expect("ended"), 1);
    assert_eq!(list(), [tablet.access.session]);
    verify(&fixture, &identity, &tablet).expect("this one goes on");
    assert_eq!(verify(&fixture, &identity, &laptop), Err(InvalidToken::Ended));
}

#[test]
fn a_session_ends_by_itself_when_nobody_uses_it_and_in_any_case() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let account = fixture.customer(&identity, "ann@example.com");
    let begun = begin(&fixture, &identity, &account);
    fixture.pass(TimeDelta::days(7));
    assert!(matches!(refresh(&fixture, &identity, &begun.refresh_token), Err(Error::Over)));

    let mut begun = begin(&fixture, &identity, &account);
    for _ in 0..14 {
        fixture.pass(TimeDelta::days(6));
        begun = refresh(&fixture, &identity, &begun.refresh_token).expect("it is used");
    }
    assert_eq!(begun.refresh_expires_at - fixture.now(), TimeDelta::days(6), "ninety days in all");
    fixture.pass(TimeDelta::days(6) - TimeDelta::minutes(5));
    let begun = refresh(&fixture, &identity, &begun.refresh_token).expect("its last");
    assert_eq!(begun.access.expires_at, begun.refresh_expires_at, "no access beyond the session");
    fixture.pass(TimeDelta::minutes(5));
    assert!(matches!(refresh(&fixture, &identity, &begun.refresh_token), Err(Error::Over)));
}

#[test]
fn nobody_gets_on_with_a_blocked_account_or_in_another_shop() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let account = fixture.customer(&identity, "ann@example.com");
    let begun = begin(&fixture, &identity, &account);
    let next_door = StoreId::from_uuid(account.id.uuid());
    let token = begun.refresh_token.expose_secret();
    let there = fixture.block_on(identity.sessions().refresh(next_door, token, fixture.now()));
    assert!(matches!(there, Err(Error::Over)));
    assert_eq!(fixture.read("select refresh_number::text as told from sessions"), "0", "nothing was done there");
    fixture.own.sql("update accounts set status = 'blocked'");
    assert!(matches!(refresh(&fixture, &identity, &begun.refresh_token), Err(Error::Over)));
}

#[test]
fn what_is_kept_makes_no_token_and_the_secret_may_change() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let account = fixture.customer(&identity, "ann@example.com");
    let begun = begin(&fixture, &identity, &account);
    let rows = fixture.read("select query_to_xml('select * from sessions', true, false, '')::text as told");
    assert!(!rows.contains(begun.refresh_token.expose_secret()), "{rows}");

    let rotated = fixture.identity_with(identity::Settings {
        secret: "another secret of the tests, long enough".into(),
        secrets_previous: vec![settings().secret],
        ..settings()
    });
    verify(&fixture, &rotated, &begun).expect("signed by the old one");
    let second = refresh(&fixture, &rotated, &begun.refresh_token).expect("a successor");
    let again = refresh(&fixture, &rotated, &begun.refresh_token).expect("for another tab");
    assert_eq!(second.refresh_token.expose_secret(), again.refresh_token.expose_secret());
    assert_eq!(verify(&fixture, &identity, &second), Err(InvalidToken::NotOurs), "signed by the new one");
}

#[test]
fn an_old_password_begins_nothing_after_it_was_changed() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let account = fixture.customer(&identity, "ann@example.com");
    fixture.own.sql("update accounts set secured_at = secured_at + interval '1 second'");
    let late = identity.sessions().begin(account, Device::default(), false, fixture.now());
    assert!(matches!(fixture.block_on(late), Err(Error::Over)));
    assert_eq!(fixture.read("select count(*)::text as told from sessions"), "0");
}

#[test]
fn of_more_sessions_than_anybody_has_devices_the_oldest_end() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let account = fixture.customer(&identity, "ann@example.com");
    let sessions: Vec<Begun> = (0..52)
        .map(|_| {
            fixture.pass(TimeDelta::seconds(1));
            begin(&fixture, &identity, &account)
        })
        .collect();
    for (n, begun) in sessions.iter().enumerate() {
        let expected = if n < 2 { Err(InvalidToken::Ended) } else { Ok(()) };
        assert_eq!(verify(&fixture, &identity, begun), expected, "the {n}th");
    }
    let listed = fixture.block_on(identity.sessions().list(STORE, account.id, fixture.now())).expect("a list");
    assert_eq!(listed.len(), 50);
}

#[test]
fn however_many_begin_at_once_fifty_go_on() {
    let fixture = Fixture::new();
    let identity = fixture.identity();
    let account = fixture.customer(&identity, "ann@example.com");
    let device = Device::new(Some("A browser"), Ipv4Addr::LOCALHOST.into());
    let begin = (0..120).map(|_| identity.sessions().begin(account.clone(), device.clone(), false, fixture.now()));
    let begun = fixture.block_on(join_all(begin));
    assert!(begun.iter().all(Result::is_ok));
    assert_eq!(fixture.read("select count(*)::text as told from sessions where ended_at is null"), "50");
}
