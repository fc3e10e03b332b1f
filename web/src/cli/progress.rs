//! How far long work is: a bar on a terminal, a plain line every so often elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

const LINE_EVERY: Duration = Duration::from_secs(5);

/// What is counted.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Bytes,
    Things,
}

pub(super) struct Progress {
    what: &'static str,
    shown: Shown,
}

enum Shown {
    Bar(ProgressBar),
    Lines { last: Instant },
}

impl Progress {
    /// Of `total`, where that is known.
    pub(super) fn start(what: &'static str, total: Option<u64>, unit: Unit) -> Self {
        if !io::stderr().is_terminal() {
            return Self { what, shown: Shown::Lines { last: Instant::now() } };
        }
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let template = match (total, unit) {
            (Some(_), Unit::Bytes) => "{prefix} {wide_bar} {bytes}/{total_bytes} {msg} {eta}",
            (Some(_), Unit::Things) => "{prefix} {wide_bar} {human_pos}/{human_len} {msg} {eta}",
            (None, Unit::Bytes) => "{prefix} {spinner} {bytes} {msg}",
            (None, Unit::Things) => "{prefix} {spinner} {human_pos} {msg}",
        };
        bar.set_style(ProgressStyle::with_template(template).expect("the templates above are right"));
        bar.set_prefix(what);
        Self { what, shown: Shown::Bar(bar) }
    }

    pub(super) fn at(&mut self, done: u64, total: Option<u64>, note: &str) {
        match &mut self.shown {
            Shown::Bar(bar) => {
                if let Some(total) = total {
                    bar.set_length(total);
                }
                bar.set_position(done);
                bar.set_message(note.to_owned());
            }
            Shown::Lines { last } if last.elapsed() >= LINE_EVERY => {
                *last = Instant::now();
                let share = total
                    .filter(|total| *total > 0)
                    .map_or(String::new(), |total| format!(" {} %", done * 100 / total));
                // A reader that has gone away is not our trouble.
                let _ = writeln!(io::stderr(), "{}:{share} {note}", self.what);
            }
            Shown::Lines { .. } => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}
