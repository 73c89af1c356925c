//! Operations, columns and types as the Python text of a migration.
//!
//! `None` anywhere says that there is no certain text, and so no text.

mod constraint;
mod operation;
mod style;
mod types;

pub(crate) use operation::lines;
pub(crate) use style::Style;
pub(crate) use types::{server_default, type_text};
