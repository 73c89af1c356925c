//! CREATE INDEX, DROP INDEX and the items of an index.

use super::HOLE;
use super::column::ends_value;
use super::constraint::eat_nulls;
use super::cursor::{Cursor, Read, Unreadable};
use super::lex::TokenKind;
use crate::{Index, IndexItem, Kind, Operation, TableName};
use fact::{Fact, Name};
use std::sync::Arc;

pub(super) type Options = Vec<(Name, Arc<str>)>;

/// What follows `CREATE [UNIQUE] [FULLTEXT] INDEX`.
pub(super) fn create_index(cursor: &mut Cursor<'_>, unique: bool, mut options: Options) -> Read<Operation> {
    let (concurrently, if_not_exists) = guarded(cursor, "NOT EXISTS");
    let mut schema = None;
    let mut name = Fact::Known(None);
    if !cursor.is("ON") {
        name = cursor.maybe_name()?.map(Some);
        if cursor.eat_symbol(".") {
            // SQLite says the schema with the index, not with the table.
            schema = name.known().copied().flatten();
            name = cursor.maybe_name()?.map(Some);
        }
    }
    let mut using = using_method(cursor)?;
    cursor.expect("ON")?;
    cursor.eat("ONLY");
    let mut table = cursor.table()?;
    if let (Some(schema), None) = (schema, table.schema) {
        table = cursor.qualified(&[schema, table.name])?;
    }
    using = using_method(cursor)?.or(using);
    let items = index_items(cursor, &mut options)?;
    let mut index = Index {
        name,
        name_is_final: true,
        unique: Fact::Known(unique),
        using,
        concurrently,
        options,
        ..Index::new(items, cursor.place())
    };
    while !cursor.done() {
        index_clause(cursor, &mut index)?;
    }
    Ok(Operation::CreateIndex { table, index: Box::new(index), if_not_exists })
}

/// `[CONCURRENTLY] [IF <condition>]`. An unknown piece of text before the IF is CONCURRENTLY or nothing.
fn guarded(cursor: &mut Cursor<'_>, condition: &str) -> (bool, bool) {
    let concurrently = cursor.eat("CONCURRENTLY") || cursor.eat_any(&["ONLINE", "OFFLINE"]);
    let first = cursor.word(0);
    let stands_alone = first.starts_with(HOLE) && first.trim_start_matches(HOLE).is_empty();
    let before_if = stands_alone && cursor.is_at(1, "IF");
    let with_if = first.starts_with(HOLE) && first.trim_start_matches(HOLE).eq_ignore_ascii_case("IF");
    cursor.at += usize::from(before_if);
    if with_if {
        cursor.at += 1;
        return (concurrently, cursor.eat(condition));
    }
    (concurrently, cursor.eat(&format!("IF {condition}")))
}

fn using_method(cursor: &mut Cursor<'_>) -> Read<Option<Arc<str>>> {
    Ok(if cursor.eat("USING") { Some(cursor.name()?.as_str().into()) } else { None })
}

fn index_clause(cursor: &mut Cursor<'_>, index: &mut Index) -> Read<()> {
    if cursor.eat("WHERE") {
        index.condition = Some(cursor.until(|c| c.is("WITH") && c.symbol(1) == "(").source_text().into());
    } else if cursor.eat("INCLUDE") {
        index.include = cursor.names_in_parens()?;
    } else if let Some(method) = using_method(cursor)? {
        index.using = Some(method);
    } else if cursor.looking_at("NULLS NOT DISTINCT") || cursor.looking_at("NULLS DISTINCT") {
        eat_nulls(cursor, &mut index.options);
    } else if cursor.is("WITH") && cursor.symbol(1) == "(" {
        cursor.at += 1;
        let text = cursor.parens()?.source_text();
        if cursor.is_dialect(&[Kind::Mssql])
            && text.to_ascii_uppercase().replace(' ', "").contains("ONLINE=ON")
        {
            index.concurrently = true;
        }
        index.options.push((fact::name("with"), text.into()));
    } else if cursor.looking_at("WITH PARSER") {
        cursor.at += 3;
    } else if cursor.eat_any(&["TABLESPACE", "ON"]) {
        cursor.name()?;
    } else if cursor.eat("COMMENT") {
        cursor.string()?;
    } else if cursor.eat_any(&["ALGORITHM", "LOCK", "KEY_BLOCK_SIZE"]) {
        cursor.eat_symbol("=");
        cursor.at += 1;
    } else if !cursor.eat_any(&["VISIBLE", "INVISIBLE"]) {
        return Err(Unreadable);
    }
    Ok(())
}

