//! `incomplete-downgrade`

use crate::finding::{Finding, Subject};
use crate::fix::{Desk, Fix};
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::view::RevisionView;
use alembic::evaluate::{Direction, Ended};
use fact::{Fact, Unknown};
use schema::dialect::reported_type;
use schema::difference::{Facet, What};
use schema::table::ObjectKind;
use schema::{Column, Dialect, Difference, Kind, Operation, Schema, TableName, differences};

declare_rule! {
    /// ## What it does
    ///
    /// Finds downgrades after which the schema is not what it was before the upgrade: something stays behind, does not come
    /// back, or comes back different. Tables, columns, types, NULL, defaults, constraints, indexes, views and functions are
    /// compared, on each database.
    ///
    /// ## Why it matters
    ///
    /// After such a downgrade the database is in a state that no revision describes. The next upgrade may fail with "already
    /// exists", or run on a schema that nobody has tested.
    ///
    /// ## Example
    ///
    /// ```python
    /// def upgrade():
    ///     op.add_column("tasks", sa.Column("estimate", sa.Integer))
    ///     op.add_column("tasks", sa.Column("due_on", sa.Date))
    ///
    /// def downgrade():
    ///     op.drop_column("tasks", "due_on")
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// def downgrade():
    ///     op.drop_column("tasks", "due_on")
    ///     op.drop_column("tasks", "estimate")
    /// ```
    ///
    /// ## Fix
    ///
    /// Completes the downgrade (unsafe; safe when only drops of what the upgrade made are missing).
    ///
    /// ## Sources
    ///
    /// The history of the project itself: the exact difference between the replayed schemas.
    "incomplete-downgrade", Warning, Reversibility;
    Revision(check);
    fix: complete;
}

fn check(revision: &RevisionView<'_>, sink: &mut Sink<'_>) {
    if revision.down.evaluation.ended == Ended::Missing || !revision.is_read(Direction::Upgrade) {
        return;
    }
    match &revision.down.evaluation.ended {
        Ended::Normally => {}
        Ended::Stopped(unknown) => {
            sink.withhold(unknown);
            return;
        }
        Ended::Missing | Ended::Raised { .. } => return,
    }
    let left =
        left_over(&revision.point.before.schema, &revision.down.after.schema, revision.context.dialect);
    if left.is_empty() {
        return;
    }
    if let Some(unknown) = doubt(revision, &left) {
        sink.withhold(&unknown);
        return;
    }
    // Steps that fail are told as such, and what they leave is their consequence.
    let failing = |visits: &[crate::walk::Visit<'_>]| visits.iter().any(|visit| !visit.failures.is_empty());
    if failing(&revision.upgrade) || failing(&revision.downgrade) {
        return;
    }
    let told: Vec<String> = left.iter().take(3).map(ToString::to_string).collect();
    let more = match left.len().saturating_sub(3) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let message =
        format!("After upgrade and downgrade the schema is not what it was: {}{more}.", told.join("; "));
    // The words for types are those of each database; the objects are the same.
    let key: Vec<String> = left.iter().map(object).collect();
    let mut draft =
        Draft::new(revision.function(Direction::Downgrade), Subject::default(), message).key(key.join(";"));
    for difference in left.iter().take(3) {
        let cause = revision.upgrade.iter().find(|visit| {
            !matches!(visit.step.operation, Operation::Batch { .. })
                && !left_over(&visit.before, &visit.after, revision.context.dialect)
                    .iter()
                    .all(|change| !concerns(change, difference))
        });
        if let Some(cause) = cause {
            draft = draft.related(cause.step.place, format!("{difference}"));
        }
    }
    sink.report(draft);
}

fn object(difference: &Difference) -> String {
    let subject = difference.subject;
    match &difference.what {
        What::ColumnGone { column, .. } => format!("-{subject}.{column}"),
        What::ColumnNew { column, .. } => format!("+{subject}.{column}"),
        What::ColumnChanged { column, .. } => format!("{subject}.{column}"),
        What::Gone { object, was } => format!("-{subject} {object:?} {was}"),
        What::New { object, is } => format!("+{subject} {object:?} {is}"),
        What::Changed { object, .. } => format!("{subject} {object:?}"),
        What::TableGone => format!("-{subject}"),
        What::TableNew => format!("+{subject}"),
        What::EnumGone | What::EnumNew | What::LabelsChanged { .. } => format!("type {subject}"),
    }
}

/// Both are about the same object, told the one way or the other.
fn concerns(change: &Difference, difference: &Difference) -> bool {
    let column = |what: &What| match what {
        What::ColumnGone { column, .. }
        | What::ColumnNew { column, .. }
        | What::ColumnChanged { column, .. } => Some(*column),
        _ => None,
    };
    change.subject == difference.subject && column(&change.what) == column(&difference.what)
}

/// What of the schema from before is not as it was, as far as this rule speaks of it.
pub(crate) fn left_over(before: &Schema, after: &Schema, dialect: Option<Dialect>) -> Vec<Difference> {
    let mut out: Vec<Difference> = differences(before, after, dialect)
        .into_iter()
        .filter(|difference| match &difference.what {
            // Types are the business of another rule; a label cannot be taken out of one again.
            What::EnumGone | What::EnumNew => false,
            What::ColumnChanged { column, facets, .. } if *facets == [Facet::Type] => {
                let of = |schema: &Schema| schema.tables.get(&difference.subject)?.column(column).cloned();
                dialect.is_none_or(|dialect| dialect.kind != Kind::Sqlite)
                    || of(before).and_then(|c| affinity(&c)) != of(after).and_then(|c| affinity(&c))
            }
            What::LabelsChanged { was, is } => !was.iter().all(|label| is.contains(label)),
            _ => true,
        })
        .collect();
    let tracked = |kind: &ObjectKind| {
        matches!(kind, ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Function)
    };
    let object = |name: &TableName, what: What| Difference { subject: *name, what };
    if before.opaque.is_none() && after.opaque.is_none() {
        let gone = before.others.keys().filter(|key| tracked(&key.0) && !after.others.contains_key(*key));
        out.extend(gone.map(|(_, name)| object(name, What::TableGone)));
        let new = after.others.keys().filter(|key| tracked(&key.0) && !before.others.contains_key(*key));
        out.extend(new.map(|(_, name)| object(name, What::TableNew)));
    }
    out
}

/// What a declared type means to SQLite: it keeps values by this alone.
fn affinity(column: &Column) -> Option<&'static str> {
    let Fact::Known(text) = reported_type(column, Some(Kind::Sqlite.into())) else { return None };
    let text = text.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    Some(if has(&["INT"]) {
        "integer"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "text"
    } else if text.is_empty() || has(&["BLOB"]) {
        "blob"
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "real"
    } else {
        "numeric"
    })
}

