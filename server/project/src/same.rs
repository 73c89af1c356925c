//! Equality down to places and reasons, which `==` leaves out: whoever points at the source of a fact, or says why it is
//! not known, must not be sent to where it once was. What two states share is not looked into.

use alembic::host::{Dependence, Surroundings};
use alembic::state::State;
use imbl::OrdMap;
use schema::apply::Context;
use schema::{Schema, Table, TableName};
use std::fmt::Debug;
use std::sync::Arc;

pub fn states(a: &State, b: &State) -> bool {
    a.rows == b.rows && schemas(&a.schema, &b.schema)
}

pub fn contexts(a: &Context, b: &Context) -> bool {
    values(a, b)
}

/// Whether code that rests on `dependence` gets the same answers from both.
pub fn answers(dependence: &Dependence, a: &Surroundings, b: &Surroundings) -> bool {
    let (before, now) = (&a.before, &b.before);
    match dependence {
        Dependence::Nothing => true,
        Dependence::Dialect => a.context.dialect == b.context.dialect,
        _ if !values(&a.options, &b.options) => false,
        Dependence::Tables(names) => {
            contexts(&a.context, &b.context)
                && values(&before.schema.opaque, &now.schema.opaque)
                && maps(&before.schema.enums, &now.schema.enums)
                && maps(&before.schema.maybe_enums, &now.schema.maybe_enums)
                && names.iter().all(|name| {
                    let both = |of: fn(&Schema) -> &Tables| {
                        table(of(&before.schema).get(name), of(&now.schema).get(name))
                    };
                    both(|schema| &schema.tables)
                        && both(|schema| &schema.maybe_tables)
                        && before.rows.is_empty(name) == now.rows.is_empty(name)
                })
        }
        Dependence::Everything => contexts(&a.context, &b.context) && states(before, now),
    }
}

type Tables = OrdMap<TableName, Arc<Table>>;

fn schemas(a: &Schema, b: &Schema) -> bool {
    // Whoever adds a part to a schema has to say here how it is compared.
    let Schema { tables, enums, sequences, others, maybe_tables, maybe_enums, opaque } = a;
    self::tables(tables, &b.tables)
        && self::tables(maybe_tables, &b.maybe_tables)
        && maps(enums, &b.enums)
        && maps(maybe_enums, &b.maybe_enums)
        && *sequences == b.sequences
        && *others == b.others
        && values(opaque, &b.opaque)
}

fn tables(a: &Tables, b: &Tables) -> bool {
    a.ptr_eq(b)
        || a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && table(Some(a.1), Some(b.1)))
}

fn table(a: Option<&Arc<Table>>, b: Option<&Arc<Table>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b) || values(a, b),
        (None, None) => true,
        _ => false,
    }
}

fn maps<K: Ord + Debug, V: PartialEq + Debug>(a: &OrdMap<K, V>, b: &OrdMap<K, V>) -> bool {
    a.ptr_eq(b) || values(a, b)
}

/// Debug text has everything; it is made only for what `==` finds equal.
fn values<T: PartialEq + Debug>(a: &T, b: &T) -> bool {
    a == b && format!("{a:?}") == format!("{b:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::{Fact, FileId, NodeId, Place, Reason, Unknown};
    use schema::naming::NamingConvention;

    fn state(names: &[&str], item: u32) -> State {
        let place = Place::new(FileId(0), item, NodeId(0));
        let table =
            |name: &&str| (TableName::plain(name), Arc::new(Table::new(TableName::plain(name), place)));
        let schema = Schema { tables: names.iter().map(table).collect(), ..Schema::default() };
        State { schema, ..State::default() }
    }

    fn opaque(state: &State, reason: Reason) -> State {
        let schema = Schema { opaque: Some(Unknown::nowhere(reason)), ..state.schema.clone() };
        State { schema, ..state.clone() }
    }

    #[track_caller]
    fn check(a: &State, b: &State, equal: bool, same: bool) {
        assert_eq!((a == b, states(a, b), states(b, a)), (equal, same, same));
    }

    #[test]
    fn places_and_reasons_count() {
        let one = state(&["t"], 1);
        check(&one, &one.clone(), true, true);
        check(&one, &state(&["t"], 1), true, true);
        check(&one, &state(&["t"], 2), true, false);
        check(&one, &state(&["t", "u"], 1), false, false);
        check(&state(&["u"], 1), &one, false, false);
        check(&opaque(&one, Reason::Rows), &opaque(&one, Reason::Rows), true, true);
        check(&opaque(&one, Reason::Rows), &opaque(&one, Reason::Budget), false, false);
    }

    #[track_caller]
    fn check_answers(dependence: &Dependence, a: &State, b: &State, expect: bool) {
        let around = |state: &State| Surroundings {
            before: state.clone(),
            context: Context::new(None),
            options: Fact::Known([].into()),
        };
        assert_eq!(answers(dependence, &around(a), &around(b)), expect, "{dependence:?}");
    }

    #[test]
    fn only_what_was_asked_counts() {
        let (one, moved) = (state(&["t", "u"], 1), state(&["t", "u"], 2));
        let t = Dependence::Tables(vec![TableName::plain("t")]);
        check_answers(&Dependence::Nothing, &one, &moved, true);
        check_answers(&Dependence::Dialect, &one, &state(&["u"], 1), true);
        check_answers(&t, &one, &moved, false);
        check_answers(&t, &one, &state(&["t"], 1), true);
        check_answers(&t, &one, &state(&["u"], 1), false);
        check_answers(&Dependence::Everything, &one, &state(&["t"], 1), false);
        check_answers(&Dependence::Everything, &one, &one, true);
        check_answers(&t, &opaque(&one, Reason::Rows), &opaque(&one, Reason::Budget), false);
    }

    #[test]
    fn the_reason_of_an_unknown_convention_counts() {
        let context = |reason: Reason| Context {
            naming: Fact::<NamingConvention>::Unknown(Unknown::nowhere(reason)),
            ..Context::new(None)
        };
        assert!(contexts(&context(Reason::Rows), &context(Reason::Rows)));
        assert!(!contexts(&context(Reason::Rows), &context(Reason::Budget)));
    }
}
