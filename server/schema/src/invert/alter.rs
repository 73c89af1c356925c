//! The `alter_column` that makes one column of another.

use crate::column::Autoincrement;
use crate::operation::ColumnChange;
use crate::types::TypeConstraint;
use crate::{Column, Kind, Type};
use fact::Fact;

/// What to change in `from`, with all that the call must repeat. `None`: the two are the same.
pub(super) fn change(from: &Column, to: &Column, kind: Option<Kind>) -> Option<ColumnChange> {
    if from == to {
        return None;
    }
    let mut change = ColumnChange::default();
    if from.ty != to.ty {
        change.ty = Some(to.ty.clone());
        change.spelling = to.spelling.clone();
    }
    if from.nullable != to.nullable {
        change.nullable = Some(to.nullable.clone());
    }
    if from.default != to.default {
        change.default = Some(to.default.clone());
    }
    if from.comment != to.comment {
        change.comment = Some(to.comment.clone());
    }
    if from.identity != to.identity {
        match &to.identity {
            Some(identity) => change.identity = Some(Some(identity.clone())),
            None => change.default = Some(to.default.clone()),
        }
    }
    if from.computed != to.computed {
        change.computed = Some(to.computed.clone());
    }
    if from.autoincrement != to.autoincrement && kind.is_some_and(Kind::is_mysql_like) {
        change.autoincrement = Some(to.autoincrement == Autoincrement::On);
    }
    restate(&mut change, from);
    change.existing_generated = from.generated();
    Some(change)
}

/// Fills in what the call says of the column as it is.
pub(super) fn restate(change: &mut ColumnChange, column: &Column) {
    // Without `create`, so that Alembic does not drop the CHECK once more.
    change.existing_spelling = column.spelling.clone();
    change.existing_ty = Some(column.ty.clone().map(unchecked));
    change.existing_nullable = Some(column.nullable.clone());
    if column.default != Fact::Known(None) {
        change.existing_default = Some(column.default.clone());
    }
    if column.comment.is_some() {
        change.existing_comment = Some(column.comment.clone());
    }
    if column.autoincrement == Autoincrement::On {
        change.existing_autoincrement = Some(true);
    }
}

fn unchecked(ty: Type) -> Type {
    match ty {
        Type::Boolean { .. } => Type::Boolean { constraint: TypeConstraint::default() },
        Type::Enum(mut ty) => {
            ty.constraint = TypeConstraint { create: false, name: ty.constraint.name };
            Type::Enum(ty)
        }
        Type::Variants { base, others } => Type::Variants {
            base: Box::new(unchecked(*base)),
            others: others.into_iter().map(|(kind, ty)| (kind, unchecked(ty))).collect(),
        },
        other => other,
    }
}
