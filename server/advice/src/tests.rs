//! What holds for all rules: comments, dialects, settings, the cache, and the downgrades that are written.

use crate::cache::Checker;
use crate::options::{Downgrade, Options};
use crate::rule::Severity;
use crate::testing::{PG, check_fix_on, report, snapshot, with_base};
use fact::files::{Files, Memory};
use project::{Change, Environment, EnvironmentOptions, World};
use schema::Kind;
use std::sync::Arc;

/// The rules that speak, and how many findings a comment silenced.
#[track_caller]
fn check_comments(steps: &str, rules: &[&str], silenced: usize) {
    let whole = match steps.contains("def upgrade") {
        true => steps.to_owned(),
        false => {
            let body: String = steps.lines().map(|line| format!("    {line}\n")).collect();
            format!("def upgrade():\n{body}def downgrade():\n    raise NotImplementedError\n")
        }
    };
    let report = report(&snapshot(&[PG], &with_base(&whole)), &Options::default());
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule.name).collect();
    assert_eq!((found.as_slice(), report.suppressed), (rules, silenced), "{steps}");
}

#[test]
fn comments_silence_what_they_name() {
    const EMPTY: &str = "empty-downgrade";
    let line = |comment: &str| format!("op.add_column('tasks', sa.Column('id', sa.Integer)){comment}\n");
    check_comments(&line(""), &["duplicate-object"], 0);
    check_comments(&line("  # foreshot: ignore[duplicate-object] -- known"), &[], 1);
    check_comments(&line("  # foreshot: ignore[unknown-table, duplicate-object] -- known"), &[], 1);
    check_comments(&line("  # foreshot: ignore[unknown-table] -- known"), &["duplicate-object"], 0);
    check_comments(&line("  # foreshot: ignore[duplicate-object]"), &["duplicate-object"], 0);
    check_comments(&format!("# foreshot: ignore[duplicate-object] -- known\n{}", line("")), &[], 1);
    let apart = format!("# foreshot: ignore[duplicate-object] -- known\n\nx = 1\n{}", line(""));
    check_comments(&apart, &["duplicate-object"], 0);
    let in_lines = "op.add_column(\n    'tasks',\n    # foreshot: ignore[duplicate-object] -- known\n    sa.Column('id', sa.Integer),\n)\n";
    check_comments(in_lines, &[], 1);
    let function = |comment: &str| {
        format!(
            "{comment}def upgrade():\n    op.add_column('tasks', sa.Column('a', sa.Integer))\ndef downgrade():\n    pass\n"
        )
    };
    check_comments(&function(""), &[EMPTY], 0);
    check_comments(&function("# foreshot: ignore[empty-downgrade] -- of upgrade()\n"), &[EMPTY], 0);
    let helper = "
        def add(table):
            op.add_column(table, sa.Column('id', sa.Integer))
        def upgrade():
            add('tasks')  # foreshot: ignore[duplicate-object] -- at the call
    ";
    check_comments(helper, &["missing-downgrade"], 1);
}

#[test]
fn a_comment_without_a_reason_is_told_so() {
    let steps = "op.add_column('tasks', sa.Column('id', sa.Integer))  # foreshot: ignore[duplicate-object]";
    let report = report(&snapshot(&[PG], &with_base(steps)), &Options::default());
    let help = report.findings.first().and_then(|finding| finding.help.clone()).unwrap_or_default();
    assert!(help.contains("gives no reason"), "{help}");
}

/// `kinds` are those of the project; `expect` those of the first finding.
#[track_caller]
fn check_dialects(kinds: &[Kind], steps: &str, expect: &[Kind]) {
    let report = report(&snapshot(kinds, &with_base(steps)), &Options::default());
    let finding = report.findings.iter().find(|finding| finding.rule.name == "unknown-column").unwrap();
    let found: Vec<Kind> = finding.dialects.iter().map(|dialect| dialect.kind).collect();
    assert_eq!(found, expect, "{steps}");
}

#[test]
fn dialects_are_merged() {
    let both = [Kind::Sqlite, PG];
    check_dialects(&both, "op.drop_column('tasks', 'x')", &both);
    check_dialects(
        &both,
        "if op.get_bind().dialect.name == 'postgresql':\n    op.drop_column('tasks', 'x')",
        &[PG],
    );
    check_dialects(&[PG], "op.drop_column('tasks', 'x')", &[PG]);
}

#[test]
fn the_setting_downgrade() {
    let steps = "def upgrade():\n    op.add_column('tasks', sa.Column('a', sa.Integer))\n";
    for (setting, expect) in [
        (Downgrade::Unset, Some(Severity::Error)),
        (Downgrade::Required, Some(Severity::Error)),
        (Downgrade::Optional, Some(Severity::Info)),
        (Downgrade::Forbidden, None),
    ] {
        let options = Options { downgrade: setting, ..Options::default() };
        let report = report(&snapshot(&[PG], &with_base(steps)), &options);
        assert_eq!(report.findings.first().map(|finding| finding.severity), expect, "{setting:?}");
    }
}

