//! Constraints added and renamed.

use super::engine::{Engine, similar};
use super::named::Given;
use super::{Existing, Failure};
use crate::constraint::ConstraintName;
use crate::dialect::Change;
use crate::operation::Written;
use crate::{Constraint, ConstraintKind, Kind, PrimaryKey, Table, TableName, Unique};
use fact::{Fact, Name};
use std::sync::Arc;

impl Engine<'_> {
    pub fn add_constraint(&mut self, name: &TableName, constraint: &Constraint, if_not_exists: bool) {
        let mut table = self.open_table(name);
        if if_not_exists && has_constraint(&table, constraint) {
            self.store(table);
            return;
        }
        let alters = self.rules().is_none_or(|rules| rules.alters(Change::Constraint));
        if !alters && self.written != Written::Batch {
            self.fail(Failure::NeedsBatch { table: *name, what: "add a constraint" });
        }
        self.attach(&mut table, *name, constraint);
        self.store(table);
    }

    /// Puts a constraint into a table under the name that it gets. `written`: the table as the operation names it.
    pub fn attach(&mut self, table: &mut Table, written: TableName, constraint: &Constraint) {
        match constraint {
            Constraint::PrimaryKey(key) => self.attach_primary_key(table, written, key),
            Constraint::Unique(unique) => self.attach_unique(table, written, unique),
            Constraint::ForeignKey(key) => self.attach_foreign_key(table, written, key),
            Constraint::Check(check) => {
                let given = Given {
                    name: &check.name,
                    is_final: check.name_is_final,
                    table: written,
                    columns: &[],
                    referred: None,
                };
                let name = self.check_name(table, check, &given);
                self.check_free(table, ConstraintKind::Check, &name);
                let mut check = check.clone();
                (check.name, check.name_is_final) = (name, true);
                table.checks.push(check);
            }
            Constraint::Exclude(exclude) => {
                let name = self.exclude_name(table, &exclude.name);
                self.check_free(table, ConstraintKind::Exclude, &name);
                let mut exclude = exclude.clone();
                exclude.name = name;
                table.excludes.push(exclude);
            }
        }
    }

    fn attach_primary_key(&mut self, table: &mut Table, written: TableName, key: &PrimaryKey) {
        if key.columns.is_empty() {
            return;
        }
        if table.primary_key.take().is_some() {
            self.fail(Failure::SecondPrimaryKey { table: written });
        }
        let given = Given {
            name: &key.name,
            is_final: key.name_is_final,
            table: written,
            columns: &key.columns,
            referred: None,
        };
        let name = self.primary_key_name(table, &given);
        self.check_free(table, ConstraintKind::PrimaryKey, &name);
        for column in &key.columns {
            self.need_column(table, *column);
            let place = table.columns.iter_mut().find(|known| known.name == *column);
            if let Some(known) = place
                && known.nullable != Fact::Known(false)
            {
                Arc::make_mut(known).nullable = Fact::Known(false);
            }
        }
        self.check_indexable(table, written, &key.columns);
        self.drop_redundant(table, &key.columns);
        table.primary_key = Some(PrimaryKey { name, name_is_final: true, ..key.clone() });
    }

    fn attach_unique(&mut self, table: &mut Table, written: TableName, unique: &Unique) {
        for column in &unique.columns {
            self.need_column(table, *column);
        }
        let given = Given {
            name: &unique.name,
            is_final: unique.name_is_final,
            table: written,
            columns: &unique.columns,
            referred: None,
        };
        let name = self.unique_name(table, &given);
        self.check_free(table, ConstraintKind::Unique, &name);
        self.check_indexable(table, written, &unique.columns);
        self.drop_redundant(table, &unique.columns);
        table.uniques.push(Unique { name, name_is_final: true, ..unique.clone() });
    }

    /// Reports a name that something else has. Each database keeps other things apart.
    pub fn check_free(&mut self, table: &Table, kind: ConstraintKind, name: &ConstraintName) {
        let Fact::Known(Some(name)) = name else { return };
        let wanted = Fact::Known(Some(*name));
        let index = || table.indexes.iter().any(|index| index.name == wanted);
        let taken = match self.kind() {
            None | Some(Kind::Sqlite) => false,
            Some(Kind::Mysql | Kind::Mariadb) => {
                let same = table.constraint_names().any(|(other, name)| other == kind && *name == wanted);
                same || (kind == ConstraintKind::Unique && index())
            }
            Some(Kind::Postgresql)
                if matches!(
                    kind,
                    ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::Exclude
                ) =>
            {
                self.is_taken_by_relation(table, *name)
                    || table.constraint_names().any(|(_, name)| *name == wanted)
            }
            Some(Kind::Postgresql | Kind::Mssql) => table.constraint_names().any(|(_, name)| *name == wanted),
        };
        if taken {
            let table = Some(table.name);
            self.fail(Failure::AlreadyExists { kind: Existing::Constraint, table, name: *name });
        }
    }

    pub fn rename_constraint(&mut self, name: &TableName, from: Name, to: Name) {
        let mut table = self.open_table(name);
        let wanted = Fact::Known(Some(from));
        let renamed = Fact::Known(Some(to));
        let mut found = false;
        {
            let primary = table.primary_key.iter_mut().map(|c| &mut c.name);
            let uniques = table.uniques.iter_mut().map(|c| &mut c.name);
            let keys = table.foreign_keys.iter_mut().map(|c| &mut c.name);
            let checks = table.checks.iter_mut().map(|c| &mut c.name);
            let excludes = table.excludes.iter_mut().map(|c| &mut c.name);
            let all = primary.chain(uniques).chain(keys).chain(checks).chain(excludes);
            for name in all.filter(|name| **name == wanted) {
                *name = renamed.clone();
                found = true;
            }
        }
        if !found {
            self.missing_constraint(&mut table, *name, from, None);
        }
        self.store(table);
    }

    /// Reports a constraint that is not there, unless the table may have it all the same.
    pub fn missing_constraint(
        &mut self,
        table: &mut Table,
        written: TableName,
        name: Name,
        kind: Option<ConstraintKind>,
    ) {
        if table.open.is_some() {
            return;
        }
        let of_kind = |other: ConstraintKind| kind.is_none_or(|kind| kind == other);
        let unnamed = table.constraint_names().find(|(other, name)| of_kind(*other) && !name.is_known());
        if let Some((_, Fact::Unknown(unknown))) = unnamed {
            // One of those whose name is not known may be the one: then it is gone, and which one is not known.
            table.open = Some(unknown.clone());
            return;
        }
        let names = table.constraint_names().filter_map(|(_, name)| name.known().copied().flatten());
        let suggestions = similar(name, names);
        self.fail(Failure::NoSuchConstraint { table: written, name, kind, suggestions });
    }
}

/// Whether the table has a constraint of this name and kind already.
fn has_constraint(table: &Table, constraint: &Constraint) -> bool {
    let Fact::Known(Some(wanted)) = constraint.name() else { return false };
    table
        .constraint_names()
        .any(|(kind, name)| kind == constraint.kind() && *name == Fact::Known(Some(*wanted)))
}
