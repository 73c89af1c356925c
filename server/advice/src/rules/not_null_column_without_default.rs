//! `not-null-column-without-default`

use crate::fills::written_delete;
use crate::finding::{Finding, Subject};
use crate::fix::{Desk, Fix};
use crate::locate::{call, locate};
use crate::rows::Standing;
use crate::rule::declare_rule;
use crate::sink::Sink;
use crate::text::database;
use crate::view::{OperationView, table_in};
use fact::{Fact, Name, Place, Reason, Unknown};
use python::ast::Expr;
use schema::Kind;
use schema::column::Autoincrement;
use schema::operation::Operation;
use schema::types::Type;

declare_rule! {
    /// ## What it does
    ///
    /// Finds NOT NULL columns without a server default that are added to a table which may hold rows.
    /// `default=` on the Column does not count: it lives in Python, and the database never sees it.
    ///
    /// ## Why it matters
    ///
    /// PostgreSQL, SQLite and SQL Server refuse the statement as soon as the table has one row: it passes in an empty test
    /// database and fails in production. MySQL and MariaDB fill the rows with `''` or `0` and say nothing.
    ///
    /// ## Example
    ///
    /// ```python
    /// op.add_column("tasks", sa.Column("priority", sa.String(10), nullable=False))
    /// ```
    ///
    /// ## Safe instead
    ///
    /// ```python
    /// op.add_column("tasks", sa.Column("priority", sa.String(10), nullable=True))
    /// op.execute("UPDATE tasks SET priority = 'medium' WHERE priority IS NULL")
    /// op.alter_column("tasks", "priority", existing_type=sa.String(10), nullable=False)
    /// ```
    ///
    /// ## Fix
    ///
    /// Writes the three steps, or a server default. Both need the value for the rows that exist; a literal `default=` of
    /// the Column is proposed.
    ///
    /// ## Sources
    ///
    /// PostgreSQL, ALTER TABLE; SQLite, "ALTER TABLE ADD COLUMN"; MySQL, "Data Type Default Values".
    "not-null-column-without-default", Error, Data, hides ["backfill-after-constraint",
        "backfill-missing-before-not-null"];
    Operation(check);
    fix: fixes;
}

fn check(operation: &OperationView<'_>, sink: &mut Sink<'_>) {
    let Operation::AddColumn { table: written, column: added, primary_key, if_not_exists, .. } =
        &operation.step.operation
    else {
        return;
    };
    let Some(table) = operation.table(written) else { return };
    if *if_not_exists && table.column(&added.name).is_some() {
        return;
    }
    let Some(after) = table_in(&operation.after, written, operation.at.kind()) else { return };
    let Some(column) = after.column(&added.name) else { return };
    let fills_itself = column.computed.is_some()
        || column.identity.is_some()
        || added.identity.is_some()
        || column.autoincrement == Autoincrement::On;
    if fills_itself || matches!(column.default, Fact::Known(Some(_))) {
        return;
    }
    if column.nullable == Fact::Known(true) && !primary_key {
        return;
    }
    match operation.standing(written) {
        Standing::Live => {}
        Standing::NoRows => return,
        Standing::Unknown(unknown) => {
            sink.withhold(&unknown);
            return;
        }
    }
    let unknown = column.nullable.unknown().or(column.default.unknown()).or(column.ty.unknown());
    if let Some(unknown) = unknown {
        sink.withhold(unknown);
        return;
    }
    if let Some(place) = written_delete(&operation.at.revision.parsed) {
        sink.withhold(&Unknown::new(Reason::Rows, place));
        return;
    }
    let name = added.name;
    let message = format!(
        "{written} exists before this revision: adding required column {name} {} Add it nullable, fill it, then require it.",
        match operation.at.kind() {
            Some(kind) if kind.is_mysql_like() => "gives every row a value that nobody chose.",
            _ => "fails as soon as the table has a row.",
        }
    );
    let store = operation.at.scene.store();
    let spot = spot(operation, name);
    let mut draft = operation.draft(spot, Subject::column(operation.at.key(written), name), message);
    if let Some(kind) = operation.at.kind().filter(|kind| kind.is_mysql_like()) {
        let filler = filler(column.ty.known(), kind);
        draft = draft.detail(format!("{} fills existing rows with {filler}.", database(kind)));
    }
    if locate(store, column.place).and_then(|at| at.call()?.keyword("default")).is_some() {
        draft = draft.help("default= is Python only: rows that exist do not get it");
    }
    if !table.place.is_whole_file() {
        draft = draft.related(table.place, format!("{written} is created here"));
    }
    sink.report(draft);
}

