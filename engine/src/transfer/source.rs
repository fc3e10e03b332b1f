//! Records out of a stream, one at a time: each with the line it begins on.

use std::io::{self, BufRead, BufReader, Read};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

/// A record beyond it is not read: a quote that is never closed must not fill the memory.
const RECORD_MAX: u64 = 8 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv { delimiter: u8 },
    JsonLines,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a format is csv or jsonl, not {0:?}")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        match text {
            "csv" => Ok(Self::Csv { delimiter: b',' }),
            "tsv" => Ok(Self::Csv { delimiter: b'\t' }),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            other => Err(UnknownFormat(other.to_owned())),
        }
    }
}

/// A record, or why the line is none.
pub(super) type Record = (u64, Result<Map<String, Value>, String>);

pub(super) trait Records: Send {
    /// The next record; an error ends the stream.
    fn next(&mut self) -> io::Result<Option<Record>>;
}

/// Opens a stream. Counts what is read into `bytes`.
pub(super) fn open(
    input: impl Read + Send + 'static,
    format: Format,
    bytes: Arc<AtomicU64>,
) -> io::Result<Box<dyn Records>> {
    match format {
        Format::JsonLines => {
            let counted = Counted { input, bytes, table: None };
            Ok(Box::new(Lines { input: BufReader::with_capacity(1 << 16, counted), line: 0 }))
        }
        Format::Csv { delimiter } => {
            // The head is a record too.
            let mark = Arc::new(AtomicU64::new(bytes.load(Ordering::Relaxed)));
            let table = Some((mark.clone(), Quotes { delimiter, at: At::Cell }));
            let counted = Counted { input, bytes: bytes.clone(), table };
            let mut reader =
                csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(Box::new(counted) as Box<_>);
            let headers = reader.byte_headers().map_err(io::Error::other)?.clone();
            let headers: Vec<String> =
                headers.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
            if let Some(twice) = headers.iter().enumerate().find(|(place, name)| headers[..*place].contains(name)) {
                return Err(io::Error::other(format!("the column {:?} is there twice", twice.1)));
            }
            Ok(Box::new(Table { reader, headers, bytes, mark }))
        }
    }
}

struct Lines<R> {
    input: BufReader<R>,
    line: u64,
}

impl<R: Read + Send> Records for Lines<R> {
    fn next(&mut self) -> io::Result<Option<Record>> {
        loop {
            let mut text = Vec::new();
            let read = (&mut self.input).take(RECORD_MAX).read_until(b'\n', &mut text)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            if text.last() != Some(&b'\n') && text.len() as u64 == RECORD_MAX {
                self.input.skip_until(b'\n')?;
                return Ok(Some((self.line, Err(format!("a line has at most {RECORD_MAX} bytes")))));
            }
            let text = text.strip_prefix(b"\xef\xbb\xbf").filter(|_| self.line == 1).unwrap_or(&text);
            let text = text.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let record = match serde_json::from_slice(text) {
                Ok(Value::Object(record)) => Ok(record),
                Ok(_) => Err("a line is a JSON object".to_owned()),
                Err(error) => Err(format!("not JSON: {error}")),
            };
            return Ok(Some((self.line, record)));
        }
    }
}

struct Table {
    reader: csv::Reader<Box<dyn Read + Send>>,
    headers: Vec<String>,
    bytes: Arc<AtomicU64>,
    mark: Arc<AtomicU64>,
}

impl Records for Table {
    fn next(&mut self) -> io::Result<Option<Record>> {
        self.mark.store(self.bytes.load(Ordering::Relaxed), Ordering::Relaxed);
        let mut record = csv::ByteRecord::new();
        if !self.reader.read_byte_record(&mut record).map_err(io::Error::other)? {
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != self.headers.len() {
            let told = format!("{} columns, the head has {}", record.len(), self.headers.len());
            return Ok(Some((line, Err(told))));
        }
        let mut row = Map::new();
        for (name, cell) in self.headers.iter().zip(&record) {
            match std::str::from_utf8(cell) {
                Ok(text) => row.insert(name.clone(), Value::String(unguarded(text).to_owned())),
                Err(_) => return Ok(Some((line, Err(format!("{name} is not UTF-8"))))),
            };
        }
        Ok(Some((line, Ok(row))))
    }
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe before it when it is exported.
pub(super) fn guarded(cell: &str) -> String {
    if needs_guard(cell) { format!("'{cell}") } else { cell.to_owned() }
}

fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(cell)
}

fn needs_guard(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\''])
}

/// Counts bytes, and stops when one record swallows too many of them, or the file ends in the middle of one.
struct Counted<R> {
    input: R,
    bytes: Arc<AtomicU64>,
    /// Of a table: where the record under way began, and whether a quote is open. Lines keep their own bound.
    table: Option<(Arc<AtomicU64>, Quotes)>,
}

/// Whether a table is inside of a quoted cell. The reader of tables takes the end of the file for the end of such a cell,
/// with all the rows that it swallowed as its text.
struct Quotes {
    delimiter: u8,
    at: At,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// The beginning of a cell: only here a quote opens.
    Cell,
    Plain,
    Quoted,
    /// A quote in a quoted cell: its end, or the first of two that stand for one.
    Quote,
}

