//! A schema made by op calls, and one more call: what changes in the database.

use alembic::snippet;
use alembic::state::State;
use anyhow::{Result, anyhow};
use fact::Fact;
use schema::naming::NamingConvention;
use schema::report::changes;
use schema::{Context, Dialect, Kind, apply_strict};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
struct Input {
    dialect: String,
    setup: Vec<String>,
    call: String,
    naming_convention: Option<Map<String, Value>>,
}

pub fn answer(input: Value) -> Result<Value> {
    let input: Input = serde_json::from_value(input)?;
    let kind: Kind = input.dialect.parse().map_err(|()| anyhow!("no dialect is called {}", input.dialect))?;
    let naming = input.naming_convention.as_ref().map(convention).unwrap_or_default();
    let context = Context { naming: Fact::Known(naming), ..Context::new(Some(Dialect::from(kind))) };
    let mut state = State::default();
    for statement in &input.setup {
        // A statement that is refused leaves things as they were.
        if let Ok(after) = run(statement, &state, &context) {
            state = after;
        }
    }
    Ok(match run(&input.call, &state, &context) {
        Ok(after) => serde_json::to_value(changes(&state.schema, &after.schema, context.dialect))?,
        Err(error) => json!({ "error": error }),
    })
}

pub(super) fn convention(templates: &Map<String, Value>) -> NamingConvention {
    let template = |key: &str| templates.get(key).and_then(Value::as_str).map(Arc::from);
    NamingConvention {
        ix: template("ix"),
        uq: template("uq"),
        ck: template("ck"),
        fk: template("fk"),
        pk: template("pk"),
        ..NamingConvention::empty()
    }
}

/// The state after a statement, or why it is refused.
fn run(statement: &str, before: &State, context: &Context) -> Result<State, String> {
    let evaluation = snippet::run(statement, before, context)?;
    let mut state = before.clone();
    for step in evaluation.steps.iter() {
        let outcome = apply_strict(&mut state.schema, step, context);
        if let Some(failed) = outcome.failures.first() {
            return Err(format!("{:?}", failed.failure));
        }
        state.rows.apply(step);
    }
    Ok(state)
}
