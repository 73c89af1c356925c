//! Operations in a few words.

use fact::Fact;
use schema::operation::DataKind;
use schema::table::ObjectKind;
use schema::{ConstraintKind, Operation, TableName, Touched};
use std::fmt::Display;

/// The directive and what it is about, as in `add_column tasks.priority`.
pub fn describe(operation: &Operation) -> String {
    match operation {
        Operation::CreateTable { table, .. } => format!("create_table {}", table.name),
        Operation::DropTable { table, .. } => format!("drop_table {table}"),
        Operation::RenameTable { from, to } => format!("rename_table {from} to {to}"),
        Operation::AddColumn { table, column, .. } => format!("add_column {table}.{}", column.name),
        Operation::DropColumn { table, column, .. } => format!("drop_column {table}.{column}"),
        Operation::AlterColumn { table, column, .. } => format!("alter_column {table}.{column}"),
        Operation::AddConstraint { table, constraint, .. } => {
            named(create(constraint.kind()), constraint.name(), table)
        }
        Operation::DropConstraint { table, name, .. } => named("drop_constraint", name, table),
        Operation::RenameConstraint { table, from, to } => {
            format!("rename constraint {from} to {to} on {table}")
        }
        Operation::CreateIndex { table, index, .. } => named("create_index", &index.name, table),
        Operation::DropIndex { table, name, .. } => {
            let on = table.map(|table| format!(" on {table}")).unwrap_or_default();
            format!("drop_index {}{on}", told(name))
        }
        Operation::RenameIndex { from, to, .. } => format!("rename index {from} to {to}"),
        Operation::SetTableComment { table, comment: Some(_), .. } => format!("create_table_comment {table}"),
        Operation::SetTableComment { table, comment: None, .. } => format!("drop_table_comment {table}"),
        Operation::Batch { table, .. } => format!("batch_alter_table {table}"),
        Operation::CreateEnum { name, .. } => format!("create type {name}"),
        Operation::DropEnum { name, .. } => format!("drop type {name}"),
        Operation::AddEnumLabel { name, label, .. } => format!("add value {} to type {name}", told(label)),
        Operation::RenameEnumLabel { name, from, to } => {
            format!("rename value {from} to {to} of type {name}")
        }
        Operation::RenameEnum { from, to } => format!("rename type {from} to {to}"),
        Operation::CreateSequence { name, .. } => format!("create sequence {name}"),
        Operation::DropSequence { name, .. } => format!("drop sequence {name}"),
        Operation::CreateObject { kind, name } => format!("create {} {name}", object(*kind)),
        Operation::DropObject { kind, name } => format!("drop {} {name}", object(*kind)),
        Operation::Data(change) => {
            let verb = match change.kind {
                DataKind::Insert => "insert into",
                DataKind::Update => "update",
                DataKind::Delete => "delete from",
                DataKind::Truncate => "truncate",
            };
            let table = change.table.map_or_else(|| "?".to_owned(), |table| table.to_string());
            format!("{verb} {table}")
        }
        Operation::Nothing { what } => format!("execute {what}"),
        Operation::Opaque { touches: Touched::Tables(tables), .. } if !tables.is_empty() => {
            let tables: Vec<String> = tables.iter().map(TableName::to_string).collect();
            format!("unknown change of {}", tables.join(", "))
        }
        Operation::Opaque { .. } => "unknown change".to_owned(),
        Operation::Either { .. } => "undecided branch".to_owned(),
    }
}

/// The tables that an operation speaks of, the one that it changes first.
pub fn tables(operation: &Operation) -> Vec<TableName> {
    let mut out = Vec::new();
    collect(operation, &mut out);
    let mut seen = Vec::new();
    out.retain(|table| {
        !seen.contains(table) && {
            seen.push(*table);
            true
        }
    });
    out
}

fn collect(operation: &Operation, out: &mut Vec<TableName>) {
    match operation {
        Operation::CreateTable { table, .. } => {
            out.push(table.name);
            out.extend(table.foreign_keys.iter().map(|key| key.ref_table));
        }
        Operation::AddColumn { table, constraints, .. } => {
            out.push(*table);
            out.extend(constraints.iter().filter_map(referenced));
        }
        Operation::AddConstraint { table, constraint, .. } => {
            out.push(*table);
            out.extend(referenced(constraint));
        }
        Operation::RenameTable { from, to } => out.extend([*from, *to]),
        Operation::DropTable { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::RenameConstraint { table, .. }
        | Operation::CreateIndex { table, .. }
        | Operation::SetTableComment { table, .. } => out.push(*table),
        Operation::DropIndex { table, .. } | Operation::RenameIndex { table, .. } => out.extend(*table),
        Operation::Data(change) => out.extend(change.table),
        Operation::Opaque { touches: Touched::Tables(tables), .. } => out.extend(tables),
        Operation::Batch { table, .. } => out.push(*table),
        _ => {}
    }
}

fn referenced(constraint: &schema::Constraint) -> Option<TableName> {
    match constraint {
        schema::Constraint::ForeignKey(key) => Some(key.ref_table),
        _ => None,
    }
}

fn create(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey => "create_primary_key",
        ConstraintKind::Unique => "create_unique_constraint",
        ConstraintKind::ForeignKey => "create_foreign_key",
        ConstraintKind::Check => "create_check_constraint",
        ConstraintKind::Exclude => "create_exclude_constraint",
    }
}

fn object(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::View => "view",
        ObjectKind::MaterializedView => "materialized view",
        ObjectKind::Function => "function",
        ObjectKind::Trigger => "trigger",
        ObjectKind::Extension => "extension",
        ObjectKind::Schema => "schema",
        ObjectKind::Domain => "domain",
        ObjectKind::Policy => "policy",
        ObjectKind::Other => "object",
    }
}

fn named(directive: &str, name: &Fact<Option<fact::Name>>, table: &TableName) -> String {
    match name {
        Fact::Known(Some(name)) => format!("{directive} {name} on {table}"),
        Fact::Known(None) => format!("{directive} on {table}"),
        Fact::Unknown(_) => format!("{directive} ? on {table}"),
    }
}

fn told<T: Display>(fact: &Fact<T>) -> String {
    fact.known().map_or_else(|| "?".to_owned(), T::to_string)
}
