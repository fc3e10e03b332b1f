//! How messages to people are carried, as the crate that carries them wants to know it.

use std::path::PathBuf;
use std::time::Duration;

use identity::notification::{self, Channel, MailSettings, SmsSettings};
use secrecy::ExposeSecret;

use super::Settings;

/// Messages of other servers, and those that are to be tried again, are looked for so often.
const POLL: Duration = Duration::from_secs(1);

impl Settings {
    /// Without a server, messages are written below the data directory.
    pub fn for_notifications(&self) -> notification::Settings {
        let (mail, sms) = (&self.mail, &self.sms);
        notification::Settings {
            mail: if mail.url.expose_secret().is_empty() {
                MailSettings::Folder(self.outbox_dir())
            } else {
                let timeout = Duration::from_millis(mail.timeout_ms);
                MailSettings::Smtp { url: mail.url.clone(), from: mail.from.clone(), timeout }
            },
            sms: if sms.url.is_empty() {
                SmsSettings::Folder(self.outbox_dir())
            } else {
                SmsSettings::Http {
                    url: sms.url.clone(),
                    token: sms.token.clone(),
                    signing_secret: sms.signing_secret.clone(),
                    sender: sms.sender.clone(),
                    timeout: Duration::from_millis(sms.timeout_ms),
                }
            },
            pages: mail.pages.clone(),
            at_once: mail.at_once,
            poll: POLL,
        }
    }

    /// Where messages are written that nobody carries.
    pub fn outbox_dir(&self) -> PathBuf {
        self.database.data_dir.join("outbox")
    }

    /// The channels on which nothing reaches anybody, in a shop that is no demo.
    pub fn without_carrier(&self) -> impl Iterator<Item = Channel> {
        let is_carried = |channel: &Channel| match channel {
            Channel::Email => !self.mail.url.expose_secret().is_empty(),
            Channel::Sms => !self.sms.url.is_empty(),
        };
        Channel::ALL.into_iter().filter(move |channel| !self.sale.demo && !is_carried(channel))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Environment;
    use super::*;

    #[test]
    fn a_shop_that_is_no_demo_is_told_what_reaches_nobody() {
        const MAIL: (&str, &str) = ("DOORBUSTER__MAIL__URL", "smtps://mail.example");
        const SMS: (&str, &str) = ("DOORBUSTER__SMS__URL", "https://sms.example");
        for (environment, variables, expected) in [
            (Environment::Production, &[][..], &[Channel::Email, Channel::Sms][..]),
            (Environment::Production, &[SMS], &[Channel::Email]),
            (Environment::Production, &[MAIL], &[Channel::Sms]),
            (Environment::Production, &[MAIL, SMS], &[]),
            (Environment::Local, &[], &[]),
        ] {
            let given = variables.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
            let settings = Settings::read(Path::new("/nowhere"), environment, given).expect("good settings");
            let told: Vec<_> = settings.without_carrier().collect();
            assert_eq!(told, expected, "{environment:?} {variables:?}");
        }
    }
}
