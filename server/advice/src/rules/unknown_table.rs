//! `unknown-table`

use crate::finding::{Finding, Subject};
use crate::fix::{Applicability, Desk, Fix};
use crate::locate::naming;
use crate::lookup::Fate;
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::text::{closest, list, nearest};
use crate::view::OperationView;
use alembic::graph::Rev;
use fact::{Fact, Place, Reason, Unknown};
use schema::operation::Operation;
use schema::table::ObjectKind;
use schema::{Failure, TableName};

declare_rule! {
    /// ## What it does
    ///
    /// Finds operations on a table that does not exist at that point of the history.
    /// Every form counts: `op` directives, batch blocks, SQL text, the target of a foreign key, helper functions.
    ///
    /// ## Why it matters
    ///
    /// The migration stops there with an error, on every database. It is usually a slip of the pen, a table that an
    /// earlier revision renamed or dropped, or a revision that was put before the one that it needs.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.rename_table("task", "tasks")
    /// op.add_column("task", sa.Column("priority", sa.String(10)))
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// op.rename_table("task", "tasks")
    /// op.add_column("tasks", sa.Column("priority", sa.String(10)))
    /// ```
    ///
    /// ## Fix
    ///
    /// Changes the name to the nearest table of that point (unsafe).
    ///
    /// ## Sources
    ///
    /// The history of the project itself. Where it does not create all of its tables (the first ones came from
    /// `create_all`, say), the rule is silent about those that it never creates.
    "unknown-table", Error, Replay, hides ["unknown-column", "unknown-constraint", "duplicate-object", "sqlite-needs-batch", "missing-existing-type"];
    Operation(check);
    fix: rename;
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    for failed in &operation.failures {
        if let Failure::NoSuchTable { table } = &failed.failure {
            // A block names its table once for all that is in it.
            let place = operation.block.map_or(failed.place, |block| block.step.place);
            missing(operation, *table, place, sink);
        }
    }
    if let Operation::Data(change) = &operation.step.operation
        && let Some(table) = &change.table
        && has_no_table(operation, table)
    {
        missing(operation, *table, operation.step.place, sink);
    }
}

/// A statement on rows of something that is certainly no table and no view.
fn has_no_table(operation: &OperationView<'_>, table: &TableName) -> bool {
    let key = operation.at.key(table);
    let schema = &operation.before;
    let version_table = operation.at.env().version_table.known();
    let is_versions = match version_table {
        Some(name) => name.as_deref().unwrap_or("alembic_version") == table.name.as_str(),
        None => true,
    };
    let folded = |name: &TableName| name.name.eq_ignore_ascii_case(&key.name);
    let known = schema.tables.keys().any(folded)
        || schema.maybe_tables.keys().any(folded)
        || schema.others.keys().any(|(kind, name)| {
            folded(name)
                && matches!(kind, ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Other)
        });
    // Catalogues of the database have schemas, or names, of their own.
    let catalogue = key.schema.is_some() || key.name.starts_with("sqlite_") || key.name.starts_with("pg_");
    schema.opaque.is_none() && !known && !is_versions && !catalogue
}

fn missing(operation: &OperationView<'_>, table: TableName, place: Place, sink: &mut Sink<'_>) {
    let fate = operation.at.lookup_of(&table).table(&table, operation.here());
    let key = operation.at.key(&table);
    match fate {
        Fate::Parallel => return,
        Fate::Nowhere if is_assumed(operation, &key) => {
            sink.withhold(&Unknown::new(Reason::Assumed, place));
            return;
        }
        _ => {}
    }
    let names: Vec<String> = operation
        .before
        .tables
        .keys()
        .filter(|other| other.schema == key.schema)
        .map(|t| t.name.to_string())
        .collect();
    let slip = nearest(&key.name, names.iter().map(String::as_str));
    let id = |rev: Rev| operation.at.graph().id(rev);
    let mut message = format!("There is no table {table} here.");
    let mut meant = slip.map(fact::name);
    match fate {
        Fate::Renamed { to, by, .. } => {
            message.push_str(&format!(" It was renamed to {to} in {}.", id(by)));
            meant = operation.before.tables.keys().any(|t| t.name == to).then_some(to);
        }
        Fate::Dropped { by, .. } => message.push_str(&format!(" It was dropped in {}.", id(by))),
        Fate::Later { by, .. } if by == operation.at.point.rev => {
            message.push_str(" This revision creates it later.");
        }
        Fate::Later { by, .. } => message.push_str(&format!(" It is created only in {}.", id(by))),
        Fate::Parallel | Fate::Nowhere => {
            let near = closest(&key.name, names.iter().map(String::as_str), 3);
            match slip {
                Some(slip) => message.push_str(&format!(" Did you mean {slip}?")),
                None if near.is_empty() => {}
                None => message.push_str(&format!(" Tables at this point: {}.", list(near))),
            }
        }
    }
    let spot = naming(operation.at.scene.store(), place, &table.name);
    let subject = Subject { meant, ..Subject::table(key) };
    let mut draft = operation.draft(spot, subject, message);
    match fate {
        Fate::Renamed { by, place, .. } => draft = draft.related(place, format!("renamed in {}", id(by))),
        Fate::Dropped { by, place } => draft = draft.related(place, format!("dropped in {}", id(by))),
        Fate::Later { by, place } => draft = draft.related(place, format!("created in {}", id(by))),
        Fate::Parallel | Fate::Nowhere => {}
    }
    sink.report(draft);
}

