//! Python text -> syntax -> static evaluation. Knows nothing of SQLAlchemy or Alembic.

pub mod ast;
pub mod bindings;
pub mod eval;
pub mod host;
pub mod modules;
pub mod parse;
pub mod value;
