//! The only reading of SQLAlchemy: evaluated Python values become schema data.
//!
//! Everything takes the interpreter that evaluated the values, since classes and instances of the project are looked
//! into. What cannot be read is unknown with its reason, never a guess.

mod args;
pub mod column;
pub mod constraint;
pub mod declarative;
pub mod default;
pub mod dml;
pub mod foreign_key;
pub mod hooks;
pub mod index;
pub mod metadata;
pub mod path;
pub mod scope;
pub mod sql;
pub mod table;
pub mod table_ref;
#[cfg(test)]
mod tests;
pub mod types;

pub use args::{constraint_name, option_text};
pub use column::{ColumnItem, column};
pub use declarative::{MappedTable, Models, mapped_table};
pub use dml::{Statement, statement};
pub use metadata::{Metadata, MetadataKey, metadata};
pub use path::{Canonical, canonical};
pub use scope::Scope;
pub use sql::{SqlText, sql_text};
pub use table::{create_table, table_of_call};
pub use table_ref::table_ref;
pub use types::read_type;
