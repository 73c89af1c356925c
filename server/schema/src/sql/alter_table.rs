//! ALTER TABLE: each action is an operation of its own.

use super::alter_column::alter_column;
use super::column::{Definition, definition};
use super::constraint::{TableItem, starts_item, table_item};
use super::cursor::{Cursor, Read, Unreadable};
use super::text::in_short;
use super::{Found, nothing};
use crate::column::Autoincrement;
use crate::{ColumnChange, Constraint, ConstraintKind, Operation, TableName};
use fact::{Fact, Name};
use std::sync::Arc;

/// What follows `ALTER TABLE`.
pub(super) fn alter_table(cursor: &mut Cursor<'_>) -> Read<Vec<Found>> {
    let head = Cursor { at: cursor.at.saturating_sub(2), ..*cursor };
    let if_exists = cursor.if_exists();
    cursor.eat("ONLY");
    // A table of unknown name can still be said to keep what the schema knows of it.
    let named = cursor.target()?;
    let table = named.unwrap_or(TableName::plain("?"));
    cursor.eat_symbol("*");
    let mut altering = Altering { table, if_exists, last: Verb::Other, found: Vec::new() };
    if cursor.done() {
        return Err(Unreadable);
    }
    while !cursor.done() {
        let start = *cursor;
        altering.action(cursor)?;
        let span = Cursor { end: cursor.at, ..start }.span();
        for found in &mut altering.found {
            if found.span == (0, 0) {
                found.span = span;
            }
        }
        if !cursor.done() {
            cursor.expect_symbol(",")?;
        }
    }
    let mut found = altering.found;
    if named.is_none() && !found.iter().all(|f| matches!(f.operation, Operation::Nothing { .. })) {
        return Err(Unreadable);
    }
    if let [only] = found.as_mut_slice() {
        only.span = head.span();
    }
    Ok(found)
}

struct Altering {
    table: TableName,
    /// `ALTER TABLE IF EXISTS`: nothing in it can fail for want of the table.
    if_exists: bool,
    last: Verb,
    found: Vec<Found>,
}

/// SQL Server says `ADD` or `DROP` once for several things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    DropColumn,
    DropConstraint,
    Other,
}

impl Altering {
    fn push(&mut self, operation: Operation) {
        self.found.push(Found { operation, span: (0, 0) });
    }

    fn nothing(&mut self, start: Cursor<'_>, end: usize) {
        let said = Cursor { end, ..start }.source_text();
        let what = format!("ALTER TABLE {} {}", self.table, in_short(said, 100));
        self.push(nothing(&what));
    }

    fn action(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let verb = std::mem::replace(&mut self.last, Verb::Other);
        match cursor.word(0).to_ascii_uppercase().as_str() {
            "ADD" => {
                cursor.at += 1;
                self.add(cursor)
            }
            "DROP" => {
                cursor.at += 1;
                self.drop_item(cursor, Verb::Other)
            }
            "ALTER" => {
                cursor.at += 1;
                self.alter(cursor)
            }
            "MODIFY" => {
                cursor.at += 1;
                cursor.eat("COLUMN");
                cursor.if_exists();
                self.restate(cursor, None)
            }
            "CHANGE" => {
                cursor.at += 1;
                cursor.eat("COLUMN");
                cursor.if_exists();
                let old = cursor.name()?;
                self.restate(cursor, Some(old))
            }
            "RENAME" => {
                cursor.at += 1;
                self.rename(cursor)
            }
            "SET" if cursor.is_at(1, "SCHEMA") => {
                cursor.at += 2;
                let schema = cursor.name()?;
                let to = cursor.qualified(&[schema, self.table.name])?;
                self.push(Operation::RenameTable { from: self.table, to });
                Ok(())
            }
            "COMMENT" => {
                cursor.at += 1;
                cursor.eat_symbol("=");
                let comment = Some(cursor.known_string()?).filter(|text| !text.is_empty());
                self.push(Operation::SetTableComment { table: self.table, comment, existing: None });
                Ok(())
            }
            "WITH" if cursor.is_at(1, "CHECK") || cursor.is_at(1, "NOCHECK") => {
                let not_valid = cursor.is_at(1, "NOCHECK");
                cursor.at += 2;
                if !cursor.is("ADD") {
                    return self.harmless(cursor);
                }
                let known = self.found.len();
                self.action(cursor)?;
                for found in self.found.iter_mut().skip(known) {
                    mark_not_valid(&mut found.operation, not_valid);
                }
                Ok(())
            }
            _ if verb == Verb::Add && !is_harmless(cursor) => self.add(cursor),
            "COLUMN" | "CONSTRAINT" if verb != Verb::Other => self.drop_item(cursor, verb),
            _ if matches!(verb, Verb::DropColumn | Verb::DropConstraint) && !is_harmless(cursor) => {
                self.drop_item(cursor, verb)
            }
            _ => self.harmless(cursor),
        }
    }

