//! How messages are carried.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

#[derive(Debug, Clone)]
pub struct Settings {
    pub mail: MailSettings,
    pub sms: SmsSettings,
    /// Where the shop's pages are, for the links in messages; `{store}` in it is the slug of the store that writes. Empty: tokens
    /// are told as they are.
    pub pages: String,
    /// How many messages of a channel are on their way at a time.
    pub at_once: usize,
    /// How often it is looked for messages that another process posted, and for those that are to be tried again.
    pub poll: Duration,
}

#[derive(Debug, Clone)]
pub enum MailSettings {
    /// `url`: `smtps://user:password@host:465`, `smtp://host:587?tls=required`. `from`: `Shop <shop@example.com>`.
    Smtp { url: SecretString, from: String, timeout: Duration },
    /// Letters are written into this folder, for developers.
    Folder(PathBuf),
}

#[derive(Debug, Clone)]
pub enum SmsSettings {
    Http {
        url: String,
        token: SecretString,
        /// Empty: not signed.
        signing_secret: SecretString,
        /// Who it comes from, as the provider knows it.
        sender: String,
        timeout: Duration,
    },
    /// Messages are written into this folder, for developers.
    Folder(PathBuf),
}
