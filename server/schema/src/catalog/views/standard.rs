//! `information_schema`, as far as databases agree on it.

use super::super::pragma::{name, told};
use super::super::relation::Relation;
use super::super::{Catalog, Cell};
use super::{INSIDE, TABLES, indexes};
use crate::constraint::{ConstraintKind, ConstraintName};
use crate::dialect::{reported_default, reported_type};
use crate::table::ObjectKind;
use crate::{Kind, Table, TableName};
use fact::{Fact, Name, Reason, Unknown};
use std::sync::Arc;

impl Catalog<'_> {
    pub(super) fn tables(&self) -> Relation {
        let mut found = Relation::new(&["table_schema", "table_name", "table_type"]);
        let tables = self.all_tables().map(|table| (&table.name, "BASE TABLE"));
        for (name, kind) in tables.chain(self.others(&[ObjectKind::View]).map(|name| (name, "VIEW"))) {
            found.push(vec![self.schema_of(name), Cell::text(&name.name), Cell::text(kind)]);
        }
        self.doubts(&mut found, &TABLES);
        found
    }

    pub(super) fn columns(&self) -> Relation {
        let mut found = Relation::new(&[
            "table_schema",
            "table_name",
            "column_name",
            "ordinal_position",
            "is_nullable",
            "column_default",
            "data_type",
            "column_type",
            "character_maximum_length",
        ]);
        for table in self.all_tables() {
            for (at, column) in table.columns.iter().enumerate() {
                let ty = reported_type(column, Some(self.dialect));
                let length = self.length(&ty);
                found.push(vec![
                    self.schema_of(&table.name),
                    Cell::text(&table.name.name),
                    Cell::text(&column.name),
                    Cell::Int(at as i64 + 1),
                    told(column.nullable.clone(), |yes| Cell::text(if yes { "YES" } else { "NO" })),
                    told(reported_default(column, Some(self.dialect)), |text| Cell::maybe(text.as_deref())),
                    self.data_type(table, &ty),
                    told(ty, |text| Cell::text(&text)),
                    length,
                ]);
            }
        }
        for view in self.others(&[ObjectKind::View, ObjectKind::MaterializedView]) {
            let because = Unknown::nowhere(Reason::ServerMade);
            let known = [("table_schema", self.schema_of(view)), ("table_name", Cell::text(&view.name))];
            found.doubt(&because, &known);
        }
        self.doubts(&mut found, &INSIDE);
        found
    }

    /// The type without what stands in parentheses.
    fn data_type(&self, _: &Table, ty: &Fact<String>) -> Cell {
        told(ty.clone(), |text| {
            let named = |name: &TableName| name.name == text || name.to_string() == text;
            if self.dialect.kind == Kind::Postgresql && text.ends_with("[]") {
                return Cell::text("ARRAY");
            }
            if self.schema.enums.keys().any(named) {
                return Cell::text("USER-DEFINED");
            }
            match (text.find('('), text.find(')')) {
                (Some(open), Some(close)) if open < close => {
                    Cell::text(&format!("{}{}", &text[..open], &text[close + 1..]))
                }
                _ => Cell::text(&text),
            }
        })
    }

    fn length(&self, ty: &Fact<String>) -> Cell {
        told(ty.clone(), |text| {
            let digits = text.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
            let is_text = text.to_ascii_lowercase().contains("char");
            match digits.filter(|_| is_text).and_then(|digits| digits.parse().ok()) {
                Some(length) => Cell::Int(length),
                None => Cell::Null,
            }
        })
    }

    pub(super) fn table_constraints(&self) -> Relation {
        let mut found = Relation::new(&[
            "constraint_schema",
            "constraint_name",
            "table_schema",
            "table_name",
            "constraint_type",
        ]);
        for table in self.all_tables() {
            let schema = self.schema_of(&table.name);
            for (kind, constraint) in table.constraint_names() {
                found.push(vec![
                    schema.clone(),
                    self.constraint_name(kind, constraint),
                    schema.clone(),
                    Cell::text(&table.name.name),
                    Cell::text(type_of(kind)),
                ]);
            }
            self.mysql_uniques(table, |index| {
                found.push(vec![
                    schema.clone(),
                    index,
                    schema.clone(),
                    Cell::text(&table.name.name),
                    Cell::text("UNIQUE"),
                ]);
            });
            // PostgreSQL lists a CHECK for every NOT NULL, under a name that is made of numbers.
            if self.dialect.kind == Kind::Postgresql {
                let known = [
                    ("table_schema", schema.clone()),
                    ("constraint_schema", schema.clone()),
                    ("table_name", Cell::text(&table.name.name)),
                    ("constraint_type", Cell::text("CHECK")),
                    ("constraint_name", Cell::System),
                ];
                found.doubt(&Unknown::nowhere(Reason::ServerMade), &known);
            }
        }
        self.doubts(&mut found, &INSIDE);
        found
    }

    /// On MySQL a unique index is a constraint like any other.
    fn mysql_uniques(&self, table: &Table, mut each: impl FnMut(Cell)) {
        if !self.dialect.kind.is_mysql_like() {
            return;
        }
        for index in &table.indexes {
            match index.unique {
                Fact::Known(false) => {}
                Fact::Known(true) => each(name(&index.name)),
                Fact::Unknown(ref unknown) => each(Cell::Unknown(unknown.clone())),
            }
        }
    }

    fn constraint_name(&self, kind: ConstraintKind, constraint: &ConstraintName) -> Cell {
        if self.dialect.kind.is_mysql_like() && kind == ConstraintKind::PrimaryKey {
            return Cell::text("PRIMARY");
        }
        name(constraint)
    }

    pub(super) fn key_column_usage(&self) -> Relation {
        let mut found = Relation::new(&[
            "constraint_schema",
            "constraint_name",
            "table_schema",
            "table_name",
            "column_name",
            "ordinal_position",
            "referenced_table_name",
            "referenced_column_name",
        ]);
        for table in self.all_tables() {
            let schema = self.schema_of(&table.name);
            let mut add = |constraint: Cell, columns: &[Name], refers: Option<(&TableName, &[Name])>| {
                for (at, column) in columns.iter().enumerate() {
                    let (ref_table, ref_column) = match refers {
                        Some((name, columns)) => {
                            (Cell::text(&name.name), Cell::maybe(columns.get(at).map(|c| c.as_str())))
                        }
                        None => (Cell::Null, Cell::Null),
                    };
                    found.push(vec![
                        schema.clone(),
                        constraint.clone(),
                        schema.clone(),
                        Cell::text(&table.name.name),
                        Cell::text(column),
                        Cell::Int(at as i64 + 1),
                        ref_table,
                        ref_column,
                    ]);
                }
            };
            if let Some(key) = &table.primary_key {
                add(self.constraint_name(ConstraintKind::PrimaryKey, &key.name), &key.columns, None);
            }
            for unique in &table.uniques {
                add(name(&unique.name), &unique.columns, None);
            }
            for key in &table.foreign_keys {
                add(name(&key.name), &key.columns, Some((&key.ref_table, &key.ref_columns)));
            }
            for index in table.indexes.iter().filter(|_| self.dialect.kind.is_mysql_like()) {
                if index.unique == Fact::Known(true) {
                    add(name(&index.name), &index.columns().collect::<Vec<_>>(), None);
                }
            }
        }
        self.doubts(&mut found, &INSIDE);
        found
    }

    pub(super) fn referential_constraints(&self) -> Relation {
        let mut found = Relation::new(&[
            "constraint_schema",
            "constraint_name",
            "table_name",
            "referenced_table_name",
            "delete_rule",
            "update_rule",
        ]);
        for table in self.all_tables() {
            for key in &table.foreign_keys {
                let rule = |action: &Option<Arc<str>>| Cell::text(action.as_deref().unwrap_or("NO ACTION"));
                found.push(vec![
                    self.schema_of(&table.name),
                    name(&key.name),
                    Cell::text(&table.name.name),
                    Cell::text(&key.ref_table.name),
                    rule(&key.on_delete),
                    rule(&key.on_update),
                ]);
            }
        }
        self.doubts(&mut found, &INSIDE);
        found
    }

    pub(super) fn statistics(&self) -> Relation {
        let mut found = Relation::new(&[
            "table_schema",
            "table_name",
            "index_name",
            "column_name",
            "seq_in_index",
            "non_unique",
        ]);
        for table in self.all_tables() {
            for (index, columns, unique) in indexes(table) {
                let index = if matches!(&table.primary_key, Some(key) if name(&key.name) == index) {
                    Cell::text("PRIMARY")
                } else {
                    index
                };
                for (at, column) in columns.iter().enumerate() {
                    found.push(vec![
                        self.schema_of(&table.name),
                        Cell::text(&table.name.name),
                        index.clone(),
                        column.clone(),
                        Cell::Int(at as i64 + 1),
                        told(unique.clone(), |unique| Cell::Int(i64::from(!unique))),
                    ]);
                }
            }
        }
        self.doubts(&mut found, &INSIDE);
        found
    }
}

fn type_of(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey => "PRIMARY KEY",
        ConstraintKind::Unique => "UNIQUE",
        ConstraintKind::ForeignKey => "FOREIGN KEY",
        ConstraintKind::Check => "CHECK",
        ConstraintKind::Exclude => "EXCLUDE",
    }
}
