//! The bytes of an upload on their way from the worker that receives them to the thread that reads them.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use tokio::sync::mpsc;

/// Chunks on their way: a few, so that a slow database slows the sender down.
const UNDER_WAY: usize = 4;

/// The end that receives. Dropped before `end`, the file broke off.
pub(super) struct Sender(mpsc::Sender<Option<Bytes>>);

/// The end that is read, on a thread of its own.
pub(super) struct Chunks {
    receiver: mpsc::Receiver<Option<Bytes>>,
    current: Bytes,
    ended: bool,
}

pub(super) fn channel() -> (Sender, Chunks) {
    let (sender, receiver) = mpsc::channel(UNDER_WAY);
    (Sender(sender), Chunks { receiver, current: Bytes::new(), ended: false })
}

impl Sender {
    /// Whether anybody still reads.
    pub(super) async fn send(&self, chunk: Bytes) -> bool {
        self.0.send(Some(chunk)).await.is_ok()
    }

    /// The file is whole.
    pub(super) async fn end(self) {
        // Nobody reads when the import has ended already.
        let _ = self.0.send(None).await;
    }
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended {
            match self.receiver.blocking_recv() {
                Some(Some(chunk)) => self.current = chunk,
                Some(None) => self.ended = true,
                None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file broke off")),
            }
        }
        let read = self.current.len().min(into.len());
        self.current.copy_to_slice(&mut into[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut chunks: Chunks) -> Result<String, String> {
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            chunks.read_to_string(&mut text).map(|_| text).map_err(|error| error.to_string())
        });
        reader.join().expect("no panic")
    }

    #[actix_web::test]
    async fn a_file_is_read_as_it_was_sent_and_one_that_broke_off_is_none() {
        let (sender, chunks) = channel();
        for chunk in ["ab", "", "c"] {
            assert!(sender.send(Bytes::from_static(chunk.as_bytes())).await);
        }
        sender.end().await;
        assert_eq!(read(chunks), Ok("abc".to_owned()));

        let (sender, chunks) = channel();
        assert!(sender.send(Bytes::from_static(b"abc")).await);
        drop(sender);
        assert_eq!(read(chunks), Err("the file broke off".to_owned()));
    }
}