#[test]
fn a_habit_is_an_info() {
    for (revisions, expect) in [(9, Severity::Error), (10, Severity::Info)] {
        let files: Vec<(String, String)> = (0..revisions)
            .map(|at| {
                let parent = if at == 0 { "None".to_owned() } else { format!("'r{}'", at - 1) };
                let text = format!(
                    "revision = 'r{at}'\ndown_revision = {parent}\nfrom alembic import op\nimport sqlalchemy as sa\ndef upgrade():\n    op.create_table('t{at}', sa.Column('id', sa.Integer))\n"
                );
                (format!("r{at}.py"), text)
            })
            .collect();
        let report = report(&snapshot(&[PG], &files), &Options::default());
        assert_eq!(report.findings.len(), revisions);
        assert!(report.findings.iter().all(|finding| finding.severity == expect), "{revisions}");
    }
}

fn shown(environment: &Environment, checker: &Checker) -> Vec<String> {
    let store = environment.roots.store();
    let found = checker.check(environment, &Options::default()).findings;
    let line = |finding: &crate::Finding| {
        let bytes = finding.spot.bytes(store).map(|(path, bytes)| format!("{path} {bytes:?}"));
        format!("{} {bytes:?} {}", finding.rule.name, finding.message)
    };
    found.iter().map(line).collect()
}

#[test]
fn remembered_findings_are_those_of_a_fresh_check() {
    let base = with_base("op.drop_column('tasks', 'x')");
    let options: EnvironmentOptions = (*snapshot(&[PG], &base).environments[0].options).clone();
    let memory = |second: &str| -> Arc<dyn Files> {
        let mut memory = Memory::new();
        memory.insert("/p/versions/r1.py", base[0].1.as_str());
        memory.insert("/p/versions/r2.py", second);
        Arc::new(memory)
    };
    let mut world = World::new(memory(&base[1].1), vec![options]);
    let checker = Checker::default();
    let texts = [
        base[1].1.clone(),
        format!("# a comment\n{}", base[1].1),
        with_base("op.drop_column('tasks', 'x')  # foreshot: ignore[unknown-column] -- so").remove(1).1,
        with_base("op.drop_column('tasks', 'y')").remove(1).1,
        with_base("op.drop_column('taks', 'y')").remove(1).1,
        "revision = 'r2'\ndown_revision = 'r1'\ndef upgrade(:".to_owned(),
        base[1].1.clone(),
    ];
    for text in texts {
        world.apply(memory(&text), &[Change::Text("/p/versions/r2.py".into())]);
        let snapshot = world.snapshot();
        let environment = &snapshot.environments[0];
        let fresh = shown(environment, &Checker::default());
        assert_eq!(shown(environment, &checker), fresh, "{text}");
        assert_eq!(shown(environment, &checker), fresh, "a second time: {text}");
        checker.tidy();
    }
}

/// The body of `downgrade()` that is written for the body of `upgrade()`.
#[track_caller]
fn check_downgrade(kinds: &[Kind], upgrade: &str, downgrade: &str) {
    let indented = |text: &str| -> String { text.lines().map(|line| format!("    {line}\n")).collect() };
    let text = |down: &str| format!("def upgrade():\n{}def downgrade():\n{down}", indented(upgrade));
    check_fix_on(
        kinds,
        "empty-downgrade",
        &text("    pass\n"),
        "Write the downgrade",
        &text(&indented(downgrade)),
    );
}

#[test]
fn downgrades_are_inverse() {
    let both = &[PG, Kind::Sqlite];
    check_downgrade(
        both,
        "op.create_table('logs', sa.Column('id', sa.Integer, primary_key=True))",
        "op.drop_table('logs')",
    );
    check_downgrade(&[PG], "op.rename_table('tasks', 'jobs')", "op.rename_table('jobs', 'tasks')");
    check_downgrade(
        &[PG],
        "op.alter_column('tasks', 'status', existing_type=sa.String(20), nullable=False)",
        "op.alter_column('tasks', 'status', existing_type=sa.String(length=20), nullable=True)",
    );
    check_downgrade(
        &[PG],
        "op.create_foreign_key('fk', 'tasks', 'users', ['user_id'], ['id'])",
        "op.drop_constraint('fk', 'tasks', type_='foreignkey')",
    );
    check_downgrade(
        &[PG],
        "op.drop_column('tasks', 'status')",
        "# Not restored: the values of tasks.status.\nop.add_column('tasks', sa.Column('status', sa.String(length=20), nullable=True))",
    );
    check_downgrade(
        both,
        "with op.batch_alter_table('tasks') as b:\n    b.create_unique_constraint('u', ['title'])",
        "with op.batch_alter_table('tasks') as batch_op:\n    batch_op.drop_constraint('u', type_='unique')",
    );
    check_downgrade(
        &[PG],
        "op.create_table('logs', sa.Column('level', sa.Enum('a', 'b', name='level')))",
        "op.drop_table('logs')\nsa.Enum(name='level').drop(op.get_bind(), checkfirst=True)",
    );
    check_downgrade(
        &[PG],
        "op.drop_table('users')",
        "\
# Not restored: the rows of users.
op.create_table(
    'users',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=True),
    sa.PrimaryKeyConstraint('id', name='users_pkey'),
)",
    );
}

#[test]
fn an_unreadable_file_says_nothing_else() {
    let files =
        vec![("r1.py".to_owned(), "revision = 'r1'\ndown_revision = 'nowhere'\ndef f(:\n".to_owned())];
    let found = report(&snapshot(&[PG], &files), &Options::default()).findings;
    let names: Vec<&str> = found.iter().map(|finding| finding.rule.name).collect();
    assert_eq!(names, ["unreadable-revision"]);
}
