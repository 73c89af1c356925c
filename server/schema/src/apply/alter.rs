//! `alter_column` where each change stands for itself.

use super::engine::Engine;
use super::family::assignable;
use super::mention::{mentions, renamed};
use super::restate::restates_anyway;
use super::table::{retain, spent};
use super::{Existing, Failure, User};
use crate::column::Autoincrement;
use crate::dialect::Change;
use crate::operation::{ColumnChange, Written};
use crate::{Column, Constraint, ForeignKey, IndexItem, Kind, ServerDefault, Table, TableName};
use fact::{Fact, Name};
use std::sync::Arc;

impl Engine<'_> {
    pub fn alter_column(&mut self, written: &TableName, column: Name, change: &ColumnChange) {
        if !self.asks(change) {
            return;
        }
        let mut table = self.open_table(written);
        let name = self.current(column);
        self.need_column(&mut table, name);
        let Some(known) = table.column(&name) else { return };
        let mut column = Column::clone(known);
        self.refuse_generated(*written, &column, change);
        self.drop_old_checks(&mut table, *written, name, change);
        if self.is_mysql_like() && (self.written != Written::Sql || change.restates) {
            self.restate(*written, &table, &mut column, change);
        } else if self.is(Kind::Mssql) {
            self.alter_mssql(*written, &mut column, change);
        } else {
            self.alter_in_place(*written, &table, &mut column, change);
        }
        if let Some(Fact::Known(ty)) = &change.ty {
            self.check_type(*written, &Column::new(name, Fact::Known(ty.clone()), self.place));
        }
        self.need_enum_of(&column);
        let check =
            if change.ty.is_some() && !self.is(Kind::Sqlite) { self.type_check(&column) } else { None };
        if let (Fact::Known(ty), Some(_)) = (&mut column.ty, self.kind()) {
            spent(ty);
        }
        if let Some(place) = table.columns.iter_mut().find(|known| known.name == name) {
            *place = Arc::new(column.clone());
        }
        if change.default.is_some() {
            self.check_default(*written, &column);
        }
        if change.ty.is_some() {
            self.check_joins(&table, name);
            self.check_keys_of(&table, *written, name);
        }
        if let Some(check) = check {
            self.attach(&mut table, *written, &Constraint::Check(check));
        }
        match &change.new_name {
            Some(Fact::Known(new))
                if *new == name && self.is(Kind::Postgresql) && self.written != Written::Sql =>
            {
                let table_name = Some(*written);
                self.fail(Failure::AlreadyExists { kind: Existing::Column, table: table_name, name });
                self.store(table);
            }
            Some(Fact::Known(new)) if *new != name => self.rename_column(table, *written, name, *new),
            Some(Fact::Unknown(unknown)) => {
                table.columns.retain(|known| known.name != name);
                table.open.get_or_insert_with(|| unknown.clone());
                self.store(table);
            }
            _ => self.store(table),
        }
    }

    /// A call that only says what the column is like sends nothing; MySQL's moments are the exception.
    fn asks(&self, change: &ColumnChange) -> bool {
        let said = ColumnChange {
            existing_ty: change.existing_ty.clone(),
            existing_nullable: change.existing_nullable.clone(),
            existing_default: change.existing_default.clone(),
            existing_comment: change.existing_comment.clone(),
            existing_autoincrement: change.existing_autoincrement,
            existing_generated: change.existing_generated.clone(),
            using: change.using.clone(),
            ..ColumnChange::default()
        };
        *change != said || (self.is_mysql_like() && restates_anyway(change))
    }

    /// Foreign keys on both sides of the column must still join comparable types.
    fn check_joins(&mut self, table: &Table, column: Name) {
        let own = |key: &&ForeignKey| {
            key.columns.contains(&column)
                || (key.ref_table == table.name && key.ref_columns.contains(&column))
        };
        for key in table.foreign_keys.iter().filter(own) {
            let referent = if key.ref_table == table.name {
                Some(Arc::new(table.clone()))
            } else {
                self.schema.tables.get(&key.ref_table).cloned()
            };
            if let Some(referent) = referent {
                self.check_joined_types(table, &referent, key);
            }
        }
        let others: Vec<Arc<Table>> =
            self.schema.tables.values().filter(|other| other.name != table.name).cloned().collect();
        for other in others {
            let keys = other.foreign_keys.iter();
            for key in keys.filter(|key| key.ref_table == table.name && key.ref_columns.contains(&column)) {
                self.check_joined_types(&other, table, key);
            }
        }
    }

    /// Generated columns and identities change on PostgreSQL alone, and there only the latter.
    fn refuse_generated(&mut self, written: TableName, column: &Column, change: &ColumnChange) {
        if self.written == Written::Sql || self.kind().is_none() {
            return;
        }
        if change.computed.is_some() {
            self.fail(Failure::Unsupported { table: written, what: "change of a generated column" });
        }
        let identity = change.identity.is_some()
            || (change.default.is_some()
                && (change.existing_generated.is_some() || column.identity.is_some()));
        let dropped = change.default == Some(Fact::Known(None)) && change.existing_generated.is_some();
        if column.identity.is_some() && change.default.is_some() && !dropped && self.is(Kind::Postgresql) {
            self.fail(Failure::Unsupported { table: written, what: "default on an identity column" });
        }
        let set = matches!(change.identity, Some(Some(_)));
        let nullable = change.nullable.as_ref().unwrap_or(&column.nullable) == &Fact::Known(true);
        if set && nullable && self.is(Kind::Postgresql) {
            self.fail(Failure::Unsupported { table: written, what: "identity on a column that can be NULL" });
        }
        if identity && !self.is(Kind::Postgresql) {
            self.fail(Failure::Unsupported { table: written, what: "change of an identity column" });
        }
    }

    /// With `existing_type` and `type_` Alembic drops the CHECK of the old type by its name.
    fn drop_old_checks(
        &mut self,
        table: &mut Table,
        written: TableName,
        column: Name,
        change: &ColumnChange,
    ) {
        let (Some(Fact::Known(old)), Some(_)) = (&change.existing_ty, &change.ty) else { return };
        if self.is(Kind::Sqlite) || self.is_mysql_like() || self.written == Written::Sql {
            return;
        }
        let old = Column::new(column, Fact::Known(old.clone()), self.place);
        let Some(check) = self.type_check(&old) else { return };
        let name = match &check.name {
            Fact::Known(Some(name)) => self.wrapped(written, *name, Some(crate::ConstraintKind::Check)),
            _ => {
                let kind = Some(crate::ConstraintKind::Check);
                self.fail(Failure::UnnamedConstraint { table: written, kind });
                table.checks.retain(|check| check.of_type != Some(column));
                return;
            }
        };
        if let Fact::Known(name) = name
            && !retain(&mut table.checks, |check| check.name != Fact::Known(Some(name)))
        {
            self.missing_constraint(table, written, name, Some(crate::ConstraintKind::Check));
        }
    }

    fn alter_in_place(
        &mut self,
        written: TableName,
        table: &Table,
        column: &mut Column,
        change: &ColumnChange,
    ) {
        if let Some(rules) = self.rules() {
            let what = [
                (change.ty.is_some(), Change::ColumnType, "change the type"),
                (change.nullable.is_some(), Change::ColumnNullable, "change NULL or NOT NULL"),
                (change.default.is_some(), Change::ColumnDefault, "change the default"),
            ];
            for (_, _, what) in what.iter().filter(|(asked, kind, _)| *asked && !rules.alters(*kind)) {
                self.fail(Failure::NeedsBatch { table: written, what });
            }
            if change.comment.is_some() && !rules.comments() {
                self.fail(Failure::Unsupported { table: written, what: "column comment" });
            }
        }
        if self.is(Kind::Postgresql) {
            self.check_conversion(written, column, change);
        }
        let primary = table.is_primary(&column.name);
        if primary && change.nullable == Some(Fact::Known(true)) && self.is(Kind::Postgresql) {
            self.fail(Failure::NullablePrimaryKey { table: written, column: column.name });
        }
        self.set(column, change, primary);
    }

    /// Carries out what is given, and nothing else changes.
    pub fn set(&mut self, column: &mut Column, change: &ColumnChange, primary: bool) {
        if let Some(ty) = &change.ty {
            column.ty = ty.clone();
            column.spelling = change.spelling.clone();
        }
        match &change.nullable {
            Some(Fact::Known(true)) if primary => {}
            Some(nullable) => column.nullable = nullable.clone(),
            None => {}
        }
        if let Some(default) = &change.default {
            column.identity = None;
            column.default = default.clone();
            if self.is(Kind::Postgresql) {
                let counts = matches!(default, Fact::Known(Some(ServerDefault::Sequence(_))));
                column.autoincrement = if counts { Autoincrement::On } else { Autoincrement::Off };
            }
        }
        if let Some(comment) = &change.comment
            && self.rules().is_none_or(|rules| rules.comments())
        {
            column.comment = comment.clone().filter(|comment| !comment.is_empty());
        }
        if let Some(identity) = &change.identity {
            column.identity = identity.clone();
            if identity.is_some() {
                column.nullable = Fact::Known(false);
            }
        }
        if let Some(computed) = &change.computed {
            column.computed = computed.clone();
        }
        if let (Some(on), true) = (change.autoincrement, self.is_mysql_like()) {
            column.autoincrement = if on { Autoincrement::On } else { Autoincrement::Off };
        }
    }

    /// SQL Server restates type and nullability together.
    fn alter_mssql(&mut self, written: TableName, column: &mut Column, change: &ColumnChange) {
        let no_type = change.ty.is_none() && change.existing_ty.is_none();
        if self.written != Written::Sql && change.nullable.is_some() && no_type {
            self.fail(Failure::NeedsExistingType { table: written, column: column.name });
        }
        let mut change = change.clone();
        if change.ty.is_some() && change.nullable.is_none() {
            change.nullable = change.existing_nullable.clone().or(Some(Fact::Known(true)));
        } else if let (Some(existing), None, true) =
            (&change.existing_ty, &change.ty, change.nullable.is_some())
        {
            change.ty = Some(existing.clone());
        }
        let primary =
            self.schema.tables.get(&self.key(&written)).is_some_and(|table| table.is_primary(&column.name));
        self.set(column, &change, primary);
    }

    /// PostgreSQL converts values only along assignment casts, and defaults too.
    fn check_conversion(&mut self, written: TableName, column: &Column, change: &ColumnChange) {
        let (Some(Fact::Known(new)), Fact::Known(old)) = (&change.ty, &column.ty) else { return };
        if assignable(old, new) {
            return;
        }
        if change.using.is_none() {
            self.fail(Failure::NeedsUsing { table: written, column: column.name });
        } else if matches!(column.default, Fact::Known(Some(_))) {
            self.fail(Failure::DefaultNotConvertible { table: written, column: column.name });
        }
    }

    /// The new name goes wherever the column is named: keys, indexes, conditions, foreign keys of other tables.
    pub fn rename_column(&mut self, mut table: Table, written: TableName, from: Name, to: Name) {
        if table.column(&to).is_some() {
            let table = Some(written);
            self.fail(Failure::AlreadyExists { kind: Existing::Column, table, name: to });
        }
        if self.is(Kind::Mysql) {
            let check =
                table.checks.iter().find(|check| check.sql.known().is_some_and(|sql| mentions(sql, from)));
            if let Some(check) = check {
                let by = User::Check(super::column::known(&check.name));
                self.fail(Failure::ColumnInUse { table: written, column: from, by });
            }
        }
        table.columns.retain(|column| column.name != to);
        rename_within(&mut table, from, to);
        if self.written == Written::Batch && self.kind().is_none() {
            self.renamed.push((from, to));
        }
        let target = table.name;
        self.store(table);
        self.each_table(|other| {
            let mut changed = false;
            for key in other.foreign_keys.iter_mut().filter(|key| key.ref_table == target) {
                for column in key.ref_columns.iter_mut().filter(|column| **column == from) {
                    *column = to;
                    changed = true;
                }
            }
            changed
        });
    }
}

