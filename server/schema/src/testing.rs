//! Short ways to say schemas and operations in tests.

use crate::apply::{Context, apply, apply_all};
use crate::constraint::ConstraintName;
use crate::dialect::{Kind, reported_default, reported_type};
use crate::operation::{ColumnChange, Operation, Step, Written};
use crate::{
    Check, Column, Constraint, ConstraintKind, ForeignKey, Index, IndexItem, PrimaryKey, Schema,
    ServerDefault, Table, TableName, Type, Unique,
};
use fact::{Fact, FileId, Name, Place, name};
use std::sync::Arc;

pub const PG: Kind = Kind::Postgresql;
pub const MY: Kind = Kind::Mysql;
pub const MA: Kind = Kind::Mariadb;
pub const SL: Kind = Kind::Sqlite;
pub const MS: Kind = Kind::Mssql;

pub fn place() -> Place {
    Place::whole_file(FileId(0))
}

pub fn context(kind: Kind) -> Context {
    Context::new(Some(kind.into()))
}

pub fn step(operation: Operation, written: Written) -> Step {
    Step { operation, place: place(), call_site: None, written, autocommit: false }
}

pub fn op(operation: Operation) -> Step {
    step(operation, Written::Op)
}

/// The schema that SQL text makes.
#[track_caller]
pub fn schema(kind: Kind, sql: &str) -> Schema {
    let mut schema = Schema::default();
    for statement in crate::sql::read(sql, Some(kind), place()) {
        let outcome = apply(&mut schema, &step(statement.operation, Written::Sql), &context(kind));
        assert!(outcome.failures.is_empty(), "{sql}: {:?}", outcome.failures);
    }
    schema
}

pub fn names(columns: &str) -> Vec<Name> {
    columns.split_whitespace().map(name).collect()
}

pub fn plain(table: &str) -> TableName {
    match table.split_once('.') {
        Some((schema, table)) => TableName::new(Some(schema), table),
        None => TableName::plain(table),
    }
}

/// `some("x")` is named so, `some("")` is not named.
pub fn given(text: &str) -> ConstraintName {
    Fact::Known((!text.is_empty()).then(|| name(text)))
}

pub fn column(text: &str, ty: Type) -> Column {
    Column::new(name(text), Fact::Known(ty), place())
}

pub fn required(text: &str, ty: Type) -> Column {
    Column { nullable: Fact::Known(false), ..column(text, ty) }
}

pub fn with_default(column: Column, default: ServerDefault) -> Column {
    Column { default: Fact::Known(Some(default)), ..column }
}

pub fn primary_key(text: &str, columns: &str) -> Constraint {
    Constraint::PrimaryKey(PrimaryKey { name: given(text), ..PrimaryKey::new(names(columns), place()) })
}

pub fn unique(text: &str, columns: &str) -> Constraint {
    Constraint::Unique(Unique { name: given(text), ..Unique::new(names(columns), place()) })
}

pub fn foreign_key(text: &str, columns: &str, table: &str, referred: &str) -> Constraint {
    let key = ForeignKey::new(names(columns), plain(table), names(referred), place());
    Constraint::ForeignKey(ForeignKey { name: given(text), ..key })
}

pub fn check(text: &str, sql: &str) -> Constraint {
    Constraint::Check(Check { name: given(text), ..Check::new(Fact::Known(sql.into()), place()) })
}

pub fn index(text: &str, columns: &str) -> Index {
    let items = names(columns).into_iter().map(IndexItem::Column).collect();
    Index { name: given(text), ..Index::new(items, place()) }
}

pub fn create_table(
    text: &str,
    columns: &[Column],
    constraints: &[Constraint],
    indexes: &[Index],
) -> Operation {
    let mut table = Table::new(plain(text), place());
    table.columns = columns.iter().cloned().map(Arc::new).collect();
    for constraint in constraints {
        match constraint.clone() {
            Constraint::PrimaryKey(key) => table.primary_key = Some(key),
            Constraint::Unique(unique) => table.uniques.push(unique),
            Constraint::ForeignKey(key) => table.foreign_keys.push(key),
            Constraint::Check(check) => table.checks.push(check),
            Constraint::Exclude(exclude) => table.excludes.push(exclude),
        }
    }
    table.indexes = indexes.to_vec();
    Operation::CreateTable { table: Arc::new(table), if_not_exists: false }
}

pub fn drop_table(table: &str) -> Operation {
    Operation::DropTable { table: plain(table), if_exists: false, cascade: false }
}

pub fn rename_table(from: &str, to: &str) -> Operation {
    Operation::RenameTable { from: plain(from), to: plain(to) }
}

pub fn add_column(table: &str, column: Column, constraints: &[Constraint], indexes: &[Index]) -> Operation {
    Operation::AddColumn {
        table: plain(table),
        column: Arc::new(column),
        constraints: constraints.to_vec(),
        indexes: indexes.to_vec(),
        if_not_exists: false,
        primary_key: false,
        inline_references: false,
    }
}

pub fn drop_column(table: &str, column: &str) -> Operation {
    Operation::DropColumn { table: plain(table), column: name(column), if_exists: false, cascade: false }
}

pub fn alter(table: &str, column: &str, change: ColumnChange) -> Operation {
    Operation::AlterColumn { table: plain(table), column: name(column), change: Box::new(change) }
}

