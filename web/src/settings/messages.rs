//! How messages to people are carried, as the crate that carries them wants to know it.

use std::time::Duration;

use identity::notification::{self, MailSettings, SmsSettings};
use secrecy::ExposeSecret;

use super::Settings;

/// Messages of other servers, and those that are to be tried again, are looked for so often.
const POLL: Duration = Duration::from_secs(1);

impl Settings {
    /// Without a server, messages are written below the data directory.
    pub fn for_notifications(&self) -> notification::Settings {
        let folder = || self.database.data_dir.join("outbox");
        let (mail, sms) = (&self.mail, &self.sms);
        notification::Settings {
            mail: if mail.url.expose_secret().is_empty() {
                MailSettings::Folder(folder())
            } else {
                let timeout = Duration::from_millis(mail.timeout_ms);
                MailSettings::Smtp { url: mail.url.clone(), from: mail.from.clone(), timeout }
            },
            sms: if sms.url.is_empty() {
                SmsSettings::Folder(folder())
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
}
