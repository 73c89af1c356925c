//! What a database looks like and what changes it. Knows nothing of Python.

pub mod column;
pub mod constraint;
pub mod dialect;
pub mod naming;
pub mod operation;
pub mod table;
pub mod types;

pub use column::{Column, Computed, Identity, ServerDefault};
pub use constraint::{
    Check, Constraint, ConstraintKind, Exclude, ForeignKey, Index, IndexItem, PrimaryKey, Unique,
};
pub use dialect::{Dialect, Kind};
pub use operation::{ColumnChange, DataChange, Operation, Step, Touched};
pub use table::{EnumType, Schema, Table, TableName};
pub use types::Type;
