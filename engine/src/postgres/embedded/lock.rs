//! One server per data directory: a lock that ends with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use anyhow::Context;

/// Held for as long as this value lives.
pub(super) struct DataDirLock {
    file: File,
}

impl Drop for DataDirLock {
    /// In so many words: closing the file would leave the lock to a child that is just being started and still has a copy
    /// of it, and whoever comes next would be refused for that moment.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::warn!(%error, "the data directory's lock ends with this process only");
        }
    }
}

/// Somebody else has it.
pub(super) struct Taken {
    /// What the holder wrote down about itself.
    pub(super) by: String,
}

impl DataDirLock {
    pub(super) fn acquire(data_dir: &Path) -> anyhow::Result<Result<Self, Taken>> {
        let path = data_dir.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("opening {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut by = String::new();
                file.read_to_string(&mut by).with_context(|| format!("reading {}", path.display()))?;
                return Ok(Err(Taken { by: by.trim().to_owned() }));
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("locking {}", path.display()));
            }
        }
        // The lock is what counts; the number is for people.
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "process {}", std::process::id()))
            .with_context(|| format!("writing {}", path.display()))?;
        Ok(Ok(Self { file }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_has_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = DataDirLock::acquire(folder.path()).expect("a lock file");
        assert!(first.is_ok());
        let Ok(Err(taken)) = DataDirLock::acquire(folder.path()) else { panic!("it is held") };
        assert_eq!(taken.by, format!("process {}", std::process::id()));
        drop(first);
        assert!(DataDirLock::acquire(folder.path()).expect("a lock file").is_ok(), "it ends with its holder");
    }

    #[test]
    fn a_copy_that_a_child_was_started_with_does_not_keep_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let Ok(first) = DataDirLock::acquire(folder.path()).expect("a lock file") else { panic!("it is free") };
        let copy = first.file.try_clone().expect("a copy");
        drop(first);
        assert!(DataDirLock::acquire(folder.path()).expect("a lock file").is_ok(), "it was given up");
        drop(copy);
    }
}
