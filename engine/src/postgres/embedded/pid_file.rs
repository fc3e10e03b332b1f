//! What a running PostgreSQL says about itself in `postmaster.pid`.

use std::path::{Path, PathBuf};
use std::{fs, io};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: i32,
    pub(super) socket_dir: PathBuf,
    /// It takes connections.
    pub(super) ready: bool,
}

impl PidFile {
    /// `None` while there is none, or while it is being written.
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(path(cluster)).ok()?)
    }

    pub(super) fn remove(cluster: &Path) -> io::Result<()> {
        fs::remove_file(path(cluster))
    }

    /// Eight lines: pid, data directory, start time, port, socket directory, address, shared memory, status.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        Some(Self {
            pid: lines.first()?.trim().parse().ok().filter(|pid| *pid > 0)?,
            socket_dir: lines.get(4).map(PathBuf::from).unwrap_or_default(),
            ready: lines.get(7).is_some_and(|status| status.trim() == "ready"),
        })
    }
}

fn path(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_at_every_stage() {
        let file = |ready| Some(PidFile { pid: 4711, socket_dir: "/run/x".into(), ready });
        let whole = "4711\n/data/pg\n1767268800\n5432\n/run/x\n\n  12345   67890\nready   \n";
        assert_eq!(PidFile::parse(whole), file(true));
        assert_eq!(PidFile::parse(&whole.replace("ready   ", "starting")), file(false));
        assert_eq!(PidFile::parse("4711\n/data/pg\n1767268800\n5432\n/run/x\n"), file(false));
        assert_eq!(PidFile::parse("4711\n"), Some(PidFile { pid: 4711, socket_dir: PathBuf::new(), ready: false }));
        for unfinished in ["", "47x", "-1\n"] {
            assert_eq!(PidFile::parse(unfinished), None, "{unfinished}");
        }
    }
}
