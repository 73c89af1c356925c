//! One operation as Alembic holds it: its text.

use advice::render::{Style, Voice, call, execute};
use alembic::snippet;
use alembic::state::State;
use anyhow::{Context as _, Result, anyhow};
use schema::{Context, Dialect, Kind, Operation, ServerDefault};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Input {
    op: String,
    fields: Map<String, Value>,
    batch: bool,
    prefixes: Prefixes,
    dialect: String,
}

/// What stands in front of names, the dot included.
#[derive(Deserialize)]
struct Prefixes {
    alembic: String,
    sqlalchemy: String,
}

pub fn answer(input: Value) -> Result<Value> {
    let input: Input = serde_json::from_value(input)?;
    let style = style(&input.prefixes);
    let fields = Fields(&input.fields);
    if input.op == "ExecuteSQLOp" {
        let sql = sql(&fields)?;
        let prefix = if input.batch { style.batch_op.clone() } else { style.op.clone() };
        let text = execute(&sql, &Style { op: prefix, ..style });
        return Ok(json!({ "text": text, "imports": [] }));
    }
    // Batch directives that have no form inside a block stand outside.
    let outside =
        matches!(input.op.as_str(), "CreateTableOp" | "DropTableOp" | "RenameTableOp" | "BulkInsertOp");
    let operation = operation(&statement(&input.op, &fields)?, &input.dialect)?;
    let lines = call(&operation, input.batch && !outside, &style).context("it has no certain text")?;
    let imports = style.imports(&lines);
    Ok(json!({ "text": lines.join("\n"), "imports": imports }))
}

fn style(prefixes: &Prefixes) -> Style {
    let name = |prefix: &str| prefix.trim_end_matches('.').to_owned();
    Style {
        op: name(&prefixes.alembic),
        sa: name(&prefixes.sqlalchemy),
        voice: Voice::Autogenerate,
        ..Style::default()
    }
}

/// The directive's call, with the fields of the operation as its arguments.
fn statement(class: &str, fields: &Fields<'_>) -> Result<String> {
    let directive = match class {
        "CreateTableOp" => "create_table",
        "DropTableOp" => "drop_table",
        "RenameTableOp" => "rename_table",
        "AddColumnOp" => "add_column",
        "DropColumnOp" => "drop_column",
        "AlterColumnOp" => "alter_column",
        "CreatePrimaryKeyOp" => "create_primary_key",
        "CreateUniqueConstraintOp" => "create_unique_constraint",
        "CreateForeignKeyOp" => "create_foreign_key",
        "CreateCheckConstraintOp" => "create_check_constraint",
        "CreateExcludeConstraintOp" => "create_exclude_constraint",
        "DropConstraintOp" => "drop_constraint",
        "CreateIndexOp" => "create_index",
        "DropIndexOp" => "drop_index",
        "CreateTableCommentOp" => "create_table_comment",
        "DropTableCommentOp" => "drop_table_comment",
        other => return Err(anyhow!("no directive is known for {other}")),
    };
    let mut args = Vec::new();
    for (field, source) in fields.all() {
        let keyword = match (class, field) {
            ("CreateTableOp", "columns") => {
                // They follow the name of the table, which comes first.
                continue;
            }
            ("CreateTableOp" | "DropTableOp", "info" | "prefixes" | "comment") if is_nothing(source) => {
                continue;
            }
            ("DropTableOp", "table_kw" | "comment" | "info" | "prefixes") => continue,
            (_, "kw") => {
                args.push(format!("**{source}"));
                continue;
            }
            (_, "modify_type") => "type_",
            (_, "modify_name") => "new_column_name",
            (_, "modify_nullable") => "nullable",
            (_, "modify_comment") => "comment",
            (_, "modify_server_default") => "server_default",
            ("DropConstraintOp", "constraint_type") => "type_",
            (_, name) => name,
        };
        args.push(format!("{keyword}={source}"));
    }
    if let Some(columns) = fields.get("columns").filter(|_| class == "CreateTableOp") {
        args.insert(0, format!("*{columns}"));
        let name = fields.get("table_name").context("a table without a name")?;
        args.retain(|arg| !arg.starts_with("table_name="));
        args.insert(0, name.to_owned());
    }
    Ok(format!("op.{directive}({})", args.join(", ")))
}

fn is_nothing(source: &str) -> bool {
    matches!(source, "None" | "{}" | "[]")
}

fn operation(statement: &str, dialect: &str) -> Result<Operation> {
    let kind: Option<Kind> = dialect.parse().ok();
    let context = Context::new(kind.map(Dialect::from));
    let evaluation = snippet::run(statement, &State::default(), &context).map_err(|error| anyhow!(error))?;
    let step = evaluation.steps.first().context("it does nothing")?;
    Ok(step.operation.clone())
}

/// The text of `sqltext`, which a default reads as well: a string or `sa.text("...")`.
fn sql(fields: &Fields<'_>) -> Result<String> {
    let source = fields.get("sqltext").context("nothing to execute")?;
    let statement = format!("op.alter_column('t', 'c', server_default={source})");
    let Operation::AlterColumn { change, .. } = operation(&statement, "")? else {
        return Err(anyhow!("the text cannot be read"));
    };
    match change.default.as_ref().and_then(|default| default.known()) {
        Some(Some(ServerDefault::Literal(text) | ServerDefault::Sql(text))) => Ok(text.to_string()),
        _ => Err(anyhow!("the text cannot be read")),
    }
}

/// The fields with the source of their values.
struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn all(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.0.iter().filter_map(|(name, source)| Some((name.as_str(), source.as_str()?)))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }
}
