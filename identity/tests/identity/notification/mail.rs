//! Letters at a real mail server.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use engine::clock::{Clock, IdSource};
use engine::id::StoreId;
use identity::notification::{MailSettings, Notice, SmsSettings};
use testdb::eventually;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Couriers, Sink, email, mail_settings, notifications, send, send_of, states, until};
use crate::fixture::Fixture;

fn no_sms(folder: &tempfile::TempDir) -> SmsSettings {
    SmsSettings::Folder(folder.path().to_owned())
}

fn code(fixture: &Fixture, code: &str) -> Notice {
    Notice::OneTimeCode { code: code.to_owned(), expires_at: fixture.clock.now() + TimeDelta::minutes(5) }
}

#[test]
fn a_letter_arrives_as_it_was_meant_and_is_erased() {
    let (fixture, sink, folder) = (Fixture::new(), Sink::start(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    let _couriers = Couriers::of(&messages);
    let expires_at = fixture.clock.now() + TimeDelta::hours(24);
    let notice = Notice::VerifyEmail { token: "ev_Zm9v".to_owned(), expires_at };
    send(&fixture, &messages, &email("Ann@Example.com"), &notice);

    let letter = sink.wait_for(1).remove(0);
    assert_eq!((letter.said.as_str(), letter.sender.as_str()), ("250", "shop@example.com"));
    assert_eq!(letter.recipients, ["Ann@Example.com"]);
    assert_eq!(letter.headers["subject"], "Doorbuster: confirm your e-mail address");
    assert_eq!(letter.headers["from"], "Doorbuster <shop@example.com>");
    assert_eq!(letter.headers["to"], "Ann@Example.com");
    assert_eq!(letter.headers["auto-submitted"], "auto-generated");
    assert!(letter.headers["message-id"].starts_with("<msg_"), "{:?}", letter.headers);
    assert!(letter.body.contains("https://shop.example/main/account/verify-email#token=ev_Zm9v"), "{}", letter.body);
    until(&fixture, "sent", 1, None);
}

#[test]
fn each_store_writes_in_its_own_name_and_leads_to_its_own_pages() {
    let (fixture, sink, folder) = (Fixture::new(), Sink::start(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    let _couriers = Couriers::of(&messages);
    let store = StoreId::from_uuid(fixture.ids.next(fixture.clock.now()));
    let named = "insert into stores (id, slug, name, currency) values";
    fixture.own.sql(format!("{named} ('{}', 'next-door', 'Next Door', 'EUR')", store.uuid()));
    let expires_at = fixture.clock.now() + TimeDelta::minutes(30);
    let notice = Notice::ResetPassword { token: "pr_Zm9v".to_owned(), expires_at };
    send_of(store, &fixture, &messages, &email("ann@example.com"), &notice);

    let letter = sink.wait_for(1).remove(0);
    assert_eq!(letter.headers["subject"], "Next Door: choose a new password");
    assert!(letter.body.contains("https://shop.example/next-door/account/reset-password#token=pr_"), "{}", letter.body);
}

#[test]
fn what_is_on_its_way_tells_nobody_what_it_says() {
    let (fixture, folder) = (Fixture::new(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, MailSettings::Folder(folder.path().to_owned()), no_sms(&folder));
    send(&fixture, &messages, &email("ann@example.com"), &code(&fixture, "314159"));
    assert_eq!(states(&fixture), [("waiting".to_owned(), 0, None, true)]);
    let stored = fixture.read("select messages::text as told from messages");
    assert!(!stored.contains("ann@") && !stored.contains("314159"), "{stored}");
    // `messages::text` shows bytes in hexadecimal.
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(!stored.contains(&hex("ann@")) && !stored.contains(&hex("314159")), "{stored}");
}

#[test]
fn a_transaction_that_comes_to_nothing_sends_nothing() {
    use diesel_async::AsyncConnection;
    use engine::postgres::DatabaseError;

    let (fixture, folder) = (Fixture::new(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, MailSettings::Folder(folder.path().to_owned()), no_sms(&folder));
    let draft = messages.draft(StoreId::MAIN, None, &email("ann@example.com"), &Notice::AccountExists);
    let rolled_back = fixture.database.run(move |mut connection| async move {
        let outcome: Result<(), diesel::result::Error> = connection
            .transaction(async |connection| {
                identity::notification::post(connection, &draft).await?;
                Err(diesel::result::Error::RollbackTransaction)
            })
            .await;
        assert_eq!(outcome, Err(diesel::result::Error::RollbackTransaction));
        Ok::<_, DatabaseError>(())
    });
    fixture.block_on(rolled_back).expect("a connection");
    assert_eq!(states(&fixture), []);
}

#[test]
fn a_server_that_was_away_gets_it_when_it_is_back() {
    let (fixture, folder) = (Fixture::new(), tempfile::tempdir().expect("a folder"));
    let sink = Sink::start();
    let (port, url) = (sink.port(), sink.url());
    drop(sink);
    let messages = notifications(&fixture, mail_settings(&url), no_sms(&folder));
    let _couriers = Couriers::of(&messages);
    send(&fixture, &messages, &email("ann@example.com"), &code(&fixture, "271828"));
    until(&fixture, "waiting", 1, Some("no connection"));
    // Not before its time, and then again.
    fixture.pass(TimeDelta::seconds(5));
    until(&fixture, "waiting", 2, Some("no connection"));

    let sink = Sink::at(port);
    fixture.pass(TimeDelta::seconds(30));
    let letters = sink.wait_for(1);
    assert!(letters[0].body.starts_with("271828 is your code"), "{}", letters[0].body);
    until(&fixture, "sent", 3, None);
}

/// RFC 5321, 3.1.
fn a_server_that_takes_no_mail(fixture: &Fixture) -> String {
    let listener = fixture.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    fixture.io.handle().spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            stream.write_all(b"554 No SMTP service here\r\n").await.expect("they listen");
            // Until they have read it and are gone.
            while stream.read(&mut [0; 64]).await.is_ok_and(|length| length > 0) {}
        }
    });
    url
}

#[test]
fn a_server_that_takes_no_mail_at_all_loses_no_letter() {
    let (fixture, folder) = (Fixture::new(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, mail_settings(&a_server_that_takes_no_mail(&fixture)), no_sms(&folder));
    let _couriers = Couriers::of(&messages);
    send(&fixture, &messages, &email("ann@example.com"), &Notice::AccountExists);
    until(&fixture, "waiting", 1, Some("answered 554"));
    fixture.pass(TimeDelta::seconds(5));
    until(&fixture, "waiting", 2, Some("answered 554"));
}

#[test]
fn not_now_is_tried_again_and_never_is_given_up() {
    let (fixture, sink, folder) = (Fixture::new(), Sink::start(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    let _couriers = Couriers::of(&messages);
    send(&fixture, &messages, &email("greylisted@example.com"), &Notice::AccountExists);
    until(&fixture, "waiting", 1, Some("answered 451"));
    fixture.pass(TimeDelta::seconds(5));
    until(&fixture, "sent", 2, None);
    let said: Vec<_> =
        sink.wait_for(2).into_iter().map(|attempt| (attempt.said, attempt.headers["message-id"].clone())).collect();
    assert_eq!([said[0].0.as_str(), said[1].0.as_str()], ["451", "250"]);
    assert_eq!(said[0].1, said[1].1, "the same letter under the same id");

    fixture.own.sql("delete from messages");
    send(&fixture, &messages, &email("unknown@example.com"), &Notice::AccountExists);
    until(&fixture, "given_up", 1, Some("answered 550"));
}

#[test]
fn a_code_that_has_run_out_is_not_sent() {
    let (fixture, sink, folder) = (Fixture::new(), Sink::start(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    send(&fixture, &messages, &email("ann@example.com"), &code(&fixture, "161803"));
    fixture.pass(TimeDelta::minutes(5));
    let _couriers = Couriers::of(&messages);
    until(&fixture, "given_up", 1, Some("nobody needs it any more"));
    assert_eq!(sink.attempts(), []);
}

#[test]
fn a_message_that_its_secret_is_lost_for_is_given_up() {
    let (fixture, sink, folder) = (Fixture::new(), Sink::start(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    send(&fixture, &messages, &email("ann@example.com"), &Notice::AccountExists);
    fixture.own.sql("update messages set content = 'nonsense'");
    let _couriers = Couriers::of(&messages);
    until(&fixture, "given_up", 1, Some("it cannot be read any more"));
}

#[test]
fn of_two_couriers_each_message_is_one_ones() {
    let (fixture, sink, folder) = (Fixture::new(), Sink::start(), tempfile::tempdir().expect("a folder"));
    let here = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    let there = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    for number in 0..60 {
        send(&fixture, &here, &email(&format!("reader{number}@example.com")), &Notice::AccountExists);
    }
    let _couriers = (Couriers::of(&here), Couriers::of(&there));
    eventually("all of them", || {
        states(&fixture).iter().all(|(state, attempts, ..)| state == "sent" && *attempts == 1).then_some(())
    });
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for letter in sink.wait_for(60) {
        *times.entry(letter.recipients.concat()).or_default() += 1;
    }
    assert_eq!(times.len(), 60);
    assert!(times.values().all(|&times| times == 1), "{times:?}");
}

#[test]
fn what_somebody_waits_for_overtakes_a_flood() {
    let (fixture, sink, folder) = (Fixture::new(), Sink::start(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    let expires_at = fixture.clock.now() + TimeDelta::hours(24);
    for number in 0..60 {
        let notice = Notice::VerifyEmail { token: format!("ev_{number}"), expires_at };
        send(&fixture, &messages, &email(&format!("stranger{number}@example.com")), &notice);
    }
    fixture.pass(TimeDelta::seconds(1));
    let reset = Notice::ResetPassword { token: "pr_Zm9v".to_owned(), expires_at };
    send(&fixture, &messages, &email("ann@example.com"), &reset);
    send(&fixture, &messages, &email("bob@example.com"), &code(&fixture, "161803"));
    let _couriers = Couriers::of(&messages);

    let letters = sink.wait_for(62);
    let place = |reader: &str| letters.iter().position(|letter| letter.recipients == [reader]).expect("it arrived");
    // Four are on their way at a time, and overtake each other.
    let places = [place("ann@example.com"), place("bob@example.com")];
    assert!(places.iter().all(|place| *place < 20), "{places:?}");
}

#[test]
fn whoever_died_with_a_message_had_it_for_a_while_only() {
    let (fixture, sink, folder) = (Fixture::new(), Sink::start(), tempfile::tempdir().expect("a folder"));
    let messages = notifications(&fixture, mail_settings(&sink.url()), no_sms(&folder));
    send(&fixture, &messages, &email("slow@example.com"), &Notice::AccountExists);
    let first = Couriers::of(&messages);
    eventually("the first attempt", || (states(&fixture) == [("waiting".to_owned(), 1, None, true)]).then_some(()));
    // It dies in the middle of it.
    drop(first);
    let _second = Couriers::of(&messages);
    fixture.own.sql("update messages set next_attempt_at = next_attempt_at - interval '1 second'");
    fixture.pass(TimeDelta::minutes(3));
    until(&fixture, "waiting", 2, None);
}

#[test]
fn without_a_server_developers_find_letters_in_a_folder_of_their_own() {
    use std::os::unix::fs::PermissionsExt;

    let (fixture, folder) = (Fixture::new(), tempfile::tempdir().expect("a folder"));
    let outbox = folder.path().join("outbox");
    let messages = notifications(&fixture, MailSettings::Folder(outbox.clone()), SmsSettings::Folder(outbox.clone()));
    let _couriers = Couriers::of(&messages);
    send(&fixture, &messages, &email("ann@example.com"), &code(&fixture, "161803"));
    until(&fixture, "sent", 1, None);
    let file = std::fs::read_dir(&outbox).expect("a folder").next().expect("a file").expect("an entry").path();
    assert!(file.to_string_lossy().ends_with("-one_time_code.txt"), "{file:?}");
    let written = std::fs::read_to_string(&file).expect("a text");
    assert!(written.starts_with("To: ann@example.com\nSubject: Doorbuster: your code\n\n161803 is"), "{written}");
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&outbox), mode(&file)), (0o700, 0o600));
}
