//! Work that can wait, and makes way for those who buy.
//!
//! A lower priority is not enough: whoever works beside a sale takes caches and memory from it as well, which no priority
//! shares out. So a thread that had to wait for a core, and thus made somebody else wait, rests for some times as long.

use std::time::Duration;
use std::{fs, io};

/// How much nicer than the rest of the server (nice(2), which on Linux is a thread's own).
pub const NICE: i32 = 10;

/// For this thread and those that it starts. `what` goes on as it is where that is refused.
pub fn lower(what: &'static str) {
    if let Err(error) = rustix::process::nice(NICE).map_err(io::Error::from) {
        tracing::warn!(%error, what, "has the priority of everything else");
    }
}

/// How long this thread could have worked and had no core, since it began (proc_pid_schedstat(5): the second number, in
/// nanoseconds). Where the system does not say, never.
pub fn waited() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split_ascii_whitespace().nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}
