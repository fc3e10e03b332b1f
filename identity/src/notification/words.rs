//! The texts, in English. Pure: a notice, the shop's name and where its pages are, to a subject and a body.
//!
//! Another language is another table like `english`, chosen by what the account prefers.

use chrono::SecondsFormat;
use engine::clock::Timestamp;

use super::notice::Notice;

/// What a notice says to its reader.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// One line.
    pub(super) subject: String,
    pub(super) body: String,
}

/// Whose words they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    pub(super) shop: &'a str,
    /// The slug of its store.
    pub(super) store: &'a str,
    /// Where the shop's pages are, `{store}` standing for the slug; empty: the token is told as it is.
    pub(super) pages: &'a str,
}

/// For a message that may be long.
pub(super) fn letter(notice: &Notice, speaker: Speaker<'_>) -> Text {
    let Text { subject, body } = english(notice, speaker);
    Text { subject: one_line(&format!("{}: {subject}", speaker.shop)), body: format!("{}\n", plain(&body)) }
}

/// For a message of a few words.
pub(super) fn short(notice: &Notice, speaker: Speaker<'_>) -> String {
    let text = match notice {
        Notice::OneTimeCode { code, .. } => {
            format!("{code} is your code for {}. Nobody who asks you for it means well.", speaker.shop)
        }
        Notice::VerifyEmail { .. }
        | Notice::AccountExists
        | Notice::ResetPassword { .. }
        | Notice::Invitation { .. }
        | Notice::PasswordChanged { .. }
        | Notice::EmailChanged { .. }
        | Notice::NewLogin { .. }
        | Notice::SecondFactorChanged { .. }
        | Notice::RecoveryCodeUsed { .. }
        | Notice::ProviderLinked { .. }
        | Notice::DataExported { .. }
        | Notice::AccountErased { .. } => format!("{}: {}", speaker.shop, english(notice, speaker).subject),
    };
    one_line(&text)
}

/// Where the slug goes in `Speaker::pages`.
const STORE: &str = "{store}";
const NOT_YOU: &str = "If it was not you, change your password now, and log out everywhere.";

fn english(notice: &Notice, speaker: Speaker<'_>) -> Text {
    let shop = speaker.shop;
    let (subject, body) = match notice {
        Notice::VerifyEmail { token, expires_at } => (
            "confirm your e-mail address".to_owned(),
            format!(
                "Somebody, we hope you, gave this address at {shop}. To confirm that it is yours:\n\n{}\n\nThis works \
                 once, until {}. If it was not you, do nothing: the address is not used.",
                opener(speaker, "verify-email", token),
                time(*expires_at),
            ),
        ),
        Notice::AccountExists => (
            "you have an account already".to_owned(),
            format!(
                "Somebody, perhaps you, tried to register at {shop} with this address. It has an account already: log \
                 in, or ask for a new password. If it was not you, do nothing: nobody was let in."
            ),
        ),
        Notice::ResetPassword { token, expires_at } => (
            "choose a new password".to_owned(),
            format!(
                "Somebody, we hope you, asked for a new password at {shop}. To choose one:\n\n{}\n\nThis works once, \
                 until {}. If it was not you, do nothing: your password stays as it is.",
                opener(speaker, "reset-password", token),
                time(*expires_at),
            ),
        ),
        Notice::Invitation { token, expires_at } => (
            "you are invited".to_owned(),
            format!(
                "An account was made for you at {shop}, with which you look after the shop or sell in it. To choose \
                 its password:\n\n{}\n\nThis works once, until {}; afterwards ask for a new password with this \
                 address.",
                opener(speaker, "reset-password", token),
                time(*expires_at),
            ),
        ),
        Notice::PasswordChanged { at } => (
            "your password was changed".to_owned(),
            format!("Your password at {shop} was changed at {}. {NOT_YOU}", time(*at)),
        ),
        Notice::EmailChanged { at } => (
            "your e-mail address was changed".to_owned(),
            format!(
                "At {} your account at {shop} was given another e-mail address. Nothing more is sent to this one. If it \
                 was not you, write to us now.",
                time(*at)
            ),
        ),
        Notice::OneTimeCode { code, expires_at } => (
            "your code".to_owned(),
            format!(
                "{code} is your code for {shop}, until {}. Nobody who asks you for it means well. If you did not ask \
                 for it, do nothing.",
                time(*expires_at)
            ),
        ),
        Notice::NewLogin { at, device, address } => (
            "a new login".to_owned(),
            format!(
                "Somebody, we hope you, logged in to your account at {shop} at {}.\n\nDevice: {}\nAddress: {}\n\n{NOT_YOU}",
                time(*at),
                device.as_deref().map_or_else(|| "not known".to_owned(), one_line),
                address.as_deref().map_or_else(|| "not known".to_owned(), one_line),
            ),
        ),
        Notice::SecondFactorChanged { at, is_on } => {
            let (turned, effect) = if *is_on {
                ("on", "A code of your authenticator is asked for when you log in.")
            } else {
                ("off", "Your password alone lets you in.")
            };
            (
                format!("the second factor was turned {turned}"),
                format!(
                    "At {} the second factor of your account at {shop} was turned {turned}. {effect} {NOT_YOU}",
                    time(*at)
                ),
            )
        }
        Notice::RecoveryCodeUsed { at, left } => (
            "a recovery code was used".to_owned(),
            format!("At {} a recovery code of your account at {shop} was used; {left} are left. {NOT_YOU}", time(*at)),
        ),
        Notice::ProviderLinked { at, provider } => (
            "another way to sign in".to_owned(),
            format!(
                "Since {} your account at {shop} can be signed in to with {}. If it was not you, remove it, and change \
                 your password.",
                time(*at),
                one_line(provider)
            ),
        ),
        Notice::DataExported { at } => (
            "your data was exported".to_owned(),
            format!("At {} all that {shop} knows about you was exported from your account. {NOT_YOU}", time(*at)),
        ),
        Notice::AccountErased { at } => (
            "your account is gone".to_owned(),
            format!(
                "Your account at {shop} was erased at {}. What the law makes us keep of your orders is kept without your \
                 account. This is the last message to it.",
                time(*at)
            ),
        ),
    };
    Text { subject, body }
}

