//! A piece of a migration without its file: what it does.

use crate::evaluate::{Code, Direction, Ended, Evaluation, evaluate};
use crate::host::Surroundings;
use crate::state::State;
use fact::files::Memory;
use fact::{Fact, FileId, name};
use python::bindings::Bindings;
use python::modules::{NoSources, SourceModule};
use schema::Context;
use std::sync::Arc;

/// What statements may name without an import of their own: what migrations are written with, and the types of
/// SQLAlchemy as it prints them.
const HEADER: &str = "\
from alembic import op
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.dialects import mysql, postgresql, sqlite, mssql
from sqlalchemy import ARRAY, BIGINT, BINARY, BLOB, BOOLEAN, BigInteger, Boolean, CHAR, CLOB, DATE, DATETIME, DECIMAL
from sqlalchemy import DOUBLE, DOUBLE_PRECISION, Date, DateTime, Double, Enum, FLOAT, Float, INTEGER, Integer, Interval
from sqlalchemy import JSON, LargeBinary, NCHAR, NUMERIC, NVARCHAR, Numeric, REAL, SMALLINT, SmallInteger, String, TEXT
from sqlalchemy import TIME, TIMESTAMP, Text, Time, UUID, Unicode, UnicodeText, Uuid, VARBINARY, VARCHAR
";

/// Runs the statements as the top level of a file that has imported `op`, `sa` and the like. `Err`: they are no Python,
/// or raise.
pub fn run(statements: &str, before: &State, context: &Context) -> Result<Evaluation, String> {
    // Without a function to call afterwards, how the file itself ends is how the evaluation ends.
    let text = format!("{HEADER}{statements}\n");
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
    let options = Fact::Known([].into());
    let context = Arc::new(context.clone());
    let surroundings = Surroundings { before: before.clone(), context, options };
    let Some(evaluation) = evaluate(&source, Direction::Upgrade, code, Some(&surroundings)) else {
        return Err("it cannot be evaluated".to_owned());
    };
    match &evaluation.ended {
        Ended::Raised { class, message, .. } => {
            Err(format!("{class}: {}", message.as_deref().unwrap_or_default()))
        }
        _ => Ok(evaluation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statements: &str, expected: Result<usize, &str>) {
        let found = run(statements, &State::default(), &Context::new(None));
        let found = found.map(|evaluation| evaluation.steps.len());
        assert_eq!(found.as_ref().map_err(String::as_str).copied(), expected, "{statements}");
    }

    #[test]
    fn statements_run_without_a_file() {
        check("", Ok(0));
        check("op.drop_table('t')\nop.add_column('t', sa.Column('a', postgresql.ARRAY(Integer())))", Ok(2));
        check("raise ValueError('no')", Err("ValueError: no"));
    }

    #[test]
    fn what_is_no_python_is_an_error() {
        assert!(run("op.drop_table(", &State::default(), &Context::new(None)).is_err());
    }
}
