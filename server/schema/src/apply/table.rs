//! Tables made, dropped, renamed and commented.

use super::engine::Engine;
use super::{Existing, Failure};
use crate::column::Autoincrement;
use crate::constraint::ConstraintName;
use crate::dialect::{Change, base_of, has_spelling, is_integer, serial_sequence};
use crate::join::join_tables;
use crate::naming::Key;
use crate::operation::Written;
use crate::types::TypeConstraint;
use crate::{Check, Column, Constraint, Kind, ServerDefault, Table, TableName, Type};
use fact::{Fact, Name, Reason, Unknown};
use std::sync::Arc;

impl Engine<'_> {
    pub fn create_table(&mut self, wanted: &Arc<Table>, if_not_exists: bool) {
        let key = self.key(&wanted.name);
        if let Some(existing) = self.schema.tables.get(&key) {
            if if_not_exists {
                return;
            }
            if existing.open.is_none() {
                self.fail(Failure::AlreadyExists { kind: Existing::Table, table: None, name: key.name });
            }
            self.schema.tables.remove(&key);
        }
        let maybe = self.schema.maybe_tables.remove(&key);
        self.create_enums_of(wanted);
        let mut table = self.build_table(wanted);
        if let (Some(maybe), true) = (maybe, if_not_exists) {
            // Either the old table stays or the new one comes.
            let unknown = Unknown::new(Reason::UndecidedTest, self.place);
            table = join_tables(&table, &maybe, maybe.open.as_ref().unwrap_or(&unknown));
        }
        self.store(table);
        for index in &wanted.indexes {
            self.create_index(&wanted.name, index, false);
        }
    }

    /// The table as the database would have it, without its indexes.
    fn build_table(&mut self, wanted: &Table) -> Table {
        let mut table = Table::new(self.key(&wanted.name), wanted.place);
        table.options = wanted.options.clone();
        table.open = wanted.open.clone();
        if self.rules().is_none_or(|rules| rules.comments()) {
            table.comment = wanted.comment.clone().filter(|comment| !comment.is_empty());
        }
        let primary = wanted.primary_key.as_ref().map_or(&[][..], |key| &key.columns);
        for column in &wanted.columns {
            if table.column(&column.name).is_some() {
                let table = Some(wanted.name);
                self.fail(Failure::AlreadyExists { kind: Existing::Column, table, name: column.name });
                continue;
            }
            self.check_type(wanted.name, column);
            let counts = self.counts_up(column, primary, &wanted.foreign_keys);
            let column = self.settle(column, &table, primary.contains(&column.name), counts);
            table.columns.push(Arc::new(column));
        }
        for constraint in constraints_of(wanted) {
            if !self.merge(&mut table, wanted, &constraint) {
                self.attach(&mut table, wanted.name, &constraint);
            }
        }
        for column in &wanted.columns {
            if let Some(check) = self.type_check(column) {
                self.attach(&mut table, wanted.name, &Constraint::Check(check));
            }
        }
        table
    }

    /// The column with what the dialect makes of it. `counts`: it is the one that numbers itself.
    pub fn settle(&mut self, wanted: &Column, table: &Table, primary: bool, counts: Option<bool>) -> Column {
        let mut column = wanted.clone();
        if let Some(rules) = self.rules() {
            if !rules.comments() {
                column.comment = None;
            }
            if column.identity.is_some() {
                column.nullable = Fact::Known(false);
                if !rules.identity() {
                    column.identity = None;
                }
            }
        }
        column.comment = column.comment.filter(|comment| !comment.is_empty());
        if self.is(Kind::Mssql) && column.computed.is_some() {
            // The server takes it from the expression, whatever the column was declared to be.
            column.ty = Fact::Unknown(Unknown::new(Reason::ServerMade, column.place));
        }
        if let (Fact::Known(ty), Some(_)) = (&mut column.ty, self.kind()) {
            spent(ty);
        }
        if primary {
            column.nullable = Fact::Known(false);
        }
        if let Fact::Known(Some(ServerDefault::Sql(sql))) = &column.default
            && sql.trim().eq_ignore_ascii_case("null")
        {
            column.default = Fact::Known(None);
        }
        column.autoincrement = match counts {
            Some(true) => Autoincrement::On,
            Some(false) => Autoincrement::Off,
            None => Autoincrement::Auto,
        };
        if counts == Some(true) && self.is(Kind::Mssql) {
            column.nullable = Fact::Known(false);
        }
        if counts == Some(true) && self.is(Kind::Postgresql) && column.identity.is_none() {
            column.nullable = Fact::Known(false);
            if column.default == Fact::Known(None) {
                let sequence =
                    serial_sequence(&table.name.name, &column.name, |name| self.is_taken(table, name));
                let sequence = TableName { schema: table.name.schema, name: fact::name(&sequence) };
                column.default = Fact::Known(Some(ServerDefault::Sequence(sequence)));
            }
        }
        column
    }

    /// Does the column number itself? `None`: that hangs on its unknown type.
    pub fn counts_up(
        &self,
        column: &Column,
        primary: &[Name],
        foreign_keys: &[crate::ForeignKey],
    ) -> Option<bool> {
        let Fact::Known(ty) = &column.ty else {
            return if column.autoincrement == Autoincrement::Off { Some(false) } else { None };
        };
        if self.is(Kind::Postgresql) && is_serial(ty) {
            return Some(true);
        }
        if self.written == Written::Sql {
            let rowid = self.is(Kind::Sqlite)
                && primary == [column.name]
                && matches!(ty, Type::Native { text, .. } if text.eq_ignore_ascii_case("integer"));
            return Some(column.autoincrement == Autoincrement::On || rowid);
        }
        let default = !matches!(column.default, Fact::Known(None));
        // Where the database has no identities, SQLAlchemy passes over them.
        let identity = column.identity.is_some() && self.rules().is_none_or(|rules| rules.identity());
        Some(match column.autoincrement {
            Autoincrement::Off => false,
            // Only SQL Server numbers a column that is no key; a batch block may yet make it one.
            Autoincrement::On => {
                primary.contains(&column.name) || self.is(Kind::Mssql) || self.written == Written::Batch
            }
            Autoincrement::Auto => {
                primary == [column.name]
                    && is_integer(ty)
                    && !default
                    && !identity
                    && !foreign_keys.iter().any(|key| key.columns.contains(&column.name))
            }
        })
    }

    pub fn check_type(&mut self, table: TableName, column: &Column) {
        if let (Some(kind), Fact::Known(ty)) = (self.kind(), &column.ty)
            && !has_spelling(ty, kind)
        {
            self.fail(Failure::NoSuchType { table, column: column.name });
        }
        self.check_default(table, column);
    }

    pub fn drop_table(&mut self, name: &TableName, if_exists: bool, cascade: bool) {
        let key = self.key(name);
        if self.schema.maybe_tables.remove(&key).is_some() {
            return;
        }
        if self.schema.tables.remove(&key).is_none() {
            if !if_exists && self.schema.opaque.is_none() {
                self.fail(Failure::NoSuchTable { table: *name });
            }
            return;
        }
        if self.is(Kind::Sqlite) {
            return;
        }
        let referrers = self.referrers(key);
        if !(cascade && self.is(Kind::Postgresql))
            && let Some(by) = referrers.first()
            && self.kind().is_some()
        {
            self.fail(Failure::TableInUse { table: *name, by: *by });
        }
        if !referrers.is_empty() {
            self.each_table(|table| retain(&mut table.foreign_keys, |fk| fk.ref_table != key));
        }
    }

    pub fn rename_table(&mut self, from: &TableName, to: &TableName) {
        let mut table = self.open_table(from);
        let (old, new) = (table.name, self.key(to));
        if self.exists(to) {
            self.fail(Failure::AlreadyExists { kind: Existing::Table, table: None, name: new.name });
        }
        self.schema.tables.remove(&old);
        table.name = new;
        if self.is_mysql_like() {
            rename_generated(&mut table, old.name, new.name, self.is(Kind::Mysql));
        }
        self.store(table);
        self.each_table(|table| {
            let mut changed = false;
            for fk in table.foreign_keys.iter_mut().filter(|fk| fk.ref_table == old) {
                fk.ref_table = new;
                changed = true;
            }
            changed
        });
    }

    pub fn set_table_comment(&mut self, name: &TableName, comment: Option<&Arc<str>>) {
        let mut table = self.open_table(name);
        if self.rules().is_some_and(|rules| !rules.alters(Change::TableComment)) {
            self.fail(Failure::Unsupported { table: *name, what: "table comment" });
        } else {
            table.comment = comment.filter(|comment| !comment.is_empty()).cloned();
        }
        self.store(table);
    }

    /// PostgreSQL makes one index for a primary key and a unique constraint over the same columns, and for two equal
    /// unique constraints, when they come with the table. The first is the one; it takes the name of the second if it
    /// was given none.
    fn merge(&mut self, table: &mut Table, wanted: &Table, constraint: &Constraint) -> bool {
        let Constraint::Unique(unique) = constraint else { return false };
        if !self.is(Kind::Postgresql) || unique.deferrable.is_some() || !unique.options.is_empty() {
            return false;
        }
        let is_named = |engine: &Engine<'_>, key: Key, name: &ConstraintName| {
            let convention =
                engine.context.naming.known().is_some_and(|naming| naming.template(key).is_some());
            name.known().is_some_and(Option::is_some) || (convention && engine.written != Written::Sql)
        };
        let (key, first) = match &wanted.primary_key {
            Some(primary) if primary.columns == unique.columns => (Key::PrimaryKey, &primary.name),
            _ => {
                let equal =
                    |other: &&crate::Unique| other.columns == unique.columns && other.options.is_empty();
                match wanted.uniques.iter().find(equal) {
                    Some(first) if table.uniques.iter().any(|own| own.columns == first.columns) => {
                        (Key::Unique, &first.name)
                    }
                    _ => return false,
                }
            }
        };
        if is_named(self, Key::Unique, &unique.name) && !is_named(self, key, first) {
            let mut scratch = table.clone();
            self.attach(&mut scratch, wanted.name, constraint);
            let name = scratch.uniques.last().map(|unique| unique.name.clone());
            let own = match key {
                Key::PrimaryKey => table.primary_key.as_mut().map(|key| &mut key.name),
                _ => table
                    .uniques
                    .iter_mut()
                    .find(|own| own.columns == unique.columns)
                    .map(|own| &mut own.name),
            };
            if let (Some(own), Some(name)) = (own, name) {
                *own = name;
            }
        }
        true
    }
}

