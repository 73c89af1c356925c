//! A batch block that puts a new table in the place of the old one: reflect, change, copy, swap, make the indexes again.
//!
//! Inside the block a renamed column goes by its old name only, and what reflection does not see is lost.

use super::alter::rename_within;
use super::column::{covers, known};
use super::engine::{Engine, similar};
use super::mention::mentions;
use super::table::{retain, spent};
use super::{Existing, Failure, User};
use crate::constraint::ConstraintName;
use crate::dialect::{rebuilt_type, reported};
use crate::naming::{Key, Named, NamingConvention, Subject};
use crate::operation::{BatchOptions, ColumnChange, Operation, Step};
use crate::{Check, Column, Constraint, ConstraintKind, Index, IndexItem, Kind, Table, TableName, Type};
use fact::{Fact, Name};
use std::sync::Arc;

/// The table under construction: its columns still under the names by which the block knows them.
struct Draft {
    table: Table,
    renames: Vec<(Name, Name)>,
    dropped: Vec<Name>,
    new_indexes: Vec<Index>,
}

impl Engine<'_> {
    pub fn rebuild(&mut self, written: &TableName, options: &BatchOptions, steps: &[Step]) {
        let existing = self.open_table(written);
        let table = match &options.copy_from {
            Some(copy) => {
                let mut table = self.as_declared(copy);
                table.name = existing.name;
                table
            }
            None => self.reflected(&existing, options.naming_convention.as_deref()),
        };
        let mut draft = Draft { table, renames: Vec::new(), dropped: Vec::new(), new_indexes: Vec::new() };
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

    fn draft_step(&mut self, draft: &mut Draft, written: TableName, operation: &Operation) {
        match operation {
            Operation::AddColumn { column, constraints, indexes, .. } => {
                self.draft_column(draft, written, column, constraints, indexes);
            }
            Operation::DropColumn { column, .. } => {
                if self.draft_has(draft, written, *column) {
                    let table = &mut draft.table;
                    table.columns.retain(|other| other.name != *column);
                    if let Some(key) = &mut table.primary_key {
                        key.columns.retain(|other| other != column);
                    }
                    table.primary_key.take_if(|key| key.columns.is_empty());
                    table.checks.retain(|check| check.of_type != Some(*column));
                    draft.dropped.push(*column);
                }
            }
            Operation::AlterColumn { column, change, .. } => {
                self.draft_alter(draft, written, *column, change)
            }
            Operation::AddConstraint { constraint, .. } => self.draft_constraint(draft, written, constraint),
            Operation::DropConstraint { name, kind, name_is_final, .. } => match name {
                Fact::Known(Some(name)) => {
                    let found =
                        if *name_is_final { Fact::Known(*name) } else { self.wrapped(written, *name, *kind) };
                    match found {
                        Fact::Known(name) => self.draft_drop(draft, written, name, *kind),
                        Fact::Unknown(unknown) => {
                            draft.table.open.get_or_insert(unknown);
                        }
                    }
                }
                Fact::Known(None) => self.fail(Failure::UnnamedConstraint { table: written, kind: *kind }),
                Fact::Unknown(unknown) => {
                    draft.table.open.get_or_insert_with(|| unknown.clone());
                }
            },
            Operation::CreateIndex { index, .. } => draft.new_indexes.push(Index::clone(index)),
            Operation::DropIndex { name: Fact::Known(name), .. } => {
                let wanted: ConstraintName = Fact::Known(Some(*name));
                let gone = retain(&mut draft.table.indexes, |index| index.name != wanted);
                if !gone && draft.table.open.is_none() {
                    let indexes = draft.table.indexes.iter();
                    let suggestions = similar(*name, indexes.filter_map(|index| known(&index.name)));
                    self.fail(Failure::NoSuchIndex { table: Some(written), name: *name, suggestions });
                }
            }
            Operation::SetTableComment { .. } => {}
            Operation::Either { left, right, because } => {
                // The draft cannot go two ways; what the courses touch is left open instead.
                for step in left.iter().chain(right) {
                    if !matches!(step.operation, Operation::Data(_) | Operation::Nothing { .. }) {
                        draft.table.open.get_or_insert_with(|| because.clone());
                    }
                }
            }
            // Everything else runs at once, on the database and not on the draft.
            other => {
                let step = Step {
                    operation: other.clone(),
                    place: self.place,
                    call_site: None,
                    written: self.written,
                    autocommit: false,
                };
                self.step(&step);
            }
        }
    }

    fn draft_has(&mut self, draft: &mut Draft, written: TableName, column: Name) -> bool {
        if draft.table.column(&column).is_some() {
            return true;
        }
        let new_name = draft.renames.iter().any(|(_, new)| *new == column);
        if draft.table.open.is_none() || new_name {
            let names = draft.table.columns.iter().map(|column| column.name);
            let suggestions = similar(column, names);
            self.fail(Failure::NoSuchColumn { table: written, column, suggestions });
            return false;
        }
        self.need_column(&mut draft.table, column);
        true
    }

    fn draft_column(
        &mut self,
        draft: &mut Draft,
        written: TableName,
        column: &Arc<Column>,
        constraints: &[Constraint],
        indexes: &[Index],
    ) {
        if draft.table.column(&column.name).is_some() {
            let table = Some(written);
            self.fail(Failure::AlreadyExists { kind: Existing::Column, table, name: column.name });
            draft.table.columns.retain(|other| other.name != column.name);
        }
        self.check_type(written, column);
        let counts = self.counts_up(column, &[], &[]);
        let settled = self.settle(column, &draft.table, false, counts);
        draft.table.columns.push(Arc::new(settled));
        for constraint in constraints {
            self.draft_constraint(draft, written, constraint);
        }
        if let Some(check) = self.type_check(column) {
            self.draft_constraint(draft, written, &Constraint::Check(check));
        }
        draft.new_indexes.extend(indexes.iter().cloned());
    }

    fn draft_alter(&mut self, draft: &mut Draft, written: TableName, column: Name, change: &ColumnChange) {
        if let (Some(Fact::Known(old)), Some(_)) = (&change.existing_ty, &change.ty) {
            self.draft_drop_type_check(draft, written, column, old);
        }
        if !self.draft_has(draft, written, column) {
            return;
        }
        let Some(place) = draft.table.columns.iter_mut().find(|known| known.name == column) else { return };
        let mut altered = Column::clone(place);
        let primary = draft.table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column));
        self.set(&mut altered, change, primary);
        if let Some(place) = draft.table.columns.iter_mut().find(|known| known.name == column) {
            let mut kept = altered.clone();
            if let (Fact::Known(ty), Some(_)) = (&mut kept.ty, self.kind()) {
                spent(ty);
            }
            *place = Arc::new(kept);
        }
        match &change.new_name {
            Some(Fact::Known(new)) if *new != column => {
                draft.renames.retain(|(old, _)| *old != column);
                draft.renames.push((column, *new));
            }
            Some(Fact::Unknown(unknown)) => {
                draft.table.open.get_or_insert_with(|| unknown.clone());
            }
            _ => {}
        }
        if change.ty.is_some() {
            draft.table.checks.retain(|check| check.of_type != Some(column));
            self.check_type(written, &altered);
            if let Some(check) = self.type_check(&altered) {
                self.draft_constraint(draft, written, &Constraint::Check(check));
            }
        }
    }

    /// The CHECK of the old type goes if it is there under its name.
    fn draft_drop_type_check(&mut self, draft: &mut Draft, written: TableName, column: Name, old: &Type) {
        let old = Column::new(column, Fact::Known(old.clone()), self.place);
        let Some(check) = self.type_check(&old) else { return };
        match check.name {
            Fact::Known(Some(name)) => {
                if let Fact::Known(name) = self.wrapped(written, name, Some(ConstraintKind::Check)) {
                    draft.table.checks.retain(|check| check.name != Fact::Known(Some(name)));
                }
            }
            _ => {
                let kind = Some(ConstraintKind::Check);
                self.fail(Failure::UnnamedConstraint { table: written, kind });
            }
        }
    }

    /// A constraint must have a name here. One over columns that the draft does not have is silently not made.
    fn draft_constraint(&mut self, draft: &mut Draft, written: TableName, constraint: &Constraint) {
        let failures = self.failures.len();
        let mut scratch = draft.table.clone();
        if let Constraint::PrimaryKey(_) = constraint {
            scratch.primary_key = None;
        }
        let columns: &[Name] = match constraint {
            Constraint::PrimaryKey(key) => &key.columns,
            Constraint::Unique(unique) => &unique.columns,
            Constraint::ForeignKey(key) => &key.columns,
            Constraint::Check(_) | Constraint::Exclude(_) => &[],
        };
        let missing = columns.iter().any(|column| draft.table.column(column).is_none());
        let later = |column: &Name| draft.renames.iter().any(|(_, new)| new == column);
        let silently = missing && (draft.table.open.is_none() || columns.iter().any(later));
        if silently {
            return;
        }
        self.attach(&mut scratch, written, constraint);
        let last = match constraint.kind() {
            ConstraintKind::PrimaryKey => scratch.primary_key.as_ref().map(|c| &c.name),
            ConstraintKind::Unique => scratch.uniques.last().map(|c| &c.name),
            ConstraintKind::ForeignKey => scratch.foreign_keys.last().map(|c| &c.name),
            ConstraintKind::Check => scratch.checks.last().map(|c| &c.name),
            ConstraintKind::Exclude => scratch.excludes.last().map(|c| &c.name),
        };
        let named = last.is_none_or(|name| *name != Fact::Known(None));
        if !named && self.failures.len() == failures {
            self.fail(Failure::UnnamedConstraint { table: written, kind: Some(constraint.kind()) });
        }
        // A constraint of the same name gives way, of whatever kind it is.
        if let Some(name) = last.filter(|name| name.known().is_some_and(Option::is_some)).cloned() {
            let of = |kind: ConstraintKind| usize::from(constraint.kind() == kind);
            forget(&mut scratch.uniques, of(ConstraintKind::Unique), |c| c.name == name);
            forget(&mut scratch.foreign_keys, of(ConstraintKind::ForeignKey), |c| c.name == name);
            forget(&mut scratch.checks, of(ConstraintKind::Check), |c| c.name == name);
            if let Some(key) = scratch.primary_key.as_mut().filter(|key| key.name == name)
                && of(ConstraintKind::PrimaryKey) == 0
            {
                // The columns still say that they are the key.
                key.name = Fact::Known(None);
            }
        }
        draft.table = scratch;
    }

    fn draft_drop(
        &mut self,
        draft: &mut Draft,
        written: TableName,
        name: Name,
        kind: Option<ConstraintKind>,
    ) {
        let wanted: ConstraintName = Fact::Known(Some(name));
        let table = &mut draft.table;
        let gone = table.primary_key.take_if(|key| key.name == wanted).is_some()
            || retain(&mut table.uniques, |c| c.name != wanted)
            || retain(&mut table.foreign_keys, |c| c.name != wanted)
            || retain(&mut table.checks, |c| c.name != wanted);
        if !gone {
            self.missing_constraint(table, written, name, kind);
        }
    }

    /// The new table takes the old one's place.
    fn finish(&mut self, draft: Draft, existing: &Table, written: TableName, options: &BatchOptions) {
        let Draft { mut table, renames, dropped, new_indexes } = draft;
        table.comment = None;
        let here = |columns: &[Name]| !columns.iter().any(|column| dropped.contains(column));
        table.uniques.retain(|unique| here(&unique.columns));
        table.foreign_keys.retain(|key| here(&key.columns));
        for constraint in &options.table_args {
            self.attach(&mut table, written, constraint);
        }
        self.check_texts(&table.checks, existing, written, &renames, &dropped);
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
        self.rename_all(&mut table, written, &renames);
        self.store(table);
        for index in new_indexes {
            self.new_index(written, index, &renames);
        }
    }

    /// All renames of the block take effect together, so that two columns may change places.
    fn rename_all(&mut self, table: &mut Table, written: TableName, renames: &[(Name, Name)]) {
        for (_, new) in renames {
            let stays = !renames.iter().any(|(old, _)| old == new);
            if stays && table.column(new).is_some() {
                let table_name = Some(written);
                self.fail(Failure::AlreadyExists { kind: Existing::Column, table: table_name, name: *new });
                table.columns.retain(|column| column.name != *new);
            }
        }
        let between = |at: usize| fact::name(&format!("\u{0}{at}"));
        for (at, (old, _)) in renames.iter().enumerate() {
            rename_columns(table, *old, between(at));
        }
        for (at, (_, new)) in renames.iter().enumerate() {
            rename_columns(table, between(at), *new);
        }
    }

    fn new_index(&mut self, written: TableName, mut index: Index, renames: &[(Name, Name)]) {
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
            let named = gone.iter().find(|column| old && mentions(sql, **column));
            if let Some(column) = named {
                let by = User::Check(known(&check.name));
                self.fail(Failure::ColumnInUse { table: written, column: *column, by });
            }
        }
    }
}

/// Removes what matches, but for the last `keep` entries of the list.
fn forget<T>(list: &mut Vec<T>, keep: usize, matches: impl Fn(&T) -> bool) {
    let end = list.len().saturating_sub(keep);
    let mut at = 0;
    list.retain(|item| {
        at += 1;
        at > end || !matches(item)
    });
}

/// Renames the column and follows into everything but the texts, which say what they say.
fn rename_columns(table: &mut Table, from: Name, to: Name) {
    let checks = std::mem::take(&mut table.checks);
    rename_within(table, from, to);
    table.checks = checks;
}
