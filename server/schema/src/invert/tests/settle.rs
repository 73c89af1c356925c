//! Random operations put on firm ground: they name what is there, as most operations of a real history do.

use crate::constraint::ConstraintName;
use crate::operation::Operation;
use crate::testing::plain;
use crate::{Constraint, ForeignKey, IndexItem, Schema, Table, TableName, Type};
use fact::{Fact, Name};
use std::sync::Arc;

/// The operation with names that exist in the schema instead of those that do not.
pub(super) fn settle(mut operation: Operation, schema: &Schema) -> Operation {
    match &mut operation {
        Operation::CreateTable { table, .. } => settle_table(Arc::make_mut(table), schema),
        Operation::DropTable { table, .. } => *table = existing(*table, schema),
        Operation::SetTableComment { table, .. } => *table = existing(*table, schema),
        Operation::RenameTable { from, to } => {
            *from = existing(*from, schema);
            *to = fresh(*to, schema);
        }
        Operation::Batch { table, steps, .. } => {
            *table = existing(*table, schema);
            for step in steps {
                settle_alteration(&mut step.operation, Some(*table), schema);
            }
        }
        other => settle_alteration(other, None, schema),
    }
    operation
}

fn settle_alteration(operation: &mut Operation, within: Option<TableName>, schema: &Schema) {
    let (Operation::AddColumn { table, .. }
    | Operation::DropColumn { table, .. }
    | Operation::AlterColumn { table, .. }
    | Operation::AddConstraint { table, .. }
    | Operation::DropConstraint { table, .. }
    | Operation::CreateIndex { table, .. }
    | Operation::DropIndex { table: Some(table), .. }) = operation
    else {
        return;
    };
    *table = within.unwrap_or(existing(*table, schema));
    let Some(known) = schema.table(table).cloned() else { return };
    match operation {
        Operation::AddColumn { column, constraints, indexes, .. } => {
            let own = Arc::make_mut(column);
            while known.column(&own.name).is_some() {
                own.name = fact::name(&format!("{}{}", own.name, own.name));
            }
            check_of(&mut own.ty, own.name, "ck");
            let mut wider = Table::clone(&known);
            wider.columns.push(column.clone());
            constraints.retain_mut(|constraint| settle_constraint(constraint, &wider, schema));
            for index in indexes {
                settle_items(&mut index.items, &wider);
            }
        }
        Operation::DropColumn { column, .. } => *column = column_of(*column, &known),
        Operation::AlterColumn { column, change, .. } => {
            *column = column_of(*column, &known);
            let own = known.column(column);
            change.existing_ty = own.map(|column| column.ty.clone());
            if let Some(ty) = &mut change.ty {
                check_of(ty, *column, "new");
            }
        }
        Operation::AddConstraint { constraint, .. } => {
            settle_constraint(constraint, &known, schema);
        }
        Operation::DropConstraint { name, kind, name_is_final, .. } => {
            let all: Vec<_> = known
                .constraint_names()
                .filter_map(|(kind, name)| Some((kind, name.known().copied().flatten()?)))
                .collect();
            if let Some((found, picked)) = picked(name.known().copied().flatten(), &all) {
                (*name, *kind, *name_is_final) = (Fact::Known(Some(picked)), Some(found), true);
            }
        }
        Operation::CreateIndex { index, .. } => settle_items(&mut index.items, &known),
        Operation::DropIndex { name, .. } => {
            let all: Vec<Name> =
                known.indexes.iter().filter_map(|index| index.name.known().copied().flatten()).collect();
            if let Some(picked) = picked(name.known().copied(), &all) {
                *name = Fact::Known(picked);
            }
        }
        _ => {}
    }
}

