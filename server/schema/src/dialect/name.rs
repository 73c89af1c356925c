//! The names that databases give to what comes without one.

use super::{Nameless, Unnamed};
use crate::IndexItem;
use crate::constraint::ConstraintName;
use fact::{Fact, Name, Reason, Unknown};
use rustc_hash::FxHashSet;

/// PostgreSQL: table, columns and a label joined by `_`, the longer part shortened until it fits 63 bytes, a number
/// added to the label while the name is taken.
pub(super) fn postgresql(made: &Unnamed<'_>) -> Fact<Option<Name>> {
    let table = made.table.name.name.as_str();
    let choose = |columns: &str, label: &str| {
        let free = (0usize..)
            .map(|round| {
                let label = if round == 0 { label.to_owned() } else { format!("{label}{round}") };
                postgresql_object(table, columns, &label)
            })
            .find(|name| !(made.taken)(name));
        Fact::Known(free.map(|name| fact::name(&name)))
    };
    match &made.what {
        Nameless::PrimaryKey => choose("", "pkey"),
        Nameless::Unique(columns) => choose(&joined(columns), "key"),
        Nameless::ForeignKey(columns) => choose(&joined(columns), "fkey"),
        Nameless::Check(Fact::Unknown(unknown)) => Fact::Unknown(unknown.clone()),
        Nameless::Check(Fact::Known(columns)) => match columns.as_slice() {
            [column] => choose(column, "check"),
            _ => choose("", "check"),
        },
        Nameless::Index(index) => {
            let parts: Option<Vec<&str>> = index
                .items
                .iter()
                .map(|item| match item {
                    IndexItem::Column(name) => Some(name.as_str()),
                    IndexItem::Expression(_) => None,
                })
                .collect();
            match parts {
                Some(parts) => choose(&parts.join("_"), "idx"),
                None => server_made(),
            }
        }
        Nameless::Exclude | Nameless::ForeignKeyIndex(..) => server_made(),
    }
}

/// PostgreSQL's sequence for a SERIAL column.
pub fn serial_sequence(table: &str, column: &str, taken: impl Fn(&str) -> bool) -> String {
    (0usize..)
        .map(|round| {
            let label = if round == 0 { "seq".to_owned() } else { format!("seq{round}") };
            postgresql_object(table, column, &label)
        })
        .find(|name| !taken(name))
        .unwrap_or_default()
}

/// MySQL and MariaDB, which differ in the names of CHECKs only.
pub(super) fn mysql(made: &Unnamed<'_>, check: impl Fn(&Unnamed<'_>) -> Name) -> Fact<Option<Name>> {
    Fact::Known(Some(match &made.what {
        Nameless::PrimaryKey => fact::name("PRIMARY"),
        Nameless::Unique(columns) => index_after(columns, made),
        Nameless::ForeignKey(_) => next_numbered(made, "_ibfk_"),
        Nameless::Check(_) => check(made),
        Nameless::Index(index) => index_after(&index.columns().collect::<Vec<_>>(), made),
        Nameless::ForeignKeyIndex(Some(name), _) => *name,
        Nameless::ForeignKeyIndex(None, columns) => index_after(columns, made),
        Nameless::Exclude => return server_made(),
    }))
}

/// MySQL: `t_chk_1`, one more than the highest number in use.
pub(super) fn next_numbered(made: &Unnamed<'_>, label: &str) -> Name {
    let prefix = format!("{}{label}", made.table.name.name);
    let names = made
        .table
        .foreign_keys
        .iter()
        .map(|key| &key.name)
        .chain(made.table.checks.iter().map(|check| &check.name));
    let highest = names
        .filter_map(|name| name.known().copied().flatten())
        .filter_map(|name| name.as_str().strip_prefix(&prefix)?.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    fact::name(&format!("{prefix}{}", highest + 1))
}

/// MariaDB: `CONSTRAINT_1`, the first number that is free.
pub(super) fn first_free_constraint(made: &Unnamed<'_>) -> Name {
    let used: FxHashSet<Name> = given(made.table.checks.iter().map(|check| &check.name)).collect();
    let mut candidates = (1u32..).map(|number| fact::name(&format!("CONSTRAINT_{number}")));
    candidates.find(|name| !used.contains(name)).unwrap_or_default()
}

pub(super) fn server_made() -> Fact<Option<Name>> {
    Fact::Unknown(Unknown::nowhere(Reason::ServerMade))
}

/// The first column's name, `_2` and so on added while it is taken.
fn index_after(columns: &[Name], made: &Unnamed<'_>) -> Name {
    let first = columns.first().map_or("", |name| name.as_str());
    let uniques = made.table.uniques.iter().map(|unique| &unique.name);
    let used: FxHashSet<Name> =
        given(uniques.chain(made.table.indexes.iter().map(|index| &index.name))).collect();
    (1u32..)
        .map(|round| fact::name(&if round == 1 { first.to_owned() } else { format!("{first}_{round}") }))
        .find(|name| !used.contains(name) && *name != "PRIMARY")
        .unwrap_or_default()
}

fn given<'a>(names: impl Iterator<Item = &'a ConstraintName>) -> impl Iterator<Item = Name> {
    names.filter_map(|name| name.known().copied().flatten())
}

fn joined(columns: &[Name]) -> String {
    const ENOUGH: usize = 64;
    let mut out = String::new();
    for column in columns {
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(column);
        // PostgreSQL stops looking at columns once the buffer of one name is full.
        if out.len() >= ENOUGH {
            break;
        }
    }
    out
}

fn postgresql_object(first: &str, second: &str, label: &str) -> String {
    const LIMIT: usize = 63;
    let overhead = label.len() + 1 + usize::from(!second.is_empty());
    let room = LIMIT.saturating_sub(overhead);
    let (mut a, mut b) = (first.len(), second.len());
    while a + b > room {
        if a > b { a -= 1 } else { b -= 1 }
    }
    let (first, second) = (clip(first, a), clip(second, b));
    if second.is_empty() { format!("{first}_{label}") } else { format!("{first}_{second}_{label}") }
}

/// At most `bytes` bytes without half a character.
pub(crate) fn clip(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}
