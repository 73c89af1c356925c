//! `missing-downgrade`

use crate::effect::{changes_anything, summary};
use crate::finding::{Finding, Subject};
use crate::fix::{Desk, Fix};
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::view::RevisionView;
use alembic::evaluate::{Direction, Ended};
use fact::Fact;

declare_rule! {
    /// ## What it does
    ///
    /// Finds revisions that change something and have no `downgrade()` at all.
    ///
    /// ## Why it matters
    ///
    /// `alembic downgrade` stops there with `AttributeError`. When a deployment goes wrong at night, this is the moment
    /// at which somebody finds out.
    ///
    /// ## Example
    ///
    /// ```python
    /// def upgrade():
    ///     op.add_column("tasks", sa.Column("priority", sa.String(10)))
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// def downgrade():
    ///     op.drop_column("tasks", "priority")
    /// ```
    ///
    /// ## Fix
    ///
    /// Writes the downgrade: the inverse of each operation, the last one first. It is safe when every operation has an
    /// exact inverse, unsafe when rows are lost that no downgrade brings back. `downgrade = "optional"` makes the finding
    /// an info.
    ///
    /// ## Sources
    ///
    /// Alembic: `MigrationContext.run_migrations` calls `module.downgrade`.
    "missing-downgrade", Error, Reversibility, hides ["incomplete-downgrade", "empty-downgrade"];
    Revision(check);
    fix: generate;
}

fn check(revision: &RevisionView<'_>, sink: &mut Sink<'_>) {
    if revision.down.evaluation.ended != Ended::Missing {
        return;
    }
    match &revision.revision.facts.downgrade {
        Fact::Known(None) => {}
        Fact::Known(Some(_)) => return,
        Fact::Unknown(unknown) => {
            sink.withhold(unknown);
            return;
        }
    }
    if !changes_anything(&revision.upgrade) {
        return;
    }
    let message = format!(
        "{} cannot be undone: there is no downgrade(). The upgrade {}.",
        revision.id(),
        summary(&revision.upgrade)
    );
    let draft = Draft::new(revision.function(Direction::Upgrade), Subject::default(), message);
    sink.report(draft.key(""));
}

fn generate(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    crate::fix::downgrade::write(desk, finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{PG, check_fix, check_message, check_rule, check_steps};

    const RULE: &str = "missing-downgrade";

    #[test]
    fn no_way_back() {
        check_steps(
            RULE,
            "
            def upgrade():
            #   ^^^^^^^ missing-downgrade
                op.add_column('tasks', sa.Column('a', sa.Integer))
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
            #   ^^^^^^^ missing-downgrade
                op.execute('UPDATE tasks SET status = 1')
        ",
        );
        check_message(
            &[PG],
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
                op.create_index('ix', 'tasks', ['a'])
        ",
            "r2 cannot be undone: there is no downgrade(). The upgrade adds tasks.a and creates an index on tasks.",
        );
    }

    #[test]
    fn look_alikes() {
        check_rule(RULE, "revision = 'r1'\ndown_revision = None\n");
        check_steps(
            RULE,
            "
            def upgrade():
                pass
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
            def undo():
                op.drop_column('tasks', 'a')
            downgrade = undo
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
            from outside import downgrade
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():  # foreshot: ignore[missing-downgrade] -- we only roll forward
                op.add_column('tasks', sa.Column('a', sa.Integer))
        ",
        );
    }

    #[test]
    fn the_downgrade_is_written() {
        check_fix(
            RULE,
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
                op.create_index('ix', 'tasks', ['a'])
            ",
            "Write the downgrade",
            "
            def upgrade():
                op.add_column('tasks', sa.Column('a', sa.Integer))
                op.create_index('ix', 'tasks', ['a'])


            def downgrade():
                op.drop_index('ix', table_name='tasks')
                op.drop_column('tasks', 'a')
            ",
        );
    }
}
