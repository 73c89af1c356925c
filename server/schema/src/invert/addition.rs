//! What is missing: tables, columns and their attributes, keys and indexes, foreign keys last.

use super::transition::{Transition, missing, refers, same_index, surplus};
use super::{Why, alter, declared};
use crate::apply::apply;
use crate::dialect::reported;
use crate::operation::{ColumnChange, Operation, Written};
use crate::{Column, Constraint, ConstraintKind, ForeignKey, Index, Kind, Schema, Table};
use fact::Fact;
use std::sync::Arc;

impl Transition<'_> {
    /// Referenced tables first; a foreign key to a table that is still to come is added later.
    pub fn new_tables(&mut self, to: &Schema) -> Result<(), Why> {
        let mut waiting: Vec<Arc<Table>> = missing(to, &self.state);
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|table| !refers(table, &waiting)).unwrap_or(0);
            let wanted = waiting.remove(ready);
            if let Some(unknown) = &wanted.open {
                return Err(Why::Unknown(unknown.clone()));
            }
            let mut table = declared::table(&wanted);
            table.foreign_keys.retain(|key| {
                let later = waiting.iter().any(|other| other.name == key.ref_table);
                !later && (key.ref_table != wanted.name || points_at_key(key, &wanted))
            });
            let table = Arc::new(table);
            self.push(Operation::CreateTable { table, if_not_exists: false });
        }
        Ok(())
    }

    /// Columns, their attributes, keys and indexes that are missing.
    pub fn bring_back(&mut self, new: &Table) -> Result<(), Why> {
        let Some(now) = self.state.tables.get(&new.name).cloned() else { return Ok(()) };
        if Table::clone(&now) == *new {
            return Ok(());
        }
        self.columns(new)?;
        // What the server does of its own accord to a new column is set right in a second round.
        self.columns(new)?;
        let alters = self.absent(new, |constraint| constraint.kind() != ConstraintKind::ForeignKey);
        self.push_alters(new.name, alters);
        if let Some(now) = self.state.tables.get(&new.name).cloned()
            && now.comment != new.comment
        {
            self.push(Operation::SetTableComment {
                table: new.name,
                comment: new.comment.clone(),
                existing: now.comment.clone(),
            });
        }
        self.indexes(new, |index| !index.server_made);
        Ok(())
    }

    /// Adds and changes columns until each is as it should be.
    pub fn columns(&mut self, new: &Table) -> Result<(), Why> {
        let Some(now) = self.state.tables.get(&new.name).cloned() else { return Ok(()) };
        let mut alters = Vec::new();
        for column in &new.columns {
            match now.column(&column.name) {
                None => alters.push(self.add_column(&now, new, column)?),
                Some(known) => alters.extend(self.alter(&now, known, column)?),
            }
        }
        self.push_alters(new.name, alters);
        Ok(())
    }

    pub fn foreign_keys(&mut self, new: &Table) {
        let alters = self.absent(new, |constraint| constraint.kind() == ConstraintKind::ForeignKey);
        self.push_alters(new.name, alters);
    }

    /// What the server made once and does not make now.
    pub fn leftover_indexes(&mut self, new: &Table) {
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
        let unknown = [
            change.ty.as_ref().and_then(Fact::unknown),
            change.nullable.as_ref().and_then(Fact::unknown),
            change.default.as_ref().and_then(Fact::unknown),
        ];
        if let Some(unknown) = unknown.into_iter().flatten().next() {
            return Err(Why::Unknown(unknown.clone()));
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
                change.default = Some(to.default.clone());
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

    /// Additions of the constraints that the table does not have yet.
    fn absent(&self, new: &Table, wanted: impl Fn(&Constraint) -> bool) -> Vec<Operation> {
        let Some(now) = self.state.tables.get(&new.name) else { return Vec::new() };
        let mut have = declared::constraints(now);
        for constraint in &mut have {
            if let (Constraint::PrimaryKey(own), Some(key)) = (constraint, &new.primary_key)
                && own.columns == key.columns
            {
                // Under whatever name it is the one.
                *own = declared::primary_key(key);
            }
        }
        let want: Vec<Constraint> = declared::constraints(new).into_iter().filter(wanted).collect();
        let missing = surplus(&want, &have).into_iter().cloned();
        missing
            .map(|constraint| Operation::AddConstraint { table: new.name, constraint, if_not_exists: false })
            .collect()
    }
}

/// Does the foreign key of a table to itself point at a key that comes with the table? An index comes after it.
fn points_at_key(key: &ForeignKey, table: &Table) -> bool {
    table.primary_key.as_ref().is_some_and(|primary| primary.columns == key.ref_columns)
        || table.uniques.iter().any(|unique| unique.columns == key.ref_columns)
}
