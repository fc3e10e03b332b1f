//! How a process signs the cell: `host/pid@world`, so that another one in the same world can tell whether it is gone.

use std::fs;

/// Of this process.
pub(super) fn own_name() -> String {
    format!("{}/{}@{}", host(), std::process::id(), world())
}

/// Only what ran beside this very process can be known to be dead.
pub(super) fn is_known_dead(owner_name: &str) -> bool {
    let Some((name, its_world)) = owner_name.rsplit_once('@') else { return false };
    let Some((its_host, pid)) = name.rsplit_once('/') else { return false };
    let Ok(pid) = pid.parse::<i32>() else { return false };
    // Its number may be ours by now.
    its_host == host() && its_world == world() && (!runs(pid) || u32::try_from(pid) == Ok(std::process::id()))
}

fn host() -> String {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_else(|| "unknown".to_owned())
}

/// Where the numbers of processes mean the same: this start of the machine, and this container of it. Two containers may
/// well have the host's name and both be process 1.
fn world() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!("{}/{}", boot.trim(), namespace.display())
}

/// A killed process that nobody has waited for yet still has its number, but runs no more.
fn runs(pid: i32) -> bool {
    let there = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None) != Err(nix::errno::Errno::ESRCH);
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // After the name in parentheses stands the state.
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
    there && !matches!(state, Some('Z' | 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_of_this_host_that_is_gone_is_known_to_be_dead() {
        let mut child = std::process::Command::new("true").spawn().expect("a process");
        let pid = child.id();
        let name = |host: &str| format!("{host}/{pid}@{}", world());
        // Not waited for: it stays behind as a zombie once it has ended.
        while runs(pid.cast_signed()) {
            std::thread::yield_now();
        }
        assert!(is_known_dead(&name(&host())));
        assert!(!is_known_dead(&name("another")));
        child.wait().expect("it ended");
        assert!(is_known_dead(&name(&host())));
        let parent = std::os::unix::process::parent_id();
        assert!(!is_known_dead(&format!("{}/{parent}@{}", host(), world())));
        assert!(is_known_dead(&own_name()), "one that had our number before us");
        assert!(!is_known_dead(&format!("{}/{pid}@another container", host())));
        for unclear in ["", "nonsense", "host/pid", "host/1", "host/pid@world"] {
            assert!(!is_known_dead(unclear), "{unclear}");
        }
    }
}