/// `nullable=False` if it is written, else the column.
fn spot(operation: &OperationView<'_>, name: Name) -> Place {
    let store = operation.at.scene.store();
    let Operation::AddColumn { column, .. } = &operation.step.operation else { return operation.step.place };
    let at = if column.place.file == operation.step.place.file { column.place } else { operation.step.place };
    match call(store, at) {
        Some(call) => match call.keyword("nullable") {
            Some(id) if matches!(call.at.tree.expr(id), Expr::False) => call.place(id),
            _ => at,
        },
        None => crate::locate::naming(store, operation.step.place, &name),
    }
}

/// What MySQL puts in.
fn filler(ty: Option<&Type>, kind: Kind) -> &'static str {
    match ty.map(|ty| ty.on(kind)) {
        Some(
            Type::Boolean { .. }
            | Type::SmallInteger
            | Type::Integer
            | Type::BigInteger
            | Type::Float { .. }
            | Type::Double { .. }
            | Type::Real
            | Type::Numeric { .. },
        ) => "0",
        Some(Type::Date | Type::DateTime { .. } | Type::Timestamp { .. }) => "'0000-00-00', or refuses",
        _ => "''",
    }
}

fn fixes(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    crate::fix::required::fixes(desk, finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_fix, check_fix_on, check_message, check_steps, check_steps_on};
    use schema::Kind;

    const RULE: &str = "not-null-column-without-default";

    #[test]
    fn required_columns_on_live_tables() {
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('a', sa.Integer, nullable=False))
            #                                                          ^^^^^ not-null-column-without-default
        ",
        );
        check_steps(
            RULE,
            "
            with op.batch_alter_table('tasks', recreate='always') as b:
                b.add_column(sa.Column('a', sa.Integer, nullable=False, default=1))
                #                                                ^^^^^ not-null-column-without-default
        ",
        );
        check_steps(
            RULE,
            "
            op.rename_table('tasks', 'jobs')
            op.add_column('jobs', sa.Column('a', sa.Integer, nullable=False))
            #                                                         ^^^^^ not-null-column-without-default
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('ALTER TABLE tasks ADD COLUMN a integer NOT NULL')
            #^ not-null-column-without-default
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('DELETE FROM tasks')
            op.execute(\"INSERT INTO tasks (id, title) VALUES (1, 'x')\")
            op.add_column('tasks', sa.Column('a', sa.Integer, nullable=False))
            #                                                          ^^^^^ not-null-column-without-default
        ",
        );
        check_steps(
            RULE,
            "
            def add(table):
                op.add_column(table, sa.Column('a', sa.Integer, nullable=False))
                #                                                        ^^^^^ not-null-column-without-default
            def upgrade():
                add('tasks')
        ",
        );
    }

    #[test]
    fn look_alikes() {
        check_steps(
            RULE,
            "
            op.create_table('logs', sa.Column('id', sa.Integer, primary_key=True))
            op.add_column('logs', sa.Column('a', sa.Integer, nullable=False))
            op.rename_table('logs', 'events')
            op.add_column('events', sa.Column('b', sa.Integer, nullable=False))
        ",
        );
        check_steps(
            RULE,
            "
            op.execute('DELETE FROM tasks')
            op.add_column('tasks', sa.Column('a', sa.Integer, nullable=False))
        ",
        );
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('a', sa.Integer, server_default=sa.text('0'), nullable=False))
            op.add_column('tasks', sa.Column('b', sa.Integer, sa.Identity(), nullable=False))
            op.add_column('tasks', sa.Column('c', sa.Integer, sa.Computed('id + 1'), nullable=False))
            op.add_column('tasks', sa.Column('d', sa.Integer))
        ",
        );
        check_steps(
            RULE,
            "
            op.add_column('tasks', sa.Column('a', sa.Integer, nullable=outside.flag))
            if op.get_bind().dialect.name == 'sqlite':
                op.add_column('tasks', sa.Column('b', sa.Integer, nullable=False))
        ",
        );
        check_steps(
            RULE,
            "
            session = sa.orm.Session(bind=op.get_bind())
            session.query(outside.Task).delete()
            op.add_column('tasks', sa.Column('a', sa.Integer, nullable=False))
        ",
        );
        check_steps(
            RULE,
            "
            op.execute(outside.statement)
            op.add_column('tasks', sa.Column('a', sa.Integer, nullable=False))
        ",
        );
        check_steps(
            RULE,
            "
            def upgrade():
                op.drop_column('tasks', 'title')
            def downgrade():
                op.add_column('tasks', sa.Column('title', sa.String(100), nullable=False))
        ",
        );
    }

    #[test]
    fn databases_are_told_apart() {
        let steps = "op.add_column('tasks', sa.Column('a', sa.String(5), nullable=False))";
        check_message(
            &[Kind::Mysql],
            RULE,
            steps,
            "tasks exists before this revision: adding required column a gives every row a value that nobody chose. Add it nullable, fill it, then require it. MySQL fills existing rows with ''.",
        );
        check_message(
            &[Kind::Postgresql, Kind::Sqlite],
            RULE,
            steps,
            "tasks exists before this revision: adding required column a fails as soon as the table has a row. Add it nullable, fill it, then require it.",
        );
        check_steps_on(
            &[Kind::Postgresql, Kind::Sqlite],
            RULE,
            "
            op.add_column('tasks', sa.Column('a', sa.Integer, nullable=False))
            #                                                          ^^^^^ not-null-column-without-default
        ",
        );
    }

    #[test]
    fn three_steps_are_written() {
        check_fix(
            RULE,
            "op.add_column('tasks', sa.Column('a', sa.String(10), default='low', nullable=False))",
            "Add, backfill, require (three steps)",
            "op.add_column('tasks', sa.Column('a', sa.String(10), default='low', nullable=True))
op.execute(\"UPDATE tasks SET a = 'low' WHERE a IS NULL\")
op.alter_column('tasks', 'a', existing_type=sa.String(length=10), nullable=False)",
        );
        check_fix_on(
            &[Kind::Postgresql, Kind::Sqlite],
            RULE,
            "op.add_column('tasks', sa.Column('a', sa.Integer, default=3, nullable=False))",
            "Add, backfill, require (three steps)",
            "op.add_column('tasks', sa.Column('a', sa.Integer, default=3, nullable=True))
op.execute('UPDATE tasks SET a = 3 WHERE a IS NULL')
with op.batch_alter_table('tasks') as batch_op:
    batch_op.alter_column('a', existing_type=sa.Integer(), nullable=False)",
        );
        check_fix(
            RULE,
            "op.add_column('tasks', sa.Column('a', sa.Integer, nullable=False))",
            "Add, backfill, require (three steps)",
            "op.add_column('tasks', sa.Column('a', sa.Integer, nullable=True))
op.execute('UPDATE tasks SET a = 0 /* FIXME */ WHERE a IS NULL')
op.alter_column('tasks', 'a', existing_type=sa.Integer(), nullable=False)",
        );
    }

    #[test]
    fn a_server_default_is_written() {
        check_fix(
            RULE,
            "op.add_column('tasks', sa.Column('a', sa.String(10), default='low', nullable=False))",
            "Give it a server default",
            "op.add_column('tasks', sa.Column('a', sa.String(10), default='low', nullable=False, server_default='low'))",
        );
    }
}
