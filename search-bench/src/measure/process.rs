//! What the operating system says of this process. Linux alone tells; elsewhere it is 0.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// In bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory {
    /// Of its own: what it allocated.
    pub(super) own: u64,
    /// Pages of files that it maps; the system takes them back when it needs them.
    pub(super) mapped: u64,
}

pub(super) fn memory() -> Memory {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name| value(&status, name).unwrap_or(0) * 1024;
    Memory { own: of("RssAnon:"), mapped: of("RssFile:") }
}

/// Bytes that came from the disk for this process so far, and not from the system's memory.
pub(super) fn read_from_disk() -> u64 {
    value(&fs::read_to_string("/proc/self/io").unwrap_or_default(), "read_bytes:").unwrap_or(0)
}

/// Time that this thread has spent on a processor: what it would have taken, were it alone with the machine.
pub(super) fn of_thread() -> Duration {
    spent(ClockId::CLOCK_THREAD_CPUTIME_ID)
}

/// The same of all threads of this process together.
pub(super) fn of_process() -> Duration {
    spent(ClockId::CLOCK_PROCESS_CPUTIME_ID)
}

fn spent(clock: ClockId) -> Duration {
    clock_gettime(clock).expect("every system of ours has this clock").into()
}

fn value(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// The most that this process has of its own while this lives.
pub(super) struct PeakMemory {
    seen: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    watching: JoinHandle<()>,
}

impl PeakMemory {
    pub(super) fn watch() -> PeakMemory {
        let (seen, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let watching = thread::spawn({
            let (seen, over) = (seen.clone(), over.clone());
            move || {
                while !over.load(Ordering::Relaxed) {
                    seen.fetch_max(memory().own, Ordering::Relaxed);
                    thread::sleep(Duration::from_millis(50));
                }
            }
        });
        PeakMemory { seen, over, watching }
    }

    pub(super) fn bytes(self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        self.watching.join().expect("it only reads");
        self.seen.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_status_is_read_by_name() {
        let status = "VmRSS:\t  4096 kB\nRssAnon:\t     100 kB\nThreads:\t2\n";
        assert_eq!(
            (value(status, "RssAnon:"), value(status, "Threads:"), value(status, "No:")),
            (Some(100), Some(2), None)
        );
    }
}
