//! The table in `docs/faults.md`: what is asked, what may be wrong, and what is promised then.

use std::collections::BTreeMap;
use std::fs;

use super::said::Said;
use super::trouble::Trouble;

const DOCUMENT: &str = "../docs/faults.md";
const FIRST_COLUMN: &str = "What is asked";
/// Between two answers of which either is right.
const OR: &str = " or ";
const UNKNOWN: &str = "503 outcome_unknown";
const LATER: &str = "503 temporarily_unavailable";

pub(super) struct Matrix {
    troubles: Vec<Trouble>,
    /// By what is asked, in the order of the troubles.
    rows: BTreeMap<String, Vec<String>>,
}

impl Matrix {
    pub(super) fn read() -> Self {
        let text = fs::read_to_string(DOCUMENT).expect("the document");
        let mut lines = text.lines().map(cells);
        let head = lines.by_ref().find(|cells| cells.first().is_some_and(|cell| cell == FIRST_COLUMN));
        let head = head.expect("a table of what is asked");
        let troubles = head[1..].iter().map(|name| Trouble::named(name).unwrap_or_else(|| panic!("no test of {name}")));
        let troubles: Vec<Trouble> = troubles.collect();
        let mut rows = BTreeMap::new();
        for mut cells in lines.skip(1).take_while(|cells| !cells.is_empty()) {
            assert_eq!(cells.len(), head.len(), "{cells:?}");
            let asked = cells.remove(0);
            assert!(rows.insert(asked.clone(), cells).is_none(), "{asked} comes twice");
        }
        Self { troubles, rows }
    }

    pub(super) fn asked(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// Everything that was answered otherwise than is promised.
    pub(super) fn broken(&self, trouble: Trouble, answers: &[(&str, Said)]) -> Vec<String> {
        answers.iter().filter_map(|(asked, said)| self.judge(trouble, asked, said, false)).collect()
    }

    /// The same before it was noticed: what was under way may come to its end as ever, or its outcome is not known.
    pub(super) fn broken_at_first(&self, trouble: Trouble, answers: &[(&str, Said)]) -> Vec<String> {
        answers.iter().filter_map(|(asked, said)| self.judge(trouble, asked, said, true)).collect()
    }

    fn judge(&self, trouble: Trouble, asked: &str, said: &Said, at_first: bool) -> Option<String> {
        let promised = self.promised(trouble, asked);
        let as_ever = at_first && trouble.is_an_outage();
        let allowed = promised.split(OR).any(|words| said.is(words))
            || at_first && trouble.outlasts_connecting() && said.is(LATER)
            || as_ever
                && (said.is(UNKNOWN) || self.promised(Trouble::None, asked).split(OR).any(|words| said.is(words)));
        let when = if at_first { " at first" } else { "" };
        (!allowed).then(|| format!("{asked}: promised {promised}{when} with {trouble:?}, was {said}"))
    }

    fn promised(&self, trouble: Trouble, asked: &str) -> &str {
        let column = self.troubles.iter().position(|named| *named == trouble);
        let column = column.unwrap_or_else(|| panic!("{trouble:?} is not in the document"));
        self.rows.get(asked).map_or("nothing", |cells| cells[column].as_str())
    }
}

/// Of a line of a table; none of any other.
fn cells(line: &str) -> Vec<String> {
    let Some(row) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else { return Vec::new() };
    row.split('|').map(|cell| cell.replace('`', "").trim().to_owned()).collect()
}
