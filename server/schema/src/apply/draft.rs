//! The table under construction in a batch block, and what each queued operation does to it.

use super::affinity::{Affinity, affinity};
use super::column::known;
use super::engine::{Engine, similar};
use super::table::{retain, spent};
use super::{Existing, Failed, Failure};
use crate::constraint::ConstraintName;
use crate::operation::{ColumnChange, Operation, Step};
use crate::{Column, Constraint, ConstraintKind, Index, Table, TableName, Type, Unique};
use fact::{Fact, Name};
use std::sync::Arc;

/// The table under construction: its columns still under the names by which the block knows them.
pub(super) struct Draft {
    pub table: Table,
    pub renames: Vec<(Name, Name)>,
    pub dropped: Vec<Name>,
    /// The columns that the table had, without those dropped: new ones go after the last of them.
    pub old: Vec<Name>,
    /// Those of them whose values are copied.
    pub copied: Vec<Name>,
    /// New columns with `unique=True` (first) or `index=True`.
    pub flagged: Vec<(Name, bool, Vec<Index>)>,
    pub new_indexes: Vec<Index>,
}

impl Draft {
    /// `unique=True` and `index=True` of a new column work twice: Alembic adds the constraint or index, and the column
    /// still has the flag when the temporary table is made. What the table is made with comes before what is given to it
    /// by name, and that before what has none.
    pub fn twins(&mut self) {
        let place = self.table.place;
        let (named, unnamed): (Vec<Unique>, Vec<Unique>) = std::mem::take(&mut self.table.uniques)
            .into_iter()
            .partition(|unique| unique.name.known().is_some_and(Option::is_some));
        for (column, unique, indexes) in &self.flagged {
            if *unique {
                let twin = Unique::new(vec![*column], place);
                self.table.uniques.push(Unique { name_is_final: true, ..twin });
            }
            for index in indexes {
                let table: String =
                    format!("_alembic_tmp_{}", self.table.name.name).chars().take(50).collect();
                let mut twin = index.clone();
                twin.name = Fact::Known(Some(fact::name(&format!("ix_{table}_{column}"))));
                twin.name_is_final = true;
                self.table.indexes.push(twin);
            }
        }
        self.table.uniques.extend(named.into_iter().chain(unnamed));
    }
}

impl Engine<'_> {
    pub fn draft_step(&mut self, draft: &mut Draft, written: TableName, operation: &Operation) {
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
                    draft.old.retain(|other| other != column);
                    draft.copied.retain(|other| other != column);
                    draft.flagged.retain(|(other, ..)| other != column);
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
        // A new column goes after the last old one, and cannot if it is one of those before. Otherwise a column of that
        // name is silently replaced, and its values with it.
        let before_last = draft.old.iter().rev().skip(1).any(|other| *other == column.name);
        if before_last {
            let table = Some(written);
            self.fail(Failure::AlreadyExists { kind: Existing::Column, table, name: column.name });
        }
        draft.table.columns.retain(|other| other.name != column.name);
        draft.copied.retain(|other| *other != column.name);
        draft.dropped.retain(|other| *other != column.name);
        draft.flagged.retain(|(other, ..)| *other != column.name);
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
        let unique = constraints.iter().any(|constraint| matches!(constraint, Constraint::Unique(_)));
        draft.flagged.push((column.name, unique, indexes.to_vec()));
    }

    fn draft_alter(&mut self, draft: &mut Draft, written: TableName, column: Name, change: &ColumnChange) {
        if let (Some(Fact::Known(old)), Some(_)) = (&change.existing_ty, &change.ty) {
            self.draft_drop_type_check(draft, written, column, old);
        }
        if !self.draft_has(draft, written, column) {
            return;
        }
        let added = !draft.copied.contains(&column);
        let Some(place) = draft.table.columns.iter_mut().find(|known| known.name == column) else { return };
        if let (true, Fact::Known(old), Some(Fact::Known(new))) = (added, &place.ty, &change.ty)
            && affinity(old) != affinity(new)
            && affinity(new) != Affinity::Json
        {
            // There are no values yet that could be cast.
            let what = "change of the type of a column that the same block adds";
            self.failures
                .push(Failed { failure: Failure::Unsupported { table: written, what }, place: self.place });
        }
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
