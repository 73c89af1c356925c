//! The views that are laid out, by database.

mod mssql;
mod postgresql;
mod sqlite;
mod standard;

use super::object::class;
use super::pragma::name;
use super::relation::Relation;
use super::{Catalog, Cell};
use crate::table::ObjectKind;
use crate::{Kind, Table, TableName};
use fact::{Fact, Name, Reason, Unknown};

/// The columns of a view that say which table a row is about.
#[derive(Clone, Copy)]
struct Whose {
    schemas: &'static [&'static str],
    tables: &'static [&'static str],
    /// Numbers of tables.
    numbers: &'static [&'static str],
    /// Other columns that tell the server's own rows from those of the project.
    own: &'static [&'static str],
    /// A row is about something inside a table.
    inside: bool,
}

const TABLES: Whose =
    Whose { schemas: &["table_schema"], tables: &["table_name"], numbers: &[], own: &[], inside: false };

const NUMBERED: Whose = Whose { schemas: &[], tables: &[], numbers: &[], own: &[], inside: false };

const INSIDE: Whose = Whose {
    schemas: &["table_schema", "constraint_schema"],
    own: &["constraint_name", "index_name"],
    inside: true,
    ..TABLES
};

impl Catalog<'_> {
    /// A view by the name that a query gives it; `None`: it is no view of this database, or not laid out.
    pub fn relation(&self, written: &str) -> Option<Relation> {
        let plain = written.replace(['"', '`', '[', ']'], "").to_ascii_lowercase();
        let standard = plain.strip_prefix("information_schema.");
        match (self.dialect.kind, plain.as_str(), standard) {
            (Kind::Sqlite, "sqlite_master" | "sqlite_schema", _) => Some(self.sqlite_master()),
            (Kind::Sqlite, ..) => None,
            (_, _, Some("tables")) => Some(self.tables()),
            (_, _, Some("columns")) => Some(self.columns()),
            (_, _, Some("table_constraints")) => Some(self.table_constraints()),
            (_, _, Some("key_column_usage")) => Some(self.key_column_usage()),
            (_, _, Some("referential_constraints")) => Some(self.referential_constraints()),
            (Kind::Mysql | Kind::Mariadb, _, Some("statistics")) => Some(self.statistics()),
            (Kind::Postgresql, name, None) => match name.trim_start_matches("pg_catalog.") {
                "pg_tables" => Some(self.pg_tables()),
                "pg_indexes" => Some(self.pg_indexes()),
                "pg_index" => Some(self.pg_index()),
                "pg_class" => Some(self.pg_class()),
                "pg_namespace" => Some(self.pg_namespace()),
                "pg_constraint" => Some(self.pg_constraint()),
                "pg_attribute" => Some(self.pg_attribute()),
                "pg_type" => Some(self.pg_type()),
                "pg_enum" => Some(self.pg_enum()),
                _ => None,
            },
            (Kind::Mssql, "sys.tables", _) => Some(self.sys_tables()),
            (Kind::Mssql, "sys.columns", _) => Some(self.sys_columns()),
            (Kind::Mssql, "sys.indexes", _) => Some(self.sys_indexes()),
            _ => None,
        }
    }

    fn schema_of(&self, name: &TableName) -> Cell {
        match name.schema {
            Some(schema) => Cell::text(&schema),
            None if self.dialect.kind.is_mysql_like() => Cell::Database,
            None => Cell::maybe(self.dialect.kind.rules().default_schema()),
        }
    }

    /// Rows that may be there: of tables that are not fully known, and the server's own. `schemas` and `tables` are the
    /// columns that hold the schema and the name of a row's table, `own` those that tell the server's rows apart.
    fn doubts(&self, relation: &mut Relation, whose: &Whose) {
        if let Some(because) = &self.schema.opaque {
            relation.doubt(because, &[]);
        }
        let of = |name: &TableName| -> Vec<(&'static str, Cell)> {
            let schemas = whose.schemas.iter().map(|column| (*column, self.schema_of(name)));
            let tables = whose.tables.iter().map(|column| (*column, Cell::text(&name.name)));
            let numbers = whose.numbers.iter().map(|column| (*column, class(name)));
            schemas.chain(tables).chain(numbers).collect()
        };
        for name in self.schema.maybe_tables.keys() {
            relation.doubt(&Unknown::nowhere(Reason::UndecidedTest), &of(name));
        }
        if whose.inside {
            for table in self.all_tables() {
                if let Some(because) = &table.open {
                    relation.doubt(because, &of(&table.name));
                }
            }
        }
        let told = [whose.schemas, whose.tables, whose.numbers, whose.own].concat();
        let server: Vec<(&str, Cell)> = told.into_iter().map(|column| (column, Cell::System)).collect();
        relation.doubt(&Unknown::nowhere(Reason::ServerMade), &server);
    }

    fn others(&self, kinds: &'static [ObjectKind]) -> impl Iterator<Item = &TableName> {
        self.schema.others.keys().filter(|(kind, _)| kinds.contains(kind)).map(|(_, name)| name)
    }
}

/// The indexes of a table with their columns, those of constraints included.
fn indexes(table: &Table) -> Vec<(Cell, Vec<Cell>, Fact<bool>)> {
    let cells = |columns: &[Name]| columns.iter().map(|column| Cell::text(column)).collect::<Vec<_>>();
    let key = table.primary_key.iter().map(|key| (name(&key.name), cells(&key.columns), Fact::Known(true)));
    let uniques = table.uniques.iter().map(|one| (name(&one.name), cells(&one.columns), Fact::Known(true)));
    let made = table.indexes.iter().map(|index| {
        let columns: Vec<Cell> = index.columns().map(|column| Cell::text(&column)).collect();
        (name(&index.name), columns, index.unique.clone())
    });
    key.chain(uniques).chain(made).collect()
}

/// The number of an index: it has its name to itself in the schema of its table.
fn number(table: &TableName, index: &Cell) -> Cell {
    match index {
        Cell::Text(name) => class(&TableName { schema: table.schema, name: fact::name(name) }),
        other => other.clone(),
    }
}
