//! Operations, columns and types as the Python text of a migration.
//!
//! `None` anywhere says that there is no certain text, and so no text.

mod alter;
mod column;
mod constraint;
mod create_table;
mod index;
mod literal;
mod native;
mod operation;
mod statement;
mod style;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use column::server_default;
pub use operation::{call, execute, lines};
pub use style::{Style, Voice};
pub(crate) use types::{spelled, type_text};
