//! Would autogenerate see a difference? Alembic's own rules for types and server defaults, per dialect.
//!
//! `database` is what the migrations made, `model` what the metadata asks for. Alembic compares the text of what
//! reflection returned with the text that SQLAlchemy compiles; so do these functions. They are lenient where Alembic is
//! (`VARCHAR` and `VARCHAR(50)` are one type to it) and strict where it is. Other questions are asked of
//! [`crate::difference`], which tells people what is not as it was.

mod constant;
mod defaults;
mod reflected;
mod types;

pub use defaults::{default_texts_differ, defaults_differ};
pub use types::{type_texts_differ, types_differ};
