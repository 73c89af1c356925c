//! `column-attributes-lost`

use crate::finding::{Finding, Subject};
use crate::fix::{Desk, Fix};
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::text::{database, list};
use crate::view::{OperationView, table_in};
use fact::Fact;
use schema::column::Autoincrement;
use schema::dialect::{reported, reported_default};
use schema::operation::{ColumnChange, Operation, Written};
use schema::{Column, Failure, Kind};

declare_rule! {
    /// ## What it does
    ///
    /// Finds `alter_column` calls after which a column has lost NOT NULL, its default, its comment, its numbering or its
    /// type, because the call does not repeat them.
    ///
    /// ## Why it matters
    ///
    /// MySQL and MariaDB restate the whole column, SQL Server its type and nullability. What is not repeated is reset,
    /// without an error and without a word.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.alter_column("tasks", "title", existing_type=sa.String(100), type_=sa.String(200))
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// op.alter_column(
    ///     "tasks", "title", existing_type=sa.String(100), type_=sa.String(200), existing_nullable=False
    /// )
    /// ```
    ///
    /// ## Fix
    ///
    /// Fills in what must be repeated, from the history (safe).
    ///
    /// ## Sources
    ///
    /// MySQL, ALTER TABLE: "the column definition must include the data type and all attributes that should apply to the
    /// new column". SQL Server, ALTER TABLE.
    "column-attributes-lost", Warning, Portability;
    Operation(check);
    fix: fill;
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    let Some(kind) = operation.at.kind().filter(|kind| kind.is_mysql_like() || *kind == Kind::Mssql) else {
        return;
    };
    let Operation::AlterColumn { table: written, column: name, change } = &operation.step.operation else {
        return;
    };
    // In SQL text only the databases' own MODIFY restates a column.
    if operation.step.written == Written::Sql && !change.restates {
        return;
    }
    let refused = |failure: &Failure| {
        matches!(
            failure,
            Failure::NeedsExistingType { .. } | Failure::NoSuchTable { .. } | Failure::NoSuchColumn { .. }
        )
    };
    if operation.failures.iter().any(|failed| refused(&failed.failure)) {
        return;
    }
    let Some(before) = operation.table(written).and_then(|table| table.column(name)) else { return };
    let new_name = match &change.new_name {
        Some(Fact::Known(new)) => *new,
        Some(Fact::Unknown(unknown)) => {
            sink.withhold(unknown);
            return;
        }
        None => *name,
    };
    let after = table_in(&operation.after, written, Some(kind)).and_then(|table| table.column(&new_name));
    let Some(after) = after else { return };
    let lost = lost(before, after, change, kind);
    if lost.is_empty() {
        return;
    }
    let (what, arguments): (Vec<String>, Vec<&str>) = lost.into_iter().unzip();
    let message = format!("Without {} {written}.{name} loses {}.", list(&arguments), list(&what));
    let store = operation.at.scene.store();
    let spot = arguments
        .iter()
        .map(|argument| crate::locate::keyword(store, operation.step.place, argument))
        .find(|place| place.key() != operation.step.place.key())
        .unwrap_or(operation.step.place);
    let how = match kind {
        Kind::Mssql => "restates type and nullability",
        _ => "restates the whole column",
    };
    let draft = operation
        .draft(spot, Subject::column(operation.at.key(written), *name), message)
        .detail(format!("{} {how}.", database(kind)))
        .related(before.place, "the column as it was made");
    sink.report(draft);
}

/// What the column had, was not asked to give up, and has no more; with the argument that keeps it.
fn lost(before: &Column, after: &Column, change: &ColumnChange, kind: Kind) -> Vec<(String, &'static str)> {
    let mut out = Vec::new();
    if change.ty.is_none()
        && let (Fact::Known(old), Fact::Known(new)) = (&before.ty, &after.ty)
        && let (Fact::Known(was), Fact::Known(is)) =
            (reported(old, Some(kind.into())), reported(new, Some(kind.into())))
        && !was.eq_ignore_ascii_case(&is)
    {
        out.push((format!("its type {was} and becomes {is}"), "existing_type"));
    }
    if change.nullable.is_none()
        && before.nullable == Fact::Known(false)
        && after.nullable == Fact::Known(true)
    {
        out.push(("NOT NULL".to_owned(), "existing_nullable"));
    }
    if change.default.is_none()
        && matches!(before.default, Fact::Known(Some(_)))
        && after.default == Fact::Known(None)
    {
        let text = match reported_default(before, Some(kind.into())) {
            Fact::Known(Some(text)) => format!("DEFAULT {text}"),
            _ => "its default".to_owned(),
        };
        out.push((text, "existing_server_default"));
    }
    if change.comment.is_none() && before.comment.is_some() && after.comment.is_none() {
        out.push(("its comment".to_owned(), "existing_comment"));
    }
    if change.autoincrement.is_none()
        && before.autoincrement == Autoincrement::On
        && after.autoincrement == Autoincrement::Off
    {
        out.push(("AUTO_INCREMENT".to_owned(), "existing_autoincrement"));
    }
    out
}

fn fill(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    crate::fix::existing::fill(desk, finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_fix_on, check_message, check_steps, check_steps_on};
    use schema::Kind;

    const RULE: &str = "column-attributes-lost";
    const MY: &[Kind] = &[Kind::Mysql];

    #[test]
    fn what_a_restated_column_loses() {
        check_steps_on(
            &[Kind::Mysql, Kind::Mariadb, Kind::Mssql],
            RULE,
            "
            op.alter_column('tasks', 'title', existing_type=sa.String(100), type_=sa.String(200))
            #^ column-attributes-lost
        ",
        );
        check_steps_on(MY, RULE, "
            op.alter_column('tasks', 'title', type_=sa.String(200), existing_nullable=True)
            #                                                                         ^^^^ column-attributes-lost
        ");
        check_message(MY, RULE, "
            op.alter_column('tasks', 'title', existing_type=sa.String(100), nullable=False, server_default='x', comment='c')
            op.alter_column('tasks', 'title', existing_type=sa.String(100), new_column_name='name')
        ", "Without existing_nullable, existing_server_default and existing_comment tasks.title loses NOT NULL, DEFAULT x and its comment. MySQL restates the whole column.");
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "op.alter_column('tasks', 'title', existing_type=sa.String(100), type_=sa.String(200))",
        );
        check_steps_on(
            MY,
            RULE,
            "
            op.alter_column('tasks', 'title', existing_type=sa.String(100), nullable=True)
            op.alter_column('tasks', 'status', existing_type=sa.String(20), type_=sa.Text())
            op.alter_column('tasks', 'user_id', server_default='x')
        ",
        );
        check_steps_on(MY, RULE, "
            op.alter_column('tasks', 'title', existing_type=sa.String(100), type_=sa.String(200), existing_nullable=False)
        ");
    }

    #[test]
    fn what_is_missing_is_filled_in() {
        check_fix_on(
            MY,
            RULE,
            "op.alter_column('tasks', 'title', type_=sa.String(200), existing_nullable=True)",
            "Fill existing_* from history",
            "op.alter_column('tasks', 'title', type_=sa.String(200), existing_nullable=False)",
        );
    }
}
