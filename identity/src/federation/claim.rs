//! What a provider says about somebody.

use crate::reach::Email;

pub(super) struct Claim {
    /// Who says so.
    pub(super) issuer: String,
    /// What they are called there; never given to anybody else.
    pub(super) subject: String,
    pub(super) email: Option<Email>,
    /// Whether the provider says that it has seen to it that the address is theirs.
    pub(super) email_verified: bool,
    pub(super) name: Option<String>,
}

const SUBJECT_MAX: usize = 255;
const NAME_MAX: usize = 200;

impl Claim {
    /// `None`: nobody is called that (OpenID Connect Core, 2: at most 255 ASCII characters).
    pub(super) fn new(issuer: &str, subject: &str) -> Option<Self> {
        let is_sound = !subject.is_empty() && subject.len() <= SUBJECT_MAX && !subject.contains('\0');
        is_sound.then(|| Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            email: None,
            email_verified: false,
            name: None,
        })
    }

    /// An address that cannot be read is none.
    pub(super) fn with_email(mut self, email: Option<&str>, verified: bool) -> Self {
        self.email = email.and_then(|email| Email::parse(email).ok());
        self.email_verified = verified && self.email.is_some();
        self
    }

    pub(super) fn with_name(mut self, name: Option<&str>) -> Self {
        let clean = |name: &str| -> String { name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect() };
        self.name = name.map(clean).filter(|name| !name.trim().is_empty());
        self
    }
}
