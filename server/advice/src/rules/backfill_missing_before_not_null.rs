//! `backfill-missing-before-not-null`

use crate::fills::written_fill;
use crate::finding::Subject;
use crate::lookup::steps;
use crate::rows::Standing;
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::view::OperationView;
use crate::walk::Visit;
use fact::{Fact, Name, Place, Reason, Unknown};
use schema::operation::{DataKind, Operation, Touched};
use schema::{Table, TableName};

declare_rule! {
    /// ## What it does
    ///
    /// Finds columns that may hold NULL and are made NOT NULL, in a revision that does not fill them first.
    ///
    /// ## Why it matters
    ///
    /// The statement fails as soon as one row holds NULL. Nothing stops anybody from writing such a row between the day on
    /// which the column was added and the day on which this revision runs.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.alter_column("users", "name", existing_type=sa.String(50), nullable=False)
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// op.execute("UPDATE users SET name = id WHERE name IS NULL")
    /// op.alter_column("users", "name", existing_type=sa.String(50), nullable=False)
    /// ```
    ///
    /// ## Fix
    ///
    /// None: which value the rows are to get is for you to say.
    ///
    /// ## Sources
    ///
    /// PostgreSQL, ALTER TABLE: "SET NOT NULL may only be applied to a column provided none of the records in the table
    /// contain a NULL value".
    "backfill-missing-before-not-null", Warning, Data;
    Operation(check);
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    let Some((written, column)) = required(operation) else { return };
    match operation.standing(&written) {
        Standing::Live => {}
        Standing::NoRows => return,
        Standing::Unknown(unknown) => {
            sink.withhold(&unknown);
            return;
        }
    }
    let Some(table) = operation.table(&written) else { return };
    let Some(known) = table.column(&column) else { return };
    match &known.nullable {
        Fact::Known(true) => {}
        Fact::Known(false) => return,
        Fact::Unknown(unknown) => {
            sink.withhold(unknown);
            return;
        }
    }
    if table.is_primary(&column) || is_checked(table, column) {
        return;
    }
    let earlier = operation.at.upgrade.get(..operation.index).unwrap_or_default();
    match filled(operation, earlier, &written, column) {
        Fill::None => {}
        Fill::Certain => return,
        Fill::Unknown(unknown) => {
            sink.withhold(&unknown);
            return;
        }
    }
    // Filled too late: another rule says so.
    let later = operation.at.upgrade.get(operation.index + 1..).unwrap_or_default();
    if later.iter().any(|visit| is_fill(operation, visit, &written, column)) {
        return;
    }
    let store = operation.at.scene.store();
    let since = since(operation, &written, column);
    let message = match &since {
        Some((by, _)) if *by == operation.at.id() => format!(
            "{written}.{column} was added without a value: requiring it fails if the table has a row. Fill it first."
        ),
        Some((by, _)) => {
            format!(
                "{written}.{column} may hold NULL since {by}; requiring it fails if one row does. Fill it first."
            )
        }
        None => {
            format!("{written}.{column} may hold NULL; requiring it fails if one row does. Fill it first.")
        }
    };
    let spot = crate::locate::keyword(store, operation.step.place, "nullable");
    let mut draft = operation.draft(spot, Subject::column(operation.at.key(&written), column), message).help(
        format!("op.execute(\"UPDATE {written} SET {column} = ... WHERE {column} IS NULL\") before it"),
    );
    if let Some((_, place)) = since {
        draft = draft.related(place, "NULL is allowed since here");
    }
    sink.report(draft);
}

/// The column that the operation makes NOT NULL.
pub(super) fn required(operation: &Visit<'_>) -> Option<(TableName, Name)> {
    let Operation::AlterColumn { table, column, change } = &operation.step.operation else { return None };
    (change.nullable == Some(Fact::Known(false))).then_some((*table, *column))
}

/// A CHECK that has looked at every row says as much.
fn is_checked(table: &Table, column: Name) -> bool {
    table.checks.iter().filter(|check| !check.not_valid).any(|check| {
        check.sql.known().is_some_and(|sql| {
            let words: Vec<String> = sql
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .filter(|word| !word.is_empty())
                .map(str::to_lowercase)
                .collect();
            words == [column.to_lowercase().as_str(), "is", "not", "null"]
        })
    })
}

