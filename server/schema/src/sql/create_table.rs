//! CREATE TABLE.

use super::column::{Definition, definition, make_key};
use super::constraint::{TableItem, starts_item, table_item};
use super::cursor::{Cursor, Read, Unreadable};
use crate::{Constraint, Kind, Operation, PrimaryKey, Table};
use fact::{Name, Unknown};
use std::sync::Arc;

/// What follows `CREATE TABLE`.
pub(super) fn create_table(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let if_not_exists = cursor.if_not_exists();
    let name = cursor.table()?;
    let mut table = Table::new(name, cursor.place());
    if cursor.eat("PARTITION OF") {
        let parent = cursor.table()?;
        table.open = Some(unknown(cursor, &format!("the columns of {parent}")));
        if cursor.symbol(0) == "(" {
            cursor.parens()?;
        }
        cursor.rest();
        return Ok(created(table, if_not_exists));
    }
    if cursor.eat("LIKE") {
        // MySQL: `CREATE TABLE a LIKE b`.
        copied(cursor, &mut table)?;
    } else if cursor.eat("OF") {
        let of = cursor.table()?;
        table.open = Some(unknown(cursor, &format!("the columns of type {of}")));
    } else if cursor.symbol(0) == "(" && !starts_query(cursor, 1) {
        let mut inside = cursor.parens()?;
        if inside.done() && !cursor.is_dialect(&[Kind::Postgresql]) {
            return Err(Unreadable);
        }
        while !inside.done() {
            let mut part = inside.until_comma();
            item(&mut part, &mut table)?;
            part.finished()?;
        }
    } else if !cursor.is("AS") && !starts_query(cursor, 0) && cursor.symbol(0) != "(" {
        return Err(Unreadable);
    }
    options(cursor, &mut table)?;
    close_primary_key(cursor, &mut table);
    Ok(created(table, if_not_exists))
}

fn created(table: Table, if_not_exists: bool) -> Operation {
    Operation::CreateTable { table: Arc::new(table), if_not_exists }
}

fn unknown(cursor: &Cursor<'_>, what: &str) -> Unknown {
    cursor.unreadable(what)
}

fn starts_query(cursor: &Cursor<'_>, ahead: usize) -> bool {
    let query = ["SELECT", "TABLE", "VALUES"].iter().any(|word| cursor.is_at(ahead, word));
    // `WITH (fillfactor = 70)` is storage.
    query || (cursor.is_at(ahead, "WITH") && cursor.symbol(ahead + 1) != "(")
}

fn copied(cursor: &mut Cursor<'_>, table: &mut Table) -> Read<()> {
    let other = cursor.table()?;
    table.open = Some(unknown(cursor, &format!("the columns of {other}")));
    while cursor.eat_any(&["INCLUDING", "EXCLUDING"]) {
        cursor.at += 1;
    }
    Ok(())
}

fn item(part: &mut Cursor<'_>, table: &mut Table) -> Read<()> {
    if part.is("LIKE") && part.peek(1).is_some() {
        part.at += 1;
        return copied(part, table);
    }
    if starts_item(part) {
        let read = table_item(part)?;
        return add_item(table, read);
    }
    let read = definition(part)?;
    add_column(table, read);
    Ok(())
}

fn add_column(table: &mut Table, read: Definition) {
    table.columns.push(Arc::new(read.column));
    if read.primary_key.is_some() {
        table.primary_key = read.primary_key;
    }
    for constraint in read.constraints {
        add_constraint(table, constraint);
    }
    table.indexes.extend(read.indexes);
}

fn add_item(table: &mut Table, item: TableItem) -> Read<()> {
    match item {
        TableItem::Constraint(constraint) => add_constraint(table, constraint),
        TableItem::Index(index) => table.indexes.push(*index),
        TableItem::Nothing => {}
        TableItem::Default { .. } | TableItem::UsingIndex { .. } => return Err(Unreadable),
    }
    Ok(())
}

fn add_constraint(table: &mut Table, constraint: Constraint) {
    match constraint {
        Constraint::PrimaryKey(key) => table.primary_key = Some(key),
        Constraint::Unique(unique) => table.uniques.push(unique),
        Constraint::ForeignKey(key) => table.foreign_keys.push(key),
        Constraint::Check(check) => table.checks.push(check),
        Constraint::Exclude(exclude) => table.excludes.push(exclude),
    }
}

/// Columns come before the key that is said of them.
fn close_primary_key(cursor: &Cursor<'_>, table: &mut Table) {
    let Some(PrimaryKey { columns, .. }) = &table.primary_key else { return };
    for column in &mut table.columns {
        if columns.contains(&column.name) {
            make_key(Arc::make_mut(column), cursor, columns.len() == 1);
        }
    }
}

/// What stands behind the columns: storage, partitions, a query.
fn options(cursor: &mut Cursor<'_>, table: &mut Table) -> Read<()> {
    while !cursor.done() {
        if cursor.is("AS") || starts_query(cursor, 0) || (cursor.symbol(0) == "(" && starts_query(cursor, 1))
        {
            // The given columns (if any) come first, the query may add more.
            table.open = Some(unknown(cursor, "the columns of a query"));
            cursor.rest();
        } else if cursor.eat("INHERITS") {
            let parents = cursor.parens()?.source_text();
            table.open = Some(unknown(cursor, &format!("the columns of {parents}")));
        } else if cursor.eat("COMMENT") {
            cursor.eat_symbol("=");
            table.comment = Some(cursor.known_string()?).filter(|text| !text.is_empty());
        } else if cursor.is_any(&["PARTITION", "PARTITIONED"]) {
            cursor.rest();
        } else if cursor.is_mysql() {
            mysql_option(cursor, table)?;
        } else {
            cursor.skip();
        }
    }
    Ok(())
}

/// `[DEFAULT] name [=] value`.
fn mysql_option(cursor: &mut Cursor<'_>, table: &mut Table) -> Read<()> {
    if cursor.eat_symbol(",") {
        return Ok(());
    }
    let mut words = Vec::new();
    cursor.eat("DEFAULT");
    while !cursor.word(0).is_empty() && words.len() < 3 {
        words.push(cursor.word(0).to_ascii_lowercase());
        cursor.at += 1;
        let longer = matches!(
            (words.last().map(String::as_str), cursor.word(0).to_ascii_lowercase().as_str()),
            (Some("character"), "set") | (Some("data" | "index"), "directory")
        );
        if !longer {
            break;
        }
    }
    cursor.eat_symbol("=");
    let (Some(first), Some(value)) = (words.first(), cursor.peek(0)) else { return Err(Unreadable) };
    let key = match first.as_str() {
        "character" | "charset" => "mysql_default_charset".to_owned(),
        _ => format!("mysql_{}", words.join("_")),
    };
    let text = match value.kind {
        super::lex::TokenKind::Text => cursor.text_value(value),
        _ => cursor.text_of(value).to_owned(),
    };
    cursor.skip();
    set_option(table, fact::name(&key), text.into());
    Ok(())
}

fn set_option(table: &mut Table, key: Name, value: Arc<str>) {
    table.options.retain(|(known, _)| *known != key);
    table.options.push((key, value));
}

/// What `CREATE TABLE` inside another statement needs to know: nothing but the name, the columns are not read.
pub(super) fn table_of_unknown_columns(cursor: &Cursor<'_>, name: crate::TableName, why: &str) -> Operation {
    let mut table = Table::new(name, cursor.place());
    table.open = Some(unknown(cursor, why));
    created(table, false)
}
