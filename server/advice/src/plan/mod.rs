//! Safe sequences of operations, each written once: the only source of them for every fix and every generator.

pub(crate) mod inverse;
pub(crate) mod required_column;
