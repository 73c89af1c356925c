//! An operation and the SQL that Alembic renders of it change a schema alike: each recorded call is evaluated, and its
//! recorded SQL is read as `op.execute` would read it.
//!
//! `FORESHOT_SPEC` is the folder of op-sql.json (`../shared/spec` beside the project when it is not set). The test says
//! loudly that it has skipped when there is none. `FORESHOT_SHOW=1` prints what differs.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use alembic::state::State;
use fact::{FileId, Place};
use schema::report::changes;
use schema::{Context, Dialect, Kind, Schema, Step, Written, apply, apply_strict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The share of the rows of a dialect, in percent, that must agree: raised as they do, never lowered.
const MINIMUMS: [(&str, usize); 4] = [("postgresql", 98), ("mysql", 98), ("sqlite", 98), ("mssql", 98)];

#[derive(serde::Deserialize)]
struct Row {
    op: String,
    dialect: String,
    sql: String,
    error: Option<String>,
}

#[test]
fn calls_and_their_sql_change_a_schema_alike() {
    let folder = std::env::var_os("FORESHOT_SPEC").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/spec");
    let path = folder.unwrap_or_else(beside).join("op-sql.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("{}\nSKIPPED: there is no {}: set FORESHOT_SPEC\n", "*".repeat(80), path.display());
        return;
    };
    let rows: Vec<Row> = serde_json::from_str(&text).unwrap();
    let show = std::env::var_os("FORESHOT_SHOW").is_some();
    let mut score: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    // A call that Alembic refuses has no SQL to compare.
    for row in rows.iter().filter(|row| row.error.is_none()) {
        let difference = difference(row);
        let (agreed, all) = score.entry(&row.dialect).or_default();
        *all += 1;
        *agreed += usize::from(difference.is_none());
        if let Some((call, sql)) = difference.filter(|_| show) {
            eprintln!(
                "[{}] {}\n    {}\n  call {call}\n  sql  {sql}\n",
                row.dialect,
                row.op,
                row.sql.replace('\n', " ")
            );
        }
    }
    for (dialect, (agreed, all)) in &score {
        eprintln!("{dialect:12} {agreed:3} of {all:3}  {:5.1} %", 100.0 * *agreed as f64 / *all as f64);
    }
    for (dialect, minimum) in MINIMUMS {
        let (agreed, all) = score.get(dialect).copied().unwrap_or_default();
        assert!(all > 50 && agreed * 100 >= all * minimum, "{dialect}: {agreed} of {all}, not {minimum} %");
    }
}

/// What the call and the SQL make of the same schema, where it is not the same.
fn difference(row: &Row) -> Option<(String, String)> {
    let kind: Kind = row.dialect.parse().unwrap();
    let context = Context::new(Some(Dialect::from(kind)));
    let (before, steps) = surroundings(&row.op, &context);
    let place = Place::whole_file(FileId(0));
    let read = schema::sql::read(&row.sql, Some(kind), place).into_iter().map(|statement| Step {
        operation: statement.operation,
        place,
        call_site: None,
        written: Written::Sql,
        autocommit: false,
    });
    let by_call = change(&before.schema, &steps, &context);
    let by_sql = change(&before.schema, &read.collect::<Vec<_>>(), &context);
    (by_call != by_sql).then(|| (by_call.to_string(), by_sql.to_string()))
}

fn change(before: &Schema, steps: &[Step], context: &Context) -> Value {
    let mut after = before.clone();
    for step in steps {
        apply(&mut after, step, context);
    }
    let mut change = serde_json::to_value(changes(before, &after, context.dialect)).unwrap();
    if let Some(because) = &after.opaque {
        change["opaque"] = format!("{because:?}").into();
    }
    change
}

/// What there may be before a call, least first.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    tables: bool,
    /// The column `x`, as the call says that it is.
    column: bool,
    /// Constraints and an index.
    names: bool,
    enumeration: bool,
}

