//! Columns added and dropped.

use super::engine::{Engine, similar};
use super::mention::{mentioned, mentions};
use super::table::{brings_check, retain};
use super::{Existing, Failure, User};
use crate::constraint::ConstraintName;
use crate::dialect::Change;
use crate::operation::Written;
use crate::{Check, Column, Constraint, ForeignKey, Index, IndexItem, Kind, PrimaryKey, Table, TableName};
use fact::{Fact, Name};
use std::sync::Arc;

/// `add_column` as it was called.
pub(super) struct Added<'a> {
    pub column: &'a Arc<Column>,
    pub constraints: &'a [Constraint],
    pub indexes: &'a [Index],
    pub if_not_exists: bool,
    pub primary_key: bool,
    pub inline_references: bool,
}

impl Engine<'_> {
    pub fn add_column(&mut self, written: &TableName, added: &Added<'_>) {
        let mut table = self.open_table(written);
        if added.if_not_exists {
            let known = self.rules().is_none_or(|rules| rules.alters(Change::AddColumnIfNotExists));
            if !known && !self.is(Kind::Mssql) {
                self.fail(Failure::Unsupported { table: *written, what: "ADD COLUMN IF NOT EXISTS" });
            }
        }
        let name = added.column.name;
        if table.column(&name).is_some() {
            if added.if_not_exists {
                self.store(table);
                return;
            }
            self.fail(Failure::AlreadyExists { kind: Existing::Column, table: Some(*written), name });
            table.columns.retain(|column| column.name != name);
        }
        self.check_type(*written, added.column);
        self.need_enum_of(added.column);
        let primary = if added.primary_key { &[name][..] } else { &[] };
        let counts = self.counts_up(added.column, primary, &[]);
        let column = self.settle(added.column, &table, added.primary_key, counts);
        table.columns.push(Arc::new(column));
        if added.primary_key {
            let key = PrimaryKey::new(vec![name], added.column.place);
            self.attach(&mut table, *written, &Constraint::PrimaryKey(key));
        }
        for constraint in added.constraints {
            self.attach_with_column(&mut table, *written, added, constraint);
        }
        if !self.is(Kind::Sqlite)
            && let Some(check) = self.type_check(added.column)
        {
            self.attach(&mut table, *written, &Constraint::Check(check));
        }
        self.store(table);
        for index in added.indexes {
            self.create_index(written, index, false);
        }
    }

    /// The constraints of a new column come after it, each by an ALTER of its own; CHECKs are part of the column.
    fn attach_with_column(
        &mut self,
        table: &mut Table,
        written: TableName,
        added: &Added<'_>,
        constraint: &Constraint,
    ) {
        match constraint {
            Constraint::Check(check) if check.of_type.is_some() && brings_check(added.column) => return,
            Constraint::Check(check) if self.is(Kind::Mariadb) => {
                self.attach_column_check(table, written, added.column.name, check);
                return;
            }
            Constraint::Check(_) => {}
            Constraint::ForeignKey(key) if added.inline_references && key.columns.len() == 1 => {
                let mut key = key.clone();
                self.check_clauses(table, &key);
                let own = std::mem::replace(&mut self.written, Written::Sql);
                if own != Written::Sql {
                    // `REFERENCES` is written without a name, whoever would have given one.
                    key.name = Fact::Known(None);
                }
                if self.is(Kind::Sqlite) {
                    // Neither SQLAlchemy's reflection nor a batch block sees more of such a foreign key.
                    (key.on_delete, key.on_update, key.deferrable, key.initially) = (None, None, None, None);
                }
                self.attach(table, written, &Constraint::ForeignKey(key));
                self.written = own;
                return;
            }
            _ if self.is(Kind::Sqlite) => {
                self.fail(Failure::NeedsBatch { table: written, what: "add a constraint" });
            }
            _ => {}
        }
        self.attach(table, written, constraint);
    }

    /// MariaDB knows the CHECK of a column by the column's name and takes no other.
    fn attach_column_check(&mut self, table: &mut Table, written: TableName, column: Name, check: &Check) {
        let named = check.name.known().is_some_and(Option::is_some);
        let convention = self.context.naming.known().is_some_and(|convention| convention.ck.is_some());
        if named || (convention && self.written != Written::Sql) {
            self.fail(Failure::Unsupported { table: written, what: "name for the CHECK of a column" });
        }
        let mut check = check.clone();
        if !named {
            check.name = Fact::Known(Some(column));
            check.name_is_final = true;
        }
        self.attach(table, written, &Constraint::Check(check));
    }

    pub fn drop_column(&mut self, written: &TableName, column: Name, if_exists: bool, cascade: bool) {
        let mut table = self.open_table(written);
        if if_exists && self.rules().is_some_and(|rules| !rules.alters(Change::DropColumnIfExists)) {
            self.fail(Failure::Unsupported { table: *written, what: "DROP COLUMN IF EXISTS" });
        }
        let column = self.current(column);
        if table.column(&column).is_none() {
            if table.open.is_none() && !if_exists {
                let suggestions = similar(column, table.columns.iter().map(|column| column.name));
                self.fail(Failure::NoSuchColumn { table: *written, column, suggestions });
            }
            self.store(table);
            return;
        }
        if let Some(by) = self.user_of(&table, column, cascade) {
            self.fail(Failure::ColumnInUse { table: *written, column, by });
        }
        if table.columns.len() == 1
            && table.open.is_none()
            && !matches!(self.kind(), None | Some(Kind::Postgresql))
        {
            self.fail(Failure::LastColumn { table: *written, column });
        }
        self.take_out(&mut table, column);
        let target = table.name;
        self.store(table);
        let used = |key: &ForeignKey| key.ref_table == target && key.ref_columns.contains(&column);
        if !self.is(Kind::Sqlite)
            && self.schema.tables.values().any(|other| other.foreign_keys.iter().any(used))
        {
            self.each_table(|other| retain(&mut other.foreign_keys, |key| !used(key)));
        }
    }

    /// What keeps the database from dropping the column.
    fn user_of(&self, table: &Table, column: Name, cascade: bool) -> Option<User> {
        let kind = self.kind()?;
        let has = |columns: &[Name]| columns.contains(&column);
        let key = || table.foreign_keys.iter().find(|key| has(&key.columns)).map(|key| known(&key.name));
        let unique =
            || table.uniques.iter().find(|unique| has(&unique.columns)).map(|unique| known(&unique.name));
        let index =
            || table.indexes.iter().find(|index| covers(index, column)).map(|index| known(&index.name));
        let check = || self.checks_on(table, column).next().map(|check| known(&check.name));
        let referrer = || {
            let target = table.name;
            let uses = |key: &ForeignKey| key.ref_table == target && has(&key.ref_columns);
            let other = self.schema.tables.values().find(|other| other.foreign_keys.iter().any(uses));
            other.map(|other| other.name)
        };
        let generated = || {
            let dependent = table.columns.iter().find(|other| {
                other.name != column && other.computed.as_ref().is_some_and(|c| mentions(&c.sql, column))
            });
            dependent.map(|other| User::Generated(other.name))
        };
        match kind {
            Kind::Postgresql if cascade => None,
            Kind::Postgresql => referrer().map(User::ForeignKeyOf).or_else(generated),
            Kind::Mysql | Kind::Mariadb => {
                let partial_unique = || {
                    let unique =
                        table.uniques.iter().find(|unique| has(&unique.columns) && unique.columns.len() > 1);
                    unique.filter(|_| kind == Kind::Mariadb).map(|unique| known(&unique.name))
                };
                let shared_check = || {
                    let mut checks = self.checks_on(table, column);
                    let shared = checks
                        .find(|check| check.sql.known().is_some_and(|sql| mentioned(sql, table).len() > 1));
                    shared.map(|check| known(&check.name))
                };
                key()
                    .map(User::ForeignKey)
                    .or_else(|| referrer().map(User::ForeignKeyOf))
                    .or_else(|| partial_unique().map(User::Unique))
                    .or_else(|| shared_check().map(User::Check))
                    .or_else(generated)
            }
            Kind::Sqlite => table
                .is_primary(&column)
                .then_some(User::PrimaryKey)
                .or_else(|| unique().map(User::Unique))
                .or_else(|| index().map(User::Index))
                .or_else(|| key().map(User::ForeignKey))
                .or_else(|| check().map(User::Check))
                .or_else(generated),
            Kind::Mssql => {
                let default = || {
                    let default = table.column(&column).map(|column| &column.default);
                    matches!(default, Some(Fact::Known(Some(_)))).then_some(User::Default)
                };
                table
                    .is_primary(&column)
                    .then_some(User::PrimaryKey)
                    .or_else(|| unique().map(User::Unique))
                    .or_else(|| index().map(User::Index))
                    .or_else(|| key().map(User::ForeignKey))
                    .or_else(|| referrer().map(User::ForeignKeyOf))
                    .or_else(|| check().map(User::Check))
                    .or_else(default)
                    .or_else(generated)
            }
        }
    }

    fn checks_on<'t>(&self, table: &'t Table, column: Name) -> impl Iterator<Item = &'t Check> {
        table.checks.iter().filter(move |check| depends(check, column))
    }

    /// Removes the column and what goes with it.
    fn take_out(&self, table: &mut Table, column: Name) {
        table.columns.retain(|other| other.name != column);
        table.foreign_keys.retain(|key| !key.columns.contains(&column));
        table.checks.retain(|check| !depends(check, column));
        if self.is_mysql_like() {
            shrink(table, column);
        } else {
            table.primary_key.take_if(|key| key.columns.contains(&column));
            table.uniques.retain(|unique| !unique.columns.contains(&column));
            table.indexes.retain(|index| !covers(index, column));
            let excluded =
                |exclude: &crate::Exclude| exclude.elements.iter().any(|(e, _)| mentions(e, column));
            table.excludes.retain(|exclude| !excluded(exclude));
        }
    }
}

