//! `alter_column` on MySQL and MariaDB, where MODIFY and CHANGE restate the whole column: what the call does not repeat
//! is lost.

use super::Failure;
use super::engine::Engine;
use crate::column::Autoincrement;
use crate::dialect::base_of;
use crate::operation::ColumnChange;
use crate::{Column, Kind, Table, TableName, Type};
use fact::Fact;

impl Engine<'_> {
    pub fn restate(&mut self, written: TableName, table: &Table, column: &mut Column, change: &ColumnChange) {
        let primary = table.is_primary(&column.name);
        let ty = change.ty.as_ref().or(change.existing_ty.as_ref());
        let asked = change.nullable.is_some()
            || change.ty.is_some()
            || change.autoincrement.is_some()
            || change.comment.is_some();
        let whole = change.restates || change.new_name.is_some() || asked || restates_anyway(change);
        if !whole {
            self.set(column, change, primary);
            return;
        }
        let Some(ty) = ty else {
            self.fail(Failure::NeedsExistingType { table: written, column: column.name });
            self.set(column, change, primary);
            return;
        };
        column.ty = ty.clone();
        column.spelling = match change.ty {
            Some(_) => change.spelling.clone(),
            None => change.existing_spelling.clone(),
        };
        let nullable =
            change.nullable.clone().or(change.existing_nullable.clone()).unwrap_or(Fact::Known(true));
        if primary && nullable == Fact::Known(true) {
            if self.is(Kind::Mysql) && !change.restates {
                self.fail(Failure::NullablePrimaryKey { table: written, column: column.name });
            }
            column.nullable = Fact::Known(false);
        } else {
            column.nullable = nullable;
        }
        column.default =
            change.default.clone().or(change.existing_default.clone()).unwrap_or(Fact::Known(None));
        let counts = change.autoincrement.or(change.existing_autoincrement).unwrap_or(false);
        column.autoincrement = if counts { Autoincrement::On } else { Autoincrement::Off };
        let comment = change.comment.clone().or(change.existing_comment.clone()).flatten();
        column.comment = comment.filter(|comment| !comment.is_empty());
        column.computed = change.computed.clone().flatten();
        column.options.clear();
    }
}

/// Alembic restates a column of SQLAlchemy's affinity DateTime whatever is asked, unless its default is dropped.
pub(super) fn restates_anyway(change: &ColumnChange) -> bool {
    let ty = change.ty.as_ref().or(change.existing_ty.as_ref());
    ty.and_then(Fact::known).is_some_and(is_moment) && change.default != Some(Fact::Known(None))
}

fn is_moment(ty: &Type) -> bool {
    match ty {
        Type::DateTime { .. } | Type::Timestamp { .. } => true,
        Type::Variants { base, .. } => is_moment(base),
        Type::Native { text, .. } => matches!(base_of(text).as_str(), "datetime" | "timestamp"),
        _ => false,
    }
}
