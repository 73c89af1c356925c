//! From one schema to another, each operation tried on the way.

use super::{Why, alter, declared};
use crate::apply::{Context, Failed, apply};
use crate::constraint::ConstraintName;
use crate::dialect::{Change, reported};
use crate::operation::{BatchOptions, ColumnChange, Operation, Step, Written};
use crate::{Column, Constraint, ConstraintKind, Index, Kind, Schema, Table, TableName};
use fact::{Fact, Name, Place, Reason, Unknown};
use std::sync::Arc;

/// The operations so far and the schema that they have led to.
pub(super) struct Transition<'a> {
    pub state: Schema,
    pub out: Vec<Operation>,
    pub failures: Vec<Failed>,
    context: &'a Context,
    place: Place,
    /// Alterations come in batch blocks although the dialect does not ask for them.
    batched: bool,
}

impl<'a> Transition<'a> {
    pub fn new(state: Schema, context: &'a Context, place: Place, batched: bool) -> Transition<'a> {
        Transition { state, out: Vec::new(), failures: Vec::new(), context, place, batched }
    }

    pub fn kind(&self) -> Option<Kind> {
        self.context.kind()
    }

    pub fn push(&mut self, operation: Operation) {
        let step = self.step(operation, Written::Op);
        self.failures.extend(apply(&mut self.state, &step, self.context).failures);
        self.out.push(step.operation);
    }

    /// Alterations of one table, in a batch block where one is needed.
    pub fn push_alters(&mut self, table: TableName, operations: Vec<Operation>) {
        if operations.is_empty() {
            return;
        }
        let sqlite = self.kind() == Some(Kind::Sqlite) && operations.iter().any(needs_batch);
        if !(sqlite || self.batched) {
            operations.into_iter().for_each(|operation| self.push(operation));
            return;
        }
        let mut options = BatchOptions::default();
        let mut steps = Vec::new();
        for operation in operations {
            match operation {
                // In a block that rebuilds the table a constraint must have a name, but for those given to the table.
                Operation::AddConstraint { constraint, .. }
                    if sqlite && *constraint.name() == Fact::Known(None) =>
                {
                    options.table_args.push(constraint);
                }
                other => steps.push(self.step(other, Written::Batch)),
            }
        }
        if steps.is_empty() {
            options.recreate = crate::operation::Recreate::Always;
        }
        self.push(Operation::Batch { table, options, steps });
    }

    /// Leads to `to`. Foreign keys go before columns, indexes before columns and tables, and come back after them.
    pub fn reach(&mut self, to: &Schema) -> Result<(), Why> {
        self.check_labels(to)?;
        let from = self.state.clone();
        let gone: Vec<Arc<Table>> = missing(&from, to);
        self.break_cycles(&gone)?;
        for (name, old) in &from.tables {
            if let Some(new) = to.tables.get(name).filter(|new| !Arc::ptr_eq(old, new)) {
                self.drop_foreign_keys(old, new)?;
            }
        }
        for (name, old) in &from.tables {
            if let Some(new) = to.tables.get(name).filter(|new| !Arc::ptr_eq(old, new)) {
                self.take_away(old, new)?;
            }
        }
        for table in &gone {
            self.push(Operation::DropTable { table: table.name, if_exists: false, cascade: false });
        }
        self.objects(&from, to);
        self.new_tables(to)?;
        for new in to.tables.values() {
            self.bring_back(new)?;
        }
        for new in to.tables.values() {
            self.foreign_keys(new);
        }
        for new in to.tables.values() {
            self.leftover_indexes(new);
        }
        Ok(())
    }

    fn step(&self, operation: Operation, written: Written) -> Step {
        Step { operation, place: self.place, call_site: None, written, autocommit: false }
    }

    /// PostgreSQL adds labels and renames them, but takes none away.
    fn check_labels(&self, to: &Schema) -> Result<(), Why> {
        for (name, old) in &self.state.enums {
            if let Some(new) = to.enums.get(name)
                && old.labels != new.labels
            {
                return Err(Why::Impossible("PostgreSQL cannot take a label out of an enum type"));
            }
        }
        Ok(())
    }

    /// Foreign keys that point at a table which is dropped before their own.
    fn break_cycles(&mut self, gone: &[Arc<Table>]) -> Result<(), Why> {
        if self.kind() == Some(Kind::Sqlite) {
            return Ok(());
        }
        for (at, table) in gone.iter().enumerate() {
            let later = gone.iter().skip(at + 1).filter(|other| other.name != table.name);
            for other in
                later.filter(|other| other.foreign_keys.iter().any(|key| key.ref_table == table.name))
            {
                let mut without = Table::clone(other);
                without.foreign_keys.retain(|key| key.ref_table != table.name);
                self.drop_foreign_keys(other, &without)?;
            }
        }
        Ok(())
    }

    fn drop_foreign_keys(&mut self, old: &Table, new: &Table) -> Result<(), Why> {
        let mut alters = Vec::new();
        for key in old.foreign_keys.iter().filter(|key| !new.foreign_keys.contains(key)) {
            alters.push(self.drop_named(old, &key.name, ConstraintKind::ForeignKey)?);
        }
        self.push_alters(old.name, alters);
        Ok(())
    }

    /// Indexes, constraints and columns that are not to stay.
    fn take_away(&mut self, old: &Table, new: &Table) -> Result<(), Why> {
        let Some(now) = self.state.tables.get(&old.name).cloned() else { return Ok(()) };
        for index in now.indexes.iter().filter(|index| !new.indexes.contains(index)) {
            // Its name may be needed by a foreign key's index, and that of such an index is not to be dropped.
            if new.indexes.iter().any(|other| same_index(index, other)) {
                continue;
            }
            match &index.name {
                Fact::Known(Some(name)) => {
                    let (table, name) = (Some(now.name), Fact::Known(*name));
                    let drop = Operation::DropIndex { table, name, if_exists: false, concurrently: false };
                    self.push_alters(now.name, vec![drop]);
                }
                Fact::Known(None) => return Err(unnamed()),
                Fact::Unknown(unknown) => return Err(Why::Unknown(unknown.clone())),
            }
        }
        let mut alters = Vec::new();
        let lost = |column: &Name| new.column(column).is_none();
        for check in now.checks.iter().filter(|check| !new.checks.contains(check)) {
            let own = check.of_type.is_some_and(|column| lost(&column));
            if !(own && self.kind() == Some(Kind::Sqlite)) {
                alters.push(self.drop_named(&now, &check.name, ConstraintKind::Check)?);
            }
        }
        for unique in now.uniques.iter().filter(|unique| !new.uniques.contains(unique)) {
            alters.push(self.drop_named(&now, &unique.name, ConstraintKind::Unique)?);
        }
        for exclude in now.excludes.iter().filter(|exclude| !new.excludes.contains(exclude)) {
            alters.push(self.drop_named(&now, &exclude.name, ConstraintKind::Exclude)?);
        }
        if let Some(key) = &now.primary_key
            && new.primary_key.as_ref() != Some(key)
            && !key.columns.iter().all(lost)
        {
            alters.push(self.drop_named(&now, &key.name, ConstraintKind::PrimaryKey)?);
        }
        for column in now.columns.iter().filter(|column| lost(&column.name)) {
            let (table, column) = (now.name, column.name);
            alters.push(Operation::DropColumn { table, column, if_exists: false, cascade: false });
        }
        self.push_alters(now.name, alters);
        Ok(())
    }

    fn objects(&mut self, from: &Schema, to: &Schema) {
        for name in from.enums.keys().filter(|name| !to.enums.contains_key(*name)) {
            self.push(Operation::DropEnum { name: *name, check_first: false });
        }
        for name in from.sequences.keys().filter(|name| !to.sequences.contains_key(*name)) {
            self.push(Operation::DropSequence { name: *name, if_exists: false });
        }
        for (kind, name) in from.others.keys().filter(|key| !to.others.contains_key(*key)) {
            self.push(Operation::DropObject { kind: *kind, name: *name });
        }
        for (kind, name) in to.others.keys().filter(|key| !from.others.contains_key(*key)) {
            self.push(Operation::CreateObject { kind: *kind, name: *name });
        }
        for (name, ty) in to.enums.iter().filter(|(name, _)| !from.enums.contains_key(*name)) {
            self.push(Operation::CreateEnum { name: *name, labels: ty.labels.clone(), check_first: false });
        }
        for name in to.sequences.keys().filter(|name| !from.sequences.contains_key(*name)) {
            self.push(Operation::CreateSequence { name: *name, if_not_exists: false });
        }
    }

    /// Referenced tables first; a foreign key to a table that is still to come is added later.
    fn new_tables(&mut self, to: &Schema) -> Result<(), Why> {
        let mut waiting: Vec<Arc<Table>> = missing(to, &self.state);
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|table| !refers(table, &waiting)).unwrap_or(0);
            let wanted = waiting.remove(ready);
            if let Some(unknown) = &wanted.open {
                return Err(Why::Unknown(unknown.clone()));
            }
            let mut table = declared::table(&wanted);
            table.foreign_keys.retain(|key| !waiting.iter().any(|other| other.name == key.ref_table));
            let table = Arc::new(table);
            self.push(Operation::CreateTable { table, if_not_exists: false });
        }
        Ok(())
    }

    /// Columns, their attributes, keys and indexes that are missing.
    fn bring_back(&mut self, new: &Table) -> Result<(), Why> {
        let Some(now) = self.state.tables.get(&new.name).cloned() else { return Ok(()) };
        if Table::clone(&now) == *new {
            return Ok(());
        }
        let mut alters = Vec::new();
        for column in &new.columns {
            match now.column(&column.name) {
                None => alters.push(self.add_column(&now, new, column)?),
                Some(known) => alters.extend(self.alter(&now, known, column)?),
            }
        }
        self.push_alters(new.name, alters);
        let keys = declared::constraints(new);
        let mut alters = Vec::new();
        for constraint in keys.into_iter().filter(|c| c.kind() != ConstraintKind::ForeignKey) {
            if !self.has(new.name, &constraint) {
                alters.push(Operation::AddConstraint { table: new.name, constraint });
            }
        }
        self.push_alters(new.name, alters);
        if let Some(now) = self.state.tables.get(&new.name).cloned()
            && now.comment != new.comment
        {
            self.push(Operation::SetTableComment { table: new.name, comment: new.comment.clone() });
        }
        self.indexes(new, |index| !index.server_made);
        Ok(())
    }

    fn foreign_keys(&mut self, new: &Table) {
        let mut alters = Vec::new();
        for key in &new.foreign_keys {
            let constraint = Constraint::ForeignKey(declared::foreign_key(key));
            if !self.has(new.name, &constraint) {
                alters.push(Operation::AddConstraint { table: new.name, constraint });
            }
        }
        self.push_alters(new.name, alters);
    }

    /// What the server made once and does not make now.
    fn leftover_indexes(&mut self, new: &Table) {
        self.indexes(new, |_| true);
    }

    fn indexes(&mut self, new: &Table, wanted: impl Fn(&Index) -> bool) {
        for index in new.indexes.iter().filter(|index| wanted(index)) {
            let now = self.state.tables.get(&new.name);
            if now.is_some_and(|now| now.indexes.iter().any(|other| same_index(other, index))) {
                continue;
            }
            let create = Operation::CreateIndex {
                table: new.name,
                index: Box::new(declared::index(index)),
                if_not_exists: false,
            };
            self.push_alters(new.name, vec![create]);
        }
    }

    fn add_column(&self, now: &Table, new: &Table, column: &Column) -> Result<Operation, Why> {
        if let Fact::Unknown(unknown) = &column.ty {
            return Err(Why::Unknown(unknown.clone()));
        }
        let mysql = self.kind().is_some_and(Kind::is_mysql_like);
        let alone = new.primary_key.as_ref().is_some_and(|key| key.columns == [column.name]);
        Ok(Operation::AddColumn {
            table: new.name,
            column: Arc::new(declared::column(column)),
            constraints: Vec::new(),
            indexes: Vec::new(),
            if_not_exists: false,
            // MySQL wants a column that counts up to be a key from the start.
            primary_key: mysql && alone && now.primary_key.is_none(),
            inline_references: false,
        })
    }

    fn alter(&self, table: &Table, from: &Column, to: &Column) -> Result<Vec<Operation>, Why> {
        let Some(mut change) = alter::change(from, to, self.kind()) else { return Ok(Vec::new()) };
        for fact in [
            change.ty.as_ref().and_then(Fact::unknown),
            change.nullable.as_ref().and_then(Fact::unknown),
            change.default.as_ref().and_then(Fact::unknown),
        ] {
            if let Some(unknown) = fact {
                return Err(Why::Unknown(unknown.clone()));
            }
        }
        let mut out = Vec::new();
        let make = |change: ColumnChange| Operation::AlterColumn {
            table: table.name,
            column: from.name,
            change: Box::new(change),
        };
        if self.kind() == Some(Kind::Postgresql)
            && change.ty.is_some()
            && !self.converts(table, from, &change)
        {
            if from.default != Fact::Known(None) {
                let drop = ColumnChange { default: Some(Fact::Known(None)), ..ColumnChange::default() };
                out.push(make(drop));
                change.default = Some(declared::column(to).default);
            }
            if let Some(Fact::Known(ty)) = &change.ty
                && let Fact::Known(text) = reported(ty, self.context.dialect)
            {
                let column = Kind::Postgresql.rules().quote(&from.name);
                change.using = Some(format!("{column}::{text}").into());
            }
        }
        out.push(make(change));
        Ok(out)
    }

    /// Does PostgreSQL convert values and default by itself?
    fn converts(&self, table: &Table, from: &Column, change: &ColumnChange) -> bool {
        let mut schema = self.state.clone();
        let change = ColumnChange { ty: change.ty.clone(), ..ColumnChange::default() };
        let operation =
            Operation::AlterColumn { table: table.name, column: from.name, change: Box::new(change) };
        apply(&mut schema, &self.step(operation, Written::Op), self.context).failures.is_empty()
    }

    fn drop_named(
        &self,
        table: &Table,
        name: &ConstraintName,
        kind: ConstraintKind,
    ) -> Result<Operation, Why> {
        match name {
            Fact::Unknown(unknown) => return Err(Why::Unknown(unknown.clone())),
            Fact::Known(None) => return Err(unnamed()),
            Fact::Known(Some(_)) => {}
        }
        Ok(Operation::DropConstraint {
            table: table.name,
            name: name.clone(),
            kind: Some(kind),
            if_exists: false,
            cascade: false,
            name_is_final: true,
        })
    }

    fn has(&self, table: TableName, constraint: &Constraint) -> bool {
        let Some(table) = self.state.tables.get(&table) else { return false };
        match constraint {
            Constraint::PrimaryKey(key) => {
                table.primary_key.as_ref().is_some_and(|own| own.columns == key.columns)
            }
            Constraint::Unique(unique) => table.uniques.iter().any(|own| declared::unique(own) == *unique),
            Constraint::ForeignKey(key) => {
                table.foreign_keys.iter().any(|own| declared::foreign_key(own) == *key)
            }
            Constraint::Check(check) => table.checks.iter().any(|own| declared::check(own) == *check),
            Constraint::Exclude(exclude) => table.excludes.contains(exclude),
        }
    }
}

