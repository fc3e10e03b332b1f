//! PURE. Rows of cells as aligned text: the first column to the left, numbers to the right.

use std::fmt;

pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Table {
        Table { rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()] }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            for (column, cell) in row.iter().enumerate() {
                match column {
                    0 => write!(f, "{cell:<width$}", width = widths[0])?,
                    _ => write!(f, "  {cell:>width$}", width = widths[column])?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_stand_under_each_other() {
        let mut table = Table::new(&["", "p50", "p99"]);
        table.row(vec!["écran".to_owned(), "1 ms".to_owned(), "22 ms".to_owned()]);
        assert_eq!(table.to_string(), "        p50    p99\nécran  1 ms  22 ms\n");
    }
}
