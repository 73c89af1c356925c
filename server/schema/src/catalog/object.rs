//! Numbers of objects: PostgreSQL's `oid`, and casts that look one up.

use super::{Catalog, Cell};
use crate::TableName;
use fact::Unknown;

/// A number stands for a name; this mark keeps it from being equal to any text.
const MARK: char = '\u{1}';

/// The number of a table.
pub(super) fn class(table: &TableName) -> Cell {
    Cell::text(&format!("{MARK}{table}"))
}

/// The number that no object has.
pub(super) fn none() -> Cell {
    Cell::text(MARK.encode_utf8(&mut [0; 4]))
}

/// The number of a type, which no table has.
pub(super) fn type_(name: &TableName) -> Cell {
    Cell::text(&format!("{MARK}{MARK}{name}"))
}

/// The number of a schema.
pub(super) fn namespace(schema: &Cell) -> Cell {
    match schema {
        Cell::Text(name) => Cell::text(&format!("{MARK}{MARK}{MARK}{name}")),
        other => other.clone(),
    }
}

/// `value::type`
pub(super) fn cast(value: Cell, to: &str) -> Cell {
    let Cell::Text(text) = &value else { return value };
    let number = text.starts_with(MARK);
    match to {
        "regclass" if !number => class(&table(text)),
        "regtype" if !number => type_(&table(text)),
        "regnamespace" if !number => namespace(&value),
        "regclass" | "regtype" | "regnamespace" | "oid" | "int" | "integer" | "bigint" => value,
        _ if number => Cell::text(text.trim_start_matches(MARK)),
        _ => value,
    }
}

/// The table that a text names: `t`, `public.t`, `"T"`.
fn table(text: &str) -> TableName {
    let part = |part: &str| match part.strip_prefix('"').and_then(|part| part.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => part.to_lowercase(),
    };
    match text.rsplit_once('.') {
        Some(("public" | "dbo", table)) => TableName::plain(&part(table)),
        Some((schema, table)) => TableName::new(Some(&part(schema)), &part(table)),
        None => TableName::plain(&part(text)),
    }
}

/// How the names begin of what a server brings along.
const STARTS: [&str; 6] = ["pg_", "sql", "_", "sys", "innodb", "reg"];

/// Whether a name that begins so may be one of the server's own.
pub(super) fn may_start_system(start: &str) -> bool {
    let lower = start.to_lowercase();
    STARTS.iter().any(|known| known.starts_with(&lower) || lower.starts_with(known))
}

/// Whether a server may bring along something of this name.
pub(super) fn is_system(name: &str) -> bool {
    const BUILT_IN: [&str; 20] = [
        "bool",
        "bytea",
        "char",
        "date",
        "float4",
        "float8",
        "information_schema",
        "int2",
        "int4",
        "int8",
        "interval",
        "json",
        "jsonb",
        "mysql",
        "numeric",
        "sys",
        "text",
        "timestamp",
        "timestamptz",
        "varchar",
    ];
    let lower = name.to_lowercase();
    let begins = STARTS.iter().any(|start| lower.starts_with(start));
    begins || BUILT_IN.contains(&lower.as_str())
}

impl Catalog<'_> {
    /// `to_regclass('t')`: NULL when there is no such table.
    pub fn regclass(&self, text: &str) -> Cell {
        let name = table(text);
        if let Some(found) = self.schema.tables.get(&name) {
            return class(&found.name);
        }
        let indexed = self.schema.tables.values().any(|table| {
            let mut indexes = table.indexes.iter().filter_map(|index| index.name.known().copied().flatten());
            indexes.any(|index| index == name.name)
        });
        match self.doubt(&name) {
            _ if indexed => class(&name),
            Some(because) => Cell::Unknown(because),
            None => Cell::Null,
        }
    }

    /// SQL Server's `OBJECT_ID('t')`.
    pub fn object_id(&self, text: &str) -> Cell {
        let bare = text.replace(['[', ']'], "");
        let name = table(&bare);
        match (self.schema.tables.get(&name), self.doubt(&name)) {
            (Some(found), _) => class(&found.name),
            (None, Some(because)) => Cell::Unknown(because),
            (None, None) => Cell::Null,
        }
    }

    /// Why a table that the schema does not have may be there all the same.
    fn doubt(&self, name: &TableName) -> Option<Unknown> {
        let maybe = self.schema.maybe_tables.contains_key(name);
        let undecided = || Unknown::nowhere(fact::Reason::UndecidedTest);
        self.schema.opaque.clone().or_else(|| maybe.then(undecided))
    }
}