    /// Actions on storage, rights, triggers, partitions.
    fn harmless(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if !is_harmless(cursor) && !cursor.is_any(&["CHECK", "NOCHECK"]) {
            return Err(Unreadable);
        }
        let start = *cursor;
        cursor.until(|_| false);
        self.nothing(start, cursor.at);
        Ok(())
    }

    fn add(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let start = *cursor;
        if cursor.is("PARTITION") && cursor.symbol(1).is_empty() {
            cursor.rest();
            self.nothing(start, cursor.at);
            return Ok(());
        }
        self.last = Verb::Add;
        if starts_item(cursor) {
            let item = table_item(cursor)?;
            return self.add_item(item, cursor);
        }
        cursor.eat("COLUMN");
        let if_not_exists = cursor.if_not_exists();
        if cursor.symbol(0) == "(" {
            let mut inside = cursor.parens()?;
            while !inside.done() {
                let mut part = inside.until_comma();
                if starts_item(&part) {
                    let item = table_item(&mut part)?;
                    self.add_item(item, &part)?;
                } else {
                    self.add_column(&mut part, if_not_exists)?;
                }
                part.finished()?;
            }
            return Ok(());
        }
        self.add_column(cursor, if_not_exists)
    }

    fn add_column(&mut self, cursor: &mut Cursor<'_>, if_not_exists: bool) -> Read<()> {
        let read = definition(cursor)?;
        self.push(Operation::AddColumn {
            table: self.table,
            column: Arc::new(read.column),
            constraints: read.constraints,
            indexes: read.indexes,
            if_not_exists: if_not_exists || self.if_exists,
            primary_key: read.primary_key.is_some(),
            inline_references: read.inline_references,
        });
        Ok(())
    }

    fn add_item(&mut self, item: TableItem, cursor: &Cursor<'_>) -> Read<()> {
        let table = self.table;
        match item {
            TableItem::Constraint(constraint) => {
                self.push(Operation::AddConstraint { table, constraint, if_not_exists: false });
            }
            TableItem::Index(index) => {
                self.push(Operation::CreateIndex { table, index, if_not_exists: false });
            }
            TableItem::Default { column, value } => {
                let change = ColumnChange { default: Some(value), ..ColumnChange::default() };
                self.alter_column(column, change);
            }
            TableItem::UsingIndex { .. } => {
                let because = cursor.unreadable("a constraint that takes over an index");
                self.push(Operation::Opaque { touches: crate::Touched::Tables(vec![table]), because });
            }
            TableItem::Nothing => self.push(nothing("ALTER TABLE ... ADD PERIOD")),
        }
        Ok(())
    }

    fn alter_column(&mut self, column: Name, change: ColumnChange) {
        self.push(Operation::AlterColumn { table: self.table, column, change: Box::new(change) });
    }

