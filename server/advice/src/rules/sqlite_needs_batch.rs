//! `sqlite-needs-batch`

use crate::finding::Subject;
use crate::rows::Standing;
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::text::list;
use crate::view::OperationView;
use fact::Fact;
use schema::operation::{Operation, Written};
use schema::{Failure, Kind, ServerDefault, TableName};

declare_rule! {
    /// ## What it does
    ///
    /// Finds operations that SQLite has no ALTER TABLE for, outside a batch block.
    /// These are changes of a column's type, NULL or default, constraints added or dropped, and columns that come with a
    /// constraint, a stored expression or a default that has to be computed.
    ///
    /// ## Why it matters
    ///
    /// The migration fails on SQLite even on an empty table, with a syntax error or with `NotImplementedError`. It only
    /// matters where SQLite is one of the project's databases, which `dialects` says.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.alter_column("tasks", "title", existing_type=sa.String(100), nullable=True)
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// with op.batch_alter_table("tasks") as batch_op:
    ///     batch_op.alter_column("title", existing_type=sa.String(100), nullable=True)
    /// ```
    ///
    /// The other databases run the same block as plain ALTER statements.
    ///
    /// ## Fix
    ///
    /// None yet: put the call into a block.
    ///
    /// ## Sources
    ///
    /// SQLite, "ALTER TABLE"; Alembic documentation, "Running Batch Migrations for SQLite".
    "sqlite-needs-batch", Error, Portability;
    Operation(check);
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    // A statement in the words of another database is no call that a block could take.
    if operation.at.kind() != Some(Kind::Sqlite) || operation.step.written == Written::Sql {
        return;
    }
    let mut table = None;
    let mut refused: Vec<&str> = Vec::new();
    for failed in &operation.failures {
        if let Failure::NeedsBatch { table: of, what } = &failed.failure {
            table = Some(*of);
            if !refused.contains(what) {
                refused.push(what);
            }
        }
    }
    if let Some(table) = table {
        let what = list(refused);
        report(
            operation,
            table,
            sink,
            format!("SQLite cannot {what} in place: this fails even on an empty table."),
        );
    } else if let Some((table, message)) = addition(operation) {
        report(operation, table, sink, message.to_owned());
    }
}

fn report(operation: &OperationView<'_>, table: TableName, sink: &mut Sink<'_>, message: String) {
    let name = match &operation.step.operation {
        Operation::AddColumn { column, .. } => Some(column.name),
        Operation::AlterColumn { column, .. } => Some(*column),
        _ => None,
    };
    let in_block = operation.block.is_some();
    let help = match in_block {
        true => "this block has recreate=\"never\"; let it recreate the table".to_owned(),
        false => format!("use `with op.batch_alter_table(\"{table}\") as batch_op:` and call it on batch_op"),
    };
    let message = format!("{message} Use batch_alter_table.");
    let subject = Subject { name, ..Subject::table(operation.at.key(&table)) };
    sink.report(operation.draft(operation.step.place, subject, message).help(help));
}

/// What ADD COLUMN of SQLite refuses.
fn addition(operation: &OperationView<'_>) -> Option<(TableName, &'static str)> {
    let Operation::AddColumn { table, column, .. } = &operation.step.operation else { return None };
    if operation.step.written == Written::Batch {
        return None;
    }
    if column.computed.as_ref().is_some_and(|computed| computed.persisted == Some(true)) {
        return Some((
            *table,
            "SQLite cannot add a stored generated column: this fails even on an empty table.",
        ));
    }
    let computes = match &column.default {
        Fact::Known(Some(ServerDefault::Now)) => true,
        Fact::Known(Some(ServerDefault::Sql(sql))) => is_computed(sql),
        _ => false,
    };
    (computes && operation.standing(table) == Standing::Live).then_some((
        *table,
        "SQLite cannot add a column whose default has to be computed to a table that has rows.",
    ))
}

/// CURRENT_TIMESTAMP and the like, or an expression in parentheses.
fn is_computed(sql: &str) -> bool {
    let sql = sql.trim();
    let upper = sql.to_ascii_uppercase();
    upper.starts_with('(') || ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"].contains(&upper.as_str())
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_message, check_steps, check_steps_on};
    use schema::Kind;

    const RULE: &str = "sqlite-needs-batch";
    const BOTH: &[Kind] = &[Kind::Postgresql, Kind::Sqlite];

    #[test]
    fn what_sqlite_refuses() {
        for steps in [
            "op.alter_column('tasks', 'title', nullable=True)",
            "op.alter_column('tasks', 'title', type_=sa.Text(), server_default='x')",
            "op.create_foreign_key('fk', 'tasks', 'users', ['user_id'], ['id'])",
            "op.create_unique_constraint('u', 'tasks', ['title'])",
            "op.create_check_constraint('c', 'tasks', 'id > 0')",
            "op.add_column('tasks', sa.Column('a', sa.Integer, unique=True))",
            "op.add_column('tasks', sa.Column('a', sa.Integer, sa.Computed('id + 1', persisted=True)))",
            "op.add_column('tasks', sa.Column('a', sa.DateTime, server_default=sa.func.now()))",
        ] {
            check_steps_on(BOTH, RULE, &format!("{steps}\n#^ sqlite-needs-batch"));
            check_steps(RULE, steps);
        }
        check_message(
            BOTH,
            RULE,
            "op.alter_column('tasks', 'title', nullable=True)",
            "SQLite cannot change NULL or NOT NULL in place: this fails even on an empty table. Use batch_alter_table.",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps_on(
            BOTH,
            RULE,
            "
            with op.batch_alter_table('tasks') as b:
                b.alter_column('title', existing_type=sa.String(100), nullable=True)
                b.create_unique_constraint('u', ['title'])
                b.add_column(sa.Column('a', sa.DateTime, server_default=sa.func.now()))
        ",
        );
        check_steps_on(
            BOTH,
            RULE,
            "
            op.alter_column('tasks', 'title', new_column_name='name')
            op.add_column('tasks', sa.Column('a', sa.Integer, server_default='0', nullable=False))
            op.create_index('ix', 'tasks', ['status'], unique=True)
        ",
        );
        check_steps_on(
            BOTH,
            RULE,
            "
            if op.get_context().dialect.name != 'sqlite':
                op.alter_column('tasks', 'title', nullable=True)
        ",
        );
    }
}