pub fn rename_column(table: &str, from: &str, to: &str, existing: Option<Type>) -> Operation {
    let change = ColumnChange {
        new_name: Some(Fact::Known(name(to))),
        existing_ty: existing.map(Fact::Known),
        ..ColumnChange::default()
    };
    alter(table, from, change)
}

pub fn set_type(ty: Type) -> ColumnChange {
    ColumnChange { ty: Some(Fact::Known(ty)), ..ColumnChange::default() }
}

pub fn set_nullable(nullable: bool) -> ColumnChange {
    ColumnChange { nullable: Some(Fact::Known(nullable)), ..ColumnChange::default() }
}

pub fn set_default(default: Option<ServerDefault>) -> ColumnChange {
    ColumnChange { default: Some(Fact::Known(default)), ..ColumnChange::default() }
}

pub fn add_constraint(table: &str, constraint: Constraint) -> Operation {
    Operation::AddConstraint { table: plain(table), constraint, if_not_exists: false }
}

pub fn drop_constraint(table: &str, text: &str, kind: Option<ConstraintKind>) -> Operation {
    Operation::DropConstraint {
        table: plain(table),
        name: given(text),
        kind,
        if_exists: false,
        cascade: false,
        name_is_final: false,
    }
}

pub fn create_index(table: &str, index: Index) -> Operation {
    Operation::CreateIndex { table: plain(table), index: Box::new(index), if_not_exists: false }
}

pub fn drop_index(table: Option<&str>, text: &str) -> Operation {
    Operation::DropIndex {
        table: table.map(plain),
        name: Fact::Known(name(text)),
        if_exists: false,
        concurrently: false,
        options: Vec::new(),
    }
}

pub fn batch(table: &str, operations: Vec<Operation>) -> Operation {
    let steps = operations.into_iter().map(|operation| step(operation, Written::Batch)).collect();
    Operation::Batch { table: plain(table), options: Default::default(), steps }
}

/// Applies operations without letting any of them fail.
#[track_caller]
pub fn after(kind: Kind, before: &Schema, operations: Vec<Operation>) -> Schema {
    let mut schema = before.clone();
    let steps: Vec<Step> = operations.into_iter().map(op).collect();
    let outcome = apply_all(&mut schema, &steps, &context(kind));
    let failures: Vec<String> = outcome.failures.iter().map(|failed| failed.failure.to_string()).collect();
    assert!(failures.is_empty(), "{failures:?}");
    schema
}

/// A schema in a few lines: `t: id integer!, a text = 'x' | pk t_pkey(id) | uq t_a_key(a) | ix i(a)`, where `!` is NOT
/// NULL, `?` unknown and `-` no name.
pub fn show(schema: &Schema, kind: Option<Kind>) -> String {
    let mut lines: Vec<String> = schema.tables.values().map(|table| show_table(table, kind)).collect();
    for (enum_name, ty) in &schema.enums {
        let labels = ty.labels.known().map_or("?".to_owned(), |labels| labels.join(" "));
        lines.push(format!("enum {enum_name}: {labels}"));
    }
    lines.extend(schema.maybe_tables.keys().map(|table| format!("maybe {table}")));
    lines.join("\n")
}

pub fn show_table(table: &Table, kind: Option<Kind>) -> String {
    let dialect = kind.map(Into::into);
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let ty = reported_type(column, dialect).known().map_or("?".to_owned(), |ty| ty.to_owned());
            let null = match column.nullable {
                Fact::Known(true) => "",
                Fact::Known(false) => "!",
                Fact::Unknown(_) => "?",
            };
            let default = match reported_default(column, dialect) {
                Fact::Known(None) => String::new(),
                Fact::Known(Some(text)) => format!(" = {text}"),
                Fact::Unknown(_) => " = ?".to_owned(),
            };
            format!("{} {ty}{null}{default}", column.name)
        })
        .collect();
    let mut parts = vec![format!("{}: {}", table.name, columns.join(", "))];
    let list = |columns: &[Name]| columns.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(" ");
    let shown = |name: &ConstraintName| match name {
        Fact::Known(Some(name)) => name.to_string(),
        Fact::Known(None) => "-".to_owned(),
        Fact::Unknown(_) => "?".to_owned(),
    };
    if let Some(key) = &table.primary_key {
        parts.push(format!("pk {}({})", shown(&key.name), list(&key.columns)));
    }
    for unique in &table.uniques {
        parts.push(format!("uq {}({})", shown(&unique.name), list(&unique.columns)));
    }
    for key in &table.foreign_keys {
        let target = format!("{}({})", key.ref_table, list(&key.ref_columns));
        parts.push(format!("fk {}({}) {target}", shown(&key.name), list(&key.columns)));
    }
    for check in &table.checks {
        let sql = check.sql.known().map_or("?".to_owned(), |sql| sql.to_string());
        parts.push(format!("ck {}({sql})", shown(&check.name)));
    }
    for index in &table.indexes {
        let columns: Vec<Name> = index.columns().collect();
        let unique = if index.unique == Fact::Known(true) { "unique " } else { "" };
        parts.push(format!("{unique}ix {}({})", shown(&index.name), list(&columns)));
    }
    if table.open.is_some() {
        parts.push("open".to_owned());
    }
    parts.join(" | ")
}
