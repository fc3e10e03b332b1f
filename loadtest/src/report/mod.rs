//! What is shown and kept of a run: a live line, a table, a JSON file and a page with plots.

mod numbers;
mod page;
mod plot;
mod table;
mod watch;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

pub(crate) use numbers::{Report, VerdictNumbers};
pub(crate) use watch::{Watch, steps};

/// A line for the operator. A closed pipe is their wish, not a failure.
pub(crate) fn say(line: &str) {
    let _closed_pipe = writeln!(std::io::stdout().lock(), "{line}");
}

impl Report {
    /// Prints the table and writes `NAME.json` and `NAME.html`; answers where they are.
    pub(crate) fn publish(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        say(&table::table(self));
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let name = format!("{}-{}", self.scenario, self.run);
        let json = folder.join(format!("{name}.json"));
        let html = folder.join(format!("{name}.html"));
        std::fs::write(&json, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("{} cannot be written", json.display()))?;
        std::fs::write(&html, page::page(self)).with_context(|| format!("{} cannot be written", html.display()))?;
        say(&format!("{}\n{}", json.display(), html.display()));
        Ok(html)
    }
}
