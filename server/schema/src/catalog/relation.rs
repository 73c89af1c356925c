//! A view of the catalogue as rows.

use super::Cell;
use fact::Unknown;

/// The columns that are modelled, by their lower-case names, and the rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Relation {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub cells: Vec<Cell>,
    /// Why the row may not be there, or stand for several.
    pub doubt: Option<Unknown>,
}

impl Relation {
    pub fn new(columns: &[&'static str]) -> Relation {
        Relation { columns: columns.to_vec(), rows: Vec::new() }
    }

    pub fn push(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row { cells, doubt: None });
    }

    /// Rows of which only some columns are known to be what they are, if they are there at all.
    pub fn doubt(&mut self, because: &Unknown, known: &[(&str, Cell)]) {
        let cells = self
            .columns
            .iter()
            .map(|column| {
                let cell = known.iter().find(|(name, _)| name == column).map(|(_, cell)| cell.clone());
                cell.unwrap_or_else(|| Cell::Unknown(because.clone()))
            })
            .collect();
        self.rows.push(Row { cells, doubt: Some(because.clone()) });
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.eq_ignore_ascii_case(name))
    }
}
