use super::host::{evaluate, place};
use crate::dml::{Statement, bulk_insert, statement_with};
use schema::DataChange;

const SETUP: &str = "
m = sa.MetaData()
t = sa.table('task', sa.column('id', sa.Integer), sa.column('status', sa.String), sa.column('n'))
u = sa.Table('users', m, sa.Column('id', sa.Integer), sa.Column('name', sa.Text), schema='s')
Base = declarative_base()
class Model(Base):
    __tablename__ = 'models'
    id: Mapped[int] = mapped_column(primary_key=True)
    title = sa.Column('the_title', sa.Text)
rows = [{'id': 1, 'status': 'a'}, {'id': 2, 'status': 'a'}]
";

fn show(change: &DataChange) -> String {
    let mut out = change.sql.to_string();
    if !change.certain {
        out.push_str(" (perhaps)");
    }
    if !change.reads.is_empty() {
        let reads: Vec<&str> = change.reads.iter().map(|name| name.as_str()).collect();
        out.push_str(&format!(" reads {}", reads.join(", ")));
    }
    out
}

fn check_statement(expression: &str, want: &str) {
    check_with(expression, None, want);
}

/// The statement executed with the parameters that `parameters` evaluates to.
fn check_with(expression: &str, parameters: Option<&str>, want: &str) {
    let text = format!("{SETUP}\nx = ({expression}, {})\n", parameters.unwrap_or("None"));
    let got = evaluate(&text, |interp, value| {
        let Some([value, parameters]) = value.as_items() else { return format!("{value:?}") };
        let (value, parameters) = (value.clone(), parameters.clone());
        let parameters = (!parameters.is_none()).then_some(parameters);
        match statement_with(interp, &value, parameters.as_ref(), place()) {
            Statement::Sql(sql) => format!("sql{} {}", if sql.holes { " with holes" } else { "" }, sql.text),
            Statement::Data(change) => show(&change),
            Statement::Select { tables } => {
                format!("select {}", tables.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(", "))
            }
            Statement::Ddl(operation) => ddl(&operation),
            Statement::Unknown(unknown) => format!("?({})", unknown.reason),
        }
    });
    assert_eq!(got, want, "{expression}");
}

