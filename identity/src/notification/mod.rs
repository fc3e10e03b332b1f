//! Messages to people: e-mail and SMS, posted in the transaction that has something to say and delivered after it.
//!
//! `Notifications::draft` makes a message, `post` leaves it in the caller's transaction, `Notifications::wake` says after
//! the commit that there is something. A request never waits for a mail server. What a message says and whom it is for is
//! sealed on its way and erased at its end; neither is ever logged. Owns the table `messages`.

mod courier;
mod delivery;
mod draft;
mod folder;
mod handle;
mod http;
mod notice;
mod recipient;
mod retry;
mod settings;
mod smtp;
pub(crate) mod store;
mod words;

pub use draft::{Draft, post};
pub use handle::{NotOpened, Notifications, Waiting};
pub use http::HttpSettingsError;
pub use notice::Notice;
pub use recipient::{Channel, Recipient, UnknownChannel};
pub use settings::{MailSettings, Settings, SmsSettings};
pub use smtp::SmtpSettingsError;
pub use store::Sent;
