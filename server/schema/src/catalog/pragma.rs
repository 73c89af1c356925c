//! SQLite's PRAGMA statements that describe a table.

use super::{Catalog, Cell, Rows};
use crate::constraint::ConstraintName;
use crate::dialect::{reported_default, reported_type};
use crate::{Index, IndexItem, Kind, Table, TableName};
use fact::{Fact, Name, Reason, Unknown};
use std::sync::Arc;

/// What an index is over; the names of a constraint's index are SQLite's own.
struct Listed {
    name: Cell,
    unique: Cell,
    /// `c` made by CREATE INDEX, `u` of a UNIQUE constraint, `pk` of the primary key.
    origin: &'static str,
    partial: bool,
    columns: Vec<Cell>,
}

impl<'a> Catalog<'a> {
    /// `None`: no such statement.
    pub fn pragma(&self, text: &str) -> Option<Result<Rows, Unknown>> {
        if self.dialect.kind != Kind::Sqlite {
            return None;
        }
        let (what, argument) = read(text)?;
        let table = TableName::plain(&argument);
        Some(match what.as_str() {
            "table_info" | "table_xinfo" => self.about(&table).map(|table| self.table_info(table)),
            "index_list" => self.about(&table).map(index_list),
            "foreign_key_list" => self.about(&table).and_then(foreign_key_list),
            "index_info" | "index_xinfo" => self.index_info(&argument),
            _ => return None,
        })
    }

    /// The table, or none where there certainly is none. SQLite does not mind the case of a name.
    fn about(&self, name: &TableName) -> Result<Option<&'a Arc<Table>>, Unknown> {
        let same = |other: &&Arc<Table>| other.name.name.eq_ignore_ascii_case(&name.name);
        match self.all_tables().find(same) {
            Some(table) => match &table.open {
                Some(because) => Err(because.clone()),
                None => Ok(Some(table)),
            },
            None if self.schema.maybe_tables.contains_key(name) => {
                Err(Unknown::nowhere(Reason::UndecidedTest))
            }
            None => self.schema.opaque.clone().map_or(Ok(None), Err),
        }
    }

    fn table_info(&self, table: Option<&Arc<Table>>) -> Rows {
        let columns = ["cid", "name", "type", "notnull", "dflt_value", "pk"];
        let Some(table) = table else { return rows(&columns, Vec::new()) };
        let key = table.primary_key.as_ref().map_or(&[] as &[Name], |key| &key.columns);
        let found = table.columns.iter().enumerate().map(|(at, column)| {
            vec![
                Cell::Int(at as i64),
                Cell::text(&column.name),
                told(reported_type(column, Some(self.dialect)), |text| Cell::text(&text)),
                told(column.nullable.clone(), |nullable| Cell::Int(i64::from(!nullable))),
                told(reported_default(column, Some(self.dialect)), |text| Cell::maybe(text.as_deref())),
                Cell::Int(key.iter().position(|name| *name == column.name).map_or(0, |at| at as i64 + 1)),
            ]
        });
        rows(&columns, found.collect())
    }

    fn index_info(&self, index: &str) -> Result<Rows, Unknown> {
        let columns = ["seqno", "cid", "name"];
        for table in self.all_tables() {
            for listed in listed(table) {
                match &listed.name {
                    Cell::Text(name) if name.eq_ignore_ascii_case(index) => {}
                    _ => continue,
                }
                let cid = |cell: &Cell| match cell {
                    Cell::Text(name) => {
                        let at = table.columns.iter().position(|column| column.name == **name);
                        at.map_or(Cell::Null, |at| Cell::Int(at as i64))
                    }
                    _ => Cell::Int(-2),
                };
                let found = listed.columns.iter().enumerate();
                let found = found.map(|(at, cell)| vec![Cell::Int(at as i64), cid(cell), cell.clone()]);
                return Ok(rows(&columns, found.collect()));
            }
        }
        let open = self.schema.tables.values().find_map(|table| table.open.clone());
        match self.schema.opaque.clone().or(open) {
            Some(because) => Err(because),
            None => Ok(rows(&columns, Vec::new())),
        }
    }
}

fn index_list(table: Option<&Arc<Table>>) -> Rows {
    let found = table.map(|table| listed(table)).unwrap_or_default();
    // The newest comes first.
    let found = found.into_iter().rev().enumerate().map(|(at, index)| {
        let partial = Cell::Int(i64::from(index.partial));
        vec![Cell::Int(at as i64), index.name, index.unique, Cell::text(index.origin), partial]
    });
    rows(&["seq", "name", "unique", "origin", "partial"], found.collect())
}

