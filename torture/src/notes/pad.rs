//! A file of notes.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;

use super::{Heard, Intent, Note};

pub struct Pad {
    file: Mutex<File>,
}

impl Pad {
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Ok(Self { file: Mutex::new(file.with_context(|| format!("opening {}", path.display()))?) })
    }

    pub(crate) fn intend(&self, id: u64, intent: &Intent) {
        self.write(&Note::Intent { id, at_us: now_us(), intent: intent.clone() });
    }

    pub(crate) fn open_two_windows(&self, id: u64) {
        self.write(&Note::Twice { id, at_us: now_us() });
    }

    pub(crate) fn close_one(&self, id: u64) {
        self.write(&Note::Once { id, at_us: now_us() });
    }

    pub(crate) fn hear(&self, id: u64, heard: &Heard) {
        self.write(&Note::Heard { id, at_us: now_us(), heard: heard.clone() });
    }

    fn write(&self, note: &Note) {
        let mut line = serde_json::to_vec(note).expect("notes are words and numbers");
        line.push(b'\n');
        let mut file = self.file.lock().expect("nobody panics while writing");
        file.write_all(&line).expect("without notes nothing can be judged");
    }
}

pub fn read(path: &Path) -> anyhow::Result<Vec<Note>> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let notes = BufReader::new(file).lines().map(|line| anyhow::Ok(serde_json::from_str(&line?)?));
    notes.collect::<Result<_, _>>().with_context(|| format!("reading {}", path.display()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "notes are compared with what PostgreSQL's clock says; this is no engine code"
)]
pub(crate) fn now_us() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(now.as_micros()).expect("a clock before the year 290000")
}
