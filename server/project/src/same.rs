//! What a state says and what another one said, down to places and reasons: whoever points at the source of a fact must not
//! be sent to where it once was. What two states share is not looked into.

use alembic::host::{Dependence, Surroundings};
use alembic::options::ContextOptions;
use alembic::state::State;
use fact::{Fact, same, strictly};
use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use schema::Schema;
use schema::apply::Context;
use std::sync::Arc;

pub fn contexts(a: &Arc<Context>, b: &Arc<Context>) -> bool {
    Arc::ptr_eq(a, b) || same(a, b)
}

/// Whether code that rests on `dependence` gets the same answers from both.
pub fn answers(dependence: &Dependence, a: &Surroundings, b: &Surroundings) -> bool {
    let (before, now) = (&a.before, &b.before);
    match dependence {
        Dependence::Nothing => true,
        Dependence::Dialect => a.context.dialect == b.context.dialect,
        _ if !options(&a.options, &b.options) => false,
        Dependence::Tables(names) => {
            contexts(&a.context, &b.context)
                && same(&before.schema.opaque, &now.schema.opaque)
                && same(&before.schema.enums, &now.schema.enums)
                && same(&before.schema.maybe_enums, &now.schema.maybe_enums)
                && names.iter().all(|name| {
                    same(&before.schema.tables.get(name), &now.schema.tables.get(name))
                        && same(&before.schema.maybe_tables.get(name), &now.schema.maybe_tables.get(name))
                        && before.rows.is_empty(name) == now.rows.is_empty(name)
                })
        }
        Dependence::Everything => contexts(&a.context, &b.context) && same(before, now),
    }
}

/// Values know more than `==` looks at.
fn options(a: &ContextOptions, b: &ContextOptions) -> bool {
    match (a, b) {
        (Fact::Known(a), Fact::Known(b)) if Arc::ptr_eq(a, b) => true,
        _ => same(a, b) && format!("{a:?}") == format!("{b:?}"),
    }
}

/// Gives `new` every part of `old` that says the same, so that what rests on such a part meets the very one that it met
/// before. `true`: there is no other part.
pub fn adopt(old: &State, new: &mut State) -> bool {
    // Whoever adds a part to a state has to say here how it is handed on.
    let State { schema, rows } = new;
    let Schema { tables, enums, sequences, others, maybe_tables, maybe_enums, opaque } = schema;
    let alike = [
        adopt_entries(&old.schema.tables, tables),
        adopt_entries(&old.schema.enums, enums),
        adopt_whole(&old.schema.sequences, sequences),
        adopt_whole(&old.schema.others, others),
        adopt_entries(&old.schema.maybe_tables, maybe_tables),
        adopt_entries(&old.schema.maybe_enums, maybe_enums),
        adopt_whole(&old.schema.opaque, opaque),
        adopt_whole(&old.rows, rows),
    ];
    alike.into_iter().all(|alike| alike)
}

fn adopt_whole<T: PartialEq + Clone>(old: &T, new: &mut T) -> bool {
    let alike = same(old, new);
    if alike {
        new.clone_from(old);
    }
    alike
}

fn adopt_entries<K: Ord + Clone, V: PartialEq>(old: &OrdMap<K, Arc<V>>, new: &mut OrdMap<K, Arc<V>>) -> bool
where
    Arc<V>: PartialEq,
{
    let different: Vec<(K, Option<Arc<V>>)> = strictly(|| {
        let different = old.diff(new).map(|item| match item {
            DiffItem::Add(key, value) | DiffItem::Update { new: (key, value), .. } => {
                (key.clone(), Some(value.clone()))
            }
            DiffItem::Remove(key, _) => (key.clone(), None),
        });
        different.collect()
    });
    let alike = different.is_empty();
    let mut adopted = old.clone();
    for (key, value) in different {
        match value {
            Some(value) => drop(adopted.insert(key, value)),
            None => drop(adopted.remove(&key)),
        }
    }
    *new = adopted;
    alike
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::{FileId, NodeId, Place, Reason, Unknown};
    use schema::naming::NamingConvention;
    use schema::{Table, TableName};

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

    /// `parts`: of the tables of `new`, those that are the very ones of `old` afterwards.
    #[track_caller]
    fn check_adoption(old: &State, new: &State, alike: bool, parts: &[&str]) {
        let mut adopted = new.clone();
        assert_eq!(adopt(old, &mut adopted), alike);
        assert!(same(&adopted, new), "what it says stays");
        let is_shared = |(name, table): (&TableName, &Arc<Table>)| {
            old.schema.tables.get(name).is_some_and(|known| Arc::ptr_eq(known, table)).then_some(*name)
        };
        let shared: Vec<TableName> = adopted.schema.tables.iter().filter_map(is_shared).collect();
        assert_eq!(shared, parts.iter().map(|name| TableName::plain(name)).collect::<Vec<_>>());
    }

    #[test]
    fn what_says_the_same_is_handed_on() {
        let one = state(&["t", "u"], 1);
        check_adoption(&one, &one.clone(), true, &["t", "u"]);
        check_adoption(&one, &state(&["t", "u"], 1), true, &["t", "u"]);
        check_adoption(&one, &state(&["t", "u"], 2), false, &[]);
        check_adoption(&one, &state(&["t", "v"], 1), false, &["t"]);
        check_adoption(&one, &state(&["a", "t", "u"], 1), false, &["t", "u"]);
        check_adoption(&one, &state(&["u"], 1), false, &["u"]);
        check_adoption(&one, &State::default(), false, &[]);
        check_adoption(&State::default(), &one, false, &[]);
        let two = opaque(&one, Reason::Rows);
        check_adoption(&one, &two, false, &["t", "u"]);
        check_adoption(&two, &opaque(&state(&["t", "u"], 1), Reason::Rows), true, &["t", "u"]);
        check_adoption(&two, &opaque(&one, Reason::Budget), false, &["t", "u"]);
    }

    #[track_caller]
    fn check_answers(dependence: &Dependence, a: &State, b: &State, expect: bool) {
        let around = |state: &State| Surroundings {
            before: state.clone(),
            context: Arc::new(Context::new(None)),
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
        let context = |reason: Reason| {
            let naming = Fact::<NamingConvention>::Unknown(Unknown::nowhere(reason));
            Arc::new(Context { naming, ..Context::new(None) })
        };
        assert!(contexts(&context(Reason::Rows), &context(Reason::Rows)));
        assert!(!contexts(&context(Reason::Rows), &context(Reason::Budget)));
    }
}
