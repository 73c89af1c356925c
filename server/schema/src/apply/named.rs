//! The names of constraints and indexes: given, from the convention, or from the server.

use super::Failure;
use super::engine::Engine;
use super::mention::mentioned;
use crate::constraint::ConstraintName;
use crate::dialect::{Nameless, Rules, Unnamed, clip};
use crate::naming::{Key, Named, Subject};
use crate::operation::Written;
use crate::{Check, ConstraintKind, Kind, Table, TableName};
use fact::{Fact, Name, Reason, Unknown};

/// A name as an operation gives it.
pub(super) struct Given<'a> {
    pub name: &'a ConstraintName,
    pub is_final: bool,
    /// The table as it was written: the convention sees the schema that was given.
    pub table: TableName,
    pub columns: &'a [Name],
    pub referred: Option<(TableName, &'a [Name])>,
}

impl Engine<'_> {
    pub fn primary_key_name(&mut self, table: &Table, given: &Given<'_>) -> ConstraintName {
        if self.is_mysql_like() {
            return Fact::Known(Some(fact::name("PRIMARY")));
        }
        self.name_of(table, Key::PrimaryKey, given, Nameless::PrimaryKey)
    }

    pub fn unique_name(&mut self, table: &Table, given: &Given<'_>) -> ConstraintName {
        self.name_of(table, Key::Unique, given, Nameless::Unique(given.columns))
    }

    pub fn foreign_key_name(&mut self, table: &Table, given: &Given<'_>) -> ConstraintName {
        self.name_of(table, Key::ForeignKey, given, Nameless::ForeignKey(given.columns))
    }

    pub fn check_name(&mut self, table: &Table, check: &Check, given: &Given<'_>) -> ConstraintName {
        let columns = check.sql.as_ref().map(|sql| mentioned(sql, table));
        self.name_of(table, Key::Check, given, Nameless::Check(columns))
    }

    /// Exclusion constraints have no convention of their own.
    pub fn exclude_name(&mut self, table: &Table, given: &ConstraintName) -> ConstraintName {
        match given {
            Fact::Known(None) => self.server_name(table, Nameless::Exclude),
            given => given.clone(),
        }
    }

    pub fn index_name(&mut self, table: &Table, given: &Given<'_>, index: &crate::Index) -> ConstraintName {
        self.name_of(table, Key::Index, given, Nameless::Index(index))
    }

    /// The name that the server gives where nobody else did.
    pub fn server_name(&self, table: &Table, what: Nameless<'_>) -> ConstraintName {
        let Some(rules) = self.rules() else {
            return Fact::Unknown(Unknown::nowhere(Reason::NoDialect));
        };
        let taken = |name: &str| self.is_taken(table, name);
        rules.implicit_name(&Unnamed { what, table, taken: &taken })
    }

    /// Is the name in use in the schema that the table is in? `table` stands for what its schema has of it so far.
    pub fn is_taken(&self, table: &Table, name: &str) -> bool {
        let name = fact::name(name);
        let relation = TableName { schema: table.name.schema, name };
        if self.schema.tables.contains_key(&relation) || self.schema.sequences.contains_key(&relation) {
            return true;
        }
        let wanted = Fact::Known(Some(name));
        let uses = |table: &Table| {
            table.constraint_names().any(|(_, name)| *name == wanted)
                || table.indexes.iter().any(|index| index.name == wanted)
        };
        uses(table)
            || self
                .schema
                .tables
                .values()
                .filter(|other| other.name != table.name && other.name.schema == table.name.schema)
                .any(|other| uses(other))
    }

    fn name_of(&mut self, table: &Table, key: Key, given: &Given<'_>, what: Nameless<'_>) -> ConstraintName {
        let name = match given.name {
            Fact::Known(name) => *name,
            Fact::Unknown(unknown) => return Fact::Unknown(unknown.clone()),
        };
        if self.written == Written::Sql {
            return match name {
                Some(name) => Fact::Known(Some(self.clipped(name))),
                None => self.server_name(table, what),
            };
        }
        let convention = match &self.context.naming {
            Fact::Known(convention) => convention,
            Fact::Unknown(_) if name.is_some() && (given.is_final || key != Key::Check) => {
                return Fact::Known(name);
            }
            Fact::Unknown(unknown) => return Fact::Unknown(unknown.clone()),
        };
        let subject = Subject { table: given.table, columns: given.columns, referred: given.referred };
        match convention.name(key, name, given.is_final, &subject, self.kind()) {
            Named::As(Fact::Known(name)) => {
                self.check_length(name);
                Fact::Known(Some(name))
            }
            Named::As(Fact::Unknown(unknown)) => Fact::Unknown(unknown),
            Named::Not if key == Key::Index => {
                self.fail(Failure::UnnamedIndex { table: given.table });
                self.server_name(table, what)
            }
            Named::Not => self.server_name(table, what),
            Named::Refused => {
                self.fail(Failure::UnnamedConstraint { table: given.table, kind: kind_of(key) });
                self.server_name(table, what)
            }
        }
    }

    /// PostgreSQL shortens what SQL text names at too great length; others refuse it.
    fn clipped(&mut self, name: Name) -> Name {
        if self.is(Kind::Postgresql) {
            return fact::name(clip(&name, 63));
        }
        self.check_length(name);
        name
    }

    fn check_length(&mut self, name: Name) {
        let Some(limit) = self.rules().map(Rules::identifier_limit) else { return };
        if name.chars().count() > limit {
            self.fail(Failure::NameTooLong { name, limit });
        }
    }
}

fn kind_of(key: Key) -> Option<ConstraintKind> {
    match key {
        Key::Index => None,
        Key::Unique => Some(ConstraintKind::Unique),
        Key::Check => Some(ConstraintKind::Check),
        Key::ForeignKey => Some(ConstraintKind::ForeignKey),
        Key::PrimaryKey => Some(ConstraintKind::PrimaryKey),
    }
}
