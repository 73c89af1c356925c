use super::*;
use crate::render::{Style, Voice, lines};
use alembic::snippet;
use alembic::state::State;
use schema::{Context, Dialect, apply_all};

fn schema(statements: &str, kind: Kind) -> Schema {
    let context = Context::new(Some(Dialect::from(kind)));
    let evaluation = snippet::run(statements, &State::default(), &context).unwrap();
    let mut schema = Schema::default();
    apply_all(&mut schema, &evaluation.steps, &context);
    schema
}

fn texts(operations: &[Operation]) -> Vec<String> {
    let style = Style { voice: Voice::Autogenerate, indent: String::new(), ..Style::default() };
    let one = |operation: &Operation| {
        lines(std::slice::from_ref(operation), &style).map(|lines| lines.join(" ")).unwrap_or("?".to_owned())
    };
    operations.iter().map(one).collect()
}

#[track_caller]
fn check_on(kind: Kind, found: &str, wanted: &str, upgrade: &[&str], downgrade: &[&str]) {
    let changes = compare(&schema(wanted, kind), &schema(found, kind), &Options::all(kind));
    assert_eq!(texts(&changes.upgrade()), upgrade, "upgrade");
    assert_eq!(texts(&changes.downgrade()), downgrade, "downgrade");
}

#[track_caller]
fn check(found: &str, wanted: &str, upgrade: &[&str], downgrade: &[&str]) {
    check_on(Kind::Postgresql, found, wanted, upgrade, downgrade);
}

#[track_caller]
fn check_same(found: &str, wanted: &str) {
    check(found, wanted, &[], &[]);
}

const T: &str = "op.create_table('t', sa.Column('a', sa.Integer()))\n";

#[test]
fn tables_come_in_the_order_of_their_keys() {
    let parent = "op.create_table('z', sa.Column('id', sa.Integer(), primary_key=True))\n";
    let child = "op.create_table('a', sa.Column('z_id', sa.ForeignKey('z.id'), sa.Integer(), index=True))\n"
        .replace("sa.ForeignKey('z.id'), sa.Integer()", "sa.Integer(), sa.ForeignKey('z.id')");
    let both = format!("{parent}{child}");
    let create = [
        "op.create_table( 'z', sa.Column('id', sa.Integer(), autoincrement=True, nullable=False), sa.PrimaryKeyConstraint('id', name=op.f('z_pkey')), )",
        "op.create_table( 'a', sa.Column('z_id', sa.Integer(), autoincrement=False, nullable=True), sa.ForeignKeyConstraint(['z_id'], ['z.id'], name=op.f('a_z_id_fkey')), )",
        "op.create_index(op.f('ix_a_z_id'), 'a', ['z_id'], unique=False)",
    ];
    let drop = ["op.drop_index('ix_a_z_id', table_name='a')", "op.drop_table('a')", "op.drop_table('z')"];
    check("", &both, &create, &drop);
    check(&both, "", &drop, &create);
    check_same(&both, &both);
}

#[test]
fn columns() {
    check(
        T,
        "op.create_table('t', sa.Column('a', sa.Integer()), sa.Column('b', sa.String(5), comment='why'))",
        &[
            "op.add_column('t', sa.Column('b', sa.String(length=5), autoincrement=False, nullable=True, comment='why'))",
        ],
        &["op.drop_column('t', 'b')"],
    );
    check(
        "op.create_table('t', sa.Column('a', sa.VARCHAR(5), server_default='x'))",
        "op.create_table('t', sa.Column('a', sa.String(9), nullable=False, server_default='x'))",
        &[
            "op.alter_column('t', 'a', existing_type=sa.VARCHAR(5), type_=sa.String(length=9), nullable=False, existing_server_default='x')",
        ],
        &[
            "op.alter_column('t', 'a', existing_type=sa.String(length=9), type_=sa.VARCHAR(5), nullable=True, existing_server_default='x')",
        ],
    );
    check(
        "op.create_table('t', sa.Column('a', sa.Integer(), comment='old'))",
        "op.create_table('t', sa.Column('a', sa.Integer()))",
        &[
            "op.alter_column('t', 'a', existing_type=sa.Integer(), comment=None, existing_comment='old', existing_nullable=True)",
        ],
        &["op.alter_column('t', 'a', existing_type=sa.Integer(), comment='old', existing_nullable=True)"],
    );
}

