//! What an editor shows about a position in a file: a snapshot and a position in, plain data out.

mod calls;
mod describe;
mod hover;
mod literal;
mod symbols;
mod table_text;
#[cfg(test)]
mod testing;

pub use hover::{Hover, hover};
pub use symbols::{Symbol, SymbolKind, symbols};
