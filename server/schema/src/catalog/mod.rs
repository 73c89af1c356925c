//! Questions to the database's own catalogue, answered from the replayed schema.
//!
//! Migrations look before they leap: `PRAGMA table_info(t)`, `SELECT ... FROM information_schema.columns`, `pg_constraint`,
//! `sqlite_master`. What such a query returns follows from the schema alone, so the views of the catalogue are laid out
//! as relations and the query is run over them. What the schema does not know makes the whole answer unknown: a row
//! that may or may not be there is no row that anything could rest on.

mod expr;
mod logic;
mod object;
mod pragma;
mod query;
mod relation;
#[cfg(test)]
mod tests;
mod views;

use crate::{Column, Dialect, PrimaryKey, Schema, Table, TableName, Type};
use fact::{Fact, FileId, Place, Unknown};
use std::sync::Arc;

/// One value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Text(Arc<str>),
    /// The name of the database that the connection is in, which only the connection knows.
    Database,
    /// The name of something that the server itself brings along.
    System,
    Unknown(Unknown),
}

/// The rows of an answer, in the order in which the catalogue would most likely give them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// A column without a name is an expression.
    pub columns: Vec<Option<Arc<str>>>,
    pub rows: Vec<Vec<Cell>>,
}

/// What the catalogue answers; `None`: the text asks something else, or something that is not understood.
///
/// `bind` gives the values of bound parameters.
pub fn answer(
    schema: &Schema,
    dialect: Dialect,
    text: &str,
    bind: &dyn Fn(&str) -> Cell,
) -> Option<Result<Rows, Unknown>> {
    let versions = Arc::new(versions());
    let catalog = Catalog { schema, dialect, versions: &versions };
    match catalog.pragma(text) {
        Some(rows) => Some(rows),
        None => query::run(catalog, text, bind),
    }
}

/// Whether a text may be a question to a catalogue: a quick look, without reading it.
pub fn is_question(text: &str) -> bool {
    const WORDS: [&str; 6] = ["pragma", "information_schema", "sqlite_", "pg_", "sys.", "to_regclass"];
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// The schema as one database shows it.
#[derive(Clone, Copy)]
struct Catalog<'a> {
    schema: &'a Schema,
    dialect: Dialect,
    versions: &'a Arc<Table>,
}

/// The table in which Alembic keeps the revision: it is there before the first migration runs.
fn versions() -> Table {
    let place = Place::whole_file(FileId(0));
    let mut table = Table::new(TableName::plain("alembic_version"), place);
    let name = fact::name("version_num");
    let mut column = Column::new(name, Fact::Known(Type::string(Some(32))), place);
    column.nullable = Fact::Known(false);
    table.columns.push(Arc::new(column));
    let mut key = PrimaryKey::new(vec![name], place);
    key.name = Fact::Known(Some(fact::name("alembic_version_pkc")));
    table.primary_key = Some(key);
    table
}

impl<'a> Catalog<'a> {
    /// Every table, Alembic's own among them.
    fn all_tables(&self) -> impl Iterator<Item = &'a Arc<Table>> + use<'a> {
        let own = (!self.schema.tables.contains_key(&self.versions.name)).then_some(self.versions);
        self.schema.tables.values().chain(own)
    }
}

impl Cell {
    pub(crate) fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    fn maybe(text: Option<&str>) -> Cell {
        text.map_or(Cell::Null, Cell::text)
    }
}