enum Fill {
    None,
    Certain,
    Unknown(Unknown),
}

/// Whether what ran before fills the column.
fn filled(operation: &OperationView<'_>, earlier: &[Visit<'_>], table: &TableName, column: Name) -> Fill {
    if earlier.iter().any(|visit| is_fill(operation, visit, table, column)) {
        return Fill::Certain;
    }
    let key = operation.at.key(table);
    for visit in earlier {
        match &visit.step.operation {
            Operation::Opaque { touches, because } => {
                let touched = match touches {
                    Touched::Anything => true,
                    Touched::Tables(tables) => tables.iter().any(|table| operation.at.key(table) == key),
                };
                if touched {
                    return Fill::Unknown(because.clone());
                }
            }
            Operation::Data(change) if change.table.is_none() => {
                return Fill::Unknown(Unknown::new(
                    Reason::UnreadableArgument("the table of a statement".into()),
                    visit.step.place,
                ));
            }
            _ => {}
        }
    }
    // Objects that a session changes row by row leave no statement; that they depend on rows shows.
    let by_rows = |unknown: &&Unknown| {
        matches!(unknown.reason, Reason::Rows | Reason::UnknownLoop | Reason::UndecidedTest | Reason::Budget)
    };
    if let Some(unknown) = operation.at.point.upgrade.unknowns.iter().find(by_rows) {
        return Fill::Unknown(unknown.clone());
    }
    let here = written_fill(&operation.at.revision.parsed, column);
    match here.or_else(|| filled_by_parent(operation, table, column)) {
        Some(place) => Fill::Unknown(Unknown::new(Reason::Rows, place)),
        None => Fill::None,
    }
}

/// Rows are often filled by a revision of their own, right before the one that requires the column.
fn filled_by_parent(operation: &OperationView<'_>, table: &TableName, column: Name) -> Option<Place> {
    let key = operation.at.key(table);
    operation.at.graph().parents(operation.at.point.rev).iter().find_map(|parent| {
        let (point, revision) = operation.at.other(*parent)?;
        let by_step = steps(point).find(|step| match &step.operation {
            Operation::Data(change) => {
                change.kind == DataKind::Update
                    && change.table.is_some_and(|of| operation.at.key(&of) == key)
                    && change.columns.iter().any(|(name, _)| name.eq_ignore_ascii_case(&column))
            }
            _ => false,
        });
        let written = || written_fill(&revision.parsed, column);
        by_step.map(|step| step.place).or_else(written)
    })
}

/// An UPDATE of the column, or a DELETE of some rows, or a rename of a filled column.
pub(super) fn is_fill(
    operation: &OperationView<'_>,
    visit: &Visit<'_>,
    table: &TableName,
    column: Name,
) -> bool {
    let Operation::Data(change) = &visit.step.operation else { return false };
    if change.table.is_none_or(|of| operation.at.key(&of) != operation.at.key(table)) {
        return false;
    }
    match change.kind {
        DataKind::Update => {
            change.columns.is_empty()
                || change.columns.iter().any(|(name, _)| name.eq_ignore_ascii_case(&column))
        }
        DataKind::Delete | DataKind::Truncate => true,
        DataKind::Insert => false,
    }
}

