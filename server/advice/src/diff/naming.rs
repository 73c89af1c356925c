//! Names that the database will give.

use super::{Change, Changes};
use fact::{Fact, FileId, Name, Place};
use schema::operation::{Operation, Step, Written};
use schema::{Constraint, Context, Schema, Table, apply};

impl Changes {
    /// The changes with a name for what the way back drops: the one that the constraint gets when it is added to `actual`.
    /// Where nobody can tell, the way back stays without.
    pub fn named(mut self, actual: &Schema, context: &Context) -> Changes {
        let mut state = actual.clone();
        for change in &mut self.list {
            let operation = change.forward.clone();
            let step = Step {
                operation,
                place: Place::whole_file(FileId(0)),
                call_site: None,
                written: Written::Op,
                autocommit: false,
            };
            apply(&mut state, &step, context);
            name(change, &state);
        }
        self
    }
}

fn name(change: &mut Change, state: &Schema) {
    let Operation::AddConstraint { table, constraint, .. } = &change.forward else { return };
    let Operation::DropConstraint { name, name_is_final, .. } = &mut change.back else { return };
    if *name != Fact::Known(None) {
        return;
    }
    if let Some(given) = state.tables.get(table).and_then(|table| given(table, constraint)) {
        *name = Fact::Known(Some(given));
        *name_is_final = true;
    }
}

/// The name of the newest constraint that is this one.
fn given(table: &Table, constraint: &Constraint) -> Option<Name> {
    let name = match constraint {
        Constraint::Unique(wanted) => {
            &table.uniques.iter().rev().find(|unique| unique.columns == wanted.columns)?.name
        }
        Constraint::ForeignKey(wanted) => {
            let same = |key: &&schema::ForeignKey| {
                key.columns == wanted.columns && key.ref_columns == wanted.ref_columns
            };
            &table.foreign_keys.iter().rev().find(same)?.name
        }
        _ => return None,
    };
    name.known().copied().flatten()
}
