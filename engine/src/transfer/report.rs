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

/// Writes complaints as they come, as JSON Lines or CSV.
pub struct Report<W: Write> {
    output: Output<W>,
}

enum Output<W: Write> {
    JsonLines(W),
    Csv(Box<csv::Writer<W>>),
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
        }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        match &mut self.output {
            Output::JsonLines(output) => output.flush(),
            Output::Csv(writer) => writer.flush(),
        }
    }
}
