//! What could not be read, for `check --statistics`.

use fact::{Name, Unknown};
use project::Environment;
use schema::TableName;
use std::collections::BTreeSet;

/// What one environment leaves unknown.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    pub unread: Vec<Unread>,
    /// Tables that no revision creates.
    pub assumed: Vec<TableName>,
}

/// Something that the evaluation could not follow.
#[derive(Debug, Clone)]
pub struct Unread {
    pub unknown: Unknown,
    /// `None`: env.py.
    pub revision: Option<Name>,
}

/// Collects what the replay of an environment could not know.
pub fn statistics(environment: &Environment) -> Statistics {
    let mut out = Statistics::default();
    let mut seen = BTreeSet::new();
    let mut add = |unknown: &Unknown, revision: Option<Name>| {
        let key = (unknown.place.map(|place| place.key()), unknown.reason.clone());
        let revision_key = if unknown.place.is_some() { None } else { revision.map(|name| name.as_str()) };
        if seen.insert((key, revision_key)) {
            out.unread.push(Unread { unknown: unknown.clone(), revision });
        }
    };
    for (_, unknown) in &environment.env().unknowns {
        add(unknown, None);
    }
    let mut assumed = BTreeSet::new();
    for (context, history) in &environment.histories {
        for point in &history.points {
            let revision = Some(environment.graph.id(point.rev));
            let down = environment.downgrade(context, point);
            let unknowns = point.upgrade.unknowns.iter();
            for unknown in unknowns.chain(down.iter().flat_map(|down| &down.evaluation.unknowns)) {
                add(unknown, revision);
            }
            let tables = point.after.schema.tables.values();
            assumed.extend(
                tables
                    .filter(|table| table.open.as_ref().is_some_and(|open| open.reason.is_assumed()))
                    .map(|table| table.name),
            );
        }
    }
    out.assumed = assumed.into_iter().collect();
    out
}
