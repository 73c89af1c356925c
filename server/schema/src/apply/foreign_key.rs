//! Foreign keys: what they need on the other side, and the index that InnoDB gives them.

use super::engine::{Engine, assumed_column, similar};
use super::named::Given;
use super::{Existing, Failure};
use crate::constraint::ConstraintName;
use crate::dialect::Nameless;
use crate::operation::Written;
use crate::{ConstraintKind, ForeignKey, Index, IndexItem, Kind, Table, TableName};
use fact::{Fact, Name, Reason, Unknown};
use std::sync::Arc;

impl Engine<'_> {
    pub fn attach_foreign_key(&mut self, table: &mut Table, written: TableName, wanted: &ForeignKey) {
        let mut key = wanted.clone();
        key.ref_table = self.key(&wanted.ref_table);
        key.on_delete = action(wanted.on_delete.as_ref());
        key.on_update = action(wanted.on_update.as_ref());
        for column in &key.columns {
            self.need_column(table, *column);
        }
        self.need_referent(table, &mut key, wanted.ref_table);
        if self.written != Written::Sql {
            self.check_clauses(table, &key);
        }
        self.check_set_null(table, &key);
        let given = Given {
            name: &wanted.name,
            is_final: wanted.name_is_final,
            table: written,
            columns: &wanted.columns,
            referred: Some((wanted.ref_table, &key.ref_columns)),
        };
        key.name = self.foreign_key_name(table, &given);
        key.name_is_final = true;
        self.check_free(table, ConstraintKind::ForeignKey, &key.name);
        self.give_index(table, &key);
        table.foreign_keys.push(key);
    }

    /// The other table with the referenced columns and a key over them.
    fn need_referent(&mut self, table: &mut Table, key: &mut ForeignKey, written: TableName) {
        let itself = key.ref_table == table.name;
        if !itself && !self.exists(&written) {
            if matches!(self.kind(), None | Some(Kind::Sqlite)) {
                return;
            }
            let mut referent = self.open_table(&written);
            for column in &key.ref_columns {
                if referent.column(column).is_none() {
                    referent.columns.push(Arc::new(assumed_column(*column, self.place)));
                }
            }
            self.store(referent);
            return;
        }
        let referent = if itself {
            Table::clone(table)
        } else {
            match self.schema.tables.get(&key.ref_table) {
                Some(referent) => Table::clone(referent),
                None => return,
            }
        };
        if key.ref_columns.is_empty() {
            key.ref_columns =
                referent.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
        }
        if matches!(self.kind(), None | Some(Kind::Sqlite)) || referent.open.is_some() {
            return;
        }
        let missing = key.ref_columns.iter().find(|column| referent.column(column).is_none());
        if let Some(column) = missing {
            let suggestions = similar(*column, referent.columns.iter().map(|column| column.name));
            self.fail(Failure::NoSuchColumn { table: written, column: *column, suggestions });
        } else if !self.is_key(&referent, &key.ref_columns) {
            self.fail(Failure::NotUnique { table: written, columns: key.ref_columns.clone() });
        } else {
            self.check_joined_types(table, &referent, key);
        }
    }

    /// May a foreign key point at these columns?
    pub fn is_key(&self, table: &Table, columns: &[Name]) -> bool {
        let same = |other: &[Name]| {
            other.len() == columns.len() && columns.iter().all(|column| other.contains(column))
        };
        let prefix = |other: &[Name]| other.starts_with(columns);
        let any_index = self.is_mysql_like();
        let fits = |other: &[Name]| same(other) || (any_index && prefix(other));
        let primary = table.primary_key.as_ref().is_some_and(|key| fits(&key.columns));
        primary
            || table.uniques.iter().any(|unique| fits(&unique.columns))
            || table.indexes.iter().any(|index| {
                let plain = index.condition.is_none() && index.items.len() == index.columns().count();
                let unique = any_index || index.unique != Fact::Known(false);
                plain && unique && fits(&index.columns().collect::<Vec<_>>())
            })
    }

    /// InnoDB and SQL Server want columns that can be NULL where they are to be set so.
    fn check_set_null(&mut self, table: &Table, key: &ForeignKey) {
        let nulls = |action: &Option<Arc<str>>| action.as_deref() == Some("SET NULL");
        if !(self.is_mysql_like() || self.is(Kind::Mssql))
            || !(nulls(&key.on_delete) || nulls(&key.on_update))
        {
            return;
        }
        let strict = key
            .columns
            .iter()
            .find(|column| table.column(column).is_some_and(|column| column.nullable == Fact::Known(false)));
        if let Some(column) = strict {
            self.fail(Failure::SetNullOnNotNull { table: table.name, column: *column });
        }
    }

    /// Clauses that SQLAlchemy refuses to write, or writes and the database refuses.
    pub fn check_clauses(&mut self, table: &Table, key: &ForeignKey) {
        if key.match_.is_some() && self.is_mysql_like() {
            self.fail(Failure::Unsupported { table: table.name, what: "MATCH clause" });
        }
        let deferred = key.deferrable.is_some() || key.initially.is_some();
        if deferred && (self.is_mysql_like() || self.is(Kind::Mssql)) {
            self.fail(Failure::Unsupported { table: table.name, what: "deferred constraint" });
        }
    }

    /// InnoDB needs an index that begins with the columns of a foreign key and makes one where there is none.
    fn give_index(&mut self, table: &mut Table, key: &ForeignKey) {
        if !self.is_mysql_like() || covered(table, &key.columns, None) {
            return;
        }
        let explicit =
            key.name.known().copied().flatten().filter(|name| !is_generated(*name, table.name.name));
        let name: ConstraintName = if key.name.is_known() {
            self.server_name(table, Nameless::ForeignKeyIndex(explicit, &key.columns))
        } else {
            Fact::Unknown(Unknown::nowhere(Reason::ServerMade))
        };
        if let Fact::Known(Some(name)) = name
            && (table.indexes.iter().any(|index| index.name == Fact::Known(Some(name)))
                || table.uniques.iter().any(|unique| unique.name == Fact::Known(Some(name))))
        {
            let table = Some(table.name);
            self.fail(Failure::AlreadyExists { kind: Existing::Index, table, name });
            return;
        }
        let items = key.columns.iter().map(|column| IndexItem::Column(*column)).collect();
        let mut index = Index::new(items, key.place);
        index.name = name;
        index.name_is_final = true;
        index.server_made = true;
        table.indexes.push(index);
    }

    /// An index that the server made goes when another one serves its purpose.
    pub fn drop_redundant(&self, table: &mut Table, columns: &[Name]) {
        if self.is_mysql_like() {
            table.indexes.retain(|index| {
                let own: Vec<Name> = index.columns().collect();
                !(index.server_made && columns.starts_with(&own))
            });
        }
    }

    /// The foreign key that would be left without an index when the one over `columns` goes. `name`: that index.
    pub fn rests_on(&self, table: &Table, name: Name, columns: &[Name]) -> Option<TableName> {
        if !self.is_mysql_like() {
            return None;
        }
        let own = table
            .foreign_keys
            .iter()
            .find(|key| columns.starts_with(&key.columns) && !covered(table, &key.columns, Some(name)));
        if own.is_some() {
            return Some(table.name);
        }
        self.schema
            .tables
            .values()
            .find(|other| {
                other.foreign_keys.iter().any(|key| {
                    key.ref_table == table.name
                        && columns.starts_with(&key.ref_columns)
                        && !covered(table, &key.ref_columns, Some(name))
                })
            })
            .map(|other| other.name)
    }
}

/// Upper case; NO ACTION is the default.
pub(super) fn action(action: Option<&Arc<str>>) -> Option<Arc<str>> {
    let upper = action?.to_uppercase();
    (upper != "NO ACTION").then(|| upper.into())
}

/// Is there an index, other than `except`, that begins with the columns?
fn covered(table: &Table, columns: &[Name], except: Option<Name>) -> bool {
    let other = |name: &ConstraintName| except.is_none_or(|except| *name != Fact::Known(Some(except)));
    table.primary_key.as_ref().is_some_and(|key| other(&key.name) && key.columns.starts_with(columns))
        || table.uniques.iter().any(|unique| other(&unique.name) && unique.columns.starts_with(columns))
        || table
            .indexes
            .iter()
            .any(|index| other(&index.name) && index.columns().collect::<Vec<_>>().starts_with(columns))
}

fn is_generated(name: Name, table: Name) -> bool {
    name.strip_prefix(&format!("{table}_ibfk_"))
        .is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}
