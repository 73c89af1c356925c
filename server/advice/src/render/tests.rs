use super::*;
use alembic::snippet;
use alembic::state::State;
use schema::{Context, Operation};

fn operations(statements: &str) -> Vec<Operation> {
    let evaluation = snippet::run(statements, &State::default(), &Context::new(None)).unwrap();
    evaluation.steps.iter().map(|step| step.operation.clone()).collect()
}

#[track_caller]
fn check_in(statements: &str, expected: &str, style: &Style) {
    let found = lines(&operations(statements), style).map(|lines| lines.join("\n"));
    assert_eq!(found.as_deref(), Some(expected), "{statements}");
}

/// What is written is what was read.
#[track_caller]
fn check_same(statements: &str) {
    check_in(statements, statements, &Style::default());
}

#[track_caller]
fn check_none(statements: &str) {
    assert_eq!(lines(&operations(statements), &Style::default()), None, "{statements}");
}

fn autogenerate() -> Style {
    Style { voice: Voice::Autogenerate, ..Style::default() }
}

#[test]
fn tables() {
    check_same(
        "op.create_table(
    't',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('a', sa.String(length=5), server_default='x', nullable=True, comment='why'),
    sa.PrimaryKeyConstraint('id', name='pk'),
    sa.ForeignKeyConstraint(['a'], ['s.u.id'], onupdate='CASCADE', ondelete='SET NULL', initially='DEFERRED', deferrable=True, match='FULL'),
    sa.UniqueConstraint('a', 'id', deferrable=False, name='uq', postgresql_nulls_not_distinct=True),
    sa.CheckConstraint(\"a <> ''\", name='ck'),
    postgresql.ExcludeConstraint((sa.column('a'), '&&'), (sa.text('lower(a)'), '='), where=sa.text('a > 2'), using='gist', name='ex'),
    schema='s',
    comment='a table',
    mysql_engine='InnoDB',
    prefixes=['TEMPORARY'],
    if_not_exists=True,
)"
        .replace("name='uq', postgresql_nulls_not_distinct=True", "postgresql_nulls_not_distinct=True, name='uq'")
        .as_str(),
    );
    check_same("op.drop_table('t')");
    check_same("op.drop_table('t', schema='s', if_exists=True)");
    check_same("op.rename_table('t', 'u', schema='s')");
    check_same("op.create_table_comment('t', 'new', existing_comment='old', schema='s')");
    check_same("op.drop_table_comment('t')");
}

#[test]
fn columns() {
    for column in [
        "sa.Column('x', sa.Integer(), sa.Computed('a + 1', persisted=True), nullable=True)",
        "sa.Column('x', sa.Integer(), sa.Identity(always=True, start=2, increment=4, minvalue=-3, maxvalue=99, cycle=False, cache=42), nullable=False)",
        "sa.Column('x', sa.Integer(), sa.Sequence('numbers', schema='s'), nullable=True)",
        "sa.Column('x', sa.Integer(), nullable=False, system=True)",
        "sa.Column('x', sa.DateTime(), server_default=sa.func.now(), nullable=False)",
        "sa.Column('x', sa.DateTime(), server_default=sa.text(\"'12:30'\"), nullable=False)",
        "sa.Column('x', sa.Integer(), nullable=True, duckdb_compression='rle')",
        "sa.Column('x', sa.VARCHAR(length=5), nullable=True)",
        "sa.Column('x', postgresql.JSONB(astext_type=sa.Text()), nullable=True)",
        "sa.Column('x', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True)",
        "sa.Column('x', sa.Boolean(name='ck_x'), nullable=True)",
        "sa.Column('x', sa.Enum('a', 'b', name='e'), nullable=True)",
        "sa.Column('x', postgresql.ENUM('a', 'b', name='e', create_type=False), nullable=True)",
        "sa.Column('x', mysql.INTEGER(unsigned=True), nullable=True)",
        "sa.Column('x', postgresql.ARRAY(sa.String(length=3)), nullable=True)",
    ] {
        check_same(&format!("op.add_column('t', {column})"));
    }
    check_same(
        "op.add_column('t', sa.Column('x', sa.Integer(), nullable=True), schema='s', if_not_exists=True)",
    );
    check_same("op.drop_column('t', 'x', schema='s', if_exists=True)");
    check_none("op.add_column('t', sa.Column('x', unknown_type(), nullable=True))");
}

#[test]
fn alterations() {
    for arguments in [
        "type_=sa.CHAR(length=10)",
        "existing_type=sa.CHAR(length=20), type_=sa.CHAR(length=10), existing_nullable=True",
        "existing_type=sa.INTEGER(), nullable=False",
        "server_default=None",
        "existing_type=sa.Integer(), existing_server_default='5'",
        "server_default=sa.Identity(always=True)",
        "server_default=None, existing_server_default=sa.Identity()",
        "existing_server_default=sa.Computed('42', persisted=True)",
        "server_default=sa.Computed('7')",
        "new_column_name='y'",
        "comment='new', existing_comment='old'",
        "comment=None, existing_comment='old'",
        "type_=sa.Integer(), autoincrement=True, postgresql_using='x::integer'",
        "existing_autoincrement=True, schema='s'",
    ] {
        check_same(&format!("op.alter_column('t', 'x', {arguments})"));
    }
}

