//! Operations on one line each, short enough to be read in a test.

use crate::column::Autoincrement;
use crate::operation::DataKind;
use crate::{
    Check, Column, ColumnChange, Constraint, ConstraintKind, DataChange, ForeignKey, Index, IndexItem,
    Operation, PrimaryKey, ServerDefault, Step, Table, Touched, Type, Unique,
};
use fact::{Fact, Name};
use std::fmt::Debug;

pub fn show(operation: &Operation) -> String {
    let flag = |on: bool, word: &str| if on { format!(" {word}") } else { String::new() };
    match operation {
        Operation::CreateTable { table, if_not_exists } => {
            format!("table {}{}", show_table(table), flag(*if_not_exists, "if-missing"))
        }
        Operation::DropTable { table, if_exists, cascade } => {
            format!("drop table {table}{}{}", flag(*if_exists, "if-there"), flag(*cascade, "cascade"))
        }
        Operation::RenameTable { from, to } => format!("rename table {from} -> {to}"),
        Operation::AddColumn {
            table,
            column,
            constraints,
            indexes,
            if_not_exists,
            primary_key,
            inline_references,
        } => {
            let mut text = format!("add {table}.{}", show_column(column));
            constraints.iter().for_each(|c| text.push_str(&format!(" + {}", show_constraint(c))));
            indexes.iter().for_each(|i| text.push_str(&format!(" + {}", show_index(i))));
            text + &flag(*if_not_exists, "if-missing")
                + &flag(*primary_key, "pk")
                + &flag(*inline_references, "inline")
        }
        Operation::DropColumn { table, column, if_exists, cascade } => {
            format!("drop {table}.{column}{}{}", flag(*if_exists, "if-there"), flag(*cascade, "cascade"))
        }
        Operation::AlterColumn { table, column, change } => {
            format!("alter {table}.{column}{}", show_change(change))
        }
        Operation::AddConstraint { table, constraint, if_not_exists } => {
            format!("{table} + {}{}", show_constraint(constraint), flag(*if_not_exists, "if-missing"))
        }
        Operation::DropConstraint { table, name, kind, if_exists, cascade, .. } => format!(
            "{table} - {}{}{}{}",
            match kind {
                None => "constraint",
                Some(ConstraintKind::PrimaryKey) => "pk",
                Some(ConstraintKind::Unique) => "unique",
                Some(ConstraintKind::ForeignKey) => "fk",
                Some(ConstraintKind::Check) => "check",
                Some(ConstraintKind::Exclude) => "exclude",
            },
            show_name(name),
            flag(*if_exists, "if-there"),
            flag(*cascade, "cascade")
        ),
        Operation::RenameConstraint { table, from, to } => {
            format!("rename constraint {table} {from} -> {to}")
        }
        Operation::CreateIndex { table, index, if_not_exists } => {
            format!("{table} + {}{}", show_index(index), flag(*if_not_exists, "if-missing"))
        }
        Operation::DropIndex { table, name, if_exists, concurrently, .. } => format!(
            "drop index {}{}{}{}",
            known(name),
            table.map_or(String::new(), |t| format!(" on {t}")),
            flag(*if_exists, "if-there"),
            flag(*concurrently, "concurrently")
        ),
        Operation::RenameIndex { table, from, to } => {
            format!("rename index {}{from} -> {to}", table.map_or(String::new(), |t| format!("{t} ")))
        }
        Operation::SetTableComment { table, comment, .. } => format!("comment {table} {comment:?}"),
        Operation::CreateEnum { name, labels, check_first } => {
            format!("enum {name} {}{}", known(labels), flag(*check_first, "if-missing"))
        }
        Operation::DropEnum { name, check_first } => {
            format!("drop enum {name}{}", flag(*check_first, "if-there"))
        }
        Operation::AddEnumLabel { name, label, before, after, if_not_exists } => {
            let mut text = format!("label {name} + {}", known(label));
            before.iter().for_each(|b| text.push_str(&format!(" before {b}")));
            after.iter().for_each(|a| text.push_str(&format!(" after {a}")));
            text + &flag(*if_not_exists, "if-missing")
        }
        Operation::RenameEnumLabel { name, from, to } => format!("label {name} {from} -> {to}"),
        Operation::RenameEnum { from, to } => format!("rename enum {from} -> {to}"),
        Operation::CreateSequence { name, if_not_exists } => {
            format!("sequence {name}{}", flag(*if_not_exists, "if-missing"))
        }
        Operation::DropSequence { name, if_exists } => {
            format!("drop sequence {name}{}", flag(*if_exists, "if-there"))
        }
        Operation::CreateObject { kind, name } => format!("create {kind:?} {name}"),
        Operation::DropObject { kind, name } => format!("drop {kind:?} {name}"),
        Operation::Data(change) => show_data(change),
        Operation::Nothing { what } => format!("nothing: {what}"),
        Operation::Opaque { touches, .. } => match touches {
            Touched::Anything => "opaque".to_owned(),
            Touched::Tables(tables) => {
                format!("opaque {}", tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }
        },
        Operation::Either { left, right, .. } => {
            format!("either [{}] or [{}]", show_steps(left), show_steps(right))
        }
        other => format!("{other:?}"),
    }
}

fn show_steps(steps: &[Step]) -> String {
    steps.iter().map(|step| show(&step.operation)).collect::<Vec<_>>().join("; ")
}

fn known<T: Debug>(fact: &Fact<T>) -> String {
    match fact {
        Fact::Known(value) => format!("{value:?}").replace("u!(\"", "").replace("\")", ""),
        Fact::Unknown(_) => "?".to_owned(),
    }
}

fn show_name(name: &Fact<Option<Name>>) -> String {
    match name {
        Fact::Known(Some(name)) => format!(" {name}"),
        Fact::Known(None) => String::new(),
        Fact::Unknown(_) => " ?".to_owned(),
    }
}

fn list(names: &[Name]) -> String {
    names.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(",")
}

pub fn show_table(table: &Table) -> String {
    let mut items: Vec<String> = table.columns.iter().map(|c| show_column(c)).collect();
    items.extend(table.primary_key.iter().map(show_key));
    items.extend(table.uniques.iter().map(show_unique));
    items.extend(table.foreign_keys.iter().map(show_foreign_key));
    items.extend(table.checks.iter().map(show_check));
    items.extend(table.excludes.iter().map(|e| format!("exclude{} {:?}", show_name(&e.name), e.elements)));
    items.extend(table.indexes.iter().map(show_index));
    items.extend(table.comment.iter().map(|c| format!("comment {c:?}")));
    items.extend(table.options.iter().map(|(k, v)| format!("{k}={v}")));
    items.extend(table.open.iter().map(|_| "open".to_owned()));
    format!("{} ({})", table.name, items.join(", "))
}

fn show_default(default: &ServerDefault) -> String {
    match default {
        ServerDefault::Literal(text) => format!("'{text}'"),
        ServerDefault::Sql(text) => text.to_string(),
        ServerDefault::Sequence(name) => format!("next {name}"),
        other => format!("{other:?}"),
    }
}

fn show_type(ty: &Type) -> String {
    match ty {
        Type::Native { text, .. } => format!("«{text}»"),
        Type::String { length, national, .. } => {
            format!("{}String{}", if *national { "N" } else { "" }, show_length(*length))
        }
        Type::Char { length, .. } => format!("Char{}", show_length(*length)),
        Type::Text { .. } => "Text".to_owned(),
        Type::Boolean { .. } => "Boolean".to_owned(),
        Type::Numeric { precision, scale } => match (precision, scale) {
            (Some(p), Some(s)) => format!("Numeric({p},{s})"),
            (Some(p), None) => format!("Numeric({p})"),
            _ => "Numeric".to_owned(),
        },
        Type::DateTime { timezone } => format!("DateTime{}", if *timezone { "(tz)" } else { "" }),
        Type::Timestamp { .. } => "Timestamp".to_owned(),
        Type::Enum(e) => format!("Enum{}", known(&e.labels)),
        Type::Array { item, .. } => format!("{}[]", show_type(item)),
        Type::LargeBinary { .. } => "LargeBinary".to_owned(),
        other => format!("{other:?}"),
    }
}

fn show_length(length: Option<u32>) -> String {
    length.map_or(String::new(), |n| format!("({n})"))
}

fn show_column(column: &Column) -> String {
    let mut text = column.name.to_string();
    match &column.ty {
        Fact::Known(Type::Null) => {}
        Fact::Known(ty) => text.push_str(&format!(" {}", show_type(ty))),
        Fact::Unknown(_) => text.push_str(" ?"),
    }
    if column.nullable == Fact::Known(false) {
        text.push_str(" !");
    }
    match &column.default {
        Fact::Known(None) => {}
        Fact::Known(Some(default)) => text.push_str(&format!(" = {}", show_default(default))),
        Fact::Unknown(_) => text.push_str(" = ?"),
    }
    if let Some(computed) = &column.computed {
        text.push_str(&format!(" as {} {:?}", computed.sql, computed.persisted));
    }
    if let Some(identity) = &column.identity {
        let start = identity.start.map_or(String::new(), |s| format!(" {s}"));
        let step = identity.increment.map_or(String::new(), |s| format!("+{s}"));
        text.push_str(&format!(" identity{}{start}{step}", if identity.always { "!" } else { "" }));
    }
    if column.autoincrement == Autoincrement::On {
        text.push_str(" counts");
    }
    column.comment.iter().for_each(|c| text.push_str(&format!(" -- {c}")));
    column.options.iter().for_each(|(k, v)| text.push_str(&format!(" {k}={v}")));
    text
}

pub fn show_constraint(constraint: &Constraint) -> String {
    match constraint {
        Constraint::PrimaryKey(key) => show_key(key),
        Constraint::Unique(unique) => show_unique(unique),
        Constraint::ForeignKey(key) => show_foreign_key(key),
        Constraint::Check(check) => show_check(check),
        Constraint::Exclude(exclude) => format!(
            "exclude{} {:?} {:?} {:?}",
            show_name(&exclude.name),
            exclude.using,
            exclude.elements,
            exclude.condition
        ),
    }
}

fn show_key(key: &PrimaryKey) -> String {
    format!("pk{}({})", show_name(&key.name), list(&key.columns))
}

fn show_unique(unique: &Unique) -> String {
    let mut text = format!("unique{}({})", show_name(&unique.name), list(&unique.columns));
    text.push_str(&show_deferrable(unique.deferrable, unique.initially.as_deref()));
    unique.options.iter().for_each(|(k, v)| text.push_str(&format!(" {k}={v}")));
    text
}

fn show_deferrable(deferrable: Option<bool>, initially: Option<&str>) -> String {
    let mut text = match deferrable {
        None => String::new(),
        Some(true) => " deferrable".to_owned(),
        Some(false) => " not deferrable".to_owned(),
    };
    initially.iter().for_each(|i| text.push_str(&format!(" initially {i}")));
    text
}

fn show_foreign_key(key: &ForeignKey) -> String {
    let mut text = format!(
        "fk{}({})->{}({})",
        show_name(&key.name),
        list(&key.columns),
        key.ref_table,
        list(&key.ref_columns)
    );
    key.on_delete.iter().for_each(|a| text.push_str(&format!(" delete {a}")));
    key.on_update.iter().for_each(|a| text.push_str(&format!(" update {a}")));
    key.match_.iter().for_each(|m| text.push_str(&format!(" match {m}")));
    text.push_str(&show_deferrable(key.deferrable, key.initially.as_deref()));
    if key.not_valid {
        text.push_str(" unvalidated");
    }
    text
}

fn show_check(check: &Check) -> String {
    let sql = check.sql.known().map_or("?", |sql| sql);
    format!("check{}({sql}){}", show_name(&check.name), if check.not_valid { " unvalidated" } else { "" })
}

fn show_index(index: &Index) -> String {
    let items: Vec<String> = index
        .items
        .iter()
        .map(|item| match item {
            IndexItem::Column(name) => name.to_string(),
            IndexItem::Expression(sql) => format!("<{}>", sql.known().map_or("?", |sql| sql)),
        })
        .collect();
    let unique = if index.unique == Fact::Known(true) { "unique " } else { "" };
    let mut text = format!("{unique}index{}({})", show_name(&index.name), items.join(","));
    index.using.iter().for_each(|u| text.push_str(&format!(" using {u}")));
    index.condition.iter().for_each(|c| text.push_str(&format!(" where {c}")));
    if !index.include.is_empty() {
        text.push_str(&format!(" include {}", list(&index.include)));
    }
    if index.concurrently {
        text.push_str(" concurrently");
    }
    index.options.iter().for_each(|(k, v)| text.push_str(&format!(" {k}={v}")));
    text
}

fn show_change(change: &ColumnChange) -> String {
    let mut text = String::new();
    match &change.nullable {
        None => {}
        Some(Fact::Known(true)) => text.push_str(" null"),
        Some(Fact::Known(false)) => text.push_str(" !"),
        Some(Fact::Unknown(_)) => text.push_str(" null?"),
    }
    match &change.ty {
        None => {}
        Some(Fact::Known(ty)) => text.push_str(&format!(" {}", show_type(ty))),
        Some(Fact::Unknown(_)) => text.push_str(" ?"),
    }
    change.using.iter().for_each(|u| text.push_str(&format!(" using {u}")));
    match &change.default {
        None => {}
        Some(Fact::Known(Some(default))) => text.push_str(&format!(" = {}", show_default(default))),
        Some(Fact::Known(None)) => text.push_str(" no default"),
        Some(Fact::Unknown(_)) => text.push_str(" = ?"),
    }
    change.new_name.iter().for_each(|n| text.push_str(&format!(" -> {}", known(n))));
    change.comment.iter().for_each(|c| text.push_str(&format!(" comment {c:?}")));
    change.identity.iter().for_each(|i| {
        text.push_str(&match i {
            None => " no identity".to_owned(),
            Some(i) => format!(" identity{}", if i.always { "!" } else { "" }),
        });
    });
    change.computed.iter().for_each(|c| {
        text.push_str(&match c {
            None => " no expression".to_owned(),
            Some(c) => format!(" as {} {:?}", c.sql, c.persisted),
        });
    });
    if change.autoincrement == Some(true) {
        text.push_str(" counts");
    }
    if change.restates {
        text.push_str(" whole");
    }
    text
}

fn show_data(change: &DataChange) -> String {
    let verb = match change.kind {
        DataKind::Insert => "insert",
        DataKind::Update => "update",
        DataKind::Delete => "delete",
        DataKind::Truncate => "truncate",
    };
    let table = change.table.map_or("?".to_owned(), |t| t.to_string());
    let columns: Vec<String> = change
        .columns
        .iter()
        .map(|(name, value)| value.as_ref().map_or(name.to_string(), |v| format!("{name}={v}")))
        .collect();
    let mut text = format!("{verb} {table}");
    if !columns.is_empty() {
        text.push_str(&format!(" [{}]", columns.join(", ")));
    }
    change.condition.iter().for_each(|c| text.push_str(&format!(" where {c}")));
    if !change.reads.is_empty() {
        text.push_str(&format!(" reads {}", list(&change.reads)));
    }
    if change.certain {
        text.push_str(" certain");
    }
    text
}
