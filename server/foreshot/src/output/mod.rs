//! How answers are written.

pub mod schema;
