//! A batch block that puts a new table in the place of the old one: reflect, change, copy, swap, make the indexes again.
//!
//! Inside the block a renamed column goes by its old name only, and what reflection does not see is lost.

use super::alter::rename_within;
use super::column::{covers, known};
use super::draft::Draft;
use super::engine::Engine;
use super::mention::mentions_bare;
use super::named::Given;
use super::{Existing, Failure, User};
use crate::constraint::{ConstraintName, first_of_each};
use crate::dialect::{literal, rebuilt_type, reported};
use crate::naming::{Key, Named, NamingConvention, Subject};
use crate::operation::{BatchOptions, Step};
use crate::{Check, Index, IndexItem, Kind, Table, TableName, Type};
use fact::{Fact, Name};
use std::sync::Arc;

impl Engine<'_> {
    pub fn rebuild(&mut self, written: &TableName, options: &BatchOptions, steps: &[Step]) {
        let existing = self.open_table(written);
        let table = match &options.copy_from {
            Some(copy) => {
                let mut table = self.as_declared(copy);
                table.name = existing.name;
                table
            }
            None => {
                self.reflect_referents(&existing);
                self.reflected(&existing, options.naming_convention.as_deref())
            }
        };
        let old: Vec<Name> = table.columns.iter().map(|column| column.name).collect();
        let mut draft = Draft {
            table,
            renames: Vec::new(),
            dropped: Vec::new(),
            copied: old.clone(),
            old,
            flagged: Vec::new(),
            new_indexes: Vec::new(),
        };
        for step in steps {
            self.written = step.written;
            self.place = step.place;
            self.draft_step(&mut draft, *written, &step.operation);
        }
        self.finish(draft, &existing, *written, options);
    }

    /// A table given as `copy_from`, as the database would have it but with what reflection would not see.
    fn as_declared(&mut self, copy: &Arc<Table>) -> Table {
        let mut scratch = self.schema.clone();
        scratch.tables.remove(&self.key(&copy.name));
        let mut engine = Engine::new(&mut scratch, self.context);
        engine.place = self.place;
        engine.create_table(copy, false);
        let key = self.key(&copy.name);
        scratch.tables.get(&key).map_or_else(|| Table::clone(copy), |table| Table::clone(table))
    }

    /// Reflection goes on to the tables that foreign keys point at, and from there to others.
    fn reflect_referents(&mut self, table: &Table) {
        let mut seen = vec![table.name];
        let mut left: Vec<TableName> = table.foreign_keys.iter().map(|key| key.ref_table).collect();
        while let Some(name) = left.pop() {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            match self.schema.tables.get(&name) {
                Some(other) => left.extend(other.foreign_keys.iter().map(|key| key.ref_table)),
                None if self.schema.maybe_tables.contains_key(&name) || self.schema.opaque.is_some() => {}
                None => self.fail(Failure::NoSuchTable { table: name }),
            }
        }
    }

    /// What SQLAlchemy's reflection sees of a table.
    fn reflected(&self, existing: &Table, convention: Option<&NamingConvention>) -> Table {
        let mut table = existing.clone();
        if self.is(Kind::Sqlite) {
            for column in &mut table.columns {
                let declared = match &column.ty {
                    Fact::Known(ty) => reported(ty, self.context.dialect),
                    Fact::Unknown(_) => continue,
                };
                if let Fact::Known(declared) = declared
                    && let Some(text) = rebuilt_type(&declared)
                {
                    Arc::make_mut(column).ty = Fact::Known(Type::native(&text));
                }
            }
            table.uniques = first_of_each(&table.uniques).cloned().collect();
            // Indexes over expressions are passed over.
            table.indexes.retain(|index| index.items.len() == index.columns().count());
        }
        table.checks.retain(|check| check.name != Fact::Known(None));
        for check in &mut table.checks {
            check.of_type = None;
        }
        if let Some(convention) = convention {
            self.name_unnamed(&mut table, convention);
        }
        table
    }

    /// `naming_convention=` of the block names what was reflected without a name.
    fn name_unnamed(&self, table: &mut Table, convention: &NamingConvention) {
        let name = table.name;
        let kind = self.kind();
        let set =
            |slot: &mut ConstraintName, key, columns: &[Name], referred: Option<(TableName, &[Name])>| {
                if *slot == Fact::Known(None) {
                    let subject = Subject { table: name, columns, referred };
                    match convention.name(key, None, false, &subject, kind) {
                        Named::As(found) => *slot = found.map(Some),
                        Named::Not | Named::Refused => {}
                    }
                }
            };
        if let Some(key) = &mut table.primary_key {
            set(&mut key.name, Key::PrimaryKey, &key.columns, None);
        }
        for unique in &mut table.uniques {
            set(&mut unique.name, Key::Unique, &unique.columns, None);
        }
        for key in &mut table.foreign_keys {
            set(&mut key.name, Key::ForeignKey, &key.columns, Some((key.ref_table, &key.ref_columns)));
        }
    }

    /// The new table takes the old one's place.
    fn finish(&mut self, mut draft: Draft, existing: &Table, written: TableName, options: &BatchOptions) {
        draft.twins();
        let Draft { mut table, renames, dropped, copied, new_indexes, .. } = draft;
        let last = existing.columns.last().map(|column| column.name);
        if let (true, Some(column)) = (copied.is_empty(), last) {
            self.fail(Failure::LastColumn { table: written, column });
        }
        table.comment = None;
        let here = |columns: &[Name]| !columns.iter().any(|column| dropped.contains(column));
        table.uniques.retain(|unique| here(&unique.columns));
        table.foreign_keys.retain(|key| here(&key.columns));
        for constraint in &options.table_args {
            self.attach(&mut table, written, constraint);
        }
        self.check_texts(&table.checks, existing, written, &renames, &dropped);
        let quoted: Vec<Name> =
            dropped.iter().copied().filter(|column| self.quoted(column) != column.as_str()).collect();
        for item in table.indexes.iter_mut().flat_map(|index| &mut index.items) {
            // SQLite takes a quoted name that it does not know for a string.
            if let IndexItem::Column(name) = item
                && quoted.contains(name)
            {
                *item = IndexItem::Expression(Fact::Known(literal(name).into()));
            }
        }
        let dropped: Vec<Name> = dropped.into_iter().filter(|column| !quoted.contains(column)).collect();
        let broken: Vec<Option<Name>> = table
            .indexes
            .iter()
            .filter(|index| dropped.iter().any(|column| covers(index, *column)))
            .map(|index| known(&index.name))
            .collect();
        if let (Some(name), Some(column)) = (broken.first(), dropped.first()) {
            self.fail(Failure::ColumnInUse { table: written, column: *column, by: User::Index(*name) });
            table.indexes.retain(|index| !dropped.iter().any(|column| covers(index, *column)));
        }
        for column in table.primary_key.iter().flat_map(|key| &key.columns) {
            if let Some(own) = table.columns.iter_mut().find(|own| own.name == *column) {
                Arc::make_mut(own).nullable = Fact::Known(false);
            }
        }
        self.rename_all(&mut table, written, &renames);
        self.store(table);
        for index in new_indexes {
            self.new_index(written, index, &renames);
        }
    }

    /// All renames of the block take effect together, so that two columns may change places. One onto a name that stays
    /// in use does not.
    fn rename_all(&mut self, table: &mut Table, written: TableName, renames: &[(Name, Name)]) {
        let mut possible: Vec<(Name, Name)> = Vec::new();
        for (old, new) in renames.iter().filter(|(old, _)| table.column(old).is_some()) {
            let stays = table.column(new).is_some() && !renames.iter().any(|(other, _)| other == new);
            if stays || possible.iter().any(|(_, other)| other == new) {
                let table = Some(written);
                self.fail(Failure::AlreadyExists { kind: Existing::Column, table, name: *new });
            } else {
                possible.push((*old, *new));
            }
        }
        let between = |at: usize| fact::name(&format!("\u{0}{at}"));
        for (at, (old, _)) in possible.iter().enumerate() {
            rename_columns(table, *old, between(at));
        }
        for (at, (_, new)) in possible.iter().enumerate() {
            rename_columns(table, between(at), *new);
        }
    }

    fn new_index(&mut self, written: TableName, mut index: Index, renames: &[(Name, Name)]) {
        // It was named when it was queued, after the columns as the block knows them.
        let columns: Vec<Name> = index.columns().collect();
        let given = Given {
            name: &index.name,
            is_final: index.name_is_final,
            table: written,
            columns: &columns,
            referred: None,
        };
        let table = Table::new(self.key(&written), self.place);
        let name = self.index_name(&table, &given, &index);
        (index.name, index.name_is_final) = (name, true);
        for item in &mut index.items {
            let IndexItem::Column(name) = item else { continue };
            if let Some((_, new)) = renames.iter().find(|(old, _)| old == name) {
                *name = *new;
            } else if renames.iter().any(|(_, new)| new == name) {
                self.fail(Failure::NoSuchColumn { table: written, column: *name, suggestions: Vec::new() });
            }
        }
        self.create_index(&written, &index, false);
    }

    /// The text of a named CHECK is carried over as it is, so that it must not name a column which is no more.
    fn check_texts(
        &mut self,
        checks: &[Check],
        existing: &Table,
        written: TableName,
        renames: &[(Name, Name)],
        dropped: &[Name],
    ) {
        let gone: Vec<Name> = renames.iter().map(|(old, _)| *old).chain(dropped.iter().copied()).collect();
        for check in checks {
            let Fact::Known(sql) = &check.sql else { continue };
            let old = existing.checks.iter().any(|other| other.name == check.name);
            let named = gone.iter().find(|column| old && mentions_bare(sql, **column));
            if let Some(column) = named {
                let by = User::Check(known(&check.name));
                self.fail(Failure::ColumnInUse { table: written, column: *column, by });
            }
        }
    }
}

/// Renames the column and follows into everything but the texts, which say what they say.
fn rename_columns(table: &mut Table, from: Name, to: Name) {
    let checks = std::mem::take(&mut table.checks);
    rename_within(table, from, to);
    table.checks = checks;
}
