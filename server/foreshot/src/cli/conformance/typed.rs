//! A type as the cases give it: DDL text, and the expression that Alembic prints.

use alembic::snippet;
use alembic::state::State;
use schema::{Context, Kind, Operation, Type};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Typed {
    pub sql: String,
    sa: String,
}

impl Typed {
    /// What the expression means; the DDL text where it cannot be read.
    pub fn read(&self, kind: Kind) -> Type {
        self.evaluated(kind).unwrap_or_else(|| Type::native(&self.sql))
    }

    fn evaluated(&self, kind: Kind) -> Option<Type> {
        let statement = format!("op.create_table('t', sa.Column('c', {}))", self.sa);
        let context = Context::new(Some(kind.into()));
        let evaluation = snippet::run(&statement, &State::default(), &context).ok()?;
        let Operation::CreateTable { table, .. } = &evaluation.steps.first()?.operation else { return None };
        table.columns.first()?.ty.known().cloned()
    }
}
