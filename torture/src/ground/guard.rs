//! Whatever happens to this program, nothing that it started outlives it.

use std::io::{PipeWriter, pipe};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

/// Waits for the end of a pipe whose other end this program holds; then ends what the files `*.pid` name, and removes the
/// folder. What is over has taken its file away before its number could be another's.
const SCRIPT: &str = r#"
read -r _
for file in "$1"/*.pid "$1"/pg/postmaster.pid; do
    [ -f "$file" ] && kill -9 "$(head -n 1 "$file")"
done
sleep 1
rm -rf "$1"
"#;

pub(crate) struct Guard {
    _alive: PipeWriter,
}

impl Guard {
    pub(crate) fn over(folder: &Path) -> anyhow::Result<Self> {
        let (read, write) = pipe()?;
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", SCRIPT, "guard"]).arg(folder).stdin(read).stdout(Stdio::null()).stderr(Stdio::null());
        // Of a group of its own: a Ctrl-C in the terminal is not for it.
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        shell.spawn().context("starting the shell that tidies up")?;
        Ok(Self { _alive: write })
    }
}
