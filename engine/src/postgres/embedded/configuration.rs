//! How the embedded PostgreSQL is set up. Given on its command line, so that this file is all there is to know.

use std::path::Path;

/// What of it can be chosen.
#[derive(Debug, Clone)]
pub struct Tuning {
    pub shared_buffers_mb: u32,
    /// Holds each commit up by so many microseconds, to measure what a slow disk would do. 0: off.
    pub commit_delay_us: u32,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { shared_buffers_mb: 256, commit_delay_us: 0 }
    }
}

/// Each as `name=value`.
pub(super) fn settings(tuning: &Tuning, socket_dir: &Path) -> Vec<String> {
    let mut settings: Vec<String> = FIXED.iter().map(|&setting| setting.to_owned()).collect();
    settings.push(format!("unix_socket_directories={}", socket_dir.display()));
    settings.push(format!("shared_buffers={}MB", tuning.shared_buffers_mb));
    if tuning.commit_delay_us > 0 {
        settings.push(format!("commit_delay={}", tuning.commit_delay_us));
        // Without company, too.
        settings.push("commit_siblings=0".to_owned());
    }
    settings
}

const FIXED: [&str; 23] = [
    // Only through the socket, which only its user (and root) can open.
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "max_connections=150",
    // Acknowledged means durable.
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    // One node, no replicas: the least that recovery needs.
    "wal_level=minimal",
    "max_wal_senders=0",
    "wal_buffers=16MB",
    // After a crash the log since the last checkpoint is read again, here at about 100 MB a second: 320 MB keep recovery
    // within the five seconds in which a shop is to be back. Checkpoints spread out, so that they do not stand in the way of
    // commits.
    "checkpoint_timeout=2min",
    "checkpoint_completion_target=0.9",
    "max_wal_size=320MB",
    "min_wal_size=160MB",
    // Levels of hot SKUs are rewritten thousands of times a second.
    "autovacuum_naptime=10s",
    "autovacuum_vacuum_cost_delay=1ms",
    // Planning for spinning disks and compiling short queries cost more than they give.
    "random_page_cost=1.1",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_min_messages=warning",
    // Without the details, in which the values of a refused row stand: people's addresses are nobody's to read there.
    "log_error_verbosity=terse",
    "log_checkpoints=off",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durability_is_not_for_sale() {
        let slow = Tuning { commit_delay_us: 1000, ..Tuning::default() };
        for tuning in [Tuning::default(), slow] {
            let settings = settings(&tuning, Path::new("/run/x"));
            for needed in ["fsync=on", "synchronous_commit=on", "full_page_writes=on", "listen_addresses="] {
                assert_eq!(settings.iter().filter(|setting| *setting == needed).count(), 1, "{needed}");
            }
            let delayed = settings.iter().any(|setting| setting == "commit_delay=1000");
            assert_eq!(delayed, tuning.commit_delay_us > 0);
        }
    }
}