#[test]
fn constraints_and_indexes() {
    for call in [
        "create_primary_key('pk', 't', ['a', 'b'])",
        "create_unique_constraint(None, 't', ['a'], schema='s')",
        "create_unique_constraint('uq', 't', ['a'], deferrable=True, initially='DEFERRED')",
        "create_check_constraint('ck', 't', 'a > 0', schema='s', postgresql_not_valid=True)",
        "create_foreign_key(None, 't', 'u', ['a'], ['id'], source_schema='s', referent_schema='r', ondelete='CASCADE')",
        "create_exclude_constraint('ex', 't', (sa.column('a'), '>'), where=sa.text('a != 2'), using='gist')",
        "drop_constraint('uq', 't', schema='s', type_='unique', if_exists=True)",
        "drop_constraint('ex', 't')",
        "create_index('ix', 't', ['a', sa.text('lower(b)')], unique=True, schema='s', if_not_exists=True)",
        "create_index('ix', 't', ['a'], postgresql_using='gin', postgresql_include=['b'], postgresql_concurrently=True)",
        "create_index('ix', 't', ['a'], mysql_length={'a': 10}, mysql_prefix='FULLTEXT')",
        "drop_index('ix', table_name='t', schema='s', if_exists=True, postgresql_concurrently=True)",
        "drop_index('ix', table_name='t', duckdb_include=('code',))",
    ] {
        check_same(&format!("op.{call}"));
    }
    check_none("op.drop_constraint(None, 't', type_='unique')");
    check_none("op.create_index('ix', 't', ['a'], postgresql_where=outside)");
}

#[test]
fn blocks() {
    check_same(
        "with op.batch_alter_table('t', schema='s', recreate='always') as batch_op:
    batch_op.add_column(sa.Column('x', sa.Integer(), nullable=True))
    batch_op.alter_column('a', nullable=False)
    batch_op.create_foreign_key('fk', 'u', ['x'], ['id'], referent_schema='r')
    batch_op.create_index('ix', ['x'])
    batch_op.drop_index('iy')
    batch_op.drop_constraint('uq', type_='unique')
    batch_op.create_table_comment('why')",
    );
}

#[test]
fn what_has_no_directive() {
    check_same("sa.Enum('a', 'b', name='e', schema='s').create(op.get_bind(), checkfirst=False)");
    check_same(
        "op.execute('ALTER TYPE e ADD VALUE IF NOT EXISTS \\'c\\' BEFORE \\'b\\'')"
            .replace("'ALTER", "\"ALTER")
            .replace("\\'b\\'')", "'b'\")")
            .replace("\\'", "'")
            .as_str(),
    );
    check_same("op.execute(sa.schema.CreateSequence(sa.Sequence('numbers')))");
    check_none("op.execute('UPDATE t SET a = 1')");
    assert_eq!(
        execute("SELECT a::text, ':b', :c FROM t", &Style::default()),
        "op.execute(\"SELECT a::text, '\\\\:b', \\\\:c FROM t\")"
    );
}

#[test]
fn autogenerate_has_a_voice_of_its_own() {
    let style = autogenerate();
    for (statements, expected) in [
        (
            "op.drop_constraint(None, 't', type_='foreignkey')",
            "# This constraint has no name: the directive fails until it is given one.\nop.drop_constraint(None, 't', type_='foreignkey')",
        ),
        (
            "op.create_index(op.f('ix'), 't', [sa.text('lower(a)')])",
            "op.create_index(op.f('ix'), 't', [sa.literal_column('lower(a)')], unique=False)",
        ),
        (
            "op.alter_column('t', 'x', existing_type=sa.Integer(), server_default=None, existing_server_default=sa.Identity())",
            "op.alter_column('t', 'x', existing_type=sa.Integer(), server_default=None)",
        ),
        (
            "with op.batch_alter_table('t') as batch_op:\n    batch_op.drop_constraint(batch_op.f('uq'), type_='unique')",
            "with op.batch_alter_table('t') as batch_op:\n    batch_op.drop_constraint(batch_op.f('uq'), type_='unique')",
        ),
    ] {
        check_in(statements, expected, &style);
    }
}

#[test]
fn names_of_the_file() {
    let style = Style {
        quote: '"',
        sa: "sqlalchemy".to_owned(),
        op: "ops".to_owned(),
        has_sa: false,
        has_op: true,
        dialects: vec![(schema::Kind::Postgresql, "pg".to_owned())],
        ..Style::default()
    };
    let statements = "op.add_column('t', sa.Column('x', postgresql.JSONB(), nullable=True))";
    let written = "ops.add_column(\"t\", sqlalchemy.Column(\"x\", pg.JSONB(), nullable=True))";
    check_in(statements, written, &style);
    let imports = |line: &str| style.imports(&[line.to_owned()]);
    assert_eq!(imports(written), ["import sqlalchemy as sa"]);
    assert_eq!(imports("ops.f('mysql.INTEGER')"), [""; 0]);
    assert_eq!(imports("x = mysql.INTEGER()  # sqlalchemy.x"), ["from sqlalchemy.dialects import mysql"]);
    assert_eq!(imports("ops.f('it\\'s mysql.x')"), [""; 0]);
}
