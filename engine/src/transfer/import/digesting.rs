//! A stream that knows its own digest once it was read to its end: by it a file is known again.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

pub(super) type FileDigest = Arc<OnceLock<[u8; 32]>>;

pub(super) struct Digesting<R> {
    input: R,
    hash: Sha256,
    digest: FileDigest,
}

impl<R> Digesting<R> {
    pub(super) fn new(input: R, digest: FileDigest) -> Self {
        Self { input, hash: Sha256::new(), digest }
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        if read > 0 {
            self.hash.update(&buffer[..read]);
        } else if !buffer.is_empty() {
            // Asked once more behind its end, it has the same one.
            let _ = self.digest.set(self.hash.clone().finalize().into());
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_known_at_the_end_and_not_before() {
        let digest = FileDigest::default();
        let mut input = Digesting::new(&b"abc"[..], Arc::clone(&digest));
        let mut buffer = [0; 2];
        while input.read(&mut buffer).expect("memory can be read") > 0 {
            assert_eq!(digest.get(), None);
        }
        assert_eq!(digest.get(), Some(&Sha256::digest("abc").into()));
    }
}
