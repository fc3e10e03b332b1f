//! Writes a history down while it happens. A call costs a line of text and a lock that is held for the copying of it, so that
//! a recording can stay on in a sale.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;

use super::call::{Answer, CallParts, Entry, Kind, Level, Line, NEVER, NONE, UNTOLD, Verb};
use super::file;

pub(crate) struct Recorder {
    path: PathBuf,
    began: Instant,
    state: Mutex<State>,
}

struct State {
    file: BufWriter<File>,
    /// By number. The first one that anything is told of is number 0.
    locations: HashMap<String, u32>,
    orders: HashMap<String, u32>,
    /// The first that went wrong with the file. Whoever ends the recording is told.
    failed: Option<io::Error>,
}

/// When something was first sent, and when its last answer came, if one did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) asked: Instant,
    pub(crate) answered: Option<Instant>,
}

/// A call in the words of whoever made it.
pub(crate) struct Said<'a> {
    pub(crate) span: Span,
    pub(crate) verb: Verb,
    pub(crate) key: u64,
    pub(crate) answer: Answer,
    /// SKU number and quantity.
    pub(crate) asked: &'a [(usize, i64)],
    pub(crate) told: &'a [Told<'a>],
}

/// What an answer says of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told<'a> {
    /// `None`: not one that was asked for.
    pub(crate) sku: Option<usize>,
    pub(crate) location: &'a str,
    pub(crate) quantity: i64,
    pub(crate) seq: Option<i64>,
    pub(crate) left: Option<i64>,
}

/// A row of the ledger as the shop shows it.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) sku: usize,
    pub(crate) location: &'a str,
    pub(crate) seq: i64,
    pub(crate) batch: i64,
    pub(crate) kind: &'a str,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) order: Option<&'a str>,
}

const BUFFER: usize = 1 << 20;

impl Recorder {
    /// Of goods that are this run's alone.
    pub(crate) fn create(path: &Path, run: &str, skus: &[String]) -> anyhow::Result<Self> {
        let named = || format!("the history {}", path.display());
        let mut file = BufWriter::with_capacity(BUFFER, File::create(path).with_context(named)?);
        file::header(&mut file, run, false).with_context(named)?;
        file::names(&mut file, "sku", skus).with_context(named)?;
        let state = State { file, locations: HashMap::new(), orders: HashMap::new(), failed: None };
        Ok(Self { path: path.to_owned(), began: Instant::now(), state: Mutex::new(state) })
    }

    pub(crate) fn call(&self, said: &Said<'_>) {
        let Said { span, verb, key, answer, asked, told } = *said;
        let answered = span.answered.map_or(NEVER, |answered| self.nanos(answered));
        let call = CallParts { asked: self.nanos(span.asked), answered, key, verb, answer };
        self.with(|state| {
            let lines = lines(asked, told, |location| state.location(location))?;
            file::write_head(call, &mut state.file)?;
            for (line, account) in lines {
                file::write_line(&line, account, &mut state.file)?;
            }
            writeln!(state.file)
        });
    }

    pub(crate) fn level(&self, span: Span, sku: usize, location: &str, level: &Level, seq: i64) {
        let Some(answered) = span.answered else { return };
        let (asked, answered) = (self.nanos(span.asked), self.nanos(answered));
        self.with(|state| {
            let account = (number(sku), state.location(location)?);
            file::write_level(asked, answered, account, level, seq, &mut state.file)
        });
    }

    pub(crate) fn entry(&self, row: &Row<'_>) {
        self.with(|state| {
            let account = (number(row.sku), state.location(row.location)?);
            let order = row.order.map(|order| {
                let next = number(state.orders.len());
                *state.orders.entry(order.to_owned()).or_insert(next)
            });
            let (Row { seq, batch, on_hand, reserved, .. }, kind) = (*row, Kind::of(row.kind));
            let entry = Entry { seq, batch, on_hand, reserved, account: 0, order, kind };
            file::write_entry(&entry, account, &mut state.file)
        });
    }

    /// All that the ledger has of a SKU has been told.
    pub(crate) fn books(&self, sku: usize) {
        self.with(|state| file::write_books(number(sku), &mut state.file));
    }

    /// Writes out what is left, and says where it is.
    pub(crate) fn finish(&self) -> anyhow::Result<&Path> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let written = match state.failed.take() {
            Some(failed) => Err(failed),
            None => state.file.flush(),
        };
        written.with_context(|| format!("the history {} could not be written", self.path.display()))?;
        Ok(&self.path)
    }

    fn with(&self, write: impl FnOnce(&mut State) -> io::Result<()>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failed.is_none()
            && let Err(error) = write(&mut state)
        {
            state.failed = Some(error);
        }
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_nanos()).unwrap_or(NEVER)
    }
}

impl State {
    fn location(&mut self, name: &str) -> io::Result<u32> {
        if let Some(known) = self.locations.get(name) {
            return Ok(*known);
        }
        let next = number(self.locations.len());
        self.locations.insert(name.to_owned(), next);
        if !name.is_empty() {
            writeln!(self.file, "location {next} {name}")?;
        }
        Ok(next)
    }
}

