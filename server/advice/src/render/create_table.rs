//! `create_table` with everything that is in the table, and the indexes behind it.

use super::Style;
use super::column::column;
use super::constraint::in_table;
use super::index::create_index;
use super::literal::option;
use schema::{Constraint, Table};

pub(super) fn create_table(table: &Table, if_not_exists: bool, style: &Style) -> Option<Vec<String>> {
    if table.open.is_some() {
        return None;
    }
    let indent = &style.indent;
    let mut out =
        vec![format!("{}.create_table(", style.op), format!("{indent}{},", style.string(&table.name.name))];
    let mut line = |text: String| out.push(format!("{indent}{text},"));
    for one in &table.columns {
        line(column(one, table.is_primary(&one.name), style)?);
    }
    for constraint in constraints(table) {
        line(in_table(&constraint, style)?);
    }
    if let Some(schema) = table.name.schema {
        line(format!("schema={}", style.string(&schema)));
    }
    if let Some(comment) = &table.comment {
        line(format!("comment={}", style.string(comment)));
    }
    for (keyword, text) in &table.options {
        // What raw SQL said of the table has no keyword.
        if *keyword != "prefixes" && !keyword.contains('_') {
            return None;
        }
        line(format!("{keyword}={}", option(text, style)));
    }
    if if_not_exists {
        line("if_not_exists=True".to_owned());
    }
    out.push(")".to_owned());
    for index in table.indexes.iter().filter(|index| !index.server_made) {
        let create = create_index(&table.name, index, if_not_exists, false, style)?;
        out.push(format!("{}.{create}", style.op));
    }
    Some(out)
}

/// A constraint that comes with a type is made by the type.
fn constraints(table: &Table) -> impl Iterator<Item = Constraint> + '_ {
    let key =
        table.primary_key.iter().filter(|key| !key.columns.is_empty() || key.name.known() != Some(&None));
    let checks = table.checks.iter().filter(|check| check.of_type.is_none());
    key.cloned()
        .map(Constraint::PrimaryKey)
        .chain(table.foreign_keys.iter().cloned().map(Constraint::ForeignKey))
        .chain(table.uniques.iter().cloned().map(Constraint::Unique))
        .chain(checks.cloned().map(Constraint::Check))
        .chain(table.excludes.iter().cloned().map(Constraint::Exclude))
}