impl Quotes {
    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.at = match (self.at, *byte) {
                (At::Quoted, b'"') => At::Quote,
                (At::Quoted, _) | (At::Cell | At::Quote, b'"') => At::Quoted,
                (_, b'\n' | b'\r') => At::Cell,
                (_, byte) if byte == self.delimiter => At::Cell,
                // A byte order mark before the first cell is no part of it.
                (At::Cell, 0xef | 0xbb | 0xbf) => At::Cell,
                (At::Cell | At::Plain | At::Quote, _) => At::Plain,
            };
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        let total = self.bytes.fetch_add(read as u64, Ordering::Relaxed) + read as u64;
        if let Some((mark, quotes)) = &mut self.table {
            if total - mark.load(Ordering::Relaxed) > RECORD_MAX {
                return Err(io::Error::other(format!(
                    "a row of more than {RECORD_MAX} bytes: is a quote never closed?"
                )));
            }
            quotes.pass(&into[..read]);
            if read == 0 && !into.is_empty() && quotes.at == At::Quoted {
                return Err(io::Error::other(
                    "it ends inside of a quoted cell: it broke off, or a quote is never closed",
                ));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(input: &str, format: &str) -> Vec<String> {
        let format = format.parse().expect("a format");
        let input = io::Cursor::new(input.to_owned());
        let mut records = open(input, format, Arc::default()).expect("a head");
        let mut told = Vec::new();
        while let Some((line, record)) = records.next().expect("readable") {
            told.push(match record {
                Ok(record) => format!("{line} {}", Value::Object(record)),
                Err(error) => format!("{line} {error}"),
            });
        }
        told
    }

    #[test]
    fn a_record_knows_its_line_and_a_broken_one_does_not_end_the_stream() {
        assert_eq!(
            told("\u{feff}{\"a\":1}\n\nnonsense\n[1]\r\n{\"a\":2}", "jsonl"),
            [
                r#"1 {"a":1}"#,
                "3 not JSON: expected ident at line 1 column 2",
                "4 a line is a JSON object",
                r#"5 {"a":2}"#,
            ]
        );
        assert_eq!(
            told("sku,title\nA,\"two\nlines\"\nB\nC,'=1+1\n", "csv"),
            [r#"2 {"sku":"A","title":"two\nlines"}"#, "4 1 columns, the head has 2", r#"5 {"sku":"C","title":"=1+1"}"#]
        );
        assert_eq!(told("sku\ttitle\nA\tb\n", "tsv"), [r#"2 {"sku":"A","title":"b"}"#]);
    }

    #[test]
    fn an_endless_record_is_not_read_to_its_end() {
        let long = format!("{{\"a\":\"{}\"}}\n{{\"a\":1}}", "x".repeat(RECORD_MAX as usize));
        assert_eq!(told(&long, "jsonl"), ["1 a line has at most 8388608 bytes", r#"2 {"a":1}"#]);

        let never_closed = format!("sku,title\nA,b\nB,\"{}", "x\n".repeat(RECORD_MAX as usize));
        let input = io::Cursor::new(never_closed);
        let mut records = open(input, Format::Csv { delimiter: b',' }, Arc::default()).expect("a head");
        assert!(records.next().expect("the first").is_some());
        assert!(records.next().is_err());

        let headless = io::repeat(b'x').take(RECORD_MAX * 8);
        let bytes = Arc::<AtomicU64>::default();
        let opened = open(io::Cursor::new("\"").chain(headless), Format::Csv { delimiter: b',' }, bytes.clone());
        assert!(opened.is_err());
        assert!(bytes.load(Ordering::Relaxed) < RECORD_MAX * 2, "nor is a head");
    }

    #[test]
    fn a_table_that_ends_inside_of_a_quoted_cell_is_refused() {
        let ends_well = |text: &str| {
            let opened = open(io::Cursor::new(text.to_owned()), Format::Csv { delimiter: b',' }, Arc::default());
            opened.and_then(|mut records| {
                while records.next()?.is_some() {}
                Ok(())
            })
        };
        for broken in
            ["a,b\n1,\"x\n2,y\n", "a,b\n1,\"x\"\"\n2,y", "a,\"b", "a,b\n\"\"\"", "\u{feff}\"a,b\n1,2\n", "a,a\n1,2\n"]
        {
            assert!(ends_well(broken).is_err(), "{broken:?}");
        }
        for whole in
            ["a,b\n1,\"x\n\"\"2\"\"\"", "a,b\n1,5\" disk\n", "a,b\n\"1\"x,\"\"\r\n", "\u{feff}\"a\",b\n", "a", ""]
        {
            assert!(ends_well(whole).is_ok(), "{whole:?}");
        }
    }

    #[test]
    fn a_guarded_cell_is_read_back_as_it_was() {
        for cell in ["", "plain", "=1", "+49", "-5", "@x", "'quoted", "''", "it's", "\tx"] {
            assert_eq!(unguarded(&guarded(cell)), cell);
            assert!(!guarded(cell).starts_with(['=', '+', '-', '@', '\t']));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_records_or_lines_with_a_reason(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..200),
                "([a-z\"',={}:\\[\\]\n\r\t]{0,12}\n){0,8}".prop_map(String::into_bytes),
            ],
            format in prop::sample::select(vec!["csv", "tsv", "jsonl"]),
        ) {
            let format = format.parse().expect("a format");
            // A head that cannot be a head ends it.
            if let Ok(mut records) = open(io::Cursor::new(bytes.clone()), format, Arc::default()) {
                let mut seen = 0;
                while let Ok(Some((line, _))) = records.next() {
                    seen += 1;
                    prop_assert!(line >= 1 && seen <= bytes.len(), "record {} of line {}", seen, line);
                }
            }
        }

        #[test]
        fn a_cell_is_read_as_it_was_written(cell in "[-=+@'\t\r]{0,2}\\PC{0,8}") {
            let written = guarded(&cell);
            prop_assert_eq!(unguarded(&written), cell);
        }
    }
}
