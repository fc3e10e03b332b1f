//! Mail over SMTP.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::PoolConfig;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::Handle;

use super::delivery::{Letter, Mailer, Reason, Undelivered};

pub(super) struct Smtp {
    /// Taken in drop alone.
    transport: Option<AsyncSmtpTransport<Tokio1Executor>>,
    from: Mailbox,
    timeout: Duration,
    io: Handle,
}

#[derive(Debug, thiserror::Error)]
pub enum SmtpSettingsError {
    /// What is wrong with it is not told: a password may be in it.
    #[error("mail.url is not the address of an SMTP server, such as smtps://user:password@host:465")]
    Url,
    #[error("mail.from is not an address, such as Shop <shop@example.com>")]
    From,
}

impl Smtp {
    /// Connects for each letter, on `io`.
    pub(super) fn new(
        url: &SecretString,
        from: &str,
        timeout: Duration,
        io: Handle,
    ) -> Result<Self, SmtpSettingsError> {
        let from: Mailbox = from.parse().map_err(|_| SmtpSettingsError::From)?;
        // No connection is used twice: one that was given up in the middle of a letter would be kept, and what the server says
        // of that letter then be taken for what it says of the next.
        let pool = PoolConfig::new().max_size(0);
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|_| SmtpSettingsError::Url)?
            .timeout(Some(timeout))
            .pool_config(pool);
        // It begins a task that would look after connections.
        let on_io = io.enter();
        let transport = Some(transport.build());
        drop(on_io);
        Ok(Self { transport, from, timeout, io })
    }

    fn write(&self, letter: Letter) -> Option<Message> {
        let to: Address = letter.to.as_str().parse().ok()?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.text.subject)
            // The same at each attempt: a reader that receives it twice shows it once.
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .header(Automatic)
            .body(letter.text.body)
            .ok()
    }
}

impl Mailer for Smtp {
    fn send(&self, letter: Letter) -> BoxFuture<'_, Result<(), Undelivered>> {
        async move {
            let message = self.write(letter).ok_or(Undelivered::ForGood(Reason::Unsendable))?;
            let transport = self.transport.as_ref().expect("it is taken in drop alone");
            // The transport's own limit is for each of its steps; this one is for all of them.
            match tokio::time::timeout(self.timeout, transport.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(undelivered(&error)),
                Err(_) => Err(Undelivered::ForNow(Reason::TimedOut)),
            }
        }
        .boxed()
    }
}

/// It takes leave of its connections in a task, whatever thread it is dropped on.
impl Drop for Smtp {
    fn drop(&mut self) {
        let _on_io = self.io.enter();
        drop(self.transport.take());
    }
}

/// Nobody's holiday reply is wanted (RFC 3834).
#[derive(Debug, Clone)]
struct Automatic;

impl lettre::message::header::Header for Automatic {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// A server's "no" about this letter is final; about itself (its greeting, our login) it is not.
fn undelivered(error: &SmtpError) -> Undelivered {
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && !is_about_itself(code) => Undelivered::ForGood(Reason::Answered(code)),
        Some(code) => Undelivered::ForNow(Reason::Answered(code)),
        None if error.is_timeout() => Undelivered::ForNow(Reason::TimedOut),
        None if error.is_response() => Undelivered::ForNow(Reason::Unintelligible),
        // What this server does not understand, such as an address beyond ASCII.
        None if error.is_client() => Undelivered::ForGood(Reason::Unsendable),
        None => Undelivered::ForNow(Reason::NoConnection),
    }
}

/// 530 to 538: we are not let in. 521 and 554: it takes no mail from us at all, where that is its greeting (RFC 7504; RFC 5321,
/// 3.1). Somebody will have to mend the settings, and nothing should be lost till then. A letter that is refused with 554
/// cannot be told from that here: it is tried until nobody needs it.
fn is_about_itself(code: u16) -> bool {
    matches!(code, 421 | 521 | 530 | 534 | 535 | 538 | 554)
}