/// `(a, lower(b), c DESC, d varchar_pattern_ops, e(10))`.
///
/// A column keeps being one whatever is said of its order, collation, operator class or prefix; these become options.
pub(super) fn index_items(cursor: &mut Cursor<'_>, options: &mut Options) -> Read<Vec<IndexItem>> {
    let mut inside = cursor.parens()?;
    if inside.done() {
        return Err(Unreadable);
    }
    let mut items = Vec::new();
    while !inside.done() {
        let mut item = inside.until_comma();
        items.push(index_item(&mut item, options)?);
    }
    Ok(items)
}

fn index_item(item: &mut Cursor<'_>, options: &mut Options) -> Read<IndexItem> {
    let whole = *item;
    let names = item.peek(0).is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::Quoted));
    if names && let Ok(name) = item.name() {
        let mut prefix = *item;
        if prefix.symbol(0) == "(" && item.is_mysql() {
            let length = prefix.parens()?;
            if length.peek(0).is_some_and(|t| t.kind == TokenKind::Number) && length.peek(1).is_none() {
                options
                    .push((fact::name("mysql_length"), format!("{name}: {}", length.source_text()).into()));
                *item = prefix;
            }
        }
        if let Some(more) = modifiers(item) {
            options.extend(more.into_iter().map(|(key, value)| (key, format!("{name}: {value}").into())));
            return Ok(IndexItem::Column(name));
        }
    }
    let mut expression = whole;
    let mut text = expression.until(|c| order(&mut c.clone()));
    // The parentheses around an expression belong to the syntax, not to it.
    let mut inner = text;
    if let Ok(inside) = inner.parens()
        && inner.done()
    {
        text = inside;
    }
    if text.done() {
        return Err(Unreadable);
    }
    Ok(IndexItem::Expression(text.sql()))
}

/// What may follow a column, to the end of the item; `None` if it is something else.
fn modifiers(item: &mut Cursor<'_>) -> Option<Vec<(Name, String)>> {
    let mut options = Vec::new();
    let mut classes = 0;
    while !item.done() {
        let start = *item;
        if item.eat("COLLATE") {
            item.table().ok()?;
            continue;
        }
        if order(item) {
            options.push((fact::name("order"), Cursor { end: item.at, ..start }.source_text().to_owned()));
            continue;
        }
        // An operator class is one name, with parameters at most.
        let class = item.peek(0).is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::Quoted));
        classes += 1;
        if !class || classes > 1 || ends_value(item) {
            return None;
        }
        item.table().ok()?;
        if item.symbol(0) == "(" {
            item.parens().ok()?;
        }
        let class = Cursor { end: item.at, ..start }.source_text().to_owned();
        options.push((fact::name("postgresql_ops"), class));
    }
    Some(options)
}

/// `ASC`, `DESC`, `NULLS FIRST`, `NULLS LAST`.
fn order(item: &mut Cursor<'_>) -> bool {
    let direction = item.eat_any(&["ASC", "DESC"]);
    let nulls = item.eat("NULLS FIRST") || item.eat("NULLS LAST");
    direction || nulls
}

/// What follows `DROP INDEX`.
pub(super) fn drop_index(cursor: &mut Cursor<'_>) -> Read<Vec<Operation>> {
    let (concurrently, if_exists) = guarded(cursor, "EXISTS");
    let mut dropped = Vec::new();
    loop {
        let mut parts = vec![cursor.maybe_name()?];
        while cursor.eat_symbol(".") {
            parts.push(cursor.maybe_name()?);
        }
        let name = parts.pop().ok_or(Unreadable)?;
        let mut table: Option<TableName> = None;
        if cursor.eat("ON") {
            table = Some(cursor.table()?);
        } else if cursor.is_dialect(&[Kind::Mssql]) && !parts.is_empty() {
            // The old form: DROP INDEX table.index.
            let known: Vec<Name> = parts.iter().filter_map(|p| p.known().copied()).collect();
            table = Some(cursor.qualified(&known)?);
        }
        dropped.push(Operation::DropIndex { table, name, if_exists, concurrently, options: Vec::new() });
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    cursor.cascade();
    while cursor.eat_any(&["ALGORITHM", "LOCK"]) {
        cursor.eat_symbol("=");
        cursor.at += 1;
    }
    if cursor.is("WITH") && cursor.symbol(1) == "(" {
        cursor.at += 1;
        cursor.parens()?;
    }
    cursor.finished()?;
    Ok(dropped)
}