/// The table may have been there before the history: the history uses others, too, that it never creates.
fn is_assumed(operation: &OperationView<'_>, table: &TableName) -> bool {
    let lookup = operation.at.lookup();
    let others = lookup.never_created().iter().any(|other| other != table);
    let creates_none = lookup.history.points.iter().all(|point| {
        let made = point.after.schema.tables.values();
        made.filter(|table| table.open.is_none()).count() == 0
    });
    // With a version table of its own the history shares its database with another one.
    let version_table = &operation.at.env().version_table;
    let shares = !matches!(version_table, Fact::Known(None))
        && version_table.known().is_none_or(|name| name.as_deref() != Some("alembic_version"));
    others || creates_none || shares || operation.before.opaque.is_some() || table.schema.is_some()
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
    use crate::testing::{check_fix, check_rule, check_steps};

    const RULE: &str = "unknown-table";

    #[test]
    fn tables_that_are_not_there() {
        check_steps(
            RULE,
            "
            op.add_column('taks', sa.Column('a', sa.Integer))
            #             ^^^^^^ unknown-table
        ",
        );
        check_steps(
            RULE,
            "
            op.rename_table('tasks', 'jobs')
            op.drop_column('tasks', 'title')
            #              ^^^^^^^ unknown-table
        ",
        );
        check_steps(
            RULE,
            "
            with op.batch_alter_table('taks') as batch_op:
            #                         ^^^^^^ unknown-table
                batch_op.add_column(sa.Column('a', sa.Integer))
                batch_op.add_column(sa.Column('b', sa.Integer))
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('UPDATE taks SET title = 1')
            #^ unknown-table
        ",
        );
        check_steps(
            RULE,
            "
            op.create_foreign_key('fk', 'tasks', 'usrs', ['user_id'], ['id'])
            #                                    ^^^^^^ unknown-table
        ",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('a', sa.Integer))
            op.rename_table('tasks', 'jobs')
            op.add_column('jobs', sa.Column('b', sa.Integer))
        ",
        );
        check_steps(
            RULE,
            "
            if sa.inspect(op.get_bind()).has_table('taks'):
                op.drop_table('taks')
            op.drop_table('nothing', if_exists=True)
        ",
        );
        check_steps(
            RULE,
            "
            for table in ('tasks', 'users'):
                op.add_column(table, sa.Column('a', sa.Integer))
            op.execute('CREATE VIEW done AS SELECT * FROM tasks')
            op.execute('DELETE FROM alembic_version WHERE 1 = 0')
            op.execute(\"INSERT INTO done (a) VALUES (1)\")
        ",
        );
        check_steps(
            RULE,
            "
            op.execute(some_module_outside.ddl())
            op.add_column('taks', sa.Column('a', sa.Integer))
        ",
        );
    }

    #[test]
    fn tables_from_before_the_history_are_assumed() {
        check_rule(
            RULE,
            "
revision = 'r1'
down_revision = None
from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('mine', sa.Column('id', sa.Integer, primary_key=True))
    op.add_column('theirs', sa.Column('a', sa.Integer))
    op.add_column('others', sa.Column('a', sa.Integer))
def downgrade():
    op.drop_table('mine')
",
        );
    }

    #[test]
    fn the_nearest_name_is_put_in() {
        check_fix(
            RULE,
            "op.add_column(\"taks\", sa.Column('a', sa.Integer))",
            "Change to tasks",
            "op.add_column(\"tasks\", sa.Column('a', sa.Integer))",
        );
    }
}
