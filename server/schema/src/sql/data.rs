//! Statements that change rows: INSERT, UPDATE, DELETE, MERGE, REPLACE, TRUNCATE, COPY, alone or behind WITH.
//!
//! The clauses are found by their keywords outside parentheses, so that a statement of two megabytes costs one pass.

use super::cursor::{Cursor, Read, Unreadable};
use super::lex::TokenKind;
use super::reads;
use super::sources::Sources;
use super::text::in_short;
use super::{DEEPEST, Found, nothing};
use crate::operation::DataKind;
use crate::{DataChange, Kind, Operation, TableName};
use fact::Name;
use std::sync::Arc;

/// Longer statements keep their beginning only.
const KEPT: usize = 8 * 1024;

/// Reads a statement that begins with a data-changing word, or with WITH.
pub(super) fn data(cursor: &mut Cursor<'_>) -> Read<Vec<Found>> {
    if cursor.source.depth >= DEEPEST {
        return Err(Unreadable);
    }
    let statement = *cursor;
    let mut found = Vec::new();
    let mut common = Vec::new();
    if cursor.eat("WITH") {
        cursor.eat("RECURSIVE");
        loop {
            common.push(cursor.name()?);
            if cursor.symbol(0) == "(" {
                cursor.parens()?;
            }
            cursor.expect("AS")?;
            cursor.eat("NOT");
            cursor.eat("MATERIALIZED");
            let inside = cursor.parens()?;
            if changes_data(&inside) {
                let mut inside = inside;
                inside.source.depth += 1;
                found.extend(data(&mut inside)?);
            }
            while cursor.eat_any(&["SEARCH", "CYCLE"]) {
                cursor.until(changes_data_or_selects);
            }
            if !cursor.eat_symbol(",") {
                break;
            }
        }
    }
    if cursor.is_any(&["SELECT", "VALUES", "TABLE"]) || cursor.symbol(0) == "(" {
        if found.is_empty() {
            found.push(Found {
                operation: nothing(&in_short(statement.source_text(), 100)),
                span: statement.span(),
            });
        }
        return Ok(found);
    }
    let reader = Reader { statement, common };
    for change in reader.read(cursor)? {
        found.push(Found { operation: Operation::Data(change), span: statement.span() });
    }
    Ok(found)
}

fn changes_data(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&["INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TRUNCATE", "COPY", "LOAD", "WITH"])
}

fn changes_data_or_selects(cursor: &Cursor<'_>) -> bool {
    changes_data(cursor) || cursor.is_any(&["SELECT", "VALUES"])
}

/// A column that gets a value: its qualifier, its name, the value if it is simple.
type Assigned = (Option<Name>, Name, Option<Arc<str>>);

struct Reader<'a> {
    statement: Cursor<'a>,
    /// The names that WITH gives to queries: no tables.
    common: Vec<Name>,
}

impl<'a> Reader<'a> {
    fn read(&self, cursor: &mut Cursor<'a>) -> Read<Vec<DataChange>> {
        let verb = cursor.word(0).to_ascii_uppercase();
        cursor.at += 1;
        match verb.as_str() {
            "INSERT" | "REPLACE" => Ok(vec![self.insert(cursor)?]),
            "UPDATE" => Ok(vec![self.update(cursor)?]),
            "DELETE" => self.delete(cursor),
            "MERGE" => self.merge(cursor),
            "TRUNCATE" => self.truncate(cursor),
            "COPY" => self.copy(cursor),
            "LOAD" => self.load(cursor),
            _ => Err(Unreadable),
        }
    }

    fn change(&self, kind: DataKind, table: Option<TableName>) -> DataChange {
        let text = self.statement.source_text();
        let sql: Arc<str> = if text.len() <= KEPT { text.into() } else { in_short(text, KEPT / 4).into() };
        let table = table.filter(|t| !(t.schema.is_none() && self.common.contains(&t.name)));
        DataChange {
            kind,
            table,
            columns: Vec::new(),
            condition: None,
            reads: Vec::new(),
            certain: false,
            sql,
        }
    }

