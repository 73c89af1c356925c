//! A schema as text for people.

use schema::report::{ReportedKey, ReportedSchema, ReportedTable, Told};
use std::io::{self, Write};

/// Writes every table with its columns, keys and indexes. `what` says whose schema it is: `at head`.
pub fn text(
    out: &mut impl Write,
    schema: &ReportedSchema,
    dialect: Option<&str>,
    what: &str,
) -> io::Result<()> {
    let dim = anstyle::Style::new().dimmed();
    writeln!(out, "{dim}{} {what}{dim:#}", dialect.unwrap_or("no dialect configured"))?;
    for (name, table) in &schema.tables.0 {
        writeln!(out)?;
        self::table(out, name, table)?;
    }
    for (name, labels) in &schema.enums.0 {
        let labels = match labels {
            Told::Known(labels) => labels.join(", "),
            Told::Unknown => "?".to_owned(),
        };
        writeln!(out, "\ntype {name}: {labels}")?;
    }
    for reason in &schema.unknown {
        writeln!(out, "\n{dim}unknown: {reason}{dim:#}")?;
    }
    Ok(())
}

fn table(out: &mut impl Write, name: &str, table: &ReportedTable) -> io::Result<()> {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    writeln!(out, "{bold}{name}{bold:#}")?;
    let names = table.columns.0.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let types = table.columns.0.iter().map(|(_, column)| told(&column.ty).chars().count()).max().unwrap_or(0);
    for (name, column) in &table.columns.0 {
        let null = match column.nullable {
            Told::Known(true) => "null",
            Told::Known(false) => "not null",
            Told::Unknown => "?",
        };
        let default = match &column.default {
            Told::Known(None) => String::new(),
            Told::Known(Some(default)) => format!("  default {default}"),
            Told::Unknown => "  default ?".to_owned(),
        };
        let line = format!("  {name:names$}  {:types$}  {null:8}{default}", told(&column.ty));
        writeln!(out, "{}", line.trim_end())?;
    }
    match &table.pk {
        Told::Known(Some(key)) => writeln!(out, "  primary key{}", key_text(key))?,
        Told::Known(None) => {}
        Told::Unknown => writeln!(out, "  primary key ?")?,
    }
    for key in &table.uniques {
        writeln!(out, "  unique{}", key_text(key))?;
    }
    for key in &table.fks {
        let mut actions = String::new();
        if let Some(action) = &key.ondelete {
            actions.push_str(&format!(" on delete {}", action.to_lowercase()));
        }
        if let Some(action) = &key.onupdate {
            actions.push_str(&format!(" on update {}", action.to_lowercase()));
        }
        let columns = key.columns.join(", ");
        let referred = match &key.ref_columns {
            Told::Known(columns) => columns.join(", "),
            Told::Unknown => "?".to_owned(),
        };
        writeln!(
            out,
            "  foreign key{} ({columns}) -> {}({referred}){actions}",
            named(&key.name),
            key.ref_table
        )?;
    }
    for check in &table.checks {
        writeln!(out, "  check{} {}", named(&check.name), told(&check.sql))?;
    }
    for index in &table.indexes {
        let unique = if matches!(index.unique, Told::Known(true)) { "unique index" } else { "index" };
        writeln!(out, "  {unique}{} ({})", named(&index.name), index.columns.join(", "))?;
    }
    for reason in &table.unknown {
        writeln!(out, "  {dim}unknown: {reason}{dim:#}")?;
    }
    Ok(())
}

fn told(text: &Told<String>) -> &str {
    match text {
        Told::Known(text) => text,
        Told::Unknown => "?",
    }
}

fn named(name: &Told<Option<String>>) -> String {
    match name {
        Told::Known(Some(name)) => format!(" {name}"),
        Told::Known(None) => String::new(),
        Told::Unknown => " ?".to_owned(),
    }
}

fn key_text(key: &ReportedKey) -> String {
    format!("{} ({})", named(&key.name), key.columns.join(", "))
}
