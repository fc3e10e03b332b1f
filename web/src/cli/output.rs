//! What a command says: results on the standard output, trouble on the standard error.

use std::fmt::Display;
use std::io::{self, Write};

/// One line of result. A reader that has gone away is not our trouble.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Why the command failed, with everything behind it.
pub(super) fn complain(error: &anyhow::Error) {
    let _ = writeln!(io::stderr(), "error: {error:#}");
}
