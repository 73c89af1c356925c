//! Foreign keys, by what they refer to and how; their names do not matter.

use super::tables::Pair;
use super::{Changes, Options};
use fact::Name;
use schema::operation::Operation;
use schema::{Constraint, ConstraintKind, ForeignKey, TableName};

pub(super) fn compare(pair: &Pair<'_>, out: &mut Changes) {
    let sign = |key: &ForeignKey| Signature::of(key, pair.options);
    for key in &pair.found.foreign_keys {
        if pair.wanted.foreign_keys.iter().any(|other| sign(other) == sign(key)) {
            continue;
        }
        match pair.may_be_wanted().or(key.name.unknown()) {
            Some(because) => out.withhold(pair.label(&columns(key)), because),
            None => out.push(drop_op(pair.table(), key), add_op(pair.table(), key)),
        }
    }
    for key in &pair.wanted.foreign_keys {
        if pair.found.foreign_keys.iter().any(|other| sign(other) == sign(key)) {
            continue;
        }
        match pair.may_exist().filter(|_| known_columns(pair, key)) {
            Some(because) => out.withhold(pair.label(&columns(key)), because),
            None => out.push(add_op(pair.table(), key), drop_op(pair.table(), key)),
        }
    }
}

/// A column that is not there has no key either.
fn known_columns(pair: &Pair<'_>, key: &ForeignKey) -> bool {
    key.columns.iter().all(|column| pair.found.column(column).is_some())
}

fn columns(key: &ForeignKey) -> String {
    key.columns.iter().map(Name::as_str).collect::<Vec<_>>().join(", ")
}

fn add_op(table: TableName, key: &ForeignKey) -> Operation {
    Operation::AddConstraint { table, constraint: Constraint::ForeignKey(key.clone()), if_not_exists: false }
}

fn drop_op(table: TableName, key: &ForeignKey) -> Operation {
    Operation::DropConstraint {
        table,
        name: key.name.clone(),
        kind: Some(ConstraintKind::ForeignKey),
        if_exists: false,
        cascade: false,
        name_is_final: key.name_is_final,
    }
}

/// What makes two foreign keys one.
#[derive(PartialEq)]
struct Signature {
    columns: Vec<Name>,
    ref_table: TableName,
    ref_columns: Vec<Name>,
    on_delete: Option<String>,
    on_update: Option<String>,
    when: When,
}

#[derive(PartialEq)]
enum When {
    AtOnce,
    Deferrable,
    Deferred,
}

impl Signature {
    fn of(key: &ForeignKey, options: &Options) -> Signature {
        let action = |action: &Option<std::sync::Arc<str>>| {
            let action = action.as_ref().map(|action| action.to_uppercase());
            // MySQL and MariaDB take RESTRICT and NO ACTION for one.
            action.filter(|action| {
                action != "NO ACTION" && !(options.kind.is_mysql_like() && action == "RESTRICT")
            })
        };
        let deferred = key.initially.as_ref().is_some_and(|word| word.eq_ignore_ascii_case("deferred"));
        Signature {
            columns: key.columns.clone(),
            ref_table: options.key(&key.ref_table),
            ref_columns: key.ref_columns.clone(),
            on_delete: action(&key.on_delete),
            on_update: action(&key.on_update),
            when: match (deferred, key.deferrable == Some(true)) {
                (true, _) => When::Deferred,
                (false, true) => When::Deferrable,
                (false, false) => When::AtOnce,
            },
        }
    }
}