fn settle_table(table: &mut Table, schema: &Schema) {
    table.name = fresh(table.name, schema);
    let mut seen: Vec<Name> = Vec::new();
    table.columns.retain(|column| {
        !seen.contains(&column.name) && {
            seen.push(column.name);
            true
        }
    });
    for column in &mut table.columns {
        let name = column.name;
        check_of(&mut Arc::make_mut(column).ty, name, "ck");
    }
    let known = table.clone();
    let mut used = Vec::new();
    for unique in &mut table.uniques {
        settle_columns(&mut unique.columns, &known);
        distinct(&mut unique.name, &mut used);
    }
    for key in &mut table.foreign_keys {
        distinct(&mut key.name, &mut used);
    }
    for check in &mut table.checks {
        distinct(&mut check.name, &mut used);
    }
    if let Some(key) = &mut table.primary_key {
        settle_columns(&mut key.columns, &known);
        distinct(&mut key.name, &mut used);
    }
    table.foreign_keys.retain_mut(|key| settle_reference(key, &known, schema));
    for check in &mut table.checks {
        let column = column_of(fact::name("a"), &known);
        check.sql = Fact::Known(format!("{column} IS NOT NULL").into());
    }
    for index in &mut table.indexes {
        settle_items(&mut index.items, &known);
    }
}

/// The CHECK of a type gets a name of its column's own.
fn check_of(ty: &mut Fact<Type>, column: Name, prefix: &str) {
    let name = Some(fact::name(&format!("{prefix}_{column}")));
    match ty {
        Fact::Known(Type::Boolean { constraint }) => constraint.name = name,
        Fact::Known(Type::Enum(ty)) => ty.constraint.name = name,
        _ => {}
    }
}

/// SQLite lets two constraints have one name, but no operation can tell them apart.
fn distinct(name: &mut ConstraintName, used: &mut Vec<ConstraintName>) {
    if name.known().is_some_and(Option::is_some) {
        if used.contains(name) {
            *name = Fact::Known(None);
        }
        used.push(name.clone());
    }
}

fn settle_constraint(constraint: &mut Constraint, table: &Table, schema: &Schema) -> bool {
    let mut used: Vec<ConstraintName> = table.constraint_names().map(|(_, name)| name.clone()).collect();
    match constraint {
        Constraint::PrimaryKey(key) => distinct(&mut key.name, &mut used),
        Constraint::Unique(unique) => distinct(&mut unique.name, &mut used),
        Constraint::ForeignKey(key) => distinct(&mut key.name, &mut used),
        Constraint::Check(check) => distinct(&mut check.name, &mut used),
        Constraint::Exclude(_) => {}
    }
    match constraint {
        Constraint::PrimaryKey(key) => settle_columns(&mut key.columns, table),
        Constraint::Unique(unique) => settle_columns(&mut unique.columns, table),
        Constraint::ForeignKey(key) => return settle_reference(key, table, schema),
        Constraint::Check(check) => {
            let column = column_of(fact::name("b"), table);
            check.sql = Fact::Known(format!("{column} IS NOT NULL").into());
        }
        Constraint::Exclude(_) => {}
    }
    true
}

fn settle_reference(key: &mut ForeignKey, table: &Table, schema: &Schema) -> bool {
    settle_columns(&mut key.columns, table);
    key.ref_table = existing(key.ref_table, schema);
    let target = schema.table(&key.ref_table).and_then(|target| target.primary_key.clone());
    match target {
        Some(target) if target.columns.len() == key.columns.len() => {
            key.ref_columns = target.columns;
            true
        }
        _ => false,
    }
}

fn settle_items(items: &mut [IndexItem], table: &Table) {
    for item in items {
        if let IndexItem::Column(name) = item {
            *name = column_of(*name, table);
        }
    }
}

fn settle_columns(columns: &mut Vec<Name>, table: &Table) {
    for column in columns.iter_mut() {
        *column = column_of(*column, table);
    }
    columns.dedup();
}

fn column_of(wanted: Name, table: &Table) -> Name {
    if table.column(&wanted).is_some() {
        return wanted;
    }
    let at = usize::from(wanted.bytes().next().unwrap_or_default()) % table.columns.len().max(1);
    table.columns.get(at).map_or(wanted, |column| column.name)
}

fn existing(wanted: TableName, schema: &Schema) -> TableName {
    if schema.tables.contains_key(&wanted) {
        return wanted;
    }
    schema.tables.keys().next().copied().unwrap_or(wanted)
}

fn fresh(wanted: TableName, schema: &Schema) -> TableName {
    let mut name = wanted;
    while schema.tables.contains_key(&name) {
        name = plain(&format!("{}{}", name.name, wanted.name));
    }
    name
}

fn picked<T: Clone>(name: Option<Name>, names: &[T]) -> Option<T> {
    let number: usize = name?.strip_prefix('#')?.parse().ok()?;
    names.get(number % names.len().max(1)).cloned()
}
