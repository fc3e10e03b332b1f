//! Cold: the system is told to forget what it holds of the files of a folder. It does so with what is on disk and nobody maps,
//! so this comes between two processes.

use std::fs::{self, File};
use std::path::Path;

use anyhow::Context;

pub(crate) fn forget(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            forget(&path)?;
        } else {
            forget_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn forget_file(path: &Path) -> anyhow::Result<()> {
    use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
    let file = File::open(path)?;
    file.sync_all()?;
    posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
    Ok(())
}

/// Nobody can be told here: cold is what a fresh process finds.
#[cfg(not(target_os = "linux"))]
fn forget_file(path: &Path) -> anyhow::Result<()> {
    File::open(path)?.sync_all()?;
    Ok(())
}
