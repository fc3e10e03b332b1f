//! The named points at which a server can be told to end or to stop itself, and how often it came by.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// As the server calls them.
pub(crate) const POINTS: [&str; 13] = [
    "activation",
    "after_decide",
    "before_send",
    "after_send",
    "after_commit",
    "take_locked",
    "take_raised",
    "expiry_due",
    "expiry_before_move",
    "outbox_read",
    "outbox_delivered",
    "replay_order",
    "replay_answer",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// `kill -9` of itself.
    Kill,
    /// `SIGSTOP` of itself.
    Stop,
}

/// What a server is started with: the first that is reached so often does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Armed {
    pub(crate) point: &'static str,
    pub(crate) act: Act,
    pub(crate) at_hit: u32,
}

impl Armed {
    /// The value of the environment variable.
    pub(crate) fn word(&self) -> String {
        let act = match self.act {
            Act::Kill => "kill",
            Act::Stop => "stop",
        };
        format!("{}={act}@{}", self.point, self.at_hit)
    }
}

/// The folder that servers write their hits to: for each point a file with a byte a hit, and `fired` with a line each time
/// that something was done.
pub(crate) struct Hits {
    folder: PathBuf,
}

impl Hits {
    pub(crate) fn in_folder(folder: &Path) -> std::io::Result<Self> {
        let folder = folder.join("fail-points");
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// How often each point was passed, and how often something was done there, by point.
    pub(crate) fn count(&self) -> BTreeMap<&'static str, (u64, u64)> {
        let fired = self.fired();
        let one = |point: &'static str| {
            let passed = fs::metadata(self.folder.join(point)).map_or(0, |file| file.len());
            let done = fired.iter().filter(|line| line.split('=').next() == Some(point)).count() as u64;
            (point, (passed, done))
        };
        POINTS.into_iter().map(one).collect()
    }

    /// A line each.
    pub(crate) fn fired(&self) -> Vec<String> {
        let lines = fs::read_to_string(self.folder.join("fired")).unwrap_or_default();
        lines.lines().map(str::to_owned).collect()
    }
}