/// What was asked and what was told of it, as lines of a history. What was asked and not told has no number; what was told
/// and not asked has no quantity.
fn lines(
    asked: &[(usize, i64)],
    told: &[Told<'_>],
    mut location: impl FnMut(&str) -> io::Result<u32>,
) -> io::Result<Vec<(Line, (u32, u32))>> {
    let mut lines = Vec::with_capacity(asked.len().max(told.len()));
    let asked_of =
        |sku: usize| asked.iter().filter(|(asked, _)| *asked == sku).map(|(_, quantity)| quantity).sum::<i64>();
    let told_of = |sku: usize| told.iter().filter(|told| told.sku == Some(sku)).map(|told| told.quantity).sum::<i64>();
    for one in told {
        let right = one.sku.is_some_and(|sku| told_of(sku) == asked_of(sku));
        let seq = one.seq.unwrap_or(NONE);
        let left = one.left.and_then(|left| u32::try_from(left).ok()).unwrap_or(UNTOLD);
        let quantity = if right { quantity(one.quantity) } else { 0 };
        let account = (one.sku.map_or(u32::MAX, number), location(one.location)?);
        lines.push((Line { seq, told: left, ..Line::asking(0, quantity) }, account));
    }
    for (at, (sku, _)) in asked.iter().enumerate() {
        let first = asked[..at].iter().all(|(earlier, _)| earlier != sku);
        if first && told_of(*sku) != asked_of(*sku) {
            lines.push((Line::asking(0, quantity(asked_of(*sku))), (number(*sku), 0)));
        }
    }
    Ok(lines)
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

fn quantity(of: i64) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{check, read};

    const MAIN: &str = "loc_main";

    fn recorded(tell: impl FnOnce(&Recorder)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history");
        let recorder = Recorder::create(&path, "lt1", &["lt1-0".to_owned(), "lt1-1".to_owned()]).unwrap();
        tell(&recorder);
        recorder.finish().unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    fn call(recorder: &Recorder, asked: &[(usize, i64)], told: &[Told<'_>], verb: Verb, key: u64, answer: Answer) {
        let answered = (answer != Answer::Unknown).then_some(recorder.began);
        let span = Span { asked: recorder.began, answered };
        recorder.call(&Said { span, verb, key, answer, asked, told });
    }

    fn told(sku: usize, quantity: i64, seq: i64) -> Told<'static> {
        Told { sku: Some(sku), location: MAIN, quantity, seq: Some(seq), left: None }
    }

    /// The line of an order with key 5, from the verb on.
    fn line(asked: &[(usize, i64)], told: &[Told<'_>], answer: Answer) -> String {
        let text = recorded(|recorder| call(recorder, asked, told, Verb::Hold, 5, answer));
        text.lines().last().unwrap().split(' ').skip(2).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_was_asked_and_what_was_told_are_one_line_each() {
        assert_eq!(line(&[(0, 1), (1, 2)], &[told(0, 1, 7), told(1, 2, 3)], Answer::Done), "hold 5 done 0*1@7 1*2@3");
        assert_eq!(line(&[(0, 1), (0, 2)], &[told(0, 1, 7), told(0, 2, 7)], Answer::Done), "hold 5 done 0*1@7 0*2@7");
        assert_eq!(line(&[(0, 1), (0, 2)], &[], Answer::Unknown), "hold 5 unknown 0*3");
        let short = Told { left: Some(1), ..told(1, 2, 9) };
        assert_eq!(line(&[(0, 1), (1, 2)], &[short], Answer::Refused), "hold 5 refused 1*2@9=1 0*1");
    }

    #[test]
    fn what_was_not_told_right_is_seen() {
        assert_eq!(line(&[(0, 1), (1, 2)], &[told(0, 1, 7)], Answer::Done), "hold 5 done 0*1@7 1*2");
        assert_eq!(line(&[(0, 3)], &[told(0, 1, 7)], Answer::Done), "hold 5 done 0*0@7 0*3");
        let stranger = Told { sku: None, ..told(0, 1, 7) };
        assert_eq!(line(&[(0, 1)], &[told(0, 1, 7), stranger], Answer::Done), "hold 5 done 0*1@7 4294967295*0@7");
    }

    #[test]
    fn a_recording_can_be_read_and_checked() {
        let text = recorded(|recorder| {
            call(recorder, &[(0, 9)], &[told(0, 9, 1)], Verb::Receive, 0, Answer::Done);
            call(recorder, &[(0, 2)], &[told(0, 2, 2)], Verb::Hold, 1, Answer::Done);
            let span = Span { asked: Instant::now(), answered: Some(Instant::now()) };
            recorder.level(span, 0, MAIN, &Level { on_hand: 9, reserved: 2, safety: 0 }, 2);
            let row =
                Row { sku: 0, location: MAIN, seq: 1, batch: 3, kind: "receive", on_hand: 9, reserved: 0, order: None };
            recorder.entry(&row);
            recorder.entry(&Row { seq: 2, kind: "hold", on_hand: 0, reserved: 2, order: Some("ord_1"), ..row });
            recorder.books(0);
        });
        assert!(text.contains("location 0 loc_main") && text.contains("ledger 0 2 3 hold 0 2 0\nbooks 0\n"), "{text}");
        let report = check(read(text.as_bytes()).unwrap());
        assert!(report.findings.is_empty(), "{report}\n{text}");
        assert_eq!((report.counts.changes, report.counts.looks), (2, 1));
    }
}
