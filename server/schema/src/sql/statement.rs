//! One statement -> operations, by its leading word.

use super::course::summed_up;
use super::cursor::{Cursor, Read, Unreadable};
use super::lex::TokenKind;
use super::text::in_short;
use super::variables::assignment;
use super::{Found, Session, block, data, mssql, nothing, object};
use crate::{Operation, TableName, Touched};

/// Statements that change neither schema nor rows.
const HARMLESS: [&str; 53] = [
    "SET",
    "ANALYZE",
    "ANALYSE",
    "VACUUM",
    "GRANT",
    "REVOKE",
    "DENY",
    "LOCK",
    "UNLOCK",
    "PRAGMA",
    "BEGIN",
    "START",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
    "END",
    "ABORT",
    "SHOW",
    "EXPLAIN",
    "DESCRIBE",
    "DESC",
    "USE",
    "REINDEX",
    "CLUSTER",
    "CHECKPOINT",
    "DISCARD",
    "LISTEN",
    "UNLISTEN",
    "NOTIFY",
    "RESET",
    "REFRESH",
    "REASSIGN",
    "SECURITY",
    "FLUSH",
    "KILL",
    "OPTIMIZE",
    "REPAIR",
    "CHECK",
    "CHECKSUM",
    "ATTACH",
    "DETACH",
    "DECLARE",
    "PRINT",
    "DEALLOCATE",
    "VALUES",
    "TABLE",
    "HANDLER",
    "FETCH",
    "CLOSE",
    "MOVE",
    "RAISERROR",
    "DBCC",
];

/// Reads one statement; fails if it is not understood.
pub(super) fn read(statement: &Cursor<'_>, session: &mut Session) -> Read<Vec<Found>> {
    let mut cursor = *statement;
    let span = statement.span();
    let all = |operations: Vec<Operation>| -> Vec<Found> {
        operations.into_iter().map(|operation| Found { operation, span }).collect()
    };
    if cursor.symbol(0) == "(" && cursor.is_at(1, "SELECT") {
        return Ok(all(vec![nothing(&in_short(statement.source_text(), 100))]));
    }
    let head = cursor.word(0).to_ascii_uppercase();
    match head.as_str() {
        "CREATE" => {
            session.note_routine(statement);
            cursor.at += 1;
            object::create(&mut cursor)
        }
        "ALTER" => {
            cursor.at += 1;
            object::alter(&mut cursor)
        }
        "DROP" => {
            cursor.at += 1;
            object::drop(&mut cursor)
        }
        "RENAME" => Ok(all(rename_tables(&mut cursor)?)),
        "COMMENT" => {
            cursor.at += 1;
            cursor.expect("ON")?;
            Ok(all(vec![object::comment(&mut cursor)?]))
        }
        "UPDATE" if cursor.is_at(1, "STATISTICS") => Ok(all(vec![nothing("UPDATE STATISTICS")])),
        "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "REPLACE" | "TRUNCATE" | "COPY" | "LOAD" | "WITH" => {
            let found = data::data(&mut cursor)?;
            if found.iter().any(|f| changes_catalog(&f.operation)) {
                return Ok(all(vec![opaque_anything(statement, "a change of the catalogue's own rows")]));
            }
            Ok(found)
        }
        "SELECT" => select(statement, &mut cursor, session),
        "DO" => {
            cursor.at += 1;
            Ok(all(do_block(&mut cursor, session)?))
        }
        "CALL" => Ok(all(call(&mut cursor, session)?)),
        "PREPARE" => {
            prepare(&mut cursor, session)?;
            Ok(all(vec![nothing("PREPARE")]))
        }
        "EXECUTE" if cursor.is_mysql() || (!session.batches && cursor.peek(2).is_none()) => {
            let name = cursor.word(1).to_ascii_lowercase();
            let made = session.prepared.get(&name).cloned().ok_or(Unreadable)?;
            Ok(all(block::run(&made, statement, session)))
        }
        "EXEC" | "EXECUTE" => {
            cursor.at += 1;
            Ok(all(mssql::execute(&mut cursor, session)?))
        }
        "IF" | "WHILE" => {
            let operations = block::program(statement, session)?;
            Ok(all(summed_up(operations, &head)))
        }
        "DECLARE" | "BEGIN" if starts_program(&cursor) => {
            let operations = block::program(statement, session)?;
            Ok(all(summed_up(operations, &head)))
        }
        _ if head.starts_with("SP_") => Ok(all(mssql::execute(&mut cursor, session)?)),
        _ if cursor.is_any(&HARMLESS) => {
            assignment(statement, session);
            Ok(all(vec![nothing(&in_short(statement.source_text(), 100))]))
        }
        _ => Err(Unreadable),
    }
}

/// `BEGIN` with statements in it, or `DECLARE ... BEGIN`.
fn starts_program(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    while !ahead.done() && ahead.symbol(0) != ";" {
        ahead.at += 1;
    }
    !ahead.done() || (cursor.is("BEGIN") && cursor.peek(3).is_some())
}

