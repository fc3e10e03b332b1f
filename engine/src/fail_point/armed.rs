//! Counts, ends, stops. Files, because they outlive the process: a point's hits are the length of its file.

use std::fs::{File, OpenOptions, create_dir_all};
use std::io::{self, Write};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Point;

const FOLDER: &str = "DOORBUSTER_FAIL_POINTS_DIR";
const ARMED: &str = "DOORBUSTER_FAIL_POINTS";

struct Points {
    counted: Vec<Counted>,
    /// A line each time that something was done.
    fired: File,
}

struct Counted {
    name: &'static str,
    file: File,
    hits: AtomicU32,
    armed: Option<Armed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Armed {
    signal: Signal,
    at_hit: u32,
}

impl Point {
    const ALL: [Self; 13] = [
        Self::Activation,
        Self::AfterDecide,
        Self::BeforeSend,
        Self::AfterSend,
        Self::AfterCommit,
        Self::TakeLocked,
        Self::TakeRaised,
        Self::ExpiryDue,
        Self::ExpiryBeforeMove,
        Self::OutboxRead,
        Self::OutboxDelivered,
        Self::ReplayOrder,
        Self::ReplayAnswer,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::AfterDecide => "after_decide",
            Self::BeforeSend => "before_send",
            Self::AfterSend => "after_send",
            Self::AfterCommit => "after_commit",
            Self::TakeLocked => "take_locked",
            Self::TakeRaised => "take_raised",
            Self::ExpiryDue => "expiry_due",
            Self::ExpiryBeforeMove => "expiry_before_move",
            Self::OutboxRead => "outbox_read",
            Self::OutboxDelivered => "outbox_delivered",
            Self::ReplayOrder => "replay_order",
            Self::ReplayAnswer => "replay_answer",
        }
    }
}

/// The process may end here.
pub(crate) fn reach(point: Point) {
    static POINTS: LazyLock<Option<Points>> = LazyLock::new(|| {
        let folder = std::env::var_os(FOLDER)?;
        let armed = std::env::var(ARMED).unwrap_or_default();
        Some(Points::open(Path::new(&folder), &armed).expect("whoever wants fail points gives them a folder"))
    });
    if let Some(points) = &*POINTS {
        points.counted[point as usize].hit(&points.fired);
    }
}

impl Points {
    fn open(folder: &Path, armed: &str) -> io::Result<Self> {
        create_dir_all(folder)?;
        let append = |name: &str| OpenOptions::new().create(true).append(true).open(folder.join(name));
        // That there are points at all, before any was reached.
        append("known")?;
        let armed = parsed(armed);
        let counted = |point: Point| {
            let name = point.name();
            let armed = armed.iter().find(|(wanted, _)| *wanted == name).map(|(_, armed)| *armed);
            Ok(Counted { name, file: append(name)?, hits: AtomicU32::new(0), armed })
        };
        let counted = Point::ALL.into_iter().map(counted).collect::<io::Result<_>>()?;
        Ok(Self { counted, fired: append("fired")? })
    }
}

impl Counted {
    fn hit(&self, mut fired: &File) {
        let hit = self.hits.fetch_add(1, Ordering::Relaxed) + 1;
        (&self.file).write_all(b".").expect("counting a hit");
        if let Some(Armed { signal, .. }) = self.armed.filter(|armed| armed.at_hit == hit) {
            writeln!(fired, "{}={signal}@{hit}", self.name).expect("saying what is done");
            kill(Pid::this(), signal).expect("a process may do that to itself");
        }
    }
}

fn parsed(armed: &str) -> Vec<(&str, Armed)> {
    let one = |word| parsed_one(word).unwrap_or_else(|| panic!("{ARMED}: {word:?} is not like point=kill@3"));
    armed.split(',').filter(|word| !word.is_empty()).map(one).collect()
}

fn parsed_one(word: &str) -> Option<(&str, Armed)> {
    let (name, what) = word.split_once('=')?;
    let (act, at_hit) = what.split_once('@')?;
    Point::ALL.iter().find(|point| point.name() == name)?;
    let signal = match act {
        "kill" => Signal::SIGKILL,
        "stop" => Signal::SIGSTOP,
        _ => return None,
    };
    Some((name, Armed { signal, at_hit: at_hit.parse().ok()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_point_stands_where_it_is_looked_up() {
        for (place, point) in Point::ALL.into_iter().enumerate() {
            assert_eq!(point as usize, place, "{}", point.name());
        }
    }

    #[test]
    fn what_is_armed_is_understood_or_refused() {
        let kill = Armed { signal: Signal::SIGKILL, at_hit: 3 };
        let stop = Armed { signal: Signal::SIGSTOP, at_hit: 1 };
        assert_eq!(parsed("after_send=kill@3,take_raised=stop@1"), [("after_send", kill), ("take_raised", stop)]);
        assert_eq!(parsed(""), []);
        for wrong in ["after_send", "after_send=kill", "after_send=kill@x", "after_send=burn@1", "nowhere=kill@1"] {
            assert_eq!(parsed_one(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn hits_are_counted_in_files_that_a_later_process_goes_on_with() {
        let folder = tempfile::tempdir().expect("a folder");
        for _ in 0..2 {
            let points = Points::open(folder.path(), "activation=stop@100").expect("a folder to write to");
            for _ in 0..3 {
                points.counted[Point::BeforeSend as usize].hit(&points.fired);
            }
        }
        assert_eq!(std::fs::read_to_string(folder.path().join("before_send")).expect("it was hit"), "......");
        assert_eq!(std::fs::read_to_string(folder.path().join("fired")).expect("it is there"), "");
        assert!(folder.path().join("known").exists());
    }
}
