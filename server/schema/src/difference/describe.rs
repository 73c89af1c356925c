//! Columns, constraints and indexes in words.

use super::keys::{is_unique, reference};
use crate::dialect::{Kind, reported_default, reported_type};
use crate::{Check, Column, Dialect, Exclude, ForeignKey, Index, IndexItem, PrimaryKey, Table, Unique};
use fact::{Fact, Name};

/// `VARCHAR(100) NOT NULL DEFAULT 'x' UNIQUE`, as far as it is known.
pub(super) fn column(column: &Column, table: &Table, dialect: Option<Dialect>) -> String {
    let mut out = match (reported_type(column, dialect), &column.ty) {
        (Fact::Known(text), _) => text,
        (Fact::Unknown(_), Fact::Known(ty)) => match Kind::Sqlite.rules().ddl_type(ty) {
            // SQLAlchemy's own words, which SQLite's are.
            Fact::Known(text) => text,
            Fact::Unknown(_) => "a column".to_owned(),
        },
        (Fact::Unknown(_), Fact::Unknown(_)) => "a column".to_owned(),
    };
    if column.nullable == Fact::Known(false) {
        out.push_str(" NOT NULL");
    }
    if let Some(computed) = &column.computed {
        out.push_str(&format!(" GENERATED ALWAYS AS ({})", computed.sql));
    }
    if let Some(identity) = &column.identity {
        out.push_str(if identity.always { " GENERATED ALWAYS AS IDENTITY" } else { " AS IDENTITY" });
    }
    match reported_default(column, dialect) {
        Fact::Known(Some(text)) => out.push_str(&format!(" DEFAULT {text}")),
        Fact::Known(None) => {}
        Fact::Unknown(_) => out.push_str(" DEFAULT ..."),
    }
    if is_unique(table, column.name) {
        out.push_str(" UNIQUE");
    }
    if let Some((target, columns, on_delete)) = reference(table, column.name) {
        out.push_str(&format!(" REFERENCES {target} {}", list(&columns)));
        if let Some(action) = on_delete {
            out.push_str(&format!(" ON DELETE {action}"));
        }
    }
    out
}

pub(super) fn primary_key(key: &PrimaryKey) -> String {
    format!("the primary key {}", list(&key.columns))
}

pub(super) fn unique(unique: &Unique) -> String {
    named("unique constraint", &unique.name, &list(&unique.columns))
}

pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let mut text = format!("{} to {} {}", list(&key.columns), key.ref_table, list(&key.ref_columns));
    for (clause, action) in [("ON DELETE", &key.on_delete), ("ON UPDATE", &key.on_update)] {
        if let Some(action) = action {
            text.push_str(&format!(" {clause} {action}"));
        }
    }
    named("foreign key", &key.name, &text)
}

pub(super) fn check(check: &Check) -> String {
    let sql = check.sql.known().map_or_else(String::new, |sql| format!("({sql})"));
    named("check constraint", &check.name, &sql)
}

pub(super) fn exclude(exclude: &Exclude) -> String {
    named("exclusion constraint", &exclude.name, "")
}

pub(super) fn index(index: &Index) -> String {
    let items: Vec<String> = index
        .items
        .iter()
        .map(|item| match item {
            IndexItem::Column(name) => name.to_string(),
            IndexItem::Expression(Fact::Known(text)) => text.to_string(),
            IndexItem::Expression(Fact::Unknown(_)) => "...".to_owned(),
        })
        .collect();
    let mut text = format!("({})", items.join(", "));
    if let Some(condition) = &index.condition {
        text.push_str(&format!(" WHERE {condition}"));
    }
    let noun = if index.unique == Fact::Known(true) { "unique index" } else { "index" };
    named(noun, &index.name, &text)
}

fn named(noun: &str, name: &Fact<Option<Name>>, rest: &str) -> String {
    let name = name.known().copied().flatten().map_or_else(String::new, |name| format!(" {name}"));
    if rest.is_empty() { format!("{noun}{name}") } else { format!("{noun}{name} {rest}") }
}

fn list(columns: &[Name]) -> String {
    let columns: Vec<&str> = columns.iter().map(|column| column.as_str()).collect();
    format!("({})", columns.join(", "))
}