    fn insert(&self, cursor: &mut Cursor<'a>) -> Read<DataChange> {
        cursor.eat_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY"]);
        cursor.eat("IGNORE");
        if cursor.eat("OR") {
            cursor.at += 1;
        }
        cursor.eat("INTO");
        let table = cursor.target()?;
        if cursor.eat("AS") || (cursor.peek(1).is_some() && !ends_target(cursor)) {
            cursor.name()?;
        }
        let mut change = self.change(DataKind::Insert, table);
        if cursor.eat("PARTITION") {
            cursor.parens()?;
        }
        if cursor.symbol(0) == "(" && !["SELECT", "WITH", "VALUES"].iter().any(|w| cursor.is_at(1, w)) {
            change.columns = cursor.known_names_in_parens()?;
        }
        while !cursor.done() && !is_insert_clause(cursor) {
            if cursor.eat("OVERRIDING SYSTEM VALUE") || cursor.eat("OVERRIDING USER VALUE") {
                continue;
            }
            // OUTPUT and its columns, a row alias.
            cursor.skip();
        }
        if cursor.eat_any(&["VALUES", "VALUE"]) {
            change.certain = true;
            cursor.eat("ROW");
            let mut row = cursor.parens()?;
            if cursor.symbol(0) != "," && row.items() == change.columns.len() {
                for (_, value) in &mut change.columns {
                    *value = simple(&row.until_comma());
                }
            }
        } else if cursor.eat("DEFAULT VALUES") {
            change.certain = true;
        } else if cursor.eat("SET") {
            change.certain = true;
            let assignments = cursor.until_clause(&["ON", "AS", "RETURNING"]);
            change.columns = self.assignments(assignments)?.into_iter().map(|(_, c, v)| (c, v)).collect();
        }
        Ok(change)
    }

    fn update(&self, cursor: &mut Cursor<'a>) -> Read<DataChange> {
        if cursor.eat("OR") {
            cursor.at += 1;
        }
        cursor.eat_any(&["LOW_PRIORITY"]);
        cursor.eat_any(&["IGNORE"]);
        skip_top(cursor)?;
        let tables = cursor.until_clause(&["SET"]);
        cursor.expect("SET")?;
        let sets = cursor.until_clause(&["FROM", "WHERE", "RETURNING", "ORDER", "LIMIT", "OPTION", "OUTPUT"]);
        let mut sources = Sources::read(tables);
        let own = sources.tables.len();
        if cursor.eat("OUTPUT") {
            cursor.until_clause(&["FROM", "WHERE"]);
        }
        if cursor.eat("FROM") {
            let from = cursor.until_clause(&["WHERE", "RETURNING", "ORDER", "LIMIT", "OPTION"]);
            sources.add(from);
        }
        let assigned = self.assignments(sets)?;
        let qualifier = assigned.iter().find_map(|(qualifier, ..)| *qualifier);
        let first = sources.tables.first().copied().flatten();
        let alias = tables.word_if_single().map(fact::name);
        let table = match qualifier.or(alias).and_then(|name| sources.by_alias(name)) {
            Some(table) => Some(table),
            None => first,
        };
        let mut change = self.change(DataKind::Update, table);
        change.condition = condition(cursor);
        change.certain = change.condition.is_none() && sources.tables.len() == own;
        let only_target = sources.tables.len() == 1;
        change.reads = self.reads(&[sets], cursor, change.table, &sources, only_target);
        change.columns = assigned.into_iter().map(|(_, column, value)| (column, value)).collect();
        Ok(change)
    }

    /// `a = 1, t.b = c, (d, e) = (...)`: qualifier, column and simple value.
    fn assignments(&self, mut sets: Cursor<'a>) -> Read<Vec<Assigned>> {
        let mut assigned = Vec::new();
        while !sets.done() {
            let mut item = sets.until_comma();
            if item.symbol(0) == "(" {
                let columns = item.names_in_parens()?;
                assigned.extend(columns.into_iter().map(|column| (None, column, None)));
                continue;
            }
            if item.peek(0).is_some_and(|t| t.kind == TokenKind::Param) {
                continue;
            }
            let mut parts = vec![item.maybe_name()?];
            while item.eat_symbol(".") {
                parts.push(item.maybe_name()?);
            }
            while item.symbol(0) == "[" {
                item.skip();
            }
            if !item.eat_symbol("=") && !item.eat_symbol(":=") {
                return Err(Unreadable);
            }
            let column = parts.pop().ok_or(Unreadable)?;
            let qualifier = parts.last().and_then(|part| part.known().copied());
            // A column whose name is not known cannot be listed.
            if let fact::Fact::Known(column) = column {
                assigned.push((qualifier, column, simple(&item)));
            }
        }
        Ok(assigned)
    }

