//! PURE. Which passwords are taken: long enough, and not among the first that anybody tries. What letters they have is
//! their owner's business (NIST SP 800-63B).

use crate::reach::Email;

const LEAST: usize = 8;
/// In bytes: hashing costs what it costs, and nobody types more.
const MOST: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    #[error("at least {LEAST} characters")]
    TooShort,
    #[error("at most {MOST} bytes")]
    TooLong,
    #[error("this is one of the first that anybody tries")]
    Common,
    #[error("not the address itself")]
    Address,
}

/// What stands at the top of every list of stolen passwords, of eight letters and more.
const COMMON: [&str; 48] = [
    "00000000",
    "11111111",
    "111111111",
    "12121212",
    "123123123",
    "12341234",
    "12344321",
    "12345678",
    "123456789",
    "1234567890",
    "12345678910",
    "123456789a",
    "1234qwer",
    "147258369",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "22222222",
    "55555555",
    "66666666",
    "69696969",
    "77777777",
    "87654321",
    "88888888",
    "987654321",
    "99999999",
    "abc12345",
    "abcd1234",
    "abcdefgh",
    "admin123",
    "asdfasdf",
    "asdfghjk",
    "asdfghjkl",
    "baseball",
    "changeme",
    "computer",
    "football",
    "iloveyou",
    "letmein1",
    "password",
    "password1",
    "password12",
    "password123",
    "princess",
    "q1w2e3r4",
    "qwerty123",
    "qwertyuiop",
    "sunshine",
];

pub fn check(password: &str, email: Option<&Email>) -> Result<(), Weak> {
    if password.chars().count() < LEAST {
        return Err(Weak::TooShort);
    }
    if password.len() > MOST {
        return Err(Weak::TooLong);
    }
    let lower = password.to_lowercase();
    if COMMON.contains(&lower.as_str()) {
        return Err(Weak::Common);
    }
    let is_address = |email: &Email| {
        let local = email.key().split('@').next().unwrap_or_default();
        lower == email.key() || lower == local
    };
    if email.is_some_and(is_address) {
        return Err(Weak::Address);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_is_good_and_well_known_is_not() {
        let email = Email::parse("annabelle@example.com").expect("an address");
        for (password, verdict) in [
            ("correct horse battery staple", Ok(())),
            ("ಠ_ಠ ಠ_ಠ!", Ok(())),
            ("        ", Ok(())),
            ("seven77", Err(Weak::TooShort)),
            ("", Err(Weak::TooShort)),
            ("Password123", Err(Weak::Common)),
            ("12345678", Err(Weak::Common)),
            ("Annabelle@example.com", Err(Weak::Address)),
            ("annabelle", Err(Weak::Address)),
        ] {
            assert_eq!(check(password, Some(&email)), verdict, "{password}");
        }
        assert_eq!(check("annabelle", None), Ok(()));
        assert_eq!(check(&"x".repeat(256), None), Ok(()));
        assert_eq!(check(&"x".repeat(257), None), Err(Weak::TooLong));
        assert!(COMMON.iter().all(|common| common.len() >= LEAST && common.to_lowercase() == *common));
    }
}
