//! Python text -> syntax -> static evaluation. Knows nothing of SQLAlchemy or Alembic.

pub mod ast;
pub mod bindings;
pub mod parse;
