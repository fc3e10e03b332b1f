//! PURE. What was typed in, and whether the code of an app is good: none is accepted twice, and none that is older than one
//! that was.

use super::authenticator::Authenticator;
use super::error::NoCode;
use super::recovery::RecoveryCode;

use engine::clock::Timestamp;

/// Something that looks like a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    App(AppCode),
    Recovery(RecoveryCode),
}

/// Six digits. Not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct AppCode(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Of this step, which is remembered.
    Accept(i64),
    /// It was good, and it or a newer one was shown before.
    Used,
    Wrong,
}

impl Shown {
    pub fn parse(text: &str) -> Result<Self, NoCode> {
        let digits: String = text.chars().filter(|letter| *letter != ' ').collect();
        if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit()) && text.len() <= 12 {
            return Ok(Self::App(AppCode(digits)));
        }
        RecoveryCode::parse(text).map(Self::Recovery).ok_or(NoCode)
    }
}

pub(super) fn judge(app: &Authenticator, code: &AppCode, last_step: i64, now: Timestamp) -> Verdict {
    match app.step_of(&code.0, now) {
        None => Verdict::Wrong,
        Some(step) if step <= last_step => Verdict::Used,
        Some(step) => Verdict::Accept(step),
    }
}

impl std::fmt::Debug for AppCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use totp_rs::Builder;

    const SECRET: &[u8] = b"12345678901234567890";

    /// Each line: when somebody shows the code of when (in steps), and what becomes of it.
    fn check(story: &str) {
        let app = Authenticator::with_secret(SECRET.to_vec());
        let codes = Builder::new().with_secret(SECRET.to_vec()).build().expect("as above");
        let mut last_step = 0;
        for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (asked, answer) = line.split_once('|').expect("now code | answer");
            let mut steps = asked.split_whitespace().map(|step| step.parse::<i64>().expect("a step"));
            let (now, of) = (steps.next().expect("now"), steps.next().expect("whose code"));
            let code = codes.generate(u64::try_from(of * 30).expect("after 1970")).to_string();
            let Ok(Shown::App(code)) = Shown::parse(&code) else { panic!("{code} is a code") };
            let now = DateTime::from_timestamp(now * 30 + 7, 0).expect("a time");
            let told = match judge(&app, &code, last_step, now) {
                Verdict::Accept(step) => {
                    last_step = step;
                    "accepted"
                }
                Verdict::Used => "used",
                Verdict::Wrong => "wrong",
            };
            assert_eq!(told, answer.trim(), "at {asked} of {story}");
        }
    }

    #[test]
    fn a_code_is_accepted_once_and_never_after_a_newer_one() {
        check(
            "
            1000 1000 | accepted
            1000 1000 | used
            1001 1000 | used
            1001 1001 | accepted
            1001 1002 | accepted
            1002 1002 | used
            1002 1001 | used
            1003 1004 | accepted
            1004 1003 | used
            1009 1004 | wrong
            1009 1011 | wrong
            ",
        );
    }

    #[test]
    fn what_is_typed_in_is_a_code_of_an_app_or_of_the_paper() {
        assert!(matches!(Shown::parse("123 456"), Ok(Shown::App(_))));
        assert!(matches!(Shown::parse("abcd-efgh-jkmn-pqrs"), Ok(Shown::Recovery(_))));
        for bad in ["", "12345", "1234567", "１２３４５６", "hello"] {
            assert_eq!(Shown::parse(bad), Err(NoCode), "{bad}");
        }
        assert!(!format!("{:?}", Shown::parse("123456")).contains("123456"));
    }
}
