//! Keys, constraints and indexes that are not as they were. Uniqueness and references of a single column are told with
//! the column.

use super::{Object, What, describe};
use crate::constraint::ConstraintName;
use crate::dialect::{Nameless, Unnamed};
use crate::{Check, Dialect, ForeignKey, Index, IndexItem, Table, TableName, Unique};
use fact::{Fact, Name};
use std::sync::Arc;

/// Is there a unique constraint over this column alone? (An index is told apart.)
pub(super) fn is_unique(table: &Table, column: Name) -> bool {
    table.uniques.iter().any(|unique| unique.columns == [column])
}

/// The table, columns and ON DELETE of the foreign key of this column alone.
pub(super) fn reference(table: &Table, column: Name) -> Option<(TableName, Vec<Name>, Option<Arc<str>>)> {
    let key = table.foreign_keys.iter().find(|key| key.columns == [column])?;
    Some((key.ref_table, key.ref_columns.clone(), key.on_delete.clone()))
}

pub(super) fn compare(before: &Table, after: &Table, dialect: Option<Dialect>, out: &mut Vec<What>) {
    let sides = Sides { before, after, dialect };
    sides.primary_key(out);
    sides.lists(
        Object::Unique,
        &wide(&before.uniques, |unique| unique.columns.len()),
        &wide(&after.uniques, |unique| unique.columns.len()),
        |a: &Unique, b: &Unique| {
            same_columns(&a.columns, &b.columns)
                && sides.same_name(
                    &a.name,
                    &b.name,
                    &Nameless::Unique(&a.columns),
                    &Nameless::Unique(&b.columns),
                )
        },
        describe::unique,
        out,
    );
    sides.lists(
        Object::ForeignKey,
        &wide(&before.foreign_keys, |key| key.columns.len()),
        &wide(&after.foreign_keys, |key| key.columns.len()),
        |a: &ForeignKey, b: &ForeignKey| {
            a.columns == b.columns
                && a.ref_table == b.ref_table
                && a.ref_columns == b.ref_columns
                && a.on_delete == b.on_delete
                && a.on_update == b.on_update
        },
        describe::foreign_key,
        out,
    );
    sides.lists(Object::Check, &before.checks, &after.checks, same_check, describe::check, out);
    sides.lists(
        Object::Exclude,
        &before.excludes,
        &after.excludes,
        |a, b| !a.name.is_known() || !b.name.is_known() || a.name == b.name,
        describe::exclude,
        out,
    );
    let indexes = |table: &Table| -> Vec<Index> {
        table.indexes.iter().filter(|index| !index.server_made).cloned().collect()
    };
    sides.lists(
        Object::Index,
        &indexes(before),
        &indexes(after),
        |a, b| sides.same_index(a, b),
        describe::index,
        out,
    );
}

struct Sides<'a> {
    before: &'a Table,
    after: &'a Table,
    dialect: Option<Dialect>,
}

impl Sides<'_> {
    fn primary_key(&self, out: &mut Vec<What>) {
        let object = Object::PrimaryKey;
        match (&self.before.primary_key, &self.after.primary_key) {
            (Some(a), Some(b)) if a.columns != b.columns => {
                let (was, is) = (describe::primary_key(a), describe::primary_key(b));
                out.push(What::Changed { object, was, is });
            }
            (Some(a), None) if self.after.open.is_none() => {
                out.push(What::Gone { object, was: describe::primary_key(a) });
            }
            (None, Some(b)) if self.before.open.is_none() => {
                out.push(What::New { object, is: describe::primary_key(b) });
            }
            _ => {}
        }
    }

    /// Pairs up what is the same on both sides; the rest is gone or new.
    fn lists<T>(
        &self,
        object: Object,
        before: &[T],
        after: &[T],
        same: impl Fn(&T, &T) -> bool,
        text: impl Fn(&T) -> String,
        out: &mut Vec<What>,
    ) {
        let mut rest: Vec<&T> = after.iter().collect();
        for old in before {
            match rest.iter().position(|new| same(old, new)) {
                Some(at) => {
                    rest.remove(at);
                }
                None if self.after.open.is_none() => out.push(What::Gone { object, was: text(old) }),
                None => {}
            }
        }
        if self.before.open.is_none() {
            out.extend(rest.into_iter().map(|new| What::New { object, is: text(new) }));
        }
    }

    fn same_index(&self, a: &Index, b: &Index) -> bool {
        let items = a.items.len() == b.items.len()
            && a.items.iter().zip(&b.items).all(|pair| match pair {
                (IndexItem::Expression(Fact::Unknown(_)), IndexItem::Expression(_))
                | (IndexItem::Expression(_), IndexItem::Expression(Fact::Unknown(_))) => true,
                (a, b) => a == b,
            });
        let unique = match (&a.unique, &b.unique) {
            (Fact::Known(a), Fact::Known(b)) => a == b,
            _ => true,
        };
        let condition = a.condition.is_some() == b.condition.is_some();
        items
            && unique
            && condition
            && self.same_name(&a.name, &b.name, &Nameless::Index(a), &Nameless::Index(b))
    }

    /// Equal, unknown, or both made by the server.
    fn same_name(
        &self,
        a: &ConstraintName,
        b: &ConstraintName,
        made_a: &Nameless<'_>,
        made_b: &Nameless<'_>,
    ) -> bool {
        match (a, b) {
            (Fact::Known(a), Fact::Known(b)) => {
                a == b || (self.is_made(*a, self.before, made_a) && self.is_made(*b, self.after, made_b))
            }
            _ => true,
        }
    }

    /// Would the server have given this name, or one with another number?
    fn is_made(&self, name: Option<Name>, table: &Table, what: &Nameless<'_>) -> bool {
        let (Some(name), Some(dialect)) = (name, self.dialect) else { return name.is_none() };
        let mut bare = Table::new(table.name, table.place);
        bare.columns = table.columns.clone();
        let what = match what {
            Nameless::Unique(columns) => Nameless::Unique(columns),
            Nameless::Index(index) => Nameless::Index(index),
            _ => return false,
        };
        let made = dialect.kind.rules().implicit_name(&Unnamed { what, table: &bare, taken: &|_| false });
        let Fact::Known(Some(made)) = made else { return false };
        let digits = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_').to_owned();
        name == made || digits(&name) == digits(&made)
    }
}

fn wide<T: Clone>(list: &[T], width: impl Fn(&T) -> usize) -> Vec<T> {
    list.iter().filter(|item| width(item) != 1).cloned().collect()
}

fn same_columns(a: &[Name], b: &[Name]) -> bool {
    a.len() == b.len() && a.iter().all(|column| b.contains(column))
}

/// By the condition where it is known, else by the name.
fn same_check(a: &Check, b: &Check) -> bool {
    let squeezed = |sql: &str| -> String {
        sql.chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"' | '`'))
            .collect::<String>()
            .to_lowercase()
    };
    match (&a.sql, &b.sql) {
        (Fact::Known(x), Fact::Known(y)) => x == y || squeezed(x) == squeezed(y),
        _ => true,
    }
}