/// Renames the column in everything that the table itself has.
pub(super) fn rename_within(table: &mut Table, from: Name, to: Name) {
    let swap = |name: &mut Name| {
        if *name == from {
            *name = to;
        }
    };
    for column in &mut table.columns {
        if column.name == from {
            Arc::make_mut(column).name = to;
        } else if column.computed.as_ref().is_some_and(|computed| mentions(&computed.sql, from))
            && let Some(computed) = &mut Arc::make_mut(column).computed
        {
            computed.sql = renamed(&computed.sql, from, to).into();
        }
    }
    if let Some(key) = &mut table.primary_key {
        key.columns.iter_mut().for_each(swap);
    }
    for unique in &mut table.uniques {
        unique.columns.iter_mut().for_each(swap);
    }
    for key in &mut table.foreign_keys {
        key.columns.iter_mut().for_each(swap);
    }
    for check in &mut table.checks {
        if let Fact::Known(sql) = &mut check.sql {
            *sql = renamed(sql, from, to).into();
        }
        if check.of_type == Some(from) {
            check.of_type = Some(to);
        }
    }
    for exclude in &mut table.excludes {
        for (element, _) in &mut exclude.elements {
            *element = renamed(element, from, to).into();
        }
    }
    for index in &mut table.indexes {
        for item in &mut index.items {
            match item {
                IndexItem::Column(name) => swap(name),
                IndexItem::Expression(Fact::Known(text)) => *text = renamed(text, from, to).into(),
                IndexItem::Expression(Fact::Unknown(_)) => {}
            }
        }
        index.include.iter_mut().for_each(swap);
        if let Some(condition) = &mut index.condition {
            *condition = renamed(condition, from, to).into();
        }
    }
}