    fn delete(&self, cursor: &mut Cursor<'a>) -> Read<Vec<DataChange>> {
        cursor.eat_any(&["LOW_PRIORITY"]);
        cursor.eat_any(&["QUICK"]);
        cursor.eat_any(&["IGNORE"]);
        skip_top(cursor)?;
        let from_first = cursor.eat("FROM");
        let targets = cursor.until_clause(&[
            "FROM",
            "USING",
            "WHERE",
            "RETURNING",
            "ORDER",
            "LIMIT",
            "OUTPUT",
            "OPTION",
        ]);
        if cursor.eat("OUTPUT") {
            cursor.until_clause(&["FROM", "WHERE"]);
        }
        let mut sources = Sources::read(targets);
        let own = sources.tables.len();
        if cursor.eat_any(&["FROM", "USING"]) {
            sources.add(cursor.until_clause(&["WHERE", "RETURNING", "ORDER", "LIMIT", "OPTION"]));
        }
        let joined = sources.tables.len() > 1;
        let condition = condition(cursor);
        let several = if from_first { 1 } else { own };
        let mut changes = Vec::new();
        for target in sources.tables.iter().take(several.max(1)) {
            let table = target.and_then(|t| match t.schema {
                None => sources.by_alias(t.name).or(Some(t)),
                Some(_) => Some(t),
            });
            let mut change = self.change(DataKind::Delete, table);
            change.condition = condition.clone();
            change.certain = condition.is_none() && !joined;
            change.reads = self.reads(&[], cursor, change.table, &sources, !joined);
            changes.push(change);
        }
        Ok(changes)
    }

    fn merge(&self, cursor: &mut Cursor<'a>) -> Read<Vec<DataChange>> {
        skip_top(cursor)?;
        cursor.eat("INTO");
        let table = cursor.target()?;
        let mut changes: Vec<DataChange> = Vec::new();
        while !cursor.done() {
            let start = cursor.at;
            cursor.until_clause(&["WHEN"]);
            let clause = Cursor { at: cursor.at, ..*cursor };
            if clause.done() {
                break;
            }
            cursor.at = cursor.at.max(start) + 1;
            let mut action = cursor.until_clause(&["WHEN"]);
            action.until_clause(&["THEN"]);
            action.eat("THEN");
            let mut change = if action.eat("INSERT") {
                let mut change = self.change(DataKind::Insert, table);
                if action.symbol(0) == "(" {
                    change.columns = action.known_names_in_parens()?;
                }
                change
            } else if action.eat("UPDATE SET") {
                let mut change = self.change(DataKind::Update, table);
                let sets = action.until_clause(&["WHERE", "OUTPUT"]);
                change.columns = self.assignments(sets)?.into_iter().map(|(_, c, v)| (c, v)).collect();
                change
            } else if action.is("DELETE") {
                self.change(DataKind::Delete, table)
            } else {
                continue;
            };
            // Which rows are met is for the data to say.
            change.condition = Some("MERGE".into()).filter(|_| change.kind != DataKind::Insert);
            changes.push(change);
        }
        if changes.is_empty() { Err(Unreadable) } else { Ok(changes) }
    }

    fn truncate(&self, cursor: &mut Cursor<'a>) -> Read<Vec<DataChange>> {
        cursor.eat("TABLE");
        cursor.eat("ONLY");
        let mut changes = Vec::new();
        loop {
            let table = cursor.target()?;
            cursor.eat_symbol("*");
            changes.push(DataChange { certain: true, ..self.change(DataKind::Truncate, table) });
            if !cursor.eat_symbol(",") {
                return Ok(changes);
            }
            cursor.eat("ONLY");
        }
    }

    fn copy(&self, cursor: &mut Cursor<'a>) -> Read<Vec<DataChange>> {
        if cursor.symbol(0) == "(" {
            return Ok(Vec::new());
        }
        let table = cursor.target()?;
        let mut change = self.change(DataKind::Insert, table);
        if cursor.symbol(0) == "(" {
            change.columns = cursor.known_names_in_parens()?;
        }
        Ok(if cursor.is("FROM") { vec![change] } else { Vec::new() })
    }

    /// MySQL: `LOAD DATA ... INTO TABLE t`.
    fn load(&self, cursor: &mut Cursor<'a>) -> Read<Vec<DataChange>> {
        cursor.until_clause(&["INTO"]);
        cursor.expect("INTO TABLE")?;
        let table = cursor.target()?;
        Ok(vec![self.change(DataKind::Insert, table)])
    }

