//! A reflected type and a model's type: would autogenerate see a difference?

use super::typed::Typed;
use anyhow::{Result, anyhow};
use schema::Kind;
use schema::compare::{type_texts_differ, types_differ};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    dialect: String,
    database: Typed,
    model: Typed,
}

pub fn answer(input: Value) -> Result<Value> {
    let Input { dialect, database, model } = serde_json::from_value(input)?;
    // SQLAlchemy's default dialect is none of a database: the texts are all there is to compare.
    if dialect == "default" {
        return Ok(json!({ "differs": type_texts_differ(&database.sql, &model.sql, None) }));
    }
    let kind: Kind = dialect.parse().map_err(|()| anyhow!("no dialect is called {dialect}"))?;
    let differs = types_differ(&database.read(kind), &model.read(kind), kind);
    Ok(differs.known().map_or(Value::Null, |differs| json!({ "differs": differs })))
}
