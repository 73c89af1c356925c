use super::host::evaluate;
use crate::Scope;
use crate::sql::{condition_sql, expr_sql};

const SETUP: &str = "
from sqlalchemy import and_, case, cast, column, exists, literal, not_, null, or_, select, table
t = table('t', column('a'), column('b'), column('Mixed'))
a, b = t.c.a, t.c.b
class Kind(str, enum.Enum):
    ONE = 'one'
";

/// The SQL text of an expression, `-` where it has no simple one.
fn check_sql(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (expression, want) in cases {
        let got = evaluate(&format!("{SETUP}\nx = {expression}\n"), |interp, value| {
            match expr_sql(interp, &Scope::default(), value) {
                None => "-".to_owned(),
                Some(sql) if sql.holes => format!("{} with holes", sql.text),
                Some(sql) => sql.text.to_string(),
            }
        });
        if got != *want {
            wrong.push(format!("{expression}\n  want {want}\n  got  {got}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn operands() {
    check_sql(&[
        ("'text'", "'text'"),
        ("\"it's\"", "'it''s'"),
        ("5", "5"),
        ("1.5", "1.5"),
        ("None", "NULL"),
        ("True", "true"),
        ("Kind.ONE", "'one'"),
        ("a", "a"),
        ("t.c['a']", "a"),
        ("t.c.Mixed", "\"Mixed\""),
        ("column('x')", "x"),
        ("sa.Column('x', sa.Integer)", "x"),
        ("sa.literal_column('now()')", "now()"),
        ("text('raw sql')", "raw sql"),
        ("text(f'raw {nowhere}')", "raw \u{fffc} with holes"),
        ("literal('x')", "'x'"),
        ("null()", "NULL"),
        ("sa.true()", "true"),
        ("sa.bindparam('p')", ":p"),
        ("sa.bindparam('p', 5)", "5"),
        ("nowhere", "-"),
    ]);
}

#[test]
fn comparisons_and_junctions() {
    check_sql(&[
        ("a == 1", "a = 1"),
        ("a != 'x'", "a != 'x'"),
        ("a == None", "a IS NULL"),
        ("a != None", "a IS NOT NULL"),
        ("a >= b", "a >= b"),
        ("a.is_(None)", "a IS NULL"),
        ("a.isnot(None)", "a IS NOT NULL"),
        ("a.is_not(None)", "a IS NOT NULL"),
        ("a.in_([1, 2])", "a IN (1, 2)"),
        ("a.in_(('x',))", "a IN ('x')"),
        ("a.not_in(['x'])", "a NOT IN ('x')"),
        ("a.in_(select(b))", "-"),
        ("a.like('x%')", "a LIKE 'x%'"),
        ("a.ilike('x%')", "a ILIKE 'x%'"),
        ("a.between(1, 5)", "a BETWEEN 1 AND 5"),
        ("a.is_distinct_from(b)", "a IS DISTINCT FROM b"),
        ("and_(a == 1, b == 2)", "a = 1 AND b = 2"),
        ("and_(a == 1, or_(b == 2, b == 3))", "a = 1 AND (b = 2 OR b = 3)"),
        ("or_(and_(a == 1, b == 2), b == 3)", "(a = 1 AND b = 2) OR b = 3"),
        ("(a == 1) & (b == 2)", "(a = 1) AND (b = 2)"),
        ("(a == 1) | (b == 2)", "(a = 1) OR (b = 2)"),
        ("~(a == 1)", "NOT (a = 1)"),
        ("not_(a.is_(None))", "NOT a IS NULL"),
        ("a == nowhere", "-"),
        ("and_(a == 1, nowhere)", "-"),
    ]);
}

#[test]
fn functions_and_operators() {
    check_sql(&[
        ("func.lower(a)", "lower(a)"),
        ("func.coalesce(a, 'x', 5)", "coalesce(a, 'x', 5)"),
        ("func.now()", "now()"),
        ("func.current_timestamp()", "CURRENT_TIMESTAMP"),
        ("func.pg_catalog.now()", "pg_catalog.now()"),
        ("func.length(func.trim(a)) > 0", "length(trim(a)) > 0"),
        ("a + 1", "a + 1"),
        ("a * (b - 2)", "a * (b - 2)"),
        ("a + 'x'", "a || 'x'"),
        ("a.op('->>')('k')", "a ->> 'k'"),
        ("a['k']", "a -> 'k'"),
        ("cast(a, sa.Text)", "CAST(a AS TEXT)"),
        ("a.desc()", "a DESC"),
        ("sa.desc('a')", "a DESC"),
        ("a.desc().nullslast()", "a DESC NULLS LAST"),
        ("sa.nulls_first(a.asc())", "a ASC NULLS FIRST"),
        ("a.collate('C')", "a COLLATE \"C\""),
        ("a.label('x')", "a"),
        ("sa.tuple_(a, b)", "(a, b)"),
        ("postgresql.array([1, 2])", "ARRAY[1, 2]"),
        ("func.lower(*nowhere)", "-"),
        ("a.frobnicate()", "-"),
        ("case((a == 1, 2), else_=3)", "-"),
        ("exists(select(a))", "-"),
    ]);
}

#[test]
fn a_condition_that_is_text_is_sql() {
    for (expression, want) in [("'a > 0'", "a > 0"), ("text('a > 0')", "a > 0"), ("a > 0", "a > 0")] {
        let got = evaluate(&format!("{SETUP}\nx = {expression}\n"), |interp, value| {
            condition_sql(interp, &Scope::default(), value).map(|sql| sql.text.to_string())
        });
        assert_eq!(got.as_deref(), Some(want), "{expression}");
    }
}
