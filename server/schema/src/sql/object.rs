//! CREATE, DROP and ALTER of everything that is not a table or an index; COMMENT ON.

use super::cursor::{Cursor, Read, Unreadable};
use super::noun::{is_harmless_noun, noun_at, object_kind};
use super::text::in_short;
use super::{Found, alter_table, create_table, index, nothing};
use crate::table::ObjectKind;
use crate::{ColumnChange, Operation, TableName, Touched};
use fact::Fact;
use std::sync::Arc;

/// What follows `CREATE`.
pub(super) fn create(cursor: &mut Cursor<'_>) -> Read<Vec<Found>> {
    let whole = *cursor;
    let span = span_from_head(&whole);
    let one = |operation| Ok(vec![Found { operation, span }]);
    let lead = Lead::read(cursor)?;
    if lead.temporary {
        return one(nothing(&format!("CREATE TEMPORARY {}", in_short(cursor.source_text(), 80))));
    }
    match lead.noun.as_str() {
        "TABLE" => one(create_table::create_table(cursor)?),
        "INDEX" => one(index::create_index(cursor, lead.unique, lead.options)?),
        "VIRTUAL TABLE" => {
            cursor.if_not_exists();
            let name = cursor.table()?;
            one(create_table::table_of_unknown_columns(cursor, name, "the columns of a virtual table"))
        }
        "TYPE" => one(create_type(cursor)?),
        "SEQUENCE" => {
            let if_not_exists = cursor.if_not_exists();
            one(Operation::CreateSequence { name: cursor.table()?, if_not_exists })
        }
        "SCHEMA" => create_schema(cursor, span),
        noun => match object_kind(noun) {
            Some(kind) => {
                cursor.if_not_exists();
                one(match object_name(cursor, kind)? {
                    Some(name) => Operation::CreateObject { kind, name },
                    None => nothing(&format!("CREATE {noun}")),
                })
            }
            None if is_harmless_noun(noun) => one(nothing(&format!("CREATE {noun}"))),
            None => Err(Unreadable),
        },
    }
}

/// What stands between `CREATE` and the object's name.
#[derive(Debug, Default)]
struct Lead {
    temporary: bool,
    unique: bool,
    options: index::Options,
    noun: String,
}

impl Lead {
    fn read(cursor: &mut Cursor<'_>) -> Read<Lead> {
        const SKIPPED: [&str; 13] = [
            "OR",
            "REPLACE",
            "GLOBAL",
            "LOCAL",
            "UNLOGGED",
            "CLUSTERED",
            "NONCLUSTERED",
            "COLUMNSTORE",
            "RECURSIVE",
            "CONSTRAINT",
            "DEFAULT",
            "TRUSTED",
            "PROCEDURAL",
        ];
        let mut lead = Lead::default();
        loop {
            if cursor.eat("OR ALTER") || cursor.eat_any(&SKIPPED) {
                continue;
            }
            if cursor.looking_at("AGGREGATE FUNCTION") {
                cursor.at += 1;
                continue;
            }
            if cursor.eat_any(&["TEMP", "TEMPORARY"]) {
                lead.temporary = true;
            } else if cursor.eat("UNIQUE") {
                lead.unique = true;
            } else if cursor.is_any(&["FULLTEXT", "SPATIAL"]) && cursor.is_at(1, "INDEX") {
                let prefix = cursor.word(0).to_ascii_uppercase();
                lead.options.push((fact::name("mysql_prefix"), prefix.into()));
                cursor.at += 1;
            } else if cursor.eat("SQL SECURITY") {
                cursor.at += 1;
            } else if cursor.is_any(&["DEFINER", "ALGORITHM"]) && cursor.symbol(1) == "=" {
                cursor.at += 2;
                while !cursor.done() && noun_at(cursor).is_none() && !cursor.is("SQL") {
                    cursor.at += 1;
                }
            } else {
                break;
            }
        }
        let (noun, length) = noun_at(cursor).ok_or(Unreadable)?;
        lead.noun = noun.to_owned();
        cursor.at += length;
        // SQL Server's temporary tables have a name of their own kind.
        if noun == "TABLE" && cursor.word(0).starts_with('#') {
            lead.temporary = true;
        }
        Ok(lead)
    }
}

