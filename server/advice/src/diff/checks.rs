//! CHECK constraints, by their names: what the expressions mean is the database's business.

use super::Changes;
use super::tables::Pair;
use fact::{Fact, Name};
use schema::operation::Operation;
use schema::{Check, Constraint, ConstraintKind, TableName};

pub(super) fn compare(pair: &Pair<'_>, out: &mut Changes) {
    let wanted: Vec<Name> = names(&pair.wanted.checks);
    let found: Vec<Name> = names(&pair.found.checks);
    // One whose name is not known may be any of the other side.
    let hidden = |checks: &[Check]| checks.iter().find_map(|check| check.name.unknown().cloned());
    let (wanted_hidden, found_hidden) = (hidden(&pair.wanted.checks), hidden(&pair.found.checks));
    for check in &pair.found.checks {
        let Fact::Known(Some(name)) = &check.name else { continue };
        // What a type made goes with the type.
        if wanted.contains(name) || check.of_type.is_some() {
            continue;
        }
        match pair.may_be_wanted().or(wanted_hidden.as_ref()) {
            Some(because) => out.withhold(pair.label(name), because),
            None => out.push(drop_op(pair.table(), check), add_op(pair.table(), check)),
        }
    }
    for check in pair.wanted.checks.iter().filter(|check| check.of_type.is_none()) {
        let Fact::Known(Some(name)) = &check.name else { continue };
        if found.contains(name) {
            continue;
        }
        match pair.may_exist().or(found_hidden.as_ref()) {
            Some(because) => out.withhold(pair.label(name), because),
            None => out.push(add_op(pair.table(), check), drop_op(pair.table(), check)),
        }
    }
}

fn names(checks: &[Check]) -> Vec<Name> {
    checks.iter().filter_map(|check| check.name.known().copied().flatten()).collect()
}

fn add_op(table: TableName, check: &Check) -> Operation {
    Operation::AddConstraint { table, constraint: Constraint::Check(check.clone()), if_not_exists: false }
}

fn drop_op(table: TableName, check: &Check) -> Operation {
    Operation::DropConstraint {
        table,
        name: check.name.clone(),
        kind: Some(ConstraintKind::Check),
        if_exists: false,
        cascade: false,
        name_is_final: check.name_is_final,
    }
}