fn foreign_key_list(table: Option<&Arc<Table>>) -> Result<Rows, Unknown> {
    let mut found = Vec::new();
    for (id, key) in table.map_or(&[] as &[_], |table| &table.foreign_keys).iter().rev().enumerate() {
        let action = |action: &Option<Arc<str>>| Cell::text(action.as_deref().unwrap_or("NO ACTION"));
        for (seq, column) in key.columns.iter().enumerate() {
            found.push(vec![
                Cell::Int(id as i64),
                Cell::Int(seq as i64),
                Cell::text(&key.ref_table.name),
                Cell::text(column),
                Cell::maybe(key.ref_columns.get(seq).map(|name| name.as_str())),
                action(&key.on_update),
                action(&key.on_delete),
                Cell::text("NONE"),
            ]);
        }
    }
    Ok(rows(&["id", "seq", "table", "from", "to", "on_update", "on_delete", "match"], found))
}

/// The indexes of a table, those of its constraints first.
fn listed(table: &Table) -> Vec<Listed> {
    let mut found: Vec<Listed> = Vec::new();
    let names = |columns: &[Name]| columns.iter().map(|name| Cell::text(name)).collect();
    let mut automatic = |origin, columns: &[Name]| {
        let name = format!("sqlite_autoindex_{}_{}", table.name.name, found.len() + 1);
        let columns = names(columns);
        found.push(Listed { name: Cell::text(&name), unique: Cell::Int(1), origin, partial: false, columns });
    };
    if let Some(key) = &table.primary_key
        && !is_rowid(table, &key.columns)
    {
        automatic("pk", &key.columns);
    }
    for unique in &table.uniques {
        automatic("u", &unique.columns);
    }
    found.extend(table.indexes.iter().map(made));
    found
}

fn made(index: &Index) -> Listed {
    let column = |item: &IndexItem| match item {
        IndexItem::Column(name) => Cell::text(name),
        IndexItem::Expression(_) => Cell::Null,
    };
    Listed {
        name: name(&index.name),
        unique: told(index.unique.clone(), |unique| Cell::Int(i64::from(unique))),
        origin: "c",
        partial: index.condition.is_some(),
        columns: index.items.iter().map(column).collect(),
    }
}

/// An INTEGER PRIMARY KEY is the row's own number and has no index.
fn is_rowid(table: &Table, key: &[Name]) -> bool {
    let [column] = key else { return false };
    let ty = table
        .column(column)
        .map(|column| reported_type(column, Some(crate::Dialect { kind: Kind::Sqlite, version: None })));
    matches!(ty, Some(Fact::Known(text)) if text.eq_ignore_ascii_case("integer"))
}

/// `PRAGMA main.name('argument')` or `PRAGMA name = argument`, in lower case and without quotes.
fn read(text: &str) -> Option<(String, String)> {
    let text = text.trim().trim_end_matches(';').trim_end();
    let word = text.get(..6)?;
    if !word.eq_ignore_ascii_case("pragma") {
        return None;
    }
    let rest = text.get(6..)?.trim();
    let (name, argument) = match rest.split_once('(') {
        Some((name, rest)) => (name, rest.trim_end().strip_suffix(')')?),
        None => rest.split_once('=')?,
    };
    let name = name.trim().rsplit('.').next()?.to_ascii_lowercase();
    let argument = argument.trim();
    if argument.contains(crate::sql::HOLE) || name.contains(crate::sql::HOLE) {
        return None;
    }
    let quoted = [('\'', '\''), ('"', '"'), ('`', '`'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| argument.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)));
    Some((name, quoted.unwrap_or(argument).to_owned()))
}

pub(super) fn told<T>(fact: Fact<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
    match fact {
        Fact::Known(value) => cell(value),
        Fact::Unknown(unknown) => Cell::Unknown(unknown),
    }
}

pub(super) fn name(name: &ConstraintName) -> Cell {
    told(name.clone(), |name| Cell::maybe(name.as_ref().map(|name| name.as_str())))
}

fn rows(columns: &[&str], rows: Vec<Vec<Cell>>) -> Rows {
    Rows { columns: columns.iter().map(|column| Some((*column).into())).collect(), rows }
}