/// `None` if the name is not known: no table comes or goes with such an object.
fn object_name(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Read<Option<TableName>> {
    if kind == ObjectKind::Extension && cursor.peek(0).is_some_and(|t| cursor.text_of(t).starts_with('\'')) {
        return Ok(cursor.string()?.known().map(|name| TableName::plain(name)));
    }
    cursor.target()
}

fn create_type(cursor: &mut Cursor<'_>) -> Read<Operation> {
    cursor.if_not_exists();
    let name = cursor.table()?;
    if !cursor.eat("AS ENUM") {
        return Ok(Operation::CreateObject { kind: ObjectKind::Other, name });
    }
    let mut inside = cursor.parens()?;
    cursor.finished()?;
    let labels = labels(&mut inside)?;
    Ok(Operation::CreateEnum { name, labels, check_first: false })
}

/// The labels in `('a', 'b')`; unknown as a whole if a part of one is.
fn labels(inside: &mut Cursor<'_>) -> Read<Fact<Vec<Arc<str>>>> {
    if inside.has_hole() {
        return Ok(Fact::Unknown(inside.hole()));
    }
    let mut labels = Vec::new();
    while !inside.done() {
        let mut label = inside.until_comma();
        labels.push(label.known_string()?);
        label.finished()?;
    }
    Ok(Fact::Known(labels))
}

/// `CREATE SCHEMA a CREATE TABLE b (...)` makes more than a schema.
fn create_schema(cursor: &mut Cursor<'_>, span: (usize, usize)) -> Read<Vec<Found>> {
    cursor.if_not_exists();
    // `CREATE SCHEMA AUTHORIZATION joe` names the schema after its owner.
    cursor.eat("AUTHORIZATION");
    let name = cursor.target()?;
    if cursor.eat("AUTHORIZATION") {
        cursor.name()?;
    }
    while cursor.eat("DEFAULT") || cursor.eat("CHARACTER SET") || cursor.eat("COLLATE") {
        cursor.eat_symbol("=");
        cursor.at += 1;
    }
    cursor.finished()?;
    let operation = match name {
        Some(name) => Operation::CreateObject { kind: ObjectKind::Schema, name },
        None => nothing("CREATE SCHEMA"),
    };
    Ok(vec![Found { operation, span }])
}

/// What follows `DROP`.
pub(super) fn drop(cursor: &mut Cursor<'_>) -> Read<Vec<Found>> {
    let span = span_from_head(cursor);
    let all = |operations: Vec<Operation>| -> Read<Vec<Found>> {
        Ok(operations.into_iter().map(|operation| Found { operation, span }).collect())
    };
    if cursor.eat_any(&["TEMP", "TEMPORARY"]) {
        return all(vec![nothing(&format!("DROP TEMPORARY {}", in_short(cursor.source_text(), 80)))]);
    }
    let (noun, length) = noun_at(cursor).ok_or(Unreadable)?;
    cursor.at += length;
    if noun == "INDEX" {
        return all(index::drop_index(cursor)?);
    }
    let if_exists = cursor.if_exists();
    let cascades = cursor.source_text().to_ascii_uppercase().ends_with("CASCADE");
    match noun {
        "TABLE" => all(drop_tables(cursor, if_exists)?),
        "TYPE" => all(each_name(cursor, |name| Operation::DropEnum { name, check_first: if_exists })?),
        "SEQUENCE" => all(each_name(cursor, |name| Operation::DropSequence { name, if_exists })?),
        "SCHEMA" => {
            let mut operations =
                each_name(cursor, |name| Operation::DropObject { kind: ObjectKind::Schema, name })?;
            if cascades {
                operations.push(opaque_anything(cursor, "DROP SCHEMA ... CASCADE"));
            }
            all(operations)
        }
        "DATABASE" | "OWNED" => all(vec![opaque_anything(cursor, &format!("DROP {noun}"))]),
        "TRIGGER" | "POLICY" | "RULE" => {
            let kind = object_kind(noun).ok_or(Unreadable)?;
            let name = object_name(cursor, kind)?;
            if cursor.eat("ON") && !cursor.is_any(&["ALL", "DATABASE"]) {
                cursor.target()?;
            }
            all(vec![dropped(kind, name)])
        }
        _ => match object_kind(noun) {
            Some(kind) => all(drop_objects(cursor, kind)?),
            None if is_harmless_noun(noun) => all(vec![nothing(&format!("DROP {noun}"))]),
            None => Err(Unreadable),
        },
    }
}

fn opaque_anything(cursor: &Cursor<'_>, what: &str) -> Operation {
    Operation::Opaque { touches: Touched::Anything, because: cursor.unreadable(what) }
}

fn drop_tables(cursor: &mut Cursor<'_>, if_exists: bool) -> Read<Vec<Operation>> {
    let mut tables = vec![cursor.table()?];
    while cursor.eat_symbol(",") {
        tables.push(cursor.table()?);
    }
    let cascade = cursor.cascade();
    cursor.eat("PURGE");
    cursor.finished()?;
    let temporary = |table: &TableName| table.name.starts_with('#');
    Ok(tables
        .into_iter()
        .map(|table| match temporary(&table) {
            true => nothing(&format!("DROP TABLE {table}")),
            false => Operation::DropTable { table, if_exists, cascade },
        })
        .collect())
}

fn each_name(cursor: &mut Cursor<'_>, make: impl Fn(TableName) -> Operation) -> Read<Vec<Operation>> {
    let mut operations = vec![make(cursor.table()?)];
    while cursor.eat_symbol(",") {
        operations.push(make(cursor.table()?));
    }
    cursor.cascade();
    cursor.finished()?;
    Ok(operations)
}

fn dropped(kind: ObjectKind, name: Option<TableName>) -> Operation {
    match name {
        Some(name) => Operation::DropObject { kind, name },
        None => nothing("DROP of an object whose name is not known"),
    }
}

fn drop_objects(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Read<Vec<Operation>> {
    let mut operations = Vec::new();
    loop {
        let name = object_name(cursor, kind)?;
        if cursor.symbol(0) == "(" {
            cursor.parens()?;
        }
        operations.push(dropped(kind, name));
        if !cursor.eat_symbol(",") {
            return Ok(operations);
        }
    }
}

/// What follows `ALTER`.
pub(super) fn alter(cursor: &mut Cursor<'_>) -> Read<Vec<Found>> {
    let head = *cursor;
    let span = span_from_head(&head);
    let one = |operation| Ok(vec![Found { operation, span }]);
    cursor.eat_any(&["ONLINE", "IGNORE"]);
    if cursor.eat("TABLE") {
        return alter_table::alter_table(cursor);
    }
    let (noun, length) = noun_at(cursor).ok_or(Unreadable)?;
    cursor.at += length;
    match noun {
        "TYPE" => one(alter_type(cursor)?),
        "SEQUENCE" => alter_renaming(
            cursor,
            span,
            |name| Operation::DropSequence { name, if_exists: false },
            |name| Operation::CreateSequence { name, if_not_exists: false },
        ),
        "INDEX" => {
            cursor.if_exists();
            if cursor.eat("ALL IN TABLESPACE") {
                return one(nothing("ALTER INDEX ALL IN TABLESPACE"));
            }
            let from = cursor.table()?;
            if !cursor.eat("RENAME TO") {
                return one(nothing(&format!("ALTER {}", in_short(head.source_text(), 80))));
            }
            one(Operation::RenameIndex { table: None, from: from.name, to: cursor.name()? })
        }
        "SCHEMA" if cursor.is_at(1, "RENAME") || cursor.is("TRANSFER") || cursor.is_at(1, "TRANSFER") => {
            one(opaque_anything(&head, "ALTER SCHEMA"))
        }
        _ => match object_kind(noun) {
            Some(kind) => alter_renaming(
                cursor,
                span,
                |name| Operation::DropObject { kind, name },
                |name| Operation::CreateObject { kind, name },
            ),
            None => one(nothing(&format!("ALTER {}", in_short(head.source_text(), 80)))),
        },
    }
}

/// `name RENAME TO other` and `name SET SCHEMA other` move the object, any other change is inside it.
fn alter_renaming(
    cursor: &mut Cursor<'_>,
    span: (usize, usize),
    gone: impl Fn(TableName) -> Operation,
    made: impl Fn(TableName) -> Operation,
) -> Read<Vec<Found>> {
    let whole = *cursor;
    cursor.if_exists();
    let from = cursor.table()?;
    if cursor.symbol(0) == "(" {
        cursor.parens()?;
    }
    if cursor.eat("ON") {
        cursor.table()?;
    }
    let to = if cursor.eat("RENAME TO") {
        Some(TableName { schema: from.schema, name: cursor.name()? })
    } else if cursor.eat("SET SCHEMA") {
        let schema = cursor.name()?;
        Some(cursor.qualified(&[schema, from.name])?)
    } else {
        None
    };
    let operations = match to {
        Some(to) => vec![gone(from), made(to)],
        None => vec![nothing(&format!("ALTER {}", in_short(whole.source_text(), 80)))],
    };
    Ok(operations.into_iter().map(|operation| Found { operation, span }).collect())
}

fn alter_type(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let whole = *cursor;
    let name = cursor.table()?;
    if cursor.eat("ADD VALUE") {
        let if_not_exists = cursor.if_not_exists();
        let label = cursor.string()?;
        let before = if cursor.eat("BEFORE") { Some(cursor.known_string()?) } else { None };
        let after = if cursor.eat("AFTER") { Some(cursor.known_string()?) } else { None };
        cursor.finished()?;
        return Ok(Operation::AddEnumLabel { name, label, before, after, if_not_exists });
    }
    if cursor.eat("RENAME VALUE") {
        let from = cursor.known_string()?;
        cursor.expect("TO")?;
        return Ok(Operation::RenameEnumLabel { name, from, to: cursor.known_string()? });
    }
    if cursor.eat("RENAME TO") {
        let to = TableName { schema: name.schema, name: cursor.name()? };
        return Ok(Operation::RenameEnum { from: name, to });
    }
    if cursor.eat("SET SCHEMA") {
        let schema = cursor.name()?;
        return Ok(Operation::RenameEnum { from: name, to: cursor.qualified(&[schema, name.name])? });
    }
    if cursor.is_any(&["OWNER", "ADD", "DROP", "ALTER", "RENAME", "SET"]) {
        return Ok(nothing(&format!("ALTER TYPE {}", in_short(whole.source_text(), 80))));
    }
    Err(Unreadable)
}

/// What follows `COMMENT ON`.
pub(super) fn comment(cursor: &mut Cursor<'_>) -> Read<Operation> {
    let whole = *cursor;
    if cursor.eat("TABLE") {
        let table = cursor.table()?;
        return Ok(Operation::SetTableComment { table, comment: comment_text(cursor)?, existing: None });
    }
    if cursor.eat("COLUMN") {
        let mut parts = vec![cursor.name()?];
        while cursor.eat_symbol(".") {
            parts.push(cursor.name()?);
        }
        let column = parts.pop().ok_or(Unreadable)?;
        let table = cursor.qualified(&parts)?;
        let change = ColumnChange { comment: Some(comment_text(cursor)?), ..ColumnChange::default() };
        return Ok(Operation::AlterColumn { table, column, change: Box::new(change) });
    }
    Ok(nothing(&format!("COMMENT ON {}", in_short(whole.source_text(), 80))))
}

fn comment_text(cursor: &mut Cursor<'_>) -> Read<Option<Arc<str>>> {
    cursor.expect("IS")?;
    let text = if cursor.eat("NULL") { None } else { Some(cursor.known_string()?) };
    cursor.finished()?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// The statement's bytes, its first word (one token back) included.
fn span_from_head(cursor: &Cursor<'_>) -> (usize, usize) {
    Cursor { at: cursor.at.saturating_sub(1), ..*cursor }.span()
}
