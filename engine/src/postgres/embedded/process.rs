//! Looking at and signalling a process that is not our child.

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Whether the process `pid` is a living PostgreSQL on this cluster. A number in a file proves nothing: after a crash
/// of the machine or of a container it may belong to anybody.
pub(super) fn is_postgres_on(pid: i32, cluster: &Path) -> bool {
    if !exists(pid) {
        return false;
    }
    if cfg!(target_os = "linux") { lives_in(pid, cluster) } else { is_called_postgres(pid) }
}

/// Whether any process has this number, also one that is dead and not collected yet.
pub(super) fn exists(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH)
}

/// Ok also when it is gone already.
pub(super) fn signal(pid: i32, signal: Signal) -> nix::Result<()> {
    match kill(Pid::from_raw(pid), signal) {
        Err(Errno::ESRCH) => Ok(()),
        result => result,
    }
}

/// PostgreSQL works in its data directory. A dead process that nobody has collected has no directory any more.
fn lives_in(pid: i32, cluster: &Path) -> bool {
    let lives = fs::read_link(format!("/proc/{pid}/cwd"));
    lives.is_ok_and(|lives| fs::canonicalize(cluster).is_ok_and(|cluster| lives == cluster))
}

fn is_called_postgres(pid: i32) -> bool {
    let listed = Command::new("ps").args(["-o", "stat=,command=", "-p", &pid.to_string()]).output();
    listed.is_ok_and(|listed| {
        let line = String::from_utf8_lossy(&listed.stdout).into_owned();
        !line.trim_start().starts_with('Z') && line.contains("postgres")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_process_with_that_number_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(!is_postgres_on(own, folder.path()));
        assert!(!is_postgres_on(i32::MAX, folder.path()));
    }
}
