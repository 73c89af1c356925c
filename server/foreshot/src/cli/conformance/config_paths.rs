//! Options that list paths -> the list.

use alembic::config::paths::Separators;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Input {
    what: String,
    ini: BTreeMap<String, String>,
    toml: BTreeMap<String, Value>,
    os_pathsep: char,
}

pub fn answer(input: Value) -> Result<Value> {
    let input: Input = serde_json::from_value(input)?;
    let ini = |key: &str| input.ini.get(key).map(String::as_str);
    let separators = Separators {
        path: ini("path_separator"),
        version: ini("version_path_separator"),
        os: input.os_pathsep,
    };
    let Some(text) = ini(&input.what).filter(|text| !text.is_empty()) else {
        return Ok(json!({ "ok": input.toml.get(&input.what).context("neither file has the option")? }));
    };
    let split = match input.what.as_str() {
        "version_locations" => separators.version_locations(text),
        "prepend_sys_path" => separators.prepend_sys_path(text),
        other => bail!("there is no option {other}"),
    };
    Ok(match split {
        Ok(paths) => json!({ "ok": paths }),
        Err(error) => json!({ "error": "bad_separator", "message": error.to_string() }),
    })
}
