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
    use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
    use nix::unistd::Pid;

    use super::*;

    #[test]
    fn only_a_process_of_this_host_that_is_gone_is_known_to_be_dead() {
        let mut child = std::process::Command::new("true").spawn().expect("a process");
        let pid = child.id();
        let name = |host: &str| format!("{host}/{pid}@{}", world());
        // Not collected: it stays behind as a zombie.
        let ended = waitid(Id::Pid(Pid::from_raw(pid.cast_signed())), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT);
        assert!(matches!(ended, Ok(WaitStatus::Exited(..))), "{ended:?}");
        assert!(is_known_dead(&name(&host())), "it has its number still, and runs no more");
        assert!(!is_known_dead(&name("another")));
        child.wait().expect("it ended");
        assert!(is_known_dead(&name(&host())));
        let parent = std::os::unix::process::parent_id();
        assert!(!is_known_dead(&format!("{}/{parent}@{}", host(), world())));
        assert!(is_known_dead(&own_name()), "one that had our number before us");
        for unclear in ["", "nonsense", "host/pid", "host/1", "host/pid@world"] {
            assert!(!is_known_dead(unclear), "{unclear}");
        }
    }

    #[test]
    fn numbers_of_another_start_of_the_machine_or_of_another_container_say_nothing() {
        let mut child = std::process::Command::new("true").spawn().expect("a process");
        child.wait().expect("it ended");
        let name = |world: &str| format!("{}/{}@{world}", host(), child.id());
        assert!(is_known_dead(&name(&world())));
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("this start has an id");
        let container = fs::read_link("/proc/self/ns/pid").expect("this container has a name").display().to_string();
        let [boot, container] = [boot.trim(), &container];
        for part in [boot, container] {
            assert!(!part.is_empty() && world().contains(part), "{part} is not told from others in {}", world());
            let another = world().replace(part, "another");
            assert!(!is_known_dead(&name(&another)), "{another}");
        }
        assert!(!is_known_dead(&name("")), "of before there were worlds");
    }
}