/// `retain` that tells whether anything went.
pub(super) fn retain<T>(list: &mut Vec<T>, keep: impl FnMut(&T) -> bool) -> bool {
    let before = list.len();
    list.retain(keep);
    list.len() != before
}

/// The constraints of a table in the order in which SQLAlchemy writes them.
pub(super) fn constraints_of(table: &Table) -> Vec<Constraint> {
    let primary = table.primary_key.iter().cloned().map(Constraint::PrimaryKey);
    let keys = table.foreign_keys.iter().cloned().map(Constraint::ForeignKey);
    // Those of columns are made after those that the table was given, and only the latter have names.
    let named = |unique: &&crate::Unique| unique.name.known().is_some_and(Option::is_some);
    let uniques = table.uniques.iter().filter(named).chain(table.uniques.iter().filter(|u| !named(u)));
    let uniques = uniques.cloned().map(Constraint::Unique);
    let own = |check: &&Check| {
        let column = check.of_type.and_then(|column| table.column(&column));
        !column.is_some_and(|column| brings_check(column))
    };
    let checks = table.checks.iter().filter(own).cloned().map(Constraint::Check);
    let excludes = table.excludes.iter().cloned().map(Constraint::Exclude);
    primary.chain(uniques).chain(checks).chain(excludes).chain(keys).collect()
}

