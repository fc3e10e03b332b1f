//! How a process signs the cell: `host/pid`, so that another one on the same host can tell whether it is gone.

/// `host/pid` of this process.
pub(super) fn own_name() -> String {
    format!("{}/{}", host(), std::process::id())
}

fn host() -> String {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_else(|| "unknown".to_owned())
}

/// Only what ran on this very host can be known to be dead.
pub(super) fn is_known_dead(owner_name: &str) -> bool {
    let Some((owner_host, pid)) = owner_name.rsplit_once('/') else { return false };
    let Ok(pid) = pid.parse::<i32>() else { return false };
    // Its number may be ours by now.
    owner_host == host() && (!runs(pid) || u32::try_from(pid) == Ok(std::process::id()))
}

/// A killed process that nobody has waited for yet still has its number, but runs no more.
fn runs(pid: i32) -> bool {
    let there = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None) != Err(nix::errno::Errno::ESRCH);
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
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
        let name = |host: &str| format!("{host}/{pid}");
        // Not waited for: it stays behind as a zombie once it has ended.
        while runs(pid.cast_signed()) {
            std::thread::yield_now();
        }
        assert!(is_known_dead(&name(&host())));
        assert!(!is_known_dead(&name("another")));
        child.wait().expect("it ended");
        assert!(is_known_dead(&name(&host())));
        let parent = std::os::unix::process::parent_id();
        assert!(!is_known_dead(&format!("{}/{parent}", host())));
        for unclear in ["", "nonsense", "host/pid"] {
            assert!(!is_known_dead(unclear), "{unclear}");
        }
    }
}
