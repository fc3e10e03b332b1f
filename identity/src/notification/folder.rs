//! For developers: what would be sent is written into a folder that its user alone can read. The log says which file, and
//! nothing of what is in it.

use std::io;
use std::path::{Path, PathBuf};

use engine::id::MessageId;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::delivery::{Letter, Mailer, Reason, ShortMessage, Texter, Undelivered};

pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    async fn keep(&self, id: MessageId, kind: &str, content: String) -> Result<(), Undelivered> {
        let file = self.path.join(format!("{id}-{kind}.txt"));
        match write(&self.path, &file, content.as_bytes()).await {
            Ok(()) => {
                tracing::info!(message.id = %id, message.kind = kind, file = %file.display(), "a message for developers");
                Ok(())
            }
            Err(error) => {
                tracing::warn!(message.id = %id, %error, "a message cannot be written into its folder");
                Err(Undelivered::ForNow(Reason::NoConnection))
            }
        }
    }
}

impl Mailer for Folder {
    fn send(&self, letter: Letter) -> BoxFuture<'_, Result<(), Undelivered>> {
        let content = format!("To: {}\nSubject: {}\n\n{}", letter.to, letter.text.subject, letter.text.body);
        async move { self.keep(letter.id, letter.kind, content).await }.boxed()
    }
}

impl Texter for Folder {
    fn send(&self, message: ShortMessage) -> BoxFuture<'_, Result<(), Undelivered>> {
        let content = format!("To: {}\n\n{}\n", message.to, message.text);
        async move { self.keep(message.id, message.kind, content).await }.boxed()
    }
}

async fn write(folder: &Path, file: &Path, content: &[u8]) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
    // A second attempt writes the same again.
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file).await?;
    file.write_all(content).await?;
    file.flush().await
}