    fn drop_item(&mut self, cursor: &mut Cursor<'_>, before: Verb) -> Read<()> {
        let table = self.table;
        let start = *cursor;
        if cursor.eat("PRIMARY KEY") {
            self.drop_constraint(Fact::Known(None), Some(ConstraintKind::PrimaryKey), false, cursor);
        } else if cursor.eat("FOREIGN KEY") {
            let if_exists = cursor.if_exists();
            let name = cursor.maybe_name()?.map(Some);
            self.drop_constraint(name, Some(ConstraintKind::ForeignKey), if_exists, cursor);
        } else if cursor.is("CHECK") && cursor.peek(1).is_some() {
            cursor.at += 1;
            let if_exists = cursor.if_exists();
            let name = cursor.maybe_name()?.map(Some);
            self.drop_constraint(name, Some(ConstraintKind::Check), if_exists, cursor);
        } else if cursor.is_any(&["INDEX", "KEY"]) && cursor.peek(1).is_some() && cursor.symbol(1) != "," {
            cursor.at += 1;
            let if_exists = cursor.if_exists() || self.if_exists;
            let name = cursor.maybe_name()?;
            self.push(Operation::DropIndex {
                table: Some(table),
                name,
                if_exists,
                concurrently: false,
                options: Vec::new(),
            });
        } else if cursor.eat("CONSTRAINT") || (before == Verb::DropConstraint && !cursor.is("COLUMN")) {
            self.last = Verb::DropConstraint;
            let if_exists = cursor.if_exists();
            let name = cursor.maybe_name()?.map(Some);
            self.drop_constraint(name, None, if_exists, cursor);
        } else if cursor.is("PARTITION") || cursor.looking_at("PERIOD FOR") {
            cursor.rest();
            self.nothing(start, cursor.at);
        } else {
            cursor.eat("COLUMN");
            self.last = Verb::DropColumn;
            let if_exists = cursor.if_exists() || self.if_exists;
            if cursor.symbol(0) == "(" {
                for column in cursor.names_in_parens()? {
                    self.push(Operation::DropColumn { table, column, if_exists, cascade: false });
                }
                return Ok(());
            }
            let column = cursor.name()?;
            let cascade = cursor.cascade();
            self.push(Operation::DropColumn { table, column, if_exists, cascade });
        }
        Ok(())
    }

    fn drop_constraint(
        &mut self,
        name: Fact<Option<Name>>,
        kind: Option<ConstraintKind>,
        if_exists: bool,
        cursor: &mut Cursor<'_>,
    ) {
        let cascade = cursor.cascade();
        self.push(Operation::DropConstraint {
            table: self.table,
            name,
            kind,
            if_exists: if_exists || self.if_exists,
            cascade,
            name_is_final: true,
        });
    }

    fn alter(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let start = *cursor;
        if cursor.is_any(&["CONSTRAINT", "INDEX", "CHECK"])
            && cursor.peek(2).is_some()
            && !is_change(cursor, 1)
        {
            cursor.until(|_| false);
            self.nothing(start, cursor.at);
            return Ok(());
        }
        cursor.eat("COLUMN");
        cursor.if_exists();
        let column = cursor.name()?;
        let mut change = ColumnChange::default();
        match alter_column(cursor, &mut change)? {
            true => self.alter_column(column, change),
            false => self.nothing(start, cursor.at),
        }
        Ok(())
    }

    /// MODIFY and CHANGE say the whole column anew: what they leave out is lost.
    fn restate(&mut self, cursor: &mut Cursor<'_>, old: Option<Name>) -> Read<()> {
        let Definition { column, primary_key, constraints, indexes, .. } = definition(cursor)?;
        let renamed = old.filter(|old| *old != column.name).map(|_| Fact::Known(column.name));
        let change = ColumnChange {
            nullable: Some(column.nullable),
            ty: Some(column.ty),
            default: Some(column.default),
            new_name: renamed,
            comment: Some(column.comment),
            identity: None,
            computed: Some(column.computed),
            autoincrement: Some(column.autoincrement == Autoincrement::On),
            restates: true,
            ..ColumnChange::default()
        };
        self.alter_column(old.unwrap_or(column.name), change);
        let table = self.table;
        let key = primary_key.map(Constraint::PrimaryKey);
        for constraint in key.into_iter().chain(constraints) {
            self.push(Operation::AddConstraint { table, constraint, if_not_exists: false });
        }
        for index in indexes {
            self.push(Operation::CreateIndex { table, index: Box::new(index), if_not_exists: false });
        }
        Ok(())
    }

