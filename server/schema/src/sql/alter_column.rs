//! `ALTER TABLE ... ALTER COLUMN`.

use super::column::{ends_value, identity_options, server_default};
use super::cursor::{Cursor, Read, Unreadable};
use super::types::data_type;
use crate::{ColumnChange, Computed, Kind};
use fact::Fact;

/// Reads what becomes of a column; false if it is nothing that the schema knows of.
pub(super) fn alter_column(cursor: &mut Cursor<'_>, change: &mut ColumnChange) -> Read<bool> {
    if cursor.eat("SET NOT NULL") {
        change.nullable = Some(Fact::Known(false));
    } else if cursor.eat("DROP NOT NULL") {
        change.nullable = Some(Fact::Known(true));
    } else if cursor.eat("SET DEFAULT") {
        let value = cursor.until(ends_value);
        if value.done() {
            return Err(Unreadable);
        }
        change.default = Some(server_default(&value));
    } else if cursor.eat("DROP DEFAULT") {
        change.default = Some(Fact::Known(None));
    } else if cursor.eat("ADD GENERATED") {
        let always = !cursor.eat("BY DEFAULT");
        cursor.eat("ALWAYS");
        cursor.expect("AS IDENTITY")?;
        change.identity = Some(Some(identity_options(cursor, always)?));
    } else if cursor.eat("SET GENERATED") {
        let always = !cursor.eat("BY DEFAULT");
        cursor.eat("ALWAYS");
        change.identity = Some(Some(identity_options(cursor, always)?));
        cursor.until(|_| false);
    } else if cursor.eat("DROP IDENTITY") {
        cursor.if_exists();
        change.identity = Some(None);
    } else if cursor.eat("DROP EXPRESSION") {
        cursor.if_exists();
        change.computed = Some(None);
    } else if cursor.eat("SET EXPRESSION AS") {
        let sql = cursor.parens()?.source_text().into();
        change.computed = Some(Some(Computed { sql, persisted: None }));
    } else if cursor.eat("SET DATA TYPE") || cursor.eat("TYPE") {
        change.ty = Some(data_type(cursor)?.ty);
        if cursor.eat("COLLATE") {
            cursor.table()?;
        }
        if cursor.eat("USING") {
            change.using = Some(cursor.until(|_| false).source_text().into());
        }
    } else if cursor.is_any(&["SET", "RESET", "RESTART", "ADD", "DROP"]) {
        let known = ["STATISTICS", "STORAGE", "COMPRESSION", "VISIBLE", "INVISIBLE", "INCREMENT", "START"]
            .iter()
            .any(|word| cursor.is_at(1, word));
        if !known && cursor.symbol(1) != "(" && !cursor.is("RESTART") && !cursor.is_dialect(&[Kind::Mssql]) {
            return Err(Unreadable);
        }
        cursor.until(|_| false);
        return Ok(false);
    } else {
        restated_type(cursor, change)?;
    }
    Ok(true)
}

/// SQL Server: `ALTER COLUMN a INT [NOT NULL]`; without a word about NULL the column takes it.
fn restated_type(cursor: &mut Cursor<'_>, change: &mut ColumnChange) -> Read<()> {
    if cursor.done() {
        return Err(Unreadable);
    }
    change.ty = Some(data_type(cursor)?.ty);
    change.nullable = Some(Fact::Known(true));
    while !cursor.done() && cursor.symbol(0) != "," {
        if cursor.eat("NOT NULL") {
            change.nullable = Some(Fact::Known(false));
        } else if cursor.eat("COLLATE") {
            cursor.name()?;
        } else if cursor.is("WITH") && cursor.symbol(1) == "(" {
            cursor.at += 1;
            cursor.parens()?;
        } else if !cursor.eat_any(&["NULL", "SPARSE", "PERSISTED"]) {
            return Err(Unreadable);
        }
    }
    Ok(())
}
