//! What a database looks like and what changes it. Knows nothing of Python.

pub mod apply;
pub mod catalog;
pub mod column;
pub mod compare;
pub mod constraint;
pub mod dialect;
pub mod difference;
pub mod invert;
pub mod join;
pub mod naming;
pub mod operation;
pub mod report;
pub mod spelling;
pub mod sql;
pub mod table;
#[cfg(test)]
mod testing;
pub mod types;

pub use apply::{Context, Failed, Failure, Outcome, apply, apply_all, apply_strict};
pub use column::{Column, Computed, Generated, Identity, ServerDefault};
pub use constraint::{
    Check, Constraint, ConstraintKind, Exclude, ForeignKey, Index, IndexItem, PrimaryKey, Unique,
};
pub use dialect::{Dialect, Kind};
pub use difference::{Difference, differences};
pub use invert::{Why, invert, invert_all};
pub use join::join;
pub use naming::NamingConvention;
pub use operation::{ColumnChange, DataChange, Operation, Step, Touched, Written};
pub use spelling::{Spelling, Term};
pub use table::{EnumType, Schema, Table, TableName};
pub use types::Type;