#[test]
fn identities_and_generated_columns() {
    let with =
        |item: &str| format!("op.create_table('t', sa.Column('a', sa.Integer(), {item}nullable=False))");
    check(
        &with(""),
        &with("sa.Identity(start=2), "),
        &[
            "op.alter_column('t', 'a', existing_type=sa.Integer(), server_default=sa.Identity(always=False, start=2), existing_nullable=False)",
        ],
        &[
            "op.alter_column('t', 'a', existing_type=sa.Integer(), server_default=None, existing_nullable=False)",
        ],
    );
    check_same(&with("sa.Identity(), "), &with("sa.Identity(), "));
    check_same(&with("sa.Computed('1'), "), &with("sa.Computed('2'), "));
}

#[test]
fn indexes_and_uniques() {
    let with = |rest: &str| format!("{T}{rest}");
    check(
        &with("op.create_index('ix', 't', ['a'])"),
        &with("op.create_index('ix', 't', ['a'], unique=True)"),
        &["op.drop_index('ix', table_name='t')", "op.create_index(op.f('ix'), 't', ['a'], unique=True)"],
        &["op.drop_index('ix', table_name='t')", "op.create_index(op.f('ix'), 't', ['a'], unique=False)"],
    );
    check_same(
        &with("op.create_index('ix', 't', [sa.text('lower(a::text)')])"),
        &with("op.create_index('ix', 't', [sa.text('lower(a)')])"),
    );
    check(
        &with("op.create_unique_constraint('uq', 't', ['a'])"),
        T,
        &["op.drop_constraint(op.f('uq'), 't', type_='unique')"],
        &["op.create_unique_constraint(op.f('uq'), 't', ['a'])"],
    );
    check(
        &with("op.create_unique_constraint('uq', 't', ['a'])"),
        &with("op.create_unique_constraint('uq', 't', ['a'], postgresql_nulls_not_distinct=True)"),
        &[
            "op.drop_constraint(op.f('uq'), 't', type_='unique')",
            "op.create_unique_constraint(op.f('uq'), 't', ['a'], postgresql_nulls_not_distinct=True)",
        ],
        &[
            "op.drop_constraint(op.f('uq'), 't', type_='unique')",
            "op.create_unique_constraint(op.f('uq'), 't', ['a'])",
        ],
    );
}

#[test]
fn a_name_that_the_server_gave_does_not_matter() {
    let unnamed = "op.create_table('t', sa.Column('a', sa.Integer(), unique=True))";
    check_same(&format!("{T}op.create_unique_constraint('uq', 't', ['a'])"), unnamed);
    check(
        unnamed,
        &format!("{T}op.create_unique_constraint('uq', 't', ['a'])"),
        &[
            "op.drop_constraint(op.f('t_a_key'), 't', type_='unique')",
            "op.create_unique_constraint(op.f('uq'), 't', ['a'])",
        ],
        &[
            "op.drop_constraint(op.f('uq'), 't', type_='unique')",
            "op.create_unique_constraint(op.f('t_a_key'), 't', ['a'])",
        ],
    );
}

#[test]
fn foreign_keys_have_no_names() {
    let with = |name: &str, rest: &str| {
        format!(
            "{T}op.create_table('u', sa.Column('id', sa.Integer(), primary_key=True))\nop.create_foreign_key({name}, 't', 'u', ['a'], ['id']{rest})"
        )
    };
    check_same(&with("'one'", ""), &with("'two'", ", ondelete='NO ACTION'"));
    check(
        &with("'one'", ""),
        &with("'one'", ", ondelete='cascade'"),
        &[
            "op.drop_constraint(op.f('one'), 't', type_='foreignkey')",
            "op.create_foreign_key(op.f('one'), 't', 'u', ['a'], ['id'], ondelete='CASCADE')",
        ],
        &[
            "op.drop_constraint(op.f('one'), 't', type_='foreignkey')",
            "op.create_foreign_key(op.f('one'), 't', 'u', ['a'], ['id'])",
        ],
    );
}

