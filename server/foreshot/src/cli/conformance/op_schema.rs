//! A schema made by op calls, and one more call: what changes in the database.

use alembic::evaluate::{Code, Direction, Ended, evaluate};
use alembic::host::Surroundings;
use alembic::state::State;
use anyhow::{Result, anyhow};
use fact::files::Memory;
use fact::{Fact, FileId, name};
use python::bindings::Bindings;
use python::modules::{NoSources, SourceModule};
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

/// What the statements may name.
const HEADER: &str = "from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy import text\nfrom sqlalchemy.dialects import mysql, postgresql, sqlite, mssql\n";

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

fn convention(templates: &Map<String, Value>) -> NamingConvention {
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
    let text = format!("{HEADER}{statement}\ndef upgrade():\n    pass\n");
    let module = python::parse::parse(&text);
    if let Some(error) = module.errors.first() {
        return Err(error.message.clone());
    }
    let bindings = Arc::new(Bindings::of(&module));
    let source = Arc::new(SourceModule {
        name: name("statement"),
        file: FileId(0),
        path: "statement.py".into(),
        is_package: false,
        module: Arc::new(module),
        bindings,
    });
    let files = Memory::default();
    let code = Code { sources: &NoSources, files: &files, engine: None };
    let surroundings = Surroundings { before: before.clone(), context: context.clone() };
    let Some(evaluation) = evaluate(&source, Direction::Upgrade, code, Some(&surroundings)) else {
        return Err("it cannot be evaluated".to_owned());
    };
    if let Ended::Raised { class, message, .. } = &evaluation.ended {
        return Err(format!("{class}: {}", message.as_deref().unwrap_or_default()));
    }
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