/// Behind `#`: what opens something is not in the first line of a request, which servers on the way write down.
fn opener(speaker: Speaker<'_>, page: &str, token: &str) -> String {
    match speaker.pages.trim_end_matches('/') {
        "" => token.to_owned(),
        pages => format!("{}/{page}#token={token}", pages.replace(STORE, speaker.store)),
    }
}

fn time(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// No header and no line can be begun by what somebody named something.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\n' { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const SHOP: Speaker<'_> = Speaker { shop: "Doorbuster", store: "main", pages: "https://shop.example/account/" };

    fn noon() -> Timestamp {
        DateTime::from_timestamp(1_767_268_800, 0).expect("a time")
    }

    fn all() -> Vec<Notice> {
        let (at, expires_at) = (noon(), noon());
        let evil = "x\r\nBcc: eve@example.com\u{0}".to_owned();
        vec![
            Notice::VerifyEmail { token: "ev_1".to_owned(), expires_at },
            Notice::AccountExists,
            Notice::ResetPassword { token: "pr_1".to_owned(), expires_at },
            Notice::Invitation { token: "pr_1".to_owned(), expires_at },
            Notice::PasswordChanged { at },
            Notice::EmailChanged { at },
            Notice::OneTimeCode { code: "123456".to_owned(), expires_at },
            Notice::NewLogin { at, device: Some(evil.clone()), address: Some(evil.clone()) },
            Notice::SecondFactorChanged { at, is_on: true },
            Notice::SecondFactorChanged { at, is_on: false },
            Notice::RecoveryCodeUsed { at, left: 7 },
            Notice::ProviderLinked { at, provider: evil },
            Notice::DataExported { at },
            Notice::AccountErased { at },
        ]
    }

    #[test]
    fn a_token_is_in_the_link_or_stands_alone_and_is_never_in_a_subject() {
        let verify = &all()[0];
        let text = letter(verify, SHOP);
        assert_eq!(text.subject, "Doorbuster: confirm your e-mail address");
        assert!(text.body.contains("\nhttps://shop.example/account/verify-email#token=ev_1\n"), "{}", text.body);
        assert!(text.body.contains("until 2026-01-01T12:00:00Z"), "{}", text.body);
        assert!(letter(verify, Speaker { pages: "", ..SHOP }).body.contains("\n\nev_1\n\n"));
        for notice in all() {
            let subject = letter(&notice, SHOP).subject;
            assert!(["ev_1", "pr_1", "123456"].iter().all(|secret| !subject.contains(secret)), "{subject}");
        }
    }

    #[test]
    fn a_link_leads_to_the_pages_of_the_store_that_speaks() {
        let link = |pages: &str| {
            let text = letter(&all()[0], Speaker { store: "next-door", pages, ..SHOP }).body;
            text.lines().find(|line| line.contains("#token=")).expect("a link").to_owned()
        };
        for (pages, expected) in [
            ("https://shop.example/account", "https://shop.example/account/verify-email#token=ev_1"),
            ("https://shop.example/{store}/", "https://shop.example/next-door/verify-email#token=ev_1"),
            ("https://{store}.example/{store}", "https://next-door.example/next-door/verify-email#token=ev_1"),
            ("https://{shop}.example", "https://{shop}.example/verify-email#token=ev_1"),
        ] {
            assert_eq!(link(pages), expected, "{pages}");
        }
    }

    #[test]
    fn nobody_writes_headers_or_lines_of_ours() {
        let speaker = Speaker { shop: "Shop\r\nX-Evil: 1", store: "main", pages: "" };
        for notice in all() {
            let text = letter(&notice, speaker);
            assert!(!text.subject.contains(char::is_control), "{:?}", text.subject);
            assert!(!text.body.contains(['\r', '\0']) && !text.body.contains("\nBcc"), "{:?}", text.body);
            assert!(!short(&notice, speaker).contains(char::is_control));
            assert!(text.body.ends_with('\n') && text.body.len() > 60);
        }
    }

    #[test]
    fn a_short_message_has_the_code_in_front() {
        let code = Notice::OneTimeCode { code: "123456".to_owned(), expires_at: noon() };
        assert!(short(&code, SHOP).starts_with("123456 is your code for Doorbuster."));
        assert!(short(&code, SHOP).len() <= 160, "it fits one SMS");
        assert_eq!(format!("{code:?}"), "Notice(one_time_code)");
    }
}
