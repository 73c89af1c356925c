//! Schema data as short lines.

use fact::Fact;
use schema::column::Autoincrement;
use schema::constraint::ConstraintName;
use schema::types::{Enum, TypeConstraint};
use schema::{Column, Constraint, Index, IndexItem, ServerDefault, Table, Type};
use std::fmt::Write;

pub fn fact<T>(fact: &Fact<T>, show: impl FnOnce(&T) -> String) -> String {
    match fact {
        Fact::Known(value) => show(value),
        Fact::Unknown(unknown) => format!("?({})", unknown.reason),
    }
}

pub fn ty(ty: &Type) -> String {
    let size = |name: &str, size: &Option<u32>| match size {
        Some(size) => format!("{name}({size})"),
        None => name.to_owned(),
    };
    let text = |name: &str, length: &Option<u32>, national: bool, collation: &Option<std::sync::Arc<str>>| {
        let collation = collation.as_ref().map_or(String::new(), |c| format!(" collate {c}"));
        format!("{}{}{collation}", if national { "N" } else { "" }, size(name, length))
    };
    match ty {
        Type::String { length, national, collation } => text("String", length, *national, collation),
        Type::Char { length, national, collation } => text("Char", length, *national, collation),
        Type::Text { length, national, collation } => text("Text", length, *national, collation),
        Type::Boolean { constraint } => format!("Boolean{}", constrained(constraint)),
        Type::Float { precision } => size("Float", precision),
        Type::Double { precision } => size("Double", precision),
        Type::Interval { precision } => size("Interval", precision),
        Type::LargeBinary { length } => size("LargeBinary", length),
        Type::Numeric { precision, scale } => match (precision, scale) {
            (Some(precision), Some(scale)) => format!("Numeric({precision}, {scale})"),
            _ => size("Numeric", precision),
        },
        Type::DateTime { timezone } => format!("DateTime{}", if *timezone { " tz" } else { "" }),
        Type::Timestamp { timezone } => format!("Timestamp{}", if *timezone { " tz" } else { "" }),
        Type::Time { timezone } => format!("Time{}", if *timezone { " tz" } else { "" }),
        Type::Enum(ty) => enumeration(ty),
        Type::Array { item, dimensions } => {
            format!("{}[{}]", self::ty(item), dimensions.map_or(String::new(), |d| d.to_string()))
        }
        Type::Native { text, dialect } => match dialect {
            Some(kind) => format!("`{text}` {kind}"),
            None => format!("`{text}`"),
        },
        Type::Variants { base, others } => {
            let others: Vec<String> =
                others.iter().map(|(kind, ty)| format!("{kind}: {}", self::ty(ty))).collect();
            format!("{} {{{}}}", self::ty(base), others.join(", "))
        }
        plain => format!("{plain:?}"),
    }
}

fn constrained(constraint: &TypeConstraint) -> String {
    match (constraint.create, constraint.name) {
        (false, _) => String::new(),
        (true, None) => " check".to_owned(),
        (true, Some(name)) => format!(" check {name}"),
    }
}

fn enumeration(ty: &Enum) -> String {
    let mut out = "Enum".to_owned();
    if let Some(name) = ty.name {
        let _ = write!(out, " {name}");
    }
    let labels = fact(&ty.labels, |labels| labels.join("|"));
    let _ = write!(out, " {labels}");
    if !ty.native {
        out.push_str(" text");
    }
    if let Some(length) = ty.length {
        let _ = write!(out, " length {length}");
    }
    if !ty.create_type {
        out.push_str(" exists");
    }
    out + &constrained(&ty.constraint)
}

fn named(name: &ConstraintName, is_final: bool) -> String {
    match name {
        Fact::Known(None) => String::new(),
        Fact::Known(Some(name)) => format!(" {name}{}", if is_final { "!" } else { "" }),
        Fact::Unknown(_) => " ?".to_owned(),
    }
}

fn names(columns: &[fact::Name]) -> String {
    format!("({})", columns.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", "))
}

fn options(options: &[(fact::Name, std::sync::Arc<str>)]) -> String {
    options.iter().fold(String::new(), |out, (name, value)| format!("{out} {name}={value}"))
}

pub fn default(default: &ServerDefault) -> String {
    match default {
        ServerDefault::Literal(text) => format!("'{text}'"),
        ServerDefault::Sql(text) => text.to_string(),
        ServerDefault::Sequence(name) => format!("sequence {name}"),
        other => format!("{other:?}"),
    }
}