/// MySQL takes the column out of the keys that have others, too.
fn shrink(table: &mut Table, column: Name) {
    if let Some(key) = &mut table.primary_key {
        key.columns.retain(|other| *other != column);
    }
    table.primary_key.take_if(|key| key.columns.is_empty());
    for unique in &mut table.uniques {
        unique.columns.retain(|other| *other != column);
    }
    table.uniques.retain(|unique| !unique.columns.is_empty());
    for index in &mut table.indexes {
        index.items.retain(|item| *item != IndexItem::Column(column));
    }
    table.indexes.retain(|index| !index.items.is_empty());
}

fn depends(check: &Check, column: Name) -> bool {
    check.of_type == Some(column) || check.sql.known().is_some_and(|sql| mentions(sql, column))
}

/// Does the index have the column in its key, its expressions, its condition or its payload?
pub(super) fn covers(index: &Index, column: Name) -> bool {
    index.include.contains(&column)
        || index.condition.as_ref().is_some_and(|condition| mentions(condition, column))
        || index.items.iter().any(|item| match item {
            IndexItem::Column(name) => *name == column,
            IndexItem::Expression(Fact::Known(text)) => mentions(text, column),
            IndexItem::Expression(Fact::Unknown(_)) => false,
        })
}

pub(super) fn known(name: &ConstraintName) -> Option<Name> {
    name.known().copied().flatten()
}
