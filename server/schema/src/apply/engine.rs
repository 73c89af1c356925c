//! The state of one application and the way to tables that may not be there.

use super::{Context, Existing, Failed, Failure};
use crate::dialect::{Rules, canonical};
use crate::join::join;
use crate::operation::{Operation, Step, Touched, Written};
use crate::table::ObjectKind;
use crate::{Column, Kind, Schema, Table, TableName};
use fact::{Fact, FileId, Name, Place, Reason, Unknown};
use std::sync::Arc;

pub(super) struct Engine<'a> {
    pub schema: &'a mut Schema,
    pub context: &'a Context,
    pub written: Written,
    pub place: Place,
    /// Columns renamed in the batch block under way, old name first: without a dialect either name may be meant.
    pub renamed: Vec<(Name, Name)>,
    pub failures: Vec<Failed>,
}

impl<'a> Engine<'a> {
    pub fn new(schema: &'a mut Schema, context: &'a Context) -> Engine<'a> {
        Engine {
            schema,
            context,
            written: Written::Op,
            place: Place::whole_file(FileId(0)),
            renamed: Vec::new(),
            failures: Vec::new(),
        }
    }

    pub fn kind(&self) -> Option<Kind> {
        self.context.kind()
    }

    pub fn rules(&self) -> Option<&'static dyn Rules> {
        self.kind().map(Kind::rules)
    }

    pub fn is(&self, kind: Kind) -> bool {
        self.kind() == Some(kind)
    }

    pub fn is_mysql_like(&self) -> bool {
        self.kind().is_some_and(Kind::is_mysql_like)
    }

    pub fn fail(&mut self, failure: Failure) {
        // Something may have been taken from a table that is not wholly known: what seems to be there may be gone.
        if let Failure::AlreadyExists { table: Some(table), .. } = &failure
            && let Some(open) = self.schema.tables.get(&self.key(table)).and_then(|table| table.open.as_ref())
            && !open.reason.is_assumed()
        {
            return;
        }
        let place = self.place;
        self.failures.push(Failed { failure, place });
    }

    pub fn key(&self, name: &TableName) -> TableName {
        canonical(*name, self.kind())
    }

    pub fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    pub fn step(&mut self, step: &Step) {
        self.written = step.written;
        self.place = step.place;
        self.operation(&step.operation);
    }

    fn operation(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateTable { table, if_not_exists } => self.create_table(table, *if_not_exists),
            Operation::DropTable { table, if_exists, cascade } => {
                self.drop_table(table, *if_exists, *cascade)
            }
            Operation::RenameTable { from, to } => self.rename_table(from, to),
            Operation::AddColumn {
                table,
                column,
                constraints,
                indexes,
                if_not_exists,
                primary_key,
                inline_references,
            } => {
                let inline = *inline_references || self.written == Written::Sql;
                let added = super::column::Added {
                    column,
                    constraints,
                    indexes,
                    if_not_exists: *if_not_exists,
                    primary_key: *primary_key,
                    inline_references: inline,
                };
                self.add_column(table, &added);
            }
            Operation::DropColumn { table, column, if_exists, cascade } => {
                self.drop_column(table, *column, *if_exists, *cascade);
            }
            Operation::AlterColumn { table, column, change } => self.alter_column(table, *column, change),
            Operation::AddConstraint { table, constraint, if_not_exists } => {
                self.add_constraint(table, constraint, *if_not_exists);
            }
            Operation::DropConstraint { table, name, kind, if_exists, cascade, name_is_final } => {
                let dropped = super::drop::Dropped {
                    name,
                    kind: *kind,
                    if_exists: *if_exists,
                    cascade: *cascade,
                    name_is_final: *name_is_final,
                };
                self.drop_constraint(table, &dropped);
            }
            Operation::RenameConstraint { table, from, to } => self.rename_constraint(table, *from, *to),
            Operation::CreateIndex { table, index, if_not_exists } => {
                self.create_index(table, index, *if_not_exists);
            }
            Operation::DropIndex { table, name, if_exists, .. } => {
                self.drop_index(table.as_ref(), name, *if_exists);
            }
            Operation::RenameIndex { table, from, to } => self.rename_index(table.as_ref(), *from, *to),
            Operation::SetTableComment { table, comment, .. } => {
                self.set_table_comment(table, comment.as_ref())
            }
            Operation::Batch { table, options, steps } => self.batch(table, options, steps),
            Operation::CreateEnum { name, labels, check_first } => {
                self.create_enum(name, labels, *check_first);
            }
            Operation::DropEnum { name, check_first } => self.drop_enum(name, *check_first),
            Operation::AddEnumLabel { name, label, before, after, if_not_exists } => {
                self.add_label(name, label, before.as_ref(), after.as_ref(), *if_not_exists);
            }
            Operation::RenameEnumLabel { name, from, to } => self.rename_label(name, from, to),
            Operation::RenameEnum { from, to } => self.rename_enum(from, to),
            Operation::CreateSequence { name, if_not_exists } => self.create_sequence(name, *if_not_exists),
            Operation::DropSequence { name, if_exists } => self.drop_sequence(name, *if_exists),
            Operation::CreateObject { kind, name } => {
                let name = self.key(name);
                self.schema.others.insert((*kind, name), ());
            }
            Operation::DropObject { kind, name } => self.drop_object(*kind, name),
            Operation::Data(_) | Operation::Nothing { .. } => {}
            Operation::Opaque { touches, because } => self.opaque(touches, because),
            Operation::Either { left, right, because } => self.either(left, right, because),
        }
    }

    /// The table to change: a copy, to be given back with [`Engine::store`]. One that does not exist is reported and
    /// assumed.
    pub fn open_table(&mut self, name: &TableName) -> Table {
        let key = self.key(name);
        if let Some(table) = self.schema.tables.get(&key) {
            return Table::clone(table);
        }
        if let Some(table) = self.schema.maybe_tables.remove(&key) {
            let revived = Table::clone(&table);
            self.schema.tables.insert(key, table);
            return revived;
        }
        if self.schema.opaque.is_none() {
            self.fail(Failure::NoSuchTable { table: *name });
        }
        let mut table = Table::new(key, self.place);
        table.open = Some(Unknown::new(Reason::Assumed, self.place));
        table
    }

    pub fn store(&mut self, table: Table) {
        self.schema.tables.insert(table.name, Arc::new(table));
    }

    pub fn exists(&self, name: &TableName) -> bool {
        self.schema.tables.contains_key(&self.key(name))
    }

    /// Makes sure that `table` has the column. What an open table lacks is assumed without a word.
    pub fn need_column(&mut self, table: &mut Table, column: Name) {
        if table.column(&column).is_some() {
            return;
        }
        if table.open.is_none() {
            let suggestions = similar(column, table.columns.iter().map(|column| column.name));
            self.fail(Failure::NoSuchColumn { table: table.name, column, suggestions });
        }
        table.columns.push(Arc::new(assumed_column(column, self.place)));
    }

    /// Each of the other tables with a foreign key to `table`, by name.
    pub fn referrers(&self, table: TableName) -> Vec<TableName> {
        self.schema
            .tables
            .values()
            .filter(|other| other.name != table)
            .filter(|other| other.foreign_keys.iter().any(|key| key.ref_table == table))
            .map(|other| other.name)
            .collect()
    }

    /// Changes each table for which `change` returns true on a copy.
    pub fn each_table(&mut self, mut change: impl FnMut(&mut Table) -> bool) {
        let mut changed = Vec::new();
        for table in self.schema.tables.values() {
            let mut copy = Table::clone(table);
            if change(&mut copy) {
                changed.push(copy);
            }
        }
        for table in changed {
            self.store(table);
        }
    }

    fn drop_object(&mut self, kind: ObjectKind, name: &TableName) {
        let name = self.key(name);
        self.schema.others.remove(&(kind, name));
    }

    fn create_sequence(&mut self, name: &TableName, if_not_exists: bool) {
        let key = self.key(name);
        if self.schema.sequences.insert(key, ()).is_some() && !if_not_exists {
            self.fail(Failure::AlreadyExists { kind: Existing::Sequence, table: None, name: name.name });
        }
    }

    fn drop_sequence(&mut self, name: &TableName, if_exists: bool) {
        let key = self.key(name);
        if self.schema.sequences.remove(&key).is_none() && !if_exists && self.schema.opaque.is_none() {
            self.fail(Failure::NoSuchSequence { name: *name });
        }
    }

    fn opaque(&mut self, touches: &Touched, because: &Unknown) {
        match touches {
            Touched::Anything => {
                self.each_table(|table| {
                    table.open.is_none() && table.open.replace(because.clone()).is_none()
                });
                self.schema.opaque.get_or_insert_with(|| because.clone());
            }
            Touched::Tables(names) => {
                for name in names {
                    let key = self.key(name);
                    let known = self.schema.tables.get(&key).map(|table| Table::clone(table));
                    match known {
                        Some(mut table) => {
                            table.open.get_or_insert_with(|| because.clone());
                            self.store(table);
                        }
                        None if self.schema.maybe_tables.contains_key(&key) => {}
                        None => {
                            let mut table = Table::new(key, self.place);
                            table.open = Some(because.clone());
                            self.schema.maybe_tables.insert(key, Arc::new(table));
                        }
                    }
                }
            }
        }
    }

    /// Both courses on copies. A failure counts only if neither course escapes it.
    fn either(&mut self, left: &[Step], right: &[Step], because: &Unknown) {
        let mut other = self.schema.clone();
        let mut second = Engine::new(&mut other, self.context);
        second.steps(right);
        let failures = second.failures;
        let mut first = Engine::new(self.schema, self.context);
        first.steps(left);
        let common = first
            .failures
            .into_iter()
            .filter(|failed| failures.iter().any(|other| other.failure == failed.failure));
        self.failures.extend(common);
        *self.schema = join(self.schema, &other, because);
    }
}

/// A column that is there because something relies on it.
pub(super) fn assumed_column(name: Name, place: Place) -> Column {
    let unknown = || Unknown::new(Reason::Assumed, place);
    let mut column = Column::new(name, Fact::Unknown(unknown()), place);
    column.nullable = Fact::Unknown(unknown());
    column.default = Fact::Unknown(unknown());
    column
}

/// The names that `wanted` may have been a slip of, nearest first.
pub(super) fn similar(wanted: Name, names: impl Iterator<Item = Name>) -> Vec<Name> {
    let mut near: Vec<(usize, Name)> = names
        .map(|name| (distance(&wanted, &name), name))
        .filter(|(distance, name)| *distance <= wanted.len().max(name.len()) / 3)
        .collect();
    near.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.as_str().cmp(b.1.as_str())));
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The number of letters to add, drop or replace to make one of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = *cell;
            left = replaced.min(*cell + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}