#[test]
fn checks_are_known_by_name() {
    let with = |name: &str, sql: &str| format!("{T}op.create_check_constraint('{name}', 't', '{sql}')");
    check_same(&with("ck", "a > 0"), &with("ck", "a > 1"));
    check(
        &with("ck", "a > 0"),
        &with("cl", "a > 0"),
        &[
            "op.drop_constraint(op.f('ck'), 't', type_='check')",
            "op.create_check_constraint(op.f('cl'), 't', 'a > 0')",
        ],
        &[
            "op.drop_constraint(op.f('cl'), 't', type_='check')",
            "op.create_check_constraint(op.f('ck'), 't', 'a > 0')",
        ],
    );
}

#[test]
fn comments_of_tables() {
    let with = |comment: &str| format!("{T}op.create_table_comment('t', '{comment}')");
    check(
        T,
        &with("new"),
        &["op.create_table_comment('t', 'new')"],
        &["op.drop_table_comment('t', existing_comment='new')"],
    );
    check(
        &with("old"),
        &with("new"),
        &["op.create_table_comment('t', 'new', existing_comment='old')"],
        &["op.create_table_comment('t', 'old', existing_comment='new')"],
    );
    check_on(Kind::Sqlite, T, &with("new"), &[], &[]);
}

#[test]
fn schemas() {
    let with = |schema: &str| format!("op.create_table('t', sa.Column('a', sa.Integer()){schema})");
    check_same(&with(""), &with(", schema='public'"));
    check_same("op.create_table('alembic_version', sa.Column('v', sa.Integer()))", "");
}

#[test]
fn nothing_unknown_is_dropped_or_made() {
    let unknown = "op.execute(outside())\n";
    for (found, wanted) in [
        (T.to_owned(), unknown.to_owned()),
        ("op.add_column('t', sa.Column('b', sa.Integer()))".to_owned(), String::new()),
        ("op.add_column('t', sa.Column('b', sa.Integer()))".to_owned(), T.to_owned()),
        (String::new(), format!("{unknown}{T}")),
        ("op.add_column('granted', sa.Column('b', sa.Integer()))".to_owned(), T.to_owned()),
    ] {
        let kind = Kind::Postgresql;
        let changes = compare(&schema(&wanted, kind), &schema(&found, kind), &Options::all(kind));
        let drops = changes.upgrade().iter().any(|operation| match operation {
            Operation::DropTable { .. } => true,
            // What the history takes for granted may have it.
            Operation::AddColumn { .. } | Operation::CreateTable { .. } => found.contains("add_column"),
            _ => false,
        });
        assert!(!drops, "{found:?} {wanted:?}: {changes:?}");
    }
}

#[test]
fn the_way_back_knows_the_names_that_the_server_gives() {
    let wanted = "op.create_table('t', sa.Column('a', sa.Integer(), unique=True))";
    let kind = Kind::Postgresql;
    let mut desired = schema(wanted, kind);
    // A model leaves the name to the server.
    let tables: Vec<_> = desired.tables.values().cloned().collect();
    for mut table in tables {
        let unnamed = std::sync::Arc::make_mut(&mut table);
        unnamed.uniques.iter_mut().for_each(|unique| unique.name = fact::Fact::Known(None));
        desired.tables.insert(table.name, table);
    }
    let (actual, context) = (schema(T, kind), Context::new(Some(Dialect::from(kind))));
    let changes = compare(&desired, &actual, &Options::all(kind));
    assert_eq!(texts(&changes.upgrade()), ["op.create_unique_constraint(None, 't', ['a'])"]);
    let named = changes.named(&actual, &context);
    assert_eq!(texts(&named.downgrade()), ["op.drop_constraint(op.f('t_a_key'), 't', type_='unique')"]);
}

#[test]
fn blocks() {
    let operations = compare(
        &schema("op.create_table('t', sa.Column('b', sa.Integer()))", Kind::Sqlite),
        &schema(T, Kind::Sqlite),
        &Options::all(Kind::Sqlite),
    )
    .upgrade();
    assert_eq!(
        texts(&batched(operations)),
        [
            "with op.batch_alter_table('t') as batch_op: batch_op.add_column(sa.Column('b', sa.Integer(), autoincrement=False, nullable=True)) batch_op.drop_column('a')"
        ]
    );
}