/// Something that was not read may have done, or undone, the difference.
fn doubt(revision: &RevisionView<'_>, left: &[Difference]) -> Option<Unknown> {
    let touches = |touched: &schema::Touched| match touched {
        schema::Touched::Anything => true,
        schema::Touched::Tables(tables) => {
            tables.iter().any(|table| left.iter().any(|difference| difference.subject == revision.key(table)))
        }
    };
    revision.upgrade.iter().chain(&revision.downgrade).find_map(|visit| match &visit.step.operation {
        Operation::Opaque { touches: touched, because } if touches(touched) => Some(because.clone()),
        Operation::Either { because, .. } => Some(because.clone()),
        _ => None,
    })
}

fn complete(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    crate::fix::downgrade::complete(desk, finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{PG, check_fix, check_message, check_steps, check_steps_on};
    use schema::Kind;

    const RULE: &str = "incomplete-downgrade";

    #[test]
    fn what_does_not_come_back() {
        check_steps(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
                op.add_column('tasks', sa.Column('b', sa.Integer))
            def downgrade():
            #   ^^^^^^^^^ incomplete-downgrade
                op.drop_column('tasks', 'a')
        ",
        );
        check_message(
            &[PG],
            RULE,
            "
            def upgrade():
                op.drop_column('tasks', 'title')
            def downgrade():
                op.add_column('tasks', sa.Column('title', sa.Text))
        ",
            "After upgrade and downgrade the schema is not what it was: tasks.title was character varying(100) NOT NULL and comes back as text.",
        );
        check_steps_on(
            &[PG, Kind::Sqlite],
            RULE,
            "
            def upgrade():
                if op.get_bind().dialect.name == 'postgresql':
                    op.add_column('tasks', sa.Column('a', sa.Integer))
                op.add_column('tasks', sa.Column('b', sa.Integer))
            def downgrade():
            #   ^^^^^^^^^ incomplete-downgrade
                op.drop_column('tasks', 'b')
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.execute('CREATE VIEW done AS SELECT * FROM tasks')
                op.add_column('tasks', sa.Column('b', sa.Integer))
            def downgrade():
            #   ^^^^^^^^^ incomplete-downgrade
                op.drop_column('tasks', 'b')
        ",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer, index=True))
            def downgrade():
                op.drop_column('tasks', 'a')
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.drop_column('tasks', 'title')
            def downgrade():
                op.add_column('tasks', sa.Column('title', sa.String(100), nullable=False, comment='late'))
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.create_table('logs', sa.Column('level', sa.Enum('a', name='level')))
            def downgrade():
                op.drop_table('logs')
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
                op.add_column('tasks', sa.Column('b', sa.Integer))
            def downgrade():
                outside.drop(op)
                op.execute('ALTER TABLE tasks ' + outside.what)
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
            def downgrade():
                pass
        ",
        );
    }

    #[test]
    fn sqlite_knows_types_by_their_affinity() {
        let steps = "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
                op.drop_column('tasks', 'status')
            def downgrade():
            MARK
                op.add_column('tasks', sa.Column('status', TYPE))
                op.drop_column('tasks', 'a')
        ";
        let text = |ty: &str, mark: &str| steps.replace("TYPE", ty).replace("MARK", mark);
        check_steps_on(&[Kind::Sqlite], RULE, &text("sa.Text", ""));
        check_steps_on(&[Kind::Sqlite], RULE, &text("sa.Integer", "#   ^^^^^^^^^ incomplete-downgrade"));
        check_steps(RULE, &text("sa.Text", "#   ^^^^^^^^^ incomplete-downgrade"));
    }

    #[test]
    fn the_rest_is_written() {
        check_fix(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
                op.add_column('tasks', sa.Column('b', sa.Integer))


            def downgrade():
                op.drop_column('tasks', 'b')
            ",
            "Complete the downgrade",
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
                op.add_column('tasks', sa.Column('b', sa.Integer))


            def downgrade():
                op.drop_column('tasks', 'b')
                op.drop_column('tasks', 'a')
            ",
        );
    }
}
