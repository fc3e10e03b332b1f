//! Who a message goes to, and over what.

use std::fmt;
use std::str::FromStr;

use crate::reach::{Email, Phone};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    Email(Email),
    Phone(Phone),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    Email,
    Sms,
}

impl Recipient {
    pub fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::Phone(_) => Channel::Sms,
        }
    }

    /// As addresses are compared.
    pub fn key(&self) -> &str {
        match self {
            Self::Email(email) => email.key(),
            Self::Phone(phone) => phone.as_str(),
        }
    }

    pub(crate) fn written(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }

    pub(super) fn read(channel: Channel, text: &str) -> Option<Self> {
        match channel {
            Channel::Email => Email::parse(text).ok().map(Self::Email),
            Channel::Sms => Phone::parse(text).ok().map(Self::Phone),
        }
    }
}

impl From<Email> for Recipient {
    fn from(email: Email) -> Self {
        Self::Email(email)
    }
}

impl From<Phone> for Recipient {
    fn from(phone: Phone) -> Self {
        Self::Phone(phone)
    }
}

impl Channel {
    pub const ALL: [Self; 2] = [Self::Email, Self::Sms];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no channel {0:?}")]
pub struct UnknownChannel(pub String);

impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(text: &str) -> Result<Self, UnknownChannel> {
        Self::ALL.into_iter().find(|channel| channel.name() == text).ok_or_else(|| UnknownChannel(text.to_owned()))
    }
}