    fn rename(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let table = self.table;
        if cursor.eat("CONSTRAINT") {
            let from = cursor.name()?;
            cursor.expect("TO")?;
            let to = cursor.name()?;
            self.push(Operation::RenameConstraint { table, from, to });
            return Ok(());
        }
        if cursor.is_any(&["INDEX", "KEY"]) && cursor.is_at(2, "TO") {
            cursor.at += 1;
            let from = cursor.name()?;
            cursor.expect("TO")?;
            let to = cursor.name()?;
            self.push(Operation::RenameIndex { table: Some(table), from, to });
            return Ok(());
        }
        if cursor.peek(1).is_none() || (cursor.is_any(&["TO", "AS"]) && !cursor.is_at(1, "TO")) {
            cursor.eat_any(&["TO", "AS"]);
            let mut to = cursor.table()?;
            if to.schema.is_none() && !cursor.is_mysql() {
                to.schema = table.schema;
            }
            self.push(Operation::RenameTable { from: table, to });
            self.table = to;
            return Ok(());
        }
        if cursor.is("COLUMN") && (!cursor.is_at(1, "TO") || cursor.is_at(2, "TO")) {
            cursor.at += 1;
        }
        cursor.if_exists();
        let column = cursor.name()?;
        cursor.expect("TO")?;
        let to = cursor.name()?;
        cursor.cascade();
        let change = ColumnChange { new_name: Some(Fact::Known(to)), ..ColumnChange::default() };
        self.alter_column(column, change);
        Ok(())
    }
}

fn mark_not_valid(operation: &mut Operation, not_valid: bool) {
    match operation {
        Operation::AddConstraint { constraint: Constraint::ForeignKey(key), .. } => key.not_valid = not_valid,
        Operation::AddConstraint { constraint: Constraint::Check(check), .. } => check.not_valid = not_valid,
        _ => {}
    }
}

/// Does `SET`, `DROP` or `TYPE` follow, `ahead` tokens from here? Then the word here is a column's name.
fn is_change(cursor: &Cursor<'_>, ahead: usize) -> bool {
    ["SET", "DROP", "TYPE", "ADD"].iter().any(|word| cursor.is_at(ahead, word))
}

/// Does an action start here that changes nothing of what the schema knows?
fn is_harmless(cursor: &Cursor<'_>) -> bool {
    const LEADS: [&str; 47] = [
        "OWNER",
        "ENABLE",
        "DISABLE",
        "FORCE",
        "NO",
        "CLUSTER",
        "VALIDATE",
        "INHERIT",
        "ATTACH",
        "DETACH",
        "REPLICA",
        "RESET",
        "SET",
        "NOT",
        "ENGINE",
        "AUTO_INCREMENT",
        "DEFAULT",
        "CHARACTER",
        "CHARSET",
        "COLLATE",
        "CONVERT",
        "ROW_FORMAT",
        "ALGORITHM",
        "LOCK",
        "ORDER",
        "PARTITION",
        "REMOVE",
        "TRUNCATE",
        "EXCHANGE",
        "COALESCE",
        "REORGANIZE",
        "REBUILD",
        "ANALYZE",
        "CHECKSUM",
        "OPTIMIZE",
        "DISCARD",
        "IMPORT",
        "TABLESPACE",
        "STATS_PERSISTENT",
        "STATS_AUTO_RECALC",
        "STATS_SAMPLE_PAGES",
        "KEY_BLOCK_SIZE",
        "COMPRESSION",
        "ENCRYPTION",
        "WITHOUT",
        "SWITCH",
        "DEPENDS",
    ];
    cursor.is_any(&LEADS)
}
