//! A process of this machine, as `/proc` tells of it. Where there is no `/proc`, nothing is measured.

use anyhow::Context;

pub(crate) struct Process {
    folder: String,
}

impl Process {
    pub(crate) fn of(pid: u32) -> Self {
        Self { folder: format!("/proc/{pid}") }
    }

    pub(crate) fn this() -> Self {
        Self { folder: "/proc/self".to_owned() }
    }

    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        Ok(number_after(&self.read("status")?, "VmRSS:").context("no VmRSS in its status")? * 1024)
    }

    /// How many files and sockets it may have open at a time.
    pub(crate) fn open_files_max(&self) -> anyhow::Result<u64> {
        number_after(&self.read("limits")?, "Max open files").context("no limit of open files")
    }

    fn read(&self, file: &str) -> anyhow::Result<String> {
        let path = format!("{}/{file}", self.folder);
        std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))
    }
}

fn number_after(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_behind_their_names() {
        let status = "Name:\tdoorbuster\nVmHWM:\t  200000 kB\nVmRSS:\t  115204 kB\n";
        assert_eq!(number_after(status, "VmRSS:"), Some(115_204));
        let limits = "Max processes             96000                96000                processes\n\
                      Max open files            20000                1048576              files\n";
        assert_eq!(number_after(limits, "Max open files"), Some(20_000));
        assert_eq!(number_after(status, "VmSwap:"), None);
    }
}