    /// The columns of the changed table that values and condition read.
    fn reads(
        &self,
        values: &[Cursor<'a>],
        cursor: &Cursor<'a>,
        table: Option<TableName>,
        sources: &Sources,
        only_target: bool,
    ) -> Vec<Name> {
        let Some(table) = table else { return Vec::new() };
        let own = reads::Own { table: table.name, aliases: sources.aliases_of(table), only_target };
        let mut names = Vec::new();
        for set in values {
            let mut sets = *set;
            while !sets.done() {
                let mut item = sets.until_comma();
                item.until(|c| c.symbol(0) == "=");
                item.eat_symbol("=");
                reads::columns(&item, &own, &mut names);
            }
        }
        let mut rest = Cursor { at: self.statement.at, ..*cursor };
        rest.until_clause(&["WHERE"]);
        if rest.eat("WHERE") {
            let condition = rest.until_clause(&AFTER_CONDITION);
            reads::columns(&condition, &own, &mut names);
        }
        names
    }
}

const AFTER_CONDITION: [&str; 4] = ["RETURNING", "ORDER", "LIMIT", "OPTION"];

/// The text behind WHERE, if there is one.
fn condition(cursor: &Cursor<'_>) -> Option<Arc<str>> {
    let mut cursor = *cursor;
    cursor.until_clause(&["WHERE"]);
    if !cursor.eat("WHERE") {
        return None;
    }
    let condition = cursor.until_clause(&AFTER_CONDITION);
    let always = condition.peek(1).is_none() && (condition.is("TRUE") || condition.source_text() == "1");
    Some(condition.source_text()).filter(|_| !always).map(Arc::from)
}

/// SQL Server: `TOP (10) [PERCENT]`.
fn skip_top(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.is("TOP") && cursor.symbol(1) == "(" {
        cursor.at += 1;
        cursor.parens()?;
        cursor.eat("PERCENT");
    }
    Ok(())
}

/// Does something else than an alias follow the table of an INSERT?
fn ends_target(cursor: &Cursor<'_>) -> bool {
    is_insert_clause(cursor)
        || cursor.symbol(0) == "("
        || cursor.is_any(&["OVERRIDING", "OUTPUT", "PARTITION", "ON"])
}

fn is_insert_clause(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&["VALUES", "VALUE", "SELECT", "WITH", "DEFAULT", "SET", "TABLE", "EXEC", "EXECUTE"])
        || (cursor.symbol(0) == "(" && ["SELECT", "WITH", "VALUES"].iter().any(|w| cursor.is_at(1, w)))
}

/// A value's text, if it is short and neither a query nor unknown.
fn simple(value: &Cursor<'_>) -> Option<Arc<str>> {
    const LONGEST: usize = 200;
    let text = value.source_text();
    let mut rest = *value;
    while let Some(token) = rest.peek(0) {
        let query = token.kind == TokenKind::Word && rest.is("SELECT");
        if token.kind == TokenKind::Param || query || text.len() > LONGEST {
            return None;
        }
        rest.at += 1;
    }
    Some(text).filter(|text| !text.is_empty() && !super::lex::has_hole(text)).map(Arc::from)
}

/// SELECT: nothing, unless it makes a table of what it finds or calls what adds a column.
pub(super) fn select(cursor: &mut Cursor<'_>) -> Read<Vec<Found>> {
    let statement = *cursor;
    let span = statement.span();
    cursor.at += 1;
    if cursor.is_any(&["AddGeometryColumn", "DropGeometryColumn", "DropGeometryTable", "UpdateGeometrySRID"])
    {
        return Err(Unreadable);
    }
    let operation = match into_table(cursor) {
        Some(table) => {
            super::create_table::table_of_unknown_columns(&statement, table, "the columns of a query")
        }
        None => nothing(&in_short(statement.source_text(), 100)),
    };
    Ok(vec![Found { operation, span }])
}

/// `SELECT ... INTO [TABLE] t FROM ...`, not into a variable or a file.
fn into_table(cursor: &mut Cursor<'_>) -> Option<TableName> {
    if !cursor.is_dialect(&[Kind::Postgresql, Kind::Mssql]) {
        return None;
    }
    cursor.until_clause(&["INTO", "FROM"]);
    if !cursor.eat("INTO") || cursor.eat_any(&["TEMP", "TEMPORARY"]) {
        return None;
    }
    cursor.eat("UNLOGGED");
    cursor.eat("TABLE");
    cursor.table().ok().filter(|table| !table.name.starts_with('#'))
}
