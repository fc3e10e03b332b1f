//! How rows are written: JSON Lines, or the cells of a table.

use std::io;

use serde_json::{Map, Value, json};

use super::super::source::{Format, guarded};

/// Writes rows behind what is in `output` already.
pub(super) fn write_rows<'r>(
    format: Format,
    columns: &[String],
    rows: impl IntoIterator<Item = &'r Map<String, Value>>,
    output: &mut Vec<u8>,
) -> io::Result<()> {
    match format {
        Format::JsonLines => {
            for row in rows {
                serde_json::to_writer(&mut *output, row)?;
                output.push(b'\n');
            }
            Ok(())
        }
        Format::Csv { delimiter } => {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(output);
            for row in rows {
                writer.write_record(columns.iter().map(|column| cell(column, row.get(column))))?;
            }
            writer.flush()
        }
    }
}

/// What stands above the rows.
pub(super) fn write_head(format: Format, columns: &[String], output: &mut Vec<u8>) -> io::Result<()> {
    let Format::Csv { delimiter } = format else { return Ok(()) };
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(output);
    writer.write_record(columns)?;
    writer.flush()
}

fn cell(field: &str, value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => guarded(text),
        Some(Value::Array(list)) if field == "category" || field == "tags" => {
            let separator = if field == "category" { '>' } else { '|' };
            let parts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            if parts.iter().any(|part| part.contains(separator) || part.starts_with('[')) {
                return json!(parts).to_string();
            }
            guarded(&parts.join(if field == "category" { " > " } else { "|" }))
        }
        Some(Value::Object(object)) if object.is_empty() => String::new(),
        // JSON begins with a brace, a bracket, a digit or a letter, or is a negative number: no formula, no guard.
        Some(other) => other.to_string(),
    }
}