/// InnoDB carries a table's new name into the names that it made from the old one; MySQL does so for CHECKs too.
fn rename_generated(table: &mut Table, old: Name, new: Name, checks: bool) {
    let rename = |name: &mut ConstraintName, label: &str| {
        if let Fact::Known(Some(known)) = name
            && let Some(number) = known.strip_prefix(&format!("{old}{label}"))
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            *name = Fact::Known(Some(fact::name(&format!("{new}{label}{number}"))));
        }
    };
    for key in &mut table.foreign_keys {
        rename(&mut key.name, "_ibfk_");
    }
    if checks {
        for check in &mut table.checks {
            rename(&mut check.name, "_chk_");
        }
    }
}

fn is_serial(ty: &Type) -> bool {
    match ty.on(Kind::Postgresql) {
        Type::Native { text, .. } => {
            matches!(
                base_of(text).as_str(),
                "serial" | "bigserial" | "smallserial" | "serial2" | "serial4" | "serial8"
            )
        }
        _ => false,
    }
}

/// What a type says of what is made along with it says nothing once that is there.
pub(super) fn spent(ty: &mut Type) {
    match ty {
        Type::Boolean { constraint } => *constraint = TypeConstraint::default(),
        Type::Enum(ty) => {
            ty.create_type = false;
            ty.constraint = TypeConstraint::default();
        }
        Type::Array { item, .. } => spent(item),
        Type::Variants { base, others } => {
            spent(base);
            others.iter_mut().for_each(|(_, other)| spent(other));
        }
        _ => {}
    }
}

/// Does the type of that column bring its CHECK itself?
pub(super) fn brings_check(column: &Column) -> bool {
    fn creates(ty: &Type) -> bool {
        match ty {
            Type::Boolean { constraint } => constraint.create,
            Type::Enum(ty) => ty.constraint.create,
            Type::Variants { base, others } => {
                creates(base) || others.iter().any(|(_, other)| creates(other))
            }
            _ => false,
        }
    }
    column.ty.known().is_some_and(creates)
}
