//! One-time codes on a real PostgreSQL: what the rule says is what the statements do, on however many servers.

use chrono::TimeDelta;
use engine::id::StoreId;
use identity::Identity;
use identity::codes::{Asker, Closed, Code, Error, Proof, Sent};
use identity::notification::Recipient;
use identity::reach::Email;
use tempfile::TempDir;
use uuid::Uuid;

use crate::fixture::{Fixture, notifications, settings};

/// Two servers on one database, and whoever reads what they send.
struct Servers {
    both: [Identity; 2],
    outbox: TempDir,
    fixture: Fixture,
    sent: u32,
}

impl Servers {
    fn new() -> Self {
        let fixture = Fixture::new();
        let outbox = tempfile::tempdir().expect("a folder");
        let server = || {
            let mut settings = settings();
            settings.notifications = notifications(outbox.path());
            fixture.identity_with(settings)
        };
        let both = [server(), server()];
        fixture.block_on(both[0].start()).expect("it delivers");
        Self { both, outbox, fixture, sent: 0 }
    }

    /// A code to an address of its own.
    fn send(&mut self) -> (Sent, String) {
        self.sent += 1;
        let address = format!("ann{}@example.com", self.sent);
        let to = Recipient::Email(Email::parse(&address).expect("an address"));
        let sent =
            self.fixture.block_on(self.both[0].codes().send(StoreId::MAIN, to, Asker::Network([4; 9]))).expect("sent");
        let message = testdb::eventually("the message", || {
            let files = std::fs::read_dir(self.outbox.path()).expect("a folder");
            let texts = files.map(|file| std::fs::read_to_string(file.expect("an entry").path()).expect("a text"));
            texts.into_iter().find(|text| text.starts_with(&format!("To: {address}\n")) && text.ends_with('\n'))
        });
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let code = message.split(|letter: char| !letter.is_ascii_alphanumeric()).find(is_code).expect("a code");
        (sent, code.to_owned())
    }

    fn verify(&self, server: usize, sent: Sent, code: &str) -> Result<Proof, Error> {
        let code = Code::parse(code).expect("a code");
        self.fixture.block_on(self.both[server % 2].codes().verify(StoreId::MAIN, sent.challenge, code))
    }
}

fn wrong(code: &str) -> &'static str {
    if code == "123456" { "654321" } else { "123456" }
}

fn said(answer: Result<Proof, Error>) -> String {
    match answer {
        Ok(Proof::Of { .. }) => "in".to_owned(),
        Ok(Proof::Blocked) => "blocked".to_owned(),
        Err(Error::Wrong { left }) => format!("{left} left"),
        Err(Error::Closed(Closed::Used)) => "used".to_owned(),
        Err(Error::Closed(Closed::Expired)) => "expired".to_owned(),
        Err(Error::Closed(Closed::Exhausted)) => "exhausted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_stories_of_the_rule_are_true_of_the_database() {
    let mut servers = Servers::new();
    let (mut code, mut second, mut told) = (None, 0, 0);
    let stories = include_str!("../../src/codes/stories.txt");
    for (line, text) in stories.lines().enumerate().filter(|(_, text)| !text.starts_with('#')) {
        let Some((shown, answer)) = text.split_once('|') else {
            (code, second) = (Some(servers.send()), 0);
            continue;
        };
        let (at, which) = shown.trim().split_once(' ').expect("second and code");
        let at: i64 = at.parse().expect("a second");
        servers.fixture.pass(TimeDelta::seconds(at - second));
        second = at;
        let (sent, right) = code.as_ref().expect("one was sent");
        let shown = if which.trim() == "right" { right } else { wrong(right) };
        assert_eq!(said(servers.verify(line, *sent, shown)), answer.trim(), "{text}");
        told += 1;
    }
    assert_eq!(told, 22);
}

#[test]
fn a_challenge_is_its_store_s() {
    let mut servers = Servers::new();
    let (sent, right) = servers.send();
    let other = StoreId::from_uuid(Uuid::from_u128(7));
    let code = Code::parse(&right).expect("a code");
    let elsewhere = servers.fixture.block_on(servers.both[1].codes().verify(other, sent.challenge, code));
    assert!(matches!(elsewhere, Err(Error::Unknown)), "{elsewhere:?}");
    assert_eq!(said(servers.verify(0, sent, &right)), "in", "and no try was counted");
}

#[test]
fn nothing_of_a_code_is_kept_that_would_tell_it() {
    let mut servers = Servers::new();
    let (_, right) = servers.send();
    let kept = servers.fixture.read("select row_to_json(c)::text as told from one_time_codes c");
    assert!(!kept.contains(&right), "{kept}");
    // Bytes are told in hexadecimal digits.
    let bytes: String = right.bytes().map(|digit| format!("{digit:02x}")).collect();
    assert!(!kept.contains(&bytes), "{kept}");
}