fn needs_batch(operation: &Operation) -> bool {
    let rules = Kind::Sqlite.rules();
    match operation {
        Operation::AddConstraint { .. } | Operation::DropConstraint { .. } => {
            !rules.alters(Change::Constraint)
        }
        Operation::AlterColumn { change, .. } => {
            change.ty.is_some()
                || change.nullable.is_some()
                || change.default.is_some()
                || change.new_name.is_none()
        }
        // A column that a key or a CHECK uses is not dropped in place; in a block it always is.
        Operation::DropColumn { .. } => true,
        _ => false,
    }
}

/// The tables of `a` that `b` does not have, those that refer to others first.
fn missing(a: &Schema, b: &Schema) -> Vec<Arc<Table>> {
    let mut left: Vec<Arc<Table>> = a
        .tables
        .values()
        .filter(|table| !b.tables.contains_key(&table.name))
        .filter(|table| table.open.as_ref().is_none_or(|open| open.reason != Reason::Assumed))
        .cloned()
        .collect();
    let mut out = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|table| {
            !left.iter().any(|other| {
                other.name != table.name && other.foreign_keys.iter().any(|key| key.ref_table == table.name)
            })
        });
        out.push(left.remove(free.unwrap_or(0)));
    }
    out
}

/// Does the table have a foreign key to another one of these?
fn refers(table: &Table, others: &[Arc<Table>]) -> bool {
    table
        .foreign_keys
        .iter()
        .any(|key| key.ref_table != table.name && others.iter().any(|other| other.name == key.ref_table))
}

fn same_index(a: &Index, b: &Index) -> bool {
    declared::index(a) == declared::index(b)
}

fn unnamed() -> Why {
    Why::Unknown(Unknown::nowhere(Reason::ServerMade))
}
