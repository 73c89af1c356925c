//! `backfill-after-constraint`

use super::backfill_missing_before_not_null::{is_fill, required};
use crate::finding::Subject;
use crate::rows::Standing;
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::view::OperationView;
use fact::Fact;
use schema::operation::{DataKind, Operation};

declare_rule! {
    /// ## What it does
    ///
    /// Finds statements that fill a column only after the column was made NOT NULL, in the same revision.
    ///
    /// ## Why it matters
    ///
    /// The order is the wrong one: while the rows still hold NULL, requiring the column fails, and the statement that
    /// would have filled them never runs. In an empty test database nobody notices.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.alter_column("tasks", "priority", existing_type=sa.String(10), nullable=False)
    /// op.execute("UPDATE tasks SET priority = 'medium' WHERE priority IS NULL")
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// op.execute("UPDATE tasks SET priority = 'medium' WHERE priority IS NULL")
    /// op.alter_column("tasks", "priority", existing_type=sa.String(10), nullable=False)
    /// ```
    ///
    /// ## Fix
    ///
    /// None yet: move the statement up.
    ///
    /// ## Sources
    ///
    /// PostgreSQL, ALTER TABLE, SET NOT NULL.
    "backfill-after-constraint", Error, Data, hides ["backfill-missing-before-not-null"];
    Operation(check);
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    let Operation::Data(change) = &operation.step.operation else { return };
    let (DataKind::Update, Some(table)) = (change.kind, change.table) else { return };
    let earlier = operation.at.upgrade.get(..operation.index).unwrap_or_default();
    for (column, _) in &change.columns {
        let tightened = earlier.iter().enumerate().find(|(_, visit)| {
            visit.undecided.is_none()
                && required(visit).is_some_and(|(of, name)| {
                    operation.at.key(&of) == operation.at.key(&table) && name == *column
                })
        });
        let Some((index, constraint)) = tightened else { continue };
        match operation.at.standing(constraint, &table) {
            Standing::Live => {}
            Standing::NoRows => continue,
            Standing::Unknown(unknown) => {
                sink.withhold(&unknown);
                continue;
            }
        }
        let before = constraint.before.tables.get(&operation.at.key(&table));
        let nullable = before.and_then(|table| table.column(column)).map(|column| &column.nullable);
        if nullable != Some(&Fact::Known(true)) {
            continue;
        }
        let first = earlier.get(..index).unwrap_or_default();
        if first.iter().any(|visit| is_fill(operation, visit, &table, *column)) {
            continue;
        }
        if let Some(because) = first.iter().find_map(|visit| match &visit.step.operation {
            Operation::Opaque { because, .. } => Some(because),
            _ => None,
        }) {
            sink.withhold(because);
            continue;
        }
        let message = format!(
            "The rows of {table} get their {column} only after the column is required: the requirement fails first. Move this statement up."
        );
        let subject = Subject::column(operation.at.key(&table), *column);
        let draft = operation
            .draft(operation.step.place, subject, message)
            .related(constraint.step.place, format!("{column} is required here"));
        sink.report(draft);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check_steps;

    const RULE: &str = "backfill-after-constraint";

    #[test]
    fn filled_too_late() {
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('a', sa.Integer))
            op.alter_column('tasks', 'a', nullable=False)
            op.execute('UPDATE tasks SET a = 1')
            #^ backfill-after-constraint
        ",
        );
        check_steps(
            RULE,
            "
            with op.batch_alter_table('tasks') as b:
                b.alter_column('status', existing_type=sa.String(20), nullable=False)
            op.execute(\"UPDATE tasks SET status = 'open' WHERE status IS NULL\")
            #^ backfill-after-constraint
        ",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('a', sa.Integer, server_default='0', nullable=False))
            op.execute('UPDATE tasks SET a = id')
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('UPDATE tasks SET status = 1 WHERE status IS NULL')
            op.alter_column('tasks', 'status', nullable=False)
            op.execute('UPDATE tasks SET status = 2 WHERE id = 7')
        ",
        );
        check_steps(
            RULE,
            "
            op.alter_column('tasks', 'title', nullable=False)
            op.execute('UPDATE tasks SET title = 1')
            op.create_table('logs', sa.Column('id', sa.Integer), sa.Column('a', sa.Integer))
            op.alter_column('logs', 'a', nullable=False)
            op.execute('UPDATE logs SET a = 1')
        ",
        );
    }
}
