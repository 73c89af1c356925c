//! `missing-existing-type`

use crate::finding::{Finding, Subject};
use crate::fix::{Desk, Fix};
use crate::render::{Style, type_text};
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::text::database;
use crate::view::OperationView;
use schema::Failure;
use schema::operation::Operation;

declare_rule! {
    /// ## What it does
    ///
    /// Finds `alter_column` calls that must tell the type of the column, and do not.
    /// MySQL and MariaDB need it to change NULL or the name, SQL Server to change NULL.
    ///
    /// ## Why it matters
    ///
    /// Those databases restate the whole column, and Alembic stops with `CommandError` when it does not know the type.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.alter_column("tasks", "priority", nullable=False)
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// op.alter_column("tasks", "priority", existing_type=sa.String(10), nullable=False)
    /// ```
    ///
    /// ## Fix
    ///
    /// Fills in `existing_type` and whatever else of the column must be repeated, from the history (safe).
    ///
    /// ## Sources
    ///
    /// Alembic: `MySQLImpl.alter_column`, `MSSQLImpl.alter_column`.
    "missing-existing-type", Error, Portability, hides ["column-attributes-lost"];
    Operation(check);
    fix: fill;
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    for failed in &operation.failures {
        let Failure::NeedsExistingType { table, column } = &failed.failure else { continue };
        let Operation::AlterColumn { change, .. } = &operation.step.operation else { continue };
        let what = match (change.new_name.is_some(), change.nullable.is_some()) {
            (true, _) => "rename the column",
            (false, true) => "change nullability",
            (false, false) => "change the column",
        };
        let style = Style::of(&operation.at.revision.parsed);
        let known = operation.table(table).and_then(|table| table.column(column));
        let text = known.and_then(|column| type_text(column.ty.known()?, &style));
        let example = text.map(|text| format!(": existing_type={text}")).unwrap_or_default();
        // The same text on every database, so that one finding speaks for all.
        let message = format!("The type of {table}.{column} must be given to {what}{example}.");
        let detail = operation.at.kind().map(|kind| {
            format!("{} restates the column, and Alembic stops with CommandError.", database(kind))
        });
        let mut draft =
            operation.draft(failed.place, Subject::column(operation.at.key(table), *column), message);
        draft.detail = detail;
        sink.report(draft);
    }
}

fn fill(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    crate::fix::existing::fill(desk, finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_fix_on, check_message, check_steps, check_steps_on};
    use schema::Kind;

    const RULE: &str = "missing-existing-type";
    const MY: &[Kind] = &[Kind::Mysql];

    #[test]
    fn types_that_must_be_told() {
        check_steps_on(
            &[Kind::Mysql, Kind::Mariadb, Kind::Mssql],
            RULE,
            "
            op.alter_column('tasks', 'title', nullable=True)
            #^ missing-existing-type
        ",
        );
        check_steps_on(
            MY,
            RULE,
            "
            op.alter_column('tasks', 'title', new_column_name='name')
            #^ missing-existing-type
        ",
        );
        check_message(
            MY,
            RULE,
            "op.alter_column('tasks', 'title', nullable=True)",
            "The type of tasks.title must be given to change nullability: existing_type=sa.String(length=100). MySQL restates the column, and Alembic stops with CommandError.",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(RULE, "op.alter_column('tasks', 'title', nullable=True)");
        check_steps_on(
            MY,
            RULE,
            "
            op.alter_column('tasks', 'title', existing_type=sa.String(100), nullable=True)
            op.alter_column('tasks', 'status', server_default='open')
            op.alter_column('tasks', 'status', type_=sa.Text(), nullable=False)
        ",
        );
        check_steps_on(&[Kind::Mssql], RULE, "op.alter_column('tasks', 'title', new_column_name='name')");
        check_steps_on(
            MY,
            RULE,
            "
            if op.get_bind().dialect.name == 'postgresql':
                op.alter_column('tasks', 'title', nullable=True)
        ",
        );
    }

    #[test]
    fn the_type_is_filled_in() {
        check_fix_on(
            MY,
            RULE,
            "op.alter_column('tasks', 'title', new_column_name='name')",
            "Fill existing_* from history",
            "op.alter_column('tasks', 'title', new_column_name='name', existing_type=sa.String(length=100), existing_nullable=False)",
        );
        check_fix_on(
            MY,
            RULE,
            "op.alter_column('tasks', 'title', nullable=True)",
            "Fill existing_* from history",
            "op.alter_column('tasks', 'title', nullable=True, existing_type=sa.String(length=100))",
        );
    }
}