const NOTHING: Before = Before { tables: false, column: false, names: false, enumeration: false };
const TABLES: Before = Before { tables: true, ..NOTHING };
const BEFORE: [Before; 7] = [
    NOTHING,
    TABLES,
    Before { enumeration: true, ..TABLES },
    Before { column: true, ..TABLES },
    Before { names: true, ..TABLES },
    Before { column: true, names: true, ..TABLES },
    Before { column: true, names: true, enumeration: true, ..TABLES },
];

/// The first schema that the call changes without a complaint, else the last one, and the steps of the call.
fn surroundings(call: &str, context: &Context) -> (State, Vec<Step>) {
    let mut harmless = None;
    let mut last = None;
    for before in BEFORE {
        let state = run(&before.statements(call), &State::default(), context).0;
        let (after, steps, clean) = run(&[call.to_owned()], &state, context);
        let changed = after.schema != state.schema;
        let found = (state, steps);
        if clean && changed {
            return found;
        }
        if clean {
            harmless = Some(found);
        } else {
            last = Some(found);
        }
    }
    harmless.or(last).unwrap()
}

impl Before {
    fn statements(self, call: &str) -> Vec<String> {
        let mut out = Vec::new();
        for schema in ["app", "ref", ""] {
            let place = if schema.is_empty() { String::new() } else { format!(", schema={schema:?}") };
            out.push(format!("op.create_table('p', sa.Column('id', sa.Integer(), primary_key=True){place})"));
            if !self.tables || schema == "ref" {
                continue;
            }
            let mut parts = vec![
                "'t'".to_owned(),
                "sa.Column('id', sa.Integer(), nullable=False)".to_owned(),
                "sa.Column('a', sa.Integer())".to_owned(),
                "sa.Column('b', sa.Integer())".to_owned(),
                "sa.Column('name', sa.String(50))".to_owned(),
            ];
            if self.column {
                parts.push(column(call));
            }
            if !call.contains("sa.Column(\"p_id\"") {
                parts.push("sa.Column('p_id', sa.Integer())".to_owned());
            }
            if self.names {
                parts.push("sa.UniqueConstraint('a', name='uq_t_a')".to_owned());
                parts.push("sa.CheckConstraint('a > 0', name='ck_t_a')".to_owned());
                parts.push("sa.PrimaryKeyConstraint('id', name='pk_t')".to_owned());
                let target = if schema.is_empty() { "p.id" } else { "ref.p.id" };
                parts.push(format!("sa.ForeignKeyConstraint(['p_id'], [{target:?}], name='fk_t_p')"));
            }
            out.push(format!("op.create_table({}{place})", parts.join(", ")));
            if self.names {
                out.push(format!("op.create_index('ix_t_a', 't', ['a']{place})"));
            }
        }
        if self.enumeration {
            out.push("sa.Enum('a', 'b', name='kind').create(op.get_bind())".to_owned());
        }
        out
    }
}

/// `x` as the `existing_` arguments of the call have it.
fn column(call: &str) -> String {
    let argument = |key: &str| {
        let (_, rest) = call.split_once(&format!("existing_{key}="))?;
        let mut depth = 0;
        let end = rest.find(|c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth < 0 || (c == ',' && depth == 0)
        });
        Some(rest.get(..end?)?.to_owned())
    };
    let mut parts = vec!["'x'".to_owned(), argument("type").unwrap_or_else(|| "sa.Integer()".to_owned())];
    for key in ["nullable", "server_default", "comment"] {
        parts.extend(argument(key).map(|value| format!("{key}={value}")));
    }
    if call.contains("server_default=None") {
        parts.push("server_default='7'".to_owned());
    }
    format!("sa.Column({})", parts.join(", "))
}

/// The state after some statements, their steps, and whether nothing was complained about.
fn run(statements: &[String], before: &State, context: &Context) -> (State, Vec<Step>, bool) {
    let (mut state, mut all, mut clean) = (before.clone(), Vec::new(), true);
    for statement in statements {
        let Ok(evaluation) = alembic::snippet::run(statement, &state, context) else {
            clean = false;
            continue;
        };
        for step in evaluation.steps.iter() {
            clean &= apply_strict(&mut state.schema, step, context).failures.is_empty();
            state.rows.apply(step);
            all.push(step.clone());
        }
    }
    (state, all, clean)
}
