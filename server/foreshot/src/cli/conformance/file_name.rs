//! Template, message and date -> the name of a new file.

use alembic::file_name::{Created, FileName};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    file_template: String,
    truncate_slug_length: usize,
    rev: String,
    message: Option<String>,
    create_date: String,
    epoch: i64,
}

pub fn answer(input: Value) -> Result<Value> {
    let input: Input = serde_json::from_value(input)?;
    let name = FileName {
        template: &input.file_template,
        slug_length: input.truncate_slug_length,
        revision: &input.rev,
        message: input.message.as_deref().unwrap_or_default(),
        created: created(&input.create_date, input.epoch)?,
    };
    Ok(json!({ "ok": name.render()? }))
}

/// Reads `2026-01-31T12:00:00...`; whatever follows the seconds is not in a file name.
fn created(date: &str, epoch: i64) -> Result<Created> {
    let part = |from: usize, to: usize| -> Result<i64> {
        Ok(date.get(from..to).with_context(|| format!("{date} is no date"))?.parse()?)
    };
    Ok(Created {
        epoch,
        year: part(0, 4)?,
        month: part(5, 7)?,
        day: part(8, 10)?,
        hour: part(11, 13)?,
        minute: part(14, 16)?,
        second: part(17, 19)?,
    })
}