pub fn column(column: &Column) -> String {
    let mut out = format!("{}: {}", column.name, fact(&column.ty, ty));
    match &column.nullable {
        Fact::Known(true) => {}
        Fact::Known(false) => out.push_str(" not null"),
        Fact::Unknown(_) => out.push_str(" null?"),
    }
    match &column.default {
        Fact::Known(None) => {}
        Fact::Known(Some(value)) => out.push_str(&format!(" default {}", default(value))),
        Fact::Unknown(unknown) => out.push_str(&format!(" default ?({})", unknown.reason)),
    }
    if let Some(computed) = &column.computed {
        out.push_str(&format!(" as {} {:?}", computed.sql, computed.persisted));
    }
    if let Some(identity) = &column.identity {
        out.push_str(&format!(" identity {} {:?} {:?}", identity.always, identity.start, identity.increment));
    }
    match column.autoincrement {
        Autoincrement::Auto => {}
        other => out.push_str(&format!(" autoincrement {other:?}")),
    }
    if let Some(comment) = &column.comment {
        out.push_str(&format!(" -- {comment}"));
    }
    out + &options(&column.options)
}

pub fn constraint(constraint: &Constraint) -> String {
    match constraint {
        Constraint::PrimaryKey(key) => {
            format!("pk{} {}", named(&key.name, key.name_is_final), names(&key.columns))
        }
        Constraint::Unique(unique) => {
            let mut out =
                format!("unique{} {}", named(&unique.name, unique.name_is_final), names(&unique.columns));
            if let Some(deferrable) = unique.deferrable {
                out.push_str(&format!(" deferrable {deferrable}"));
            }
            if let Some(initially) = &unique.initially {
                out.push_str(&format!(" initially {initially}"));
            }
            out + &options(&unique.options)
        }
        Constraint::ForeignKey(key) => {
            let mut out = format!(
                "fk{} {} -> {}{}",
                named(&key.name, key.name_is_final),
                names(&key.columns),
                key.ref_table,
                names(&key.ref_columns)
            );
            for (word, value) in [
                ("delete", &key.on_delete),
                ("update", &key.on_update),
                ("initially", &key.initially),
                ("match", &key.match_),
            ] {
                if let Some(value) = value {
                    out.push_str(&format!(" {word} {value}"));
                }
            }
            if let Some(deferrable) = key.deferrable {
                out.push_str(&format!(" deferrable {deferrable}"));
            }
            if key.not_valid { out + " not valid" } else { out }
        }
        Constraint::Check(check) => {
            let out = format!(
                "check{} {}",
                named(&check.name, check.name_is_final),
                fact(&check.sql, |sql| sql.to_string())
            );
            if check.not_valid { out + " not valid" } else { out }
        }
        Constraint::Exclude(exclude) => {
            let elements: Vec<String> = exclude.elements.iter().map(|(e, op)| format!("{e} {op}")).collect();
            format!(
                "exclude{} {} using {:?} where {:?}",
                named(&exclude.name, false),
                elements.join(", "),
                exclude.using,
                exclude.condition
            )
        }
    }
}

pub fn index(index: &Index) -> String {
    let items: Vec<String> = index
        .items
        .iter()
        .map(|item| match item {
            IndexItem::Column(name) => name.to_string(),
            IndexItem::Expression(text) => format!("[{}]", fact(text, |text| text.to_string())),
        })
        .collect();
    let mut out = match &index.unique {
        Fact::Known(true) => "unique index".to_owned(),
        Fact::Known(false) => "index".to_owned(),
        Fact::Unknown(_) => "unique? index".to_owned(),
    };
    out.push_str(&format!("{} ({})", named(&index.name, index.name_is_final), items.join(", ")));
    if let Some(using) = &index.using {
        out.push_str(&format!(" using {using}"));
    }
    if let Some(condition) = &index.condition {
        out.push_str(&format!(" where {condition}"));
    }
    if !index.include.is_empty() {
        out.push_str(&format!(" include {}", names(&index.include)));
    }
    if index.concurrently {
        out.push_str(" concurrently");
    }
    out + &options(&index.options)
}

pub fn table(table: &Table) -> String {
    let mut lines = vec![table.name.to_string()];
    lines.extend(table.columns.iter().map(|c| column(c)));
    lines.extend(table.primary_key.iter().map(|c| constraint(&Constraint::PrimaryKey(c.clone()))));
    lines.extend(table.uniques.iter().map(|c| constraint(&Constraint::Unique(c.clone()))));
    lines.extend(table.foreign_keys.iter().map(|c| constraint(&Constraint::ForeignKey(c.clone()))));
    lines.extend(table.checks.iter().map(|c| constraint(&Constraint::Check(c.clone()))));
    lines.extend(table.excludes.iter().map(|c| constraint(&Constraint::Exclude(c.clone()))));
    lines.extend(table.indexes.iter().map(index));
    if let Some(comment) = &table.comment {
        lines.push(format!("-- {comment}"));
    }
    if !table.options.is_empty() {
        lines.push(options(&table.options).trim().to_owned());
    }
    if let Some(unknown) = &table.open {
        lines.push(format!("open: {}", unknown.reason));
    }
    lines.join("\n") + "\n"
}
