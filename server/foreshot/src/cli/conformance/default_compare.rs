//! A reflected default and a model's default: would autogenerate see a difference?

use super::typed::Typed;
use anyhow::{Result, anyhow};
use schema::Kind;
use schema::compare::default_texts_differ;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    dialect: String,
    #[serde(rename = "type")]
    ty: Typed,
    model_default: Option<String>,
    database_default: Option<String>,
}

pub fn answer(input: Value) -> Result<Value> {
    let input: Input = serde_json::from_value(input)?;
    let kind: Kind = input.dialect.parse().map_err(|()| anyhow!("no dialect is called {}", input.dialect))?;
    let (database, model) = (input.database_default.as_deref(), input.model_default.as_deref());
    // A case in which the model gives no default is the serial column of a primary key: it is not compared.
    if kind == Kind::Postgresql
        && model == Some("")
        && database.is_some_and(|text| text.starts_with("nextval("))
    {
        return Ok(json!({ "differs": false }));
    }
    let differs = default_texts_differ(database, model, &input.ty.read(kind), kind);
    Ok(differs.known().map_or(Value::Null, |differs| json!({ "differs": differs })))
}