/// The revision that made the column, or allowed NULL in it, last.
fn since(operation: &OperationView<'_>, table: &TableName, column: Name) -> Option<(Name, Place)> {
    let key = operation.at.key(table);
    let nullable = |schema: &schema::Schema| {
        schema
            .tables
            .get(&key)
            .and_then(|table| table.column(&column))
            .is_some_and(|c| c.nullable == Fact::Known(true))
    };
    for visit in operation.at.upgrade.get(..operation.index).unwrap_or_default().iter().rev() {
        if !nullable(&visit.before) && nullable(&visit.after) {
            return Some((operation.at.id(), visit.step.place));
        }
    }
    let lookup = operation.at.lookup_of(table);
    let here = lookup.history.position(operation.at.point.rev)?;
    let mut earlier = lookup.history.points.iter().take(here).rev();
    let point = earlier.find(|point| !nullable(&point.before.schema) && nullable(&point.after.schema))?;
    let place = steps(point).find_map(|step| match &step.operation {
        Operation::AddColumn { table, column: added, .. } => {
            (operation.at.key(table) == key && added.name == column).then_some(added.place)
        }
        Operation::AlterColumn { table, column: altered, .. } => {
            (operation.at.key(table) == key && *altered == column).then_some(step.place)
        }
        Operation::CreateTable { table, .. } if operation.at.key(&table.name) == key => {
            table.column(&column).map(|column| column.place)
        }
        _ => None,
    })?;
    Some((operation.at.graph().id(point.rev), place))
}

#[cfg(test)]
mod tests {
    use crate::testing::{PG, check_message, check_steps};

    const RULE: &str = "backfill-missing-before-not-null";

    #[test]
    fn columns_that_may_hold_null() {
        check_steps(
            RULE,
            "
            op.alter_column('tasks', 'status', nullable=False)
            #                                           ^^^^^ backfill-missing-before-not-null
        ",
        );
        check_steps(RULE, "
            op.execute(\"UPDATE tasks SET title = 'x' WHERE title = ''\")
            with op.batch_alter_table('tasks') as b:
                b.alter_column('status', existing_type=sa.String(20), nullable=False)
                #                                                              ^^^^^ backfill-missing-before-not-null
        ");
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('a', sa.Integer))
            op.alter_column('tasks', 'a', nullable=False)
            #                                      ^^^^^ backfill-missing-before-not-null
        ",
        );
        check_steps(
            RULE,
            "
            op.alter_column('tasks', 'status', server_default='open')
            op.execute('ALTER TABLE tasks ALTER COLUMN status SET NOT NULL')
            #^ backfill-missing-before-not-null
        ",
        );
        check_message(
            &[PG],
            RULE,
            "op.alter_column('tasks', 'status', nullable=False)",
            "tasks.status may hold NULL since r1; requiring it fails if one row does. Fill it first.",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            op.alter_column('tasks', 'title', nullable=False)
            op.execute(\"UPDATE tasks SET status = 'open' WHERE status IS NULL\")
            op.alter_column('tasks', 'status', nullable=False)
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('DELETE FROM tasks WHERE status IS NULL')
            op.alter_column('tasks', 'status', nullable=False)
        ",
        );
        check_steps(
            RULE,
            "
            op.create_table('logs', sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.Integer))
            op.alter_column('logs', 'a', nullable=False)
        ",
        );
        check_steps(
            RULE,
            "
            tasks = sa.table('tasks', sa.column('status', sa.String))
            op.execute(tasks.update().where(tasks.c.status.is_(None)).values(status='open'))
            op.alter_column('tasks', 'status', nullable=False)
        ",
        );
        check_steps(
            RULE,
            "
            outside.fill(op.get_bind())
            op.execute(outside.sql)
            op.alter_column('tasks', 'status', nullable=False)
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('ALTER TABLE tasks ADD CONSTRAINT c CHECK (status IS NOT NULL)')
            op.alter_column('tasks', 'status', nullable=False)
        ",
        );
        check_steps(
            RULE,
            "
            op.alter_column('tasks', 'status', nullable=False)
            op.execute(\"UPDATE tasks SET status = 'open' WHERE status IS NULL\")
        ",
        );
    }

    #[test]
    fn rows_that_are_filled_one_by_one() {
        for fill in [
            "conn.execute(sa.text('UPDATE tasks SET status = :s WHERE id = :i'), {'i': row.id})",
            "conn.execute(sa.table('tasks').update().values(status='open'))",
            "conn.execute(sa.table('tasks').update().values({'status': 'open'}))",
            "row.status = 'open'",
        ] {
            check_steps(
                RULE,
                &format!(
                    "
            conn = op.get_bind()
            for row in conn.execute(sa.text('SELECT id FROM tasks')):
                {fill}
            op.alter_column('tasks', 'status', nullable=False)
        "
                ),
            );
        }
    }
}
