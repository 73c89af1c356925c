//! Constraints that the project writes itself: after `@compiles(ForeignKeyConstraint, "postgresql")` the name in the
//! database need not be the one that was given.

use super::Cx;
use fact::{Fact, Place, Reason, Unknown};
use python::host::Eval;
use schema::{Constraint, Operation, Table};
use sqlalchemy::types::has_compiler;
use std::sync::Arc;

const CONSTRAINTS: [&str; 4] =
    ["PrimaryKeyConstraint", "UniqueConstraint", "ForeignKeyConstraint", "CheckConstraint"];

/// Takes from an operation what a compiler of the project may have made otherwise.
pub(super) fn apply(cx: &mut Cx<'_, '_>, operation: &mut Operation, place: Place) -> Eval<()> {
    if !CONSTRAINTS.iter().any(|class| has_compiler(cx, class, None)) {
        return Ok(());
    }
    let kind = cx.host.need_dialect(place)?.map(|dialect| dialect.kind);
    let written: Vec<&str> = CONSTRAINTS.into_iter().filter(|class| has_compiler(cx, class, kind)).collect();
    if written.is_empty() {
        return Ok(());
    }
    let because = Unknown::new(Reason::UnsupportedSyntax("a compiler of the project's own".into()), place);
    match operation {
        Operation::CreateTable { table, .. } => forget(Arc::make_mut(table), &written, &because),
        Operation::AddConstraint { constraint, .. } => {
            let (class, name) = match constraint {
                Constraint::PrimaryKey(key) => ("PrimaryKeyConstraint", &mut key.name),
                Constraint::Unique(unique) => ("UniqueConstraint", &mut unique.name),
                Constraint::ForeignKey(key) => ("ForeignKeyConstraint", &mut key.name),
                Constraint::Check(check) => ("CheckConstraint", &mut check.name),
                Constraint::Exclude(_) => return Ok(()),
            };
            if written.contains(&class) {
                *name = Fact::Unknown(because);
            }
        }
        _ => {}
    }
    Ok(())
}

fn forget(table: &mut Table, written: &[&str], because: &Unknown) {
    let unknown = || Fact::Unknown(because.clone());
    if written.contains(&"PrimaryKeyConstraint")
        && let Some(key) = &mut table.primary_key
    {
        key.name = unknown();
    }
    if written.contains(&"UniqueConstraint") {
        table.uniques.iter_mut().for_each(|unique| unique.name = unknown());
    }
    if written.contains(&"ForeignKeyConstraint") {
        table.foreign_keys.iter_mut().for_each(|key| key.name = unknown());
    }
    if written.contains(&"CheckConstraint") {
        table.checks.iter_mut().for_each(|check| check.name = unknown());
    }
}
