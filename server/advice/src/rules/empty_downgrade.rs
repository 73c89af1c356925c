//! `empty-downgrade`

use crate::effect::{changes_anything, changes_schema, summary};
use crate::finding::{Finding, Subject};
use crate::fix::{Desk, Fix};
use crate::locate::locate;
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::text::list;
use crate::view::RevisionView;
use alembic::evaluate::{Direction, Ended};
use schema::apply::Existing;
use schema::{Failure, Operation};

declare_rule! {
    /// ## What it does
    ///
    /// Finds a `downgrade()` that does nothing where `upgrade()` changes the schema or rows.
    ///
    /// ## Why it matters
    ///
    /// Alembic believes that the revision was undone. What it made stays behind, and the next upgrade meets it.
    ///
    /// ## Example
    ///
    /// ```python
    /// def upgrade():
    ///     op.create_table("labels", sa.Column("id", sa.Integer, primary_key=True))
    ///
    /// def downgrade():
    ///     pass
    /// ```
    ///
    /// ## Safe instead
    ///
    /// Write the inverse, or say that there is none: `raise NotImplementedError("...")`. A revision that only changes rows
    /// may say so in a comment.
    ///
    /// ## Fix
    ///
    /// Writes the downgrade, as for `missing-downgrade`. In a project where a third of at least ten revisions has no
    /// working downgrade the finding is an info, until the setting `downgrade` says what the policy is.
    ///
    /// ## Sources
    ///
    /// The history of the project itself.
    "empty-downgrade", Warning, Reversibility, hides ["incomplete-downgrade"];
    Revision(check);
    fix: generate;
}

fn check(revision: &RevisionView<'_>, sink: &mut Sink<'_>) {
    match &revision.down.evaluation.ended {
        Ended::Normally => {}
        Ended::Stopped(unknown) => {
            sink.withhold(unknown);
            return;
        }
        Ended::Missing | Ended::Raised { .. } => return,
    }
    if changes_anything(&revision.downgrade) || !revision.is_read(Direction::Upgrade) {
        return;
    }
    // Nothing but undecided courses is not nothing.
    if revision.downgrade.iter().any(|visit| matches!(visit.step.operation, Operation::Either { .. })) {
        return;
    }
    let effective = changes_anything(&revision.upgrade);
    let rows_only = !changes_schema(&revision.upgrade);
    if !effective || (rows_only && is_explained(revision)) {
        return;
    }
    if rows_only
        && let Some(unknown) = revision.upgrade.iter().find_map(|visit| match &visit.step.operation {
            Operation::Opaque { because, .. } => Some(because),
            _ => None,
        })
    {
        sink.withhold(unknown);
        return;
    }
    let mut message = format!("downgrade() does nothing, but upgrade() {}.", summary(&revision.upgrade));
    let stays = what_stays(revision);
    if !stays.is_empty() {
        message.push_str(&format!(
            " After a downgrade {} {}, and the next upgrade fails with \"already exists\".",
            list(stays.iter().take(3)),
            if stays.len() == 1 { "stays" } else { "stay" },
        ));
    }
    // What the upgrade does differs from database to database; that nothing is undone does not.
    let draft = Draft::new(revision.function(Direction::Downgrade), Subject::default(), message);
    sink.report(draft.key(""));
}

/// What the next upgrade trips over.
fn what_stays(revision: &RevisionView<'_>) -> Vec<String> {
    let mut schema = revision.point.after.schema.clone();
    let mut out: Vec<String> = Vec::new();
    for step in revision.point.upgrade.steps.iter() {
        for failed in schema::apply(&mut schema, step, revision.context).failures {
            let what = match failed.failure {
                Failure::AlreadyExists { kind: Existing::Label, name, .. } => format!("label {name}"),
                Failure::AlreadyExists { table: Some(table), name, .. } if table.name != name => {
                    format!("{table}.{name}")
                }
                Failure::AlreadyExists { name, .. } => name.to_string(),
                Failure::EnumExists { name } => format!("type {name}"),
                _ => continue,
            };
            if !out.contains(&what) {
                out.push(what);
            }
        }
    }
    out
}

/// A comment or a docstring stands in the function.
fn is_explained(revision: &RevisionView<'_>) -> bool {
    let text = || {
        let at = locate(revision.scene.store(), revision.function(Direction::Downgrade))?;
        let (id, _) = at.function()?;
        let text = at.text(id)?.to_owned();
        // A comment after the last statement is no part of it.
        let end = at.span(id)?.end as usize;
        let rest = at.parsed.text.as_ref().ok()?.get(end..)?.lines().next()?.to_owned();
        Some(text + &rest)
    };
    text().is_some_and(|text| text.contains('#') || text.contains("\"\"\"") || text.contains("'''"))
}

fn generate(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    crate::fix::downgrade::write(desk, finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{PG, check_fix, check_message, check_steps};

    const RULE: &str = "empty-downgrade";

    #[test]
    fn nothing_is_undone() {
        check_steps(
            RULE,
            "
            def upgrade():
                op.create_table('logs', sa.Column('id', sa.Integer, primary_key=True))
            def downgrade():
            #   ^^^^^^^^^ empty-downgrade
                pass
        ",
        );
        check_message(
            &[PG],
            RULE,
            "
            def upgrade():
                op.execute(\"UPDATE tasks SET status = 'open'\")
            def downgrade():
                return
        ",
            "downgrade() does nothing, but upgrade() updates rows of tasks.",
        );
        check_message(
            &[PG],
            RULE,
            "
            op.create_table('logs', sa.Column('id', sa.Integer, primary_key=True))
        ",
            "downgrade() does nothing, but upgrade() creates table logs. After a downgrade logs stays, and the next upgrade fails with \"already exists\".",
        );
        check_message(
            &[PG],
            RULE,
            "
            op.alter_column('tasks', 'title', type_=sa.Text())
        ",
            "downgrade() does nothing, but upgrade() changes tasks.title.",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            def upgrade():
                pass
            def downgrade():
                pass
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.execute(\"UPDATE tasks SET status = 'open'\")
            def downgrade():
                # The old values are gone.
                pass
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
            def downgrade():
                raise NotImplementedError('no way back')
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                if op.get_bind().dialect.name == 'mysql':
                    op.add_column('tasks', sa.Column('a', sa.Integer))
            def downgrade():
                pass
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
            def downgrade():
                outside.undo(op.get_bind())
        ",
        );
    }

    #[test]
    fn the_body_is_written() {
        check_fix(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
            def downgrade():
                pass
            ",
            "Write the downgrade",
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
            def downgrade():
                op.drop_column('tasks', 'a')
            ",
        );
    }
}
