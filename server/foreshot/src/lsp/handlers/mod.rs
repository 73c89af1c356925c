//! One file per method: a view and plain parameters in, plain data out.

pub mod code_action;
pub mod document_symbol;
pub mod hover;
