//! `EXEC`: SQL Server's own procedures that change a schema, and text that it runs.

use super::block::run;
use super::column::object_in_string;
use super::cursor::{Cursor, Read, Unreadable};
use super::dynamic::{Dynamic, evaluate};
use super::lex::TokenKind;
use super::{Session, nothing};
use crate::{ColumnChange, ConstraintKind, Operation, TableName};
use fact::{Fact, Name};
use std::sync::Arc;

/// What follows `EXEC`.
pub(super) fn execute(cursor: &mut Cursor<'_>, session: &mut Session) -> Read<Vec<Operation>> {
    let start = *cursor;
    if cursor.symbol(0) == "(" || cursor.peek(0).is_some_and(|t| t.kind == TokenKind::Text) {
        let made = evaluate(cursor, &session.variables);
        return Ok(name_from_catalog(&made, &start, session).unwrap_or_else(|| run(&made, &start, session)));
    }
    if cursor.peek(0).is_some_and(|t| t.kind == TokenKind::Param) {
        // `EXEC @result = procedure`.
        cursor.at += 1;
        cursor.expect_symbol("=")?;
    }
    let procedure = cursor.table()?.name.to_ascii_lowercase();
    let mut arguments = Vec::new();
    while !cursor.done() {
        let mut argument = cursor.until_comma();
        if argument.symbol(1) == "=" {
            argument.at += 2;
        }
        arguments.push(argument);
    }
    match procedure.as_str() {
        "sp_rename" => Ok(vec![rename(&arguments)?]),
        "sp_executesql" => {
            let made = arguments.first().map(|a| evaluate(a, &session.variables)).ok_or(Unreadable)?;
            Ok(name_from_catalog(&made, &start, session).unwrap_or_else(|| run(&made, &start, session)))
        }
        "sp_addextendedproperty" | "sp_updateextendedproperty" => Ok(vec![property(&arguments, true)?]),
        "sp_dropextendedproperty" => Ok(vec![property(&arguments, false)?]),
        "sp_refreshview" | "sp_recompile" | "sp_updatestats" | "sp_settriggerorder" | "sp_help" => {
            Ok(vec![nothing(&format!("EXEC {procedure}"))])
        }
        _ => match session.routine(&procedure) {
            Some(body) => Ok(session.nested(&body, &start)),
            None => Err(Unreadable),
        },
    }
}

/// An argument may stand without quotes.
fn argument(argument: Option<&Cursor<'_>>) -> Option<String> {
    let mut argument = *argument?;
    match argument.peek(0)?.kind {
        TokenKind::Text => argument.known_string().ok().map(|text| text.to_string()),
        _ => argument.name().ok().map(|name| name.to_string()),
    }
}

/// `sp_rename 't.a', 'b', 'COLUMN'`.
fn rename(arguments: &[Cursor<'_>]) -> Read<Operation> {
    let at = arguments.first().ok_or(Unreadable)?;
    let named = argument(Some(at)).ok_or(Unreadable)?;
    let to = argument(arguments.get(1)).ok_or(Unreadable)?;
    let parts = names_in(&named, at).ok_or(Unreadable)?;
    let kind = argument(arguments.get(2)).unwrap_or_default().to_ascii_uppercase();
    let (last, before) = parts.split_last().ok_or(Unreadable)?;
    match kind.as_str() {
        "COLUMN" => {
            let change =
                ColumnChange { new_name: Some(Fact::Known(fact::name(&to))), ..ColumnChange::default() };
            Ok(Operation::AlterColumn {
                table: at.qualified(before)?,
                column: *last,
                change: Box::new(change),
            })
        }
        "INDEX" => Ok(Operation::RenameIndex {
            table: Some(at.qualified(before)?),
            from: *last,
            to: fact::name(&to),
        }),
        "" | "OBJECT" => {
            let from = at.qualified(&parts)?;
            Ok(Operation::RenameTable { from, to: TableName { schema: from.schema, name: fact::name(&to) } })
        }
        _ => Err(Unreadable),
    }
}

fn names_in(text: &str, at: &Cursor<'_>) -> Option<Vec<Name>> {
    use super::lex::{Lexis, lex};
    let tokens = lex(text, Lexis::of(at.source.dialect));
    let source = super::cursor::Source { text, tokens: &tokens, ..at.source };
    let mut cursor = Cursor::new(source, 0, tokens.len());
    let mut names = vec![cursor.name().ok()?];
    while cursor.eat_symbol(".") {
        names.push(cursor.name().ok()?);
    }
    cursor.done().then_some(names)
}

/// `sp_addextendedproperty 'MS_Description', 'text', 'schema', s, 'table', t[, 'column', c]`: a comment.
fn property(arguments: &[Cursor<'_>], given: bool) -> Read<Operation> {
    let value_shift = usize::from(given);
    let text = |at: usize| argument(arguments.get(at));
    let is = |at: usize, word: &str| text(at).is_some_and(|t| t.eq_ignore_ascii_case(word));
    if !is(0, "MS_Description") {
        return Ok(nothing("an extended property"));
    }
    let comment: Option<Arc<str>> = if given { Some(text(1).ok_or(Unreadable)?.into()) } else { None };
    let levels = 1 + value_shift;
    if !is(levels, "schema") || !is(levels + 2, "table") {
        return Ok(nothing("an extended property"));
    }
    let schema = fact::name(&text(levels + 1).ok_or(Unreadable)?);
    let table = fact::name(&text(levels + 3).ok_or(Unreadable)?);
    let table = arguments.first().ok_or(Unreadable)?.qualified(&[schema, table])?;
    if !is(levels + 4, "column") {
        return Ok(Operation::SetTableComment { table, comment, existing: None });
    }
    let column = fact::name(&text(levels + 5).ok_or(Unreadable)?);
    let change = ColumnChange { comment: Some(comment), ..ColumnChange::default() };
    Ok(Operation::AlterColumn { table, column, change: Box::new(change) })
}

/// `exec('alter table t drop constraint ' + @name)` where the same batch looked the name up in the catalogue: the kind
/// of the constraint, or the column whose default it is.
fn name_from_catalog(made: &Dynamic, at: &Cursor<'_>, session: &mut Session) -> Option<Vec<Operation>> {
    let Dynamic::Text(text) = made else { return None };
    let mut operations = session.nested(text, at);
    let [Operation::DropConstraint { table, name: Fact::Unknown(_), kind, .. }] = operations.as_mut_slice()
    else {
        return None;
    };
    let before = at.source.text.get(..at.span().0)?;
    let catalog = before.rfind("sys.")?;
    let looked_up = before.get(catalog..)?;
    if looked_up.starts_with("sys.default_constraints") {
        let column = compared_with(looked_up, "parent_column_id)", at)?;
        let change = ColumnChange { default: Some(Fact::Known(None)), ..ColumnChange::default() };
        return Some(vec![Operation::AlterColumn { table: *table, column, change: Box::new(change) }]);
    }
    if looked_up.starts_with("sys.check_constraints") {
        *kind = Some(ConstraintKind::Check);
    } else if before.contains("sys.foreign_key") {
        *kind = Some(ConstraintKind::ForeignKey);
    }
    Some(operations)
}

/// The string behind `what = `.
fn compared_with(text: &str, what: &str, at: &Cursor<'_>) -> Option<Name> {
    let (_, after) = text.split_once(what)?;
    let after = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['N', '\'']);
    let name = after.split('\'').next()?;
    object_in_string(name, at).map(|table| table.name)
}
