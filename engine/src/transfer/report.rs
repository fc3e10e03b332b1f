//! What was not taken, row by row: line, field and reason, for whoever mends the file.

use std::io::{self, Write};

use serde::Serialize;

/// One complaint about one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    pub line: u64,
    /// Where the row says what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Empty: the row as a whole.
    pub field: String,
    pub code: String,
    pub reason: String,
}

/// Complaints as they come: written as JSON Lines or CSV, or the first of them kept.
pub struct Report<W: Write> {
    output: Output<W>,
}

enum Output<W: Write> {
    JsonLines(W),
    Csv(Box<csv::Writer<W>>),
    Kept(Kept),
}

/// The first complaints, and how many more there were.
#[derive(Debug, Default)]
pub struct Kept {
    pub first: Vec<Rejection>,
    pub left_out: u64,
    max: usize,
}

/// A file may have a whole book where a price should be.
const TEXT_MAX: usize = 200;

impl Report<io::Sink> {
    /// Keeps at most `max`, each no longer than a person reads: for whoever has no file to write them to.
    pub fn keeping(max: usize) -> Self {
        Self { output: Output::Kept(Kept { max, ..Kept::default() }) }
    }

    pub fn kept(self) -> Kept {
        match self.output {
            Output::Kept(kept) => kept,
            Output::JsonLines(_) | Output::Csv(_) => Kept::default(),
        }
    }
}

impl Kept {
    fn add(&mut self, rejection: &Rejection) {
        if self.first.len() >= self.max {
            self.left_out += 1;
            return;
        }
        self.first.push(Rejection {
            line: rejection.line,
            sku: rejection.sku.as_deref().map(shortened),
            field: shortened(&rejection.field),
            code: rejection.code.clone(),
            reason: shortened(&rejection.reason),
        });
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

impl<W: Write> Report<W> {
    pub fn json_lines(output: W) -> Self {
        Self { output: Output::JsonLines(output) }
    }

    pub fn csv(output: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(["line", "sku", "field", "code", "reason"])?;
        Ok(Self { output: Output::Csv(Box::new(writer)) })
    }

    pub(super) fn reject(&mut self, rejection: &Rejection) -> io::Result<()> {
        match &mut self.output {
            Output::JsonLines(output) => {
                serde_json::to_writer(&mut *output, rejection)?;
                output.write_all(b"\n")
            }
            Output::Csv(writer) => {
                let Rejection { line, sku, field, code, reason } = rejection;
                let guard = super::source::guarded;
                let (sku, field, reason) = (guard(sku.as_deref().unwrap_or("")), guard(field), guard(reason));
                writer.write_record([&line.to_string(), &sku, &field, code, &reason])?;
                Ok(())
            }
            Output::Kept(kept) => {
                kept.add(rejection);
                Ok(())
            }
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        match &mut self.output {
            Output::JsonLines(output) => output.flush(),
            Output::Csv(writer) => writer.flush(),
            Output::Kept(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_are_kept_and_none_of_them_is_a_book() {
        let mut report = Report::keeping(2);
        for line in 1..=5 {
            let reason = "\u{e9}".repeat(1000);
            let rejection = Rejection { line, sku: None, field: "price".to_owned(), code: "x".to_owned(), reason };
            report.reject(&rejection).expect("kept");
        }
        let kept = report.kept();
        assert_eq!((kept.first.len(), kept.left_out), (2, 3));
        assert_eq!(kept.first[1].reason.chars().count(), TEXT_MAX + 3);
    }
}
