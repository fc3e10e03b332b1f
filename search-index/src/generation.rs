//! Where an index lives on disk: numbered generations, of which `CURRENT` names the one in charge and the one before it.
//!
//! ```text
//! dir/LOCK            held by the process that uses the directory
//! dir/CURRENT         "schema 1 generation 3 previous 2"
//! dir/generation-3/   a Tantivy index
//! dir/generation-2/   the one before, which serves should the other be damaged
//! ```
//!
//! `CURRENT` is replaced by renaming, so a crash leaves either the old or the new generation in
//! charge. Whatever `CURRENT` does not name is rubbish and swept.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, RebuildReason};
use crate::schema;

const CURRENT: &str = "CURRENT";
const LOCK: &str = "LOCK";
const PREFIX: &str = "generation-";

/// The directory of one index, locked for this process.
#[derive(Debug)]
pub(crate) struct Layout {
    dir: PathBuf,
    _lock: File,
}

/// One generation's directory. It removes itself, once it is superseded, with its last user.
#[derive(Debug)]
pub(crate) struct Generation {
    pub(crate) number: u64,
    pub(crate) path: PathBuf,
    superseded: AtomicBool,
    /// Its files are not what was written: nothing to come back to.
    damaged: AtomicBool,
}

/// What `CURRENT` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) current: u64,
    pub(crate) previous: Option<u64>,
}

impl Layout {
    pub(crate) fn lock(dir: &Path) -> Result<Layout, Error> {
        fs::create_dir_all(dir)?;
        let lock = File::options().create(true).truncate(false).write(true).open(dir.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Layout { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Which generations are to be opened, and in which order.
    pub(crate) fn named(&self) -> Result<Named, RebuildReason> {
        let text = match fs::read_to_string(self.dir.join(CURRENT)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(RebuildReason::Missing);
            }
            Err(error) => return Err(RebuildReason::Corrupt(format!("{CURRENT}: {error}"))),
        };
        let (found, named) = parse_current(&text)
            .ok_or_else(|| RebuildReason::Corrupt(format!("{CURRENT} reads {:?}", excerpt(&text))))?;
        if found != schema::VERSION {
            return Err(RebuildReason::OtherSchema { found, expected: schema::VERSION });
        }
        Ok(named)
    }

    /// All that lie there, the newest first: for when `CURRENT` does not say which.
    pub(crate) fn newest_first(&self) -> Vec<u64> {
        let mut numbers = self.numbers().unwrap_or_default();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        numbers
    }

    /// An empty directory for the next generation, removed again unless it is put in charge.
    pub(crate) fn create_next(&self) -> io::Result<Generation> {
        let newest = self.numbers()?.into_iter().max().unwrap_or(0);
        let next = self.generation(newest + 1);
        fs::create_dir(&next.path)?;
        next.superseded.store(true, Ordering::Release);
        Ok(next)
    }

    pub(crate) fn put_in_charge(&self, generation: &Generation, previous: Option<&Generation>) -> io::Result<()> {
        let draft = self.dir.join("CURRENT.draft");
        let mut file = File::create(&draft)?;
        let previous = previous.map(|previous| format!(" previous {}", previous.number)).unwrap_or_default();
        writeln!(file, "schema {} generation {}{previous}", schema::VERSION, generation.number)?;
        file.sync_all()?;
        fs::rename(&draft, self.dir.join(CURRENT))?;
        File::open(&self.dir)?.sync_all()?;
        generation.superseded.store(false, Ordering::Release);
        Ok(())
    }

    /// Removes all generations but these. Called at opening, when nobody uses them.
    pub(crate) fn sweep(&self, keep: &[u64]) {
        let numbers = self.numbers().unwrap_or_default();
        for number in numbers.into_iter().filter(|number| !keep.contains(number)) {
            remove(&self.generation(number).path);
        }
    }

    fn numbers(&self) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
            numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
        }
        Ok(numbers)
    }

    pub(crate) fn generation(&self, number: u64) -> Generation {
        Generation {
            number,
            path: self.dir.join(format!("{PREFIX}{number}")),
            superseded: AtomicBool::new(false),
            damaged: AtomicBool::new(false),
        }
    }
}

impl Generation {
    pub(crate) fn supersede(&self) {
        self.superseded.store(true, Ordering::Release);
    }

    pub(crate) fn note_damage(&self) {
        self.damaged.store(true, Ordering::Release);
    }

    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Acquire)
    }

    /// How much room its files take. Files come and go while it is written: what is gone by the time it is looked at
    /// counts nothing.
    pub(crate) fn bytes(&self) -> u64 {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        if self.superseded.load(Ordering::Acquire) {
            remove(&self.path);
        }
    }
}

/// Rubbish that stays is only space; the next opening sweeps it.
fn remove(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "an old search index generation could not be removed");
    }
}

fn parse_current(text: &str) -> Option<(u32, Named)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (schema, current, previous) = match words.as_slice() {
        ["schema", schema, "generation", current] => (schema, current, None),
        ["schema", schema, "generation", current, "previous", previous] => (schema, current, Some(previous)),
        _ => return None,
    };
    let previous = previous.map(|previous| previous.parse()).transpose().ok()?;
    Some((schema.parse().ok()?, Named { current: current.parse().ok()?, previous }))
}

fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn current_is_read_strictly() {
        let check = |text: &str, read| assert_eq!(parse_current(text), read, "{text:?}");
        let named = |current, previous| Some((1, Named { current, previous }));
        check("schema 1 generation 3\n", named(3, None));
        check("schema 1 generation 3 previous 2\n", named(3, Some(2)));
        check("schema 1 generation 3 previous", None);
        check("schema 1 generation 3 previous two", None);
        check("schema 1 generation", None);
        check("schema 1 generation -3", None);
        check("schema one generation 3", None);
        check("schema 1 generation 3 more", None);
        check("", None);
    }
}
