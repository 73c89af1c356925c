//! Constraints dropped by name.

use super::Failure;
use super::engine::Engine;
use super::table::retain;
use crate::constraint::ConstraintName;
use crate::dialect::Change;
use crate::naming::{Key, Named, Subject};
use crate::operation::Written;
use crate::{ConstraintKind, Kind, Table, TableName};
use fact::{Fact, Name};

/// `drop_constraint` as it was called.
pub(super) struct Dropped<'a> {
    pub name: &'a ConstraintName,
    pub kind: Option<ConstraintKind>,
    pub if_exists: bool,
    pub cascade: bool,
    pub name_is_final: bool,
}

impl Engine<'_> {
    pub fn drop_constraint(&mut self, written: &TableName, dropped: &Dropped<'_>) {
        let mut table = self.open_table(written);
        let alters = self.rules().is_none_or(|rules| rules.alters(Change::Constraint));
        if !alters && self.written != Written::Batch {
            self.fail(Failure::NeedsBatch { table: *written, what: "drop a constraint" });
        }
        match dropped.name {
            // Whatever its name is, it is one of its kind.
            Fact::Unknown(_) if table.open.is_none() && has_none(&table, dropped.kind) => {}
            Fact::Unknown(unknown) => {
                table.open.get_or_insert_with(|| unknown.clone());
            }
            Fact::Known(None) => {
                self.fail(Failure::UnnamedConstraint { table: *written, kind: dropped.kind });
                if self.written == Written::Sql && dropped.kind == Some(ConstraintKind::PrimaryKey) {
                    self.failures.pop();
                    self.remove_primary_key(&mut table, *written, dropped);
                }
            }
            Fact::Known(Some(name)) => {
                let name = if dropped.name_is_final {
                    Fact::Known(*name)
                } else {
                    self.wrapped(*written, *name, dropped.kind)
                };
                match name {
                    Fact::Known(name) => self.remove(&mut table, *written, name, dropped),
                    Fact::Unknown(unknown) => {
                        table.open.get_or_insert(unknown);
                    }
                }
            }
        }
        self.store(table);
    }

    /// The name that Alembic looks for: the convention wraps the name of a CHECK here too.
    pub fn wrapped(&self, table: TableName, name: Name, kind: Option<ConstraintKind>) -> Fact<Name> {
        let key = match kind {
            Some(ConstraintKind::Check) => Key::Check,
            Some(ConstraintKind::Unique) => Key::Unique,
            Some(ConstraintKind::ForeignKey) => Key::ForeignKey,
            Some(ConstraintKind::PrimaryKey) => Key::PrimaryKey,
            Some(ConstraintKind::Exclude) | None => return Fact::Known(name),
        };
        if self.written == Written::Sql {
            return Fact::Known(name);
        }
        match &self.context.naming {
            Fact::Known(convention) => {
                let subject = Subject { table, columns: &[], referred: None };
                match convention.name(key, Some(name), false, &subject, self.kind()) {
                    Named::As(name) => name,
                    Named::Not | Named::Refused => Fact::Known(name),
                }
            }
            Fact::Unknown(unknown) if key == Key::Check => Fact::Unknown(unknown.clone()),
            Fact::Unknown(_) => Fact::Known(name),
        }
    }

    fn remove(&mut self, table: &mut Table, written: TableName, name: Name, dropped: &Dropped<'_>) {
        if self.is_mysql_like() && dropped.kind.is_none() && self.written != Written::Sql {
            self.fail(Failure::NeedsConstraintType { table: written, name });
        }
        if dropped.kind == Some(ConstraintKind::PrimaryKey) && self.is_mysql_like() {
            self.remove_primary_key(table, written, dropped);
            return;
        }
        let wanted: ConstraintName = Fact::Known(Some(name));
        let kind = if self.is_mysql_like() { dropped.kind } else { None };
        let of = |kind_of: ConstraintKind| kind.is_none_or(|kind| kind == kind_of);
        if of(ConstraintKind::PrimaryKey) && table.primary_key.as_ref().is_some_and(|key| key.name == wanted)
        {
            self.remove_primary_key(table, written, dropped);
            return;
        }
        if of(ConstraintKind::Unique) && self.remove_unique(table, written, name, dropped) {
            return;
        }
        let removed = (of(ConstraintKind::ForeignKey)
            && retain(&mut table.foreign_keys, |c| c.name != wanted))
            || (of(ConstraintKind::Check) && retain(&mut table.checks, |c| c.name != wanted))
            || (of(ConstraintKind::Exclude) && retain(&mut table.excludes, |c| c.name != wanted));
        if removed {
            return;
        }
        let supported = self.rules().is_none_or(|rules| rules.alters(Change::DropConstraintIfExists));
        if !(dropped.if_exists && supported && !self.is(Kind::Mysql)) {
            self.missing_constraint(table, written, name, dropped.kind);
        }
    }

    fn remove_primary_key(&mut self, table: &mut Table, written: TableName, dropped: &Dropped<'_>) {
        match table.primary_key.take() {
            Some(key) => {
                let name = key.name.known().copied().flatten().unwrap_or_else(|| fact::name("PRIMARY"));
                self.release(table, written, name, &key.columns, dropped.cascade);
            }
            None if table.open.is_none() => {
                let name = dropped.name.known().copied().flatten().unwrap_or_else(|| fact::name("PRIMARY"));
                let kind = Some(ConstraintKind::PrimaryKey);
                self.fail(Failure::NoSuchConstraint { table: written, name, kind, suggestions: Vec::new() });
            }
            None => {}
        }
    }

    /// A unique constraint, or on MySQL the unique index that it is.
    fn remove_unique(
        &mut self,
        table: &mut Table,
        written: TableName,
        name: Name,
        dropped: &Dropped<'_>,
    ) -> bool {
        let wanted: ConstraintName = Fact::Known(Some(name));
        if let Some(at) = table.uniques.iter().position(|unique| unique.name == wanted) {
            let unique = table.uniques.remove(at);
            self.release(table, written, name, &unique.columns, dropped.cascade);
            return true;
        }
        if !self.is_mysql_like() || dropped.kind.is_none() {
            return false;
        }
        match table.indexes.iter().position(|index| index.name == wanted) {
            Some(at) => {
                let columns: Vec<Name> = table.indexes.remove(at).columns().collect();
                self.release(table, written, name, &columns, dropped.cascade);
                true
            }
            None => false,
        }
    }

    /// Reports the foreign keys that rest on a key which has just been taken out of `table`.
    pub fn release(
        &mut self,
        table: &Table,
        written: TableName,
        name: Name,
        columns: &[Name],
        cascade: bool,
    ) {
        if self.is_mysql_like() {
            if let Some(by) = self.rests_on(table, name, columns) {
                self.fail(Failure::KeyInUse { table: written, name, by });
            }
            return;
        }
        if !matches!(self.kind(), Some(Kind::Postgresql | Kind::Mssql)) {
            return;
        }
        let same = |other: &[Name]| other.len() == columns.len() && other.iter().all(|c| columns.contains(c));
        if self.is_key(table, columns) {
            return;
        }
        let target = table.name;
        let uses = |key: &crate::ForeignKey| key.ref_table == target && same(&key.ref_columns);
        let users: Vec<TableName> = self
            .schema
            .tables
            .values()
            .filter(|other| other.foreign_keys.iter().any(uses))
            .map(|other| other.name)
            .collect();
        if cascade {
            self.each_table(|other| retain(&mut other.foreign_keys, |key| !uses(key)));
        } else if let Some(by) = users.first() {
            self.fail(Failure::KeyInUse { table: written, name, by: *by });
        }
    }
}

/// Is there no constraint of this kind?
fn has_none(table: &Table, kind: Option<ConstraintKind>) -> bool {
    match kind {
        Some(ConstraintKind::PrimaryKey) => table.primary_key.is_none(),
        Some(ConstraintKind::Unique) => table.uniques.is_empty(),
        Some(ConstraintKind::ForeignKey) => table.foreign_keys.is_empty(),
        Some(ConstraintKind::Check) => table.checks.is_empty(),
        Some(ConstraintKind::Exclude) => table.excludes.is_empty(),
        None => false,
    }
}
