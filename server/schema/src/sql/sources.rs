//! The tables that a statement names, and the names that it gives them.

use super::cursor::{Cursor, Read};
use super::lex::TokenKind;
use crate::TableName;
use fact::{Fact, Name};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The tables that a statement names between its keywords, and their aliases.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// In order; `None` where something else stands for a table (a query, a function).
    pub tables: Vec<Option<TableName>>,
    aliases: FxHashMap<Name, TableName>,
}

impl Sources {
    pub fn read(cursor: Cursor<'_>) -> Sources {
        let mut sources = Sources::default();
        sources.add(cursor);
        sources
    }

    pub fn add(&mut self, mut cursor: Cursor<'_>) {
        while !cursor.done() {
            let mut item = cursor.until_comma();
            self.one(&mut item);
            while !item.done() {
                item.until_clause(&["JOIN", "APPLY"]);
                item.at += 1;
                if !item.done() {
                    self.one(&mut item);
                }
            }
        }
    }

    fn one(&mut self, cursor: &mut Cursor<'_>) {
        const NO_ALIAS: [&str; 16] = [
            "ON",
            "USING",
            "JOIN",
            "INNER",
            "LEFT",
            "RIGHT",
            "FULL",
            "CROSS",
            "NATURAL",
            "OUTER",
            "WITH",
            "SET",
            "FORCE",
            "USE",
            "TABLESAMPLE",
            "STRAIGHT_JOIN",
        ];
        cursor.eat_any(&["ONLY", "LATERAL"]);
        let start = *cursor;
        let table = cursor.table().ok().filter(|_| cursor.symbol(0) != "(");
        if table.is_none() {
            *cursor = start;
            cursor.skip();
        }
        self.tables.push(table);
        cursor.eat_symbol("*");
        let explicit = cursor.eat("AS");
        if (explicit || !cursor.is_any(&NO_ALIAS))
            && let Ok(alias) = cursor.name()
            && let Some(table) = table
        {
            self.aliases.insert(alias, table);
        }
    }

    pub fn by_alias(&self, name: Name) -> Option<TableName> {
        self.aliases.get(&name).copied().or_else(|| {
            self.tables.iter().flatten().find(|table| table.name == name && table.schema.is_some()).copied()
        })
    }

    pub fn aliases_of(&self, table: TableName) -> Vec<Name> {
        self.aliases.iter().filter(|(_, t)| **t == table).map(|(alias, _)| *alias).collect()
    }
}

impl<'a> Cursor<'a> {
    /// The table that a statement changes; `None` for a variable, or a name that is not known whole.
    pub fn target(&mut self) -> Read<Option<TableName>> {
        if self.peek(0).is_some_and(|t| t.kind == TokenKind::Param) {
            self.at += 1;
            return Ok(None);
        }
        let start = *self;
        if let Ok(table) = self.table() {
            return Ok(Some(table));
        }
        *self = start;
        loop {
            self.maybe_name()?;
            if !self.eat_symbol(".") {
                return Ok(None);
            }
        }
    }

    /// The columns of an INSERT, without values yet and without those whose names are not known.
    pub fn known_names_in_parens(&mut self) -> Read<Vec<(Name, Option<Arc<str>>)>> {
        let mut inside = self.parens()?;
        let mut names = Vec::new();
        while !inside.done() {
            if let Fact::Known(name) = inside.until_comma().maybe_name()? {
                names.push((name, None));
            }
        }
        Ok(names)
    }

    /// How many parts there are between commas.
    pub fn items(&self) -> usize {
        let mut rest = *self;
        let mut items = 0;
        while !rest.done() {
            rest.until_comma();
            items += 1;
        }
        items
    }

    /// What stands before the first of `words` outside parentheses, commas included; the cursor stops there.
    pub fn until_clause(&mut self, words: &[&str]) -> Cursor<'a> {
        let start = self.at;
        while !self.done() {
            // `a IS DISTINCT FROM b` is no FROM clause.
            let distinct =
                self.is("FROM") && self.at > start && Cursor { at: self.at - 1, ..*self }.is("DISTINCT");
            if self.is_any(words) && !distinct {
                break;
            }
            self.skip();
        }
        Cursor { at: start, end: self.at, ..*self }
    }

    pub fn word_if_single(&self) -> Option<&'a str> {
        Some(self.word(0)).filter(|word| !word.is_empty() && self.peek(1).is_none())
    }
}