/// Rows of the catalogue are the schema itself.
fn changes_catalog(operation: &Operation) -> bool {
    let Operation::Data(change) = operation else { return false };
    change.table.is_some_and(|table| {
        let name = table.name.to_ascii_lowercase();
        matches!(
            name.as_str(),
            "sqlite_master" | "sqlite_schema" | "pg_enum" | "pg_attribute" | "pg_constraint"
        ) || (name.starts_with("pg_") && table.schema.is_some_and(|s| s == "pg_catalog"))
    })
}

fn select(statement: &Cursor<'_>, cursor: &mut Cursor<'_>, session: &mut Session) -> Read<Vec<Found>> {
    let called = cursor.word(1).to_ascii_lowercase();
    if cursor.symbol(2) == "("
        && let Some(body) = session.routine(&called)
    {
        let operations = session.program_text(&body, statement);
        let span = statement.span();
        return Ok(summed_up(operations, "SELECT")
            .into_iter()
            .map(|operation| Found { operation, span })
            .collect());
    }
    if cursor.peek(1).is_some_and(|t| t.kind == TokenKind::Param) && cursor.symbol(2) == "=" {
        assignment(statement, session);
    }
    data::select(cursor)
}

/// `DO [LANGUAGE name] $$ ... $$ [LANGUAGE name]`.
fn do_block(cursor: &mut Cursor<'_>, session: &mut Session) -> Read<Vec<Operation>> {
    let at = *cursor;
    let mut language = "plpgsql".to_owned();
    let mut body = None;
    while let Some(token) = cursor.peek(0) {
        if cursor.eat("LANGUAGE") {
            language = cursor.name()?.to_ascii_lowercase();
        } else if token.kind == TokenKind::Text {
            body = Some(cursor.text_value(token));
            cursor.at += 1;
        } else {
            return Err(Unreadable);
        }
    }
    if !matches!(language.as_str(), "plpgsql" | "sql") {
        return Err(Unreadable);
    }
    let operations = session.program_text(&body.ok_or(Unreadable)?, &at);
    Ok(summed_up(operations, "DO"))
}

/// A call of a procedure that the same text has made.
fn call(cursor: &mut Cursor<'_>, session: &mut Session) -> Read<Vec<Operation>> {
    let at = *cursor;
    cursor.at += 1;
    let name = cursor.table()?;
    let body = session.routine(&name.name.to_ascii_lowercase()).ok_or(Unreadable)?;
    let operations = session.program_text(&body, &at);
    Ok(summed_up(operations, "CALL"))
}

/// MySQL: `PREPARE name FROM 'text' | @variable`.
fn prepare(cursor: &mut Cursor<'_>, session: &mut Session) -> Read<()> {
    cursor.at += 1;
    let name = cursor.name()?.to_ascii_lowercase();
    if cursor.eat("FROM") {
        let made = super::dynamic::evaluate(cursor, &session.variables);
        session.prepared.insert(name, made);
    }
    Ok(())
}

/// MySQL: `RENAME TABLE a TO b, c TO d`.
fn rename_tables(cursor: &mut Cursor<'_>) -> Read<Vec<Operation>> {
    cursor.at += 1;
    if !cursor.eat_any(&["TABLE", "TABLES"]) {
        return Err(Unreadable);
    }
    cursor.if_exists();
    let mut renamed = Vec::new();
    loop {
        let from = cursor.table()?;
        cursor.expect("TO")?;
        renamed.push(Operation::RenameTable { from, to: cursor.table()? });
        if !cursor.eat_symbol(",") {
            cursor.finished()?;
            return Ok(renamed);
        }
    }
}

/// What a statement that was not understood may have changed: the tables that its words name.
pub(super) fn opaque(statement: &Cursor<'_>) -> Operation {
    let mut tables: Vec<TableName> = Vec::new();
    let mut unknown = false;
    let mut cursor = *statement;
    let on_names_table = ["INDEX", "TRIGGER"].iter().any(|w| statement.is_at(1, w) || statement.is_at(2, w));
    while !cursor.done() {
        let lead = cursor.is_any(&["TABLE", "INTO", "UPDATE", "FROM", "JOIN"])
            || (on_names_table && cursor.is("ON"));
        cursor.at += 1;
        if !lead {
            continue;
        }
        let _ = cursor.if_not_exists() || cursor.if_exists();
        cursor.eat("ONLY");
        let mut name = cursor;
        match name.target() {
            Ok(Some(table)) if !tables.contains(&table) => tables.push(table),
            Ok(Some(_)) | Err(Unreadable) => {}
            Ok(None) => unknown = true,
        }
    }
    let touches = if tables.is_empty() || unknown { Touched::Anything } else { Touched::Tables(tables) };
    Operation::Opaque { touches, because: statement.unreadable(&in_short(statement.source_text(), 60)) }
}

/// [`opaque`] for a program, which may run more than it says.
pub(super) fn opaque_program(program: &Cursor<'_>) -> Operation {
    let runs = (0..program.end - program.at)
        .any(|ahead| ["EXECUTE", "EXEC", "CALL", "PERFORM"].iter().any(|word| program.is_at(ahead, word)));
    if runs { opaque_anything(program, &in_short(program.source_text(), 60)) } else { opaque(program) }
}

pub(super) fn opaque_anything(statement: &Cursor<'_>, what: &str) -> Operation {
    Operation::Opaque { touches: Touched::Anything, because: statement.unreadable(what) }
}