fn ddl(operation: &schema::Operation) -> String {
    use schema::Operation;
    match operation {
        Operation::CreateTable { table, .. } => {
            format!("create {}", super::show::table(table).replace('\n', "; "))
        }
        Operation::DropTable { table, .. } => format!("drop {table}"),
        Operation::AddConstraint { table, constraint, .. } => {
            format!("add {table} {}", super::show::constraint(constraint))
        }
        Operation::DropConstraint { table, name, kind, .. } => format!("drop {table} {name:?} {kind:?}"),
        Operation::CreateIndex { table, index, .. } => format!("index {table} {}", super::show::index(index)),
        Operation::DropIndex { table, name, .. } => format!("drop index {table:?} {name:?}"),
        Operation::CreateSequence { name, .. } => format!("create sequence {name}"),
        Operation::CreateObject { kind, name } => format!("create {kind:?} {name}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn text() {
    check_statement("'SELECT 1'", "sql SELECT 1");
    check_statement("sa.text('UPDATE t SET a = :a').bindparams(a=1)", "sql UPDATE t SET a = :a");
    check_statement("sa.text('x::int').execution_options(autocommit=True)", "sql x::int");
    check_statement("sa.DDL('ALTER TABLE t ADD x int')", "sql ALTER TABLE t ADD x int");
    check_statement("sa.DDL('SELECT 5 %% 2')", "sql SELECT 5 % 2");
    check_statement("f'DROP TABLE {nowhere}'", "sql with holes DROP TABLE \u{fffc}");
    check_statement("sa.text(f'a {nowhere} b {nowhere}')", "sql with holes a \u{fffc} b \u{fffc}");
    check_statement("nowhere", "?(nothing binds the name nowhere)");
    check_statement("5", "?(the statement cannot be read)");
}

#[test]
fn updates() {
    for (expression, want) in [
        ("t.update().values(status='open')", "UPDATE task SET status = 'open'"),
        ("t.update().values({'status': 'open', t.c.n: None})", "UPDATE task SET status = 'open', n = NULL"),
        (
            "t.update().where(t.c.status == None).values(status=sa.text(\"'x'\"))",
            "UPDATE task SET status = 'x' WHERE status IS NULL reads status",
        ),
        (
            "sa.update(t).where(t.c.id.in_([1, 2]), t.c.n > 5).values({t.c.n: t.c.n + 1})",
            "UPDATE task SET n = n + 1 WHERE (id IN (1, 2)) AND (n > 5) reads id, n",
        ),
        (
            "t.update().where(sa.and_(t.c.id == 1, sa.or_(t.c.n == 2, t.c.status.is_(None)))).values(n=3)",
            "UPDATE task SET n = 3 WHERE id = 1 AND (n = 2 OR status IS NULL) reads id, n, status",
        ),
        ("t.update(t.c.id == 1, {'n': 3})", "UPDATE task SET n = 3 WHERE id = 1 reads id"),
        ("t.update().values(n=sa.func.lower(t.c.status))", "UPDATE task SET n = lower(status) reads status"),
        ("t.update().where(t.c.n == nowhere).values(n=1)", "UPDATE task SET n = 1 WHERE \u{fffc}"),
        ("t.update().values(n=nowhere)", "UPDATE task SET n = \u{fffc}"),
        ("t.update().values(n=sa.bindparam('v'))", "UPDATE task SET n = :v"),
        ("sa.update(u).values(name='x')", "UPDATE s.users SET name = 'x'"),
        (
            "sa.update(Model).where(Model.id == 5).values(the_title='x')",
            "UPDATE models SET the_title = 'x' WHERE id = 5 reads id",
        ),
        (
            "t.update().where(~t.c.status.like('a%')).values(status=sa.literal('b'))",
            "UPDATE task SET status = 'b' WHERE NOT status LIKE 'a%' reads status",
        ),
        (
            "t.update().where((t.c.id == 1) & (t.c.n != 2)).values(n=t.c.status.op('->>')('k'))",
            "UPDATE task SET n = status ->> 'k' WHERE (id = 1) AND (n != 2) reads id, n, status",
        ),
        (
            "t.update().where(t.c.n.between(1, 2)).values(n=sa.null())",
            "UPDATE task SET n = NULL WHERE n BETWEEN 1 AND 2 reads n",
        ),
        ("t.update().values(**nowhere)", "?(nothing binds the name nowhere)"),
    ] {
        check_statement(expression, want);
    }
}

#[test]
fn inserts_and_deletes() {
    for (expression, want) in [
        ("t.insert().values(id=1, status='a')", "INSERT INTO task (id, status) VALUES (1, 'a')"),
        ("sa.insert(t).values([{'id': 1}, {'id': 2}])", "INSERT INTO task (id) VALUES (\u{fffc})"),
        ("t.insert().values([])", "INSERT INTO task DEFAULT VALUES (perhaps)"),
        ("t.insert()", "INSERT INTO task DEFAULT VALUES"),
        ("postgresql.insert(t).values(id=1).on_conflict_do_nothing()", "INSERT INTO task (id) VALUES (1)"),
        (
            "t.insert().from_select(['id'], sa.select(u.c.id))",
            "INSERT INTO task (id) VALUES (\u{fffc}) (perhaps) reads id",
        ),
        ("t.delete()", "DELETE FROM task"),
        ("sa.delete(t).where(t.c.id == 3)", "DELETE FROM task WHERE id = 3 reads id"),
        (
            "t.delete().where(t.c.status.notin_(['a', \"it's\"]))",
            "DELETE FROM task WHERE status NOT IN ('a', 'it''s') reads status",
        ),
        ("sa.delete(Model)", "DELETE FROM models"),
    ] {
        check_statement(expression, want);
    }
    check_with("t.insert()", Some("rows"), "INSERT INTO task (id, status) VALUES (\u{fffc}, 'a')");
    check_with("t.insert()", Some("{'id': 1}"), "INSERT INTO task (id) VALUES (1)");
    check_with("t.insert()", Some("nowhere"), "INSERT INTO task DEFAULT VALUES (perhaps)");
}

#[test]
fn bulk_inserts() {
    for (rows, want) in [
        ("rows", "INSERT INTO task (id, status) VALUES (\u{fffc}, 'a')"),
        ("[]", "INSERT INTO task DEFAULT VALUES (perhaps)"),
        ("[{'n': nowhere}]", "INSERT INTO task (n) VALUES (\u{fffc})"),
        ("nowhere", "INSERT INTO task DEFAULT VALUES (perhaps)"),
    ] {
        let got = evaluate(&format!("{SETUP}\nx = (t, {rows})\n"), |interp, value| {
            let Some([table, rows]) = value.as_items() else { return String::new() };
            show(&bulk_insert(interp, table, Some(rows)))
        });
        assert_eq!(got, want, "{rows}");
    }
}

#[test]
fn queries() {
    for (expression, want) in [
        ("sa.select(t)", "select task"),
        ("sa.select(t.c.id, u.c.name).where(t.c.id == u.c.id)", "select task, s.users"),
        ("sa.select([t.c.id])", "select task"),
        ("t.select().where(t.c.id == 1)", "select task"),
        ("sa.select(sa.func.count()).select_from(u)", "select s.users"),
        ("sa.select(Model, Model.id)", "select models"),
        ("sa.select(Model).join(t, t.c.id == Model.id)", "select models, task"),
        ("sqlmodel.select(Model)", "select models"),
    ] {
        check_statement(expression, want);
    }
}

#[test]
fn ddl_elements() {
    for (expression, want) in [
        ("sa.schema.CreateTable(u)", "create s.users; id: Integer; name: Text; "),
        ("sa.schema.DropTable(u, if_exists=True)", "drop s.users"),
        ("sa.schema.CreateSequence(sa.Sequence('q', schema='s'))", "create sequence s.q"),
        ("sa.schema.CreateSchema('app')", "create Schema app"),
        ("sa.schema.CreateIndex(sa.Index('ix', u.c.name))", "index s.users index ix (name)"),
        ("sa.schema.AddConstraint(sa.UniqueConstraint(u.c.name, name='uq'))", "add s.users unique uq (name)"),
        (
            "sa.schema.DropConstraint(sa.UniqueConstraint(u.c.name, name='uq'))",
            "drop s.users Known(Some(u!(\"uq\"))) Some(Unique)",
        ),
        ("sa.schema.CreateTable(nowhere)", "?(the DDL element cannot be read)"),
    ] {
        check_statement(expression, want);
    }
}
