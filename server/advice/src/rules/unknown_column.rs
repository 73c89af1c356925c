//! `unknown-column`

use crate::finding::{Finding, Subject};
use crate::fix::{Applicability, Desk, Fix};
use crate::locate::naming;
use crate::lookup::Fate;
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::text::{list, nearest};
use crate::view::OperationView;
use fact::{Name, Place};
use schema::operation::{DataKind, Operation};
use schema::{Failure, Kind, Table, TableName};

declare_rule! {
    /// ## What it does
    ///
    /// Finds column names in operations and in SQL text that the table does not have at that point of the history.
    /// Indexes, constraints, both sides of foreign keys and the columns that an UPDATE or INSERT fills count.
    ///
    /// ## Why it matters
    ///
    /// The migration stops there with an error. What works in a database that somebody changed by hand fails in every
    /// other.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.create_index("ix_tasks_assignee", "tasks", ["asignee_id"])
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// op.create_index("ix_tasks_assignee", "tasks", ["assignee_id"])
    /// ```
    ///
    /// ## Fix
    ///
    /// Changes the name to the nearest column of the table (unsafe).
    ///
    /// ## Sources
    ///
    /// The history of the project itself; a table of which not everything is known has no unknown columns.
    "unknown-column", Error, Replay, hides ["not-null-column-without-default", "backfill-missing-before-not-null", "backfill-after-constraint", "missing-existing-type", "column-attributes-lost", "sqlite-needs-batch"];
    Operation(check);
    fix: rename;
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    for failed in &operation.failures {
        if let Failure::NoSuchColumn { table, column, .. } = &failed.failure {
            missing(operation, *table, *column, failed.place, sink);
        }
    }
    let Operation::Data(change) = &operation.step.operation else { return };
    if !matches!(change.kind, DataKind::Insert | DataKind::Update) {
        return;
    }
    let Some(name) = change.table else { return };
    let Some(table) = operation.table(&name).filter(|table| table.open.is_none()) else { return };
    for (column, _) in &change.columns {
        if !has(table, *column, operation.at.kind()) {
            missing(operation, name, *column, operation.step.place, sink);
        }
    }
}

/// SQL text folds names in ways of its own: a column that differs in case alone is there.
fn has(table: &Table, column: Name, kind: Option<Kind>) -> bool {
    let system = ["ctid", "oid", "xmin", "xmax", "cmin", "cmax", "tableoid", "rowid", "_rowid_"];
    let bare = column.rsplit('.').next().unwrap_or(&column).trim_matches(['"', '`', '[', ']']);
    table.columns.iter().any(|known| known.name.eq_ignore_ascii_case(bare))
        || (kind != Some(Kind::Mysql) && system.contains(&bare))
}

fn missing(operation: &OperationView<'_>, table: TableName, column: Name, place: Place, sink: &mut Sink<'_>) {
    let fate = operation.at.lookup_of(&table).column(&table, column, operation.here());
    if fate == Fate::Parallel {
        return;
    }
    let names: Vec<Name> = match operation.table(&table) {
        Some(table) => table.columns.iter().map(|column| column.name).collect(),
        None => Vec::new(),
    };
    let slip = nearest(&column, names.iter().map(Name::as_str)).map(fact::name);
    let id = |rev| operation.at.graph().id(rev);
    let mut message = format!("{table} has no column {column} here");
    let mut meant = slip;
    match (fate, slip) {
        (Fate::Renamed { to, by, .. }, _) => {
            message.push_str(&format!("; it was renamed to {to} in {}.", id(by)));
            meant = names.contains(&to).then_some(to);
        }
        (Fate::Dropped { by, .. }, _) => message.push_str(&format!("; it was dropped in {}.", id(by))),
        (Fate::Later { by, .. }, _) if by == operation.at.point.rev => {
            message.push_str("; this revision adds it later.");
        }
        (Fate::Later { by, .. }, _) => message.push_str(&format!("; it is added later, in {}.", id(by))),
        (Fate::Parallel | Fate::Nowhere, Some(slip)) => {
            message.push_str(&format!("; did you mean {slip}?"));
        }
        (Fate::Parallel | Fate::Nowhere, None) => {
            message.push_str(&format!(". Its columns: {}.", list(names.iter().take(12))));
        }
    }
    let spot = naming(operation.at.scene.store(), place, &column);
    let subject = Subject { meant, ..Subject::column(operation.at.key(&table), column) };
    let mut draft = operation.draft(spot, subject, message);
    match fate {
        Fate::Renamed { by, place, .. } => draft = draft.related(place, format!("renamed in {}", id(by))),
        Fate::Dropped { by, place } => draft = draft.related(place, format!("dropped in {}", id(by))),
        Fate::Later { by, place } => draft = draft.related(place, format!("added in {}", id(by))),
        Fate::Parallel | Fate::Nowhere => {}
    }
    sink.report(draft);
}

fn rename(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    match finding.subject.meant {
        Some(meant) => {
            desk.replace_string(&finding.spot, &meant, format!("Change to {meant}"), Applicability::Unsafe)
        }
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_fix, check_steps};

    const RULE: &str = "unknown-column";

    #[test]
    fn columns_that_are_not_there() {
        check_steps(
            RULE,
            "
            op.drop_column('tasks', 'titel')
            #                       ^^^^^^^ unknown-column
        ",
        );
        check_steps(
            RULE,
            "
            op.create_index('ix', 'tasks', ['title', 'statsu'])
            #                                        ^^^^^^^^ unknown-column
        ",
        );
        check_steps(
            RULE,
            "
            op.create_foreign_key('fk', 'tasks', 'users', ['user_id'], ['uid'])
            #                                                           ^^^^^ unknown-column
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('UPDATE tasks SET titel = 1')
            #^ unknown-column
        ",
        );
        check_steps(
            RULE,
            "
            with op.batch_alter_table('tasks') as b:
                b.alter_column('titel', existing_type=sa.String(100), nullable=True)
                #              ^^^^^^^ unknown-column
        ",
        );
        check_steps(
            RULE,
            "
            op.drop_column('tasks', 'title')
            op.create_index('ix', 'tasks', ['title'])
            #                               ^^^^^^^ unknown-column
        ",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('extra', sa.Integer))
            op.create_index('ix', 'tasks', ['extra', sa.text('lower(nothing)')])
            op.execute('UPDATE tasks SET EXTRA = 1, \"title\" = 2')
        ",
        );
        check_steps(
            RULE,
            "
            if 'titel' in [c['name'] for c in sa.inspect(op.get_bind()).get_columns('tasks')]:
                op.drop_column('tasks', 'titel')
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('ALTER TABLE tasks ' + outside.what)
            op.drop_column('tasks', 'titel')
        ",
        );
    }

    #[test]
    fn the_nearest_name_is_put_in() {
        check_fix(
            RULE,
            "op.create_index('ix', 'tasks', ['statsu'])",
            "Change to status",
            "op.create_index('ix', 'tasks', ['status'])",
        );
    }
}
