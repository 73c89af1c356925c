//! Constraints of a table and the indexes that MySQL and SQL Server define among them.

use super::column::{ends_value, server_default};
use super::cursor::{Cursor, Read, Unreadable};
use super::index::index_items;
use super::lex::TokenKind;
use crate::constraint::ConstraintName;
use crate::{
    Check, Constraint, ConstraintKind, Exclude, ForeignKey, Index, Kind, PrimaryKey, ServerDefault, Unique,
};
use fact::{Fact, Name};
use std::sync::Arc;

/// What can stand in a table's definition besides columns, and behind `ADD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TableItem {
    Constraint(Constraint),
    Index(Box<Index>),
    /// SQL Server: `[CONSTRAINT name] DEFAULT value FOR column`.
    Default {
        column: Name,
        value: Fact<Option<ServerDefault>>,
    },
    /// PostgreSQL: the constraint takes over an index that exists, under the constraint's name.
    UsingIndex {
        name: ConstraintName,
        index: Name,
        kind: ConstraintKind,
        deferrable: Deferrable,
    },
    /// Nothing that the schema knows of (`PERIOD FOR SYSTEM_TIME`).
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Deferrable {
    pub deferrable: Option<bool>,
    pub initially: Option<Arc<str>>,
}

/// Does a constraint or an index start here, and not a column?
pub(super) fn starts_item(cursor: &Cursor<'_>) -> bool {
    const LEADS: [&str; 7] = ["CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "EXCLUDE", "CHECK", "PERIOD"];
    if cursor.is_any(&LEADS) {
        return match cursor.word(0).to_ascii_uppercase().as_str() {
            "PRIMARY" | "FOREIGN" => cursor.is_at(1, "KEY"),
            "CHECK" | "EXCLUDE" => cursor.symbol(1) == "(" || cursor.is_at(1, "USING"),
            "PERIOD" => cursor.is_at(1, "FOR"),
            _ => true,
        };
    }
    (cursor.is("DEFAULT") && cursor.is_dialect(&[Kind::Mssql])) || starts_index(cursor)
}

/// `KEY name (a)`; without a dialect, `key varchar(20)` is a column.
fn starts_index(cursor: &Cursor<'_>) -> bool {
    if cursor.is_dialect(&[Kind::Postgresql, Kind::Sqlite]) {
        return false;
    }
    if cursor.is_any(&["FULLTEXT", "SPATIAL"]) {
        return true;
    }
    if !cursor.is_any(&["KEY", "INDEX"]) {
        return false;
    }
    if cursor.source.dialect.is_some() {
        return true;
    }
    let mut ahead = *cursor;
    ahead.at += 1;
    if ahead.symbol(0) != "(" {
        ahead.at += 1;
    }
    ahead.parens().is_ok_and(|inside| inside.peek(0).is_some_and(|t| t.kind != TokenKind::Number))
}

/// Reads one item; the cursor ends behind it.
pub(super) fn table_item(cursor: &mut Cursor<'_>) -> Read<TableItem> {
    let mut name: ConstraintName = Fact::Known(None);
    if cursor.eat("CONSTRAINT") {
        cursor.if_not_exists();
        // MySQL allows `CONSTRAINT PRIMARY KEY (a)`.
        let unnamed = cursor.is_any(&["PRIMARY", "FOREIGN", "UNIQUE", "CHECK"]) && starts_item(cursor);
        if !unnamed {
            name = cursor.maybe_name()?.map(Some);
        }
    }
    if cursor.eat("PRIMARY KEY") {
        primary_key(cursor, name)
    } else if cursor.eat("UNIQUE") {
        unique(cursor, name)
    } else if cursor.eat("FOREIGN KEY") {
        foreign_key(cursor, name)
    } else if cursor.eat("CHECK") {
        check(cursor, name)
    } else if cursor.eat("EXCLUDE") {
        exclude(cursor, name)
    } else if cursor.eat("DEFAULT") {
        let value = cursor.until(|c| c.is("FOR") || ends_value(c));
        let value = server_default(&value);
        cursor.expect("FOR")?;
        let column = cursor.name()?;
        cursor.eat("WITH VALUES");
        Ok(TableItem::Default { column, value })
    } else if cursor.eat("PERIOD FOR") {
        cursor.until(|_| false);
        Ok(TableItem::Nothing)
    } else if starts_index(cursor) {
        inline_index(cursor)
    } else {
        Err(Unreadable)
    }
}

fn primary_key(cursor: &mut Cursor<'_>, name: ConstraintName) -> Read<TableItem> {
    cursor.eat_any(&["CLUSTERED", "NONCLUSTERED"]);
    if let Some(item) = using_index(cursor, &name, ConstraintKind::PrimaryKey)? {
        return Ok(item);
    }
    eat_using(cursor);
    if cursor.symbol(0) != "(" {
        cursor.name()?;
        eat_using(cursor);
    }
    let columns = cursor.names_in_parens()?;
    Tail::default().read_with_comment(cursor)?;
    let key = PrimaryKey { name, name_is_final: true, ..PrimaryKey::new(columns, cursor.place()) };
    Ok(TableItem::Constraint(Constraint::PrimaryKey(key)))
}

fn unique(cursor: &mut Cursor<'_>, mut name: ConstraintName) -> Read<TableItem> {
    cursor.eat_any(&["KEY", "INDEX"]);
    cursor.if_not_exists();
    cursor.eat_any(&["CLUSTERED", "NONCLUSTERED"]);
    if let Some(item) = using_index(cursor, &name, ConstraintKind::Unique)? {
        return Ok(item);
    }
    let mut options = Vec::new();
    eat_nulls(cursor, &mut options);
    eat_using(cursor);
    if cursor.symbol(0) != "(" {
        // MySQL's name of the index is the name of the constraint, unless it has one of its own.
        let index = cursor.maybe_name()?;
        if name == Fact::Known(None) {
            name = index.map(Some);
        }
        eat_using(cursor);
    }
    let columns = cursor.names_in_parens()?;
    let tail = Tail::default().read_with_comment(cursor)?;
    let unique = Unique {
        name,
        name_is_final: true,
        deferrable: tail.deferrable.deferrable,
        initially: tail.deferrable.initially,
        options,
        ..Unique::new(columns, cursor.place())
    };
    Ok(TableItem::Constraint(Constraint::Unique(unique)))
}

/// `NULLS [NOT] DISTINCT`.
pub(super) fn eat_nulls(cursor: &mut Cursor<'_>, options: &mut Vec<(Name, Arc<str>)>) {
    if cursor.eat("NULLS NOT DISTINCT") {
        options.push((fact::name("postgresql_nulls_not_distinct"), "True".into()));
    } else {
        cursor.eat("NULLS DISTINCT");
    }
}

fn using_index(
    cursor: &mut Cursor<'_>,
    name: &ConstraintName,
    kind: ConstraintKind,
) -> Read<Option<TableItem>> {
    if !cursor.looking_at("USING INDEX") || cursor.is_at(2, "TABLESPACE") {
        return Ok(None);
    }
    cursor.at += 2;
    let index = cursor.name()?;
    let tail = Tail::default().read(cursor)?;
    Ok(Some(TableItem::UsingIndex { name: name.clone(), index, kind, deferrable: tail.deferrable }))
}

fn eat_using(cursor: &mut Cursor<'_>) {
    if cursor.is("USING") && !cursor.is_at(1, "INDEX") {
        cursor.at += 2;
    }
}

fn foreign_key(cursor: &mut Cursor<'_>, name: ConstraintName) -> Read<TableItem> {
    cursor.if_not_exists();
    let mut name = name;
    if cursor.symbol(0) != "(" {
        let index = cursor.maybe_name()?;
        if name == Fact::Known(None) && cursor.is_mysql() {
            name = index.map(Some);
        }
    }
    let columns = cursor.names_in_parens()?;
    cursor.expect("REFERENCES")?;
    let key = references(cursor, name, columns)?;
    Ok(TableItem::Constraint(Constraint::ForeignKey(key)))
}

/// What follows `REFERENCES`.
pub(super) fn references(
    cursor: &mut Cursor<'_>,
    name: ConstraintName,
    columns: Vec<Name>,
) -> Read<ForeignKey> {
    let table = cursor.table()?;
    let ref_columns = if cursor.symbol(0) == "(" { cursor.names_in_parens()? } else { Vec::new() };
    let tail = Tail::default().read(cursor)?;
    Ok(ForeignKey {
        name,
        name_is_final: true,
        on_delete: tail.on_delete,
        on_update: tail.on_update,
        deferrable: tail.deferrable.deferrable,
        initially: tail.deferrable.initially,
        match_: tail.match_,
        not_valid: tail.not_valid,
        ..ForeignKey::new(columns, table, ref_columns, cursor.place())
    })
}

/// What follows `CHECK`.
pub(super) fn check(cursor: &mut Cursor<'_>, name: ConstraintName) -> Read<TableItem> {
    cursor.eat("NOT FOR REPLICATION");
    let condition = cursor.parens()?.sql();
    let tail = Tail::default().read(cursor)?;
    let check = Check {
        name,
        name_is_final: true,
        not_valid: tail.not_valid,
        ..Check::new(condition, cursor.place())
    };
    Ok(TableItem::Constraint(Constraint::Check(check)))
}

fn exclude(cursor: &mut Cursor<'_>, name: ConstraintName) -> Read<TableItem> {
    let using = if cursor.eat("USING") { Some(cursor.name()?.as_str().into()) } else { None };
    let mut inside = cursor.parens()?;
    let mut elements = Vec::new();
    while !inside.done() {
        let mut element = inside.until_comma();
        let what = element.until(|c| c.is("WITH")).source_text();
        element.expect("WITH")?;
        elements.push((what.into(), element.rest().source_text().into()));
    }
    let mut condition = None;
    loop {
        if cursor.eat("WHERE") {
            condition = Some(cursor.parens()?.source_text().into());
        } else if !Tail::default().one(cursor)? {
            break;
        }
    }
    let exclude = Exclude { name, elements, using, condition, place: cursor.place() };
    Ok(TableItem::Constraint(Constraint::Exclude(exclude)))
}

/// `[FULLTEXT | SPATIAL] {KEY | INDEX} [name] [USING method] (items)`.
fn inline_index(cursor: &mut Cursor<'_>) -> Read<TableItem> {
    let mut options = Vec::new();
    if cursor.is_any(&["FULLTEXT", "SPATIAL"]) {
        options.push((fact::name("mysql_prefix"), cursor.word(0).to_ascii_uppercase().into()));
        cursor.at += 1;
    }
    cursor.eat_any(&["KEY", "INDEX"]);
    cursor.if_not_exists();
    let mut using = None;
    let mut name = Fact::Known(None);
    let mut unique = false;
    if cursor.symbol(0) != "(" && !cursor.is("USING") {
        name = cursor.maybe_name()?.map(Some);
    }
    if cursor.is_dialect(&[Kind::Mssql]) {
        unique = cursor.eat("UNIQUE");
        cursor.eat_any(&["CLUSTERED", "NONCLUSTERED"]);
    }
    if cursor.eat("USING") {
        using = Some(cursor.name()?.as_str().into());
    }
    let items = index_items(cursor, &mut options)?;
    let tail = Tail::default().read_with_comment(cursor)?;
    Ok(TableItem::Index(Box::new(Index {
        name,
        name_is_final: true,
        unique: Fact::Known(unique),
        using: using.or(tail.using),
        options,
        ..Index::new(items, cursor.place())
    })))
}

/// The clauses that may follow any constraint.
#[derive(Debug, Default)]
pub(super) struct Tail {
    pub deferrable: Deferrable,
    pub not_valid: bool,
    pub on_delete: Option<Arc<str>>,
    pub on_update: Option<Arc<str>>,
    pub match_: Option<Arc<str>>,
    pub using: Option<Arc<str>>,
}

impl Tail {
    pub fn read(mut self, cursor: &mut Cursor<'_>) -> Read<Tail> {
        while self.one(cursor)? {}
        Ok(self)
    }

    /// [`Tail::read`] behind a constraint of the table; behind a column, COMMENT is the column's.
    pub fn read_with_comment(self, cursor: &mut Cursor<'_>) -> Read<Tail> {
        let mut tail = self.read(cursor)?;
        while cursor.is("COMMENT") && cursor.peek(1).is_some_and(|t| t.kind == TokenKind::Text) {
            cursor.at += 2;
            tail = tail.read(cursor)?;
        }
        Ok(tail)
    }

    /// Reads one clause, if one is here.
    pub fn one(&mut self, cursor: &mut Cursor<'_>) -> Read<bool> {
        const IGNORED: [&str; 9] = [
            "NO INHERIT",
            "INHERIT",
            "NOT FOR REPLICATION",
            "ENFORCED",
            "NOT ENFORCED",
            "VISIBLE",
            "INVISIBLE",
            "CLUSTERED",
            "NONCLUSTERED",
        ];
        if cursor.eat("NOT VALID") {
            self.not_valid = true;
        } else if cursor.eat("NOT DEFERRABLE") {
            self.deferrable.deferrable = Some(false);
        } else if cursor.eat("DEFERRABLE") {
            self.deferrable.deferrable = Some(true);
        } else if cursor.eat("INITIALLY") {
            self.deferrable.initially = Some(cursor.word(0).to_ascii_uppercase().into());
            cursor.at += 1;
        } else if cursor.eat("ON DELETE") {
            self.on_delete = Some(action(cursor)?);
        } else if cursor.looking_at("ON UPDATE") && is_action(cursor.word(2)) {
            cursor.at += 2;
            self.on_update = Some(action(cursor)?);
        } else if cursor.eat("ON CONFLICT") {
            cursor.at += 1;
        } else if cursor.eat("MATCH") {
            self.match_ = Some(cursor.word(0).to_ascii_uppercase().into());
            cursor.at += 1;
        } else if IGNORED.iter().any(|words| cursor.eat(words)) {
        } else if cursor.looking_at("USING INDEX TABLESPACE") {
            cursor.at += 4;
        } else if cursor.eat("USING") {
            self.using = Some(cursor.name()?.as_str().into());
        } else if cursor.is_any(&["INCLUDE", "WITH"]) && cursor.symbol(1) == "(" {
            cursor.at += 1;
            cursor.parens()?;
        } else if cursor.is_any(&["KEY_BLOCK_SIZE", "PARSER"]) || cursor.looking_at("WITH PARSER") {
            cursor.eat("WITH");
            cursor.at += 1;
            cursor.eat_symbol("=");
            cursor.at += 1;
        } else if cursor.is_dialect(&[Kind::Mssql]) && cursor.is("ON") {
            cursor.at += 2;
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

fn is_action(word: &str) -> bool {
    ["CASCADE", "RESTRICT", "SET", "NO"].iter().any(|a| word.eq_ignore_ascii_case(a))
}

fn action(cursor: &mut Cursor<'_>) -> Read<Arc<str>> {
    const ACTIONS: [&str; 5] = ["CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION"];
    let action = ACTIONS.iter().find(|words| cursor.eat(words)).ok_or(Unreadable)?;
    if action.starts_with("SET") && cursor.symbol(0) == "(" {
        cursor.parens()?;
    }
    Ok((*action).into())
}
