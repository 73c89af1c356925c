//! Python text -> syntax -> static evaluation. Knows nothing of SQLAlchemy or Alembic.

pub mod ast;
pub mod bindings;
pub mod directive;
pub mod eval;
pub mod host;
pub mod line_index;
pub mod modules;
pub mod parse;
pub mod value;
